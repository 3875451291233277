"""Limits for figures that disclosure control has rounded: the envelope.

A rounded count stands for several integers, so its limits are the lowest and the highest limit
over all of them: never narrower than the limits of the true counts, and a function of what is
published alone. Each end is one corner of the possible integers, and this is why:

- Wilson's limits both rise with the numerator and, for a given numerator, both fall with the
  denominator. Lower limit L: x - nL = z sqrt(nL(1 - L)); a larger n lowers the left side and
  raises the right, so they meet further left. Upper limit U: the sign of the change with n is
  that of z^2 (1 - U) - 2 (nU - x) with nU - x = z sqrt(nU(1 - U)), negative wherever
  4nU > z^2 (1 - U); and U is at least z^2 / (n + z^2), its value for no cases, where this holds.
- So the lowest limit is that of the smallest numerator over the largest denominator, a pair that
  is always possible, and the highest that of the largest numerator over the smallest denominator
  while the numerator stays inside; where the ranges meet, all cases may be in the numerator and
  the highest limit is 1.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ssstats.intervals.counts import limits_of_count, limits_of_rate
from ssstats.intervals.numbers import Limits, as_numbers, refuse, shown_where
from ssstats.intervals.proportions import limits_of_percentage
from ssstats.intervals.ratios import limits_of_ratio_of_counts


def integers_rounding_to(shown: npt.ArrayLike, *, base: int = 5) -> Limits:
    """Return the lowest and highest count that rounds to `shown`, a multiple of `base`.

    Halves are rounded up, so base 10 shows 5 to 14 as 10; base 5 has no halves. What is missing
    stays missing (NaN).

    Raises
    ------
    ValueError
        If `base` is not a positive whole number, or a shown count is no multiple of it.
    """
    if base < 1 or base != int(base):
        raise ValueError(f"base {base} is not known; give a positive whole number such as 5")
    (counts,) = as_numbers(count=shown)
    refuse(~np.isnan(counts) & (counts % base != 0), f"the count is no multiple of {base}")
    lowest = np.maximum(counts - base // 2, 0.0)
    return lowest[()], (counts + (base - 1) // 2)[()]


def envelope_of_percentage(
    numerator_lowest: npt.ArrayLike,
    numerator_highest: npt.ArrayLike,
    denominator_lowest: npt.ArrayLike,
    denominator_highest: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Limits:
    """Return the lowest and highest Wilson limit over all counts that may stand behind a cell.

    Parameters
    ----------
    numerator_lowest, numerator_highest, denominator_lowest, denominator_highest : arrays
        Whole numbers: the ends of what the numerator and the denominator may be, ends included.
        Pairs with the numerator above the denominator are left out, and so is a denominator of
        zero, which has no percentage.
    confidence : float
        Two-sided level as a fraction, at least 0.5 and below 1.

    Returns
    -------
    lower, upper : arrays of float
        Fractions; NaN where a number is missing or the denominator can only be zero.

    Raises
    ------
    ValueError
        If a lowest number is above its highest, or no pair has the numerator inside the
        denominator.
    """
    x_low, x_high = _ends("numerator", numerator_lowest, numerator_highest)
    n_low, n_high = _ends("denominator", denominator_lowest, denominator_highest)
    x_low, x_high, n_low, n_high = np.broadcast_arrays(x_low, x_high, n_low, n_high)
    refuse(x_low > n_high, "the numerator is above every possible denominator")

    known = ~np.isnan(x_low + x_high + n_low + n_high) & (n_high > 0)
    x_low, x_high = np.where(known, x_low, 0.0), np.where(known, x_high, 0.0)
    n_low, n_high = np.where(known, np.maximum(n_low, 1.0), 1.0), np.where(known, n_high, 1.0)
    lower, _ = limits_of_percentage(x_low, n_high, confidence=confidence)
    _, upper = limits_of_percentage(np.minimum(x_high, n_low), n_low, confidence=confidence)
    return shown_where(known, lower, upper)


def envelope_of_count(
    events_lowest: npt.ArrayLike, events_highest: npt.ArrayLike, *, confidence: float = 0.95
) -> Limits:
    """Return the lowest and highest exact limit over all counts that may stand behind a cell.

    Parameters
    ----------
    events_lowest, events_highest : arrays of whole numbers
        The ends of what the count may be, ends included.
    confidence : float
        Two-sided level as a fraction, at least 0.5 and below 1.

    Returns
    -------
    lower, upper : arrays of float
        Expected events; NaN where either end is missing.

    Raises
    ------
    ValueError
        If a count is negative, or a lowest count is above its highest.
    """
    low, high = _counts(events_lowest, events_highest)
    lower, _ = limits_of_count(low, confidence=confidence)
    _, upper = limits_of_count(high, confidence=confidence)
    return lower, upper


def envelope_of_rate(
    events_lowest: npt.ArrayLike,
    events_highest: npt.ArrayLike,
    population: npt.ArrayLike,
    *,
    per: float = 1.0,
    confidence: float = 0.95,
) -> Limits:
    """Return `envelope_of_count` over a known population, times `per`.

    Raises
    ------
    ValueError
        As `envelope_of_count` and `limits_of_rate`.
    """
    low, high = _counts(events_lowest, events_highest)
    lower, _ = limits_of_rate(low, population, per=per, confidence=confidence)
    _, upper = limits_of_rate(high, population, per=per, confidence=confidence)
    return lower, upper


def envelope_of_ratio_of_counts(
    numerator_lowest: npt.ArrayLike,
    numerator_highest: npt.ArrayLike,
    denominator_lowest: npt.ArrayLike,
    denominator_highest: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Limits:
    """Return the lowest and highest limit of one count over another, counts independent.

    Limits given the sum, in Wilson's closed form: the share of the first count rises with it and
    falls with the second, so each end is again one corner of the possible integers.

    Returns
    -------
    lower, upper : arrays of float
        NaN where a number is missing or both counts can only be zero; the upper limit is
        infinite where the second count may be zero.

    Raises
    ------
    ValueError
        If a number is negative, or a lowest number is above its highest.
    """
    x_low, x_high = _ends("numerator", numerator_lowest, numerator_highest)
    n_low, n_high = _ends("denominator", denominator_lowest, denominator_highest)
    x_low, x_high, n_low, n_high = np.broadcast_arrays(x_low, x_high, n_low, n_high)
    known = ~np.isnan(x_low + x_high + n_low + n_high)
    lower, _ = limits_of_ratio_of_counts(x_low, n_high, confidence=confidence, method="wilson")
    _, upper = limits_of_ratio_of_counts(x_high, n_low, confidence=confidence, method="wilson")
    return shown_where(known, lower, upper)


def _counts(events_lowest: npt.ArrayLike, events_highest: npt.ArrayLike) -> Limits:
    low, high = _ends("count", events_lowest, events_highest)
    known = ~np.isnan(low + high)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _ends(name: str, lowest: npt.ArrayLike, highest: npt.ArrayLike) -> Limits:
    low, high = as_numbers(**{f"lowest {name}": lowest, f"highest {name}": highest})
    refuse(low > high, f"the lowest {name} is above the highest")
    return low, high
