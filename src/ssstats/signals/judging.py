"""How far one figure lies from a baseline, for all counts that round to what is shown.

The inverse form throughout: a p-value is under 0.05 exactly where the area's own 95% limits leave
the baseline out (Wilson's limits invert the score test; Garwood's are Poisson tails). Each p-value
is that of the corner of the possible counts that speaks least for a signal: fewest events over
most cases against the highest baseline for one that is high, and the reverse for one that is low.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, pdtr, pdtrc

from ssstats.comparison import Range
from ssstats.intervals.numbers import FloatArray

SHARE = "share"  # cases of all cases
ODDS = "odds"  # one count beside another, judged given their sum
RATE = "rate"  # events on a known population


@dataclass(frozen=True)
class Distance:
    """p-values and signs, arrays of shape (n,): 1 above the baseline, -1 below, 0 undecided."""

    p: FloatArray
    sign: FloatArray


def distance_from(
    events: Range, base: Range, baseline: Range, *, scale: str, tau2: FloatArray
) -> Distance:
    """Return how far each figure lies from a baseline.

    Parameters
    ----------
    events, base : Range
        Numerator and denominator of each area.
    baseline : Range
        Quotient to compare with, one for all areas or one each.
    scale : str
        SHARE, ODDS or RATE.
    tau2 : array of float
        Variance between areas on the transformed scale: arcsine for shares and odds, square root
        of observed over expected for rates. The p-value is the larger of those with and without.
    """
    least = events.lowest, base.highest
    most = events.highest, base.lowest
    if scale == SHARE:
        most = np.minimum(events.highest, base.lowest), base.lowest
    high = _p_value(*least, baseline.highest, scale, tau2, upwards=True)
    low = _p_value(*most, baseline.lowest, scale, tau2, upwards=False)
    missing = np.isnan(events.lowest + base.lowest + baseline.lowest + baseline.highest)
    sign = np.where(high < 1.0, 1.0, np.where(low < 1.0, -1.0, 0.0))
    return Distance(
        p=np.where(missing, np.nan, np.minimum(high, low)), sign=np.where(missing, np.nan, sign)
    )


def baseline_of(events: Range, base: Range) -> Range:
    """Return the lowest and highest quotient of a total, NaN where its base can be zero."""
    known = base.lowest > 0
    low = np.divide(events.lowest, base.highest, out=np.full(known.shape, np.nan), where=known)
    high = np.divide(events.highest, base.lowest, out=np.full(known.shape, np.nan), where=known)
    return Range(low, high)


def without(total: Range, part: Range) -> Range:
    """Return what is left of a total without a part of it."""
    low = np.maximum(total.lowest - part.highest, 0.0)
    return Range(low, np.maximum(total.highest - part.lowest, low))


def _p_value(
    events: FloatArray,
    base: FloatArray,
    baseline: FloatArray,
    scale: str,
    tau2: FloatArray,
    *,
    upwards: bool,
) -> FloatArray:
    """Return the two-sided p-value of a figure beyond the baseline, 1 for one that is not."""
    if scale == RATE:
        return _p_of_rate(events, base * baseline, tau2, upwards=upwards)
    cases = base if scale == SHARE else events + base
    centre = baseline if scale == SHARE else baseline / (1.0 + baseline)
    return _p_of_share(events, cases, np.minimum(centre, 1.0), tau2, upwards=upwards)


def _p_of_share(
    events: FloatArray, cases: FloatArray, centre: FloatArray, tau2: FloatArray, *, upwards: bool
) -> FloatArray:
    some = np.where(cases > 0, cases, np.nan)
    # A part above its whole has no published value; its row is never asked for.
    share = np.minimum(events / some, 1.0)
    beyond = share > centre if upwards else share < centre
    error = np.sqrt(centre * (1.0 - centre) / some)
    # A baseline of none or all has no error: any other share is beyond chance.
    gap = np.abs(share - centre)
    z = np.divide(gap, error, out=np.full(gap.shape, np.inf), where=error > 0)
    angle = np.abs(np.arcsin(np.sqrt(share)) - np.arcsin(np.sqrt(centre)))
    z = np.where(tau2 > 0, np.minimum(z, angle / np.sqrt(0.25 / some + tau2)), z)
    return np.where(beyond, 2.0 * ndtr(-z), 1.0)


def _p_of_rate(
    events: FloatArray, expected: FloatArray, tau2: FloatArray, *, upwards: bool
) -> FloatArray:
    mean = np.where(expected > 0, expected, np.nan)
    beyond = events > mean if upwards else events < mean
    tail = pdtrc(np.maximum(events - 1.0, 0.0), mean) if upwards else pdtr(events, mean)
    p = np.minimum(2.0 * tail, 1.0)
    gap = np.abs(np.sqrt(events / mean) - 1.0)
    p = np.where(tau2 > 0, np.maximum(p, 2.0 * ndtr(-gap / np.sqrt(0.25 / mean + tau2))), p)
    return np.where(beyond, p, 1.0)
