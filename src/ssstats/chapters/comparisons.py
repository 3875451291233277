"""What the quality chapter says of comparisons: how many were made, flagged and due to chance."""

from __future__ import annotations

import pandas as pd

from ssstats.chapters.passages import heading, join
from ssstats.chapters.release import Release
from ssstats.comparison import signals_by_chance
from ssstats.formatting import format_number
from ssstats.tables import Column, Table, markdown_of_table

_INNER, _OUTER = 0.95, 0.998
_CLEAR = ("rose", "fell")


def quality_comparisons(release: Release) -> str:
    """Return the number of comparisons of the release, and why some were not made."""
    words = release.words
    return join(
        heading(2, words.say("quality.comparisons"), "quality-comparisons"),
        words.say("comparisons.lead"),
        _tally(release),
        words.say("comparisons.methods"),
        _margins(release),
        _without(release),
    )


def _tally(release: Release) -> str:
    words = release.words
    rows = []
    for edition in sorted(release.changes["edition"].unique(), reverse=True):
        rows += [_of_changes(release, edition), *_of_signals(release, edition)]
    columns = (
        Column(words.say("comparisons.kind"), width=42),
        Column(words.say("comparisons.made"), numeric=True, width=14),
        Column(words.say("comparisons.flagged"), numeric=True, width=14),
        Column(words.say("comparisons.expected"), numeric=True, width=15),
        Column(words.say("comparisons.remaining"), numeric=True, width=15),
    )
    caption = words.say("comparisons.caption")
    return markdown_of_table(Table("quality-comparisons", caption, columns, tuple(rows)))


def _of_changes(release: Release, edition: str) -> tuple[str, ...]:
    changes = release.changes
    own = changes[
        (changes["edition"] == edition)
        & (changes["area"] != release.wales)
        & (changes["eligible"] == "yes")
    ]
    clear = own["verdict"].isin(_CLEAR)
    return (
        release.words.say("comparisons.changes", edition=_title(release, edition)),
        *_numbers(len(own), int(clear.sum()), _INNER, int((own["called"] == "yes").sum())),
    )


def _of_signals(release: Release, edition: str) -> list[tuple[str, ...]]:
    signals = release.signals
    own = signals[(signals["edition"] == edition) & (signals["signal"] != "")]
    beyond = own["signal"] != "within"
    far = own["signal"].str.startswith("far-")
    remaining = own["adjusted_p"] < 1.0 - _INNER
    title = _title(release, edition)
    return [
        (
            release.words.say(f"comparisons.signals-{level}", edition=title),
            *_numbers(len(own), int(flagged.sum()), confidence, int((flagged & remaining).sum())),
        )
        for level, flagged, confidence in (("95", beyond, _INNER), ("998", far, _OUTER))
    ]


def _numbers(made: int, flagged: int, confidence: float, remaining: int) -> tuple[str, ...]:
    expected = signals_by_chance(made, confidence=confidence)
    return (
        format_number(made),
        format_number(flagged),
        format_number(expected, 0 if expected >= 10 else 1),
        format_number(remaining),
    )


def _title(release: Release, edition: str) -> str:
    return release.words.say(f"comparisons.edition.{edition}")


def _margins(release: Release) -> str:
    lines = [
        "- "
        + release.words.say(
            f"margin.{row.unit}",
            what=row.item or release.words.say(f"margin.{row.kind}"),
            margin=row.margin,
        )
        for row in release.catalogue.margins.itertuples()
    ]
    return join(release.words.say("margin.lead"), "\n".join(lines))


def _without(release: Release) -> str:
    """Return why changes, signals and limits are missing, with the number of figures of each."""
    words = release.words
    limits = release.estimates.loc[
        (release.estimates["period"] == str(release.period)) & (release.estimates["marker"] == ""),
        "no_limits",
    ]
    columns = {
        "changes": _tally_of(release.changes["reason"]),
        "signals": _tally_of(release.signals["reason"]),
        "limits": _tally_of(limits),
    }
    keys = sorted({key for tally in columns.values() for key in tally})
    if not keys:
        return ""
    rows = tuple(
        (
            words.say(f"reason.{key}"),
            *(format_number(columns[name].get(key, 0)) for name in columns),
        )
        for key in keys
    )
    heads = (
        Column(words.say("comparisons.reason"), width=52),
        *(Column(words.say(f"comparisons.no-{name}"), numeric=True, width=16) for name in columns),
    )
    caption = words.say("comparisons.reasons-caption")
    return markdown_of_table(Table("quality-reasons", caption, heads, rows))


def _tally_of(reasons: pd.Series) -> dict[str, int]:
    counted = reasons[reasons != ""].value_counts()
    return {str(key): int(number) for key, number in counted.items()}
