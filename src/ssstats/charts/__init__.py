"""Charts of published figures: dots with bands, series with breaks cut, funnels, small multiples.

Draws numbers that it is given and returns SVG with text as text. Titles, captions and alternative
texts are the page's work, so that they are in its language and reach every reader.
"""

from ssstats.charts.canvas import DARK_BLUE, GREY, LIGHT_BAND, ORANGE, data_uri
from ssstats.charts.dots import Banded, dots_with_bands
from ssstats.charts.funnels import FunnelCurves, FunnelPoint, funnel_plot
from ssstats.charts.multiples import Panel, small_multiples
from ssstats.charts.plain import Point, Tile, series_with_limits, tile_map
from ssstats.charts.series import line_through_years

__all__ = [
    "DARK_BLUE",
    "GREY",
    "LIGHT_BAND",
    "ORANGE",
    "Banded",
    "FunnelCurves",
    "FunnelPoint",
    "Panel",
    "Point",
    "Tile",
    "data_uri",
    "dots_with_bands",
    "funnel_plot",
    "line_through_years",
    "series_with_limits",
    "small_multiples",
    "tile_map",
]
