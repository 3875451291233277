"""Small multiples: the same small chart for every authority, all on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ssstats.charts.canvas import (
    DARK_BLUE,
    GREY,
    GRID,
    ORANGE,
    TEXT,
    TEXT_POINTS,
    new_panels,
    svg_of_panels,
)
from ssstats.charts.series import runs_between_breaks
from ssstats.formatting import format_number

_COLUMNS = 4
_PANEL_INCHES = 1.02


@dataclass(frozen=True)
class Panel:
    """One small chart: its title and one value a place, NaN where there is none."""

    title: str
    values: Sequence[float]


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
    rows = -(-len(panels) // _COLUMNS)
    figure, grid = new_panels(rows, _COLUMNS, _PANEL_INCHES)
    top = _top(panels, reference)
    for number, axes in enumerate(grid):
        if number >= len(panels):
            axes.set_visible(False)
            continue
        panel = panels[number]
        if reference is not None:
            _line(axes, reference, breaks_before, ORANGE, 1.0)
        _line(axes, panel.values, breaks_before, DARK_BLUE, 1.8)
        axes.set_title(panel.title, loc="left", fontsize=TEXT_POINTS - 1, color=TEXT, pad=3)
        _frame(axes, places, top, bottom_row=number >= len(panels) - _COLUMNS)
    figure.text(0.01, 1 - 0.16 / _height(figure), value_label, fontsize=TEXT_POINTS, color=GREY)
    return svg_of_panels(figure, left_label=format_number(top))


def _height(figure: Figure) -> float:
    return float(figure.get_size_inches()[1])


def _top(panels: Sequence[Panel], reference: Sequence[float] | None) -> float:
    values = [v for panel in panels for v in panel.values] + list(reference or ())
    finite = [v for v in values if np.isfinite(v)]
    return max(finite) * 1.08 if finite and max(finite) > 0 else 1.0


def _line(
    axes: Axes, values: Sequence[float], breaks_before: Sequence[int], color: str, width: float
) -> None:
    points = np.asarray(values, dtype=float)
    for start, end in runs_between_breaks(points, breaks_before):
        axes.plot(range(start, end), points[start:end], color=color, linewidth=width)
    axes.plot(np.arange(len(points)), points, "o", color=color, markersize=width * 1.4)


def _frame(axes: Axes, places: Sequence[str], top: float, *, bottom_row: bool) -> None:
    axes.set_ylim(0, top)
    axes.set_xlim(-0.3, len(places) - 0.7)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=2))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: format_number(y)))
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    last = len(places) - 1
    axes.set_xticks([0, last], [places[0], places[-1]] if bottom_row else ["", ""])
    first, final = axes.get_xticklabels()
    first.set_horizontalalignment("left")
    final.set_horizontalalignment("right")
