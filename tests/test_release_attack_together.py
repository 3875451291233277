"""Tables that show many figures differently: each agrees with the release; all are judged alike."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from small_gate import DUE, REVIEWED, released
from small_returns import CATALOGUE

from ssstats.disclosure import release_attack_together
from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.published import published_view
from ssstats.disclosure.release_attack import (
    ANY,
    MAGNITUDE,
    SMALL,
    WHOLE,
    Requirement,
    Search,
    Targets,
)
from ssstats.disclosure.release_attack_parts import Parts, Wish, binding_rows
from ssstats.disclosure.release_attack_possible import Shown
from ssstats.disclosure.release_attack_proof import attack_release_view
from ssstats.disclosure.release_attack_targets import targets_of
from ssstats.disclosure.release_attack_together import Together
from ssstats.disclosure.release_attack_witnesses import Family, check_families
from ssstats.errors import DisclosureError

REQUIREMENT = Requirement(5, 3)
INFINITE = float("inf")


def view_of(low, high, rows=(), ends=()):
    n = len(low)
    relations = sp.csr_matrix(np.array(rows, dtype=np.int64).reshape(len(rows), n))
    lowest, highest = (np.array([end[k] for end in ends], dtype=float) for k in (0, 1))
    names = tuple(f"cell {k}" for k in range(n))
    return PublishedView(
        names, np.array(low, float), np.array(high, float), relations, lowest, highest
    )


def every_table(view):
    ranges = [
        range(int(low), int(high) + 1) for low, high in zip(view.lowest, view.highest, strict=True)
    ]
    for chosen in itertools.product(*ranges):
        sums = view.relations @ np.array(chosen)
        if (sums >= view.row_lowest).all() and (sums <= view.row_highest).all():
            yield chosen


@st.composite
def small_views(draw):
    n, m = draw(st.integers(2, 4)), draw(st.integers(1, 3))
    low = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    high = [least + draw(st.integers(0, 3)) for least in low]
    weights = st.lists(st.sampled_from([-10, -1, 0, 1, 1]), min_size=n, max_size=n)
    rows = draw(st.lists(weights, min_size=m, max_size=m))
    ends = [(least, least + draw(st.integers(0, 4))) for least in draw(
        st.lists(st.integers(-6, 6), min_size=m, max_size=m)
    )]  # fmt: skip
    return view_of(low, high, rows, ends)


@given(small_views())
@settings(max_examples=150, deadline=None)
def test_the_nearest_table_is_found_just_where_trying_every_table_finds_one(view):
    wish = Wish(np.array(view.lowest, np.int64), np.ones(len(view.lowest)), np.ones(4, np.int64))
    parts = Parts(view, view.lowest, view.highest)
    found = [parts.nearest(part, wish, (1, 40)) for part in parts.every]
    fixed = np.flatnonzero(np.diff(view.relations[:, view.lowest < view.highest].indptr) == 0)
    sums = view.relations @ view.lowest
    holds = (sums >= view.row_lowest) & (sums <= view.row_highest)
    possible = any(True for _ in every_table(view))
    assert possible == (all(counts is not None for counts in found) and holds[fixed].all())
    if possible:
        table = wish.table.copy()
        for part, counts in zip(parts.every, found, strict=True):
            table[part.cells] = counts
        assert tuple(table.tolist()) in set(every_table(view))


@given(small_views())
@settings(max_examples=100, deadline=None)
def test_a_relation_binds_just_where_some_counts_within_their_bounds_break_it(view):
    free = view_of(view.lowest, view.highest)
    sums = np.array([view.relations @ np.array(table) for table in every_table(free)])
    breaks = ((sums < view.row_lowest) | (sums > view.row_highest)).any(axis=0)
    assert binding_rows(view, view.lowest, view.highest).tolist() == np.flatnonzero(breaks).tolist()


@given(
    st.lists(
        st.tuples(
            st.sampled_from([SMALL, ANY, MAGNITUDE, WHOLE]),
            st.sampled_from([1, 10]),
            st.lists(st.integers(0, 60), min_size=4, max_size=4),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_tables_show_is_judged_as_the_search_judges_it(drawn):
    said = tuple(word for word, _, _ in drawn)
    unit = np.array([1 if word == WHOLE else own for word, own, _ in drawn])
    targets = Targets(np.arange(len(drawn)), said, unit)
    tables = np.array([counts for _, _, counts in drawn]).T
    shown = Shown.by(targets, REQUIREMENT, tables[0])
    search = Search(view_of([0] * len(drawn), [60] * len(drawn)), REQUIREMENT, tables[0])
    search.add_targets(targets)
    for table in tables[1:]:
        shown.add(table)
        search.start_from(table)
    cells = targets.cells.tolist()
    assert shown.is_open.tolist() == [not search.is_safe(cell) for cell in cells]
    is_whole = np.array(said) == WHOLE
    judged = [search.shown_possible(cell) for cell in cells]
    assert (shown.possible == judged)[~is_whole].all()
    again = Shown.in_search(search, cells)
    assert again.is_open.tolist() == shown.is_open.tolist()
    assert again.possible.tolist() == shown.possible.tolist()


@pytest.mark.parametrize("few", [0, 600])
def test_all_tables_of_a_release_agree_with_it_and_settle_every_figure(few, monkeypatch):
    monkeypatch.setattr(release_attack_together, "_MANY", few)
    tables = released({DUE: (4, 1, 5, 20, 3), REVIEWED: (4, 1, 2, 15, 1)})
    view = published_view(tables.counts, CATALOGUE, broken=tables.broken)
    attacked = attack_release_view(view, targets_of(tables.counts), REQUIREMENT)
    assert not attacked.is_open.any()


def test_pulling_settles_most_figures_in_few_tables_that_agree(monkeypatch):
    monkeypatch.setattr(release_attack_together, "_MANY", 0)
    tables = released({DUE: (4, 1, 5, 20, 3), REVIEWED: (4, 1, 2, 15, 1)})
    view = published_view(tables.counts, CATALOGUE, broken=tables.broken)
    targets, unit = targets_of(tables.counts), np.ones(len(tables.counts), dtype=np.int64)
    together = Together.from_middle(view, targets, unit)
    shown = together.pull(targets, REQUIREMENT)
    families = [Family(table, []) for table in together.tables]
    assert 1 < len(families) < 2 * len(targets.cells)
    assert check_families(view, families, targets.cells) == len(families)
    assert shown.is_open.mean() < 0.5


def test_counts_in_tenths_move_by_single_tenths_where_whole_ones_do_not_fit():
    # Of 1.1 to 3.5 only 2 and 3 are whole; three whole steps apart are 1.1 and 3.1.
    view = view_of([11], [35])
    targets = Targets(np.array([0]), (SMALL,), np.array([10]))
    attacked = attack_release_view(view, targets, REQUIREMENT, np.array([10]))
    assert attacked.possible.tolist() == [3]


def test_two_figures_that_share_a_fixed_sum_are_both_shown_three_times():
    view = view_of([1, 1], [4, 4], [[1, 1]], [(5, 5)])
    targets = Targets(np.array([0, 1]), (SMALL, SMALL), np.array([1, 1]))
    assert not attack_release_view(view, targets, REQUIREMENT).is_open.any()


def test_a_figure_of_which_only_two_counts_fit_stays_open():
    view = view_of([1, 1], [4, 4], [[1, 1]], [(3, 3)])
    targets = Targets(np.array([0, 1]), (SMALL, SMALL), np.array([1, 1]))
    assert attack_release_view(view, targets, REQUIREMENT).is_open.all()


def test_tables_that_cannot_be_are_refused():
    view = view_of([1, 1], [4, 4], [[1, 1], [1, 1]], [(3, 3), (4, 4)])
    targets = Targets(np.array([0]), (SMALL,), np.array([1]))
    with pytest.raises(DisclosureError, match="contradicts itself"):
        attack_release_view(view, targets, REQUIREMENT)


def test_a_table_that_shows_a_count_outside_its_bounds_is_no_proof_even_without_relations():
    view = view_of([1], [4])
    with pytest.raises(DisclosureError, match="bounds"):
        check_families(view, [Family(np.array([5]), [])], np.array([0]))
