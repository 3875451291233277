"""Rows of figures are those that a plain search finds; distinct values stand for their rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from ssstats.distinct import last_periods, of_distinct
from ssstats.figure_rows import NAME, PLACE, FigureRows

_FEW = st.sampled_from(["", "a", "b"])
_FIGURES = st.lists(st.tuples(*[_FEW] * 5), unique=True)


@given(_FIGURES, _FIGURES)
def test_a_figure_is_found_where_a_plain_search_finds_it(held, asked):
    counts = pd.DataFrame(held, columns=[*PLACE, *NAME], dtype="str")
    figures = FigureRows.of(counts)
    places = list(figures.places.itertuples(index=False, name=None))
    known = [figure for figure in asked if figure[:3] in places]
    rows = figures.rows(
        np.array([places.index(figure[:3]) for figure in known], dtype=np.int64),
        figures.names(figure[3:] for figure in known),
    )
    assert rows.tolist() == [held.index(figure) if figure in held else -1 for figure in known]


def test_places_stand_in_the_order_of_the_counts():
    counts = pd.DataFrame([("e", "2", "b", "r", ""), ("e", "1", "a", "r", "")])
    counts.columns = pd.Index([*PLACE, *NAME])
    assert FigureRows.of(counts).places["period"].tolist() == ["2", "1"]


@given(st.lists(st.tuples(_FEW, st.sampled_from([1.0, 2.0, float("nan")]))))
def test_a_function_of_distinct_values_gives_what_it_gives_row_by_row(rows):
    frame = pd.DataFrame(rows, columns=["text", "number"])
    assert of_distinct(lambda text, number: f"{text} {number}", *(frame[c] for c in frame)) == [
        f"{text} {number}" for text, number in rows
    ]


def test_a_function_of_distinct_values_is_called_once_for_equal_rows():
    called = []
    assert of_distinct(called.append, pd.Series(["a", "b", "a"])) == [None] * 3
    assert called == ["a", "b"]


@given(st.lists(st.tuples(_FEW, st.sampled_from(["2022-23", "2023-24", "2024-25"]))))
def test_the_last_period_of_an_edition_is_the_highest_of_its_rows(rows):
    frame = pd.DataFrame(rows, columns=["edition", "period"], dtype="str")
    wanted = [max(period for edition, period in rows if edition == own) for own, _ in rows]
    assert last_periods(frame).tolist() == wanted
