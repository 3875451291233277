"""Programmes over whole parts find tables in which nothing gives way, as trying them all does."""

from __future__ import annotations

import itertools

import numpy as np
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.hiding_within import Within
from ssstats.disclosure.release_attack_moves import Moves

CELLS = 5


def view_of(rows, slack, table, below, above):
    relations = sp.csr_matrix(np.array(rows, dtype=np.int64).reshape(-1, CELLS))
    sums = relations @ table
    return PublishedView(
        cell_ids=tuple("abcde"),
        lowest=(table - below).astype(float),
        highest=(table + above).astype(float),
        relations=relations,
        row_lowest=(sums - slack).astype(float),
        row_highest=(sums + slack).astype(float),
    )


def within_of(view, table):
    ends = view.row_lowest, view.row_highest
    moves = Moves(view.relations, *ends, view.lowest, view.highest, table)
    unit = np.ones(CELLS, dtype=np.int64)
    return Within(view, view.lowest, view.highest, table, unit, moves.mended), moves


def agrees(view, table, lowest, highest):
    sums = view.relations @ table
    within = (table >= lowest).all() and (table <= highest).all()
    return within and (sums >= view.row_lowest).all() and (sums <= view.row_highest).all()


def every_table(view, lowest, highest):
    ranges = (range(int(low), int(high) + 1) for low, high in zip(lowest, highest, strict=True))
    for counts in itertools.product(*ranges):
        if agrees(view, np.array(counts), lowest, highest):
            yield counts


@st.composite
def views(draw):
    weights = st.lists(st.sampled_from([-1, 0, 0, 1]), min_size=CELLS, max_size=CELLS)
    few = st.lists(st.integers(0, 1), min_size=CELLS, max_size=CELLS)
    counts = np.array(draw(st.lists(st.integers(1, 4), min_size=CELLS, max_size=CELLS)))
    rows = draw(st.lists(weights, min_size=1, max_size=4))
    below, above = np.array(draw(few)), 2 * np.array(draw(few))
    return view_of(rows, draw(st.integers(0, 1)), counts, below, above), counts


@settings(max_examples=80, deadline=None)
@given(views(), st.integers(0, 6), st.integers(0, CELLS - 1))
def test_a_count_is_found_possible_where_some_table_shows_it(given_view, count, kept):
    view, table = given_view
    within, moves = within_of(view, table)
    lowest, highest = view.lowest.copy(), view.highest.copy()
    for _ in range(2):
        changes = within.nearest(0, count)
        is_possible = any(found[0] == count for found in every_table(view, lowest, highest))
        if changes is not None and count != table[0]:
            assert bool(changes) == is_possible
        if changes:
            changed = table.copy()
            changed[list(changes)] = list(changes.values())
            assert changed[0] == count and agrees(view, changed, lowest, highest)
        # Asked again where one cell has to stay as it is, beyond which nothing else is known.
        within.keep_within(kept, table[kept], table[kept])
        lowest[kept] = highest[kept] = table[kept]
        moves.lowest[kept] = moves.highest[kept] = table[kept]


def test_a_cell_may_move_again_as_far_as_is_known_of_it():
    table = np.array([2, 2, 0, 0, 0])
    view = view_of([[1, -1, 0, 0, 0]], 0, table, np.ones(CELLS, dtype=int), 1)
    within, _ = within_of(view, table)
    within.keep_within(1, 2, 2)
    assert within.nearest(0, 3) == {}
    within.keep_within(1, 0, np.inf)
    assert within.nearest(0, 3) == {0: 3, 1: 3}
    assert within.nearest(0, 4) == {}
