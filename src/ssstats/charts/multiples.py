"""Small multiples: the same small chart for every authority, all on one scale.

All panels are drawn into one pair of axes in inches: a pair of axes for each would take ten times
as long and look the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ssstats.charts.canvas import (
    CHARACTER_INCHES,
    DARK_BLUE,
    GREY,
    GRID,
    ORANGE,
    TEXT,
    TEXT_POINTS,
    WIDTH_INCHES,
    new_sheet,
    written,
)
from ssstats.charts.plots import ticks_between
from ssstats.charts.series import runs_between_breaks
from ssstats.formatting import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = 4
_PANEL_INCHES = 0.98
_GAP_INCHES, _ROW_GAP_INCHES = 0.12, 0.36
_TOP_INCHES, _BOTTOM_INCHES, _RIGHT_INCHES = 0.45, 0.26, 0.1
# Room beside the first and the last place of a panel, in places.
_BESIDE = 0.3


@dataclass(frozen=True)
class Panel:
    """One small chart: its title and one value a place, NaN where there is none."""

    title: str
    values: Sequence[float]


@dataclass(frozen=True)
class _Grid:
    """Where panels stand on the sheet, in inches from its lower left corner."""

    rows: int
    left: float
    top: float
    places: int

    @property
    def height(self) -> float:
        rows = self.rows * _PANEL_INCHES + (self.rows - 1) * _ROW_GAP_INCHES
        return rows + _TOP_INCHES + _BOTTOM_INCHES

    @property
    def width(self) -> float:
        room = WIDTH_INCHES - self.left - _RIGHT_INCHES - (_COLUMNS - 1) * _GAP_INCHES
        return room / _COLUMNS

    def corner(self, number: int) -> tuple[float, float]:
        """Return the lower left corner of a panel, counted from 0 row by row."""
        row, column = divmod(number, _COLUMNS)
        below = self.height - _TOP_INCHES - _PANEL_INCHES
        return (
            self.left + column * (self.width + _GAP_INCHES),
            below - row * (_PANEL_INCHES + _ROW_GAP_INCHES),
        )

    def point(self, number: int, place: float, value: float) -> tuple[float, float]:
        """Return where a value at a place of a panel is drawn."""
        left, bottom = self.corner(number)
        across = (place + _BESIDE) / (self.places - 1 + 2 * _BESIDE)
        return left + across * self.width, bottom + value / self.top * _PANEL_INCHES


def small_multiples(
    panels: Sequence[Panel],
    *,
    places: Sequence[str],
    value_label: str,
    reference: Sequence[float] | None = None,
    breaks_before: Sequence[int] = (),
) -> str:
    """Return an SVG of one line a panel, in the order given, from zero and on one scale.

    Parameters
    ----------
    panels : sequence of Panel
        Authorities in geographic order.
    places : sequence of str
        Labels of the values from left to right; the first and the last are written.
    reference : sequence of float, optional
        Drawn in orange in every panel, such as Wales.
    breaks_before : sequence of int
        Places that are not comparable with the one before: lines are cut there.
    """
    top = _top(panels, reference)
    left = len(format_number(top)) * CHARACTER_INCHES + 0.15
    grid = _Grid(-(-len(panels) // _COLUMNS), left, top, len(places))
    figure, axes = new_sheet(grid.height)
    for number, panel in enumerate(panels):
        _frame(axes, grid, number, places, bottom_row=number >= len(panels) - _COLUMNS)
        x, y = grid.point(number, -_BESIDE, top)
        axes.text(x, y + 0.05, panel.title, fontsize=TEXT_POINTS - 1, color=TEXT)
    if reference is not None:
        _lines(axes, grid, [reference] * len(panels), breaks_before, ORANGE, 1.0)
    _lines(axes, grid, [panel.values for panel in panels], breaks_before, DARK_BLUE, 1.8)
    axes.text(
        0.066, grid.height - 0.16, value_label, fontsize=TEXT_POINTS, color=GREY,
        verticalalignment="baseline",
    )  # fmt: skip
    return written(figure)


def _top(panels: Sequence[Panel], reference: Sequence[float] | None) -> float:
    values = [v for panel in panels for v in panel.values] + list(reference or ())
    finite = [v for v in values if np.isfinite(v)]
    return max(finite) * 1.08 if finite and max(finite) > 0 else 1.0


def _lines(
    axes: Axes,
    grid: _Grid,
    of_panels: Sequence[Sequence[float]],
    breaks_before: Sequence[int],
    color: str,
    width: float,
) -> None:
    """Draw a line in each panel, all of them at once; a NaN between two lifts the pen."""
    lifted = (np.nan, np.nan)
    strokes, dots = [], []
    for number, values in enumerate(of_panels):
        points = np.asarray(values, dtype=float)
        for start, end in runs_between_breaks(points, breaks_before):
            strokes += [*(grid.point(number, at, points[at]) for at in range(start, end)), lifted]
        dots += [grid.point(number, at, value) for at, value in enumerate(points)]
    if strokes:
        axes.plot(*zip(*strokes, strict=True), color=color, linewidth=width, zorder=2)
    if dots:
        axes.plot(*zip(*dots, strict=True), "o", color=color, markersize=width * 1.4, zorder=2)


def _frame(
    axes: Axes, grid: _Grid, number: int, places: Sequence[str], *, bottom_row: bool
) -> None:
    first, last = -_BESIDE, len(places) - 1 + _BESIDE
    for tick in ticks_between(0, grid.top, most=2):
        ends = [grid.point(number, place, tick) for place in (first, last)]
        color, width = (GREY, 0.8) if tick == 0 else (GRID, 0.6)
        axes.plot(*zip(*ends, strict=True), color=color, linewidth=width, zorder=1)
        if number % _COLUMNS == 0:
            x, y = ends[0]
            axes.text(
                x - 0.05, y, format_number(tick), fontsize=TEXT_POINTS - 1, color=TEXT,
                horizontalalignment="right", verticalalignment="center",
            )  # fmt: skip
    if bottom_row:
        for place, side in ((0, "left"), (len(places) - 1, "right")):
            x, y = grid.point(number, place, 0)
            axes.text(
                x, y - 0.05, places[place], fontsize=TEXT_POINTS - 1, color=TEXT,
                horizontalalignment=side, verticalalignment="top",
            )  # fmt: skip
