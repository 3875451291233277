"""What is said of rounded figures holds for every set of counts behind them."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssstats.comparison import (
    Range,
    compare_stocks,
    envelope_of_count_ratio,
    envelope_of_difference,
    envelope_of_ratio_change,
    envelope_of_stock_change,
    largest_p_value_of_difference,
    largest_p_value_of_two_counts,
    limits_of_difference,
    p_value_of_difference,
    p_value_of_two_counts,
)
from ssstats.intervals import (
    envelope_of_ratio_of_counts,
    limits_of_ratio_of_counts,
)

# A figure rounded to 5 and the width of what may stand behind it.
shown = st.integers(0, 40).map(lambda fives: 5 * fives)


def behind(figure):
    """The counts that round to a figure; a zero is a true zero."""
    return [0] if figure == 0 else list(range(figure - 2, figure + 3))


def ends(figure):
    return Range.of([behind(figure)[0]], [behind(figure)[-1]])


def pairs(part, whole):
    return [(x, n) for x, n in product(behind(part), behind(whole)) if x <= n and n > 0]


@settings(max_examples=25, deadline=None)
@given(shown, shown, shown, shown)
def test_limits_of_a_difference_are_the_extremes_over_all_counts_that_round_to_what_is_shown(
    part_1, whole_1, part_2, whole_2
):
    part_1, whole_1 = sorted((part_1, whole_1 + 5))
    part_2, whole_2 = sorted((part_2, whole_2 + 5))
    cells = np.array(
        [(*a, *b) for a, b in product(pairs(part_1, whole_1), pairs(part_2, whole_2))]
    ).T
    lower, upper = limits_of_difference(*cells)
    p = p_value_of_difference(*cells)
    of_ends = [ends(figure) for figure in (part_1, whole_1, part_2, whole_2)]
    found = envelope_of_difference(*of_ends)
    assert found[0][0] == pytest.approx(lower.min(), abs=1e-12)
    assert found[1][0] == pytest.approx(upper.max(), abs=1e-12)
    differences = cells[0] * cells[3] - cells[2] * cells[1]
    one_way = (differences > 0).all() or (differences < 0).all()
    expected = p.max() if one_way else 1.0
    assert largest_p_value_of_difference(*of_ends)[0] == pytest.approx(expected, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(shown, shown, st.floats(0.5, 2.0))
def test_the_largest_p_value_of_two_counts_is_found_among_all_counts_behind_the_figures(
    now, before, ratio
):
    cells = np.array(list(product(behind(now), behind(before)))).T
    p = p_value_of_two_counts(*cells, exposure_1=ratio)
    one = Range.of([1.0], [1.0])
    exposure = Range.of([ratio], [ratio])
    found = largest_p_value_of_two_counts(
        ends(now), ends(before), exposure_1=exposure, exposure_2=one
    )
    above = cells[0] - cells[1] * ratio
    one_way = (above > 0).all() or (above < 0).all()
    assert found[0] == pytest.approx(p.max() if one_way else 1.0, abs=1e-9)
    if now and before:
        lower, upper = limits_of_ratio_of_counts(*cells, exposure_1=ratio)
        low, high = envelope_of_count_ratio(
            ends(now), ends(before), exposure_1=exposure, exposure_2=one
        )
        assert low[0] == pytest.approx(lower.min(), rel=1e-9)
        assert high[0] == pytest.approx(upper.max(), rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(shown, shown, shown, shown)
def test_limits_of_a_stock_hold_for_all_stocks_and_flows_behind_the_figures(
    before, after, entered, left
):
    cells = np.array(list(product(behind(before), behind(after), behind(entered), behind(left)))).T
    found = envelope_of_stock_change(ends(before), ends(after), ends(entered), ends(left))
    if entered + left == 0:
        assert np.isnan(found.lower[0])
        return
    change = compare_stocks(*cells)
    assert found.lower[0] == pytest.approx(change.lower.min())
    assert found.upper[0] == pytest.approx(change.upper.max())
    assert found.gap_lowest[0] == change.unreconciled.min()
    assert found.gap_highest[0] == change.unreconciled.max()


def test_a_rise_of_looked_after_children_is_judged_from_those_who_came_and_those_implied_to_leave():
    # 2018-19 as published: 6,407 to 6,846, 2,125 started; 1,686 left by the balance of the two.
    exact = {name: Range.of([n], [n]) for name, n in zip("bae", (6407, 6846, 2125), strict=True)}
    found = envelope_of_stock_change(exact["b"], exact["a"], exact["e"], None)
    assert found.error[0] ** 2 == pytest.approx(2125 + 1686)
    assert 439 / found.error[0] == pytest.approx(7.11, abs=0.01)


def test_stocks_that_grew_by_more_than_came_contradict_the_flows():
    found = envelope_of_stock_change(
        Range.of([98], [102]), Range.of([148], [152]), Range.of([38], [42]), None
    )
    assert found.contradicted[0]


@settings(max_examples=25, deadline=None)
@given(shown, shown)
def test_limits_of_a_ratio_of_two_counts_are_the_extremes_over_all_counts_behind_it(top, bottom):
    cells = np.array(list(product(behind(top), behind(bottom + 5)))).T
    lower, upper = limits_of_ratio_of_counts(*cells, method="wilson")
    one, two = ends(top), ends(bottom + 5)
    found = envelope_of_ratio_of_counts(one.lowest, one.highest, two.lowest, two.highest)
    assert found[0][0] == pytest.approx(lower.min(), rel=1e-12)
    assert found[1][0] == pytest.approx(upper.max(), rel=1e-12)


some = st.integers(1, 30).map(lambda fives: 5 * fives)


@settings(max_examples=20, deadline=None)
@given(some, some, some, some)
def test_limits_of_a_ratio_of_ratios_are_the_extremes_over_all_counts_behind_the_figures(
    top_1, bottom_1, top_2, bottom_2
):
    figures = (top_1, bottom_1, top_2, bottom_2)
    x1, n1, x2, n2 = np.array(list(product(*(behind(figure) for figure in figures)))).T
    log = np.log(x1 / n1) - np.log(x2 / n2)
    half = 1.959963984540054 * np.sqrt(1 / x1 + 1 / n1 + 1 / x2 + 1 / n2)
    lower, upper, p = envelope_of_ratio_change(*(ends(figure) for figure in figures))
    assert np.log(lower[0]) == pytest.approx((log - half).min(), abs=1e-9)
    assert np.log(upper[0]) == pytest.approx((log + half).max(), abs=1e-9)
    assert (p[0] < 0.05) == (lower[0] > 1 or upper[0] < 1)
