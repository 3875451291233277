"""Signals: against Wales and the others, beyond the spread, for every count behind a figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, norm, poisson
from small_returns import AUTHORITIES, CATALOGUE, WALES, everywhere, returns_of, through_gate

from ssstats.comparison import Range, signals_of_counts, signals_of_percentages
from ssstats.disclosure.policy import read_policy
from ssstats.estimates import estimate_measures
from ssstats.intervals import limits_of_percentage
from ssstats.signals import SIGNAL_COLUMNS, funnel_of_measure, signal_table
from ssstats.signals.judging import RATE, SHARE, distance_from, without

POLICY = read_policy("round-5", Path(__file__).resolve().parents[1] / "data" / "policy")
YEAR = "2024-25"
ONE, TWO, THREE = AUTHORITIES[:3]


def released(values):
    returns = returns_of(values)
    return through_gate(returns, POLICY, facts={"period": YEAR})


def signalled(values):
    tables = released(values)
    table = signal_table(tables, estimate_measures(tables, CATALOGUE), CATALOGUE)
    assert tuple(table.columns) == SIGNAL_COLUMNS
    return table.set_index(["measure", "area"])


def reviews(here=None, cases=None):
    return {
        (YEAR, "AD/025"): everywhere(500, **(here or {})),
        (YEAR, "AD/024"): everywhere(1000, **(cases or {})),
    }


def steps_of(found):
    """One or two steps up or down, as in a `Signal`."""
    return found.sign[0] * (int(found.p[0] < 0.05) + int(found.p[0] < 0.002))


def test_an_authority_far_above_the_others_is_higher_than_expected_by_chance():
    signals = signalled(reviews({"a01": 700})).loc["AD-29"]["signal"]
    assert signals[ONE] == "far-above"
    assert (signals.drop(index=ONE) == "within").all()


def test_an_authority_a_little_below_the_others_is_possibly_lower():
    assert signalled(reviews({"a01": 460})).loc[("AD-29", ONE), "signal"] == "below"


def test_wales_has_no_row_and_authorities_stand_in_geographic_order():
    table = signalled(reviews()).loc["AD-29"]
    assert WALES not in table.index
    order = CATALOGUE.areas.set_index("area")["display_order"]
    assert list(table.index) == sorted(table.index, key=order.get)


def test_no_signal_is_made_of_a_hidden_figure():
    row = signalled(reviews({"a01": 3})).loc[("AD-29", ONE)]
    assert (row["signal"], row["reason"]) == ("", "hidden")
    assert row[["p", "quartile"]].isna().all()


def test_a_large_authority_is_tested_against_the_others_as_well():
    # Half of all cases are in one authority: it pulls the Wales value towards itself.
    x, n = Range.of([10_700], [10_700]), Range.of([20_000], [20_000])
    all_x, all_n = Range.of([20_900], [20_900]), Range.of([40_000], [40_000])
    no_spread = np.array([0.0])
    rest_x, rest_n = without(all_x, x), without(all_n, n)
    assert (rest_x.lowest[0], rest_n.lowest[0]) == (10_200, 20_000)
    share = Range.of([20_900 / 40_000], [20_900 / 40_000])
    rest = Range.of([10_200 / 20_000], [10_200 / 20_000])
    of_wales = distance_from(x, n, share, scale=SHARE, tau2=no_spread)
    of_others = distance_from(x, n, rest, scale=SHARE, tau2=no_spread)
    assert of_others.p[0] < of_wales.p[0] < 0.05


def test_where_all_authorities_differ_the_spread_keeps_them_from_being_signals():
    spread = {f"a{k:02d}": 350 + 15 * k for k in range(1, 25)}
    table = signalled(reviews(spread)).loc["AD-29"]
    assert table["phi"].iloc[0] > 10
    assert (table["signal"] == "within").mean() > 0.9


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 400), st.integers(0, 400), st.floats(0.05, 0.95))
def test_without_spread_and_rounding_a_signal_is_that_of_the_inverse_form(x, more, baseline):
    n = x + more
    exact = Range.of([baseline], [baseline])
    found = distance_from(
        Range.of([x], [x]), Range.of([n], [n]), exact, scale=SHARE, tau2=np.zeros(1)
    )
    step = steps_of(found)
    assert step == signals_of_percentages([x], [n], baseline)[0]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 300), st.floats(0.5, 300.0))
def test_a_rate_is_a_signal_where_its_exact_limits_leave_the_expected_events_out(x, expected):
    found = distance_from(
        Range.of([x], [x]), Range.of([1000.0], [1000.0]),
        Range.of([expected / 1000], [expected / 1000]), scale=RATE, tau2=np.zeros(1),
    )  # fmt: skip
    step = steps_of(found)
    assert step == signals_of_counts([x], [expected])[0]
    tail = poisson.sf(x - 1, expected) if x > expected else poisson.cdf(x, expected)
    assert found.p[0] == pytest.approx(min(2 * tail, 1.0), abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 30), st.integers(0, 30), st.floats(0.1, 0.9))
def test_a_signal_holds_for_every_pair_of_counts_behind_a_rounded_figure(a, b, baseline):
    x, n = 5 * a, 5 * (a + b)
    pairs = np.array([(i, j) for i in range(x - 2, x + 3) for j in range(n - 2, n + 3) if i <= j]).T
    exact = Range.of([baseline], [baseline])
    found = distance_from(
        Range.of([x - 2], [x + 2]), Range.of([n - 2], [n + 2]), exact,
        scale=SHARE, tau2=np.zeros(1),
    )  # fmt: skip
    step = steps_of(found)
    each = signals_of_percentages(*pairs, baseline)
    if step > 0:
        assert each.min() == step
    elif step < 0:
        assert each.max() == step
    else:
        assert each.min() <= 0 <= each.max()


def test_spread_never_makes_a_signal_that_chance_alone_would_not():
    args = (Range.of([30], [30]), Range.of([100], [100]), Range.of([0.2], [0.2]))
    plain = distance_from(*args, scale=SHARE, tau2=np.zeros(1)).p[0]
    wider = distance_from(*args, scale=SHARE, tau2=np.array([0.01])).p[0]
    assert plain < wider
    assert plain == pytest.approx(2 * (1 - norm.cdf(0.1 / np.sqrt(0.2 * 0.8 / 100))), abs=1e-9)
    assert binomtest(30, 100, 0.2).pvalue < 0.05


def test_quartile_1_is_the_quarter_of_the_lowest_values_and_no_one_is_ranked():
    values = {f"a{k:02d}": 300 + 10 * k for k in range(1, 25)}
    table = signalled(reviews(values)).loc["AD-29"]
    assert set(table["quartile"]) == {1, 2, 3, 4}
    lowest, highest = table.loc[ONE, "value"], table["value"].max()
    assert table.loc[ONE, "quartile"] == 1
    assert (table.loc[table["value"] == highest, "quartile"] == 4).all()
    assert lowest < table.loc[ONE, "lower_quartile"] < table.loc[ONE, "median"]
    assert not any("rank" in column for column in SIGNAL_COLUMNS)


def test_a_peer_group_of_fewer_than_three_figures_has_no_range():
    table = signalled(reviews()).loc["AD-29"]
    peers = CATALOGUE.peer_groups.groupby("peer_group")["area"].transform("size")
    sizes = dict(zip(CATALOGUE.peer_groups["area"], peers, strict=True))
    known = table["peer_median"].notna()
    assert [known[area] for area in table.index] == [sizes[area] >= 3 for area in table.index]


def test_every_authority_belongs_to_one_peer_group():
    assert sorted(CATALOGUE.peer_groups["area"]) == sorted(AUTHORITIES)


def test_the_funnel_that_is_drawn_is_where_an_authoritys_own_limits_reach_wales():
    tables = released(reviews())
    estimates = estimate_measures(tables, CATALOGUE)
    funnel = funnel_of_measure(estimates, "AD-29", YEAR, WALES, multiplier=100)
    sizes, (lower, upper) = funnel.limits[0]
    for size, limit in zip(sizes[::40], upper[::40], strict=True):
        own_lower, _ = limits_of_percentage(limit / 100 * size, size)
        assert 100 * own_lower == pytest.approx(funnel.baseline, abs=1e-6)
    assert (lower < funnel.baseline).all()


def test_a_ratio_of_two_counts_has_signals_but_no_funnel():
    values = {(YEAR, "AD/030"): everywhere(200, a01=600), (YEAR, "AD/028"): everywhere(300)}
    tables = released(values)
    estimates = estimate_measures(tables, CATALOGUE)
    table = signal_table(tables, estimates, CATALOGUE).set_index(["measure", "area"])
    assert table.loc[("AD-32", ONE), "signal"] == "far-above"
    assert funnel_of_measure(estimates, "AD-32", YEAR, WALES, multiplier=100) is None
