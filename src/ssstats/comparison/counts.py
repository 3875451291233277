"""Change between two counts: are the two rates behind them the same?

Given the sum of two independent Poisson counts, the first is binomial, with the share of the
exposure as its probability. Mid-P is the house rule for flows and rates of flows; for stocks see
`stocks`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ssstats.intervals.chances import (
    binomial_at_least,
    binomial_at_most,
    binomial_chance,
)
from ssstats.intervals.numbers import (
    FloatArray,
    as_numbers,
    error_rate,
    first_integer,
    known_method,
    refuse,
)

# R's binom.test counts outcomes as no likelier up to this relative slack for rounding.
_AS_LIKELY = 1.0 + 1e-7


def p_value_of_two_counts(
    events_1: npt.ArrayLike,
    events_2: npt.ArrayLike,
    *,
    exposure_1: npt.ArrayLike = 1.0,
    exposure_2: npt.ArrayLike = 1.0,
    method: str = "mid-p",
) -> FloatArray:
    """Return two-sided p-values for equal rates behind two independent counts.

    Parameters
    ----------
    events_1, events_2 : arrays of whole numbers
        Two counts of different events.
    exposure_1, exposure_2 : arrays of numbers
        Populations or lengths of time, above zero.
    method : str
        mid-p (twice the smaller tail with half the chance of what was seen), exact (twice the
        smaller tail) or minimum-likelihood (all outcomes no likelier than what was seen, as R's
        poisson.test). None is above 1.

    Returns
    -------
    p : array of float
        1 where there are no events at all; NaN where a number is missing or an exposure is zero.

    Raises
    ------
    ValueError
        If a number is negative, a count is not whole, or the method is not known.
    """
    chosen = known_method(method, ("mid-p", "exact", "minimum-likelihood"), _ALSO)
    x1, x2, t1, t2 = as_numbers(
        events_1=events_1, events_2=events_2, exposure_1=exposure_1, exposure_2=exposure_2
    )
    known = (t1 > 0) & (t2 > 0) & ~np.isnan(x1 + x2)
    x1, x2, t1, t2 = (np.where(known, values, 1.0) for values in (x1, x2, t1, t2))
    refuse((x1 % 1 != 0) | (x2 % 1 != 0), "the count is not a whole number")
    p = _METHODS[chosen](x1, x1 + x2, t1 / (t1 + t2))
    return np.where(known, np.minimum(p, 1.0), np.nan)[()]


def smallest_detectable_rise(
    events: npt.ArrayLike,
    *,
    exposure_ratio: npt.ArrayLike = 1.0,
    confidence: float = 0.95,
) -> FloatArray:
    """Return the smallest later count that could be called a rise from `events` by mid-P.

    Parameters
    ----------
    events : array of whole numbers
        The earlier count.
    exposure_ratio : array of numbers
        Later exposure over earlier exposure, above zero.
    confidence : float
        Two-sided level as a fraction, at least 0.5 and below 1.

    Returns
    -------
    count : array of float
        Whole numbers; NaN where a number is missing or the ratio is zero.

    Raises
    ------
    ValueError
        If a number is negative, a count is not whole, or the confidence is not known.
    """
    alpha = error_rate(confidence)
    before, ratio = as_numbers(events=events, exposure_ratio=exposure_ratio)
    known = (ratio > 0) & ~np.isnan(before)
    before, ratio = np.where(known, before, 0.0), np.where(known, ratio, 1.0)

    def called(later: FloatArray) -> npt.NDArray[np.bool_]:
        p = p_value_of_two_counts(later, before, exposure_1=ratio, exposure_2=1.0)
        return (p < alpha) & (later > before * ratio)

    # Ten standard deviations and some room is a rise at every level worth the name.
    highest = (
        before * ratio
        + 10.0 * np.sqrt((before + 1.0) * ratio * (1.0 + ratio))
        + 100.0 * (1.0 + ratio)
    )
    rise = first_integer(called, before * ratio, highest)
    return np.where(known, rise, np.nan)[()]


def largest_detectable_fall(
    events: npt.ArrayLike,
    *,
    exposure_ratio: npt.ArrayLike = 1.0,
    confidence: float = 0.95,
) -> FloatArray:
    """Return the largest later count that could be called a fall from `events` by mid-P.

    Takes and raises what `smallest_detectable_rise` does; NaN also where not even zero could be
    called a fall.
    """
    alpha = error_rate(confidence)
    before, ratio = as_numbers(events=events, exposure_ratio=exposure_ratio)
    known = (ratio > 0) & ~np.isnan(before)
    before, ratio = np.where(known, before, 0.0), np.where(known, ratio, 1.0)

    def not_called(later: FloatArray) -> npt.NDArray[np.bool_]:
        p = p_value_of_two_counts(later, before, exposure_1=ratio, exposure_2=1.0)
        return (p >= alpha) | (later >= before * ratio)

    fall = first_integer(not_called, np.zeros(before.shape), np.ceil(before * ratio)) - 1.0
    return np.where(known & (fall >= 0), fall, np.nan)[()]


def smallest_attainable_p_value(
    events_in_all: npt.ArrayLike, *, exposure_ratio: npt.ArrayLike = 1.0
) -> FloatArray:
    """Return the smallest mid-P that two counts of this sum could have reached.

    A comparison that could never be called is no comparison: leave it out of the number that
    chance signals are reckoned from, by its total alone and never by its direction.

    Raises
    ------
    ValueError
        If a number is negative or a total is not whole.
    """
    total, ratio = as_numbers(events_in_all=events_in_all, exposure_ratio=exposure_ratio)
    all_first = p_value_of_two_counts(total, 0.0, exposure_1=ratio)
    all_second = p_value_of_two_counts(0.0, total, exposure_1=ratio)
    return np.minimum(all_first, all_second)[()]


def _mid_p(x: FloatArray, total: FloatArray, share: FloatArray) -> FloatArray:
    here = binomial_chance(x, total, share)
    below, above = _tails(x, total, share)
    return 2.0 * np.minimum(below, above) - here


def _exact(x: FloatArray, total: FloatArray, share: FloatArray) -> FloatArray:
    below, above = _tails(x, total, share)
    return 2.0 * np.minimum(below, above)


def _minimum_likelihood(x: FloatArray, total: FloatArray, share: FloatArray) -> FloatArray:
    """Add the tail that x is in to the part of the other tail that is no likelier than x."""
    limit = binomial_chance(x, total, share) * _AS_LIKELY
    mean = total * share
    low = x < mean

    def unlikely_above(y: FloatArray) -> npt.NDArray[np.bool_]:
        return (y > total) | (binomial_chance(np.minimum(y, total), total, share) <= limit)

    def likely_from(y: FloatArray) -> npt.NDArray[np.bool_]:
        return binomial_chance(y, total, share) > limit

    far_above = first_integer(unlikely_above, np.ceil(mean), total)
    far_below = first_integer(likely_from, np.zeros(x.shape), np.floor(mean)) - 1.0
    below = np.where(low, x, far_below)
    above = np.where(low, far_above, x)
    both = binomial_at_most(below, total, share) + binomial_at_least(above, total, share)
    # At the mean itself nothing is likelier.
    return np.where(x == mean, 1.0, both)


def _tails(x: FloatArray, total: FloatArray, share: FloatArray) -> tuple[FloatArray, FloatArray]:
    return binomial_at_most(x, total, share), binomial_at_least(x, total, share)


_METHODS = {"mid-p": _mid_p, "exact": _exact, "minimum-likelihood": _minimum_likelihood}
_ALSO = {
    "midp": "mid-p",
    "conditional-mid-p": "mid-p",
    "exact-conditional": "exact",
    "doubled": "exact",
    "min-likelihood": "minimum-likelihood",
}
