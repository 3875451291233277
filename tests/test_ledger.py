"""Earlier releases: what readers have already is known for good, and the ledger keeps it."""

from __future__ import annotations

import pandas as pd
import pytest
from small_gate import DUE, KEY, REVIEWED, ROUND, SUPPRESS, released
from small_returns import AUTHORITIES, CATALOGUE, WALES

from ssstats.disclosure.earlier import EarlierRelease
from ssstats.disclosure.ledger import enter_release, read_earlier, read_ledger
from ssstats.disclosure.release_attack_report import attack_release, describe_report
from ssstats.disclosure.release_tables import HIDDEN, SECONDARY, write_release_tables
from ssstats.errors import DisclosureError

FIRST, SECOND, THIRD = AUTHORITIES[:3]


def written(tables, folder):
    write_release_tables(tables, folder)
    return folder


def earlier(tables):
    return EarlierRelease(tables.counts, tables.broken)


def rules(tables):
    return tables.counts.set_index(KEY)["rule"]


def test_one_small_count_of_exact_figures_takes_a_second_one_with_it():
    rule = rules(released({DUE: (2, 30, 40, 50)}, policy=SUPPRESS))
    assert rule[(FIRST, DUE)] == HIDDEN
    assert (rule == SECONDARY).sum() == 1
    assert rule[(WALES, DUE)] != SECONDARY


def test_the_same_release_again_is_no_news(tmp_path):
    tables = released({DUE: (2, 30, 40, 50)}, policy=SUPPRESS)
    again = released({DUE: (2, 30, 40, 50)}, policy=SUPPRESS, earlier=[earlier(tables)])
    pd.testing.assert_frame_equal(again.counts, tables.counts)
    first, second = (written(tables, tmp_path / name) for name in ("first", "second"))
    assert attack_release(second, CATALOGUE, [first]).is_protected


def hidden_elsewhere(tables, place):
    """The same table with another secondary: as safe as the first by itself."""
    counts = tables.counts.copy()
    second = counts.index[counts["rule"] == SECONDARY][0]
    other = counts.index[(counts[KEY] == list(place)).all(axis=1)][0]
    columns = ["value", "marker", "rule", "lowest", "highest"]
    counts.loc[other, columns] = counts.loc[second, columns].to_numpy()
    counts.loc[second, columns] = [30, "", "shown exactly", 30, 30]
    return type(tables)(**{**vars(tables), "counts": counts})


def test_a_second_safe_pattern_of_the_same_table_is_caught(tmp_path):
    tables = released({DUE: (2, 30, 40, 50)}, policy=SUPPRESS)
    assert rules(tables)[(SECOND, DUE)] == SECONDARY
    first = written(tables, tmp_path / "first")
    second = written(hidden_elsewhere(tables, (THIRD, DUE)), tmp_path / "second")
    assert attack_release(second, CATALOGUE).is_protected
    report = attack_release(second, CATALOGUE, [first])
    assert not report.is_protected
    assert any(FIRST in name for name in report.open_figures)


def test_a_revised_figure_whose_old_total_exposes_a_small_count_is_caught(tmp_path):
    # Four authorities; in the first release one stood for itself, in the second it is revised.
    before = released({DUE: (2, 30, 40, 50)}, policy=SUPPRESS)
    first = written(before, tmp_path / "first")
    after = hidden_elsewhere(released({DUE: (2, 30, 47, 50)}, policy=SUPPRESS), (THIRD, DUE))
    after.counts.loc[after.counts["area"].isin([THIRD, WALES]), "flags"] = "r"
    second = written(after, tmp_path / "second")
    assert attack_release(second, CATALOGUE).is_protected
    # The second authority, shown now and not revised, is subtracted from the old total.
    assert not attack_release(second, CATALOGUE, [first]).is_protected


def test_the_gate_counts_on_readers_having_the_earlier_release(tmp_path):
    before = released({DUE: (2, 30, 40, 50)}, policy=SUPPRESS)
    after = released({DUE: (2, 30, 47, 50)}, policy=SUPPRESS, earlier=[earlier(before)])
    assert rules(after)[(SECOND, DUE)] == SECONDARY
    flags = after.counts.set_index(KEY)["flags"]
    assert flags[(THIRD, DUE)] == flags[(WALES, DUE)] == "r"
    assert flags[(FIRST, DUE)] == ""
    first, second = written(before, tmp_path / "first"), written(after, tmp_path / "second")
    report = attack_release(second, CATALOGUE, [first])
    assert report.is_protected
    assert any("earlier releases" in line for line in describe_report(report))


