"""Ages in whole years at a day, and the bands that they fall in."""

from __future__ import annotations

import pandas as pd


def ages_at(births: pd.Series, day: pd.Timestamp | pd.Series) -> pd.Series:
    """Return ages in whole years; a birthday counts from its day on.

    Who was born on 29 February is a year older on 1 March of a common year.
    """
    days = day if isinstance(day, pd.Series) else pd.Series(day, index=births.index)
    before = (days.dt.month < births.dt.month) | (
        (days.dt.month == births.dt.month) & (days.dt.day < births.dt.day)
    )
    return days.dt.year - births.dt.year - before


def bands_of(ages: pd.Series, bands: pd.DataFrame) -> pd.Series:
    """Return the code of the band that holds each age, blank where none does."""
    found = pd.Series("", index=ages.index, dtype="str")
    for band in bands.itertuples():
        highest = float("inf") if pd.isna(band.highest) else band.highest
        found = found.mask(ages.between(band.lowest, highest), str(band.code))
    return found
