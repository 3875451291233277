"""Totals as arrays say what a frame of the same rows says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssstats.expressions import evaluate, parse_expression
from ssstats.measures.totals import Totals

YEARS, AREAS, REFERENCES = ("2022-23", "2023-24", "2024-25"), ("a", "b"), ("AD/001", "AD/002a")
PLACES = st.tuples(*map(st.sampled_from, (YEARS, AREAS, REFERENCES)))
FIGURES = st.one_of(st.integers(0, 9), st.sampled_from(["x", "z"]))


def rows_of(figures):
    return pd.DataFrame(
        {
            "period": [place[0] for place in figures],
            "area": [place[1] for place in figures],
            "reference": [place[2] for place in figures],
            "value": pd.array(
                [f if isinstance(f, int) else None for f in figures.values()], "Int64"
            ),
            "marker": [f if isinstance(f, str) else "" for f in figures.values()],
        }
    )


@pytest.mark.parametrize("text", ["AD/001 + AD/002a", "2*AD/001 - AD/002a@prev + 1", "AD/001@prev"])
@given(figures=st.dictionaries(PLACES, FIGURES, min_size=1))
def test_a_sum_is_that_of_a_frame_with_a_column_a_reference(text, figures):
    rows, expression = rows_of(figures), parse_expression(text)
    totals = Totals.of(rows)
    wide = rows.pivot(index=["period", "area"], columns="reference", values="value")
    assert list(zip(totals.periods, totals.areas, strict=True)) == list(wide.index)
    assert list(totals.columns) == list(wide.columns)
    if totals.holds(expression):
        before = wide.rename(index=dict(zip(YEARS, (*YEARS[1:], "later"), strict=True)), level=0)
        slowly = evaluate(expression, wide, before).to_numpy(float, na_value=np.nan)
        np.testing.assert_array_equal(totals.sum_of(expression), slowly)


@given(figures=st.dictionaries(PLACES, FIGURES, min_size=1))
def test_the_totals_of_a_year_are_those_of_its_rows_alone(figures):
    rows = rows_of(figures)
    for year, totals in Totals.of(rows).of_years():
        alone = Totals.of(rows[rows["period"] == year])
        assert totals.columns == alone.columns
        for part in ("areas", "values", "is_asked", "is_outside"):
            np.testing.assert_array_equal(getattr(totals, part), getattr(alone, part))


def test_a_metric_that_does_not_apply_is_told_from_one_that_is_absent():
    totals = Totals.of(rows_of({(YEARS[0], "a", "AD/001"): "z", (YEARS[0], "b", "AD/001"): "x"}))
    assert totals.is_outside_of(parse_expression("AD/001")).tolist() == [True, False]
