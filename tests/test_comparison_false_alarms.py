"""How often each rule calls a change where there is none: exact sums over every outcome."""

from __future__ import annotations

import numpy as np
import pytest

from ssstats import comparison, intervals
from ssstats.intervals.chances import binomial_chance, poisson_chance

SIZES = [(10, 10), (50, 60), pytest.param((200, 220), marks=pytest.mark.slow)]
SHARES = np.arange(1, 200) / 200


def calls_of_percentages(rule, n1, n2):
    """Return for every pair of outcomes whether `rule` calls a change."""
    x1, x2 = np.arange(n1 + 1)[:, None], np.arange(n2 + 1)[None, :]
    if rule == "no overlap":
        first, second = (
            intervals.limits_of_percentage(x1, n1),
            intervals.limits_of_percentage(x2, n2),
        )
        return (first[0] > second[1]) | (second[0] > first[1])
    if rule == "outside":
        # Last year's value outside this year's limits, with last year first.
        lower, upper = intervals.limits_of_percentage(x2, n2)
        return (x1 / n1 < lower) | (x1 / n1 > upper)
    lower, upper = comparison.limits_of_difference(x1, n1, x2, n2, method=rule)
    return (lower > 0) | (upper < 0)


def chance_of_a_call(calls, n1, n2, p1, p2):
    first = binomial_chance(np.arange(n1 + 1), n1, np.asarray(p1)[..., None])
    second = binomial_chance(np.arange(n2 + 1), n2, np.asarray(p2)[..., None])
    return np.einsum("...i,ij,...j->...", first, calls.astype(float), second)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize(
    ("rule", "worst"),
    [
        ("newcombe", (0.042, 0.050, 0.051)),
        ("miettinen-nurminen", (0.042, 0.051, 0.051)),
        ("wald", (0.095, 0.058, 0.054)),
        ("no overlap", (0.004, 0.005, 0.006)),
    ],
)
def test_a_rule_for_percentages_gives_false_alarms_as_tabled(rule, sizes, worst):
    calls = calls_of_percentages(rule, *sizes)
    alarms = chance_of_a_call(calls, *sizes, SHARES, SHARES)
    wanted = worst[{10: 0, 50: 1, 200: 2}[sizes[0]]]
    assert alarms.max() == pytest.approx(wanted, abs=6e-4)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_last_year_outside_this_year_s_limits_calls_a_quarter_of_nothing_at_worst(sizes):
    calls = calls_of_percentages("outside", *sizes)
    alarms = chance_of_a_call(calls, *sizes, SHARES, SHARES)
    assert alarms.max() > 0.25
    assert alarms.mean() > 0.17


@pytest.mark.parametrize(
    ("rule", "power"), [("newcombe", 0.37), ("no overlap", 0.13), ("outside", 0.64)]
)
def test_a_rise_from_20_to_30_percent_of_100_is_called_as_often_as_tabled(rule, power):
    calls = calls_of_percentages(rule, 100, 100)
    assert chance_of_a_call(calls, 100, 100, 0.2, 0.3) == pytest.approx(power, abs=0.006)


@pytest.mark.parametrize(
    ("rule", "worst"), [("mid-p", 0.049), ("exact", 0.040), ("no overlap", 0.004)]
)
def test_a_rule_for_counts_gives_false_alarms_as_tabled(rule, worst):
    outcomes = np.arange(0, 140)
    x1, x2 = outcomes[:, None], outcomes[None, :]
    if rule == "no overlap":
        lower, upper = intervals.limits_of_count(outcomes)
        calls = (lower[:, None] > upper[None, :]) | (lower[None, :] > upper[:, None])
    else:
        calls = comparison.p_value_of_two_counts(x1, x2, method=rule) < 0.05
    means = np.arange(0.5, 60.01, 0.25)
    chance = poisson_chance(outcomes, means[:, None])
    alarms = np.einsum("mi,ij,mj->m", chance, calls.astype(float), chance)
    assert alarms.max() == pytest.approx(worst, abs=6e-4)
