"""What all charts share: colours, type, a figure without ornament, and the same bytes anywhere.

Seaborn and the figures of matplotlib are imported when the first figure is drawn: they take longer
to import than all else, and a build draws in its notebooks alone.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ssstats.fonts import FAMILY, font_files

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Analysis Function palette for charts of official statistics.
DARK_BLUE = "#12436D"
ORANGE = "#F46A25"
GREY = "#595959"
LIGHT_BAND = "#CFDBE6"
GRID = "#D9D9D9"
TEXT = "#0B0C0C"

WIDTH_INCHES = 6.6
# Where the axes stand on the sheet: below and above in inches, the sides as parts of its width.
MARGINS_INCHES = (0.5, 0.32)
LEFT_MOST, RIGHT_END = 0.62, 0.98
TEXT_POINTS = 9
SALT = "ssstats"


def data_uri(svg: str) -> str:
    """Return the SVG as a data URI, as notebooks carry it."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def new_figure(height: float) -> tuple[Figure, Axes]:
    """Return a figure of the page's width and `height` inches, and its axes."""
    figure = _styled_figure(height)
    axes = figure.add_subplot()
    _clear(axes, TEXT_POINTS)
    axes.grid(axis="x", color=GRID, linewidth=0.7)
    return figure, axes


def new_sheet(height: float) -> tuple[Figure, Axes]:
    """Return a figure of the page's width, and axes that cover it whose unit is the inch."""
    figure = _styled_figure(height)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH_INCHES)
    axes.set_ylim(0, height)
    return figure, axes


def _styled_figure(height: float) -> Figure:
    import matplotlib as mpl
    from matplotlib import font_manager
    from matplotlib.figure import Figure

    for path in font_files():
        if str(path) not in {entry.fname for entry in font_manager.fontManager.ttflist}:
            font_manager.fontManager.addfont(str(path))
    # Text takes its font when it is made, so the style must hold for the whole drawing.
    mpl.rcParams.update(_style())
    return Figure(figsize=(WIDTH_INCHES, height))


@cache
def _style() -> dict[Any, Any]:
    """Return settings by which text stays text and a drawing has the same bytes everywhere."""
    import seaborn as sns

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


def _clear(axes: Axes, points: int) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GREY)
    axes.tick_params(axis="y", length=0, labelsize=points, colors=TEXT)
    axes.tick_params(axis="x", labelsize=points, colors=TEXT, color=GREY)
    axes.set_axisbelow(True)


# Mean width of a character of the family at one point size, in inches: enough for a margin.
CHARACTER_INCHES = TEXT_POINTS * 0.56 / 72


def left_margin(labels: Sequence[str]) -> float:
    """Return the part of the sheet's width that labels left of the axes need."""
    longest = max((len(label) for label in labels), default=0)
    return min(LEFT_MOST, (longest * CHARACTER_INCHES + 0.2) / WIDTH_INCHES)


def svg_of(figure: Figure, *, left_labels: Sequence[str]) -> str:
    """Return the figure as SVG with a left margin that the labels fit."""
    height = figure.get_size_inches()[1]
    left = left_margin(left_labels)
    below, above = (margin / height for margin in MARGINS_INCHES)
    figure.subplots_adjust(left=left, right=RIGHT_END, bottom=below, top=1 - above)
    return written(figure)


def written(figure: Figure) -> str:
    """Return the figure as SVG as it stands."""
    target = io.StringIO()
    figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    return target.getvalue()
