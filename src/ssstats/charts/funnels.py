"""Funnel plots: authorities by size, with limits by chance and limits that allow for spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from ssstats.charts.canvas import DARK_BLUE, GREY, LIGHT_BAND, ORANGE, TEXT_POINTS
from ssstats.charts.plots import Plot
from ssstats.charts.strokes import Marker
from ssstats.charts.ticks import ticks_between
from ssstats.formatting import format_number

_Curve = npt.NDArray[np.floating[Any]]
_HEIGHT_INCHES = 3.6
# An area of 30 square points, with the edge that seaborn gives points of a scatter plot.
_DOT = Marker(sqrt(30), DARK_BLUE, "#FFFFFF", 0.08 * sqrt(30))
# Dashes of four line widths and gaps of two, for limits at 95%; those at 99.8% have none.
_LIMIT_WIDTH = 0.9
_DASHES = ("3.6,1.8", "")


@dataclass(frozen=True)
class FunnelPoint:
    """One authority: its size, its value, and whether its name stands beside the point."""

    label: str
    size: float
    value: float
    named: bool


@dataclass(frozen=True)
class FunnelCurves:
    """Limits over `sizes`, each lower and upper: by chance at 95% and 99.8%, and with spread."""

    sizes: _Curve
    baseline: float
    chance: tuple[tuple[_Curve, _Curve], tuple[_Curve, _Curve]]
    adjusted: tuple[tuple[_Curve, _Curve], tuple[_Curve, _Curve]]


def funnel_plot(
    points: Sequence[FunnelPoint],
    curves: FunnelCurves,
    *,
    size_label: str,
    value_label: str,
    ceiling: float | None = None,
    decimals: int = 0,
) -> str:
    """Return an SVG funnel: grey lines by chance, a blue band with spread, the baseline in orange.

    Parameters
    ----------
    points : sequence of FunnelPoint
        One an authority; those named lie beyond the limits.
    curves : FunnelCurves
        Limits in the unit of the values.
    ceiling : float, optional
        The highest possible value, 100 for a percentage.
    """
    low, high = _shown(points, curves, ceiling)
    plot = Plot(
        _HEIGHT_INCHES, across=(float(curves.sizes.min()), float(curves.sizes.max())),
        up=(low, high), left_labels=[format_number(high, decimals)],
    )  # fmt: skip
    sizes, band = curves.sizes.tolist(), f"fill: {LIGHT_BAND.lower()}"
    inner, outer = ((lower.tolist(), upper.tolist()) for lower, upper in curves.adjusted)
    plot.between(sizes, outer, f"{band}; fill-opacity: 0.55")
    _axes(plot, (sizes[0], sizes[-1]), (low, high), size_label, decimals)
    plot.between(sizes, inner, band)
    for pair, dashes in zip(curves.chance, _DASHES, strict=True):
        for curve in pair:
            stroke = [*zip(sizes, curve.tolist(), strict=True)]
            plot.lines([stroke], color=GREY, width=_LIMIT_WIDTH, dashes=dashes)
    plot.level(curves.baseline, color=ORANGE, width=1.6)
    plot.base_line()
    plot.title(value_label)
    plot.points([(point.size, point.value) for point in points], _DOT, kind="PathCollection")
    _names(plot, points, (sizes[0] + sizes[-1]) / 2)
    return plot.svg()


def _shown(
    points: Sequence[FunnelPoint], curves: FunnelCurves, ceiling: float | None
) -> tuple[float, float]:
    """Return ends that show all points and the limits around them; they need not start at zero."""
    (lower, upper), _ = curves.adjusted
    ends = [float(lower.min()), float(upper.max()), *(point.value for point in points)]
    room = (max(ends) - min(ends)) * 0.1 or 1.0
    top = max(ends) + room
    return max(min(ends) - room, 0.0), min(top, ceiling) if ceiling is not None else top


def _axes(
    plot: Plot,
    across: tuple[float, float],
    up: tuple[float, float],
    size_label: str,
    decimals: int,
) -> None:
    ticks = ticks_between(*across, most=5, fewest=3)
    plot.across_axis(ticks, [format_number(tick) for tick in ticks], name=size_label, grid=False)
    ticks = ticks_between(*up, most=5, fewest=3)
    plot.up_axis(ticks, [format_number(tick, decimals) for tick in ticks], grid=True)


def _names(plot: Plot, points: Sequence[FunnelPoint], middle: float) -> None:
    """Write names beside points, to the left of those near the right edge."""
    for point in points:
        if point.named:
            place, right = (point.size, point.value), point.size < middle
            plot.name(point.label, place, size=TEXT_POINTS - 1, to_the_right=right)
