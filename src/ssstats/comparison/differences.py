"""Change in a percentage or a rate as a difference, with its confidence limits.

A difference is the first less the second, so give this year first. The cases of the two must be
different people: where many are the same, two margins cannot judge the change.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from ssstats.intervals import limits_of_percentage, limits_of_rate
from ssstats.intervals.numbers import (
    FloatArray,
    Limits,
    as_numbers,
    known_method,
    normal_deviate,
    over,
    root_between,
    shown_where,
    two_groups,
)

# A difference far below anything that is shown, and far above rounding.
_HAIR = 1e-12
# The chance beyond it is below the smallest positive double.
_LARGEST_DEVIATE = 40.0


def limits_of_difference(
    numerator_1: npt.ArrayLike,
    denominator_1: npt.ArrayLike,
    numerator_2: npt.ArrayLike,
    denominator_2: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    method: str = "newcombe",
) -> Limits:
    """Return limits of numerator_1 / denominator_1 - numerator_2 / denominator_2.

    Parameters
    ----------
    numerator_1, denominator_1, numerator_2, denominator_2 : arrays of numbers
        Two groups of different cases.
    confidence : float
        Two-sided level as a fraction, at least 0.5 and below 1.
    method : str
        newcombe (method 10, from Wilson's limits), newcombe-cc (method 11, with continuity
        correction), miettinen-nurminen and mee (score), agresti-caffo or wald. The last is not
        cut at -1 and 1.

    Returns
    -------
    lower, upper : arrays of float
        Differences of fractions, -1 to 1; NaN where a number is missing or a denominator zero.

    Raises
    ------
    ValueError
        If a number is negative, a numerator is above its denominator, or the confidence or the
        method is not known.

    References
    ----------
    Newcombe RG (1998), Statistics in Medicine 17, 873-890; Miettinen O, Nurminen M (1985),
    Statistics in Medicine 4, 213-226; Agresti A, Caffo B (2000), American Statistician 54, 280-288.
    """
    chosen = _METHODS[known_method(method, _METHODS, _ALSO)]
    x1, n1, x2, n2 = two_groups(numerator_1, denominator_1, numerator_2, denominator_2)
    known = (n1 > 0) & (n2 > 0) & ~np.isnan(x1 + x2)
    x1, x2 = np.where(known, x1, 0.0), np.where(known, x2, 0.0)
    n1, n2 = np.where(known, n1, 1.0), np.where(known, n2, 1.0)
    lower, upper = chosen(x1, n1, x2, n2, confidence)
    return shown_where(known, lower, upper)


def p_value_of_difference(
    numerator_1: npt.ArrayLike,
    denominator_1: npt.ArrayLike,
    numerator_2: npt.ArrayLike,
    denominator_2: npt.ArrayLike,
) -> FloatArray:
    """Return the error rate at which Newcombe's limits of the difference just reach zero.

    It is under 0.05 exactly where the 95% limits of `limits_of_difference` leave zero out, so that
    a rule for many comparisons and a verdict on one never contradict each other.

    Returns
    -------
    p : array of float
        1 where the percentages are equal; NaN where a number is missing or a denominator is zero.

    Raises
    ------
    ValueError
        If a number is negative or a numerator is above its denominator.
    """
    x1, n1, x2, n2 = two_groups(numerator_1, denominator_1, numerator_2, denominator_2)
    known = (n1 > 0) & (n2 > 0) & ~np.isnan(x1 + x2)
    n1, n2 = np.where(known, n1, 1.0), np.where(known, n2, 1.0)
    p1, p2 = np.where(known, x1, 0.0) / n1, np.where(known, x2, 0.0) / n2
    # The higher percentage reaches down, the lower reaches up, whichever is first.
    first = p1 >= p2
    high, high_n = np.where(first, p1, p2), np.where(first, n1, n2)
    low, low_n = np.where(first, p2, p1), np.where(first, n2, n1)

    def reach(z: FloatArray, *cells: FloatArray) -> FloatArray:
        high, high_n, low, low_n = cells
        # Reaching up from p is reaching down from 1 - p.
        return np.hypot(_below(high, high_n, z), _below(1.0 - low, low_n, z)) - (high - low)

    start, end = np.zeros(p1.shape), np.full(p1.shape, _LARGEST_DEVIATE)
    deviate = root_between(reach, start, end, high, high_n, low, low_n).reshape(p1.shape)
    deviate = np.where(np.isnan(deviate), _LARGEST_DEVIATE, deviate)
    return np.where(known, np.where(p1 == p2, 1.0, 2.0 * ndtr(-deviate)), np.nan)[()]


def limits_of_rate_difference(
    events_1: npt.ArrayLike,
    exposure_1: npt.ArrayLike,
    events_2: npt.ArrayLike,
    exposure_2: npt.ArrayLike,
    *,
    per: float = 1.0,
    confidence: float = 0.95,
    method: str = "garwood",
) -> Limits:
    """Return limits of events_1 / exposure_1 - events_2 / exposure_2, times `per`.

    The limits of the two rates are combined by their distances from each rate (MOVER); `method`
    says how those are found, as in `limits_of_count`.

    Raises
    ------
    ValueError
        As `limits_of_rate`.

    References
    ----------
    Donner A, Zou GY (2012), Statistical Methods in Medical Research 21, 347-359.
    """
    x1, t1, x2, t2 = as_numbers(
        events_1=events_1, exposure_1=exposure_1, events_2=events_2, exposure_2=exposure_2
    )
    first = limits_of_rate(x1, t1, per=per, confidence=confidence, method=method)
    second = limits_of_rate(x2, t2, per=per, confidence=confidence, method=method)
    rates = [over(x * per, t) for x, t in ((x1, t1), (x2, t2))]
    lower, upper = _combined(rates[0], first, rates[1], second)
    return lower[()], upper[()]


def _below(p: FloatArray, n: FloatArray, z: FloatArray) -> FloatArray:
    """Return how far Wilson's lower limit lies below p, for an array of normal deviates."""
    z2 = z * z
    half = z * np.sqrt(z2 + 4.0 * n * p * (1.0 - p))
    return p - (2.0 * n * p + z2 - half) / (2.0 * (n + z2))


