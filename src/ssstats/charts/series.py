"""A count through the years: cut at breaks and gaps, revised figures marked."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import numpy as np

from ssstats.charts.canvas import DARK_BLUE, GREY
from ssstats.charts.plots import Plot
from ssstats.charts.strokes import Marker
from ssstats.charts.ticks import ticks_up_to
from ssstats.formatting import format_number

_DOT = Marker(5.8, DARK_BLUE, "#FFFFFF", 0.5)
_REVISED = Marker(6.5, "#FFFFFF", DARK_BLUE, 1.6)
# Dashes and gaps in points.
_DASHES = "3,3"
# As many labels of years as stand beside each other.
_MOST_LABELS = 8


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
    points = np.asarray(values, dtype=float)
    finite = points[np.isfinite(points)]
    highest = float(finite.max()) if len(finite) else 0.0
    top = highest * 1.12 if highest > 0 else 1.0
    plot = Plot(
        2.5, across=(-0.4, len(points) - 0.6), up=(0, top), left_labels=[format_number(highest)]
    )
    step = max(1, -(-len(years) // _MOST_LABELS))
    shown = range(len(years) - 1, -1, -step)[::-1]
    plot.across_axis(shown, [years[place] for place in shown], grid=False)
    ticks = ticks_up_to(top, most=4, whole=True)
    plot.up_axis(ticks, [format_number(tick) for tick in ticks], grid=True)
    every = list(enumerate(points.tolist()))
    for start, end in runs_between_breaks(points, breaks_before):
        plot.lines([every[start:end]], color=DARK_BLUE, width=2)
    for place in breaks_before:
        plot.upright(place - 0.5, color=GREY, width=1, dashes=_DASHES)
    plot.base_line()
    plot.points(every, _DOT)
    plot.title(axis_label)
    plot.points([every[place] for place in revised if isfinite(points[place])], _REVISED)
    return plot.svg()


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
