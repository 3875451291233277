"""Which metrics are main counts: those whose change from year to year is looked at."""

from __future__ import annotations

import pandas as pd


def is_main_count(metrics: pd.DataFrame) -> pd.Series:
    """Return which rows of the metrics are collected counts without letters.

    An edition that collects numerators and denominators only has none: its measures say it all.
    """
    side = metrics["reference"].str.contains(r"\.[nd]$")
    of_sides = side.groupby(metrics["edition"]).transform("all")
    return (
        (metrics["collected"] == "yes")
        & (metrics["quantity"] == "count")
        & (metrics["letter"] == "")
        & ~of_sides
    )
