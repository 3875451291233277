"""Signals instead of league tables: which values lie further from a baseline than chance explains.

The house rule is the inverse form: an area is a signal when its own limits leave the baseline out,
so the funnel that is drawn and the limits in the table always agree. The other definitions in use
are here by name, for comparison.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import numpy as np
import numpy.typing as npt
from scipy.special import pdtr

from ssstats.intervals import limits_of_count, limits_of_percentage
from ssstats.intervals.chances import binomial_at_most
from ssstats.intervals.numbers import (
    FloatArray,
    Limits,
    as_floats,
    as_numbers,
    error_rate,
    first_integer,
    known_method,
    normal_deviate,
    over,
    refuse,
)

# Two and three standard errors, as funnel plots are drawn.
BOTH_LEVELS = (0.95, 0.998)


class Signal(IntEnum):
    """Where a value lies: beyond the inner limits by one step, beyond the outer by two."""

    FAR_BELOW = -2
    BELOW = -1
    WITHIN = 0
    ABOVE = 1
    FAR_ABOVE = 2


def signals_of_percentages(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    baseline: npt.ArrayLike,
    *,
    confidence: tuple[float, float] = BOTH_LEVELS,
) -> FloatArray:
    """Return the `Signal` of each percentage against `baseline`, a fraction.

    Parameters
    ----------
    numerator, denominator : arrays of numbers
        Cases of each area.
    baseline : array of float
        The fraction to compare with: see `pooled_rate` and `rate_of_the_others`.
    confidence : pair of float
        Inner and outer level.

    Returns
    -------
    signal : array of float, -2 to 2
        NaN where a number is missing or the denominator is zero.

    Raises
    ------
    ValueError
        As `limits_of_percentage`, or if the outer level is not above the inner.
    """
    inner, outer = (
        limits_of_percentage(numerator, denominator, confidence=level)
        for level in _in_order(confidence)
    )
    return _signals(as_floats("baseline", baseline), inner, outer)


def signals_of_counts(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    confidence: tuple[float, float] = BOTH_LEVELS,
    method: str = "garwood",
) -> FloatArray:
    """Return the `Signal` of each observed count against the count expected.

    For a rate, expected is the population times the baseline rate. Takes the methods of
    `limits_of_count`, returns and raises what `signals_of_percentages` does.
    """
    counted, wanted = as_numbers(observed=observed, expected=expected)
    inner, outer = (
        limits_of_count(counted, confidence=level, method=method) for level in _in_order(confidence)
    )
    return _signals(wanted, inner, outer)


def pooled_rate(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> float:
    """Return the baseline of all areas together; an area with a missing number is left out.

    Raises
    ------
    ValueError
        If a number is negative or no area has a denominator.
    """
    x, n = as_numbers(numerator=numerator, denominator=denominator)
    known = ~np.isnan(x + n)
    if n[known].sum() == 0:
        raise ValueError("no area has a denominator: there is no baseline")
    return float(x[known].sum() / n[known].sum())


def rate_of_the_others(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> FloatArray:
    """Return for each area the rate of all other areas: a large area pulls the pooled rate.

    NaN for an area with a missing number and where the others have no denominator.

    Raises
    ------
    ValueError
        If a number is negative.
    """
    x, n = as_numbers(numerator=numerator, denominator=denominator)
    known = ~np.isnan(x + n)
    rest_x, rest_n = x[known].sum() - x, n[known].sum() - n
    return over(rest_x, np.where(known, rest_n, np.nan))[()]


def funnel_of_percentage(
    denominator: npt.ArrayLike, baseline: npt.ArrayLike, *, confidence: float = 0.95
) -> Limits:
    """Return the fractions at which Wilson's limits just reach `baseline`, cut at 0 and 1.

    Wilson's limits invert the score test, so this is the baseline and its own normal limits.

    Raises
    ------
    ValueError
        If a number is negative, a baseline is above 1, or the confidence is not known.
    """
    n, centre = as_numbers(denominator=denominator, baseline=baseline)
    refuse(centre > 1.0, "the baseline is above 1")
    size = np.where(n > 0, n, np.nan)
    half = normal_deviate(confidence) * np.sqrt(centre * (1.0 - centre) / size)
    return np.maximum(centre - half, 0.0)[()], np.minimum(centre + half, 1.0)[()]


def funnel_of_ratio(
    observed: npt.ArrayLike, *, confidence: float = 0.95, method: str = "garwood"
) -> Limits:
    """Return the ratios to expected at which limits of `observed` events just reach it.

    Times a baseline rate they are the funnel of a rate, at observed / ratio expected events. The
    upper ratio is infinite for no events.

    Raises
    ------
    ValueError
        As `limits_of_count`.
    """
    (x,) = as_numbers(observed=observed)
    lower, upper = limits_of_count(x, confidence=confidence, method=method)
    highest = np.divide(x, lower, out=np.where(np.isnan(lower), np.nan, np.inf), where=lower > 0)
    return (x / upper)[()], highest[()]


def funnel_at_expected(
    expected: npt.ArrayLike, *, confidence: float = 0.95, definition: str = "exact"
) -> Limits:
    """Return limits of observed / expected by definitions that start from expected events.

    `exact` takes Garwood's limits of the expected events; `interpolated` takes quantiles of the
    Poisson distribution, interpolated between whole numbers, and can be negative.

    Raises
    ------
    ValueError
        If a number is negative, or the confidence or the definition is not known.

    References
    ----------
    Spiegelhalter DJ (2005), Statistics in Medicine 24, 1185-1202, appendix A.1.1.
    """
    chosen = known_method(definition, ("exact", "interpolated"), _DEFINITIONS_ALSO)
    (mean,) = as_numbers(expected=expected)
    mean = np.where(mean > 0, mean, np.nan)
    if chosen == "exact":
        lower, upper = limits_of_count(mean, confidence=confidence)
        return (lower / mean)[()], (upper / mean)[()]

    def at_most(count: FloatArray) -> FloatArray:
        return np.where(count < 0, 0.0, pdtr(np.maximum(count, 0.0), mean))

    ends = _quantiles(at_most, mean + 12.0 * np.sqrt(mean) + 40.0, confidence)
    return (ends[0] / mean)[()], (ends[1] / mean)[()]


def funnel_at_size(
    denominator: npt.ArrayLike, baseline: npt.ArrayLike, *, confidence: float = 0.95
) -> Limits:
    """Return interpolated binomial limits (Spiegelhalter) of a fraction with this baseline.

    Raises
    ------
    ValueError
        If a number is negative, a baseline is above 1, or the confidence is not known.
    """
    n, centre = as_numbers(denominator=denominator, baseline=baseline)
    refuse(centre > 1.0, "the baseline is above 1")
    n = np.where(n > 0, n, np.nan)

    def at_most(count: FloatArray) -> FloatArray:
        return binomial_at_most(count, n, centre)

    ends = _quantiles(at_most, n, confidence)
    return (ends[0] / n)[()], (ends[1] / n)[()]


_DEFINITIONS_ALSO = {
    "exact-interval-at-expected": "exact",
    "garwood": "exact",
    "spiegelhalter": "interpolated",
    "spiegelhalter-interpolated": "interpolated",
    "spiegelhalter-interpolated-poisson": "interpolated",
    "interpolated-poisson": "interpolated",
}


def _in_order(confidence: tuple[float, float]) -> tuple[float, float]:
    inner, outer = confidence
    if not inner < outer:
        raise ValueError(
            f"confidence {inner} and {outer} are not in order; give the inner level first"
        )
    return inner, outer


def _signals(baseline: FloatArray, inner: Limits, outer: Limits) -> FloatArray:
    steps = np.zeros(np.broadcast_shapes(np.shape(baseline), np.shape(inner[0])))
    missing = np.isnan(baseline)
    for lower, upper in (inner, outer):
        steps = steps + (baseline < lower).astype(float) - (baseline > upper)
        # Byar gives no lower limit for few events; nothing is below them then.
        missing = missing | np.isnan(upper)
    return np.where(missing, np.nan, steps)[()]


def _quantiles(
    at_most: Callable[[FloatArray], FloatArray], highest: FloatArray, confidence: float
) -> Limits:
    """Return both quantiles of a distribution of whole numbers, interpolated between them."""
    half = error_rate(confidence) / 2.0
    top = np.where(np.isnan(highest), 0.0, highest)

    def quantile(chance: float) -> FloatArray:
        count = first_integer(lambda k: at_most(k) >= chance, np.zeros(top.shape), top)
        here, below = at_most(count), at_most(count - 1.0)
        return count - (here - chance) / (here - below)

    return quantile(half), quantile(1.0 - half)
