"""The data dictionary: every collected value with its printed wording, unit and status."""

from __future__ import annotations

from ssstats.chapters.commentary import opening
from ssstats.chapters.passages import heading, join
from ssstats.chapters.release import INTRODUCTION, Release
from ssstats.tables import Column, Table, markdown_of_table

_WORDED_STATUS = "printed"


def dictionary_introduction(release: Release) -> str:
    """Return how the dictionary is to be read."""
    return join(opening(release, "dictionary", INTRODUCTION, release.words.say("dictionary.lead")))


def dictionary_section(release: Release, edition: str, domain: str) -> str:
    """Return one table with every collected value of a domain."""
    words = release.words
    metrics = release.catalogue.metrics
    own = metrics[
        (metrics["edition"] == edition)
        & (metrics["domain"] == domain)
        & (metrics["collected"] == "yes")
    ]
    rows = tuple(
        (
            row.reference,
            release.label(edition, row.reference),
            words.say("unit." + row.unit.lower().replace(" ", "-")),
            words.say(f"dictionary.{row.stock_or_flow}"),
            words.say("dictionary.as-printed")
            if row.reference_status == _WORDED_STATUS
            else words.say("dictionary.repaired"),
        )
        for row in own.itertuples()
    )
    columns = (
        Column(words.say("table.reference"), width=13),
        Column(words.say("table.metric"), width=45),
        Column(words.say("table.unit"), width=16),
        Column(words.say("table.counted"), width=12),
        Column(words.say("table.reference-status"), width=14),
    )
    title = words.say(f"domain.{domain}")
    caption = words.say("dictionary.caption", title=title, number=len(rows))
    identity = f"dictionary-{domain.replace('_', '-')}"
    return join(
        heading(2, title, identity),
        markdown_of_table(Table(identity, caption, columns, rows)),
    )
