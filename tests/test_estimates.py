"""Percentages, rates and means from published counts alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_returns import CATALOGUE, WALES, everywhere, returns_of, through_gate

from ssstats.disclosure.policy import read_policy
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.estimates import estimate_measures

POLICY = read_policy("round-5", Path(__file__).resolve().parents[1] / "data" / "policy")
YEAR = "2024-25"
AREA = "W06000001"


def released(values, **options) -> ReleaseTables:
    returns = returns_of(values, **options)
    return through_gate(returns, POLICY, facts={"period": YEAR})


def estimated(values, **options):
    estimates = estimate_measures(released(values, **options), CATALOGUE)
    return estimates.set_index(["measure", "area"])


def reviews(reviewed, due):
    return {(YEAR, "AD/025"): everywhere(reviewed), (YEAR, "AD/024"): everywhere(due)}


def test_a_percentage_is_computed_from_the_rounded_counts():
    # 51 of 102 is shown as 50 of 100: 50.0 %, with one decimal from a denominator of 100.
    got = estimated(reviews(51, 102)).loc[("AD-29", AREA)]
    assert (got["value"], got["decimals"], got["numerator"]) == (50.0, 1, 50)


def test_a_percentage_of_less_than_100_cases_is_whole():
    got = estimated(reviews(30, 90)).loc[("AD-29", AREA)]
    assert (got["value"], got["decimals"]) == (33, 0)


def test_the_limits_hold_every_limit_that_the_counts_behind_the_rounding_could_give():
    got = estimated(reviews(51, 102)).loc[("AD-29", AREA)]
    z = 1.959963984540054
    lows, highs = [], []
    for x in range(48, 53):
        for n in range(98, 103):
            p, half = x / n, z * np.sqrt(x * (n - x) / n + z * z / 4) / (n + z * z)
            middle = (x + z * z / 2) / (n + z * z)
            lows.append(middle - half)
            highs.append(middle + half)
            assert 0 <= p <= 1
    assert got["lower"] == pytest.approx(100 * min(lows), abs=0.05)
    assert got["upper"] == pytest.approx(100 * max(highs), abs=0.05)


def test_a_hidden_numerator_hides_the_percentage_and_its_limits():
    got = estimated(reviews(3, 90)).loc[("AD-29", AREA)]
    assert got["marker"] == "c"
    assert pd.isna([got["value"], got["lower"], got["upper"], got["numerator"]]).all()


def test_a_percentage_of_fewer_than_10_cases_is_not_shown():
    got = estimated(reviews(5, 6)).loc[("AD-29", AREA)]
    assert got["marker"] == "u"
    assert pd.isna(got["value"])


def test_a_percentage_of_no_cases_does_not_apply():
    assert estimated(reviews(0, 0)).loc[("AD-29", AREA), "marker"] == "z"


def test_a_true_zero_gives_zero_percent_with_limits():
    got = estimated(reviews(0, 100)).loc[("AD-29", AREA)]
    assert (got["value"], got["lower"]) == (0, 0)
    assert got["upper"] > 3


def test_a_part_above_its_whole_gives_no_percentage():
    got = estimated(reviews(120, 100)).loc[("AD-29", AREA)]
    assert got["marker"] == "x"


def test_wide_limits_are_marked_as_low_reliability():
    assert "u" in estimated(reviews(10, 20)).loc[("AD-29", AREA), "flags"]
    assert "u" not in estimated(reviews(500, 1000)).loc[("AD-29", AREA), "flags"]


def test_a_rate_stands_on_the_mid_year_population_of_its_reporting_year():
    got = estimated({(YEAR, "CH/041"): everywhere(100)}).loc[("CH-43", AREA)]
    people = CATALOGUE.populations
    children = people[
        (people["area"] == AREA) & (people["mid_year"] == 2024) & (people["population"] == "0-17")
    ]["persons"].iloc[0]
    assert got["denominator"] == children
    assert got["value"] == pytest.approx(10_000 * 100 / children, abs=0.05)


def test_a_rate_of_wales_leaves_out_the_people_of_authorities_that_did_not_answer():
    whole = estimated({(YEAR, "CH/041"): everywhere(100)}).loc[("CH-43", WALES)]
    part = estimated({(YEAR, "CH/041"): everywhere(100, a15="x")}).loc[("CH-43", WALES)]
    assert whole["denominator"] - part["denominator"] == pytest.approx(
        CATALOGUE.populations.query(
            "area == 'W06000015' and mid_year == 2024 and population == '0-17'"
        )["persons"].iloc[0]
    )


def test_a_rate_without_a_population_for_the_year_is_not_available():
    got = estimated({("2022-23", "CH/041"): everywhere(100)}).loc[("CH-43", AREA)]
    assert got["marker"] == "x"


def test_a_mean_of_totals_has_no_limits_and_says_why():
    got = estimated({(YEAR, "AD/022a"): everywhere(400), (YEAR, "AD/023a"): everywhere(40)})
    row = got.loc[("AD-28a", AREA)]
    assert (row["value"], row["no_limits"]) == (10, "totals-only")
    assert pd.isna(row["lower"])


def test_every_measure_with_a_value_has_limits_or_a_reason_for_having_none():
    got = estimated(
        reviews(51, 102)
        | {(YEAR, "AD/006"): everywhere(90), (YEAR, "AD/001"): everywhere(300)}
        | {(YEAR, "AD/022a"): everywhere(400), (YEAR, "AD/023a"): everywhere(40)}
    )
    with_value = got[got["marker"] == ""]
    limited = with_value["lower"].notna() & with_value["upper"].notna()
    assert (limited | (with_value["no_limits"] != "")).all()
    bracketed = with_value[limited]
    assert (bracketed["lower"] <= bracketed["value"]).all()
    assert (bracketed["value"] <= bracketed["upper"]).all()


def test_estimates_are_a_function_of_what_was_published():
    # 51 and 51, or 52 and 50, in two authorities: other returns, the same published counts.
    due = {(YEAR, "AD/024"): everywhere(102)}
    first = estimated({(YEAR, "AD/025"): everywhere(51), **due})
    second = estimated({(YEAR, "AD/025"): everywhere(51, a01=52, a02=50), **due})
    pd.testing.assert_frame_equal(first, second)


def test_published_rates_of_2018_19_come_out_to_the_printed_digit():
    # StatsWales: delayed transfers of adults aged 75 or over, 1,395 / 286,647 = 4.87 per 1,000.
    values = {
        ("2018-19", "PM/19.n"): everywhere(0, a01=1395),
        ("2018-19", "PM/19.d"): everywhere(0, a01=286647),
    }
    got = estimated(values, edition="2016-code").loc[("PM19", WALES)]
    assert got["value"] == pytest.approx(4.9, abs=0.05)
