"""A reviewer's re-run: one authority's notebook from the release's own tables."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat

from ssstats.catalogue import read_catalogue
from ssstats.disclosure.release_tables import read_release_tables
from ssstats.errors import UsageError
from ssstats.notebooks import run_notebooks
from ssstats.project import Project
from ssstats.release.areas import authorities_named
from ssstats.release.pages import authority_job
from ssstats.words import read_words


@dataclass(frozen=True)
class Review:
    """One re-run: the authority, whether it equals what was published, and where it differs."""

    name: str
    executed: Path | None
    published: Path
    identical: bool
    differing_cells: tuple[int, ...]


def rerun_authority(
    release: Path, authority: str, project: Project, *, language: str, save: Path | None
) -> Review:
    """Run an authority's notebook from a release's tables and compare it with the published one.

    Parameters
    ----------
    release : Path
        A release's folder, with data/ and notebooks/.
    authority : str
        Code, name or slug.
    save : Path, optional
        Where to keep the executed notebook.

    Raises
    ------
    UsageError
        If the folder is no release, or the authority or language is not in it.
    """
    tables = read_release_tables(release / "data")
    catalogue = read_catalogue(project.catalogue)
    code = authorities_named([authority], catalogue)[0]
    words = read_words(project.catalogue, language)
    parameters = {
        "period": str(tables.facts["period"]),
        "language": language,
        "release_tables": "../../data",
    }
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        # The same relative path to the tables as in the release, so that the bytes can be equal.
        shutil.copytree(release / "data", stage / "data")
        job = authority_job(
            project, catalogue, code, words=words,
            folder=stage / "notebooks" / language, parameters=parameters,
        )  # fmt: skip
        published = release / "notebooks" / language / job.output.name
        if not published.is_file():
            raise UsageError(
                f"{published.name}: the release in {release} has no such notebook in "
                f"language {language!r}"
            )
        run_notebooks([job], workers=1)
        differing = _differing_cells(published, job.output)
        identical = job.output.read_bytes() == published.read_bytes()
        if save is not None:
            save.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(job.output, save)
    return Review(job.title, save, published, identical, differing)


def _differing_cells(published: Path, executed: Path) -> tuple[int, ...]:
    """Return the numbers of cells, counted from 1, whose source or outputs differ."""
    before = nbformat.read(published, as_version=4).cells
    after = nbformat.read(executed, as_version=4).cells
    longest = max(len(before), len(after))
    return tuple(
        place + 1
        for place in range(longest)
        if place >= len(before) or place >= len(after) or before[place] != after[place]
    )
