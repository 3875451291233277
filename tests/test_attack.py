"""The attack finds what remains possible, and its proofs stand by addition alone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from suppression_tables import crossed_table, enumerate_counts, model_of, plain_limits, tables

from ssstats.disclosure.attack import PublishedView, attack
from ssstats.disclosure.attack_bounds import tighten_bounds
from ssstats.disclosure.attack_certificates import check_certificates
from ssstats.disclosure.attack_search import OfferedTables
from ssstats.disclosure.suppression_problem import view_of
from ssstats.errors import DisclosureError


def view(lowest, highest, rows, row_lowest, row_highest) -> PublishedView:
    ids = tuple(f"c{number}" for number in range(len(lowest)))
    return PublishedView(
        ids,
        np.array(lowest, float),
        np.array(highest, float),
        sp.csr_matrix(np.array(rows, dtype=np.int64)),
        np.array(row_lowest, float),
        np.array(row_highest, float),
    )


def test_a_single_hidden_cell_of_a_sum_is_known_exactly():
    total_of_three = view([20, 7, 9, 1], [20, 7, 9, np.inf], [[-1, 1, 1, 1]], [0], [0])
    found = attack(total_of_three, [3])
    assert (found.lowest[0], found.highest[0]) == (4, 4)


def test_two_hidden_cells_that_sum_to_five_range_from_one_to_four():
    shown = view([12, 7, 1, 1], [12, 7, np.inf, np.inf], [[-1, 1, 1, 1]], [0], [0])
    found = attack(shown, [2, 3])
    assert found.lowest.tolist() == [1, 1]
    assert found.highest.tolist() == [4, 4]
    assert found.is_exact_lowest.all() and found.is_exact_highest.all()
    assert check_certificates(found) >= 1


def test_a_hidden_cell_under_a_hidden_total_has_no_highest_count():
    shown = view([1, 1, 8], [np.inf, np.inf, 8], [[-1, 1, 1]], [0], [0])
    found = attack(shown, [1])
    assert found.lowest[0] == 1
    assert found.highest[0] == np.inf


def test_rounded_counts_are_known_to_lie_within_two_of_what_is_shown():
    # 25 = 10 + x with every number rounded to base 5: x lies between 23 - 12 and 27 - 8.
    shown = view([23, 8, 13], [27, 12, 17], [[-1, 1, 1]], [0], [0])
    found = attack(shown, [2])
    assert (found.lowest[0], found.highest[0]) == (13, 17)
    tight = view([23, 8, 18], [27, 8, 22], [[-1, 1, 1]], [0], [0])
    assert attack(tight, [2]).highest[0] == 19


def test_a_whole_percentage_beside_its_total_narrows_the_count():
    # 33 % of 12, so 32.5 <= 100 x / 12 <= 33.5 leaves x = 4 alone.
    rows = [[200, -65], [200, -67]]
    shown = view([1, 12], [np.inf, 12], rows, [0, -np.inf], [np.inf, 0])
    found = attack(shown, [0])
    assert (found.lowest[0], found.highest[0]) == (4, 4)


def test_only_whole_numbers_count_where_fractions_would_reach_further():
    # 2x + 2y = 2z + 6 and x + y + z = 9 force x + y = 6, z = 3; y = 2w makes y even.
    rows = [[2, 2, -2, 0], [1, 1, 1, 0], [0, 1, 0, -2]]
    shown = view([1] * 4, [np.inf] * 4, rows, [6, 9, 0], [6, 9, 0])
    found = attack(shown, [0, 1])
    assert found.lowest.tolist() == [2, 2]
    assert found.highest.tolist() == [4, 4]


def test_contradicting_totals_are_refused_and_named_without_counts():
    shown = view([10, 12, 1], [10, 12, np.inf], [[-1, 1, 1]], [0], [0])
    with pytest.raises(DisclosureError, match="contradicts itself at cell c0, c1, c2") as caught:
        attack(shown, [2])
    assert "12" not in str(caught.value)


def test_bounds_that_cannot_be_tightened_stay_as_they_are():
    matrix = sp.csr_matrix(np.array([[1, 1]]))
    low, high = tighten_bounds(
        matrix, np.array([-np.inf]), np.array([np.inf]), np.ones(2), np.full(2, np.inf)
    )
    assert low.tolist() == [1, 1]
    assert np.isinf(high).all()


def tightened_row_by_row(matrix, row_lowest, row_highest, low, high):
    """Pass bounds through every entry of every row, one after the other, until nothing changes."""
    low, high, before = low.copy(), high.copy(), None
    while before != (low.tolist(), high.tolist()):
        before = low.tolist(), high.tolist()
        for row, cell in np.argwhere(matrix != 0):
            weight, rest = matrix[row, cell], np.delete(matrix[row], cell)
            ends = np.stack([rest * np.delete(low, cell), rest * np.delete(high, cell)])
            least = (row_lowest[row] - ends.max(axis=0).sum()) / weight
            most = (row_highest[row] - ends.min(axis=0).sum()) / weight
            low[cell] = max(low[cell], np.ceil(min(least, most)))
            high[cell] = min(high[cell], np.floor(max(least, most)))
    return low, high


WEIGHTS = st.lists(st.sampled_from([-1, 0, 1]), min_size=5, max_size=5)
FIVE_COUNTS = st.lists(st.integers(0, 9), min_size=5, max_size=5)


@settings(max_examples=60, deadline=None)
@given(st.lists(WEIGHTS, min_size=1, max_size=5), FIVE_COUNTS, FIVE_COUNTS, st.integers(0, 2))
def test_bounds_come_out_as_narrow_as_by_passing_through_every_row_in_turn(
    rows, table, above, slack
):
    matrix, table = np.array(rows), np.array(table)
    ends = matrix @ table - slack, matrix @ table + slack
    bounds = np.zeros(5), (table + above).astype(float)
    found = tighten_bounds(sp.csr_matrix(matrix), *ends, *bounds)
    assert np.array_equal(found, tightened_row_by_row(matrix, *ends, *bounds))


@settings(max_examples=30, deadline=None)
@given(tables())
def test_the_attack_agrees_with_plain_linear_programmes(table):
    model = model_of(*table)
    hidden = model.is_primary
    targets = np.flatnonzero(hidden)
    found = attack(view_of(model, hidden), targets)
    check_certificates(found)
    for place, cell in enumerate(targets):
        low, high = plain_limits(model, hidden, cell)
        assert found.lowest[place] >= low - 1e-6
        assert found.highest[place] <= high + 1e-6
        if model.relations.shape[0] and len(model.cell_ids[0].split(".")) == 2:
            assert found.lowest[place] == pytest.approx(np.ceil(low - 1e-6))
            assert np.isinf(high) == np.isinf(found.highest[place])


@settings(max_examples=15, deadline=None)
@given(tables())
def test_the_attack_agrees_with_trying_every_table(table):
    model = model_of(*table)
    hidden = np.zeros(len(model), dtype=bool)
    hidden[np.flatnonzero(model.is_primary)[:5]] = True
    targets = np.flatnonzero(hidden)
    possible = np.array(enumerate_counts(model, hidden, most=8))
    found = attack(view_of(model, hidden), targets)
    for place in range(len(targets)):
        assert found.lowest[place] == possible[:, place].min()
        assert min(found.highest[place], 8) == min(possible[:, place].max(), 8)


def test_offered_tables_prove_without_a_search_and_false_ones_are_ignored():
    counts, entries = crossed_table(np.array([[3, 9, 12], [9, 14, 7], [8, 6, 21]]))
    model = model_of(counts, entries)
    hidden = np.isin(model.cell_ids, ["0.0", "0.1", "1.0", "1.1"])
    shown, target = view_of(model, hidden), np.flatnonzero(model.is_primary)
    cells = np.flatnonzero(hidden)
    up, down, false = ([2, -2, -2, 2], [-2, 2, 2, -2], [5, 5, 5, 5])
    changes = tuple((cells, model.values[cells] + np.array(change)) for change in (up, down, false))
    reach = np.array([1.0]), np.array([5.0])
    found = attack(
        shown,
        target,
        reach_lowest=reach[0],
        reach_highest=reach[1],
        offered=OfferedTables(model.values, changes),
    )
    assert (found.lowest[0], found.highest[0]) == (1, 5)
    assert len(found.witnesses) == check_certificates(found) == 3


def test_a_forged_witness_is_refused():
    counts, entries = crossed_table(np.array([[3, 9, 12], [9, 14, 7], [8, 6, 21]]))
    model = model_of(counts, entries)
    hidden = np.isin(model.cell_ids, ["0.0", "0.1", "1.0", "1.1"])
    found = attack(view_of(model, hidden), np.flatnonzero(model.is_primary))
    check_certificates(found)
    first = found.witnesses[0]
    forged = dataclasses.replace(first, counts=first.counts + 1)
    with pytest.raises(DisclosureError, match="breaks a relation"):
        check_certificates(dataclasses.replace(found, witnesses=(forged, *found.witnesses[1:])))
    with pytest.raises(DisclosureError, match=r"do not show .* of cell 0\.0"):
        check_certificates(dataclasses.replace(found, highest=found.highest + 1))
