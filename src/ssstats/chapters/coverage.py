"""On how many authorities the Wales figures of a table stand, in notes below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from ssstats.chapters.release import Release
from ssstats.chapters.rows import Row


def is_partial(row: Row) -> bool:
    """Return whether a figure of Wales stands on fewer authorities than it should."""
    return bool(pd.notna(row["answered"]) and row["answered"] < row["expected"])


def coverage_notes(
    release: Release, figures: Iterable[tuple[str, Row | None]], *, remarked: bool = False
) -> list[str]:
    """Return notes that say for every Wales figure of a table on how many authorities it stands.

    Parameters
    ----------
    figures : pairs of a name and a published count or measure of Wales
        A figure that is not there needs no note.
    remarked : bool
        Whether the table itself gives another number beside some figures.
    """
    words = release.words
    named: dict[str, list[str]] = {}
    tally: Counter[str] = Counter()
    for name, row in figures:
        if row is None or pd.isna(row["answered"]) or not int(row["answered"]):
            continue
        answered = words.say(
            "coverage.of", answered=int(row["answered"]), expected=int(row["expected"])
        )
        named.setdefault(answered, []).append(name)
        tally[answered] += 1
    if not tally:
        return []
    usual = tally.most_common(1)[0][0]
    others = sorted(set(named) - {usual})
    key = "note.coverage-wales-most" if others or remarked else "note.coverage-wales"
    return [
        words.say(key, answered=usual),
        *(
            words.say("note.coverage-wales-of", items="; ".join(named[answered]), answered=answered)
            for answered in others
        ),
    ]
