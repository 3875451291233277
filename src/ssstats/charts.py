"""Charts of published figures: dots with confidence bands, and time series with breaks cut.

Draws numbers that it is given and returns SVG with text as text. Titles, captions and alternative
texts are the page's work, so that they are in its language and reach every reader.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ssstats.fonts import FAMILY, font_files
from ssstats.formatting import format_number

# Analysis Function palette for charts of official statistics.
DARK_BLUE = "#12436D"
ORANGE = "#F46A25"
GREY = "#595959"
LIGHT_BAND = "#CFDBE6"

_WIDTH_INCHES = 6.6
_TEXT_POINTS = 9
_SALT = "ssstats"


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
    figure, axes = _figure(0.235 * len(rows) + 0.95)
    places = np.arange(len(rows))[::-1]
    if reference is not None and np.isfinite(reference.value):
        if np.isfinite(reference.lower):
            axes.axvspan(reference.lower, reference.upper, color=LIGHT_BAND, zorder=0)
        axes.axvline(reference.value, color=ORANGE, linewidth=1.6, zorder=1)
    for place, row in zip(places, rows, strict=True):
        if np.isfinite(row.lower) and np.isfinite(row.upper):
            axes.plot([row.lower, row.upper], [place, place], color=DARK_BLUE, linewidth=2.2)
        if np.isfinite(row.value):
            axes.plot(row.value, place, "o", color=DARK_BLUE, markersize=5.5)
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
        axes.set_title(reference_label, loc="left", fontsize=_TEXT_POINTS, color=GREY)
    return _svg(figure, left_labels=labels)


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


def line_through_years(
    years: Sequence[str],
    values: Sequence[float],
    *,
    axis_label: str,
    breaks_before: Sequence[int] = (),
    hidden_label: str = "",
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
    """
    figure, axes = _figure(2.5)
    points = np.asarray(values, dtype=float)
    for start, end in _runs(points, breaks_before):
        axes.plot(range(start, end), points[start:end], color=DARK_BLUE, linewidth=2)
    sns.scatterplot(x=np.arange(len(points)), y=points, color=DARK_BLUE, s=34, ax=axes, zorder=3)
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
    axes.set_title(axis_label, loc="left", fontsize=_TEXT_POINTS, color=GREY)
    axes.grid(axis="y", color="#D9D9D9", linewidth=0.7)
    axes.grid(axis="x", visible=False)
    return _svg(figure, left_labels=[format_number(finite.max() if len(finite) else 0)])


def _runs(points: np.ndarray, breaks_before: Sequence[int]) -> list[tuple[int, int]]:
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


def data_uri(svg: str) -> str:
    """Return the SVG as a data URI, as notebooks carry it."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def _figure(height: float) -> tuple[Figure, Axes]:
    for path in font_files():
        if str(path) not in {entry.fname for entry in font_manager.fontManager.ttflist}:
            font_manager.fontManager.addfont(str(path))
    # Text takes its font when it is made, so the style must hold for the whole drawing.
    mpl.rcParams.update(_STYLE)
    figure = Figure(figsize=(_WIDTH_INCHES, height))
    axes = figure.add_subplot()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GREY)
    axes.tick_params(axis="y", length=0, labelsize=_TEXT_POINTS, colors="#0B0C0C")
    axes.tick_params(axis="x", labelsize=_TEXT_POINTS, colors="#0B0C0C", color=GREY)
    axes.grid(axis="x", color="#D9D9D9", linewidth=0.7)
    axes.set_axisbelow(True)
    return figure, axes


# Text stays text; the same drawing gives the same bytes on every machine.
_STYLE = {
    **sns.axes_style("white"),
    "svg.fonttype": "none",
    "svg.hashsalt": _SALT,
    "font.family": FAMILY,
    "font.size": _TEXT_POINTS,
    "axes.labelsize": _TEXT_POINTS,
    "axes.labelcolor": "#0B0C0C",
    "figure.facecolor": "white",
}
# Mean width of a character of the family at one point size, in inches: enough for a margin.
_CHARACTER_INCHES = _TEXT_POINTS * 0.56 / 72


def _svg(figure: Figure, *, left_labels: Sequence[str]) -> str:
    longest = max((len(label) for label in left_labels), default=0)
    width, height = figure.get_size_inches()
    left = min(0.62, (longest * _CHARACTER_INCHES + 0.2) / width)
    figure.subplots_adjust(left=left, right=0.98, bottom=0.5 / height, top=1 - 0.32 / height)
    target = io.StringIO()
    figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    return target.getvalue()
