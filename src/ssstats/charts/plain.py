"""Small drawings written by hand as SVG: a map of tiles, and a value with limits through years.

A release has hundreds of them, one or two a measure: a plotting library would take minutes. Text
stays text; nothing is told by colour alone, because every tile and point carries its value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import isfinite

from ssstats.charts.canvas import DARK_BLUE, GREY, GRID, TEXT

# Four shades of the palette's dark blue; text on each has a contrast of 7 or more.
_SHADES = (("#EAF1F6", TEXT), ("#C9DAE8", TEXT), ("#9FBED8", TEXT), (DARK_BLUE, "#FFFFFF"))
_TILE, _TILE_HEIGHT, _GAP = 90, 56, 4
_NAME_LETTERS = 16
_WIDTH, _HEIGHT = 475, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 455, 24, 140


@dataclass(frozen=True)
class Tile:
    """One authority of a tile map: its place, its name, its value as text and as a number.

    `number` is NaN where no value is shown; the text is then a marker.
    """

    column: int
    row: int
    name: str
    text: str
    number: float


@dataclass(frozen=True)
class Point:
    """One year of a series: value and limits (NaN where there is none) and the value's text."""

    label: str
    text: str
    value: float
    lower: float
    upper: float
    after_break: bool = False


def tile_map(tiles: Sequence[Tile], *, identity: str, title: str, description: str) -> str:
    """Return a map on which every authority is a tile with its name and its value.

    Shades are four equal steps from the lowest to the highest value shown.
    """
    numbers = [tile.number for tile in tiles if isfinite(tile.number)]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 0.0)
    shapes = [shape for tile in tiles for shape in _tile(tile, low, high)]
    width = (max(tile.column for tile in tiles) + 1) * (_TILE + _GAP)
    height = (max(tile.row for tile in tiles) + 1) * (_TILE_HEIGHT + _GAP)
    return _drawing(shapes, width, height, identity, title, description, kind="chart map")


def _tile(tile: Tile, low: float, high: float) -> Iterator[str]:
    x, y = tile.column * (_TILE + _GAP) + 2, tile.row * (_TILE_HEIGHT + _GAP) + 2
    if isfinite(tile.number):
        step = (tile.number - low) / (high - low) if high > low else 0.0
        fill, ink = _SHADES[min(3, int(step * 4))]
        outline = f'stroke="{DARK_BLUE}"'
    else:
        fill, ink, outline = "#FFFFFF", TEXT, f'stroke="{GREY}" stroke-dasharray="3 3"'
    yield f'<rect x="{x}" y="{y}" width="{_TILE}" height="{_TILE_HEIGHT}" fill="{fill}" {outline}/>'
    middle, lines = x + _TILE // 2, _lines(tile.name)
    for place, line in enumerate(lines):
        height = y + (19 if len(lines) == 1 else 14) + 10 * place
        yield f'<text x="{middle}" y="{height}" fill="{ink}">{escape(line)}</text>'
    yield (
        f'<text x="{middle}" y="{y + 44}" font-size="14" font-weight="600" fill="{ink}">'
        f"{escape(tile.text)}</text>"
    )


def _lines(name: str) -> list[str]:
    """Return a name in one line or, where it is long, in two."""
    if len(name) <= _NAME_LETTERS or " " not in name:
        return [name]
    words = name.split()
    cut = min(
        range(1, len(words)),
        key=lambda at: abs(len(" ".join(words[:at])) - len(" ".join(words[at:]))),
    )
    return [" ".join(words[:cut]), " ".join(words[cut:])]


def series_with_limits(
    points: Sequence[Point], *, identity: str, title: str, description: str
) -> str:
    """Return a series from zero with a bar for the limits of each year and its value as text.

    The line is cut at gaps and before the years that are not comparable with the year before.
    """
    ends = [end for point in points for end in (point.value, point.upper) if isfinite(end)]
    top = max([*ends, 0.0]) or 1.0
    places = _places(points, top)
    shapes = [
        f'<path d="M{_LEFT} {_BOTTOM}H{_RIGHT + 15}" stroke="{GREY}"/>',
        f'<path d="M{_LEFT} {_TOP}H{_RIGHT + 15}" stroke="{GRID}"/>',
    ]
    for before, after in pairwise(places):
        shapes += _between(before, after)
    for point, x, y in places:
        shapes += _at(point, x, y, top)
    return _drawing(shapes, _WIDTH, _HEIGHT, identity, title, description)


def _places(points: Sequence[Point], top: float) -> list[tuple[Point, float, float]]:
    step = (_RIGHT - _LEFT - 40) / max(1, len(points) - 1)
    return [
        (point, _LEFT + 25 + place * step, _height(point.value, top))
        for place, point in enumerate(points)
    ]


def _height(value: float, top: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * (value / top if isfinite(value) else 0)


def _between(before: tuple[Point, float, float], after: tuple[Point, float, float]) -> list[str]:
    (first, x, y), (second, next_x, next_y) = before, after
    if second.after_break:
        middle = (x + next_x) / 2
        return [
            f'<path d="M{middle:.1f} {_TOP}V{_BOTTOM}" stroke="{GREY}" stroke-dasharray="3 3"/>'
        ]
    if not (isfinite(first.value) and isfinite(second.value)):
        return []
    line = f"M{x:.1f} {y:.1f}L{next_x:.1f} {next_y:.1f}"
    return [f'<path d="{line}" stroke="{DARK_BLUE}" stroke-width="2"/>']


def _at(point: Point, x: float, y: float, top: float) -> list[str]:
    shapes = [f'<text x="{x:.1f}" y="{_BOTTOM + 18}">{escape(point.label)}</text>']
    if not isfinite(point.value):
        marker = f'<text x="{x:.1f}" y="{_BOTTOM - 6}">{escape(point.text)}</text>'
        return [*shapes, marker]
    if isfinite(point.lower) and isfinite(point.upper):
        ends = f"M{x:.1f} {_height(point.lower, top):.1f}V{_height(point.upper, top):.1f}"
        shapes.append(f'<path d="{ends}" stroke="{DARK_BLUE}" stroke-width="5" opacity=".35"/>')
        y_text = _height(point.upper, top)
    else:
        y_text = y
    return [
        *shapes,
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{DARK_BLUE}"/>',
        f'<text x="{x:.1f}" y="{y_text - 8:.1f}" font-weight="600">{escape(point.text)}</text>',
    ]


def _drawing(
    shapes: Sequence[str],
    width: int,
    height: int,
    identity: str,
    title: str,
    description: str,
    *,
    kind: str = "chart",
) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" class="{kind}" '
        f'role="img" aria-labelledby="{identity}-title {identity}-desc" font-size="10" '
        f'text-anchor="middle" fill="{TEXT}"><title id="{identity}-title">{escape(title)}</title>'
        f'<desc id="{identity}-desc">{escape(description)}</desc>{"".join(shapes)}</svg>'
    )
