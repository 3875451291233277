"""What all charts share: colours, type and measures of the sheet."""

from __future__ import annotations

import base64
from collections.abc import Sequence

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
# Mean width of a character of the family at one point size, in inches: enough for a margin.
CHARACTER_INCHES = TEXT_POINTS * 0.56 / 72
SALT = "ssstats"


def data_uri(svg: str) -> str:
    """Return the SVG as a data URI, as notebooks carry it."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def left_margin(labels: Sequence[str]) -> float:
    """Return the part of the sheet's width that labels left of the axes need."""
    longest = max((len(label) for label in labels), default=0)
    return min(LEFT_MOST, (longest * CHARACTER_INCHES + 0.2) / WIDTH_INCHES)
