"""Controlled rounding adds up exactly, and the attack says what it leaves open."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from suppression_tables import crossed_table, model_of, tables

from ssstats.disclosure.attack import attack
from ssstats.disclosure.attack_certificates import check_certificates
from ssstats.disclosure.model import read_instance
from ssstats.disclosure.rounding import round_controlled, round_nearest, view_of_rounded
from ssstats.errors import DisclosureError, UsageError


def test_seven_rounds_to_five_and_eight_to_ten():
    assert round_nearest(np.array([0, 2, 3, 7, 8])).tolist() == [0, 0, 5, 5, 10]


@pytest.mark.parametrize("base", [2, 4])
def test_bases_without_a_clear_nearest_multiple_are_refused(base):
    with pytest.raises(UsageError):
        round_nearest(np.array([3]), base)


@settings(max_examples=25, deadline=None)
@given(tables())
def test_rounded_tables_add_up_in_adjacent_multiples(table):
    model = model_of(*table)
    try:
        rounded = round_controlled(model)
    except DisclosureError:
        assert len(model.cell_ids[0].split(".")) == 3, "two-way tables can always be rounded"
        return
    assert not np.any(rounded.counts % 5)
    assert np.abs(rounded.counts - model.values).max(initial=0) < 5
    assert not np.any(model.relations @ rounded.counts)
    assert rounded.deviation == pytest.approx(rounded.lower_bound)


def test_the_deviation_is_the_least_of_all_additive_roundings():
    model = model_of(*crossed_table(np.array([[3, 9], [7, 6]])))
    choices = [
        [value] if value % 5 == 0 else [value // 5 * 5, value // 5 * 5 + 5]
        for value in model.values.tolist()
    ]
    additive = [
        np.abs(np.array(counts) - model.values).sum()
        for counts in itertools.product(*choices)
        if not np.any(model.relations @ np.array(counts))
    ]
    assert round_controlled(model).deviation == min(additive)


def test_a_workforce_table_in_four_dimensions_rounds_within_one_percent_of_the_least_deviation():
    folder = Path(__file__).parent / "fixtures" / "suppression" / "c1"
    model = read_instance(folder / "cells.csv", folder / "constraints.csv")
    rounded = round_controlled(model)
    assert not np.any(rounded.counts % 5)
    assert np.abs(rounded.counts - model.values).max() < 5
    assert not np.any(model.relations @ rounded.counts)
    nearest = np.abs(round_nearest(model.values) - model.values).sum()
    assert nearest <= rounded.lower_bound <= rounded.deviation <= 1.01 * rounded.lower_bound


def test_the_attack_on_a_rounded_table_finds_the_true_counts_possible():
    model = model_of(*crossed_table(np.array([[3, 9, 12], [9, 14, 7], [8, 6, 21]])))
    for shown, is_nearest in (
        (round_nearest(model.values), True),
        (round_controlled(model).counts, False),
    ):
        found = attack(
            view_of_rounded(model, shown, 5, is_nearest=is_nearest), np.arange(len(model))
        )
        check_certificates(found)
        assert np.all((found.lowest <= model.values) & (model.values <= found.highest))
        assert np.all(found.highest > found.lowest)


def test_rounding_one_by_one_can_give_a_count_away():
    # Two zeros shown for 2 and 2 under a total shown as 5 (for 4, which is 3 to 7):
    # 2 + 2 is the only sum of two counts under 3 that reaches 4; 1 + 2 reaches 3.
    model = model_of(*crossed_table(np.array([[2, 2]])))
    shown = round_nearest(model.values)
    found = attack(
        view_of_rounded(model, shown, 5, is_nearest=True),
        [model.cell_ids.index("0.0"), model.cell_ids.index("0.T")],
    )
    assert found.lowest.tolist() == [1, 3]
    assert found.highest.tolist() == [2, 4]
