"""Charts: the same bytes every time, text as text, lines cut where figures do not compare."""

from __future__ import annotations

import numpy as np
import pytest

from ssstats.charts import (
    FunnelCurves,
    FunnelPoint,
    Panel,
    funnel_plot,
    line_through_years,
    small_multiples,
)
from ssstats.charts.series import runs_between_breaks

NONE = float("nan")
SIZES = np.linspace(100.0, 1000.0, 20)
LIMITS = tuple((50 - k / np.sqrt(SIZES), 50 + k / np.sqrt(SIZES)) for k in (100.0, 160.0))


def funnel(points):
    curves = FunnelCurves(SIZES, 50.0, LIMITS, LIMITS)
    return funnel_plot(points, curves, size_label="Cases", value_label="Percentage", ceiling=100)


POINTS = [
    FunnelPoint("Powys", 200, 70, named=True),
    FunnelPoint("Conwy", 900, 51, named=False),
]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: funnel(POINTS),
        lambda: line_through_years(["2022-23", "2023-24"], [1, 2], axis_label="N", revised=[0]),
        lambda: small_multiples(
            [Panel("Powys", [1, 2])], places=["2022-23", "2023-24"], value_label="Number"
        ),
    ],
)
def test_the_same_figures_give_the_same_bytes(draw):
    assert draw() == draw()


def test_a_funnel_names_only_those_beyond_the_limits():
    svg = funnel(POINTS)
    assert "Powys" in svg
    assert "Conwy" not in svg
    assert "Cases" in svg


def test_a_line_is_cut_at_a_break_and_at_a_gap():
    points = np.array([1.0, 2.0, 3.0, NONE, 5.0, 6.0, 7.0])
    assert runs_between_breaks(points, [2]) == [(0, 2), (4, 7)]
    assert runs_between_breaks(points, []) == [(0, 3), (4, 7)]


def test_a_single_year_between_two_breaks_has_a_point_and_no_line():
    assert runs_between_breaks(np.array([1.0, 2.0, 3.0]), [1, 2]) == []


def test_a_revised_figure_is_an_open_point():
    plain = line_through_years(["a", "b", "c"], [1, 2, 3], axis_label="Number")
    marked = line_through_years(["a", "b", "c"], [1, 2, 3], axis_label="Number", revised=[1])
    assert marked.count("fill: #ffffff") > plain.count("fill: #ffffff")


def test_small_multiples_name_every_authority_and_leave_out_no_gap():
    panels = [Panel(f"Authority {k}", [100, NONE, 30.0 + k]) for k in range(22)]
    svg = small_multiples(panels, places=["first", "", "last"], value_label="Per 100")
    for panel in panels:
        assert f">{panel.title}<" in svg


def test_small_multiples_without_any_value_can_be_drawn():
    assert "<svg" in small_multiples(
        [Panel("Powys", [NONE, NONE])], places=["a", "b"], value_label="Number"
    )
