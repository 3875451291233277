"""A pair of axes written straight as SVG, with the same text as matplotlib would write.

A release has hundreds of these charts, and matplotlib takes forty milliseconds for the axes alone:
each tick is five objects that measure their own text. Here a chart is a list of lines of SVG. The
tests hold it against matplotlib, letter by letter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from math import isfinite
from typing import Any

import numpy as np

from ssstats.charts.canvas import (
    GREY,
    GRID,
    MARGINS_INCHES,
    RIGHT_END,
    TEXT,
    TEXT_POINTS,
    WIDTH_INCHES,
    left_margin,
)
from ssstats.charts.strokes import (
    METADATA,
    PROLOGUE,
    Marker,
    Place,
    identity_of,
    path_through,
    short,
)
from ssstats.fonts import FAMILY

_POINTS = 72
# Table OS/2 of IBM Plex Sans: how far its lines reach above and below the base line, in ems.
ASCENT, DESCENT = 1.025, 0.275
# matplotlib's own distances in points: tick to label, labels to the axis's name, top to the title.
_BESIDE_AXIS, _BELOW_AXIS, _ABOVE_NAME, _BELOW_TITLE = 3.5, 7.0, 4.0, 6.0
# How far beyond an axis's end a tick may lie, as a part of its length.
_CLOSE = 1e-10
_WHITE = "#ffffff"


class Plot:
    """An SVG of the page's width with two linear axes; what is drawn later lies on top."""

    def __init__(
        self,
        height: float,
        *,
        across: tuple[float, float],
        up: tuple[float, float],
        left_labels: Sequence[str],
    ) -> None:
        """Start a drawing of `height` inches.

        Parameters
        ----------
        across, up : pair of float
            The lowest and the highest number that each axis shows.
        left_labels : sequence of str
            What stands left of the upright axis, which leaves room for the longest.
        """
        left = left_margin(left_labels)
        below, above = (margin / height for margin in MARGINS_INCHES)
        self._width, self._height = WIDTH_INCHES * _POINTS, height * _POINTS
        self._left = left * self._width
        self._right = (left + (RIGHT_END - left)) * self._width
        top = 1 - above
        self._bottom = (top - (top - below)) * self._height
        self._top = top * self._height
        self._across = _scale(across, self._left, self._right)
        self._up = _scale(up, self._bottom, self._top)
        self._numbers: Counter[str] = Counter()
        self._depth = 3
        self._lines: list[str] = []
        self._clip = self._clip_rectangle()
        self._background()

    def across_axis(
        self, places: Sequence[float], labels: Sequence[str], *, name: str = "", grid: bool = True
    ) -> None:
        """Draw the labels of the lower axis, lines up from them, and the axis's name below."""
        below = self._height - self._bottom + _BELOW_AXIS + ASCENT * TEXT_POINTS
        with self._group("matplotlib.axis"):
            for place, label in zip(places, labels, strict=True):
                with self._group("xtick"):
                    x = self._x(place)
                    if grid:
                        self._upright(x, f"stroke: {GRID.lower()}; stroke-width: 0.7", round_=True)
                    self._text(label, x, below, "middle", TEXT)
            lower = below + DESCENT * TEXT_POINTS + _ABOVE_NAME + ASCENT * TEXT_POINTS
            self._text(name, (self._left + self._right) / 2, lower, "middle", TEXT)

    def up_axis(
        self, places: Sequence[float], labels: Sequence[str], *, grid: bool = False
    ) -> None:
        """Draw the labels of the upright axis, and lines across from them."""
        style = f"stroke: {GRID.lower()}; stroke-width: 0.7"
        with self._group("matplotlib.axis"):
            for place, label in zip(places, labels, strict=True):
                with self._group("ytick"):
                    y = self._y(place)
                    if grid:
                        ends = [(self._left, y), (self._right, y)]
                        self._line([ends], style, round_=True)
                    middle = y + ASCENT * TEXT_POINTS / 2
                    self._text(label, self._left - _BESIDE_AXIS, middle, "end", TEXT)

    def lines(self, strokes: Iterable[Sequence[Place]], *, color: str, width: float) -> None:
        """Draw lines through points given in the numbers of the axes, as one thing."""
        drawn = [[(self._x(x), self._y(y)) for x, y in stroke] for stroke in strokes]
        self._line(drawn, f"stroke: {color.lower()}; stroke-width: {short(width)}", round_=True)

    def upright(self, place: float, *, color: str, width: float, dashed: bool = False) -> None:
        """Draw a line from the lower axis to the top; dashes are three points long."""
        stroke = f"stroke: {color.lower()}"
        if width != 1:
            stroke += f"; stroke-width: {short(width)}"
        if dashed:
            stroke = f"stroke-dasharray: 3,3; stroke-dashoffset: 0; {stroke}"
        self._upright(self._x(place), stroke, round_=not dashed)

    def band(self, lower: float, upper: float, *, color: str) -> None:
        """Fill what lies between two numbers of the lower axis."""
        left, right = self._x(lower), self._x(upper)
        style = f"fill: {color.lower()}; stroke: {color.lower()}; stroke-linejoin: miter"
        with self._group("patch"):
            self._path(self._rectangle(left, right), style, clipped=True)

    def points(self, places: Iterable[Place], marker: Marker) -> None:
        """Draw a marker at every point that has two numbers; no place at all draws nothing."""
        places = list(places)
        with self._group("line2d"):
            if not places:
                return
            identity = identity_of("m", (marker.outline, marker.style))
            self._write("<defs>")
            self._write(f' <path id="{identity}" d="{marker.outline}" style="{marker.stroke}"/>')
            self._write("</defs>")
            uses = [
                f' <use xlink:href="#{identity}" x="{short(self._x(x))}" '
                f'y="{short(self._y(y))}" style="{marker.style}"/>'
                for x, y in places
                if isfinite(x) and isfinite(y)
            ]
            self._element(f'<g clip-path="url(#{self._clip})"', uses)

    def base_line(self) -> None:
        """Draw the lower axis itself."""
        style = (
            f"fill: none; stroke: {GREY.lower()}; stroke-width: 0.8; "
            "stroke-linejoin: miter; stroke-linecap: square"
        )
        y = self._height - self._bottom
        with self._group("patch"):
            self._path(path_through([(self._left, y), (self._right, y)]), style)

    def title(self, text: str) -> None:
        """Write a line above the axes, at their left end."""
        self._text(text, self._left, self._height - (self._top + _BELOW_TITLE), "start", GREY)

    def svg(self) -> str:
        """Return the whole drawing."""
        width, height = short(self._width), short(self._height)
        x, y, across, up = (short(side) for side in self._clipped)
        return (
            f'{PROLOGUE}<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}pt" '
            f'height="{height}pt" viewBox="0 0 {width} {height}" '
            f'xmlns="http://www.w3.org/2000/svg" version="1.1">\n{METADATA}'
            + "\n".join(self._lines)
            + f'\n  </g>\n </g>\n <defs>\n  <clipPath id="{self._clip}">\n'
            f'   <rect x="{x}" y="{y}" width="{across}" height="{up}"/>\n'
            "  </clipPath>\n </defs>\n</svg>\n"
        )

    def _clip_rectangle(self) -> str:
        """Note the rectangle of the axes and return its name."""
        # There and back again, as matplotlib reckons: the name is made of the last bit too.
        left, bottom = np.float64(self._left), np.float64(self._bottom)
        across = (self._right - left) + left - left
        top = (self._top - bottom) + bottom
        self._clipped = (left, self._height - (bottom + (top - bottom)), across, top - bottom)
        return identity_of("p", tuple(np.float64(side) for side in self._clipped))

    def _background(self) -> None:
        whole = [(0, self._height), (self._width, self._height), (self._width, 0.0), (0.0, 0.0)]
        self._lines += [' <g id="figure_1">']
        self._depth = 2
        with self._group("patch"):
            self._path(path_through(whole) + "z\n", f"fill: {_WHITE}")
        self._lines += ['  <g id="axes_1">']
        self._depth = 3
        with self._group("patch"):
            self._path(self._rectangle(self._left, self._right), f"fill: {_WHITE}")

    def _rectangle(self, left: float, right: float) -> str:
        """Return what lies between two places across, from the lower axis to the top."""
        bottom, top = self._height - self._bottom, self._height - self._top
        return path_through([(left, bottom), (right, bottom), (right, top), (left, top)]) + "z\n"

    def _x(self, number: float) -> float:
        factor, start = self._across
        return number * factor + start

    def _y(self, number: float) -> float:
        factor, start = self._up
        return number * -factor + (self._height - start)

    def _upright(self, x: float, stroke: str, *, round_: bool) -> None:
        ends = [(x, self._height - self._bottom), (x, self._height - self._top)]
        # What lies off the sheet, by a point or more, is named and not drawn.
        drawn = -1 <= x <= self._width + 1
        self._line([ends] if drawn else [], stroke, round_=round_)

    def _line(self, strokes: Iterable[Sequence[Place]], stroke: str, *, round_: bool) -> None:
        style = f"fill: none; {stroke}" + ("; stroke-linecap: round" if round_ else "")
        with self._group("line2d"):
            self._path("".join(map(path_through, strokes)), style, clipped=True)

    def _path(self, path: str, style: str, *, clipped: bool = False) -> None:
        drawn = f' d="{path}"' if path else ""
        clip = f' clip-path="url(#{self._clip})"' if clipped else ""
        self._write(f'<path{drawn}{clip} style="{style}"/>')

    def _text(self, text: str, x: float, y: float, anchor: str, color: str) -> None:
        """Write a text on a base line; a blank one leaves no trace."""
        if not text:
            return
        at, down = short(x), short(y)
        with self._group("text"):
            self._write(
                f"<text style=\"font-size: {TEXT_POINTS}px; font-family: '{FAMILY}'; "
                f'text-anchor: {anchor}; fill: {color.lower()}" x="{at}" y="{down}" '
                f'transform="rotate(-0 {at} {down})">{escape(text, quote=False)}</text>'
            )

    def _write(self, line: str) -> None:
        self._lines.append(" " * self._depth + line)

    def _element(self, start: str, content: Sequence[str]) -> None:
        """Write an element around lines, or an empty one."""
        if content:
            self._write(f"{start}>")
            for line in content:
                self._write(line)
            self._write("</g>")
        else:
            self._write(f"{start}/>")

    @contextmanager
    def _group(self, kind: str) -> Iterator[None]:
        """Write what is drawn meanwhile into a group, numbered among those of its kind."""
        self._numbers[kind] += 1
        start, outer = f'<g id="{kind}_{self._numbers[kind]}"', self._lines
        self._lines = []
        self._depth += 1
        yield
        self._depth -= 1
        content, self._lines = self._lines, outer
        if content:
            self._write(f"{start}>")
            self._lines += content
            self._write("</g>")
        else:
            self._write(f"{start}/>")


def ticks_between(lowest: float, highest: float, *, most: int, **wanted: Any) -> list[float]:
    """Return round numbers for the ticks of an axis, in at most `most` steps.

    Other wishes are those of matplotlib's MaxNLocator.
    """
    # Here, not at the top: most commands draw nothing.
    from matplotlib.ticker import MaxNLocator

    locator = MaxNLocator(nbins=most, **wanted)
    close = (highest - lowest) * _CLOSE
    return [
        float(tick)
        for tick in locator.tick_values(lowest, highest)
        if lowest - close <= tick <= highest + close
    ]


def _scale(shown: tuple[float, float], start: float, end: float) -> tuple[float, float]:
    """Return by what the numbers of an axis are multiplied, and what is added then."""
    low, high = shown
    per_number = 1 / (high - low)
    length = end - start
    return length * per_number, length * (-low * per_number) + start
