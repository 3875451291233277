"""The director's pack: one authority's figures by quality standard, to build its report on.

The authority sees its own figures as it returned them; of others, and of Wales, what is published.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters import open_release
from ssstats.chapters.release import Release
from ssstats.disclosure.policy import read_policy
from ssstats.estimates import estimate_measures
from ssstats.manifest import MANIFEST, checksum, write_manifest
from ssstats.packs.director_items import read_standards
from ssstats.packs.director_text import Figures, director_text
from ssstats.packs.documents import write_docx, write_html
from ssstats.packs.errors import PackError
from ssstats.packs.private import check_place, private_stage, put_away, register
from ssstats.periods import ReportingYear
from ssstats.project import Project
from ssstats.release.areas import authorities_named
from ssstats.release.tables import publish_tables
from ssstats.words import date_words

OWN_POLICY = "partners"
_KEY = ["edition", "period", "area", "reference", "breakdown"]


@dataclass(frozen=True)
class DirectorsPack:
    """A finished pack: its folder, its documents, and the register."""

    folder: Path
    documents: tuple[Path, ...]
    register: Path
    marked: bool


def write_directors_pack(
    authority: str,
    *,
    period: ReportingYear,
    release: Path,
    returns: Path | None,
    out: Path,
    project: Project,
    language: str = "en",
    now: datetime,
    progress: Callable[[str], None] = lambda step: None,
) -> DirectorsPack:
    """Write one authority's tables, charts and text by quality standard as DOCX and HTML.

    Parameters
    ----------
    authority : str
        Code, name or slug.
    release : Path
        Folder of the public release: everything but the authority's own values comes from it.
    returns : Path, optional
        Compiled returns with the authority's own values; without them the document holds
        published figures alone and is not marked.

    Raises
    ------
    PackError
        If the folder is public, or the release was not made from these returns.
    ReleaseError
        Another of its kinds where authority, release, returns or words are not as they must be.
    """
    place = check_place(out, project.root)
    catalogue = read_catalogue(project.catalogue)
    area = authorities_named([authority], catalogue)[0]
    standards = read_standards(
        project.root / "data" / "packs" / "director_items.csv", catalogue, METRIC_EDITION
    )
    public = open_release(str(release / "data"), period=str(period), language=language)
    slug = public.areas.set_index("area").loc[area, "slug"]
    name = f"director-{period}-{slug}"
    with private_stage(place, name) as stage:
        own = None
        if returns is not None:
            progress("The authority's own figures")
            own = _own_figures(returns, area, public, project, catalogue, stage / "own")
        progress("Documents")
        figures = Figures(area, public, own)
        documents = _write_documents(
            figures, director_text(figures, standards, made=date_words(now.date(), language)),
            stage,
        )  # fmt: skip
        facts = {"period": str(period), "authority": area, "language": language}
        write_manifest(stage, facts=facts)
        folder = put_away(stage, place / name)
    row = (
        now.isoformat(timespec="seconds"), "director", str(period), public.name(area), name,
        OWN_POLICY if own else str(public.tables.facts["policy"]["name"]),  # type: ignore[index]
        returns.name if returns else "", checksum(folder / MANIFEST),
    )  # fmt: skip
    written = tuple(folder / path.name for path in documents)
    return DirectorsPack(folder, written, register(place, row), own is not None)


def _own_figures(
    returns: Path,
    area: str,
    public: Release,
    project: Project,
    catalogue: Catalogue,
    folder: Path,
) -> Release:
    """Return the authority's own figures as returned, and of nobody else."""
    tables = publish_tables(
        returns,
        period=public.period,
        policy=read_policy(OWN_POLICY, project.policies),
        catalogue=catalogue,
        folder=folder,
    )
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    counts = tables.counts[tables.counts["area"].eq(area)].reset_index(drop=True)
    _check_same_returns(counts, public, area)
    tables = replace(tables, counts=counts)
    return replace(public, tables=tables, estimates=estimate_measures(tables, catalogue))


def _check_same_returns(counts: pd.DataFrame, public: Release, area: str) -> None:
    """Raise where a figure as returned cannot be behind the one that is published."""
    published = public.tables.counts
    both = counts.merge(published[published["area"].eq(area)], on=_KEY, suffixes=("", "_public"))
    value = both["value"].astype("float64")
    outside = value.lt(both["lowest_public"].astype("float64")) | value.gt(
        both["highest_public"].astype("float64")
    )
    if outside.any() or not len(both):
        raise PackError(
            f"{public.name(area)}: {int(outside.sum())} figures of these returns are not those of "
            "the release; give the returns that it was built from, or build it anew"
        )


def _write_documents(figures: Figures, text: str, stage: Path) -> list[Path]:
    words, period = figures.public.words, figures.public.period
    title = words.say("director.title", area=figures.name, period=period)
    marking = words.say("director.marking", area=figures.name) if figures.own else ""
    stem = "official-sensitive-" if figures.own else ""
    stem += f"annual-report-figures-{words.language}"
    return [
        write_docx(
            text, stage / f"{stem}.docx", title=title, marking=marking, language=words.language,
            year_end=period.end,
        ),
        write_html(
            text, stage / f"{stem}.html", title=title, marking=marking, language=words.language
        ),
    ]  # fmt: skip