def _combined(p1: FloatArray, first: Limits, p2: FloatArray, second: Limits) -> Limits:
    """Combine two sets of limits into those of the difference."""
    difference = p1 - p2
    lower = difference - np.hypot(p1 - first[0], second[1] - p2)
    upper = difference + np.hypot(first[1] - p1, p2 - second[0])
    return lower, upper


def _newcombe(
    x1: FloatArray, n1: FloatArray, x2: FloatArray, n2: FloatArray, confidence: float
) -> Limits:
    first = limits_of_percentage(x1, n1, confidence=confidence)
    second = limits_of_percentage(x2, n2, confidence=confidence)
    return _combined(x1 / n1, first, x2 / n2, second)


def _newcombe_cc(
    x1: FloatArray, n1: FloatArray, x2: FloatArray, n2: FloatArray, confidence: float
) -> Limits:
    first = limits_of_percentage(x1, n1, confidence=confidence, method="wilson-cc")
    second = limits_of_percentage(x2, n2, confidence=confidence, method="wilson-cc")
    return _combined(x1 / n1, first, x2 / n2, second)


def _agresti_caffo(
    x1: FloatArray, n1: FloatArray, x2: FloatArray, n2: FloatArray, confidence: float
) -> Limits:
    return _cut(*_wald(x1 + 1.0, n1 + 2.0, x2 + 1.0, n2 + 2.0, confidence))


def _cut(lower: FloatArray, upper: FloatArray) -> Limits:
    return np.maximum(lower, -1.0), np.minimum(upper, 1.0)


