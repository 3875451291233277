"""Change between rounded figures: what holds for all counts that may stand behind them.

Each count is given by its ends, lowest and highest. A statement made from the results holds for
every set of integers between the ends, because each result is one corner of them:

- Newcombe's lower limit is p1 - p2 - sqrt((p1 - l1)^2 + (u2 - p2)^2). Where p1 and l1 move the
  same way, so does the limit: if p1 moves further, its slope is at least that of l1, otherwise
  that of p1. Both rise with the numerator and fall with the denominator (see
  `ssstats.intervals.rounded`), so the lowest limit has the fewest cases of the most; the other
  side is the same with 1 - p2. The upper limit is the lower of the opposite difference.
- Given the sum, one more event of this year makes a rise likelier and one more of last year makes
  it less likely, whatever the limits, so mid-P limits and p-values have their ends in corners too.
- The change of a stock and the variance of its flows are sums of the counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from ssstats.comparison.counts import p_value_of_two_counts
from ssstats.comparison.differences import limits_of_difference, p_value_of_difference
from ssstats.intervals import limits_of_ratio_of_counts
from ssstats.intervals.numbers import FloatArray, Limits, as_numbers, normal_deviate, refuse


@dataclass(frozen=True)
class Range:
    """Counts of which only the ends are known, arrays of one shape; NaN where there is none."""

    lowest: FloatArray
    highest: FloatArray

    @classmethod
    def of(cls, lowest: npt.ArrayLike, highest: npt.ArrayLike) -> Range:
        """Return the range, checked.

        Raises
        ------
        ValueError
            If a number is negative or a lowest is above its highest.
        """
        low, high = as_numbers(lowest=lowest, highest=highest)
        refuse(low > high, "the lowest count is above the highest")
        known = ~np.isnan(low + high)
        return cls(np.where(known, low, np.nan), np.where(known, high, np.nan))


def envelope_of_difference(
    numerator_1: Range,
    denominator_1: Range,
    numerator_2: Range,
    denominator_2: Range,
    *,
    confidence: float = 0.95,
) -> Limits:
    """Return the lowest and highest Newcombe limit of the first percentage less the second.

    Returns
    -------
    lower, upper : arrays of float
        Differences of fractions; NaN where a number is missing or a denominator can only be zero.

    Raises
    ------
    ValueError
        If a numerator is above every possible denominator.
    """
    rise, fall = _corners(numerator_1, denominator_1, numerator_2, denominator_2)
    lower, _ = limits_of_difference(*rise, confidence=confidence)
    _, upper = limits_of_difference(*fall, confidence=confidence)
    return lower, upper


def largest_p_value_of_difference(
    numerator_1: Range, denominator_1: Range, numerator_2: Range, denominator_2: Range
) -> FloatArray:
    """Return the largest p-value of the difference over all counts behind the figures.

    1 where the counts leave open which percentage is higher. Raises as `envelope_of_difference`.
    """
    rise, fall = _corners(numerator_1, denominator_1, numerator_2, denominator_2)
    up, down = _sign(rise) > 0, _sign(fall) < 0
    p_up, p_down = p_value_of_difference(*rise), p_value_of_difference(*fall)
    p = np.where(up, p_up, np.where(down, p_down, 1.0))
    return np.where(np.isnan(p_up + p_down), np.nan, p)[()]


def envelope_of_count_ratio(
    events_1: Range,
    events_2: Range,
    *,
    exposure_1: Range,
    exposure_2: Range,
    confidence: float = 0.95,
) -> Limits:
    """Return the lowest and highest mid-P limit of the first rate over the second.

    Returns
    -------
    lower, upper : arrays of float
        1 is no change; the upper limit is infinite where the second count may be zero.
    """
    lower, _ = limits_of_ratio_of_counts(
        events_1.lowest,
        events_2.highest,
        exposure_1=exposure_1.highest,
        exposure_2=exposure_2.lowest,
        confidence=confidence,
    )
    _, upper = limits_of_ratio_of_counts(
        events_1.highest,
        events_2.lowest,
        exposure_1=exposure_1.lowest,
        exposure_2=exposure_2.highest,
        confidence=confidence,
    )
    return lower, upper


def largest_p_value_of_two_counts(
    events_1: Range, events_2: Range, *, exposure_1: Range, exposure_2: Range
) -> FloatArray:
    """Return the largest mid-P for equal rates over all counts behind the figures.

    1 where the counts leave open which rate is higher.
    """
    rise = (events_1.lowest, events_2.highest, exposure_1.highest, exposure_2.lowest)
    fall = (events_1.highest, events_2.lowest, exposure_1.lowest, exposure_2.highest)
    up, down = (x1 * t2 - x2 * t1 for x1, x2, t1, t2 in (rise, fall))
    p_up, p_down = (
        p_value_of_two_counts(x1, x2, exposure_1=t1, exposure_2=t2)
        for x1, x2, t1, t2 in (rise, fall)
    )
    p = np.where(up > 0, p_up, np.where(down < 0, p_down, 1.0))
    return np.where(np.isnan(p_up + p_down), np.nan, p)[()]


def envelope_of_ratio_change(
    numerator_1: Range,
    denominator_1: Range,
    numerator_2: Range,
    denominator_2: Range,
    *,
    confidence: float = 0.95,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return limits and p-value of one ratio of counts over another, all four independent.

    Woolf's limits of an odds ratio. Where numerator and denominator share cases they are wider
    than need be, never too narrow. The lower limit rises with the first numerator and falls with
    the first denominator, at 95% for every count of at least 1, so the ends are corners.

    Returns
    -------
    lower, upper, p : arrays of float
        1 is no change; NaN where a number is missing or can be zero.

    References
    ----------
    Woolf B (1955), Annals of Human Genetics 19, 251-253.
    """
    rise = (numerator_1.lowest, denominator_1.highest, numerator_2.highest, denominator_2.lowest)
    fall = (numerator_1.highest, denominator_1.lowest, numerator_2.lowest, denominator_2.highest)
    deviate = normal_deviate(confidence)
    (up, error_up), (down, error_down) = _log_ratio(rise), _log_ratio(fall)
    p = np.where(up > 0, 2.0 * ndtr(-up / error_up), 1.0)
    p = np.where(down < 0, 2.0 * ndtr(down / error_down), p)
    return (
        np.exp(up - deviate * error_up),
        np.exp(down + deviate * error_down),
        np.where(np.isnan(up + down), np.nan, p),
    )


