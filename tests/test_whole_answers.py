"""Whole answers near broken linear ones fulfil every row and change nothing further away."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from ssstats.disclosure.solver import INFINITY, Programme
from ssstats.disclosure.whole_answers import Question, Rows, is_whole, mended

COLUMNS = 5


def linear_answer(rows, question):
    return (
        Programme(
            rows.matrix,
            cost=question.cost,
            lower=question.lower,
            upper=question.upper,
            row_lower=rows.lowest,
            row_upper=rows.highest,
        )
        .solve()
        .columns
    )


def at_least(matrix, lowest):
    matrix = sp.csr_matrix(np.array(matrix, dtype=float))
    return Rows(matrix, np.array(lowest, dtype=float), np.full(len(lowest), INFINITY))


def test_one_of_each_pair_of_three_is_two_of_three():
    rows = at_least([[1, 1, 0], [0, 1, 1], [1, 0, 1]], [1, 1, 1])
    question = Question(np.ones(3), np.zeros(3), np.ones(3))
    broken = linear_answer(rows, question)
    assert not is_whole(broken)
    assert mended(broken, rows, question, relative_gap=0.0).sum() == 2


def test_what_is_far_from_a_broken_column_keeps_its_answer():
    rows = at_least([[1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 1, 0], [0, 0, 0, 1]], [1, 1, 1, 2])
    question = Question(np.ones(4), np.zeros(4), np.full(4, 9.0))
    found = mended(np.array([0.5, 0.5, 0.5, 7.0]), rows, question, relative_gap=0.0)
    assert found[3] == 7 and found[:3].sum() == 2


def test_nothing_is_found_where_no_whole_number_fits():
    rows = Rows(sp.csr_matrix([[2.0, 2.0]]), np.array([3.0]), np.array([3.0]))
    question = Question(np.ones(2), np.zeros(2), np.full(2, 9.0))
    assert not len(mended(linear_answer(rows, question), rows, question, relative_gap=0.0))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.integers(-2, 2), min_size=COLUMNS, max_size=COLUMNS).filter(any),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.integers(0, 6), min_size=4, max_size=4),
)
def test_a_mended_answer_is_whole_and_fulfils_every_row(weights, lowest):
    rows = at_least(weights, lowest[: len(weights)])
    question = Question(np.arange(1.0, COLUMNS + 1), np.zeros(COLUMNS), np.full(COLUMNS, 5.0))
    linear = linear_answer(rows, question)
    if is_whole(linear):
        return
    found = mended(linear, rows, question, relative_gap=0.0)
    if len(found):
        assert is_whole(found)
        assert (rows.matrix @ found >= rows.lowest).all()
        assert (found >= question.lower).all() and (found <= question.upper).all()
