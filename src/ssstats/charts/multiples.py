"""Small multiples: the same small chart for every authority, all on one scale and one sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
)
from ssstats.charts.series import runs_between_breaks
from ssstats.charts.sheets import ASCENT, DESCENT, POINTS, Sheet
from ssstats.charts.strokes import Marker, Place, style_of_line, without_straight_places
from ssstats.charts.ticks import ticks_up_to
from ssstats.formatting import format_number

_COLUMNS = 4
_PANEL_INCHES = 0.98
_GAP_INCHES, _ROW_GAP_INCHES = 0.12, 0.36
_TOP_INCHES, _BOTTOM_INCHES, _RIGHT_INCHES = 0.45, 0.26, 0.1
_SMALL_POINTS = TEXT_POINTS - 1
# matplotlib's own setting.
_SIMPLIFIED_FROM = 128
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
    sheet = Sheet(grid.height)
    sheet.clip(0.0, 0.0, sheet.width, sheet.height)
    ticks = ticks_up_to(top, most=2)
    for number in range(len(panels)):
        _grid_lines(sheet, grid, number, ticks)
    if reference is not None:
        _lines(sheet, grid, [reference] * len(panels), breaks_before, ORANGE, 1.0)
    _lines(sheet, grid, [panel.values for panel in panels], breaks_before, DARK_BLUE, 1.8)
    for number, panel in enumerate(panels):
        if number % _COLUMNS == 0:
            _labels_of_ticks(sheet, grid, number, ticks)
        if number >= len(panels) - _COLUMNS:
            _labels_of_places(sheet, grid, number, places)
        x, y = grid.point(number, -_BESIDE, top)
        _write(sheet, panel.title, x, y + 0.05, "start")
    sheet.text(value_label, 0.066 * POINTS, 0.16 * POINTS, "start", GREY)
    return sheet.svg()


def _top(panels: Sequence[Panel], reference: Sequence[float] | None) -> float:
    values = [v for panel in panels for v in panel.values] + list(reference or ())
    finite = [v for v in values if np.isfinite(v)]
    return max(finite) * 1.08 if finite and max(finite) > 0 else 1.0


def _lines(
    sheet: Sheet,
    grid: _Grid,
    of_panels: Sequence[Sequence[float]],
    breaks_before: Sequence[int],
    color: str,
    width: float,
) -> None:
    """Draw a line in each panel, all of them at once, and a dot at each value."""
    strokes, dots = [], []
    for number, values in enumerate(of_panels):
        points = np.asarray(values, dtype=float)
        every = [_place(sheet, *grid.point(number, *point)) for point in enumerate(points.tolist())]
        strokes += [every[slice(*run)] for run in runs_between_breaks(points, breaks_before)]
        dots += every
    if strokes:
        sheet.line(_simplified(strokes), style_of_line(color, width), round_=True)
    if dots:
        sheet.markers(dots, Marker(width * 1.4, color, color))


def _simplified(strokes: Sequence[list[Place]]) -> Sequence[list[Place]]:
    """Return strokes as matplotlib draws them, which leaves places out where there are many."""
    # The lifting of the pen after each stroke counts as a place.
    if sum(len(stroke) + 1 for stroke in strokes) < _SIMPLIFIED_FROM:
        return strokes
    *others, last = [without_straight_places(stroke) for stroke in strokes]
    return [*others, [*last, last[-1]]]


def _grid_lines(sheet: Sheet, grid: _Grid, number: int, ticks: Sequence[float]) -> None:
    for tick in ticks:
        ends = [grid.point(number, place, tick) for place in (-_BESIDE, grid.places - 1 + _BESIDE)]
        style = style_of_line(GREY, 0.8) if tick == 0 else style_of_line(GRID, 0.6)
        sheet.line([[_place(sheet, *end) for end in ends]], style, round_=True)


def _labels_of_ticks(sheet: Sheet, grid: _Grid, number: int, ticks: Sequence[float]) -> None:
    for tick in ticks:
        x, y = grid.point(number, -_BESIDE, tick)
        _write(sheet, format_number(tick), x - 0.05, y, "end", (ASCENT - DESCENT) / 2)


def _labels_of_places(sheet: Sheet, grid: _Grid, number: int, places: Sequence[str]) -> None:
    for place, anchor in ((0, "start"), (len(places) - 1, "end")):
        x, y = grid.point(number, place, 0)
        _write(sheet, places[place], x, y - 0.05, anchor, ASCENT)


def _write(
    sheet: Sheet, text: str, x: float, y: float, anchor: str, ems_below: float = 0.0
) -> None:
    """Write a small text at a place in inches, its base line some ems below."""
    across, down = _place(sheet, x, y)
    sheet.text(text, across, down + ems_below * _SMALL_POINTS, anchor, TEXT, _SMALL_POINTS)


def _place(sheet: Sheet, x: float, y: float) -> Place:
    """Return where a place in inches from the lower left corner is on the sheet."""
    return x * POINTS, sheet.height - y * POINTS
