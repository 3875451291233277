"""Reporting years."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssstats.errors import UsageError
from ssstats.periods import ReportingYear


@pytest.mark.parametrize("text", ["2024-25", "1999-00", "2099-00"])
def test_a_year_is_printed_as_it_was_read(text):
    assert str(ReportingYear.parse(text)) == text


@pytest.mark.parametrize("text", ["2024", "2024-26", "2024/25", "24-25", "2024-2025", "", "x"])
def test_two_years_that_do_not_follow_each_other_are_refused(text):
    with pytest.raises(UsageError, match="2024-25"):
        ReportingYear.parse(text)


def test_statswales_writes_2024_25_as_202425():
    assert ReportingYear.parse("2024-25").code == "202425"


def test_the_year_2024_25_ends_on_31_march_2025():
    assert ReportingYear.parse("2024-25").end == 2025


@given(st.integers(1900, 2098))
def test_stepping_back_gives_the_year_before_in_order(start):
    year = ReportingYear(start)
    assert year.back() < year
    assert year.back(3) == year.back(2).back()