@pytest.mark.parametrize("policy", [ROUND, SUPPRESS])
def test_a_hidden_count_that_was_revised_unseen_is_marked_and_stays_hidden(policy, tmp_path):
    before = released({DUE: (2, 30, 40, 50), REVIEWED: (1, 9, 9, 9)}, policy=policy)
    counts = {DUE: (4, 33, 40, 50), REVIEWED: (1, 9, 9, 9)}
    after = released(counts, policy=policy, earlier=[earlier(before)])
    assert rules(after)[(FIRST, DUE)] == HIDDEN
    if policy is SUPPRESS:
        # The others and the total show by how much it changed; nobody is told what it was.
        assert after.counts.set_index(KEY)["flags"][(FIRST, DUE)] == "r"
    first, second = written(before, tmp_path / "first"), written(after, tmp_path / "second")
    assert attack_release(second, CATALOGUE, [first]).is_protected


def test_a_hidden_small_count_that_is_shown_later_is_caught(tmp_path):
    tables = released({DUE: (2, 3, 18, 40)})
    first = written(tables, tmp_path / "first")
    shown = tables.counts.copy()
    place = shown.index[(shown["area"] == FIRST)][0]
    shown.loc[place, ["value", "marker", "rule", "lowest", "highest"]] = [
        2, "", "not protected", 2, 2,
    ]  # fmt: skip
    second = written(type(tables)(**{**vars(tables), "counts": shown}), tmp_path / "second")
    assert attack_release(second, CATALOGUE).is_protected
    assert not attack_release(second, CATALOGUE, [first]).is_protected


# -- the ledger ---------------------------------------------------------------------------------


def test_the_ledger_gives_releases_back_in_order_and_enters_none_twice(tmp_path):
    ledger = tmp_path / "ledger"
    first = written(released({DUE: (2, 3, 18, 40)}), tmp_path / "first")
    second = written(released({DUE: (2, 3, 28, 40)}), tmp_path / "second")
    assert [enter_release(ledger, each) for each in (first, first, second)] == [True, False, True]
    kept = read_ledger(ledger)
    assert [folder.name for folder in kept] == ["0001-2024-25", "0002-2024-25"]
    assert [len(each.counts) for each in read_earlier(kept)] == [5, 5]


def test_a_ledger_that_was_never_written_to_holds_no_release(tmp_path):
    assert read_ledger(tmp_path / "none") == []


@pytest.mark.parametrize("name", ["counts.csv", "broken.csv", "release.json", "ledger.csv"])
def test_a_changed_ledger_is_refused(tmp_path, name):
    ledger = tmp_path / "ledger"
    for number, last in enumerate((40, 50)):
        tables = released({DUE: (2, 3, 18, last)})
        enter_release(ledger, written(tables, tmp_path / f"release {number}"))
    path = next(ledger.rglob(name))
    text = path.read_text(encoding="utf-8").replace("2", "3")
    path.write_text(text.replace("edition", "editions"), encoding="utf-8")
    with pytest.raises(DisclosureError, match="restore the ledger"):
        read_ledger(ledger)


def test_an_entry_that_was_taken_out_is_missed(tmp_path):
    ledger = tmp_path / "ledger"
    for number, last in enumerate((40, 50)):
        tables = released({DUE: (2, 3, 18, last)})
        enter_release(ledger, written(tables, tmp_path / f"release {number}"))
    lines = (ledger / "ledger.csv").read_text(encoding="utf-8").splitlines()
    (ledger / "ledger.csv").write_text("\n".join([lines[0], lines[2]]) + "\n", encoding="utf-8")
    with pytest.raises(DisclosureError, match="row 2"):
        read_ledger(ledger)


def test_passing_the_gate_again_on_what_it_published_changes_nothing():
    for policy in (ROUND, SUPPRESS):
        counts = {DUE: (2, 30, 4, 50), REVIEWED: (1, 9, 3, 33)}
        tables = released(counts, policy=policy)
        pd.testing.assert_frame_equal(released(counts, policy=policy).counts, tables.counts)
        again = released(counts, policy=policy, earlier=[earlier(tables), earlier(tables)])
        pd.testing.assert_frame_equal(again.counts, tables.counts)
