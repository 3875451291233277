"""Two editions side by side: which figures of 2020 go on from the 2016 measures, and how well.

A series crosses editions only where the catalogue says that the two agree well or approximately;
the break is marked, and no line joins its two sides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ssstats.catalogue.names import CODE_EDITION, METRIC_EDITION
from ssstats.chapters.coverage import coverage_notes
from ssstats.chapters.passages import heading, join
from ssstats.chapters.release import Release
from ssstats.chapters.rows import Row
from ssstats.charts import data_uri, line_through_years
from ssstats.tables import Column, Table, escape, markdown_of_figure, markdown_of_table

_BEFORE, _AFTER = CODE_EDITION, METRIC_EDITION
_BREAK = "[b]"
# Agreements under which figures of both editions stand in one series.
_FOLLOWED = ("good", "approximate")
_DRAWN = "good"


def framework_series(release: Release) -> str:
    """Return the crosswalk of both editions, and the series that cross from one to the other.

    Blank where the release holds years of one edition only.
    """
    words = release.words
    before, after = (_years(release, edition) for edition in (_BEFORE, _AFTER))
    if not before or not after:
        return ""
    crosswalk = release.catalogue.crosswalk
    followed = {name: crosswalk[crosswalk["comparability"] == name] for name in _FOLLOWED}
    return join(
        heading(2, words.say("series.title"), "series"),
        escape(words.say("series.lead")),
        _crosswalk(release),
        *(_series(release, rows, name, before, after) for name, rows in followed.items()),
        *(_chart(release, row, before, after) for row in followed[_DRAWN].itertuples()),
    )


def _years(release: Release, edition: str) -> list[str]:
    return [year for year in release.periods_of(edition) if year <= str(release.period)]


def _crosswalk(release: Release) -> str:
    words = release.words
    rows = tuple(
        (
            _label(release, row),
            f"{release.measure_label(str(row.measure_2020))} ({row.measure_2020})"
            if row.measure_2020
            else "[z]",
            words.say(f"series.agreement-{row.comparability}"),
        )
        for row in release.catalogue.crosswalk.itertuples()
    )
    columns = (
        Column(words.say("series.measure"), width=42),
        Column(words.say("series.nearest"), width=42),
        Column(words.say("series.agreement"), width=16),
    )
    caption = words.say("series.crosswalk-caption")
    return markdown_of_table(Table("series-crosswalk", caption, columns, rows))


def _label(release: Release, row) -> str:  # type: ignore[no-untyped-def]
    return f"{release.measure_label(str(row.measure))} ({row.measure})"


def _series(
    release: Release,
    crosswalk: pd.DataFrame,
    agreement: str,
    before: Sequence[str],
    after: Sequence[str],
) -> str:
    """Return one table with a row a year through both editions and a column a measure."""
    words = release.words
    found = {
        _label(release, row): _estimates(release, row, before, after)
        for row in crosswalk.itertuples()
    }
    years = [*before, *after]
    rows = tuple(
        (
            f"{year} {_BREAK}" if place == len(before) else year,
            *(release.estimate_text(estimates[place]) for estimates in found.values()),
        )
        for place, year in enumerate(years)
    )
    columns = (
        Column(words.say("table.year"), width=14),
        *(Column(label, numeric=True, width=17) for label in found),
    )
    figures = [
        (f"{label}, {year}", estimate)
        for label, estimates in found.items()
        for year, estimate in zip(years, estimates, strict=True)
    ]
    caption = words.say(f"series.caption-{agreement}", first=before[0], last=after[-1])
    notes = tuple(coverage_notes(release, figures))
    return markdown_of_table(Table(f"series-{agreement}", caption, columns, rows, notes))


def _estimates(
    release: Release,
    row,  # type: ignore[no-untyped-def]
    before: Sequence[str],
    after: Sequence[str],
) -> list[Row | None]:
    return [
        *(release.estimate(str(row.measure), release.wales, year) for year in before),
        *(release.estimate(str(row.measure_2020), release.wales, year) for year in after),
    ]


def _chart(
    release: Release,
    row,  # type: ignore[no-untyped-def]
    before: Sequence[str],
    after: Sequence[str],
) -> str:
    """Return a chart of one measure, cut at the break; blank where a side has no figure."""
    words, years = release.words, [*before, *after]
    estimates = _estimates(release, row, before, after)
    values = [np.nan if e is None or pd.isna(e["value"]) else float(e["value"]) for e in estimates]
    known = [place for place, value in enumerate(values) if np.isfinite(value)]
    sides = [[p for p in known if p < len(before)], [p for p in known if p >= len(before)]]
    if not all(sides):
        return ""
    kind = "rate" if row.kind == "rate" else "percentage"
    svg = line_through_years(
        years, values, axis_label=words.say(f"axis.{kind}"), breaks_before=[len(before)]
    )
    ends = [place for side in sides for place in (side[0], side[-1])]
    told = {
        f"{name}_{part}": text
        for name, place in zip(("first", "before", "after", "last"), ends, strict=True)
        for part, text in (
            ("year", years[place]),
            ("value", release.estimate_text(estimates[place])),
        )
    }
    label = release.measure_label(str(row.measure))
    caption = words.say("series.figure", measure=label, first=years[0], last=years[-1])
    alternative = words.say("alt.series", measure=label, **told)
    identity = f"series-{str(row.measure).lower()}"
    return markdown_of_figure(
        identity, data_uri(svg), escape(caption), alternative,
        data=[[words.say("table.year"), label], *map(list, zip(years, values, strict=True))],
    )  # fmt: skip
