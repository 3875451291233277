"""The attack on a whole release: what it proves agrees with trying every table, and what is opened
by mistake is found."""

from __future__ import annotations

import dataclasses
import itertools
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from small_gate import DUE, KEY, REVIEWED, ROUND, SUPPRESS, quantities, released
from small_returns import AUTHORITIES, CATALOGUE, WALES

from ssstats.disclosure.gate import protect_quantities
from ssstats.disclosure.published import published_view
from ssstats.disclosure.release_attack import ANY, Requirement
from ssstats.disclosure.release_attack_files import read_published_files
from ssstats.disclosure.release_attack_proof import attack_release_view
from ssstats.disclosure.release_attack_report import (
    attack_release,
    require_protected,
    write_audit,
)
from ssstats.disclosure.release_attack_targets import targets_of
from ssstats.disclosure.release_attack_witnesses import Family, check_families
from ssstats.disclosure.release_tables import ROUNDED, SECONDARY, write_release_tables
from ssstats.errors import DisclosureError, UsageError
from ssstats.estimates import estimate_measures

REQUIREMENT = Requirement(5, 3)


def attacked(tables):
    view = published_view(tables.counts, CATALOGUE, broken=tables.broken)
    return attack_release_view(view, targets_of(tables.counts), REQUIREMENT)


def every_possible_count(counts, broken, *, most=9):
    """Possible counts of every cell by trying all tables; hidden counts up to `most`."""
    view = published_view(counts, CATALOGUE, broken=broken)
    matrix = view.relations.toarray()
    is_wales = (counts["area"] == WALES).to_numpy()
    own, totals = np.flatnonzero(~is_wales), np.flatnonzero(is_wales)
    ranges = [
        range(low, min(high, max(low, most)) + 1)
        for low, high in zip(
            view.lowest[own].astype(int), np.fmin(view.highest[own], 99).astype(int), strict=True
        )
    ]
    references = counts["reference"].to_numpy()
    possible = [set() for _ in view.cell_ids]
    for chosen in itertools.product(*ranges):
        table = np.zeros(len(view.cell_ids))
        table[own] = chosen
        for total in totals:
            table[total] = table[own[references[own] == references[total]]].sum()
        sums = matrix @ table
        inside = (table >= view.lowest).all() and (table <= view.highest).all()
        if inside and (sums >= view.row_lowest).all() and (sums <= view.row_highest).all():
            for k, count in enumerate(table):
                possible[k].add(int(count))
    return possible


def is_enough(counts, said):
    return len(counts) >= 3 and (said != ANY or max(counts) >= 5)


@pytest.mark.parametrize(
    "counts",
    [
        {DUE: (1, 1, 1, 1)},
        {DUE: (1, 1, 1, 1, 1, 1)},
        {DUE: (4, 2)},
        {DUE: (3, 0, 0)},
        {DUE: (4, 4, 6)},
        {DUE: (2, 2), REVIEWED: (2, 1)},
        {DUE: (4, 1, 5), REVIEWED: (4, 1, 2)},
        {DUE: (1, 2, 1), REVIEWED: (1, 1, 1)},
    ],
)
def test_trying_every_table_finds_no_count_of_a_small_release(counts):
    tables = released(counts)
    result, possible = attacked(tables), every_possible_count(tables.counts, tables.broken)
    assert len(result.targets.cells)
    for cell, said in zip(result.targets.cells, result.targets.said, strict=True):
        assert is_enough(possible[cell], said), tables.counts.loc[cell, KEY].tolist()
    assert not result.is_open.any()


def test_four_ones_are_not_given_away_by_a_hidden_total_of_four():
    # Four counts of at least 1 whose sum is said to be under 5 are all 1.
    counts = released({DUE: (1, 1, 1, 1)}).counts.set_index(KEY)
    assert counts.loc[(WALES, DUE), "rule"] == SECONDARY
    assert pd.isna(counts.loc[(WALES, DUE), "highest"])


def test_a_total_that_pins_six_ones_is_hidden_and_no_other_is():
    counts = released({DUE: (1, 1, 1, 1, 1, 1), REVIEWED: (0, 0, 0, 0, 0, 0)}).counts
    assert counts.loc[counts["rule"] == SECONDARY, KEY].to_numpy().tolist() == [[WALES, DUE]]


def test_a_total_of_wales_is_shown_where_nothing_needs_it_hidden():
    counts = released({DUE: (2, 3, 18, 40)}).counts.set_index(KEY)
    assert counts.loc[(WALES, DUE), "value"] == 65
    assert not (counts["rule"] == SECONDARY).any()


