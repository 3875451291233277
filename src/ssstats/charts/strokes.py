"""Numbers, paths, markers and names as matplotlib writes them into an SVG. Knows of no chart."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from ssstats.charts.canvas import SALT

# A point in points (1/72 inch) from the upper left corner, or in the numbers of the axes.
Place = tuple[float, float]

# A quarter of a circle in two Bézier curves: of radius 1, how far their handles reach (Lancaster,
# "Approximating a circle or an ellipse using four Bezier cubic splines").
_HANDLE = 0.2652031
_DIAGONAL = sqrt(0.5)
_ARC = (
    (0.0, 1.0),
    (_HANDLE, 1.0),
    (_DIAGONAL - _DIAGONAL * _HANDLE, _DIAGONAL + _DIAGONAL * _HANDLE),
    (_DIAGONAL, _DIAGONAL),
    (_DIAGONAL + _DIAGONAL * _HANDLE, _DIAGONAL - _DIAGONAL * _HANDLE),
    (1.0, _HANDLE),
)
# matplotlib's own setting, in points.
_STRAIGHT = 1 / 9
PROLOGUE = """\
<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
"""
METADATA = """\
 <metadata>
  <rdf:RDF xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#" \
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
   <cc:Work>
    <dc:type rdf:resource="http://purl.org/dc/dcmitype/StillImage"/>
    <dc:format>image/svg+xml</dc:format>
   </cc:Work>
  </rdf:RDF>
 </metadata>
 <defs>
  <style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style>
 </defs>
"""


@dataclass(frozen=True)
class Marker:
    """The shape of points, a dot or a diamond, and its colours; sizes are in points."""

    size: float
    fill: str
    edge: str
    edge_width: float = 1.0
    is_diamond: bool = False

    @property
    def outline(self) -> str:
        """The shape around zero, as the data of an SVG path."""
        return _diamond(self.size / sqrt(2)) if self.is_diamond else _circle(self.size / 2)

    @property
    def stroke(self) -> str:
        """The style of its edge."""
        width = "" if self.edge_width == 1 else f"; stroke-width: {short(self.edge_width)}"
        join = "; stroke-linejoin: miter" if self.is_diamond else ""
        return f"stroke: {self.edge.lower()}{width}{join}"

    @property
    def style(self) -> str:
        """The style of the whole."""
        return f"fill: {self.fill.lower()}; {self.stroke}"


def short(number: float) -> str:
    """Return a number with six decimals, without the zeros at its end."""
    return f"{number:f}".rstrip("0").rstrip(".")


def path_through(places: Sequence[Place]) -> str:
    """Return the data of a path from place to place."""
    return "".join(
        f"{'L' if number else 'M'} {short(x)} {short(y)} \n" for number, (x, y) in enumerate(places)
    )


def style_of_line(color: str, width: float, dashes: str = "") -> str:
    """Return the style of a line; one point is the width that it has unless told."""
    stroke = f"stroke: {color.lower()}" + (f"; stroke-width: {short(width)}" if width != 1 else "")
    return f"stroke-dasharray: {dashes}; stroke-dashoffset: 0; {stroke}" if dashes else stroke


def without_straight_places(places: Sequence[Place]) -> list[Place]:
    """Return a line that goes from left to right without places that hardly bend it.

    A place is left out where the line from the last one that was kept to the one after it, drawn
    on, passes within a ninth of a point of it and of its follower.
    """
    kept, end = [places[0]], places[1]
    along = _between(places[0], end)
    for place in places[2:]:
        if _distance_squared(along, _between(kept[-1], place)) >= _STRAIGHT**2:
            kept.append(end)
            along = _between(end, place)
        end = place
    return [*kept, end]


def _between(start: Place, end: Place) -> Place:
    return end[0] - start[0], end[1] - start[1]


def _distance_squared(line: Place, place: Place) -> float:
    """Return the square of a place's distance from a line through zero."""
    along = (line[0] * place[0] + line[1] * place[1]) / (line[0] ** 2 + line[1] ** 2)
    return (place[0] - along * line[0]) ** 2 + (place[1] - along * line[1]) ** 2


def identity_of(kind: str, content: object) -> str:
    """Return a name for something of a drawing, made of what it is."""
    digest = hashlib.sha256(SALT.encode() + str(content).encode())
    return kind + digest.hexdigest()[:10]


def _circle(radius: float) -> str:
    """Return a circle in eight curves, from its lowest point to the right and round."""
    turned = list(_ARC)
    for _ in range(3):
        turned += [(y, -x) for x, y in turned[-len(_ARC) :]]
    places = [(x * radius, y * radius) for x, y in [*turned, turned[0]]]
    first, *curves = [f"{short(x + 0.0)} {short(y + 0.0)}" for x, y in places]
    ends = [" ".join(curves[place : place + 3]) for place in range(0, len(curves), 3)]
    return f"M {first} \n" + "".join(f"C {end} \n" for end in ends) + "z\n"


def _diamond(reach: float) -> str:
    far = short(reach)
    # A square that is turned by 45 degrees has nothing left of zero but its sign.
    return f"M -0 {far} \nL {far} 0 \nL 0 -{far} \nL -{far} -0 \nz\n"
