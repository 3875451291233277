"""Rates drawn towards the common rate, for maps and for the doubt in a rank.

Shrunk rates are never the published figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ssstats.intervals.numbers import FloatArray, as_numbers, refuse


@dataclass(frozen=True)
class ShrunkRates:
    """Rates of areas on one scale: the common mean, variance between areas, weights, results."""

    mean: float
    variance_between: float
    weight: FloatArray
    shrunk: FloatArray


def shrink_rates(
    events: npt.ArrayLike, population: npt.ArrayLike, *, per: float = 1.0
) -> ShrunkRates:
    """Return rates shrunk to their common mean by moments (global, gamma-Poisson).

    Parameters
    ----------
    events, population : arrays of numbers, shape (n,)
        One count and one population an area, all known, populations above zero.
    per : float
        Scale of the results; the variance between areas is on this scale squared.

    Raises
    ------
    ValueError
        If a number is negative or missing, or a population is zero.

    References
    ----------
    Marshall RJ (1991), Applied Statistics 40, 283-294.
    """
    x, n = as_numbers(events=events, population=population)
    refuse(np.isnan(x) | np.isnan(n), "a number is missing")
    refuse(n == 0, "the population is zero")
    rate = x / n
    mean = x.sum() / n.sum()
    spread = (n * (rate - mean) ** 2).sum() / n.sum()
    between = max(float(spread - mean / n.mean()), 0.0)
    weight = np.divide(between, between + mean / n, out=np.zeros(n.shape), where=mean > 0)
    shrunk = mean + weight * (rate - mean)
    return ShrunkRates(float(mean * per), between * per**2, weight, shrunk * per)
