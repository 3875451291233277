"""Exact coverage of 95% limits: the tables that the choice of methods rests on."""

from __future__ import annotations

import numpy as np
import pytest

from ssstats.intervals.coverage import (
    coverage_of_count,
    coverage_of_percentage,
    worst_coverage_of_percentage,
)

SHARES = np.arange(1, 2000) / 2000


@pytest.mark.parametrize("n", [5, 10, 20, 50])
def test_the_modified_wilson_limits_never_cover_less_than_91_6_percent(n):
    worst = worst_coverage_of_percentage(SHARES, n, method="wilson-modified")
    assert worst == pytest.approx(0.916, abs=2e-3)


@pytest.mark.parametrize("n", [5, 20, 50])
def test_clopper_pearson_limits_always_cover_at_least_what_they_say(n):
    assert worst_coverage_of_percentage(SHARES, n, method="clopper-pearson") >= 0.95


def test_coverage_is_the_binomial_chance_of_the_outcomes_whose_limits_hold_the_share():
    # Wilson's limits of every outcome of 3 cases hold a half; Wald's of none and of all, which
    # together have chance 2 / 8, have no width.
    assert coverage_of_percentage([0.5], 3)[0] == pytest.approx(1.0)
    assert coverage_of_percentage([0.5], 3, method="wald")[0] == pytest.approx(0.75)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "worst", "mean"),
    [
        ("wilson", 0.832, 0.953),
        ("wilson-cc", 0.948, 0.975),
        ("clopper-pearson", 0.950, 0.976),
        ("jeffreys", 0.868, 0.951),
        ("mid-p", 0.912, 0.961),
        ("agresti-coull", 0.894, 0.961),
    ],
)
def test_percentage_limits_cover_as_tabled_for_5_to_50_cases(method, worst, mean):
    sizes = range(5, 51)
    lowest = min(worst_coverage_of_percentage(SHARES, n, method=method) for n in sizes)
    average = np.mean([coverage_of_percentage(SHARES, n, method=method).mean() for n in sizes])
    assert lowest == pytest.approx(worst, abs=1.5e-3)
    assert average == pytest.approx(mean, abs=1.5e-3)


@pytest.mark.parametrize(
    ("method", "worst", "mean"),
    [
        ("garwood", 0.952, 0.969),
        ("byar", 0.952, 0.969),
        ("phe", 0.952, 0.969),
        ("score", 0.838, 0.953),
        ("mid-p", 0.916, 0.956),
        ("jeffreys", 0.898, 0.951),
    ],
)
def test_count_limits_cover_as_tabled_for_means_of_0_05_to_20(method, worst, mean):
    coverage = coverage_of_count(np.arange(0.05, 20.001, 0.0025), method=method)
    assert coverage.min() == pytest.approx(worst, abs=2e-3)
    assert coverage.mean() == pytest.approx(mean, abs=2e-3)
