"""Slips of a publisher that the attack must catch, and tables of any shape that must stay safe."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from suppression_tables import openings

from ssstats.disclosure.ad_hoc import HIDDEN, protect_table
from ssstats.disclosure.attack import PublishedView, attack
from ssstats.disclosure.attack_instance import attack_instance
from ssstats.disclosure.margins import read_margins
from ssstats.disclosure.suppression_instance import protect_instance
from ssstats.errors import DisclosureError

FIXTURES = Path(__file__).parent / "fixtures" / "suppression"


def files_of(name):
    return FIXTURES / name / "cells.csv", FIXTURES / name / "constraints.csv"


def write_pattern(path, cell_ids, is_hidden):
    lines = [f"{cell},{int(hidden)}" for cell, hidden in zip(cell_ids, is_hidden, strict=True)]
    path.write_text("\n".join(["cell_id,suppressed", *lines]))
    return path


@pytest.mark.parametrize("name", ["a1", "f1"])
def test_showing_any_one_secondary_of_a_cheapest_pattern_is_caught(name, tmp_path):
    result = protect_instance(*files_of(name), pattern=tmp_path / "pattern.csv")
    ids = result.model.cell_ids
    for cell in np.flatnonzero(result.is_secondary):
        shown_more = result.is_hidden.copy()
        shown_more[cell] = False
        pattern = write_pattern(tmp_path / "mutated.csv", ids, shown_more)
        assert attack_instance(*files_of(name), pattern).failing


def test_two_safe_patterns_of_one_table_are_caught_when_both_are_released(tmp_path):
    by_value = protect_instance(*files_of("a1"), pattern=tmp_path / "value.csv")
    by_count = protect_instance(*files_of("a1"), pattern=tmp_path / "count.csv", costs="count")
    assert attack_instance(*files_of("a1"), tmp_path / "value.csv").is_safe
    assert attack_instance(*files_of("a1"), tmp_path / "count.csv").is_safe
    hidden_in_both = by_value.is_hidden & by_count.is_hidden
    both = write_pattern(tmp_path / "both.csv", by_value.model.cell_ids, hidden_in_both)
    assert attack_instance(*files_of("a1"), both).failing


def test_one_more_decimal_of_a_percentage_is_caught():
    # 3 of 1000: shown as 0 %, 0 to 5 fit; shown as 0.3 %, only 3 does.
    def possible(decimals):
        half = 0.5 * 10**-decimals
        percentage = round(100 * 3 / 1000, decimals)
        low, high = (percentage - half) * 1000, (percentage + half) * 1000
        view = PublishedView(
            ("part", "rest", "total"),
            np.array([1.0, 1.0, 1000.0]),
            np.array([np.inf, np.inf, 1000.0]),
            sp.csr_matrix(np.array([[1, 1, -1], [100, 0, 0]])),
            np.array([0.0, low]),
            np.array([0.0, high]),
        )
        found = attack(view, [0])
        return found.lowest[0], found.highest[0]

    assert possible(0) == (1, 5)
    assert possible(1) == (3, 3)


def test_an_exact_total_beside_rounded_parts_is_caught():
    # 7 and 12 are shown as 5 (3 to 7) and 10 (8 to 12), their sum as 20 (18 to 22) or as 19.
    def possible(total_low, total_high):
        view = PublishedView(
            ("7", "12", "19"),
            np.array([3.0, 8.0, total_low]),
            np.array([7.0, 12.0, total_high]),
            sp.csr_matrix(np.array([[1, 1, -1]])),
            np.zeros(1),
            np.zeros(1),
        )
        found = attack(view, [0, 1])
        return (found.highest - found.lowest + 1).tolist()

    assert possible(18, 22) == [2, 2]
    assert possible(19, 19) == [1, 1]


def trees(codes):
    """Random hierarchies: pairs of parent and child that join all codes under one root."""

    @st.composite
    def draw_tree(draw):
        roots, pairs, number = list(codes), [], 0
        while len(roots) > 1:
            size = draw(st.integers(2, len(roots)))
            at = draw(st.integers(0, len(roots) - size))
            parent = f"{codes[0][0]}-group-{number}"
            pairs += [(parent, child) for child in roots[at : at + size]]
            roots[at : at + size] = [parent]
            number += 1
        return pairs

    return draw_tree()


AREAS, AGES = ["a0", "a1", "a2", "a3"], ["b0", "b1", "b2"]
COUNTS = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 40))


@settings(max_examples=20, deadline=None)
@given(
    st.lists(COUNTS, min_size=12, max_size=12),
    trees(AREAS),
    trees(AGES),
    st.permutations(range(12)),
)
def test_a_table_with_any_hierarchies_is_safe_as_it_is_written_and_in_any_order(
    tmp_path_factory, counts, area_tree, age_tree, order
):
    folder = tmp_path_factory.mktemp("table")
    cells = [(area, age) for area in AREAS for age in AGES]
    options = {"dimensions": ["area", "age"], "measure": "count", "hierarchies": []}
    for name, pairs in (("area", area_tree), ("age", age_tree)):
        file = folder / f"{name}.csv"
        file.write_text("\n".join(["parent,child", *(",".join(pair) for pair in pairs)]))
        options["hierarchies"].append((name, file))

    def protected(places):
        lines = [f"{cells[at][0]},{cells[at][1]},{counts[at]}" for at in places]
        (folder / "table.csv").write_text("\n".join(["area,age,count", *lines]))
        protect_table(folder / "table.csv", out=folder / "out.csv", **options)
        rows = csv.DictReader((folder / "out.csv").read_text().splitlines())
        return {(row["area"], row["age"]): row["count"] for row in rows}

    try:
        shown = protected(range(12))
    except DisclosureError as refused:
        assert "cannot be protected" in str(refused)
        model = read_margins(folder / "table.csv", **options).model
        assert openings(model, model.is_candidate), "no pattern at all protects every cell"
        return
    model = read_margins(folder / "table.csv", **options).model
    is_hidden = np.array([shown[tuple(cell.split(" | "))] == HIDDEN for cell in model.cell_ids])
    assert openings(model, is_hidden) == []
    assert not is_hidden[model.values == 0].any()
    assert protected(order) == shown
