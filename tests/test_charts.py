"""Charts: the same bytes every time, text as text, lines cut where figures do not compare."""

from __future__ import annotations

import re
import subprocess
import sys

import matplotlib as mpl
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
from ssstats.charts.ticks import ticks_up_to
from ssstats.formatting import format_number

NONE = float("nan")
SIZES = np.linspace(100.0, 1000.0, 20)
LIMITS = tuple((50 - k / np.sqrt(SIZES), 50 + k / np.sqrt(SIZES)) for k in (100.0, 160.0))


WIDER = tuple((50 - k / np.sqrt(SIZES), 50 + k / np.sqrt(SIZES)) for k in (150.0, 240.0))


def funnel(points, *, ceiling=100):
    curves = FunnelCurves(SIZES, 50.0, LIMITS, WIDER)
    return funnel_plot(
        points, curves, size_label="Cases", value_label="Percentage", ceiling=ceiling
    )


POINTS = [
    FunnelPoint("Powys", 200, 70, named=True),
    FunnelPoint("Conwy", 900, 51, named=False),
]


def texts_of(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def group(svg, kind):
    """Return what is drawn as one thing of that kind."""
    return svg.split(f'<g id="{kind}"')[1].split(" </g>\n")[0]


def places_of(svg):
    """Return where the points of a funnel stand, across and down."""
    uses = re.findall(r'<use [^>]*x="([\d.]+)" y="([\d.]+)"', group(svg, "PathCollection_1"))
    return [(float(x), float(y)) for x, y in uses]


def ends_of(band):
    """Return how high and how low an area reaches, from the sheet's upper edge."""
    below = float(re.search(r'<use [^>]*y="([\d.]+)"', band).group(1))
    heights = [float(y) for y in re.findall(r"[ML] [\d.]+ (-[\d.]+)", band)]
    return [below + min(heights), below + max(heights)]


def lines_of(svg, color):
    """Return the places of each line of a colour, and its style."""
    paths = re.findall(rf'<path d="([^"]*)"[^>]*style="(fill: none[^"]*stroke: {color}[^"]*)"', svg)
    numbers = [np.array(re.findall(r"[ML] ([\d.]+) ([\d.-]+)", path), float) for path, _ in paths]
    return list(zip(numbers, (style for _, style in paths), strict=True))


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
    texts = texts_of(funnel(POINTS))
    assert {"Powys", "Cases", "Percentage"} <= set(texts)
    assert "Conwy" not in texts


def test_a_name_stands_on_the_side_where_there_is_room():
    points = [FunnelPoint("Ynys Môn", 200, 70, True), FunnelPoint("Tŷ <&>", 900, 20, True)]
    svg = funnel(points)
    assert re.search(r"text-anchor: start[^>]*>Ynys Môn</text>", svg)
    assert re.search(r"text-anchor: end[^>]*>Tŷ &lt;&amp;&gt;</text>", svg)


def test_a_point_of_a_funnel_stands_at_its_size_and_value():
    numbers = [(100, 50), (1000, 50), (325, 60), (550, 40)]
    svg = funnel([FunnelPoint("A", *one, named=False) for one in numbers])
    (left, middle), (right, level), upper, lower = places_of(svg)
    assert middle == level
    assert upper[0] == pytest.approx(left + (right - left) / 4, abs=1e-5)
    assert lower[0] == pytest.approx(left + (right - left) / 2, abs=1e-5)
    assert middle - upper[1] == pytest.approx(lower[1] - middle, abs=1e-5)
    ((line, _),) = [own for own in lines_of(svg, "#f46a25") if len(own[0]) == 2]
    assert line.tolist() == [[left, middle], [right, middle]]


def test_a_funnel_has_limits_by_chance_as_lines_and_wider_ones_as_bands():
    # Of the smallest, by chance: 100 / sqrt(100) and 160 / sqrt(100) from 50; wider by a half.
    wanted = [60, 40, 66, 34, 65, 35, 74, 26]
    svg = funnel([FunnelPoint("A", 100, value, named=False) for value in wanted])
    heights = [y for _, y in places_of(svg)]
    lines = [(line, style) for line, style in lines_of(svg, "#595959") if len(line) == len(SIZES)]
    assert sorted(line[0][1] for line, style in lines if "dash" in style) == sorted(heights[:2])
    assert sorted(line[0][1] for line, style in lines if "dash" not in style) == heights[2:4]
    inner, outer = (ends_of(group(svg, f"FillBetweenPolyCollection_{number}")) for number in (2, 1))
    assert inner == pytest.approx(heights[4:6], abs=1e-5)
    assert outer == pytest.approx(heights[6:], abs=1e-5)


def test_a_funnel_ends_at_the_highest_possible_value():
    points = [FunnelPoint("Powys", 200, 100, named=False)]
    for ceiling, is_at_the_top in ((100, True), (None, False)):
        svg = funnel(points, ceiling=ceiling)
        top = float(re.search(r'<rect x="[^"]*" y="([^"]*)"', svg).group(1))
        assert (places_of(svg)[0][1] == top) is is_at_the_top


def test_settings_of_the_user_do_not_change_a_funnel_and_stay_as_they_are():
    plain = funnel(POINTS)
    own = {
        "font.size": 31, "font.family": "serif", "svg.fonttype": "path", "svg.hashsalt": "own",
        "savefig.bbox": "tight", "axes.facecolor": "red", "lines.dash_capstyle": "round",
        "axes.spines.right": True, "xtick.direction": "in", "path.simplify": False,
    }  # fmt: skip
    with mpl.rc_context(own):
        before = mpl.rcParams.copy()
        assert funnel(POINTS) == plain
        assert mpl.rcParams.copy() == before


def test_seaborn_and_matplotlib_are_imported_for_the_first_funnel_and_not_before():
    lines = (
        "import sys, ssstats.chapters as chapters, ssstats.charts as charts",
        "charts.line_through_years(['a', 'b'], [1, 2], axis_label='N')",
        "print({'matplotlib', 'seaborn'} & set(sys.modules))",
    )
    run = [sys.executable, "-c", "\n".join(lines)]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "set()\n"


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
    highest=st.floats(1e-3, 1e6),
    most=st.integers(1, 9),
    fewest=st.integers(1, 4),
    whole=st.booleans(),
)
@example(highest=99.99, most=5, fewest=3, whole=False)
@example(highest=1.1200000000000001, most=4, fewest=2, whole=True)
def test_ticks_stand_where_matplotlib_puts_them(highest, most, fewest, whole):
    locator = MaxNLocator(nbins=most, min_n_ticks=fewest, integer=whole)
    end = highest + highest * 1e-10
    plain = [tick for tick in locator.tick_values(0, highest) if -1e-10 <= tick <= end]
    assert ticks_up_to(highest, most=most, fewest=fewest, whole=whole) == plain
