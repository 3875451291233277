"""Limits: published values, ends of the range, what is missing, what is refused."""

from __future__ import annotations

import math

import exact_oracles as oracle
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ssstats import intervals
from ssstats.intervals import counts, proportions
from ssstats.intervals.numbers import normal_deviate, root_between

PERCENTAGE_METHODS = sorted(proportions._METHODS)
BOUNDED_METHODS = [m for m in PERCENTAGE_METHODS if m not in ("wald", "agresti-coull")]
COUNT_METHODS = sorted(counts._METHODS)
LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99, 0.998])


@st.composite
def cases(draw: st.DrawFn, most: int = 400) -> tuple[int, int]:
    n = draw(st.integers(1, most))
    return draw(st.integers(0, n)), n


def test_wilson_limits_of_81_in_263_are_newcombe_s_printed_ones():
    lower, upper = intervals.limits_of_percentage(81, 263)
    assert lower == pytest.approx(0.2553, abs=5e-5)
    assert upper == pytest.approx(0.3662, abs=5e-5)


def test_exact_95_percent_limits_for_ten_events():
    lower, upper = intervals.limits_of_count([10])
    assert lower[0] == pytest.approx(4.7954, abs=5e-5)
    assert upper[0] == pytest.approx(18.3904, abs=5e-5)


def test_limits_of_no_events_end_at_3_69():
    lower, upper = intervals.limits_of_count(0)
    assert lower == 0.0
    assert upper == pytest.approx(-math.log(0.025))


def test_mid_p_limits_of_no_events_start_at_zero_where_other_software_has_none():
    lower, upper = intervals.limits_of_count(0, method="mid-p")
    assert lower == 0.0
    assert upper == pytest.approx(-math.log(0.05))


def test_byar_s_limits_of_ten_events_are_breslow_and_day_s():
    lower, upper = intervals.limits_of_count(10, method="byar")
    assert lower == pytest.approx(4.79, abs=5e-3)
    assert upper == pytest.approx(18.39, abs=5e-3)


def test_wilson_s_lower_limit_of_1_in_29_has_no_special_case():
    assert intervals.limits_of_percentage(1, 29)[0] == pytest.approx(0.00611, abs=5e-6)


@pytest.mark.parametrize("method", BOUNDED_METHODS)
def test_limits_of_none_start_at_0_and_limits_of_all_end_at_1(method):
    for n in (1, 2, 5, 20, 51, 1000):
        none, all_ = (intervals.limits_of_percentage(x, n, method=method) for x in (0, n))
        assert none[0] == 0.0
        assert all_[1] == 1.0
        assert 0.0 < none[1] <= 1.0
        assert 0.0 <= all_[0] < 1.0


@pytest.mark.parametrize("method", PERCENTAGE_METHODS)
def test_what_is_missing_has_no_limits_and_neither_has_a_zero_denominator(method):
    numerator = pd.Series([3, None, 0, None], dtype="Int64")
    denominator = [7, 7, 0, 0]
    lower, upper = intervals.limits_of_percentage(numerator, denominator, method=method)
    assert np.isnan(lower).tolist() == [False, True, True, True]
    assert np.isnan(upper).tolist() == [False, True, True, True]


@pytest.mark.parametrize("method", COUNT_METHODS)
def test_a_missing_count_has_no_limits(method):
    lower, upper = intervals.limits_of_count([None, 12.0], method=method)
    assert np.isnan(lower[0]) and np.isnan(upper[0])
    assert lower[1] < 12 < upper[1]


def test_a_numerator_above_its_denominator_is_refused_without_printing_either():
    with pytest.raises(ValueError, match=r"above its denominator at position 1$") as e:
        intervals.limits_of_percentage([1, 47, 2], [2, 46, 2])
    assert "47" not in str(e.value)


@pytest.mark.parametrize("wrong", [95, 0.05, 1.0, 0.0, float("nan")])
def test_a_confidence_that_is_no_fraction_of_at_least_a_half_is_refused(wrong):
    with pytest.raises(ValueError, match="confidence"):
        intervals.limits_of_percentage(1, 2, confidence=wrong)


