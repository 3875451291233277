"""Writes the pages of measures and metrics beside the chapters of a site, and their index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.passages import MARKERS
from ssstats.chapters.release import Release
from ssstats.measure_pages import measures, metrics
from ssstats.measure_pages.addresses import (
    FOLDER,
    page_of_measure,
    page_of_metric,
    title_of,
)
from ssstats.measure_pages.figures import Figures
from ssstats.measure_pages.markup import link
from ssstats.measure_pages.measures import Page, Passage
from ssstats.measure_pages.shared import SharedFigures
from ssstats.plain_csv import csv_bytes
from ssstats.render import SiteFrame

# Data that the pages of both languages offer stand once, beside the languages.
_DATA = "data"
_MEASURE_COLUMNS = (
    "measure", "period", "area", "value", "lower", "upper", "marker", "flags", "numerator",
    "numerator_marker", "denominator", "denominator_marker", "method",
)  # fmt: skip
_COUNT_COLUMNS = ("reference", "period", "area", "value", "marker", "rule", "flags")


def write_measure_pages(
    release: Release, frame: SiteFrame, shared: SharedFigures | None = None
) -> list[Path]:
    """Write a page for each measure and metric of the release, and one that lists them.

    Parameters
    ----------
    release : Release
        Published tables with the words of the site's language.
    frame : SiteFrame
        The frame of the site's pages: head, contents and foot.
    shared : SharedFigures or None
        The figures of the release, where another language has worked them out already.

    Returns
    -------
    list of Path
        The pages, the index last.
    """
    figures = Figures(release, shared or SharedFigures(release))
    data = frame.folder.parent / _DATA
    (frame.folder / FOLDER).mkdir()
    if not data.exists():
        _write_data(figures.shared, data)
    common = _common(release)
    written = [
        frame.write(
            "measure.html",
            f"{FOLDER}/{name}",
            page.title,
            **common,
            facts=page.facts,
            passages=page.passages,
            data=f"../../{_DATA}/{name.removesuffix('.html')}.csv",
        )
        for name, page in _pages(figures)
    ]
    return [*written, _write_index(figures, frame, common)]


def _common(release: Release) -> dict[str, Any]:
    words = release.words
    used = {*release.tables.counts["marker"].unique(), *release.estimates["marker"].unique()}
    return {
        "lead": "",
        "markers": [(m, words.say(f"marker.{m}")) for m in MARKERS if m in used],
        "all_measures": words.say("measure-page.title"),
        "markers_title": words.say("shorthand.title"),
        "download": words.say("measure-page.download"),
    }


def _pages(figures: Figures) -> Iterator[tuple[str, Page]]:
    """Give file name and content of each page."""
    shared = figures.shared
    for row in shared.measures_with_pages:
        yield page_of_measure(row["measure"]), measures.page_of(figures, row["measure"])
    for question in shared.questions:
        used_in = shared.users_of(question.references)
        yield page_of_metric(question.number), metrics.page_of(figures, question, used_in)


def _write_data(shared: SharedFigures, folder: Path) -> None:
    """Write the figures of each page as a CSV file."""
    folder.mkdir()
    release, measures = shared.release, [row["measure"] for row in shared.measures_with_pages]
    names = {measure: page_of_measure(measure) for measure in measures}
    own = release.estimates[release.estimates["measure"].isin(list(names))]
    _write_parts(own, _MEASURE_COLUMNS, own["measure"].map(names), folder)
    names = {
        reference: page_of_metric(question.number)
        for question in shared.questions
        for reference in question.references
    }
    counts = release.tables.counts
    whole = counts[
        (counts["edition"] == METRIC_EDITION)
        & (counts["breakdown"] == "")
        & counts["reference"].isin(list(names))
    ]
    _write_parts(whole, _COUNT_COLUMNS, whole["reference"].map(names), folder)


def _write_parts(
    rows: pd.DataFrame, columns: Sequence[str], pages: pd.Series, folder: Path
) -> None:
    """Write rows into one file a page; all become text at once."""
    header, *lines = csv_bytes(rows[list(columns)], number=repr).decode().splitlines()
    parts: dict[str, list[str]] = {}
    for page, line in zip(pages.tolist(), lines, strict=True):
        parts.setdefault(page, [header]).append(line)
    for page, own in parts.items():
        path = folder / page.replace(".html", ".csv")
        path.write_text("\n".join(own) + "\n", encoding="utf-8")


def _write_index(figures: Figures, frame: SiteFrame, common: dict[str, Any]) -> Path:
    """Write the page that lists all others by section."""
    words = figures.release.words
    return frame.write(
        "measure.html",
        f"{FOLDER}/index.html",
        words.say("measure-page.title"),
        **{**common, "lead": words.say("measure-page.lead"), "markers": []},
        facts=[],
        passages=list(_sections(figures)),
        data="",
    )


def _sections(figures: Figures) -> Iterator[Passage]:
    """Give a section of the index for each domain: its measures, then its metrics."""
    release, shared = figures.release, figures.shared
    chosen, asked = shared.measures_with_pages, shared.questions
    for domain in dict.fromkeys([own.domain for own in asked] + [row["domain"] for row in chosen]):
        names = [row["measure"] for row in chosen if row["domain"] == domain]
        listed = [(page_of_measure(m), f"{release.measure_label(m)} ({m})") for m in names]
        body = _list(release, "measure-page.measures", listed)
        listed = [
            (page_of_metric(own.number), title_of(release, own))
            for own in asked
            if own.domain == domain
        ]
        body += _list(release, "measure-page.metrics", listed)
        title = "output.cross-domain" if domain == "cross" else f"domain.{domain}"
        yield Passage(domain.replace("_", "-"), release.words.say(title), body)


def _list(release: Release, key: str, pages: list[tuple[str, str]]) -> Markup:
    if not pages:
        return Markup("")
    items = "".join(f"<li>{link(address, text)}</li>" for address, text in pages)
    return Markup(f'<h3>{escape(release.words.say(key))}</h3><ul class="pages">{items}</ul>')
