"""Limits, p-value and smallest change that could have been seen, by each method.

Pure functions of pairs; every number holds for all counts that round to what is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ssstats.comparison import (
    Range,
    envelope_of_count_ratio,
    envelope_of_difference,
    envelope_of_ratio_change,
    envelope_of_stock_change,
    largest_detectable_fall,
    largest_p_value_of_difference,
    largest_p_value_of_two_counts,
    p_value_of_difference,
    smallest_attainable_p_value,
    smallest_detectable_rise,
)
from ssstats.intervals.numbers import FloatArray, Limits, first_integer, normal_deviate

_PERCENT = 100.0


@dataclass(frozen=True)
class Judgement:
    """What was found of each pair, arrays of shape (n,).

    `lower`, `upper`, `rise` and `fall` are in points for percentages and in per cent of last year
    otherwise; `attainable` is the smallest p-value that the totals allow, whatever happened.
    """

    lower: FloatArray
    upper: FloatArray
    p: FloatArray
    rise: FloatArray
    fall: FloatArray
    attainable: FloatArray


def judge_percentages(pairs: pd.DataFrame, *, confidence: float) -> Judgement:
    """Return Newcombe's limits of the difference in points, for different cases each year."""
    x1, n1, x2, n2 = _ranges(pairs)
    lower, upper = envelope_of_difference(x1, n1, x2, n2, confidence=confidence)
    rise, fall = _seen_in_percentages(pairs, x1, n1, x2, n2, confidence)
    return Judgement(
        lower=_PERCENT * lower,
        upper=_PERCENT * upper,
        p=largest_p_value_of_difference(x1, n1, x2, n2),
        rise=rise,
        fall=fall,
        attainable=_attainable_difference(pairs),
    )


def judge_flows_of_events(pairs: pd.DataFrame, *, confidence: float) -> Judgement:
    """Return conditional mid-P limits of the relative change of a count or a rate, in per cent."""
    x1, t1, x2, t2 = _ranges(pairs)
    limits = envelope_of_count_ratio(x1, x2, exposure_1=t1, exposure_2=t2, confidence=confidence)
    rise, fall = _seen_in_counts(pairs, x2, t1, t2, confidence)
    shown_1, base_1, shown_2, base_2 = _shown(pairs)
    return Judgement(
        lower=_PERCENT * (limits[0] - 1.0),
        upper=_PERCENT * (limits[1] - 1.0),
        p=largest_p_value_of_two_counts(x1, x2, exposure_1=t1, exposure_2=t2),
        rise=rise,
        fall=fall,
        attainable=smallest_attainable_p_value(shown_1 + shown_2, exposure_ratio=base_1 / base_2),
    )


def judge_ratios(pairs: pd.DataFrame, *, confidence: float) -> Judgement:
    """Return Woolf's limits of the relative change of one count over another, in per cent."""
    x1, n1, x2, n2 = _ranges(pairs)
    lower, upper, p = envelope_of_ratio_change(x1, n1, x2, n2, confidence=confidence)
    shown_1, base_1, shown_2, base_2 = _shown(pairs)
    unchanged = shown_2 * base_1 / base_2

    def limits(figure: Range) -> Limits:
        return envelope_of_ratio_change(figure, n1, x2, n2, confidence=confidence)[:2]

    up, down = _called(x1, x2, 20.0 * unchanged + 100.0, limits, no_change=1.0)
    return Judgement(
        lower=_PERCENT * (lower - 1.0),
        upper=_PERCENT * (upper - 1.0),
        p=p,
        rise=_over(_PERCENT * (up - unchanged), unchanged),
        fall=_over(_PERCENT * (down - unchanged), unchanged),
        attainable=smallest_attainable_p_value(shown_1 + shown_2, exposure_ratio=base_1 / base_2),
    )


@dataclass(frozen=True)
class StockJudgement:
    """A judgement of stocks, with what stocks and flows leave unexplained, in people."""

    found: Judgement
    gap_lowest: FloatArray
    gap_highest: FloatArray
    contradicted: npt.NDArray[np.bool_]


def judge_stocks(
    pairs: pd.DataFrame, entered: Range, left: Range | None, *, confidence: float
) -> StockJudgement:
    """Return limits of the relative change of stocks from their flows, in per cent."""
    after, before = range_of(pairs, "numerator", 1), range_of(pairs, "numerator", 2)
    _, base_1, shown, base_2 = _shown(pairs)
    ratio = base_1 / base_2
    change = envelope_of_stock_change(
        before, after, entered, left, exposure_ratio=ratio, confidence=confidence
    )
    half = normal_deviate(confidence) * change.error
    # The published change must clear the rounding of both stocks as well.
    room = (_half(after) + _half(before) * ratio) + half
    return StockJudgement(
        Judgement(
            lower=_relative(change.lower, before, ratio),
            upper=_relative(change.upper, before, ratio),
            p=change.p,
            rise=_over(_PERCENT * room, shown * ratio),
            fall=-_over(_PERCENT * room, shown * ratio),
            attainable=np.where(np.isnan(change.p), np.nan, 0.0),
        ),
        gap_lowest=change.gap_lowest,
        gap_highest=change.gap_highest,
        contradicted=change.contradicted,
    )


def range_of(pairs: pd.DataFrame, side: str, year: int) -> Range:
    """Return the ends of one side in one year."""
    low, high = (
        pairs[f"{side}_{end}_{year}"].to_numpy(dtype=float, na_value=np.nan)
        for end in ("lowest", "highest")
    )
    return Range.of(low, high)


