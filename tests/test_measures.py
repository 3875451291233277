"""Quantities before the gate: sums, Wales totals, coverage."""

from __future__ import annotations

import pandas as pd
import pytest
from small_returns import AUTHORITIES, CATALOGUE, WALES, everywhere, returns_of

from ssstats.measures import coverage_of, measure_quantities

YEAR = "2024-25"


def measured(values, **options):
    quantities = measure_quantities(returns_of(values, **options), CATALOGUE)
    return quantities.set_index(["reference", "breakdown", "area", "period"]).sort_index()


def test_wales_is_the_sum_of_the_22_authorities():
    got = measured({(YEAR, "AD/001"): everywhere(10)}).loc[("AD/001", "", WALES, YEAR)]
    assert (got["value"], got["answered"], got["expected"]) == (220, 22, 22)


def test_a_sum_of_tenths_is_a_number_of_tenths_and_no_more():
    # 0.1 + 0.2 is 0.30000000000000004 in floating point.
    got = measured({(YEAR, "WF/004f"): everywhere(0.1, a23=0.2)})
    assert got.loc[("WF/004f", "", WALES, YEAR), "value"] == 2.3


def test_an_authority_that_did_not_answer_is_left_out_of_wales_and_counted():
    got = measured({(YEAR, "AD/001"): everywhere(10, a23="x")}).loc[("AD/001", "", WALES, YEAR)]
    assert (got["value"], got["answered"], got["expected"]) == (210, 21, 22)


def test_a_missing_row_is_not_available_and_never_zero():
    values = everywhere(10)
    del values["W06000023"]
    got = measured({(YEAR, "AD/001"): values}).loc[("AD/001", "", "W06000023", YEAR)]
    assert got["marker"] == "x"
    assert pd.isna(got["value"])


def test_a_metric_that_does_not_apply_is_not_expected():
    got = measured({(YEAR, "AD/001"): everywhere(10, a23="z")}).loc[("AD/001", "", WALES, YEAR)]
    assert (got["answered"], got["expected"]) == (21, 21)


def test_wales_without_any_answer_has_a_marker_and_no_number():
    got = measured({(YEAR, "AD/001"): everywhere("x")}).loc[("AD/001", "", WALES, YEAR)]
    assert got["marker"] == "x"
    assert pd.isna(got["value"])


def test_sums_that_measures_need_are_quantities_of_their_own():
    got = measured({(YEAR, "AD/002a"): everywhere(3), (YEAR, "AD/002b"): everywhere(4)})
    assert got.loc[("AD/002a + AD/002b", "", "W06000001", YEAR), "value"] == 7
    assert got.loc[("AD/002a + AD/002b", "", WALES, YEAR), "value"] == 154
    assert got.loc[("AD/002a + AD/002b", "", WALES, YEAR), "protected"] == "yes"


def test_a_sum_with_an_absent_part_is_not_available():
    got = measured({(YEAR, "AD/002a"): everywhere(3), (YEAR, "AD/002b"): everywhere(4, a01="x")})
    assert got.loc[("AD/002a + AD/002b", "", "W06000001", YEAR), "marker"] == "x"


def test_a_sum_with_last_year_takes_the_year_before():
    got = measured(
        {
            ("2023-24", "CH/041"): everywhere(100),
            (YEAR, "CH/041"): everywhere(500),
            ("2023-24", "CH/039"): everywhere(1),
            (YEAR, "CH/039"): everywhere(20),
        }
    )
    assert got.loc[("CH/041@prev + CH/039", "", "W06000001", YEAR), "value"] == 120
    assert got.loc[("CH/041@prev + CH/039", "", "W06000001", "2023-24"), "marker"] == "x"


def test_both_sides_of_a_wales_percentage_stand_on_the_same_authorities():
    got = measured({(YEAR, "AD/005"): everywhere(1, a23="x"), (YEAR, "AD/001"): everywhere(10)})
    matched = got.loc[("AD/001", "answered=AD/005", WALES, YEAR)]
    assert (matched["value"], matched["answered"]) == (210, 21)
    # The side that the gap is in needs no second total.
    assert ("AD/005", "answered=AD/001", WALES, YEAR) not in got.index


def test_a_wales_figure_of_the_source_is_kept_and_not_summed_again():
    values = everywhere(10) | {WALES: 223}
    got = measured({("2017-18", "CH/041"): values}, protection="statswales-rounded-5")
    assert got.loc[("CH/041", "", WALES, "2017-18"), "value"] == 223


def test_coverage_names_the_authorities_that_did_not_answer():
    values = everywhere(10, a23="x", a24="z")
    del values["W06000001"]
    got = coverage_of(returns_of({(YEAR, "AD/001"): values}), AUTHORITIES).iloc[0]
    assert got["absent"] == "W06000001;W06000023"
    assert (got["answered"], got["expected"]) == (19, 21)


@pytest.mark.parametrize("order", [1, -1])
def test_row_order_does_not_matter(order):
    returns = returns_of({(YEAR, "AD/002a"): everywhere(3), (YEAR, "AD/002b"): everywhere(4)})
    turned = returns.values.iloc[::order].reset_index(drop=True)
    again = measure_quantities(type(returns)(turned, returns.exceptions, ()), CATALOGUE)
    pd.testing.assert_frame_equal(again, measure_quantities(returns, CATALOGUE))
