"""Funnel plots: authorities by size, with limits by chance and limits that allow for spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ssstats.charts.canvas import DARK_BLUE, GREY, GRID, LIGHT_BAND, ORANGE, TEXT, TEXT_POINTS
from ssstats.charts.figures import house_style, new_figure, svg_of
from ssstats.formatting import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Curve = npt.NDArray[np.floating[Any]]
_HEIGHT_INCHES = 3.6


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


@house_style()
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
    # Imported late for the reason that ssstats.charts.figures gives.
    import seaborn as sns
    from matplotlib.ticker import FuncFormatter

    figure, axes = new_figure(_HEIGHT_INCHES)
    inner, outer = curves.adjusted
    axes.fill_between(curves.sizes, *outer, color=LIGHT_BAND, alpha=0.55, linewidth=0, zorder=0)
    axes.fill_between(curves.sizes, *inner, color=LIGHT_BAND, linewidth=0, zorder=1)
    for pair, style in zip(curves.chance, ((0, (4, 2)), "solid"), strict=True):
        for curve in pair:
            axes.plot(curves.sizes, curve, color=GREY, linewidth=0.9, linestyle=style, zorder=2)
    axes.axhline(curves.baseline, color=ORANGE, linewidth=1.6, zorder=2)
    sns.scatterplot(
        x=[point.size for point in points], y=[point.value for point in points],
        color=DARK_BLUE, s=30, ax=axes, zorder=4,
    )  # fmt: skip
    _names(axes, points, curves.sizes)
    _scales(axes, points, curves, ceiling)
    axes.set_xlabel(size_label)
    axes.set_ylabel("")
    axes.set_title(value_label, loc="left", fontsize=TEXT_POINTS, color=GREY, y=1.0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: format_number(x)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: format_number(y, decimals)))
    axes.grid(axis="y", color=GRID, linewidth=0.7)
    axes.grid(axis="x", visible=False)
    return svg_of(figure, left_labels=[format_number(axes.get_ylim()[1], decimals)])


def _names(axes: Axes, points: Sequence[FunnelPoint], sizes: _Curve) -> None:
    """Write names beside points, to the left of those near the right edge."""
    middle = (sizes.min() + sizes.max()) / 2
    for point in points:
        if point.named:
            right = point.size < middle
            axes.annotate(
                point.label, (point.size, point.value), xytext=(5 if right else -5, 4),
                textcoords="offset points", ha="left" if right else "right",
                fontsize=TEXT_POINTS - 1, color=TEXT, zorder=5,
            )  # fmt: skip


def _scales(
    axes: Axes, points: Sequence[FunnelPoint], curves: FunnelCurves, ceiling: float | None
) -> None:
    """Show all points and the limits around them; a funnel need not start at zero."""
    from matplotlib.ticker import MaxNLocator

    values = [point.value for point in points]
    ends = [curves.adjusted[0][0].min(), curves.adjusted[0][1].max(), *values]
    room = (max(ends) - min(ends)) * 0.1 or 1.0
    top = max(ends) + room
    axes.set_ylim(max(min(ends) - room, 0.0), min(top, ceiling) if ceiling is not None else top)
    axes.set_xlim(curves.sizes.min(), curves.sizes.max())
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3))