def _ranges(pairs: pd.DataFrame) -> tuple[Range, Range, Range, Range]:
    x1, n1 = range_of(pairs, "numerator", 1), range_of(pairs, "denominator", 1)
    x2, n2 = range_of(pairs, "numerator", 2), range_of(pairs, "denominator", 2)
    return x1, n1, x2, n2


def _shown(pairs: pd.DataFrame) -> list[FloatArray]:
    return [
        pairs[f"{side}_value_{year}"].to_numpy(dtype=float, na_value=np.nan)
        for year in (1, 2)
        for side in ("numerator", "denominator")
    ]


def _half(figure: Range) -> FloatArray:
    return (figure.highest - figure.lowest) / 2.0


def _over(top: FloatArray, bottom: FloatArray) -> FloatArray:
    return np.divide(top, bottom, out=np.full(np.shape(top), np.nan), where=bottom > 0)


def _relative(change: FloatArray, before: Range, ratio: FloatArray) -> FloatArray:
    """Return a change as per cent of the stock before that takes it furthest from zero."""
    return _over(_PERCENT * change, before.lowest * ratio)


def _step(new: Range, old: Range) -> FloatArray:
    """Return the step of the published figures: 5 where they are rounded to 5, else 1."""
    return np.maximum(new.highest - new.lowest, old.highest - old.lowest) + 1.0


def _seen_in_counts(
    pairs: pd.DataFrame, old: Range, t1: Range, t2: Range, confidence: float
) -> tuple[FloatArray, FloatArray]:
    """Return the smallest published rise and fall, in per cent, that would have been called."""
    step = _step(range_of(pairs, "numerator", 1), old)
    half = (step - 1.0) / 2.0
    _, base_1, shown, base_2 = _shown(pairs)
    needed = smallest_detectable_rise(
        old.highest, exposure_ratio=t1.highest / t2.lowest, confidence=confidence
    )
    fallen = largest_detectable_fall(
        old.lowest, exposure_ratio=t1.lowest / t2.highest, confidence=confidence
    )
    up = step * np.ceil((needed + half) / step)
    # A shown zero is a true zero.
    down = np.where(fallen >= 0, np.maximum(step * np.floor((fallen - half) / step), 0.0), np.nan)
    unchanged = shown * base_1 / base_2
    return _over(_PERCENT * (up - unchanged), unchanged), _over(
        _PERCENT * (down - unchanged), unchanged
    )


def _seen_in_percentages(
    pairs: pd.DataFrame, x1: Range, n1: Range, x2: Range, n2: Range, confidence: float
) -> tuple[FloatArray, FloatArray]:
    """Return the smallest published rise and fall, in points, that would have been called."""
    _, base_1, shown, base_2 = _shown(pairs)

    def limits(figure: Range) -> Limits:
        return envelope_of_difference(figure, n1, x2, n2, confidence=confidence)

    up, down = _called(x1, x2, base_1, limits, no_change=0.0)
    before = _over(_PERCENT * shown, base_2)
    return _over(_PERCENT * up, base_1) - before, _over(_PERCENT * down, base_1) - before


def _called(
    new: Range,
    old: Range,
    most: FloatArray,
    limits: Callable[[Range], Limits],
    *,
    no_change: float,
) -> tuple[FloatArray, FloatArray]:
    """Return the smallest published count called a rise and the largest called a fall.

    Published counts are searched in their own steps up to `most`; NaN where none is called.
    """
    step = _step(new, old)
    half = (step - 1.0) / 2.0
    known = ~np.isnan(new.lowest + old.lowest) & np.isfinite(most)
    last = np.where(known, np.floor(most / step), 0.0)

    def figure(steps: FloatArray) -> Range:
        count = np.minimum(steps, last) * step
        low = np.where(count > 0, np.maximum(count - half, 0.0), 0.0)
        return Range(np.where(known, low, np.nan), np.where(count > 0, count + half, 0.0))

    def risen(steps: FloatArray) -> npt.NDArray[np.bool_]:
        return np.asarray(limits(figure(steps))[0] > no_change)

    def not_fallen(steps: FloatArray) -> npt.NDArray[np.bool_]:
        # No count at all has no ratio: the search goes on above it.
        upper = limits(figure(np.maximum(steps, 0.0)))[1]
        return ~np.asarray(upper < no_change) & ~np.isnan(upper)

    start = np.zeros(last.shape)
    up = first_integer(risen, start, last)
    down = first_integer(not_fallen, start, last) - 1.0
    fallen = ~not_fallen(down) & (down >= 0) & ~np.isnan(limits(figure(np.maximum(down, 0.0)))[1])
    return (
        np.where(known & (up <= last), up * step, np.nan),
        np.where(known & fallen, down * step, np.nan),
    )


def _attainable_difference(pairs: pd.DataFrame) -> FloatArray:
    """Return the smallest p-value that the published totals allow, all cases in either year."""
    x1, n1, x2, n2 = _shown(pairs)
    total = x1 + x2
    first = np.minimum(total, n1)
    second = np.minimum(total, n2)
    highest = p_value_of_difference(first, n1, np.minimum(total - first, n2), n2)
    lowest = p_value_of_difference(np.minimum(total - second, n1), n1, second, n2)
    return np.minimum(highest, lowest)
