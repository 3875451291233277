"""Change on the year in words: Wales figures of a chapter, and an authority's clear changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.commentary import added, opening, statements
from ssstats.chapters.coverage import coverage_notes
from ssstats.chapters.passages import heading, join
from ssstats.chapters.release import CHAPTERS, Release
from ssstats.chapters.rows import Row
from ssstats.charts import Panel, data_uri, small_multiples
from ssstats.formatting import format_count, format_number
from ssstats.tables import Column, Table, markdown_of_figure, markdown_of_table

_FEWEST_YEARS = 3
# Columns of a change over matched authorities that stand for those of the plain one.
_MATCHED = tuple(
    f"matched_{column}"
    for column in (
        "old_value",
        "old_marker",
        "new_value",
        "new_marker",
        "lower",
        "upper",
        "verdict",
        "reason",
    )
)


def chapter_changes(release: Release, chapter: str) -> str:
    """Return how the chapter's featured figures of Wales changed on the year before."""
    words = release.words
    own = release.changes_of(release.wales)
    items = [item for item in featured_items(release, chapter) if item in own]
    shown = [own[item] for item in items]
    if all(row["reason"] == "no-year-before" for row in shown):
        return ""
    period, previous = shown[0]["period"], shown[0]["previous"]
    return join(
        heading(2, words.say("changes.title"), f"{chapter}-changes"),
        opening(release, chapter, "changes", words.say("changes.lead")),
        _table(
            release,
            shown,
            identity=f"{chapter}-changes",
            caption=words.say(
                "changes.caption",
                title=words.say(f"chapter.{chapter}.title"),
                area=release.name(release.wales),
                previous=previous,
                period=period,
            ),
        ),
        _series_by_authority(release, items, f"{chapter}-multiples"),
    )


def _series_by_authority(release: Release, items: list[str], identity: str) -> str:
    """Return the first featured count through the years, a small chart for each authority."""
    counts = [item for item in items if "/" in item]
    periods = [p for p in release.periods_of(METRIC_EDITION) if p <= str(release.period)]
    if not counts or len(periods) < _FEWEST_YEARS:
        return ""
    words, reference = release.words, counts[0]
    domain = release.domains[reference]
    found = {
        area: [release.count(METRIC_EDITION, reference, area, period) for period in periods]
        for area in release.authorities
    }
    values = {
        area: [np.nan if c is None or pd.isna(c["value"]) else float(c["value"]) for c in cells]
        for area, cells in found.items()
    }
    last = [line[-1] for line in values.values() if np.isfinite(line[-1])]
    if not last:
        return ""
    svg = small_multiples(
        [Panel(release.name(area), line) for area, line in values.items()],
        places=periods,
        value_label=words.say("axis.number"),
        breaks_before=[
            place
            for place, period in enumerate(periods)
            if release.break_reason(METRIC_EDITION, reference, domain, period)
        ],
    )
    label = release.label(METRIC_EDITION, reference)
    caption = words.say("multiples.figure", metric=label, first=periods[0], last=periods[-1])
    alternative = words.say(
        "alt.multiples", metric=label, first=periods[0], last=periods[-1], shown=len(last),
        lowest=format_number(min(last)), highest=format_number(max(last)),
    )  # fmt: skip
    return markdown_of_figure(
        identity, data_uri(svg), caption, alternative,
        data=[
            [words.say("table.authority"), *periods],
            *([release.name(area), *line] for area, line in values.items()),
        ],
    )  # fmt: skip


def authority_changes(release: Release, authority: str) -> str:
    """Return which main figures of an authority changed by more than chance explains."""
    words = release.words
    slug = release.slugs[authority]
    own = release.changes_of(authority)
    if not any(row["eligible"] == "yes" for row in own.values()):
        return ""
    main = [
        row["item"]
        for row in release.featured
        if row["place"].startswith("authority") and row["kind"] in ("key", "count")
    ]
    shown = [own[item] for item in main if item in own and own[item]["called"] == "yes"]
    table = ""
    if shown:
        caption = words.say(
            "changes.authority-caption", area=release.name(authority),
            previous=shown[0]["previous"], period=shown[0]["period"],
        )  # fmt: skip
        table = _table(release, shown, identity=f"{slug}-changes", caption=caption)
    return join(
        heading(2, words.say("changes.title"), f"{slug}-changes"),
        *statements(release, f"authority-{slug}", "changes"),
        added(release, f"authority-{slug}", "changes"),
        table or words.say("changes.authority-none"),
    )


