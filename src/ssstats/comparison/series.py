"""Limits for the points of a series: process behaviour charts of individual values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ssstats.intervals.numbers import as_floats

# Shewhart's constants for moving ranges of two: 3 / 1.128 and 3.267 (Wheeler, Understanding
# Variation, 1993).
_LIMITS_FROM_RANGE = 2.66
_HIGHEST_RANGE = 3.267


@dataclass(frozen=True)
class ProcessLimits:
    """Mean of a series, mean of its moving ranges and the limits they give, in its own unit."""

    mean: float
    mean_moving_range: float
    lower: float
    upper: float


def limits_of_series(values: npt.ArrayLike, *, screen_ranges: bool = True) -> ProcessLimits:
    """Return XmR limits for a series in the order of time.

    Limits rest on very little below 12 points: with 5 the relative error of their distance is
    44%. Do not judge such a series by them.

    Parameters
    ----------
    values : array of float, shape (n,)
        At least two values; missing ones break the moving ranges beside them.
    screen_ranges : bool
        Whether moving ranges above 3.267 times their mean are left out of it.

    Raises
    ------
    ValueError
        If no two values follow each other.
    """
    each = as_floats("value", values)
    ranges = np.abs(np.diff(each))
    ranges = ranges[~np.isnan(ranges)]
    if ranges.size == 0:
        raise ValueError("a series needs two values that follow each other")
    if screen_ranges:
        # A range as high as the bound is out as well, unless all are zero.
        kept = ranges < _HIGHEST_RANGE * ranges.mean()
        ranges = ranges[kept] if kept.any() else ranges
    mean, mean_range = float(np.nanmean(each)), float(ranges.mean())
    half = _LIMITS_FROM_RANGE * mean_range
    return ProcessLimits(mean, mean_range, mean - half, mean + half)
