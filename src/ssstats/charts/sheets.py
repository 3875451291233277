"""A sheet written straight as SVG, with the same text as matplotlib would write.

A release has hundreds of charts, and matplotlib takes forty milliseconds for the axes alone: each
tick is five objects that measure their own text. Here a chart is a list of lines of SVG. The tests
hold every kind of chart against matplotlib, letter by letter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from math import isfinite

import numpy as np

from ssstats.charts.canvas import TEXT_POINTS, WIDTH_INCHES
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

POINTS = 72
# Table OS/2 of IBM Plex Sans: how far its lines reach above and below the base line, in ems.
ASCENT, DESCENT = 1.025, 0.275
WHITE = "#ffffff"


class Sheet:
    """An SVG of the page's width; places are in points from the upper left corner.

    What is drawn later lies on top.
    """

    def __init__(self, height: float) -> None:
        """Start a white drawing of `height` inches."""
        self.width, self.height = WIDTH_INCHES * POINTS, height * POINTS
        self._numbers: Counter[str] = Counter()
        self._lines: list[str] = [' <g id="figure_1">']
        self._depth = 2
        whole = [(0, self.height), (self.width, self.height), (self.width, 0.0), (0.0, 0.0)]
        with self.group("patch"):
            self.path(path_through(whole) + "z\n", f"fill: {WHITE}")
        self._lines += ['  <g id="axes_1">']
        self._depth = 3

    def clip(self, left: float, bottom: float, right: float, top: float) -> None:
        """Say what of lines and points is seen: the rectangle of the axes.

        Bottom and top are counted from the sheet's lower edge.
        """
        # There and back again, as matplotlib reckons: the name is made of the last bit too.
        left, bottom = np.float64(left), np.float64(bottom)
        across = (right - left) + left - left
        up = (top - bottom) + bottom - bottom
        self._clipped = (left, self.height - (bottom + up), across, up)
        self._clip = identity_of("p", tuple(np.float64(side) for side in self._clipped))

    def line(self, strokes: Iterable[Sequence[Place]], stroke: str, *, round_: bool) -> None:
        """Draw lines from place to place as one thing; their ends are round or cut."""
        style = f"fill: none; {stroke}" + ("; stroke-linecap: round" if round_ else "")
        with self.group("line2d"):
            self.path("".join(map(path_through, strokes)), style, clipped=True)

    def markers(self, places: Iterable[Place], marker: Marker) -> None:
        """Draw a marker at every place that has two numbers; no place at all draws nothing."""
        places = list(places)
        with self.group("line2d"):
            if places:
                self._shapes(marker, [(x, y) for x, y in places if isfinite(x) and isfinite(y)])

    def text(
        self, text: str, x: float, y: float, anchor: str, color: str, size: float = TEXT_POINTS
    ) -> None:
        """Write a text of `size` points on a base line; a blank one leaves no trace."""
        if not text:
            return
        at, down = short(x), short(y)
        with self.group("text"):
            self._write(
                f"<text style=\"font-size: {short(size)}px; font-family: '{FAMILY}'; "
                f'text-anchor: {anchor}; fill: {color.lower()}" x="{at}" y="{down}" '
                f'transform="rotate(-0 {at} {down})">{escape(text, quote=False)}</text>'
            )

    def path(self, path: str, style: str, *, clipped: bool = False) -> None:
        """Write a path into the group that is open."""
        drawn = f' d="{path}"' if path else ""
        clip = f' clip-path="url(#{self._clip})"' if clipped else ""
        self._write(f'<path{drawn}{clip} style="{style}"/>')

    @contextmanager
    def group(self, kind: str) -> Iterator[None]:
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

    def svg(self) -> str:
        """Return the whole drawing."""
        width, height = short(self.width), short(self.height)
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

    def _shapes(self, marker: Marker, places: Sequence[Place]) -> None:
        """Define a marker's shape with the style of its edge, and draw it at each place."""
        identity = identity_of("m", (marker.outline, marker.style))
        self._write("<defs>")
        self._write(f' <path id="{identity}" d="{marker.outline}" style="{marker.stroke}"/>')
        self._write("</defs>")
        start = f'<g clip-path="url(#{self._clip})"'
        if not places:
            self._write(f"{start}/>")
            return
        self._write(f"{start}>")
        for x, y in places:
            at = f'x="{short(x)}" y="{short(y)}"'
            self._write(f' <use xlink:href="#{identity}" {at} style="{marker.style}"/>')
        self._write("</g>")

    def _write(self, line: str) -> None:
        self._lines.append(" " * self._depth + line)