def test_an_unknown_method_is_refused_with_a_list_of_the_known():
    with pytest.raises(ValueError, match=r"use one of .*clopper-pearson.*wilson"):
        intervals.limits_of_percentage(1, 2, method="best")


def test_negative_and_infinite_and_wordy_counts_are_refused():
    with pytest.raises(ValueError, match="negative"):
        intervals.limits_of_count([3, -1])
    with pytest.raises(ValueError, match="infinite"):
        intervals.limits_of_count([float("inf")])
    with pytest.raises(ValueError, match="not a number"):
        intervals.limits_of_count(["c"])


def test_methods_may_be_spelled_with_underscores_and_capitals():
    assert intervals.limits_of_percentage(
        3, 10, method="Clopper_Pearson"
    ) == intervals.limits_of_percentage(3, 10, method="clopper-pearson")


@pytest.mark.parametrize("method", PERCENTAGE_METHODS)
@settings(max_examples=40, deadline=None)
@given(cases(), LEVELS)
def test_limits_of_a_percentage_bracket_it(method, case, confidence):
    x, n = case
    lower, upper = intervals.limits_of_percentage(x, n, confidence=confidence, method=method)
    if method in ("jeffreys", "wilson-modified"):
        # Neither inverts a two-sided test: at 80% they may leave out a percentage beside 0 or 1.
        assume(confidence >= 0.9)
    assert lower - 1e-12 <= x / n <= upper + 1e-12


@pytest.mark.parametrize("method", PERCENTAGE_METHODS)
@settings(max_examples=30, deadline=None)
@given(case=cases())
def test_limits_of_a_percentage_widen_with_confidence(method, case):
    at_90, at_95, at_998 = (
        intervals.limits_of_percentage(*case, confidence=level, method=method)
        for level in (0.9, 0.95, 0.998)
    )
    slack = 1e-12
    # Agresti and Coull's centre moves with confidence, so only its width must grow.
    if method == "agresti-coull":
        assert at_90[1] - at_90[0] <= at_95[1] - at_95[0] <= at_998[1] - at_998[0]
    else:
        assert at_998[0] - slack <= at_95[0] <= at_90[0] + slack
        assert at_90[1] - slack <= at_95[1] <= at_998[1] + slack


@pytest.mark.parametrize("method", BOUNDED_METHODS)
@settings(max_examples=30, deadline=None)
@given(st.integers(1, 150), LEVELS)
def test_limits_of_a_percentage_rise_with_the_numerator(method, n, confidence):
    lower, upper = intervals.limits_of_percentage(
        np.arange(n + 1), n, confidence=confidence, method=method
    )
    if method != "wilson-modified":
        assert np.all(np.diff(lower) >= -1e-12)
        assert np.all(np.diff(upper) >= -1e-12)
    assert np.all((lower >= 0) & (upper <= 1))


@pytest.mark.parametrize("method", BOUNDED_METHODS)
@settings(max_examples=20, deadline=None)
@given(case=cases())
def test_limits_of_the_rest_mirror_limits_of_the_part(method, case):
    x, n = case
    lower, upper = intervals.limits_of_percentage(x, n, method=method)
    rest = intervals.limits_of_percentage(n - x, n, method=method)
    assert rest == (pytest.approx(1 - upper, abs=1e-12), pytest.approx(1 - lower, abs=1e-12))


