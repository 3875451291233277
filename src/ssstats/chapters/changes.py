"""Change on the year in words: Wales figures of a chapter, and an authority's clear changes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.commentary import added, opening, statements
from ssstats.chapters.coverage import coverage_notes
from ssstats.chapters.passages import heading, join
from ssstats.chapters.release import CHAPTERS, Release
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
    own = changes_of(release, release.wales)
    items = [item for item in featured_items(release, chapter) if item in own.index]
    if not items or (own.loc[items, "reason"] == "no-year-before").all():
        return ""
    period, previous = own["period"].iloc[0], own["previous"].iloc[0]
    return join(
        heading(2, words.say("changes.title"), f"{chapter}-changes"),
        opening(release, chapter, "changes", words.say("changes.lead")),
        _table(
            release,
            own.loc[items],
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
    metrics = release.catalogue.metrics
    domain = str(metrics.loc[metrics["reference"] == reference, "domain"].iloc[0])
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
    slug = release.areas.set_index("area").loc[authority, "slug"]
    own = changes_of(release, authority)
    if not (own["eligible"] == "yes").any():
        return ""
    featured = release.catalogue.featured
    main = featured.loc[
        featured["place"].str.startswith("authority") & featured["kind"].isin(["key", "count"]),
        "item",
    ]
    clear = own[own["called"] == "yes"]
    shown = [item for item in main if item in clear.index]
    table = ""
    if shown:
        caption = words.say(
            "changes.authority-caption", area=release.name(authority),
            previous=own["previous"].iloc[0], period=own["period"].iloc[0],
        )  # fmt: skip
        table = _table(release, clear.loc[shown], identity=f"{slug}-changes", caption=caption)
    return join(
        heading(2, words.say("changes.title"), f"{slug}-changes"),
        *statements(release, f"authority-{slug}", "changes"),
        added(release, f"authority-{slug}", "changes"),
        table or words.say("changes.authority-none"),
    )


def changes_of(release: Release, area: str) -> pd.DataFrame:
    """Return the changes of one area in the current edition, by item."""
    changes = release.changes
    own = changes[(changes["area"] == area) & (changes["edition"] == METRIC_EDITION)]
    return own.set_index("item", drop=False)


def featured_items(release: Release, chapter: str) -> list[str]:
    """Return the metrics and measures that a chapter draws, in their order."""
    featured = release.catalogue.featured
    sections = featured["place"].str.split(".").str[0].isin(CHAPTERS[chapter])
    drawn = featured["kind"].isin(["series", "authorities"])
    return list(featured.loc[sections & drawn, "item"])


def verdict_text(release: Release, row: pd.Series) -> str:
    """Return the verdict in words, or why there is none, with what a reader must know."""
    words = release.words
    if row["verdict"]:
        text = words.say(f"verdict.{row['verdict'].replace(' ', '-')}")
    else:
        text = words.say("verdict.none", reason=words.say(f"reason.{row['reason']}"))
    known = [words.say(f"qualified.{key}") for key in row["qualified"].split(";") if key]
    return "; ".join([text, *known])


def _table(release: Release, rows: pd.DataFrame, *, identity: str, caption: str) -> str:
    words = release.words
    period, previous = str(rows["period"].iloc[0]), str(rows["previous"].iloc[0])
    lines: list[tuple[str, ...]] = []
    for _, row in rows.iterrows():
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


def _coverage(release: Release, rows: pd.DataFrame) -> list[str]:
    """Return on how many authorities the Wales figures of both years stand."""
    of_wales = rows[rows["area"] == release.wales]
    return coverage_notes(
        release,
        [
            (
                f"{item if '/' in item else release.measure_label(item)}, {period}",
                release.count(METRIC_EDITION, item, area, period)
                if "/" in item
                else release.estimate(item, area, period),
            )
            for item, area, *years in of_wales[["item", "area", "previous", "period"]].to_numpy()
            for period in years
        ],
        remarked=bool(of_wales["matched_authorities"].notna().any()),
    )


def _matched(release: Release, row: pd.Series) -> tuple[str, ...]:
    """Return the line below a Wales figure: the same over authorities that answered both years."""
    words = release.words
    own = row.rename({column: column.removeprefix("matched_") for column in _MATCHED})
    own = own[~own.index.duplicated(keep="last")].copy()
    own["qualified"] = ""
    return (
        words.say_counted("changes.matched", int(row["matched_authorities"])),
        _matched_value(release, own, "old"),
        _matched_value(release, own, "new"),
        _limits(release, own),
        verdict_text(release, own),
        "[z]",
    )


def _matched_value(release: Release, row: pd.Series, year: str) -> str:
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


def _value(release: Release, row: pd.Series, period: str) -> str:
    if "/" in row["item"]:
        return release.count_text(METRIC_EDITION, row["item"], row["area"], period)
    return release.estimate_text(release.estimate(row["item"], row["area"], period))


def _limits(release: Release, row: pd.Series) -> str:
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return "[z]"
    lower, upper = (format_number(float(row[end]), 1) for end in ("lower", "upper"))
    return release.words.say(f"changes.range-{row['unit']}", lower=lower, upper=upper)


def _smallest(release: Release, row: pd.Series) -> str:
    """Return the smaller of the rise and the fall that could have been seen."""
    ends = [abs(float(row[c])) for c in ("smallest_rise", "smallest_fall") if pd.notna(row[c])]
    if not ends:
        return "[z]"
    return release.words.say(f"changes.size-{row['unit']}", size=format_number(min(ends), 1))
