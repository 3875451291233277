"""The plain way to draw charts: seaborn and matplotlib, for what the product writes itself.

Slow, and short enough to read.
"""

from __future__ import annotations

import io

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ssstats.charts.canvas import (
    CHARACTER_INCHES,
    DARK_BLUE,
    GREY,
    GRID,
    LIGHT_BAND,
    MARGINS_INCHES,
    ORANGE,
    RIGHT_END,
    SALT,
    TEXT,
    TEXT_POINTS,
    WIDTH_INCHES,
    left_margin,
)
from ssstats.charts.multiples import _BESIDE, _COLUMNS, _Grid, _top
from ssstats.charts.series import runs_between_breaks
from ssstats.fonts import FAMILY, font_files
from ssstats.formatting import format_number


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


def funnel_plot(points, curves, *, size_label, value_label, ceiling=None, decimals=0):
    """Return what `charts.funnel_plot` returns."""
    figure, axes = new_figure(3.6)
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
    _funnel_scales(axes, points, curves, ceiling)
    axes.set_xlabel(size_label)
    axes.set_ylabel("")
    axes.set_title(value_label, loc="left", fontsize=TEXT_POINTS, color=GREY, y=1.0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: format_number(x)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: format_number(y, decimals)))
    axes.grid(axis="y", color=GRID, linewidth=0.7)
    axes.grid(axis="x", visible=False)
    return svg_of(figure, left_labels=[format_number(axes.get_ylim()[1], decimals)])


def _names(axes, points, sizes):
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


def _funnel_scales(axes, points, curves, ceiling):
    """Show all points and the limits around them; a funnel need not start at zero."""
    values = [point.value for point in points]
    ends = [curves.adjusted[0][0].min(), curves.adjusted[0][1].max(), *values]
    room = (max(ends) - min(ends)) * 0.1 or 1.0
    top = max(ends) + room
    axes.set_ylim(max(min(ends) - room, 0.0), min(top, ceiling) if ceiling is not None else top)
    axes.set_xlim(curves.sizes.min(), curves.sizes.max())
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3))


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


def new_figure(height):
    """Return a figure of the page's width and `height` inches, and its axes."""
    figure = _styled_figure(height)
    axes = figure.add_subplot()
    _clear(axes, TEXT_POINTS)
    axes.grid(axis="x", color=GRID, linewidth=0.7)
    return figure, axes


def new_sheet(height):
    """Return a figure of the page's width, and axes that cover it whose unit is the inch."""
    figure = _styled_figure(height)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH_INCHES)
    axes.set_ylim(0, height)
    return figure, axes


def _styled_figure(height):
    for path in font_files():
        if str(path) not in {entry.fname for entry in font_manager.fontManager.ttflist}:
            font_manager.fontManager.addfont(str(path))
    # Text takes its font when it is made, so the style must hold for the whole drawing.
    mpl.rcParams.update(_style())
    return Figure(figsize=(WIDTH_INCHES, height))


def _style():
    """Return settings by which text stays text and a drawing has the same bytes everywhere."""
    return {
        **sns.axes_style("white"),
        "svg.fonttype": "none",
        "svg.hashsalt": SALT,
        "font.family": FAMILY,
        "font.size": TEXT_POINTS,
        "axes.labelsize": TEXT_POINTS,
        "axes.labelcolor": TEXT,
        "figure.facecolor": "white",
    }


def _clear(axes, points):
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GREY)
    axes.tick_params(axis="y", length=0, labelsize=points, colors=TEXT)
    axes.tick_params(axis="x", labelsize=points, colors=TEXT, color=GREY)
    axes.set_axisbelow(True)


def svg_of(figure, *, left_labels):
    """Return the figure as SVG with a left margin that the labels fit."""
    height = figure.get_size_inches()[1]
    left = left_margin(left_labels)
    below, above = (margin / height for margin in MARGINS_INCHES)
    figure.subplots_adjust(left=left, right=RIGHT_END, bottom=below, top=1 - above)
    return written(figure)


def written(figure):
    """Return the figure as SVG as it stands."""
    target = io.StringIO()
    figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    return target.getvalue()
