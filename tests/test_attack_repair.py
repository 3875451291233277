"""A table in fractions becomes a whole one near it, and keeps every relation and bound."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from suppression_tables import model_of, tables

from ssstats.disclosure.attack_repair import Bounded, whole_table_near


def bounded_of(matrix, sums, low, high) -> Bounded:
    rows = sp.csr_matrix(matrix)
    sums = np.asarray(sums, dtype=float)
    return Bounded(rows, rows.tocsc(), sums, sums, np.asarray(low, float), np.asarray(high, float))


@settings(max_examples=40, deadline=None)
@given(tables(), st.integers(0, 2**16))
def test_a_corner_in_fractions_gets_a_whole_table_beside_it(table, seed):
    model = model_of(*table)
    hidden = np.flatnonzero(model.is_candidate)
    assume(len(hidden))
    matrix = model.relations.toarray()[:, hidden]
    sums = matrix @ model.values[hidden]
    cost = np.random.default_rng(seed).normal(size=len(hidden))
    corner = linprog(cost, A_eq=matrix, b_eq=sums, bounds=[(1, 60)] * len(hidden))
    assume(corner.status == 0)
    bounded = bounded_of(matrix, sums, np.ones(len(hidden)), np.full(len(hidden), 60))
    near = whole_table_near(bounded, corner.x)
    assert near is not None, "the true counts are one such table"
    assert np.array_equal(matrix @ near, sums)
    assert near.min() >= 1 and near.max() <= 60
    is_whole = np.abs(corner.x - np.rint(corner.x)) < 1e-6
    if is_whole.all():
        assert np.array_equal(near, np.rint(corner.x))


def test_halves_go_up_where_high_counts_are_wanted_and_down_where_low_ones_are():
    bounded = bounded_of([[1, 1, 1, 1]], [2], np.zeros(4), np.ones(4))
    halves = np.full(4, 0.5)
    up_first = whole_table_near(bounded, halves, np.array([1, 1, -1, -1], dtype=np.int8))
    assert up_first.tolist() == [1, 1, 0, 0]


def test_no_table_is_returned_where_none_is_whole():
    odd_cycle = [[1, 1, 0], [0, 1, 1], [1, 0, 1]]
    bounded = bounded_of(odd_cycle, [1, 1, 1], np.zeros(3), np.ones(3))
    assert whole_table_near(bounded, np.full(3, 0.5)) is None
