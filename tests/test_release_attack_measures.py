"""Published percentages and rates are held against their figures, digit by digit."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssstats.disclosure.release_attack_measures import are_quotients

COUNTS = st.one_of(
    st.integers(0, 10**6).map(str), st.integers(0, 9999).map(lambda tenths: f"{tenths / 10:.1f}")
)


@st.composite
def measures(draw):
    """Return a value, as it should be or a digit off, and what it is worked out from."""
    top, bottom = draw(COUNTS), draw(COUNTS.filter(lambda text: Decimal(text) > 0))
    multiplier, decimals = draw(st.sampled_from(["1", "100", "10000"])), draw(st.integers(0, 2))
    exact = Decimal(multiplier) * Decimal(top) / Decimal(bottom)
    unit = Decimal(1).scaleb(-decimals)
    rounded = exact.quantize(unit, rounding=ROUND_HALF_UP)
    off = draw(st.sampled_from([Decimal(0), unit, -unit, unit / 10, Decimal("1e-9")]))
    return (str(rounded + off), str(decimals), top, bottom, multiplier), off == 0


def frame_of(rows):
    names = ["value", "decimals", "numerator", "denominator", "multiplier"]
    return pd.DataFrame(rows, columns=names, dtype="str")


@given(st.lists(measures(), min_size=1))
def test_a_value_is_right_where_its_quotient_rounds_to_it(rows):
    assert are_quotients(frame_of([row for row, _ in rows])).tolist() == [ok for _, ok in rows]


@pytest.mark.parametrize(
    ("value", "top", "bottom", "right"),
    [("0.5", "1", "200", True), ("0.13", "1", "800", True), ("0.12", "1", "800", False)],
)
def test_half_a_unit_is_rounded_up(value, top, bottom, right):
    decimals = str(len(value) - 2)
    assert are_quotients(frame_of([(value, decimals, top, bottom, "100")])).tolist() == [right]


def test_a_value_without_a_side_is_no_quotient():
    rows = [("5", "0", "", "10", "100"), ("5", "0", "1", "", "100")]
    assert are_quotients(frame_of(rows)).tolist() == [False, False]


@pytest.mark.parametrize("wrong", ["five", "1e", "inf", "nan", ""])
@pytest.mark.parametrize("place", range(4))
def test_what_is_no_number_is_no_quotient(wrong, place):
    row = ["10", "0", "1", "10", "100"]
    assert are_quotients(frame_of([row])).tolist() == [True]
    row[place] = wrong
    assert are_quotients(frame_of([row])).tolist() == [False]


def test_a_quotient_of_nothing_is_none():
    assert are_quotients(frame_of([("0", "0", "0", "0", "100")])).tolist() == [False]
