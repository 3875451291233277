"""Confidence limits for percentages of cases: a numerator inside its denominator.

Pure functions of numbers. Limits are fractions between 0 and 1, the scale that the formulas are
written in; showing them as percentages is the reader's side of the house. Wilson is the default,
as in Fingertips and Public Health Wales, so that figures can be laid side by side.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv, gammaincinv

from ssstats.intervals.numbers import (
    FloatArray,
    Limits,
    as_numbers,
    error_rate,
    known_method,
    normal_deviate,
    refuse,
    root_between,
    shown_where,
    solved_once,
)


def limits_of_percentage(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    method: str = "wilson",
) -> Limits:
    """Return lower and upper confidence limits of numerator / denominator, as fractions.

    Parameters
    ----------
    numerator, denominator : arrays of numbers that broadcast to one shape
        Cases with the attribute and all cases. Weighted cases need not be whole numbers.
    confidence : float
        Two-sided level as a fraction, at least 0.5 and below 1.
    method : str
        wilson, wilson-modified, wilson-cc (continuity correction), clopper-pearson, jeffreys,
        mid-p, agresti-coull or wald. The last two can leave the range 0 to 1 and are not cut.

    Returns
    -------
    lower, upper : arrays of float
        NaN where a number is missing or the denominator is zero. Except for agresti-coull and
        wald the lower limit at numerator zero is 0 and the upper limit at numerator = denominator
        is 1, exactly.

    Raises
    ------
    ValueError
        If a number is negative, a numerator is above its denominator, or the confidence or the
        method is not known.

    References
    ----------
    Newcombe RG (1998), Statistics in Medicine 17, 857-872; Brown LD, Cai TT, DasGupta A (2001),
    Statistical Science 16, 101-133.
    """
    chosen = known_method(method, _METHODS, _ALSO)
    x, n, known = _cases(numerator, denominator)
    if chosen in _COSTLY:
        lower, upper = solved_once(_METHODS[chosen], confidence, x, n)
    else:
        lower, upper = _METHODS[chosen](x, n, confidence)
    return shown_where(known, lower, upper)


def _cases(
    numerator: npt.ArrayLike, denominator: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    """Return numerators and denominators fit for every formula, and which of them are real."""
    x, n = as_numbers(numerator=numerator, denominator=denominator)
    refuse(x > n, "the numerator is above its denominator")
    known = (n > 0) & ~np.isnan(x)
    return np.where(known, x, 0.0), np.where(known, n, 1.0), known


def _closed(lower: FloatArray, upper: FloatArray, x: FloatArray, n: FloatArray) -> Limits:
    """Set the limits that are 0 or 1 by definition, which rounding would miss by a hair."""
    return np.where(x == 0, 0.0, lower), np.where(x == n, 1.0, upper)


def _wilson(x: FloatArray, n: FloatArray, confidence: float) -> Limits:
    z = normal_deviate(confidence)
    z2 = z * z
    spread = np.sqrt(z2 + 4.0 * x * ((n - x) / n))
    upper = (2.0 * x + z2 + z * spread) / (2.0 * (n + z2))
    # The product of both limits is known; dividing loses no digits where subtracting would.
    lower = x * (x / n) / ((n + z2) * upper)
    return _closed(lower, np.minimum(upper, 1.0), x, n)


def _wilson_modified(x: FloatArray, n: FloatArray, confidence: float) -> Limits:
    """Wilson, with Poisson limits beside 0 and 1 where it covers too little (Brown 4.1.1)."""
    lower, upper = _wilson(x, n, confidence)
    alpha = error_rate(confidence)
    most = np.where(n > 50, 3.0, 2.0)
    rare, common = (x >= 1) & (x <= most), (n - x >= 1) & (n - x <= most)
    lower = np.where(rare, gammaincinv(np.where(rare, x, 1.0), alpha) / n, lower)
    upper = np.where(common, 1.0 - gammaincinv(np.where(common, n - x, 1.0), alpha) / n, upper)
    return lower, upper


def _wilson_cc(x: FloatArray, n: FloatArray, confidence: float) -> Limits:
    """Newcombe (1998), method 4."""
    z = normal_deviate(confidence)
    z2 = z * z
    p = x / n
    below = np.sqrt(np.maximum(z2 - 2.0 - 1.0 / n + 4.0 * p * (n - x + 1.0), 0.0))
    above = np.sqrt(np.maximum(z2 + 2.0 - 1.0 / n + 4.0 * p * (n - x - 1.0), 0.0))
    lower = (2.0 * x + z2 - 1.0 - z * below) / (2.0 * (n + z2))
    upper = (2.0 * x + z2 + 1.0 + z * above) / (2.0 * (n + z2))
    return _closed(np.clip(lower, 0.0, 1.0), np.clip(upper, 0.0, 1.0), x, n)


def _clopper_pearson(x: FloatArray, n: FloatArray, confidence: float) -> Limits:
    half = error_rate(confidence) / 2.0
    lower = betaincinv(np.maximum(x, 0.5), n - x + 1.0, half)
    upper = 1.0 - betaincinv(np.maximum(n - x, 0.5), x + 1.0, half)
    return _closed(lower, upper, x, n)


def _jeffreys(x: FloatArray, n: FloatArray, confidence: float) -> Limits:
    half = error_rate(confidence) / 2.0
    lower = betaincinv(x + 0.5, n - x + 0.5, half)
    upper = 1.0 - betaincinv(n - x + 0.5, x + 0.5, half)
    return _closed(lower, upper, x, n)


def _mid_p(x: FloatArray, n: FloatArray, confidence: float) -> Limits:
    alpha = error_rate(confidence)
    return _lower_mid_p(x, n, alpha), 1.0 - _lower_mid_p(n - x, n, alpha)


def _lower_mid_p(x: FloatArray, n: FloatArray, alpha: float) -> FloatArray:
    """Return the p at which P(X > x) + P(X = x) / 2 is alpha / 2.

    Half of P(X >= x) is at most that sum, and P(X >= x) at least: the exact lower limits at alpha
    and at alpha / 2 bracket the answer.
    """
    positive = np.maximum(x, 1.0)
    size = np.maximum(n, positive)

    def excess(p: FloatArray, x: FloatArray, n: FloatArray) -> FloatArray:
        # betainc is not defined for x = n, where P(X > x) is nothing.
        above = np.where(x < n, betainc(x + 1.0, np.maximum(n - x, 0.5), p), 0.0)
        return betainc(x, n - x + 1.0, p) + above - alpha

    low = betaincinv(positive, size - positive + 1.0, alpha / 2.0)
    high = betaincinv(positive, size - positive + 1.0, alpha)
    # The bracket is exact for x = n; rounding must not shut it.
    root = root_between(
        excess, low * (1 - 1e-9), np.minimum(high * (1 + 1e-9), 1.0), positive, size
    )
    return np.where(x == 0, 0.0, root.reshape(x.shape))


def _agresti_coull(x: FloatArray, n: FloatArray, confidence: float) -> Limits:
    z = normal_deviate(confidence)
    size = n + z * z
    p = (x + z * z / 2.0) / size
    half = z * np.sqrt(p * (1.0 - p) / size)
    return p - half, p + half


def _wald(x: FloatArray, n: FloatArray, confidence: float) -> Limits:
    """Kept to show how badly it covers; nothing in a release uses it."""
    p = x / n
    half = normal_deviate(confidence) * np.sqrt(p * (1.0 - p) / n)
    return p - half, p + half


_METHODS = {
    "wilson": _wilson,
    "wilson-modified": _wilson_modified,
    "wilson-cc": _wilson_cc,
    "clopper-pearson": _clopper_pearson,
    "jeffreys": _jeffreys,
    "mid-p": _mid_p,
    "agresti-coull": _agresti_coull,
    "wald": _wald,
}
_COSTLY = ("clopper-pearson", "jeffreys", "mid-p")
_ALSO = {
    "score": "wilson",
    "wilson-score": "wilson",
    "modified-wilson": "wilson-modified",
    "brown-cai-dasgupta": "wilson-modified",
    "wilson-continuity": "wilson-cc",
    "wilson-continuity-corrected": "wilson-cc",
    "exact": "clopper-pearson",
    "beta": "clopper-pearson",
    "midp": "mid-p",
    "normal": "wald",
}
