"""Free figures decide a table as all figures do, and what is searched among them agrees."""

from __future__ import annotations

import itertools

import numpy as np
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.release_attack_free import FreeFigures, FreeMoves
from ssstats.disclosure.release_attack_parts import binding_rows


def view_of(low, high, rows, ends):
    lowest, highest = (np.array([end[k] for end in ends], dtype=float) for k in (0, 1))
    return PublishedView(
        tuple(map(str, range(len(low)))),
        np.array(low, dtype=float),
        np.array(high, dtype=float),
        sp.csr_matrix(np.array(rows, dtype=np.int64).reshape(len(rows), len(low))),
        lowest,
        highest,
    )


@st.composite
def small_views(draw):
    n, m = draw(st.integers(2, 5)), draw(st.integers(1, 4))
    low = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    high = [least + draw(st.integers(0, 3)) for least in low]
    weights = st.lists(st.sampled_from([-10, -1, -1, 0, 1, 1]), min_size=n, max_size=n)
    rows = draw(st.lists(weights, min_size=m, max_size=m))
    least = draw(st.lists(st.integers(-4, 4), min_size=m, max_size=m))
    ends = [(end, end + draw(st.sampled_from([0, 0, 0, 2]))) for end in least]
    return view_of(low, high, rows, ends)


def agrees(view, table):
    sums = view.relations @ table
    return bool(
        ((table >= view.lowest) & (table <= view.highest)).all()
        and ((sums >= view.row_lowest) & (sums <= view.row_highest)).all()
    )


def every_table(view):
    ranges = [
        range(int(low), int(high) + 1) for low, high in zip(view.lowest, view.highest, strict=True)
    ]
    return [np.array(chosen) for chosen in itertools.product(*ranges)]


@settings(max_examples=150, deadline=None)
@given(small_views())
def test_a_table_agrees_just_where_its_totals_follow_and_its_free_figures_agree(view):
    free = FreeFigures.of(view, view.lowest, view.highest)
    binding = binding_rows(view, view.lowest, view.highest)
    own = view.relations[binding]
    for table in every_table(view):
        sums, parts = own @ table, free.relations @ table
        holds = (sums >= view.row_lowest[binding]) & (sums <= view.row_highest[binding])
        follows = free.follows @ table + free.fixed == table
        agree = (parts >= free.row_lowest) & (parts <= free.row_highest)
        assert holds.all() == (follows.all() and agree.all())


@settings(max_examples=150, deadline=None)
@given(small_views(), st.integers(0, 4), st.integers(0, 5), st.data())
def test_a_change_that_is_found_shows_the_count_and_agrees(view, cell, count, data):
    tables = [table for table in every_table(view) if agrees(view, table)]
    if not tables or cell >= len(view.lowest):
        return
    table = data.draw(st.sampled_from(tables))
    moves = FreeMoves(view, view.lowest, view.highest, table)
    if not view.lowest[cell] <= count <= view.highest[cell]:
        return
    if changes := moves.move(cell, count):
        changed = table.copy()
        changed[list(changes)] = list(changes.values())
        assert changed[cell] == count
        assert agrees(view, changed)


@settings(max_examples=150, deadline=None)
@given(small_views(), st.data())
def test_what_is_mended_agrees(view, data):
    every = every_table(view)
    tables = [table for table in every if agrees(view, table)]
    if not tables:
        return
    moves = FreeMoves(view, view.lowest, view.highest, data.draw(st.sampled_from(tables)))
    cells = np.arange(len(view.lowest))
    mended = moves.mended(cells, data.draw(st.sampled_from(every)))
    assert mended is None or agrees(view, mended)


def test_a_total_of_totals_moves_with_a_figure_and_moves_it():
    rows = [[1, 1, -1, 0, 0], [0, 0, 1, 1, -1]]
    view = view_of([0] * 5, [9] * 5, rows, [(0, 0), (0, 0)])
    table = np.array([1, 1, 2, 2, 4])
    moves = FreeMoves(view, view.lowest, view.highest, table)
    assert moves.move(0, 3) == {0: 3, 2: 4, 4: 6}
    assert moves.move(4, 5) == {0: 2, 2: 3, 4: 5}
