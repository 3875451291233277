"""Numbers as people read them."""

from __future__ import annotations

import io
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssstats.formatting import (
    csv_text,
    format_cell,
    format_count,
    format_number,
    quotient_half_up,
    round_half_up,
)


@given(
    st.integers(0, 10_000_000),
    st.integers(1, 10_000_000),
    st.sampled_from([1, 100, 1000, 10_000]),
    st.integers(0, 2),
)
def test_quotients_round_half_up_as_exact_decimals_do(top, bottom, multiplier, decimals):
    got = quotient_half_up([top], [bottom], multiplier=multiplier, decimals=decimals)[0]
    # 60 digits: more than any tie of these whole numbers needs.
    import decimal

    with decimal.localcontext(prec=60):
        exact = Decimal(top * multiplier) / Decimal(bottom)
        wanted = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert got == pytest.approx(float(wanted), rel=1e-12, abs=1e-12)


def test_one_in_eight_is_12_5_percent_and_rounds_to_13():
    assert quotient_half_up([1], [8], multiplier=100, decimals=0)[0] == 13


def test_a_quotient_over_zero_or_of_nothing_has_no_value():
    got = quotient_half_up([1, np.nan, 1], [0, 5, np.nan], multiplier=100, decimals=1)
    assert np.isnan(got).all()


def test_limits_that_are_stored_a_little_low_still_round_up():
    assert round_half_up([2.675], 2)[0] == 2.68


def test_thousands_have_commas_and_minus_is_a_minus_sign():
    assert format_number(1234567.5, 1) == "1,234,567.5"
    assert format_number(-3) == "\N{MINUS SIGN}3"
    assert format_number(-0.01) == "0"


def test_zero_hidden_absent_and_not_applicable_are_four_different_cells():
    cells = {
        format_count(0.0, ""),
        format_count(np.nan, "c"),
        format_count(np.nan, "x"),
        format_count(np.nan, "z"),
    }
    assert cells == {"0", "[c]", "[x]", "[z]"}


def test_a_cell_with_neither_value_nor_marker_is_an_error():
    with pytest.raises(ValueError, match="neither"):
        format_cell(np.nan, "")


def test_whole_time_equivalents_keep_their_decimal():
    assert format_count(12.5, "") == "12.5"
    assert format_count(12.0, "") == "12"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_a_spreadsheet_would_calculate_stands_behind_an_apostrophe(text):
    written = csv_text(pd.DataFrame({"found": [text, "5 children"], "value": [-1, 2]}))
    found = pd.read_csv(io.StringIO(written), keep_default_na=False)
    assert found["found"].tolist() == ["'" + text.replace("\r", "\n"), "5 children"]
    assert found["value"].tolist() == [-1, 2]