def _log_ratio(cells: tuple[FloatArray, ...]) -> tuple[FloatArray, FloatArray]:
    x1, n1, x2, n2 = (np.where(cell > 0, cell, np.nan) for cell in cells)
    return np.log(x1 / n1) - np.log(x2 / n2), np.sqrt(1 / x1 + 1 / n1 + 1 / x2 + 1 / n2)


@dataclass(frozen=True)
class StockEnvelope:
    """Change of stocks in people for all counts behind the figures; arrays of one shape.

    `gap_lowest` and `gap_highest` bound the change less (entered - left); NaN where leavers are
    implied. `contradicted` says that no counts behind the figures go together.
    """

    lower: FloatArray
    upper: FloatArray
    p: FloatArray
    error: FloatArray
    gap_lowest: FloatArray
    gap_highest: FloatArray
    contradicted: npt.NDArray[np.bool_]


def envelope_of_stock_change(
    before: Range,
    after: Range,
    entered: Range,
    left: Range | None,
    *,
    exposure_ratio: npt.ArrayLike = 1.0,
    confidence: float = 0.95,
) -> StockEnvelope:
    """Return the change of stocks, judged from the flows between them.

    Parameters
    ----------
    before, after, entered, left : Range
        People on both days and between them. Without `left` those who left are implied: before
        plus entered less after.
    exposure_ratio : array of float
        Population now over population then: `before` times it would be an unchanged rate. 1
        compares the counts themselves.
    """
    ratio = np.asarray(exposure_ratio, dtype=float)
    lowest = after.lowest - before.highest * ratio
    highest = after.highest - before.lowest * ratio
    if left is None:
        # Of all counts behind the figures the largest flows: the change takes no part of them.
        flows = 2.0 * entered.highest - (after.lowest - before.highest)
        contradicted = before.highest + entered.highest < after.lowest
        gap = (np.full(lowest.shape, np.nan),) * 2
    else:
        flows = entered.highest + left.highest
        contradicted = np.zeros(lowest.shape, dtype=bool)
        gap = (
            after.lowest - before.highest - entered.highest + left.lowest,
            after.highest - before.lowest - entered.lowest + left.highest,
        )
    error = np.sqrt(np.where(flows > 0, flows, np.nan))
    half = normal_deviate(confidence) * error
    nearest = np.maximum(np.maximum(lowest, -highest), 0.0)
    return StockEnvelope(
        lower=lowest - half,
        upper=highest + half,
        p=2.0 * ndtr(-nearest / error),
        error=error,
        gap_lowest=gap[0],
        gap_highest=gap[1],
        contradicted=contradicted,
    )


_Cells = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


def _corners(x1: Range, n1: Range, x2: Range, n2: Range) -> tuple[_Cells, _Cells]:
    """Return the counts that speak most against a rise, and those most against a fall."""
    refuse((x1.lowest > n1.highest) | (x2.lowest > n2.highest), "the numerator is above every base")
    return (*_least(x1, n1), *_most(x2, n2)), (*_most(x1, n1), *_least(x2, n2))


def _least(x: Range, n: Range) -> tuple[FloatArray, FloatArray]:
    return x.lowest, n.highest


def _most(x: Range, n: Range) -> tuple[FloatArray, FloatArray]:
    base = np.maximum(n.lowest, 1.0)
    return np.minimum(x.highest, base), base


def _sign(cells: _Cells) -> FloatArray:
    """Return the difference of the percentages, without dividing."""
    x1, n1, x2, n2 = cells
    return x1 * n2 - x2 * n1
