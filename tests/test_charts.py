"""Charts: the same bytes every time, text as text, lines cut where figures do not compare."""

from __future__ import annotations

import matplotlib_charts
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib.ticker import MaxNLocator

from ssstats.charts import (
    Banded,
    FunnelCurves,
    FunnelPoint,
    Panel,
    dots_with_bands,
    funnel_plot,
    line_through_years,
    small_multiples,
)
from ssstats.charts.series import runs_between_breaks
from ssstats.charts.ticks import ticks_between
from ssstats.formatting import format_number

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


# Values as releases have them: rounded counts, percentages, and none.
VALUES = st.one_of(
    st.integers(0, 30_000).map(lambda number: number * 5.0),
    st.floats(0, 100).map(lambda value: round(value, 1)),
    st.just(NONE),
)
LABELS = st.text("abŵŷÂgj <&>'\"[]0123456789", max_size=40).map(str.strip)


@st.composite
def banded(draw):
    ends = sorted(draw(st.tuples(*[st.floats(0, 100)] * 3)))
    lower, value, upper = ends if draw(st.integers(0, 4)) else (NONE,) * 3
    return Banded(draw(LABELS), value, lower, upper, draw(st.sampled_from(["", "c", "x"])))


@settings(max_examples=20)
@given(
    rows=st.lists(banded(), min_size=1, max_size=24),
    reference=st.none() | banded(),
    with_references=st.booleans(),
    texts=st.tuples(LABELS, LABELS),
    decimals=st.integers(0, 2),
)
def test_dots_are_written_as_matplotlib_writes_them(
    rows, reference, with_references, texts, decimals
):
    wanted = {
        "axis_label": texts[0],
        "reference_label": texts[1],
        "reference": reference,
        "decimals": decimals,
        "references": [row.lower for row in rows] if with_references else [],
    }
    plain = matplotlib_charts.dots_with_bands(
        rows, **{**wanted, "references": wanted["references"] or None}
    )
    assert dots_with_bands(rows, **wanted) == plain


@settings(max_examples=20)
@given(
    values=st.lists(VALUES, min_size=2, max_size=20),
    axis_label=LABELS,
    breaks=st.sets(st.integers(0, 19)),
    revised=st.sets(st.integers(0, 19)),
)
@example(values=[NONE, 10.0], axis_label="", breaks={0}, revised=set())
@example(values=[NONE, 0.0], axis_label="", breaks={0}, revised=set())
def test_series_are_written_as_matplotlib_writes_them(values, axis_label, breaks, revised):
    wanted = {
        "axis_label": axis_label,
        "breaks_before": sorted(place for place in breaks if place < len(values)),
        "revised": sorted(place for place in revised if place < len(values)),
    }
    years = [format_number(2000 + place) for place in range(len(values))]
    plain = matplotlib_charts.line_through_years(years, values, **wanted)
    assert line_through_years(years, values, **wanted) == plain


@settings(max_examples=20, deadline=None)
@given(
    points=st.lists(
        st.tuples(st.floats(100, 1000), st.floats(20, 80), st.booleans(), LABELS), min_size=1
    ),
    baseline=st.floats(45, 55),
    spread=st.floats(1, 2),
    texts=st.tuples(LABELS, LABELS),
    ceiling=st.sampled_from([None, 100]),
    decimals=st.integers(0, 1),
)
def test_funnels_are_written_as_seaborn_and_matplotlib_write_them(
    points, baseline, spread, texts, ceiling, decimals
):
    reaches = [k / np.sqrt(SIZES) for k in (100.0, 160.0)]
    chance, wide = (
        tuple((baseline - factor * reach, baseline + factor * reach) for reach in reaches)
        for factor in (1, spread)
    )
    given_ = (
        [FunnelPoint(label, *numbers) for *numbers, label in points],
        FunnelCurves(SIZES, baseline, chance, wide),
    )
    wanted = {
        "size_label": texts[0], "value_label": texts[1], "ceiling": ceiling, "decimals": decimals,
    }  # fmt: skip
    assert funnel_plot(*given_, **wanted) == matplotlib_charts.funnel_plot(*given_, **wanted)


@settings(max_examples=20, deadline=None)
@given(
    values=st.integers(2, 16).flatmap(
        lambda years: st.lists(
            st.lists(VALUES, min_size=years, max_size=years), min_size=1, max_size=26
        )
    ),
    title=LABELS,
    with_reference=st.booleans(),
    breaks=st.sets(st.integers(0, 15)),
)
@example(values=[[5.0 * k, 5.0, 5.0, 5.1, 6] for k in range(26)], title="", with_reference=True,
         breaks={3})  # fmt: skip
def test_small_multiples_are_written_as_matplotlib_writes_them(
    values, title, with_reference, breaks
):
    wanted = {
        "places": [str(2000 + place) for place in range(len(values[0]))],
        "value_label": title,
        "reference": values[0] if with_reference else None,
        "breaks_before": sorted(place for place in breaks if place < len(values[0])),
    }
    panels = [Panel(f"{title}{number}", own) for number, own in enumerate(values)]
    assert small_multiples(panels, **wanted) == matplotlib_charts.small_multiples(panels, **wanted)


@given(
    ends=st.tuples(st.floats(0, 1e6), st.floats(1e-3, 1e6)),
    most=st.integers(1, 9),
    fewest=st.integers(1, 4),
    whole=st.booleans(),
)
@example(ends=(99.95, 0.04), most=5, fewest=3, whole=False)
def test_ticks_stand_where_matplotlib_puts_them(ends, most, fewest, whole):
    low, high = ends[0], ends[0] + ends[1]
    locator = MaxNLocator(nbins=most, min_n_ticks=fewest, integer=whole)
    close = (high - low) * 1e-10
    plain = [tick for tick in locator.tick_values(low, high) if low - close <= tick <= high + close]
    assert ticks_between(low, high, most=most, fewest=fewest, whole=whole) == plain
