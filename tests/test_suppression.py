"""Every pattern protects every primary cell, at the least cost that can be proved."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from suppression_tables import crossed_table, model_of, openings, tables

from ssstats.disclosure.model import build_model
from ssstats.disclosure.suppression import protect
from ssstats.disclosure.suppression_optimise import Effort
from ssstats.errors import DisclosureError, UsageError

THREE_BY_THREE = np.array([[3, 9, 12], [9, 14, 7], [8, 6, 21]])


def protected_or_impossible(table):
    """Return the suppression of a random table; some tables hold too little to hide behind."""
    model = model_of(*table)
    try:
        return protect(model)
    except DisclosureError:
        everything = model.is_candidate
        assert openings(model, everything), "refused although hiding everything protects"
        assume(False)


def test_one_small_count_takes_three_secondaries_that_close_a_rectangle():
    result = protect(model_of(*crossed_table(THREE_BY_THREE)))
    assert result.is_secondary.sum() == 3
    # The cheapest rectangle around the 3 uses 9 + 8 + 6 = 23.
    assert result.cost == result.lower_bound == 23
    assert openings(result.model, result.is_hidden) == []


def test_each_secondary_names_the_primary_cell_it_protects():
    result = protect(model_of(*crossed_table(THREE_BY_THREE)))
    assert set(result.protects.values()) == {("0.0",)}
    hidden = {result.model.cell_ids[cell] for cell in np.flatnonzero(result.is_secondary)}
    assert set(result.protects) == hidden


@pytest.mark.parametrize("costs", ["value", "count", "sqrt"])
def test_the_cost_is_the_least_of_all_patterns_of_a_small_table(costs):
    model = model_of(*crossed_table(THREE_BY_THREE))
    price = {"value": model.values, "count": np.ones(16), "sqrt": np.sqrt(model.values)}[costs]
    others = np.flatnonzero(~model.is_primary)
    least = np.inf
    for size, cells in ((k, c) for k in range(5) for c in itertools.combinations(others, k)):
        cost = float(price[list(cells)].sum()) if size else 0.0
        hidden = model.is_primary.copy()
        hidden[list(cells)] = True
        if cost < least and not openings(model, hidden):
            least = cost
    assert protect(model, costs=costs).cost == pytest.approx(least)


@settings(max_examples=25, deadline=None)
@given(tables())
def test_plain_linear_programmes_find_no_opening_in_any_pattern(table):
    result = protected_or_impossible(table)
    assert openings(result.model, result.is_hidden) == []
    assert not result.is_hidden[result.model.values == 0].any()
    assert result.lower_bound <= result.cost + 1e-9


@settings(max_examples=15, deadline=None)
@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(table, random):
    result = protected_or_impossible(table)
    counts, entries = table
    cells, rows = list(counts.items()), list(entries)
    random.shuffle(cells)
    random.shuffle(rows)
    renamed = [(f"r{name}", cell, weight) for name, cell, weight in rows]
    again = protect(model_of(dict(cells), renamed))
    assert again.model.cell_ids == result.model.cell_ids
    assert np.array_equal(again.is_hidden, result.is_hidden)


@settings(max_examples=15, deadline=None)
@given(tables())
def test_protecting_twice_changes_nothing(table):
    result = protected_or_impossible(table)
    again = protect(result.model, already_hidden=result.is_hidden)
    assert np.array_equal(again.is_hidden, result.is_hidden)
    assert again.cost == 0


@settings(max_examples=15, deadline=None)
@given(tables())
def test_showing_any_one_secondary_more_opens_the_primary_cell_that_it_is_hidden_for(table):
    result = protected_or_impossible(table)
    for cell in np.flatnonzero(result.is_secondary):
        hidden = result.is_hidden.copy()
        hidden[cell] = False
        opened = openings(result.model, hidden)
        reasons = result.protects[result.model.cell_ids[cell]]
        assert reasons
        assert set(reasons) <= set(opened)


def test_a_cell_that_must_be_published_is_never_hidden():
    counts, entries = crossed_table(THREE_BY_THREE)
    statuses = ["u" if v < 5 else "p" if cell == "1.1" else "s" for cell, v in counts.items()]
    model = build_model(list(counts), list(counts.values()), statuses, entries)
    free = protect(model_of(counts, entries))
    result = protect(model)
    assert not result.is_hidden[result.model.cell_ids.index("1.1")]
    assert result.cost >= free.cost
    assert openings(result.model, result.is_hidden) == []


@pytest.mark.parametrize("effort", [Effort(), Effort(most_cells=0)])
def test_a_cell_that_cannot_be_protected_is_named_without_its_count(effort):
    counts, entries = crossed_table(np.array([[3, 0], [0, 48]]))
    statuses = ["z" if v == 0 else "u" if v < 5 else "p" for v in counts.values()]
    statuses = [
        "p" if cell == "T.T" else status for cell, status in zip(counts, statuses, strict=True)
    ]
    with pytest.raises(
        DisclosureError, match=r"cell 0\.0, 0\.T, T\.0 cannot be protected"
    ) as caught:
        protect(build_model(list(counts), list(counts.values()), statuses, entries), effort=effort)
    assert "3" not in str(caught.value)
    assert caught.value.exit_code == 6


def test_a_hidden_total_need_not_fall_under_the_number_of_its_parts():
    # The total 3 of three ones cannot be below 3 however much is hidden.
    counts, entries = crossed_table(np.array([[1, 1, 1], [20, 30, 40], [11, 12, 13]]))
    result = protect(model_of(counts, entries))
    assert openings(result.model, result.is_hidden) == []


def test_a_threshold_of_three_hides_less_than_a_threshold_of_five():
    counts, entries = crossed_table(np.array([[2, 9, 12], [9, 14, 4], [8, 6, 21]]))
    strict, lenient = protect(model_of(counts, entries)), model_of(counts, entries, threshold=3)
    assert protect(lenient, threshold=3).is_hidden.sum() < strict.is_hidden.sum()
    assert openings(lenient, protect(lenient, threshold=3).is_hidden, threshold=3) == []


def test_a_table_without_small_counts_hides_nothing():
    result = protect(model_of(*crossed_table(np.full((3, 3), 12))))
    assert not result.is_hidden.any()
    assert result.gap == 0


def test_unknown_costs_are_refused():
    with pytest.raises(UsageError, match="use one of value, count, sqrt"):
        protect(model_of(*crossed_table(THREE_BY_THREE)), costs="log")
