"""What a revised return would change in a release, before anybody accepts it.

The revised values take the place of the returned ones, all of them pass the gate again in a folder
of their own, and what comes out is compared with what is published. Only that is handed on: no
returned value is in it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.chapters import open_release
from ssstats.commentary import write_commentary
from ssstats.disclosure.policy import read_policy
from ssstats.errors import UsageError
from ssstats.manifest import MANIFEST
from ssstats.notebooks import run_notebooks
from ssstats.periods import ReportingYear
from ssstats.project import Project
from ssstats.release.differences import compare_releases
from ssstats.release.pages import NOTEBOOKS, chapter_jobs
from ssstats.release.standing import StandingReturns
from ssstats.release.tables import publish_returns
from ssstats.release.verifying import read_manifest
from ssstats.returns import Returns, read_returns
from ssstats.review.comparing import compare_notebooks
from ssstats.review.rerunning import Review
from ssstats.words import Words, read_words, word_table

# What else a release says of its figures: file, what names a row, what it says.
_SAYINGS = (
    ("changes.csv", ("edition", "period", "area", "item", "unit"), "verdict"),
    ("signals.csv", ("edition", "period", "area", "measure"), "signal"),
    ("commentary.csv", ("sentence", "area"), "text_en"),
)
SAYING_COLUMNS = ("file", "area", "figure", "before", "now")
_KEY = ["edition", "period", "area", "reference", "breakdown"]


@dataclass(frozen=True)
class Proposal:
    """What would change: `figures` as `compare_releases` gives them, `sayings` (verdicts, signals
    and sentences) with the columns of `SAYING_COLUMNS`, and notebooks run with the new tables.
    """

    areas: tuple[str, ...]
    figures: pd.DataFrame
    sayings: pd.DataFrame
    notebooks: tuple[Review, ...]

    @property
    def nothing(self) -> bool:
        """Whether the release would stay as it is."""
        return not (len(self.figures) or len(self.sayings))


def propose_returns(
    release: Path,
    returns: Path,
    revised: Path,
    project: Project,
    *,
    language: str = "en",
    workers: int = 2,
) -> Proposal:
    """Return what the release would say if the values of `revised` were accepted.

    Parameters
    ----------
    returns : Path
        The compiled returns that the release was built from.
    revised : Path
        File or folder of returns, as `returns`; each of its values takes the place of the value
        of the same edition, year, authority, reference and breakdown.

    Raises
    ------
    UsageError
        If the folder is no release, or nothing in `revised` is of its years.
    ReturnsError, DisclosureError, NotebookError
        If the revised returns cannot be read or built from.
    """
    manifest = read_manifest(release)
    catalogue = read_catalogue(project.catalogue)
    period = ReportingYear.parse(str(manifest["period"]))
    merged, areas = _merged(returns, revised, catalogue, period)
    with tempfile.TemporaryDirectory(prefix="ss-") as folder:
        stage = Path(folder) / "release"
        tables = publish_returns(
            StandingReturns(merged, period, catalogue),
            policy=read_policy(manifest["parameters"]["policy"], project.policies),
            folder=stage / "data",
            memory=project.memory,
        )
        shutil.copyfile(release / MANIFEST, stage / MANIFEST)
        words = read_words(project.catalogue, language).of_release(tables.facts)
        _write_commentary(stage / "data", project, period, words)
        jobs = chapter_jobs(
            project, catalogue, tables, areas, words=words, folder=stage / NOTEBOOKS / language
        )
        jobs = [j for j in jobs if (release / NOTEBOOKS / language / j.output.name).is_file()]
        run_notebooks(jobs, workers=workers)
        reviews = [
            Review(job.title, language, published, compare_notebooks(published, job.output))
            for job in jobs
            for published in [release / NOTEBOOKS / language / job.output.name]
        ]
        figures = compare_releases(release, stage).figures
        return Proposal(tuple(areas), figures, _sayings(release, stage), tuple(reviews))


def _merged(
    returns: Path, revised: Path, catalogue: Catalogue, period: ReportingYear
) -> tuple[Returns, list[str]]:
    """Return the returns with the revised values in their place, and whose they are."""
    former, new = read_returns(returns, catalogue), read_returns(revised, catalogue).up_to(period)
    if not len(new.values):
        raise UsageError(f"{revised.name}: holds no value up to {period}")
    replaced = pd.MultiIndex.from_frame(former.values[_KEY]).isin(
        pd.MultiIndex.from_frame(new.values[_KEY])
    )
    # What is revised is of the same kind as what it replaces: synthetic, or protected before.
    origin = former.values["origin"].iloc[0]
    values = pd.concat(
        [former.values[~replaced], new.values.assign(origin=origin)], ignore_index=True
    )
    return replace(former, values=values), sorted(new.values["area"].unique())


def _write_commentary(folder: Path, project: Project, period: ReportingYear, words: Words) -> None:
    texts = word_table(project.catalogue)
    english = read_words(project.catalogue, "en")
    write_commentary(
        open_release(str(folder), period=str(period), language="en"),
        folder,
        rules=project.commentary_rules,
        languages={"en": english, words.language: words},
        handwritten=project.handwritten / str(period),
        wording=[*texts["en"], *texts["cy"]],
    )


def _sayings(release: Path, stage: Path) -> pd.DataFrame:
    frames = [
        _changed(release / "data" / name, stage / "data" / name, keys, said)
        for name, keys, said in _SAYINGS
    ]
    return pd.concat(frames, ignore_index=True)[list(SAYING_COLUMNS)]


def _changed(before: Path, now: Path, keys: Sequence[str], said: str) -> pd.DataFrame:
    """Return the rows of a file of which something else is said now."""
    was, new = (
        pd.read_csv(path, dtype=str, keep_default_na=False)[[*keys, said]] for path in (before, now)
    )
    both = was.merge(new, on=list(keys), how="outer", suffixes=("_was", "_new")).fillna("")
    both = both[both[f"{said}_was"] != both[f"{said}_new"]]
    figure = keys[3] if len(keys) > 3 else keys[0]
    return pd.DataFrame(
        {
            "file": before.name,
            "area": both["area"],
            "figure": both[figure],
            "before": both[f"{said}_was"],
            "now": both[f"{said}_new"],
        }
    )