@pytest.mark.parametrize(("method", "share_of_x"), [("clopper-pearson", 1.0), ("mid-p", 0.5)])
@settings(max_examples=25, deadline=None)
@given(case=cases(most=60), confidence=LEVELS)
def test_exact_and_mid_p_limits_invert_exact_tail_sums(method, share_of_x, case, confidence):
    wanted = oracle.binomial_limits(*case, 1 - confidence, share_of_x)
    got = intervals.limits_of_percentage(*case, confidence=confidence, method=method)
    assert got == pytest.approx(wanted, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(case=cases(), confidence=LEVELS)
def test_wilson_limits_invert_the_score_test(case, confidence):
    x, n = case
    z = normal_deviate(confidence)
    lower, upper = intervals.limits_of_percentage(x, n, confidence=confidence)
    if x > 0:
        assert lower == pytest.approx(oracle.score_limit(x, n, z, 0.0, x / n), rel=1e-9)
    if x < n:
        assert upper == pytest.approx(oracle.score_limit(x, n, z, max(x / n, 1e-12), 1.0), rel=1e-9)


@pytest.mark.parametrize(("method", "share_of_x"), [("garwood", 1.0), ("mid-p", 0.5)])
@settings(max_examples=25, deadline=None)
@given(x=st.integers(0, 120), confidence=LEVELS)
def test_limits_of_a_count_invert_exact_tail_sums(method, share_of_x, x, confidence):
    wanted = oracle.poisson_limits(x, 1 - confidence, share_of_x)
    got = intervals.limits_of_count(x, confidence=confidence, method=method)
    assert got == pytest.approx(wanted, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("method", COUNT_METHODS)
def test_limits_of_a_count_bracket_it_and_rise_with_it(method):
    x = np.arange(3, 2000)
    lower, upper = intervals.limits_of_count(x, method=method)
    assert np.all((lower <= x) & (x <= upper))
    assert np.all(np.diff(lower) > 0) and np.all(np.diff(upper) > 0)
    wide = intervals.limits_of_count(x, confidence=0.998, method=method)
    assert np.all((wide[0] < lower) & (upper < wide[1]))


def test_limits_of_a_rate_are_those_of_the_count_on_the_population():
    lower, upper = intervals.limits_of_rate([10, 10, 10], [25_000, 0, None], per=10_000)
    assert lower[0] == pytest.approx(4.795389 * 0.4, rel=1e-6)
    assert upper[0] == pytest.approx(18.390356 * 0.4, rel=1e-6)
    assert np.isnan(lower[1:]).all()
    with pytest.raises(ValueError, match="per"):
        intervals.limits_of_rate(1, 2, per=0)


def test_recurring_events_widen_a_rate_by_the_root_of_their_dispersion():
    # 60 people once and 20 twice: 100 events with variance 60 + 4 * 20 = 140.
    dispersion = intervals.dispersion_of_recurring_events([60, 20], [1, 2])
    assert dispersion == pytest.approx(1.4)
    plain = intervals.limits_of_rate(100, 5000)
    wider = intervals.limits_of_recurring_rate(100, 5000, dispersion)
    assert 0.02 - wider[0] == pytest.approx((0.02 - plain[0]) * math.sqrt(1.4))
    assert wider[1] - 0.02 == pytest.approx((plain[1] - 0.02) * math.sqrt(1.4))
    with pytest.raises(ValueError, match="below 1"):
        intervals.limits_of_recurring_rate(100, 5000, 0.9)


def test_a_ratio_of_counts_has_no_upper_limit_over_zero_events():
    lower, upper = intervals.limits_of_ratio_of_counts([5, 0, 0], [0, 5, 0])
    assert upper[0] == np.inf and lower[0] > 0
    assert lower[1] == 0 and upper[1] == pytest.approx(1 / lower[0])
    assert np.isnan(lower[2]) and np.isnan(upper[2])


def test_the_exact_ratio_of_two_counts_is_the_odds_of_exact_limits_given_their_sum():
    lower, upper = intervals.limits_of_ratio_of_counts(
        41, 15, exposure_1=28010, exposure_2=19017, method="exact"
    )
    wanted = oracle.binomial_limits(41, 56, 0.05, 1.0)
    scale = 19017 / 28010
    assert lower == pytest.approx(wanted[0] / (1 - wanted[0]) * scale, rel=1e-9)
    assert upper == pytest.approx(wanted[1] / (1 - wanted[1]) * scale, rel=1e-9)


def test_the_score_ratio_of_7_in_9_over_9_in_9_holds_its_own_estimate():
    lower, upper = intervals.limits_of_ratio_of_percentages(7, 9, 9, 9)
    assert lower == pytest.approx(0.4526, abs=5e-5)
    assert upper == pytest.approx(1.1572, abs=5e-5)


@settings(max_examples=25, deadline=None)
@given(cases(most=40), cases(most=40))
def test_score_limits_of_a_ratio_lie_where_the_fitted_score_is_z(first, second):
    (x1, n1), (x2, n2) = first, second
    assume(x1 > 0 and x2 > 0)
    for ratio in intervals.limits_of_ratio_of_percentages(x1, n1, x2, n2):
        p2 = oracle.fitted_second_share(
            lambda p, ratio=ratio: ratio * p, x1, n1, x2, n2, 0.0, min(1.0, 1.0 / ratio)
        )
        p1 = min(ratio * p2, 1.0)
        assume(0.001 < p1 < 0.999 and 0.001 < p2 < 0.999)
        score = (x1 - n1 * p1) ** 2 / (n1 * p1 * (1 - p1)) + (x2 - n2 * p2) ** 2 / (
            n2 * p2 * (1 - p2)
        )
        assert score == pytest.approx(normal_deviate(0.95) ** 2, rel=1e-4)


def test_means_from_values_spread_and_squares_agree():
    values = np.array([12.0, 30.0, 7.0, 55.0, 21.0, np.nan])
    direct = intervals.limits_of_mean(values)
    mean, spread, size = intervals.mean_and_spread(values)
    assert (mean, size) == (25.0, 5)
    # t at 4 degrees of freedom is 2.776445.
    half = 2.776445 * np.std(values[:5], ddof=1) / math.sqrt(5)
    assert direct == pytest.approx((25 - half, 25 + half), rel=1e-6)
    assert intervals.limits_of_mean_from_spread(mean, spread, size) == pytest.approx(direct)
    squares = np.nansum(values**2)
    assert intervals.limits_of_mean_from_squares(125, squares, 5) == pytest.approx(direct)


def test_a_mean_of_one_value_has_no_limits():
    assert np.isnan(intervals.limits_of_mean([4.0])).all()
    assert np.isnan(intervals.limits_of_mean_from_spread(4.0, 1.0, 1)).all()


def test_means_run_along_the_last_axis():
    lower, upper = intervals.limits_of_mean([[1.0, 2.0, 3.0], [10.0, 20.0, np.nan]])
    assert lower.shape == upper.shape == (2,)
    assert lower[0] < 2.0 < upper[0] and lower[1] < 15.0 < upper[1]


def test_a_sum_of_squares_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="sum of squares"):
        intervals.limits_of_mean_from_squares(100, 10, 5)


def test_log_limits_of_a_mean_hold_it_and_lean_upwards():
    days = np.array([3.0, 5.0, 8.0, 13.0, 40.0, 90.0])
    lower, upper = intervals.limits_of_mean(days, method="log-t")
    assert 0 < lower < days.mean() < upper
    assert upper - days.mean() > days.mean() - lower
    with pytest.raises(ValueError, match="above zero"):
        intervals.limits_of_mean([0.0, 2.0], method="log-t")


def test_exponential_limits_of_the_2018_19_mean_days_span_19_days_each_way():
    lower, upper = intervals.limits_of_mean_if_exponential(6_239_421, 7_489)
    assert lower == pytest.approx(814.59, abs=5e-3)
    assert upper == pytest.approx(852.34, abs=5e-3)


def test_a_directly_standardised_rate_of_equal_weights_is_the_crude_rate():
    value, lower, upper = intervals.directly_standardised_rate(
        [20, 30], [1000, 1500], [1000, 1500], per=1000
    )
    assert value == pytest.approx(20.0)
    assert (lower, upper) == pytest.approx(
        intervals.limits_of_rate(50, 2500, per=1000, method="byar")
    )


def test_a_directly_standardised_rate_needs_ten_events_and_all_its_bands():
    few = intervals.directly_standardised_rate([4, 5], [100, 100], [1, 1])
    gap = intervals.directly_standardised_rate([40, None], [100, 100], [1, 1])
    assert np.isnan(few).all() and np.isnan(gap).all()
    with pytest.raises(ValueError, match="population of a band is zero"):
        intervals.directly_standardised_rate([1, 1], [100, 0], [1, 1])


def test_a_standardised_ratio_is_the_count_over_what_reference_rates_expect():
    expected = intervals.expected_events([1000, 3000], [20, 10], [1000, 1000])
    assert expected == pytest.approx(50.0)
    lower, upper = intervals.limits_of_standardised_ratio(10, expected, per=100)
    assert (lower, upper) == pytest.approx((4.795389 * 2, 18.390356 * 2), rel=1e-6)


def test_64_of_80_replies_from_200_people_could_mean_32_to_92_percent():
    floor, ceiling = intervals.range_with_silent(64, 80, 200)
    assert (floor, ceiling) == pytest.approx((0.32, 0.92))
    plain = intervals.limits_of_survey_percentage(64, 80, 200, method="wilson")
    assert plain == pytest.approx((0.70, 0.87), abs=5e-3)


def test_a_survey_that_everybody_answered_has_no_doubt_left():
    assert intervals.limits_of_survey_percentage(7, 10, 10) == (0.7, 0.7)
    assert intervals.effective_replies(10, 10) == np.inf
    assert intervals.people_possible(7, 10, 10) == (7, 7)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_people_possible_are_those_no_exact_tail_rejects(data):
    people = data.draw(st.integers(1, 40))
    n = data.draw(st.integers(1, people))
    x = data.draw(st.integers(0, n))
    got = intervals.people_possible(x, n, people)
    assert got == oracle.people_possible(x, n, people, 0.05)


def test_people_possible_of_many_cells_are_found_at_once():
    x, n, people = [15, 0, None, 83], [20, 8, 9, 100], [60, 30, 40, 400]
    lowest, highest = intervals.people_possible(x, n, people)
    assert lowest[[0, 3]].tolist() == [33, 302] and highest[[0, 3]].tolist() == [53, 355]
    assert (lowest[1], highest[1]) == oracle.people_possible(0, 8, 30, 0.05)
    assert np.isnan(lowest[2])


def test_more_replies_than_people_are_refused():
    with pytest.raises(ValueError, match="more replies than people"):
        intervals.range_with_silent(1, 5, 4)


def test_a_root_search_finds_each_root_to_the_last_digits():
    wanted = np.array([1e-9, 0.1, 0.5, 0.9, 1 - 1e-9])
    got = root_between(
        lambda value, root: np.tanh(50 * (value - root)), np.zeros(5), np.ones(5), wanted
    )
    assert got == pytest.approx(wanted, rel=1e-12, abs=1e-15)


def test_a_root_search_without_a_change_of_sign_has_no_root():
    got = root_between(lambda value: value + 1.0, np.zeros(2), np.ones(2))
    assert np.isnan(got).all()


@pytest.mark.parametrize("method", PERCENTAGE_METHODS)
def test_a_large_table_has_the_limits_of_its_cells_one_by_one(method):
    rng = np.random.default_rng(5)
    n = rng.integers(0, 12, (40, 10)).astype(float)
    x = np.floor(n * rng.random((40, 10)))
    x[3, 4] = np.nan
    whole = np.array(intervals.limits_of_percentage(x, n, method=method))
    single = [
        intervals.limits_of_percentage(a, b, method=method)
        for a, b in zip(x.ravel(), n.ravel(), strict=True)
    ]
    assert whole.shape == (2, 40, 10)
    np.testing.assert_allclose(whole.reshape(2, -1).T, np.array(single), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("method", COUNT_METHODS)
def test_a_large_table_of_counts_has_the_limits_of_its_cells_one_by_one(method):
    events = np.random.default_rng(6).integers(0, 40, 500).astype(float)
    whole = np.array(intervals.limits_of_count(events, method=method))
    single = [intervals.limits_of_count(x, method=method) for x in events]
    np.testing.assert_allclose(whole.T, np.array(single), rtol=1e-12)
    halves = np.array(intervals.limits_of_count(events + 0.5, method=method))
    one = intervals.limits_of_count(events[7] + 0.5, method=method)
    np.testing.assert_allclose(halves[:, 7], one, rtol=1e-12)
