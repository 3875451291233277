"""Figures of seaborn and matplotlib in the release's type and colours, and their text as SVG.

Funnels are drawn so: a release has a handful of them, and who wants to change one finds each line
of it in the libraries' own manuals. Dots, series and small multiples are hundreds, each written
straight as SVG (`sheets`) in a fraction of the time; the tests hold them against figures from here.

Both libraries are imported when the first figure is drawn: they take longer to import than all
else, and most processes draw none.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from ssstats.charts.canvas import (
    GREY,
    GRID,
    MARGINS_INCHES,
    RIGHT_END,
    SALT,
    TEXT,
    TEXT_POINTS,
    WIDTH_INCHES,
    left_margin,
)
from ssstats.fonts import FAMILY, font_files

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@contextmanager
def house_style() -> Iterator[None]:
    """Draw with the release's settings and no other; leave those of the process as they were.

    Text takes its font when it is made, so this is around the whole drawing.
    """
    import matplotlib.style

    _know_fonts()
    # From the libraries' own defaults: a user's matplotlibrc changes nothing.
    with matplotlib.style.context(["default", _settings()]):
        yield


def new_figure(height: float) -> tuple[Figure, Axes]:
    """Return a figure of the page's width and `height` inches, and its axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_INCHES, height))
    axes = figure.add_subplot()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GREY)
    axes.tick_params(axis="y", length=0, labelsize=TEXT_POINTS, colors=TEXT)
    axes.tick_params(axis="x", labelsize=TEXT_POINTS, colors=TEXT, color=GREY)
    axes.set_axisbelow(True)
    axes.grid(axis="x", color=GRID, linewidth=0.7)
    return figure, axes


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


@cache
def _know_fonts() -> None:
    """Tell matplotlib of the release's family, by whose letters it measures text."""
    from matplotlib import font_manager

    for path in font_files():
        font_manager.fontManager.addfont(str(path))


@cache
def _settings() -> dict[Any, Any]:
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
