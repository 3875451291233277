"""Runs the notebooks of a release again, from its own tables, and compares what comes out.

Works from the release's folder and the repository alone, wherever they stand.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ssstats.chapters.reading import open_catalogue
from ssstats.errors import UsageError, listed
from ssstats.manifest import checksum
from ssstats.notebooks import NotebookJob, run_notebooks
from ssstats.project import Project
from ssstats.release.areas import authorities_named
from ssstats.release.pages import NOTEBOOKS, authority_job, common_parameters
from ssstats.release.verifying import read_manifest
from ssstats.review.comparing import Difference, compare_notebooks

RunNotebooks = Callable[[Sequence[NotebookJob]], object]


@dataclass(frozen=True)
class Review:
    """One notebook run again: whose it is, the published file, and all that differs.

    `changed_inputs` are files of the release that this notebook or its tables were and that are
    not as the manifest says.
    """

    name: str
    language: str
    published: Path
    differences: tuple[Difference, ...]
    changed_inputs: tuple[str, ...] = ()

    @property
    def identical(self) -> bool:
        """Whether every byte is as it was published, and so are the tables behind it."""
        return not self.differences and not self.changed_inputs


def review_release(
    release: Path,
    authorities: Sequence[str],
    project: Project,
    *,
    languages: Sequence[str] = ("en",),
    workers: int = 2,
    save: Path | None = None,
    run: RunNotebooks | None = None,
) -> list[Review]:
    """Run authorities' notebooks again and compare them with the published ones.

    Parameters
    ----------
    release : Path
        A release's folder, with data/, notebooks/ and its manifest.
    authorities : sequence of str
        Codes, names or slugs; none means all of which the release has a notebook.
    save : Path, optional
        Folder to keep the executed notebooks in.
    run : callable, optional
        Runs the jobs instead of processes of its own, such as a warm server.

    Raises
    ------
    UsageError
        If the folder is no release, or an authority or language is not in it.
    NotebookError
        If a notebook fails.
    """
    catalogue, _ = open_catalogue(project.catalogue, languages[0])
    codes = authorities_named(authorities, catalogue)
    with tempfile.TemporaryDirectory(prefix="ss-") as folder:
        stage = Path(folder)
        # The same relative path to the tables as in the release, so that the bytes can be equal.
        _lay_beside(release.resolve() / "data", stage / "data")
        jobs = [
            job
            for language in languages
            for job in _jobs(release, stage, codes, project, language, bool(authorities))
        ]
        changed = _changed_inputs(release)
        (run or (lambda own: run_notebooks(own, workers=workers)))(jobs)
        if save is not None:
            shutil.copytree(stage / NOTEBOOKS, save, dirs_exist_ok=True)
        return [_review(release, stage, job, changed) for job in jobs]


def _lay_beside(tables: Path, place: Path) -> None:
    """Put a release's tables where the notebooks look: a link where links may be made."""
    if not tables.is_dir():
        raise UsageError(f"{tables.parent}: has no data folder; give the folder of a release")
    try:
        place.symlink_to(tables, target_is_directory=True)
    except OSError:
        shutil.copytree(tables, place)


def _jobs(
    release: Path,
    stage: Path,
    codes: Sequence[str],
    project: Project,
    language: str,
    named: bool,
) -> list[NotebookJob]:
    catalogue, words = open_catalogue(project.catalogue, language)
    parameters = common_parameters(str(read_manifest(release).get("period", "")), language)
    own = [
        authority_job(
            project, catalogue, code, words=words, folder=stage / NOTEBOOKS / language,
            parameters=parameters,
        )
        for code in codes
    ]  # fmt: skip
    missing = [job.output.name for job in own if not _published(release, job).is_file()]
    if missing and (named or len(missing) == len(own)):
        raise UsageError(
            f"{listed(missing)}: the release in {release} has no such notebook in language "
            f"{language!r}"
        )
    return [job for job in own if job.output.name not in missing]


def _published(release: Path, job: NotebookJob) -> Path:
    return release / NOTEBOOKS / job.output.parent.name / job.output.name


def _review(release: Path, stage: Path, job: NotebookJob, changed: Sequence[str]) -> Review:
    published = _published(release, job)
    own = published.relative_to(release).as_posix()
    return Review(
        job.title,
        job.output.parent.name,
        published,
        compare_notebooks(published, job.output),
        tuple(name for name in changed if name == own or name.startswith("data/")),
    )


def _changed_inputs(release: Path) -> list[str]:
    """Return the tables and notebooks of a release that are not as its manifest says."""
    named = read_manifest(release)["files"]
    inputs = [path for part in ("data", NOTEBOOKS) for path in (release / part).rglob("*")]
    found = {path.relative_to(release).as_posix(): path for path in inputs if path.is_file()}
    expected = {name for name in named if name.startswith(("data/", f"{NOTEBOOKS}/"))}
    return sorted(
        name
        for name in expected | set(found)
        if name not in found or name not in expected or checksum(found[name]) != named[name]
    )