def _wald(
    x1: FloatArray, n1: FloatArray, x2: FloatArray, n2: FloatArray, confidence: float
) -> Limits:
    p1, p2 = x1 / n1, x2 / n2
    half = normal_deviate(confidence) * np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    return p1 - p2 - half, p1 - p2 + half


def _miettinen_nurminen(
    x1: FloatArray, n1: FloatArray, x2: FloatArray, n2: FloatArray, confidence: float
) -> Limits:
    size = n1 + n2
    return _score_limits(x1, n1, x2, n2, normal_deviate(confidence), size / (size - 1.0))


def _mee(
    x1: FloatArray, n1: FloatArray, x2: FloatArray, n2: FloatArray, confidence: float
) -> Limits:
    return _score_limits(x1, n1, x2, n2, normal_deviate(confidence), np.ones(x1.shape))


def _score_limits(
    x1: FloatArray,
    n1: FloatArray,
    x2: FloatArray,
    n2: FloatArray,
    z: float,
    inflation: FloatArray,
) -> Limits:
    """Find the differences at which the score of x1/n1 - x2/n2 is z and -z."""
    found = x1 / n1 - x2 / n2

    def beyond(difference: FloatArray, *cells: FloatArray) -> FloatArray:
        x1, n1, x2, n2, inflation = cells
        variance = _fitted_variance(difference, x1, n1, x2, n2) * inflation
        gap = x1 / n1 - x2 / n2 - difference
        return gap * gap - z * z * variance

    cells = (x1, n1, x2, n2, inflation)
    ends = np.full(x1.shape, 1.0)
    # Where both groups are all or nothing the difference found is itself a root, but not a limit.
    below, above = np.maximum(found - _HAIR, -1.0), np.minimum(found + _HAIR, 1.0)
    lower = root_between(beyond, -ends, below, *cells).reshape(x1.shape)
    upper = root_between(beyond, above, ends, *cells).reshape(x1.shape)
    # Where even the outermost difference is not refuted it is the limit.
    return np.where(np.isnan(lower), -1.0, lower), np.where(np.isnan(upper), 1.0, upper)


def _fitted_variance(
    difference: FloatArray, x1: FloatArray, n1: FloatArray, x2: FloatArray, n2: FloatArray
) -> FloatArray:
    """Return the variance of the difference at the percentages fitted under `difference`.

    The second percentage is a root of a cubic, in closed form (Farrington CP, Manning G (1990),
    Statistics in Medicine 9, 1447-1454).
    """
    d, size, total = difference, n1 + n2, x1 + x2
    b = (n1 + 2.0 * n2) * d - size - total
    c = (n2 * d - size - 2.0 * x2) * d + total
    e = x2 * d * (1.0 - d)
    third = b / (3.0 * size)
    v = third**3 - b * c / (6.0 * size**2) + e / (2.0 * size)
    u = np.copysign(np.sqrt(np.maximum(third**2 - c / (3.0 * size), 0.0)), v)
    cosine = np.divide(v, u**3, out=np.zeros(u.shape), where=u != 0)
    angle = (np.pi + np.arccos(np.clip(cosine, -1.0, 1.0))) / 3.0
    p2 = np.clip(2.0 * u * np.cos(angle) - third, 0.0, 1.0)
    p1 = np.clip(p2 + d, 0.0, 1.0)
    return p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2


_METHODS = {
    "newcombe": _newcombe,
    "newcombe-cc": _newcombe_cc,
    "miettinen-nurminen": _miettinen_nurminen,
    "mee": _mee,
    "agresti-caffo": _agresti_caffo,
    "wald": _wald,
}
_ALSO = {
    "newcomb": "newcombe",
    "newcombe-10": "newcombe",
    "newcombe-wilson": "newcombe",
    "newcombe-11": "newcombe-cc",
    "score": "miettinen-nurminen",
    "mn": "miettinen-nurminen",
}
