"""A count through the years: cut at breaks and gaps, revised figures marked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ssstats.charts.canvas import DARK_BLUE, GREY, GRID, TEXT_POINTS, new_figure, svg_of
from ssstats.formatting import format_number


def line_through_years(
    years: Sequence[str],
    values: Sequence[float],
    *,
    axis_label: str,
    breaks_before: Sequence[int] = (),
    revised: Sequence[int] = (),
) -> str:
    """Return an SVG of one series, its line cut at gaps and before the years of `breaks_before`.

    Parameters
    ----------
    years : sequence of str
        Labels in order.
    values : sequence of float
        One a year; NaN is a gap and is never bridged.
    breaks_before : sequence of int
        Positions of years that are not comparable with the year before.
    revised : sequence of int
        Positions of years whose figure was revised: an open point.
    """
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


def runs_between_breaks(points: np.ndarray, breaks_before: Sequence[int]) -> list[tuple[int, int]]:
    """Return stretches of at least two finite points that no break interrupts."""
    runs, start = [], None
    for place in range(len(points) + 1):
        ends = place == len(points) or not np.isfinite(points[place])
        if start is not None and (ends or place in breaks_before):
            if place - start > 1:
                runs.append((start, place))
            start = None
        if not ends and start is None:
            start = place
    return runs