small_releases = st.integers(2, 5).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 14), min_size=n, max_size=n),
        st.lists(st.integers(0, 14), min_size=n, max_size=n),
    )
)


def released_or_refused(due, extra, **options):
    """A release in which AD/025 is at most AD/024; refused where nothing protects it."""
    reviewed = [min(a, b) for a, b in zip(due, extra, strict=True)]
    try:
        return released({DUE: due, REVIEWED: reviewed}, **options)
    except DisclosureError:
        return None


@given(small_releases, st.sampled_from([ROUND, SUPPRESS]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_the_attack_passes_every_release_that_leaves_the_gate(drawn, policy):
    tables = released_or_refused(*drawn, policy=policy)
    assume(tables is not None)
    assert not attacked(tables).is_open.any()


@given(small_releases, st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None)
def test_the_order_of_rows_never_matters_to_what_is_hidden(drawn, random):
    order = list(range(2 * (len(drawn[0]) + 1)))
    random.shuffle(order)
    first = released_or_refused(*drawn)
    second = released_or_refused(*drawn, order=order)
    assert (first is None) == (second is None)
    if first is not None:
        keys = ["reference", "area"]
        a, b = (t.counts.sort_values(keys, ignore_index=True) for t in (first, second))
        pd.testing.assert_frame_equal(a, b)


@given(st.lists(st.integers(0, 6), min_size=2, max_size=6))
@settings(max_examples=25, deadline=None)
def test_the_attack_calls_a_count_open_just_where_trying_every_table_does(due):
    # Small counts hidden for their own sake alone: some releases are safe and some are not.
    counts = protect_quantities(quantities({DUE: due}), ROUND)
    view = published_view(counts, CATALOGUE)
    result = attack_release_view(view, targets_of(counts), REQUIREMENT)
    possible = every_possible_count(counts, None)
    for cell, said, is_open in zip(
        result.targets.cells, result.targets.said, result.is_open, strict=True
    ):
        assert is_open == (not is_enough(possible[cell], said))


def test_a_table_that_breaks_a_relation_is_no_proof():
    view = published_view(released({DUE: (2, 3, 18)}).counts, CATALOGUE)
    base = np.array([2, 3, 18, 23])
    assert check_families(view, [Family(base, [{0: 3, 1: 2}])]) == 2
    with pytest.raises(DisclosureError, match="relation"):
        check_families(view, [Family(base, [{0: 3}])])
    with pytest.raises(DisclosureError, match="bounds"):
        check_families(view, [Family(base, [{0: 5, 1: 0}])])


# A printed age band, "46 to 45", that holds no age; the identities say that it counts nobody.
EMPTY_BAND = "WF/009d"


def test_a_zero_by_definition_is_shown_and_readers_know_it(tmp_path):
    tables = released({EMPTY_BAND: (0, 0, 0), DUE: (2, 3, 18)})
    own = tables.counts[tables.counts["reference"] == EMPTY_BAND]
    assert own["value"].tolist() == [0, 0, 0, 0]
    # Somebody who hid it would contradict what the guidance tells everybody.
    counts = tables.counts.copy()
    columns = ["value", "marker", "rule", "lowest", "highest"]
    counts.loc[own.index, columns] = counts.loc[counts["marker"] == "c", columns].to_numpy()[0]
    write_release_tables(dataclasses.replace(tables, counts=counts), tmp_path)
    with pytest.raises(DisclosureError, match="contradicts itself"):
        attack_release(tmp_path, CATALOGUE)


def test_a_count_where_there_can_be_none_is_hidden_and_the_release_says_that_it_is_wrong():
    tables = released({EMPTY_BAND: (4, 0, 0)})
    assert (tables.counts["value"] == 0).sum() == 2
    assert tables.broken[["rule", "area", "left_is"]].to_numpy().tolist() == [
        ["R288", AUTHORITIES[0], "more"]
    ]
    assert not attacked(tables).is_open.any()


# -- from files ---------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    tables = released({DUE: (1, 1, 1, 1, 1, 1, 0), REVIEWED: (0, 0, 0, 0, 0, 0, 0)})
    write_release_tables(tables, tmp_path)
    return tmp_path


def rewritten(folder, place, **values):
    counts = pd.read_csv(folder / "counts.csv", dtype=str, keep_default_na=False)
    row = (counts["area"] == place[0]) & (counts["reference"] == place[1])
    assert row.sum() == 1
    for column, value in values.items():
        counts.loc[row, column] = value
    counts.to_csv(folder / "counts.csv", index=False)


def test_a_release_that_left_the_gate_is_protected_and_the_audit_says_by_how_much(folder):
    report = attack_release(folder, CATALOGUE)
    require_protected(report)
    write_audit(report, folder / "audit.json")
    audit = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    assert audit["is_protected"] is True
    assert min(row["weakest"] for row in audit["protected"]) >= 3
    assert audit["requirement"] == {"threshold": 5, "fewest_possible": 3}


def test_showing_a_total_that_was_hidden_to_protect_others_is_found(folder):
    rewritten(folder, (WALES, DUE), value="5", marker="", rule=ROUNDED, lowest="5", highest="7")
    report = attack_release(folder, CATALOGUE)
    assert len(report.open_figures) == 6
    with pytest.raises(DisclosureError, match=DUE):
        require_protected(report)


def test_an_exact_total_beside_rounded_parts_is_refused(folder):
    rewritten(folder, (WALES, DUE), value="6", marker="", rule=ROUNDED)
    with pytest.raises(DisclosureError, match="multiple of the base"):
        attack_release(folder, CATALOGUE)


def test_an_exact_total_that_is_called_unprotected_is_found(folder):
    rewritten(
        folder, (WALES, DUE), value="6", marker="", rule="not protected", lowest="6", highest="6"
    )
    assert len(attack_release(folder, CATALOGUE).open_figures) == 6


def test_bounds_that_claim_more_room_than_the_rule_leaves_are_not_believed(folder):
    rewritten(folder, (WALES, DUE), value="5", marker="", rule=ROUNDED, lowest="1", highest="99")
    assert len(attack_release(folder, CATALOGUE).open_figures) == 6


def test_a_count_left_in_a_hidden_cell_is_refused_and_not_repeated(folder):
    rewritten(folder, (AUTHORITIES[0], DUE), value="1")
    with pytest.raises(DisclosureError) as caught:
        attack_release(folder, CATALOGUE)
    assert "shows a value" in str(caught.value)


def test_a_percentage_from_unrounded_counts_is_refused(tmp_path):
    tables = released({DUE: (103, 205, 311), REVIEWED: (51, 102, 207)})
    write_release_tables(tables, tmp_path)
    measures = estimate_measures(tables, CATALOGUE)
    measures.to_csv(tmp_path / "measures.csv", index=False)
    assert attack_release(tmp_path, CATALOGUE).measures_checked >= 4
    shown = pd.read_csv(tmp_path / "measures.csv", dtype=str, keep_default_na=False)
    place = shown.index[(shown["measure"] == "AD-29") & (shown["value"] != "")][0]
    shown.loc[place, "value"] = "49.5"  # 51 of 103; what is shown is 50 of 105
    shown.to_csv(tmp_path / "measures.csv", index=False)
    with pytest.raises(DisclosureError, match="AD-29"):
        attack_release(tmp_path, CATALOGUE)


@pytest.mark.parametrize(
    "counts",
    [
        {DUE: (2, 30, 40, 50)},
        {DUE: (1, 25, 0, 60)},
        {DUE: (3, 20, 30, 40), REVIEWED: (1, 12, 9, 33)},
        {DUE: (50, 20, 30), REVIEWED: (4, 20, 6)},
    ],
)
def test_showing_any_figure_that_was_hidden_to_protect_others_is_found(tmp_path, counts):
    tables = released(counts, policy=SUPPRESS)
    write_release_tables(tables, tmp_path)
    truth = quantities(counts).set_index(KEY)["value"]
    text = (tmp_path / "counts.csv").read_text(encoding="utf-8")
    assert attack_release(tmp_path, CATALOGUE).is_protected
    hidden = tables.counts.loc[tables.counts["rule"] == SECONDARY, KEY]
    assert len(hidden)
    for place in hidden.itertuples(index=False, name=None):
        shown = str(int(truth[place]))
        bounds = {"lowest": shown, "highest": shown}
        rewritten(tmp_path, place, value=shown, marker="", rule="shown exactly", **bounds)
        assert not attack_release(tmp_path, CATALOGUE).is_protected, place
        (tmp_path / "counts.csv").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda text: text.replace("lowest", "least", 1), "column lowest is missing"),
        (lambda text: text + "2016-code,2024-25\n", "equally long rows"),
        (lambda text: text.replace(",65,", ",sixty-five,", 1), "no number"),
    ],
)
def test_a_file_of_counts_that_cannot_be_read_is_refused(tmp_path, spoil, fault):
    write_release_tables(released({DUE: (2, 3, 18, 40)}), tmp_path)
    counts = tmp_path / "counts.csv"
    counts.write_text(spoil(counts.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(UsageError, match=fault):
        read_published_files(tmp_path)
