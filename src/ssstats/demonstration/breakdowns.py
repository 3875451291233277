"""Divides some totals of a year by age and gender, so that a release has small tables to protect.

The combinations given in breakdowns.csv are exhaustive and do not overlap: they sum to the total.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssstats.demonstration.drawing import draw_division
from ssstats.demonstration.spread import generator

# How unlike authorities are in age and gender, on the log scale: less than in what they do.
_SPREAD = 0.2


def draw_breakdowns(
    table: pd.DataFrame, edition: str, period: str, totals: pd.DataFrame, *, seed: int
) -> dict[str, pd.DataFrame]:
    """Return, for each reference that is broken down, counts by authority and combination.

    Parameters
    ----------
    table : columns edition, period, reference, breakdown, share
    totals : values of the period, authorities as rows, references as columns
    """
    here = table[(table["edition"] == edition) & (table["period"] == period)]
    found = {}
    for reference, rows in here.groupby("reference"):
        rng = generator(seed, edition, "breakdown", period, str(reference))
        shares = rows["share"].astype(float).to_numpy()
        total = totals[reference].to_numpy().astype(np.int64)
        normal = rng.standard_normal((len(total), len(rows)))
        leanings = np.exp(_SPREAD * normal).round(9).astype(np.float64)
        counts = draw_division(rng, total, shares / shares.sum(), leanings)
        found[str(reference)] = pd.DataFrame(
            counts, index=totals.index, columns=rows["breakdown"].tolist()
        )
    return found