def featured_items(release: Release, chapter: str) -> list[str]:
    """Return the metrics and measures that a chapter draws, in their order."""
    return [
        row["item"]
        for row in release.featured
        if row["place"].split(".")[0] in CHAPTERS[chapter]
        and row["kind"] in ("series", "authorities")
    ]


def verdict_text(release: Release, row: Row) -> str:
    """Return the verdict in words, or why there is none, with what a reader must know."""
    words = release.words
    if row["verdict"]:
        text = words.say(f"verdict.{row['verdict'].replace(' ', '-')}")
    else:
        text = words.say("verdict.none", reason=words.say(f"reason.{row['reason']}"))
    known = [words.say(f"qualified.{key}") for key in row["qualified"].split(";") if key]
    return "; ".join([text, *known])


def _table(release: Release, rows: Sequence[Row], *, identity: str, caption: str) -> str:
    words = release.words
    period, previous = rows[0]["period"], rows[0]["previous"]
    lines: list[tuple[str, ...]] = []
    for row in rows:
        lines.append(
            (
                _label(release, row["item"]),
                _value(release, row, previous),
                _value(release, row, period),
                _limits(release, row),
                verdict_text(release, row),
                _smallest(release, row),
            )
        )
        if pd.notna(row["matched_authorities"]):
            lines.append(_matched(release, row))
    columns = (
        Column(words.say("changes.figure"), width=30),
        Column(previous, numeric=True, width=9),
        Column(period, numeric=True, width=9),
        Column(words.say("changes.limits"), numeric=True, width=17),
        Column(words.say("changes.verdict"), width=21),
        Column(words.say("changes.smallest"), numeric=True, width=14),
    )
    return markdown_of_table(
        Table(identity, caption, columns, tuple(lines), tuple(_coverage(release, rows)))
    )


def _coverage(release: Release, rows: Sequence[Row]) -> list[str]:
    """Return on how many authorities the Wales figures of both years stand."""
    of_wales = [row for row in rows if row["area"] == release.wales]
    return coverage_notes(
        release,
        [
            (
                f"{item if '/' in item else release.measure_label(item)}, {period}",
                release.count(METRIC_EDITION, item, area, period)
                if "/" in item
                else release.estimate(item, area, period),
            )
            for item, area, *years in (
                (row["item"], row["area"], row["previous"], row["period"]) for row in of_wales
            )
            for period in years
        ],
        remarked=any(pd.notna(row["matched_authorities"]) for row in of_wales),
    )


def _matched(release: Release, row: Row) -> tuple[str, ...]:
    """Return the line below a Wales figure: the same over authorities that answered both years."""
    words = release.words
    matched = {column.removeprefix("matched_"): row[column] for column in _MATCHED}
    own = {**row, **matched, "qualified": ""}
    return (
        words.say_counted("changes.matched", int(row["matched_authorities"])),
        _matched_value(release, own, "old"),
        _matched_value(release, own, "new"),
        _limits(release, own),
        verdict_text(release, own),
        "[z]",
    )


def _matched_value(release: Release, row: Row, year: str) -> str:
    value, marker = row[f"{year}_value"], row[f"{year}_marker"]
    if "/" in row["item"]:
        return format_count(value, marker)
    estimate = release.estimate(row["item"], row["area"], row["period"])
    return release.estimate_text(
        None if estimate is None else {**estimate, "value": value, "marker": marker}
    )


def _label(release: Release, item: str) -> str:
    if "/" in item:
        return f"{release.label(METRIC_EDITION, item)} ({item})"
    return release.measure_label(item)


def _value(release: Release, row: Row, period: str) -> str:
    if "/" in row["item"]:
        return release.count_text(METRIC_EDITION, row["item"], row["area"], period)
    return release.estimate_text(release.estimate(row["item"], row["area"], period))


def _limits(release: Release, row: Row) -> str:
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return "[z]"
    lower, upper = (format_number(float(row[end]), 1) for end in ("lower", "upper"))
    return release.words.say(f"changes.range-{row['unit']}", lower=lower, upper=upper)


def _smallest(release: Release, row: Row) -> str:
    """Return the smaller of the rise and the fall that could have been seen."""
    ends = [abs(float(row[c])) for c in ("smallest_rise", "smallest_fall") if pd.notna(row[c])]
    if not ends:
        return "[z]"
    return release.words.say(f"changes.size-{row['unit']}", size=format_number(min(ends), 1))
