"""Charts in pages carry what is seen and little else."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from ssstats.charts import Banded, dots_with_bands, line_through_years
from ssstats.errors import RenderError
from ssstats.render.slim import SVG
from ssstats.render.vector import inline_svg

ROWS = [Banded(f"Authority {place}", 40.0 + place, 38.0, 62.5 + place) for place in range(22)]


def drawn(svg: str) -> str:
    return inline_svg(svg.encode(), "fig-a", "Title", "Description", "test")


def texts_of(svg: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{{{SVG}}}text")]


def test_a_slim_chart_shows_every_text_in_order_and_takes_less_than_half() -> None:
    whole = dots_with_bands(ROWS, axis_label="Percentage", reference_label="Wales")
    slim = drawn(whole)
    assert re.findall(r"<text[^>]*>([^<]*)</text>", slim) == texts_of(whole)
    assert len(slim) < len(whole) / 2


def test_every_name_in_a_slim_chart_is_used_and_every_use_is_answered() -> None:
    slim = drawn(line_through_years(["2023-24", "2024-25"], [5.0, 7.0], axis_label="Number"))
    named = set(re.findall(r' id="([^"]+)"', slim)) - {"fig-a-title", "fig-a-desc"}
    used = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', slim))
    assert {first or second for first, second in used} == named


def test_colours_are_kept_as_they_are() -> None:
    whole = line_through_years(["2023-24", "2024-25"], [5.0, 7.0], axis_label="Number")
    colours = set(re.findall(r"(?:fill|stroke): (#\w{6})", whole))
    assert colours - {"#ffffff"} <= set(re.findall(r'"(#\w{6})"', drawn(whole)))


def test_a_text_of_another_size_keeps_its_size() -> None:
    svg = (
        f'<svg xmlns="{SVG}" viewBox="0 0 9 9">'
        '<g id="a"><text style="font-size: 9px">one</text></g>'
        '<text style="font-size: 9px">two</text><text>three</text>'
        '<text style="font-size: 7px" transform="rotate(-0 1 1)">four</text></svg>'
    )
    slim = drawn(svg)
    assert 'font-size="9px"' in slim.split(">")[0]
    assert '<text>one</text><text>two</text><text font-size="16px">three</text>' in slim
    assert '<text font-size="7px">four</text>' in slim


@pytest.mark.parametrize(
    "part",
    [
        "<script>a()</script>",
        "<g><foreignObject/></g>",
        '<g onload="a()"/>',
        '<metadata><g onclick="a()"/></metadata>',
        '<image href="https://x.example/a.png"/>',
    ],
)
def test_a_chart_that_runs_or_loads_anything_is_refused(part: str) -> None:
    with pytest.raises(RenderError, match=r"plain SVG|loads nothing"):
        drawn(f'<svg xmlns="{SVG}" viewBox="0 0 9 9">{part}</svg>')
