"""The plain way to draw charts: with matplotlib, for what the product writes itself.

Slow, and short enough to read. Figures, type and colours are those of the product's own funnels.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ssstats.charts.canvas import (
    CHARACTER_INCHES,
    DARK_BLUE,
    GREY,
    GRID,
    LIGHT_BAND,
    ORANGE,
    TEXT,
    TEXT_POINTS,
    WIDTH_INCHES,
)
from ssstats.charts.figures import house_style, new_figure, svg_of, written
from ssstats.charts.multiples import _BESIDE, _COLUMNS, _Grid, _top
from ssstats.charts.series import runs_between_breaks
from ssstats.formatting import format_number


@house_style()
def dots_with_bands(
    rows, *, axis_label, reference=None, reference_label="", references=None, decimals=0
):
    """Return what `charts.dots_with_bands` returns."""
    figure, axes = new_figure(0.235 * len(rows) + 0.95)
    places = np.arange(len(rows))[::-1]
    if reference is not None and np.isfinite(reference.value):
        if np.isfinite(reference.lower):
            axes.axvspan(reference.lower, reference.upper, color=LIGHT_BAND, zorder=0)
        axes.axvline(reference.value, color=ORANGE, linewidth=1.6, zorder=1)
    # All bands as one line that is lifted between rows: a line a row takes ten times as long.
    ends = [end for row in rows for end in (row.lower, row.upper, np.nan)]
    axes.plot(ends, np.repeat(places, 3), color=DARK_BLUE, linewidth=2.2)
    axes.plot([row.value for row in rows], places, "o", color=DARK_BLUE, markersize=5.5)
    if references is not None:
        axes.plot(
            references, places, "D", markerfacecolor="white", markeredgecolor=ORANGE, markersize=6,
            markeredgewidth=1.6, linestyle="none", zorder=4,
        )  # fmt: skip
    labels = [f"{row.label} [{row.marker}]" if row.marker else row.label for row in rows]
    axes.set_yticks(places, labels)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    _scale(axes, rows, reference, references)
    axes.set_xlabel(axis_label)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: format_number(x, decimals)))
    if reference_label:
        axes.set_title(reference_label, loc="left", fontsize=TEXT_POINTS, color=GREY, y=1.0)
    return svg_of(figure, left_labels=labels)


def _scale(axes, rows, reference, references):
    """Start at zero and leave room for the widest band; keep at most five ticks."""
    ends = [x for row in rows for x in (row.value, row.upper)]
    ends += [reference.value, reference.upper] if reference is not None else []
    ends += list(references) if references is not None else []
    finite = [x for x in ends if np.isfinite(x)]
    axes.set_xlim(0, max(finite) * 1.04 if finite and max(finite) > 0 else 1)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3))


@house_style()
def line_through_years(years, values, *, axis_label, breaks_before=(), revised=()):
    """Return what `charts.line_through_years` returns."""
    figure, axes = new_figure(2.5)
    points = np.asarray(values, dtype=float)
    for start, end in runs_between_breaks(points, breaks_before):
        axes.plot(range(start, end), points[start:end], color=DARK_BLUE, linewidth=2)
    axes.plot(
        np.arange(len(points)), points, "o", color=DARK_BLUE, markersize=5.8,
        markeredgecolor="white", markeredgewidth=0.5, zorder=3,
    )  # fmt: skip
    places = [place for place in revised if np.isfinite(points[place])]
    axes.plot(
        places, points[places], "o", markerfacecolor="white", markeredgecolor=DARK_BLUE,
        markersize=6.5, markeredgewidth=1.6, zorder=4,
    )  # fmt: skip
    for place in breaks_before:
        axes.axvline(place - 0.5, color=GREY, linewidth=1, linestyle=(0, (3, 3)))
    finite = points[np.isfinite(points)]
    axes.set_ylim(0, finite.max() * 1.12 if len(finite) and finite.max() > 0 else 1)
    axes.set_xlim(-0.4, len(points) - 0.6)
    step = max(1, -(-len(years) // 8))
    shown = list(range(len(years) - 1, -1, -step))[::-1]
    axes.set_xticks(shown, [years[place] for place in shown])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: format_number(y)))
    axes.set_ylabel("")
    axes.set_title(axis_label, loc="left", fontsize=TEXT_POINTS, color=GREY, y=1.0)
    axes.grid(axis="y", color=GRID, linewidth=0.7)
    axes.grid(axis="x", visible=False)
    return svg_of(figure, left_labels=[format_number(finite.max() if len(finite) else 0)])


@house_style()
def small_multiples(panels, *, places, value_label, reference=None, breaks_before=()):
    """Return what `charts.small_multiples` returns."""
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


def _lines(axes, grid, of_panels, breaks_before, color, width):
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


def _frame(axes, grid, number, places, *, bottom_row):
    first, last = -_BESIDE, len(places) - 1 + _BESIDE
    for tick in _ticks(0, grid.top):
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


def _ticks(lowest, highest):
    return [tick for tick in MaxNLocator(nbins=2).tick_values(lowest, highest) if tick <= highest]


def new_sheet(height):
    """Return a figure of the page's width, and axes that cover it whose unit is the inch."""
    figure = Figure(figsize=(WIDTH_INCHES, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH_INCHES)
    axes.set_ylim(0, height)
    return figure, axes
