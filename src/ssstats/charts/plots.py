"""A sheet with a pair of axes, as matplotlib draws them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ssstats.charts.canvas import (
    GREY,
    GRID,
    MARGINS_INCHES,
    RIGHT_END,
    TEXT,
    TEXT_POINTS,
    left_margin,
)
from ssstats.charts.sheets import ASCENT, DESCENT, WHITE, Sheet
from ssstats.charts.strokes import Marker, Place, path_through, style_of_line

# matplotlib's own distances in points: tick to label, labels to the axis's name, top to the title.
_BESIDE_AXIS, _BELOW_AXIS, _ABOVE_NAME, _BELOW_TITLE = 3.5, 7.0, 4.0, 6.0


class Plot(Sheet):
    """A sheet with two linear axes, in whose numbers points and lines are given."""

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
        super().__init__(height)
        left = left_margin(left_labels)
        below, above = (margin / height for margin in MARGINS_INCHES)
        self._left = left * self.width
        self._right = (left + (RIGHT_END - left)) * self.width
        top = 1 - above
        self._bottom = (top - (top - below)) * self.height
        self._top = top * self.height
        self._across = _scale(across, self._left, self._right)
        self._up = _scale(up, self._bottom, self._top)
        self.clip(self._left, self._bottom, self._right, self._top)
        with self.group("patch"):
            self.path(self._rectangle(self._left, self._right), f"fill: {WHITE}")

    def across_axis(
        self, places: Sequence[float], labels: Sequence[str], *, name: str = "", grid: bool = True
    ) -> None:
        """Draw the labels of the lower axis, lines up from them, and the axis's name below."""
        below = self.height - self._bottom + _BELOW_AXIS + ASCENT * TEXT_POINTS
        with self.group("matplotlib.axis"):
            for place, label in zip(places, labels, strict=True):
                with self.group("xtick"):
                    x = self._x(place)
                    if grid:
                        self._upright(x, f"stroke: {GRID.lower()}; stroke-width: 0.7", round_=True)
                    self.text(label, x, below, "middle", TEXT)
            lower = below + DESCENT * TEXT_POINTS + _ABOVE_NAME + ASCENT * TEXT_POINTS
            self.text(name, (self._left + self._right) / 2, lower, "middle", TEXT)

    def up_axis(
        self, places: Sequence[float], labels: Sequence[str], *, grid: bool = False
    ) -> None:
        """Draw the labels of the upright axis, and lines across from them."""
        style = f"stroke: {GRID.lower()}; stroke-width: 0.7"
        with self.group("matplotlib.axis"):
            for place, label in zip(places, labels, strict=True):
                with self.group("ytick"):
                    y = self._y(place)
                    if grid:
                        ends = [(self._left, y), (self._right, y)]
                        self.line([ends], style, round_=True)
                    middle = y + ASCENT * TEXT_POINTS / 2
                    self.text(label, self._left - _BESIDE_AXIS, middle, "end", TEXT)

    def lines(self, strokes: Iterable[Sequence[Place]], *, color: str, width: float) -> None:
        """Draw lines through points given in the numbers of the axes, as one thing."""
        drawn = [[(self._x(x), self._y(y)) for x, y in stroke] for stroke in strokes]
        self.line(drawn, style_of_line(color, width), round_=True)

    def upright(self, place: float, *, color: str, width: float, dashes: str = "") -> None:
        """Draw a line from the lower axis to the top."""
        self._upright(self._x(place), style_of_line(color, width, dashes), round_=not dashes)

    def band(self, lower: float, upper: float, *, color: str) -> None:
        """Fill what lies between two numbers of the lower axis."""
        left, right = self._x(lower), self._x(upper)
        style = f"fill: {color.lower()}; stroke: {color.lower()}; stroke-linejoin: miter"
        with self.group("patch"):
            self.path(self._rectangle(left, right), style, clipped=True)

    def points(self, places: Iterable[Place], marker: Marker) -> None:
        """Draw a marker at every point that has two numbers; no place at all draws nothing."""
        self.markers([(self._x(x), self._y(y)) for x, y in places], marker)

    def base_line(self) -> None:
        """Draw the lower axis itself."""
        style = (
            f"fill: none; stroke: {GREY.lower()}; stroke-width: 0.8; "
            "stroke-linejoin: miter; stroke-linecap: square"
        )
        y = self.height - self._bottom
        with self.group("patch"):
            self.path(path_through([(self._left, y), (self._right, y)]), style)

    def title(self, text: str) -> None:
        """Write a line above the axes, at their left end."""
        self.text(text, self._left, self.height - (self._top + _BELOW_TITLE), "start", GREY)

    def _rectangle(self, left: float, right: float) -> str:
        """Return what lies between two places across, from the lower axis to the top."""
        bottom, top = self.height - self._bottom, self.height - self._top
        return path_through([(left, bottom), (right, bottom), (right, top), (left, top)]) + "z\n"

    def _x(self, number: float) -> float:
        factor, start = self._across
        return number * factor + start

    def _y(self, number: float) -> float:
        factor, start = self._up
        return number * -factor + (self.height - start)

    def _upright(self, x: float, stroke: str, *, round_: bool) -> None:
        ends = [(x, self.height - self._bottom), (x, self.height - self._top)]
        # What lies off the sheet, by a point or more, is named and not drawn.
        drawn = -1 <= x <= self.width + 1
        self.line([ends] if drawn else [], stroke, round_=round_)


def _scale(shown: tuple[float, float], start: float, end: float) -> tuple[float, float]:
    """Return by what the numbers of an axis are multiplied, and what is added then."""
    low, high = shown
    per_number = 1 / (high - low)
    length = end - start
    return length * per_number, length * (-low * per_number) + start
