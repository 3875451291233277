"""Dots with confidence bands, one row an authority or a measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ssstats.charts.canvas import (
    DARK_BLUE,
    GREY,
    LIGHT_BAND,
    ORANGE,
    TEXT_POINTS,
    new_figure,
    svg_of,
)
from ssstats.formatting import format_number


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
    references: Sequence[float] | None = None,
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


def _scale(
    axes: Axes,
    rows: Sequence[Banded],
    reference: Banded | None,
    references: Sequence[float] | None,
) -> None:
    """Start at zero and leave room for the widest band; keep at most five ticks."""
    ends = [x for row in rows for x in (row.value, row.upper)]
    ends += [reference.value, reference.upper] if reference is not None else []
    ends += list(references) if references is not None else []
    finite = [x for x in ends if np.isfinite(x)]
    axes.set_xlim(0, max(finite) * 1.04 if finite and max(finite) > 0 else 1)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3))
