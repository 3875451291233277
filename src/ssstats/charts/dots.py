"""Dots with confidence bands, one row an authority or a measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from ssstats.charts.canvas import (
    DARK_BLUE,
    LIGHT_BAND,
    ORANGE,
)
from ssstats.charts.plots import Plot
from ssstats.charts.strokes import Marker, Place
from ssstats.charts.ticks import ticks_up_to
from ssstats.formatting import format_number

_DOT = Marker(5.5, DARK_BLUE, DARK_BLUE)
_DIAMOND = Marker(6, "#FFFFFF", ORANGE, 1.6, is_diamond=True)


@dataclass(frozen=True)
class Banded:
    """One row of a dot chart: label, value and limits (NaN where there is none), and a marker."""

    label: str
    value: float
    lower: float
    upper: float
    marker: str = ""


def dots_with_bands(
    rows: Sequence[Banded],
    *,
    axis_label: str,
    reference: Banded | None = None,
    reference_label: str = "",
    references: Sequence[float] = (),
    decimals: int = 0,
) -> str:
    """Return an SVG of one dot and band a row, in the order given, from zero.

    Parameters
    ----------
    rows : sequence of Banded
        Authorities or measures, first at the top.
    reference : Banded, optional
        Drawn as a line through all rows with its band, such as Wales.
    references : sequence of float, optional
        One reference a row instead, such as the Wales value of each measure.
    """
    every = [*rows, *([reference] if reference is not None else [])]
    right = _right_end([*(end for row in every for end in (row.value, row.upper)), *references])
    places = range(len(rows))[::-1]
    labels = [f"{row.label} [{row.marker}]" if row.marker else row.label for row in rows]
    plot = Plot(
        0.235 * len(rows) + 0.95,
        across=(0, right), up=(-0.7, len(rows) - 0.3), left_labels=labels,
    )  # fmt: skip
    known = reference is not None and isfinite(reference.value)
    if reference is not None and known and isfinite(reference.lower):
        plot.band(reference.lower, reference.upper, color=LIGHT_BAND)
    ticks = ticks_up_to(right, most=5, fewest=3)
    plot.across_axis(ticks, [format_number(tick, decimals) for tick in ticks], name=axis_label)
    plot.up_axis(places, labels)
    if reference is not None and known:
        plot.upright(reference.value, color=ORANGE, width=1.6)
    plot.lines(map(_stroke, rows, places), color=DARK_BLUE, width=2.2)
    plot.points(zip((row.value for row in rows), places, strict=True), _DOT)
    plot.base_line()
    plot.title(reference_label)
    if references:
        plot.points(zip(references, places, strict=True), _DIAMOND)
    return plot.svg()


def _stroke(row: Banded, place: int) -> list[Place]:
    """Return the ends of a row's band, as far as it has them."""
    return [(end, place) for end in (row.lower, row.upper) if isfinite(end)]


def _right_end(numbers: Sequence[float]) -> float:
    """Return where an axis ends that starts at zero and leaves room for the highest number."""
    highest = max((number for number in numbers if isfinite(number)), default=0.0)
    return highest * 1.04 if highest > 0 else 1.0
