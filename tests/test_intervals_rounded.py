"""Envelope limits of rounded figures: every integer that rounds to what is shown, enumerated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssstats import intervals


def enumerated(x_low, x_high, n_low, n_high, confidence):
    """Lowest and highest Wilson limit over every pair with the numerator inside."""
    pairs = [
        (x, n) for x in range(x_low, x_high + 1) for n in range(max(n_low, 1), n_high + 1) if x <= n
    ]
    lower, upper = intervals.limits_of_percentage(*np.array(pairs).T, confidence=confidence)
    return lower.min(), upper.max()


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.998])
def test_corners_suffice_for_every_pair_of_multiples_of_five_up_to_150(confidence):
    shown = [(x, n) for n in range(5, 151, 5) for x in range(0, n + 1, 5)]
    numerators, denominators = np.array(shown).T
    got = intervals.envelope_of_percentage(
        *intervals.integers_rounding_to(numerators),
        *intervals.integers_rounding_to(denominators),
        confidence=confidence,
    )
    wanted = [enumerated(max(x - 2, 0), x + 2, n - 2, n + 2, confidence) for x, n in shown]
    assert pytest.approx(np.array(wanted), abs=1e-12) == np.array(got).T


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_corners_suffice_for_any_ranges_of_integers(data):
    n_low = data.draw(st.integers(0, 60))
    n_high = data.draw(st.integers(max(n_low, 1), n_low + 25))
    x_low = data.draw(st.integers(0, n_high))
    x_high = data.draw(st.integers(x_low, x_low + 25))
    confidence = data.draw(st.sampled_from([0.5, 0.8, 0.95, 0.998]))
    got = intervals.envelope_of_percentage(x_low, x_high, n_low, n_high, confidence=confidence)
    wanted = enumerated(x_low, x_high, n_low, n_high, confidence)
    assert got == pytest.approx(wanted, abs=1e-12)


def test_wilson_limits_fall_as_the_denominator_grows():
    for x in range(0, 40):
        lower, upper = intervals.limits_of_percentage(x, np.arange(max(x, 1), 400))
        assert np.all(np.diff(lower) <= 1e-15)
        assert np.all(np.diff(upper) <= 1e-15)


def test_an_envelope_holds_the_limits_of_whatever_the_true_counts_are():
    n = np.arange(8, 300)[:, None]
    x = np.minimum(np.arange(0, 300)[None, :], n)
    rounded_x, rounded_n = 5 * ((x + 2) // 5), 5 * ((n + 2) // 5)
    lower, upper = intervals.envelope_of_percentage(
        *intervals.integers_rounding_to(rounded_x), *intervals.integers_rounding_to(rounded_n)
    )
    true = intervals.limits_of_percentage(x, n)
    assert np.all(lower <= true[0] + 1e-15) and np.all(true[1] <= upper + 1e-15)


def test_the_envelope_is_about_1_8_times_wider_at_12_and_1_3_times_at_100():
    for n, wanted in ((12, 1.8), (37, 1.6), (100, 1.3), (500, 1.15)):
        x = np.arange(n // 5, n - n // 5)
        rounded = 5 * ((x + 2) // 5), np.full(x.shape, 5 * ((n + 2) // 5))
        lower, upper = intervals.envelope_of_percentage(
            *intervals.integers_rounding_to(rounded[0]), *intervals.integers_rounding_to(rounded[1])
        )
        plain = intervals.limits_of_percentage(x, n)
        assert np.mean((upper - lower) / (plain[1] - plain[0])) == pytest.approx(wanted, rel=0.12)


def test_all_cases_in_the_numerator_stay_possible_where_the_ranges_meet():
    _, upper = intervals.envelope_of_percentage([18, 15], [22, 17], [18, 18], [22, 22])
    assert upper[0] == 1.0 and upper[1] < 1.0


def test_a_denominator_that_can_only_be_zero_has_no_limits_and_neither_has_a_missing_one():
    lower, upper = intervals.envelope_of_percentage([0, 0, np.nan], [0, 0, 2], [0, 0, 3], [0, 2, 7])
    assert np.isnan(lower).tolist() == [True, False, True]
    assert (lower[1], upper[1]) == (0.0, intervals.limits_of_percentage(0, 1)[1])


def test_an_impossible_envelope_is_refused():
    with pytest.raises(ValueError, match="above every possible denominator"):
        intervals.envelope_of_percentage(8, 9, 3, 7)
    with pytest.raises(ValueError, match="lowest numerator is above the highest"):
        intervals.envelope_of_percentage(3, 2, 3, 7)
    with pytest.raises(ValueError, match="lowest count is above the highest"):
        intervals.envelope_of_count(3, 2)


def test_the_envelope_of_a_count_runs_from_its_lowest_to_its_highest():
    lower, upper = intervals.envelope_of_count([8, 0, np.nan], [12, 2, 4])
    assert lower[0] == intervals.limits_of_count(8)[0]
    assert upper[0] == intervals.limits_of_count(12)[1]
    assert lower[1] == 0.0 and np.isnan(lower[2])
    rates = intervals.envelope_of_rate(8, 12, 5000, per=10_000)
    assert rates == (pytest.approx(lower[0] * 2), pytest.approx(upper[0] * 2))


@pytest.mark.parametrize("base", [1, 2, 3, 5, 10])
def test_integers_rounding_to_a_figure_are_those_that_half_up_rounding_sends_there(base):
    sent = [base * ((2 * x + base) // (2 * base)) for x in range(0, 60)]
    for shown in range(0, 50, base):
        lowest, highest = intervals.integers_rounding_to(shown, base=base)
        wanted = [x for x, figure in enumerate(sent) if figure == shown]
        assert (lowest, highest) == (min(wanted), max(wanted))


def test_a_figure_that_is_no_multiple_of_the_base_is_refused():
    with pytest.raises(ValueError, match="no multiple of 5 at position 1"):
        intervals.integers_rounding_to([5, 7])
    with pytest.raises(ValueError, match="base 0"):
        intervals.integers_rounding_to([5], base=0)
