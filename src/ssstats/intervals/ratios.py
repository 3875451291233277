"""Confidence limits for one number over another: two rates, or two percentages.

Two independent Poisson counts are judged given their sum, which leaves a binomial and so the
limits of a percentage: if p is the share of the first count, the ratio of the rates is
p / (1 - p) * exposure_2 / exposure_1 (Przyborowski J, Wilenski H (1940), Biometrika 31, 313-323).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ssstats.intervals.numbers import (
    FloatArray,
    Limits,
    as_numbers,
    known_method,
    normal_deviate,
    root_between,
    shown_where,
    two_groups,
)
from ssstats.intervals.proportions import limits_of_percentage


def limits_of_ratio_of_counts(
    events_1: npt.ArrayLike,
    events_2: npt.ArrayLike,
    *,
    exposure_1: npt.ArrayLike = 1.0,
    exposure_2: npt.ArrayLike = 1.0,
    confidence: float = 0.95,
    method: str = "mid-p",
) -> Limits:
    """Return limits of (events_1 / exposure_1) / (events_2 / exposure_2), counts independent.

    Parameters
    ----------
    events_1, events_2 : arrays of numbers
        Two counts of different events, for instance of this year and of last year.
    exposure_1, exposure_2 : arrays of numbers
        Populations or lengths of time, above zero; 1 compares the counts themselves.
    confidence : float
        Two-sided level as a fraction, at least 0.5 and below 1.
    method : str
        mid-p or exact, both given the sum; wilson, given the sum in closed form; log-wald.

    Returns
    -------
    lower, upper : arrays of float
        The lower limit is 0 where the first count is zero; the upper limit is infinite where the
        second is ("no upper limit"). NaN where a number is missing, both counts are zero, or an
        exposure is zero. Log-wald has no limits if either count is zero.

    Raises
    ------
    ValueError
        If a number is negative or the confidence or the method is not known.
    """
    chosen = known_method(method, _RATIO_OF_COUNTS, _RATIO_OF_COUNTS_ALSO)
    x1, x2, t1, t2 = as_numbers(
        events_1=events_1, events_2=events_2, exposure_1=exposure_1, exposure_2=exposure_2
    )
    known = (t1 > 0) & (t2 > 0) & ~np.isnan(x1 + x2)
    scale = np.divide(t2, t1, out=np.full(t1.shape, np.nan), where=known)
    if chosen == "log-wald":
        lower, upper = _log_wald(x1, x2, confidence)
    else:
        shares = limits_of_percentage(
            x1, x1 + x2, confidence=confidence, method=_RATIO_OF_COUNTS[chosen]
        )
        lower, upper = _odds(shares[0]), _odds(shares[1])
    return (lower * scale)[()], (upper * scale)[()]


def limits_of_ratio_of_percentages(
    numerator_1: npt.ArrayLike,
    denominator_1: npt.ArrayLike,
    numerator_2: npt.ArrayLike,
    denominator_2: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    method: str = "koopman",
) -> Limits:
    """Return limits of the first percentage over the second, cases independent.

    Parameters
    ----------
    numerator_1, denominator_1, numerator_2, denominator_2 : arrays of numbers
        Two groups of different cases.
    confidence : float
        Two-sided level as a fraction, at least 0.5 and below 1.
    method : str
        koopman (score) or katz (log), which has no limits if a numerator is zero.

    Returns
    -------
    lower, upper : arrays of float
        NaN where a number is missing, a denominator is zero or both numerators are zero.

    Raises
    ------
    ValueError
        If a number is negative, a numerator is above its denominator, or the confidence or the
        method is not known.

    References
    ----------
    Koopman PAR (1984), Biometrics 40, 513-517; Katz D et al (1978), Biometrics 34, 469-474.
    """
    chosen = known_method(method, ("koopman", "katz"), _RATIO_OF_PERCENTAGES_ALSO)
    x1, n1, x2, n2 = two_groups(numerator_1, denominator_1, numerator_2, denominator_2)
    known = (n1 > 0) & (n2 > 0) & (x1 + x2 > 0)
    x1, n1, x2, n2 = (np.where(known, values, 1.0) for values in (x1, n1, x2, n2))
    limits_of = _koopman if chosen == "koopman" else _katz
    lower, upper = limits_of(x1, n1, x2, n2, normal_deviate(confidence))
    return shown_where(known, lower, upper)


_RATIO_OF_COUNTS = {
    "mid-p": "mid-p",
    "exact": "clopper-pearson",
    "wilson": "wilson",
    "log-wald": "wald",
}
_RATIO_OF_COUNTS_ALSO = {
    "conditional-mid-p": "mid-p",
    "midp": "mid-p",
    "exact-conditional": "exact",
    "conditional-exact": "exact",
    "clopper-pearson": "exact",
    "conditional-wilson": "wilson",
    "wilson-conditional": "wilson",
    "score": "wilson",
    "wald": "log-wald",
    "wald-log": "log-wald",
    "log": "log-wald",
}
_RATIO_OF_PERCENTAGES_ALSO = {
    "koopman-score": "koopman",
    "score": "koopman",
    "katz-log": "katz",
    "log": "katz",
}


def _odds(share: FloatArray) -> FloatArray:
    return np.divide(share, 1.0 - share, out=np.full(np.shape(share), np.inf), where=share != 1.0)


def _log_wald(x1: FloatArray, x2: FloatArray, confidence: float) -> Limits:
    some = (x1 > 0) & (x2 > 0)
    a, b = np.where(some, x1, np.nan), np.where(some, x2, np.nan)
    factor = np.exp(normal_deviate(confidence) * np.sqrt(1.0 / a + 1.0 / b))
    return a / b / factor, a / b * factor


def _katz(x1: FloatArray, n1: FloatArray, x2: FloatArray, n2: FloatArray, z: float) -> Limits:
    some = (x1 > 0) & (x2 > 0)
    a, b = np.where(some, x1, np.nan), np.where(some, x2, np.nan)
    ratio = (a / n1) / (b / n2)
    factor = np.exp(z * np.sqrt(1.0 / a - 1.0 / n1 + 1.0 / b - 1.0 / n2))
    return ratio / factor, ratio * factor


def _koopman(x1: FloatArray, n1: FloatArray, x2: FloatArray, n2: FloatArray, z: float) -> Limits:
    """Search the ratio as share / (1 - share), so that infinity has a place at share 1."""
    estimate = np.divide(x1 * n2, x1 * n2 + x2 * n1)
    # A hair inside: at 0 and 1 the score itself is not defined.
    hair = 1e-13

    def short_of(share: FloatArray, *cells: FloatArray) -> FloatArray:
        return _score_of_ratio(share / (1.0 - share), *cells) - z * z

    inside = np.clip(estimate, hair, 1.0 - hair)
    lower = root_between(short_of, np.full(x1.shape, hair), inside, x1, n1, x2, n2).reshape(
        x1.shape
    )
    upper = root_between(short_of, inside, np.full(x1.shape, 1.0 - hair), x1, n1, x2, n2).reshape(
        x1.shape
    )
    return (
        np.where(x1 == 0, 0.0, lower / (1.0 - lower)),
        np.where(x2 == 0, np.inf, upper / (1.0 - upper)),
    )


def _score_of_ratio(
    ratio: FloatArray, x1: FloatArray, n1: FloatArray, x2: FloatArray, n2: FloatArray
) -> FloatArray:
    """Return the chi-squared score of `ratio`, with both percentages fitted under it."""
    total, size = x1 + x2, n1 + n2
    # The second percentage under the ratio solves size*ratio*p^2 - b*p + total = 0; this form of
    # the smaller root loses no digits.
    b = ratio * (n1 + x2) + x1 + n2
    p2 = 2.0 * total / (b + np.sqrt(np.maximum(b * b - 4.0 * size * ratio * total, 0.0)))
    p1 = np.minimum(ratio * p2, 1.0)
    p2 = np.minimum(p2, 1.0)
    # At the fitted percentages (x1 - n1 p1) / (1 - p1) = -(x2 - n2 p2) / (1 - p2): take the side
    # that does not divide by nearly nothing.
    rest1, rest2 = 1.0 - p1, 1.0 - p2
    first = rest1 >= rest2
    rest = np.where(first, rest1, rest2)
    short = np.where(first, x1 - n1 * p1, n2 * p2 - x2)
    pull = np.divide(short, rest, out=np.zeros(short.shape), where=rest > 0)
    return pull * pull * (rest1 / (n1 * p1) + rest2 / (n2 * p2))
