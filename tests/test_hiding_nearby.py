"""Linear programmes find what gives way for one cell wherever an integer programme finds it."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from ssstats.disclosure.hiding_nearby import Vicinity
from ssstats.disclosure.release_attack_moves import Moves
from ssstats.disclosure.release_attack_nearby import Room, Surroundings

CELLS = 6


def vicinity(rows, slack, table, room, unit=1):
    relations = sp.csr_matrix(np.array(rows, dtype=float).reshape(-1, CELLS))
    table = np.array(table)
    sums = relations @ table
    surroundings = Surroundings(relations, sums - slack, sums + slack, table)
    moves = Moves(relations, sums - slack, sums + slack, room.lowest, room.highest, table)
    return Vicinity(surroundings, 0, room, np.ones(CELLS, dtype=np.int64) * unit, moves.mended)


def in_tenths(rows, unit):
    """Return relations in which whole counts weigh ten times where they meet tenths."""
    signs = np.array(rows)
    meets = (signs[:, unit > 1] != 0).any(axis=1)
    return np.where(meets[:, None] & (unit == 1), 10 * signs, signs)


def cost(changes, room):
    return sum(
        room.price[cell]
        for cell, count in changes.items()
        if not room.lowest[cell] <= count <= room.highest[cell]
    )


@st.composite
def neighbourhoods(draw):
    rows = draw(
        st.lists(
            st.lists(st.sampled_from([-1, 0, 0, 1]), min_size=CELLS, max_size=CELLS),
            min_size=1,
            max_size=4,
        )
    )
    counts = st.lists(st.integers(0, 3), min_size=CELLS, max_size=CELLS)
    table, below, above = (np.array(draw(counts)) for _ in range(3))
    prices = st.lists(st.sampled_from([1.0, 20.0, 105.0, np.inf]), min_size=CELLS, max_size=CELLS)
    lowest, highest = np.maximum(table - below, 0.0), (table + above).astype(float)
    room = Room(lowest, highest, np.minimum(lowest, 0.0), highest + 8.0, np.array(draw(prices)))
    unit = np.array(draw(st.lists(st.sampled_from([1, 1, 10]), min_size=CELLS, max_size=CELLS)))
    return vicinity(in_tenths(rows, unit), draw(st.integers(0, 2)), table, room, unit)


@settings(max_examples=60, deadline=None)
@given(neighbourhoods(), st.integers(0, 8))
def test_a_change_is_found_where_there_is_one_and_agrees_with_every_relation(near, count):
    around, room = near.surroundings, near.room
    changes, exact = near.nearest(count, most=CELLS), near.exact(count, most=CELLS)
    if changes is None:
        changes = exact
    if count == around.table[0]:
        assert changes == {}
        return
    assert bool(changes) == bool(exact)
    if not changes:
        return
    table = around.table.copy()
    table[list(changes)] = list(changes.values())
    assert table[0] == count
    yields = np.isfinite(room.price)
    assert (table >= np.where(yields, room.wider_lowest, room.lowest)).all()
    assert (table <= np.where(yields, room.wider_highest, room.highest)).all()
    sums = around.by_row @ table
    assert (sums >= around.row_lowest).all() and (sums <= around.row_highest).all()
    assert cost(changes, room) >= cost(exact, room)


def test_the_cheaper_of_two_cells_gives_way():
    fixed = np.array([1.0, 4, 4, 0, 0, 0])
    room = Room(
        np.array([0.0, 4, 4, 0, 0, 0]),
        np.array([9.0, 4, 4, 0, 0, 0]),
        np.zeros(CELLS),
        np.full(CELLS, 9.0),
        np.array([np.inf, 105.0, 20.0, np.inf, np.inf, np.inf]),
    )
    near = vicinity([[1, 1, 1, 0, 0, 0]], 0, fixed.astype(int), room)
    assert near.nearest(3, most=CELLS) == {0: 3, 2: 2}
    assert near.nearest(9, most=CELLS) == near.exact(9, most=CELLS)


def test_counts_in_tenths_go_by_whole_ones_where_that_suffices():
    unit = np.array([1, 10, 10, 1, 1, 1])
    rows = in_tenths([[1, -1, -1, 0, 0, 0]], unit)
    room = Room.fixed(np.zeros(CELLS), np.full(CELLS, 60.0))
    near = vicinity(rows, 0, [3, 14, 16, 0, 0, 0], room, unit)
    assert near.nearest(4, most=CELLS) in ({0: 4, 1: 24}, {0: 4, 2: 26})


def test_counts_in_tenths_go_by_single_tenths_where_whole_ones_do_not_fit():
    unit = np.array([1, 10, 10, 1, 1, 1])
    rows = in_tenths([[1, -1, -1, 0, 0, 0]], unit)
    room = Room.fixed(np.zeros(CELLS), np.array([9.0, 20, 20, 0, 0, 0]))
    near = vicinity(rows, 0, [3, 14, 16, 0, 0, 0], room, unit)
    assert near.nearest(4, most=CELLS) == {0: 4, 1: 20, 2: 20}


@settings(max_examples=60, deadline=None)
@given(neighbourhoods(), st.dictionaries(st.integers(0, CELLS - 1), st.integers(0, 8)))
def test_what_mends_a_change_keeps_it_and_agrees_with_every_relation(near, changes):
    around, room = near.surroundings, near.room
    ends = around.row_lowest, around.row_highest
    moves = Moves(around.by_row, *ends, room.lowest, room.highest, around.table)
    before = around.table.tolist(), list(moves.table)
    mended = moves.mended(changes)
    assert (around.table.tolist(), moves.table) == before
    if mended:
        table = around.table.copy()
        table[list(mended)] = list(mended.values())
        assert all(table[cell] == count for cell, count in changes.items())
        follow = [cell for cell in mended if cell not in changes]
        assert (table[follow] >= room.lowest[follow]).all()
        assert (table[follow] <= room.highest[follow]).all()
        sums = around.by_row @ table
        assert (sums >= around.row_lowest).all() and (sums <= around.row_highest).all()


def test_single_steps_mend_what_a_change_leaves_open():
    room = Room.fixed(np.zeros(CELLS), np.full(CELLS, 9.0))
    rows = [[1, -1, 0, 0, 0, 0], [0, 1, -1, 0, 0, 0]]
    table = np.full(CELLS, 2)
    relations = sp.csr_matrix(np.array(rows, dtype=float))
    moves = Moves(relations, np.zeros(2), np.zeros(2), room.lowest, room.highest, table)
    assert moves.mended({0: 5, 1: 5}) == {0: 5, 1: 5, 2: 5}
    assert moves.mended({0: 5, 1: 5, 2: 4}) == {}


def test_cells_that_nothing_joins_are_not_reached():
    room = Room.fixed(np.zeros(CELLS), np.full(CELLS, 9.0))
    near = vicinity([[1, -1, 0, 0, 0, 0], [0, 0, 1, -1, 0, 0]], 0, [2] * CELLS, room)
    assert near.nearest(5, most=CELLS) == {0: 5, 1: 5}
