"""Confidence limits for means of durations and other magnitudes.

A mean needs a measure of spread. Where only a total and a number of people are collected there is
none, and a mean then has no limits: days are not events, and treating them so gives limits that
are far too narrow. `limits_of_mean_if_exponential` is for internal plausibility only.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammainccinv, gammaincinv, stdtrit

from ssstats.intervals.numbers import (
    FloatArray,
    Limits,
    as_floats,
    as_numbers,
    error_rate,
    known_method,
    refuse,
)


def limits_of_mean(values: npt.ArrayLike, *, confidence: float = 0.95, method: str = "t") -> Limits:
    """Return limits of the mean of individual values, taken along the last axis.

    Parameters
    ----------
    values : array of float, shape (..., n)
        One value a person; missing values (NaN) are left out.
    confidence : float
        Two-sided level as a fraction, at least 0.5 and below 1.
    method : str
        t (Student), or log-t for skewed positive values: the mean of a log-normal distribution,
        exp(m + v / 2) with m and v of the logarithms and half-width
        t sqrt(v / n + v^2 / (2 (n - 1))) on the logarithmic scale.

    Returns
    -------
    lower, upper : arrays of float, shape (...)
        NaN where fewer than two values are known.

    Raises
    ------
    ValueError
        If log-t is asked for values that are not all above zero, or the confidence or the method
        is not known.

    References
    ----------
    Olsson U (2005), Confidence intervals for the mean of a log-normal distribution, Journal of
    Statistics Education 13(1): the modified Cox method.
    """
    chosen = known_method(method, ("t", "log-t"), {"student-t": "t", "student": "t"})
    each = np.atleast_1d(as_floats("value", values))
    if chosen == "t":
        return limits_of_mean_from_spread(*mean_and_spread(each), confidence=confidence)
    refuse(each <= 0, "log-t needs values above zero; the value is not")
    mean, spread, size = mean_and_spread(np.log(each))
    variance = spread**2
    # As for t, the number of values less one is kept above nothing; spread is NaN there.
    spare = np.maximum(size - 1.0, 1.0)
    t = stdtrit(spare, 1.0 - error_rate(confidence) / 2.0)
    half = t * np.sqrt(variance / np.maximum(size, 1.0) + variance**2 / (2.0 * spare))
    centre = mean + variance / 2.0
    return np.exp(centre - half)[()], np.exp(centre + half)[()]


def mean_and_spread(values: npt.ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return mean, standard deviation (n - 1) and number of the known values on the last axis."""
    each = np.atleast_1d(as_floats("value", values))
    known = ~np.isnan(each)
    size = known.sum(axis=-1).astype(float)
    mean = np.divide(
        np.where(known, each, 0.0).sum(axis=-1),
        size,
        out=np.full(size.shape, np.nan),
        where=size > 0,
    )
    squares = np.where(known, (each - mean[..., None]) ** 2, 0.0).sum(axis=-1)
    variance = np.divide(squares, size - 1.0, out=np.full(size.shape, np.nan), where=size > 1)
    return mean[()], np.sqrt(variance)[()], size[()]


def limits_of_mean_from_spread(
    mean: npt.ArrayLike, spread: npt.ArrayLike, size: npt.ArrayLike, *, confidence: float = 0.95
) -> Limits:
    """Return Student's limits from mean, standard deviation and number of values.

    NaN where a number is missing or fewer than two values stand behind the mean.

    Raises
    ------
    ValueError
        If a spread or size is negative, or the confidence is not known.
    """
    deviation, counted = as_numbers(spread=spread, size=size)
    centre, deviation, counted = np.broadcast_arrays(as_floats("mean", mean), deviation, counted)
    enough = counted > 1
    counted = np.where(enough, counted, 2.0)
    t = stdtrit(counted - 1.0, 1.0 - error_rate(confidence) / 2.0)
    half = np.where(enough, t * deviation / np.sqrt(counted), np.nan)
    return (centre - half)[()], (centre + half)[()]


def limits_of_mean_from_squares(
    total: npt.ArrayLike,
    squares: npt.ArrayLike,
    size: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Limits:
    """Return Student's limits from the total, the sum of squares and the number of values.

    One more number on a collection form, the sum of squared days, gives a mean its limits.

    Raises
    ------
    ValueError
        If a number is negative, or the squares sum to less than these totals can.
    """
    summed, squared, counted = as_numbers(total=total, squares=squares, size=size)
    enough = counted > 1
    some = np.where(enough, counted, 2.0)
    about_mean = squared - summed**2 / some
    # Rounding may leave a hair under zero when all values are equal.
    refuse(enough & (about_mean < -1e-9 * squared), "the sum of squares is too small for its total")
    spread = np.sqrt(np.maximum(about_mean, 0.0) / (some - 1.0))
    return limits_of_mean_from_spread(summed / some, spread, counted, confidence=confidence)


def limits_of_mean_if_exponential(
    total: npt.ArrayLike, size: npt.ArrayLike, *, confidence: float = 0.95
) -> Limits:
    """Return limits of total / size if the values were exponential: an internal check only.

    They are right only where the standard deviation equals the mean; exact coverage of nominal
    95% is 80% to 90% where it is half as large again.

    Raises
    ------
    ValueError
        If a number is negative or the confidence is not known.
    """
    half = error_rate(confidence) / 2.0
    summed, counted = as_numbers(total=total, size=size)
    some = np.where(counted > 0, counted, np.nan)
    lower, upper = summed / gammainccinv(some, half), summed / gammaincinv(some, half)
    return lower[()], upper[()]
