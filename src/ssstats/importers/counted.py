"""Counts by authority, and the days of a reporting year: what all importers share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from ssstats.periods import ReportingYear


@dataclass(frozen=True)
class Year:
    """The days of a reporting year: 1 April, 31 March, and the 31 March before."""

    first: pd.Timestamp
    last: pd.Timestamp
    before: pd.Timestamp

    @classmethod
    def of(cls, period: ReportingYear) -> Year:
        """Return the days of a reporting year."""
        return cls(
            pd.Timestamp(period.start, 4, 1),
            pd.Timestamp(period.end, 3, 31),
            pd.Timestamp(period.start, 3, 31),
        )


@dataclass(frozen=True)
class Counted:
    """One metric by authority.

    `known` are the authorities whose records can tell; there a count of nothing is a zero, and
    elsewhere the metric is not available.
    """

    reference: str
    values: Mapping[str, float]
    known: frozenset[str]
    breakdown: str = ""


def counts_by_authority(
    rows: pd.DataFrame, reference: str, known: frozenset[str], *, breakdown: str = ""
) -> Counted:
    """Return how many rows each authority has."""
    numbers = rows["authority"].value_counts()
    values = {str(area): float(number) for area, number in numbers.items()}
    return Counted(reference, values, known, breakdown)


def known_in(
    frame: pd.DataFrame, column: str, kind: str, none_of: Collection[str]
) -> frozenset[str]:
    """Return the authorities whose records of a kind are there, or said to be none."""
    here = frame if kind in none_of else frame[frame[column] == kind]
    return frozenset(here["authority"])


def open_at(begins: pd.Series, ends: pd.Series, day: pd.Timestamp) -> pd.Series:
    """Return which spans are open at the end of a day: begun by then, and not ended by then."""
    return (begins <= day) & (ends.isna() | (ends > day))


FAR = pd.Timestamp(2200, 1, 1)


def ends_of(ends: pd.Series) -> pd.Series:
    """Return the last days with a day far off for what goes on."""
    return ends.fillna(FAR)
