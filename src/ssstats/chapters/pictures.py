"""Charts of a release with captions and computed alternative texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ssstats.chapters.coverage import coverage_notes
from ssstats.chapters.release import Release
from ssstats.chapters.rows import Row
from ssstats.charts import Banded, data_uri, dots_with_bands, line_through_years
from ssstats.formatting import format_number
from ssstats.tables import Column, Table, markdown_of_figure, markdown_of_table

# The column of marks in the data of a chart, named as in the open data.
_MARKER = "marker"


def measure_by_authority(release: Release, measure: str, period: str, identity: str) -> str:
    """Return a chart of one measure by authority beside Wales, and the same as a table."""
    words = release.words
    estimates = {a: release.estimate(measure, a, period) for a in release.authorities}
    wales = release.estimate(measure, release.wales, period)
    rows = [_banded(release.name(area), estimates[area]) for area in release.authorities]
    label = release.measure_label(measure)
    percentage = release.measures_by_id[measure]["kind"] == "percentage"
    svg = dots_with_bands(
        rows,
        axis_label=words.say("axis.percentage") if percentage else words.say("axis.rate"),
        reference=_banded(release.name(release.wales), wales),
        reference_label=words.say("chart.wales-line"),
    )
    caption = words.say("figure.by-authority", measure=label, period=period)
    alternative = _alternative_by_authority(release, label, period, rows, wales)
    names = [words.say(f"table.{part}") for part in ("authority", "value", "lower", "upper")]
    every = [*rows, _banded(release.name(release.wales), wales)]
    figure = markdown_of_figure(
        identity, data_uri(svg), caption, alternative,
        data=[[*names, _MARKER], *([r.label, r.value, r.lower, r.upper, r.marker] for r in every)],
    )  # fmt: skip
    table = _authority_table(release, measure, period, identity, {**estimates})
    return f"{figure}\n\n{table}"


def _banded(label: str, estimate: Row | None) -> Banded:
    if estimate is None:
        return Banded(label, np.nan, np.nan, np.nan, "x")
    value, lower, upper = (
        np.nan if pd.isna(estimate[part]) else float(estimate[part])
        for part in ("value", "lower", "upper")
    )
    return Banded(label, value, lower, upper, estimate["marker"])


def _alternative_by_authority(
    release: Release, label: str, period: str, rows: Sequence[Banded], wales: Row | None
) -> str:
    words = release.words
    shown = [row for row in rows if np.isfinite(row.value)]
    if not shown:
        return words.say("alt.nothing", measure=label, period=period)
    lowest = min(row.value for row in shown)
    highest = max(row.value for row in shown)
    decimals = 0 if all(float(row.value).is_integer() for row in shown) else 1
    return words.say(
        "alt.by-authority",
        measure=label,
        period=period,
        lowest=format_number(lowest, decimals),
        highest=format_number(highest, decimals),
        wales=release.estimate_text(wales),
        shown=len(shown),
        hidden=len(rows) - len(shown),
    )


def _authority_table(
    release: Release,
    measure: str,
    period: str,
    identity: str,
    estimates: dict[str, Row | None],
) -> str:
    words = release.words
    everywhere = {**estimates, release.wales: release.estimate(measure, release.wales, period)}
    rows = tuple(
        (
            release.name(area),
            *(release.estimate_text(estimate, part) for part in ("value", "lower", "upper")),
            _side(release, estimate, "numerator"),
            _side(release, estimate, "denominator"),
        )
        for area, estimate in everywhere.items()
    )
    columns = (
        Column(words.say("table.authority"), width=26),
        Column(words.say("table.value"), numeric=True, width=12),
        Column(words.say("table.lower"), numeric=True, width=12),
        Column(words.say("table.upper"), numeric=True, width=12),
        Column(words.say("table.numerator"), numeric=True, width=14),
        Column(words.say("table.denominator"), numeric=True, width=14),
    )
    caption = words.say("table.by-authority", measure=release.measure_label(measure), period=period)
    of_wales = [(release.measure_label(measure), everywhere[release.wales])]
    notes = tuple(coverage_notes(release, of_wales))
    return markdown_of_table(Table(identity, caption, columns, rows, notes))


def _side(release: Release, estimate: Row | None, side: str) -> str:
    if estimate is None:
        return "[x]"
    marker = estimate[f"{side}_marker"]
    return f"[{marker}]" if marker else format_number(float(estimate[side]))


def count_through_years(
    release: Release, edition: str, reference: str, area: str, identity: str
) -> str:
    """Return a chart of one count of one area over all years of the release."""
    words = release.words
    periods = [p for p in release.periods_of(edition) if p <= str(release.period)]
    counts = [release.count(edition, reference, area, period) for period in periods]
    values = [np.nan if c is None or pd.isna(c["value"]) else float(c["value"]) for c in counts]
    if len(periods) < 2 or not np.isfinite(values).any():
        return ""
    domain = release.domains[reference]
    breaks = [
        place
        for place, period in enumerate(periods)
        if release.break_reason(edition, reference, domain, period)
    ]
    label = release.label(edition, reference)
    revised = [place for place, c in enumerate(counts) if c is not None and "r" in c["flags"]]
    svg = line_through_years(
        periods,
        values,
        axis_label=words.say("axis.number"),
        breaks_before=breaks,
        revised=revised,
    )
    shown = [(p, v) for p, v in zip(periods, values, strict=True) if np.isfinite(v)]
    alternative = words.say(
        "alt.through-years",
        metric=label,
        area=release.name(area),
        first=shown[0][0],
        last=shown[-1][0],
        first_value=format_number(shown[0][1]),
        last_value=format_number(shown[-1][1]),
        gaps=len(values) - len(shown),
    )
    caption = words.say(
        "figure.through-years", metric=label, area=release.name(area),
        first=periods[0], last=periods[-1],
    )  # fmt: skip
    return markdown_of_figure(
        identity, data_uri(svg), caption, alternative,
        data=[[words.say("table.year"), label], *map(list, zip(periods, values, strict=True))],
    )  # fmt: skip


def measures_beside_wales(
    release: Release, measures: Sequence[str], area: str, period: str, identity: str
) -> str:
    """Return a chart of an authority's percentages, each with its band and the Wales value."""
    words = release.words
    pairs = [
        (m, release.estimate(m, area, period), release.estimate(m, release.wales, period))
        for m in measures
        if release.measures_by_id[m]["kind"] == "percentage"
    ]
    pairs = [pair for pair in pairs if pair[1] is not None]
    if not pairs:
        return ""
    rows = [_banded(words.say(f"short.{measure}"), estimate) for measure, estimate, _ in pairs]
    wales = [_banded("", estimate).value for _, _, estimate in pairs]
    svg = dots_with_bands(
        rows,
        axis_label=words.say("axis.percentage"),
        references=wales,
        reference_label=words.say("chart.authority-and-wales", area=release.name(area)),
    )
    shown = sum(np.isfinite(row.value) for row in rows)
    alternative = words.say(
        "alt.beside-wales", area=release.name(area), period=period, shown=shown,
        hidden=len(rows) - shown,
    )  # fmt: skip
    caption = words.say("figure.beside-wales", area=release.name(area), period=period)
    names = [words.say(f"table.{part}") for part in ("measure", "value", "lower", "upper")]
    return markdown_of_figure(
        identity, data_uri(svg), caption, alternative,
        data=[
            [*names, _MARKER, release.name(release.wales)],
            *(
                [row.label, row.value, row.lower, row.upper, row.marker, value]
                for row, value in zip(rows, wales, strict=True)
            ),
        ],
    )  # fmt: skip
