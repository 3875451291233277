"""The plain way to draw dots and series: matplotlib's own axes, for what the product writes itself.

Slow, and short enough to read.
"""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ssstats.charts.canvas import (
    DARK_BLUE,
    GREY,
    GRID,
    LIGHT_BAND,
    ORANGE,
    TEXT_POINTS,
    new_figure,
    svg_of,
)
from ssstats.charts.series import runs_between_breaks
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
