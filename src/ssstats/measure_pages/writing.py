"""Writes the pages of measures and metrics beside the chapters of a site, and their index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.passages import MARKERS
from ssstats.chapters.release import Release
from ssstats.expressions import parse_expression
from ssstats.measure_pages import measures, metrics
from ssstats.measure_pages.addresses import (
    FOLDER,
    own_measures,
    own_metrics,
    page_of_measure,
    page_of_metric,
    title_of,
)
from ssstats.measure_pages.figures import Figures
from ssstats.measure_pages.markup import link
from ssstats.measure_pages.measures import Page, Passage
from ssstats.render import SiteFrame

# Data that the pages of both languages offer stand once, beside the languages.
_DATA = "data"
_MEASURE_COLUMNS = (
    "measure", "period", "area", "value", "lower", "upper", "marker", "flags", "numerator",
    "numerator_marker", "denominator", "denominator_marker", "method",
)  # fmt: skip
_COUNT_COLUMNS = ("reference", "period", "area", "value", "marker", "rule", "flags")


def write_measure_pages(release: Release, frame: SiteFrame) -> list[Path]:
    """Write a page for each measure and metric of the release, and one that lists them.

    Parameters
    ----------
    release : Release
        Published tables with the words of the site's language.
    frame : SiteFrame
        The frame of the site's pages: head, contents and foot.

    Returns
    -------
    list of Path
        The pages, the index last.
    """
    figures = Figures(release)
    data = frame.folder.parent / _DATA
    (frame.folder / FOLDER).mkdir()
    if not data.exists():
        _write_data(release, data)
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
    return [*written, _write_index(release, frame, common)]


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
    release = figures.release
    for measure in own_measures(release)["measure"]:
        yield page_of_measure(measure), measures.page_of(figures, measure)
    uses = _uses(release)
    for number, letters in own_metrics(release).groupby("number", sort=False):
        used_in = _using(release, uses, letters)
        yield page_of_metric(str(number)), metrics.page_of(figures, letters, used_in)


def _write_data(release: Release, folder: Path) -> None:
    """Write the figures of each page as a CSV file."""
    folder.mkdir()
    names = {m: page_of_measure(m) for m in own_measures(release)["measure"]}
    own = release.estimates[release.estimates["measure"].isin(list(names))]
    _write_parts(own, _MEASURE_COLUMNS, own["measure"].map(names), folder)
    asked = own_metrics(release)
    names = dict(zip(asked["reference"], asked["number"].map(page_of_metric), strict=True))
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
    """Write rows into one file a page; all become text at once, which is ten times faster."""
    header, *lines = rows.to_csv(columns=list(columns), index=False).splitlines()
    parts: dict[str, list[str]] = {}
    for page, line in zip(pages.tolist(), lines, strict=True):
        parts.setdefault(page, [header]).append(line)
    for page, own in parts.items():
        path = folder / page.replace(".html", ".csv")
        path.write_text("\n".join(own) + "\n", encoding="utf-8")


def _uses(release: Release) -> Mapping[str, list[str]]:
    """Return the measures that name each metric in numerator or denominator."""
    uses: dict[str, list[str]] = {}
    own = release.catalogue.measures
    held = own["measure"].isin(release.estimates["measure"].unique())
    for row in own[held & (own["edition"] == METRIC_EDITION)].itertuples():
        sides = [side for side in (row.numerator, row.denominator) if side]
        for reference in {r for side in sides for r in parse_expression(side).references}:
            uses.setdefault(reference, []).append(str(row.measure))
    return uses


def _using(release: Release, uses: Mapping[str, list[str]], letters: pd.DataFrame) -> pd.DataFrame:
    named = {measure for reference in letters["reference"] for measure in uses.get(reference, ())}
    measures = release.catalogue.measures
    return measures.loc[measures["measure"].isin(named), ["measure", "tier", "numerator"]]


def _write_index(release: Release, frame: SiteFrame, common: dict[str, Any]) -> Path:
    """Write the page that lists all others by section."""
    words = release.words
    return frame.write(
        "measure.html",
        f"{FOLDER}/index.html",
        words.say("measure-page.title"),
        **{**common, "lead": words.say("measure-page.lead"), "markers": []},
        facts=[],
        passages=list(_sections(release)),
        data="",
    )


def _sections(release: Release) -> Iterator[Passage]:
    """Give a section of the index for each domain: its measures, then its metrics."""
    chosen, asked = own_measures(release), own_metrics(release)
    for domain in dict.fromkeys([*asked["domain"], *chosen["domain"]]):
        own = chosen[chosen["domain"] == domain]["measure"]
        listed = [(page_of_measure(m), f"{release.measure_label(m)} ({m})") for m in own]
        body = _list(release, "measure-page.measures", listed)
        groups = asked[asked["domain"] == domain].groupby("number", sort=False)
        body += _list(
            release,
            "measure-page.metrics",
            [(page_of_metric(str(n)), title_of(release, rows)) for n, rows in groups],
        )
        title = "output.cross-domain" if domain == "cross" else f"domain.{domain}"
        yield Passage(domain.replace("_", "-"), release.words.say(title), body)


def _list(release: Release, key: str, pages: list[tuple[str, str]]) -> Markup:
    if not pages:
        return Markup("")
    items = "".join(f"<li>{link(address, text)}</li>" for address, text in pages)
    return Markup(f'<h3>{escape(release.words.say(key))}</h3><ul class="pages">{items}</ul>')
