"""All of a small group in one of its parts: told by no release, whatever else is read."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_gate import DUE, KEY, REVIEWED, ROUND, SUPPRESS, released
from small_returns import AUTHORITIES, CATALOGUE, WALES

from ssstats.disclosure.earlier import EarlierRelease
from ssstats.disclosure.release_attack_report import attack_release, describe_report
from ssstats.disclosure.release_tables import EXACT, SECONDARY, write_release_tables

FIRST, SECOND, THIRD = AUTHORITIES[:3]
TOLD = dataclasses.replace(SUPPRESS, whole_told_from=1)
# In the first authority all 12 reviews that were due took place.
ALL_OF_12 = {DUE: (12, 30, 40), REVIEWED: (12, 20, 33)}


def attacked(tables, folder, earlier=()):
    write_release_tables(tables, folder)
    return attack_release(folder, CATALOGUE, earlier)


def hidden(tables):
    return set(tables.counts.loc[tables.counts["rule"] == SECONDARY, KEY].apply(tuple, axis=1))


def test_that_all_of_a_small_group_are_in_one_part_is_hidden():
    places = hidden(released(ALL_OF_12, policy=SUPPRESS))
    assert places & {(FIRST, DUE), (FIRST, REVIEWED)}
    # What is hidden alone follows from the total: a second one has to give way.
    assert len(places) >= 2


def test_a_policy_that_tells_it_of_every_group_hides_nothing():
    assert not hidden(released(ALL_OF_12, policy=TOLD))


def test_a_group_of_20_is_large_enough_for_it_to_be_told():
    counts = {DUE: (20, 30, 40), REVIEWED: (20, 20, 33)}
    assert not hidden(released(counts, policy=SUPPRESS))


def test_rounding_leaves_open_whether_a_part_is_all_of_its_group(tmp_path):
    tables = released(ALL_OF_12)
    assert not hidden(tables)
    report = attacked(tables, tmp_path)
    assert report.is_protected
    assert (report.groups.parts, report.groups.open) == (1, 0)


def test_the_attack_finds_that_all_of_a_small_group_are_in_one_part(tmp_path):
    told = released(ALL_OF_12, policy=TOLD)
    claims = dict(told.facts) | {"policy": SUPPRESS.facts()}
    report = attacked(dataclasses.replace(told, facts=claims), tmp_path)
    assert not report.is_protected
    assert report.open_figures == (f"2020-proposed 2024-25 {FIRST} {REVIEWED} (all of {DUE})",)
    assert "1 open" in " ".join(describe_report(report))


def test_what_leaves_the_gate_is_protected_and_the_audit_counts_the_parts(tmp_path):
    report = attacked(released(ALL_OF_12, policy=SUPPRESS), tmp_path)
    assert report.is_protected
    assert report.groups.parts >= 1
    assert (report.groups.told, report.groups.open) == (0, 0)


def test_showing_a_figure_that_hid_a_whole_group_is_found(tmp_path):
    tables = released(ALL_OF_12, policy=SUPPRESS)
    truth = {
        (area, reference): count
        for reference, values in ALL_OF_12.items()
        for area, count in [*zip(AUTHORITIES, values, strict=False), (WALES, sum(values))]
    }
    columns = ["value", "marker", "rule", "lowest", "highest"]
    for place in hidden(tables):
        counts = tables.counts.copy()
        row = (counts[KEY].apply(tuple, axis=1) == place).to_numpy()
        shown = truth[place]
        counts.loc[row, columns] = [shown, "", EXACT, shown, shown]
        report = attacked(dataclasses.replace(tables, counts=counts), tmp_path / str(place[0]))
        assert not report.is_protected, place


def test_what_an_earlier_release_told_of_a_group_cannot_be_taken_back(tmp_path):
    before = released(ALL_OF_12, policy=TOLD)
    write_release_tables(before, tmp_path / "before")
    earlier = [EarlierRelease(before.counts, before.broken)]
    after = released(ALL_OF_12, policy=SUPPRESS, earlier=earlier)
    assert not hidden(after)
    report = attacked(after, tmp_path / "after", [tmp_path / "before"])
    assert report.is_protected
    assert (report.groups.told, report.groups.open) == (1, 0)


@pytest.fixture
def with_letters_as_parts(monkeypatch):
    """The catalogue, and that CH/018a is a part of CH/017, of which CH/018a to d are all."""
    rows = CATALOGUE.identities
    own = rows[(rows["operator"] == "<=") & (rows["left"] == REVIEWED)].iloc[:1]
    more = own.assign(id="R999", left="CH/018a", right="CH/017")
    wider = dataclasses.replace(CATALOGUE, identities=pd.concat([rows, more], ignore_index=True))
    monkeypatch.setattr("small_gate.CATALOGUE", wider)
    return wider


def test_that_a_part_is_the_whole_is_not_hidden_where_shown_zeros_say_so(
    tmp_path, with_letters_as_parts
):
    letters = [f"CH/018{letter}" for letter in "abcd"]
    counts = {"CH/017": (12, 30), letters[0]: (12, 9), letters[1]: (0, 7)}
    counts |= {letters[2]: (0, 8), letters[3]: (0, 6)}
    tables = released(counts, policy=SUPPRESS)
    assert not hidden(tables)
    write_release_tables(tables, tmp_path)
    report = attack_release(tmp_path, with_letters_as_parts)
    assert report.is_protected
    assert (report.groups.told, report.groups.open) == (1, 0)
    assert "1 are, as shown zeros" in " ".join(describe_report(report))


@given(
    st.integers(2, 4).flatmap(
        lambda n: st.tuples(*[st.lists(st.integers(5, 24), min_size=n, max_size=n)] * 2)
    ),
    st.sampled_from([ROUND, SUPPRESS]),
)
@settings(max_examples=15, deadline=None)
def test_no_release_of_random_counts_tells_that_a_part_is_its_whole(
    tmp_path_factory, drawn, policy
):
    due, extra = drawn
    reviewed = [min(a, b) for a, b in zip(due, extra, strict=True)]
    tables = released({DUE: due, REVIEWED: reviewed}, policy=policy)
    report = attacked(tables, tmp_path_factory.mktemp("groups"))
    assert report.is_protected
    assert report.groups.told == 0


@pytest.mark.parametrize("policy", [ROUND, SUPPRESS])
def test_a_group_of_none_is_no_group(policy, tmp_path):
    tables = released({DUE: (0, 30, 40), REVIEWED: (0, 20, 33)}, policy=policy)
    assert not hidden(tables)
    assert attacked(tables, tmp_path).groups.parts == 0
