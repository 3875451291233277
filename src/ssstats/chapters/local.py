"""An authority's own metrics on its own page."""

from __future__ import annotations

from ssstats.chapters.passages import heading, join, recent_periods
from ssstats.chapters.release import Release
from ssstats.formatting import format_count
from ssstats.tables import Column, Table, escape, markdown_of_table


def local_metrics(release: Release, authority: str, edition: str, slug: str) -> str:
    """Return the registered metrics of one authority by year; blank where it has none."""
    words, periods = release.words, recent_periods(release, edition)
    own = [row for row in release.rows_of("local", edition, authority) if row["period"] in periods]
    if not own:
        return ""
    shown = {
        (row["reference"], row["period"]): format_count(row["value"], row["marker"]) for row in own
    }
    labels = {row["reference"]: row[f"label_{words.language}"] for row in own}
    rows = tuple(
        (
            f"{label} ({reference})",
            *(shown.get((reference, period), "[x]") for period in periods),
        )
        for reference, label in labels.items()
    )
    columns = (
        Column(words.say("table.metric"), width=40),
        *(Column(period, numeric=True, width=10) for period in periods),
    )
    caption = words.say("local.caption", area=release.name(authority))
    return join(
        heading(2, words.say("local.title"), f"{slug}-own"),
        escape(words.say("local.lead")),
        markdown_of_table(Table(f"{slug}-own", caption, columns, rows)),
    )
