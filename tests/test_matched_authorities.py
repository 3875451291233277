"""Change of Wales over the authorities that answered in both years, from the gate to the page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_returns import AUTHORITIES, CATALOGUE, WALES, everywhere, returns_of, through_gate

from ssstats.changes import change_table
from ssstats.chapters import chapter_changes, open_release
from ssstats.disclosure.policy import read_policy
from ssstats.disclosure.published import published_view
from ssstats.disclosure.release_tables import write_csv, write_release_tables
from ssstats.estimates import estimate_measures, people_of
from ssstats.matched import breakdown_over_years, matched_breakdown, parse_matched
from ssstats.measures import measure_quantities
from ssstats.signals import signal_table

POLICY = read_policy("round-5", Path(__file__).resolve().parents[1] / "data" / "policy")
NOW, BEFORE = "2024-25", "2023-24"
FIRST = AUTHORITIES[0]
# Reviews due (AD/024) and in time (AD/025); the first authority did not answer before.
LATER = {
    (BEFORE, "AD/024"): everywhere(1000, a01="x"),
    (NOW, "AD/024"): everywhere(1000, a01=9000),
    (BEFORE, "AD/025"): everywhere(500, a01="x"),
    (NOW, "AD/025"): everywhere(600, a01=100),
}


def quantities_of(values):
    got = measure_quantities(returns_of(values), CATALOGUE)
    return got.set_index(["reference", "breakdown", "area", "period"])


def tables_of(values):
    returns = returns_of(values)
    return through_gate(
        returns, POLICY, facts={"period": NOW, "protected_at_source": False, "origins": ["test"]}
    )


def changes_of(values):
    tables = tables_of(values)
    table = change_table(tables, estimate_measures(tables, CATALOGUE), CATALOGUE)
    return table.set_index(["item", "area"])


def test_the_total_of_wales_is_added_up_again_over_those_who_answered_both_years():
    got = quantities_of(LATER)
    matched = got.loc[("AD/025", f"answered=AD/025;year={BEFORE}", WALES, NOW)]
    assert (matched["value"], matched["answered"], matched["expected"]) == (21 * 600, 21, 22)
    # Last year's plain total stands on the same authorities already: it has no second name.
    assert not [key for key in got.index if ";year=" in key[1] and key[3] == BEFORE]


def test_years_that_the_same_authorities_answered_have_no_matched_totals():
    same = {key: everywhere(10, a01="x") for key in LATER}
    assert not [key for key in quantities_of(same).index if ";year=" in key[1]]


def test_where_nobody_answered_in_both_years_there_is_no_matched_total():
    half = dict.fromkeys(AUTHORITIES[:11], "x")
    rest = dict.fromkeys(AUTHORITIES[11:], "x")
    values = {(BEFORE, "AD/025"): {**everywhere(5), **half}, (NOW, "AD/025"): everywhere(5) | rest}
    assert not [key for key in quantities_of(values).index if ";year=" in key[1]]


def test_a_name_says_whom_a_matched_total_stands_on():
    assert parse_matched(matched_breakdown("AD/001")) == ("AD/001", "")
    assert parse_matched(matched_breakdown("AD/002a + AD/002b", NOW)) == ("AD/002a + AD/002b", NOW)


answers = st.frozensets(st.sampled_from("abcd"))


@settings(max_examples=200, deadline=None)
@given(answers, answers, answers, answers)
def test_a_total_named_for_two_years_stands_on_exactly_those_who_answered_both(a, b, c, d):
    of = {(NOW, "X"): a, (NOW, "Y"): b, (BEFORE, "X"): c, (BEFORE, "Y"): d}
    name = breakdown_over_years(of, "X", "Y", NOW, BEFORE)
    said = a
    if name:
        other, year = parse_matched(name)
        said = said & of[(NOW, other)]
        said = said & of[(year, "X")] & of[(year, other)] if year else said
    assert said == a & b & c & d


def test_an_intruder_is_told_that_a_matched_total_is_the_sum_of_its_authorities():
    tables = tables_of(LATER)
    counts = tables.counts.reset_index(drop=True)
    view = published_view(counts, CATALOGUE)
    place = counts.index[counts["breakdown"].str.contains(";year=") & (counts["period"] == NOW)][0]
    rows = [view.relations[row] for row in view.relations[:, place].nonzero()[0]]
    parts = {counts.loc[cell, "area"] for row in rows for cell in row.indices if cell != place}
    assert parts == set(AUTHORITIES) - {FIRST}


def test_the_matched_change_is_judged_where_the_plain_one_cannot_be():
    row = changes_of(LATER).loc[("AD-29", WALES)]
    assert (row["reason"], row["verdict"]) == ("coverage", "")
    assert row["matched_authorities"] == 21
    assert (row["matched_old_value"], row["matched_new_value"]) == (50.0, 60.0)
    assert row["matched_verdict"] == "rose"
    assert row["matched_lower"] < 10 < row["matched_upper"]
    # The plain figure fell: the newcomer has few reviews in time.
    assert row["new_value"] < row["old_value"]


def test_a_matched_rate_stands_on_the_residents_of_the_matched_authorities():
    # The last two years whose populations the catalogue holds.
    before, now = "2019-20", "2020-21"
    values = {
        (before, "AD/001"): everywhere(1000, a01="x"),
        (now, "AD/001"): everywhere(1000),
    }
    row = changes_of(values).loc[("AD-01", WALES)]
    people = people_of(CATALOGUE, "18+", 2020, set(AUTHORITIES) - {FIRST})
    assert row["reason"] == "coverage"
    assert row["matched_new_value"] == pytest.approx(10_000 * 21_000 / people, abs=0.05)


def test_a_change_of_wales_on_the_same_authorities_has_no_matched_one_beside_it():
    table = changes_of({key: everywhere(10, a01="x") for key in LATER})
    assert table["matched_authorities"].isna().all()
    assert (table["matched_verdict"] == "").all()


def test_a_matched_total_that_tells_a_hidden_count_is_hidden_and_its_change_says_so():
    values = {(BEFORE, "AD/030"): everywhere(100, a01=2), (NOW, "AD/030"): everywhere(100, a01="x")}
    tables = tables_of(values)
    own = tables.counts[(tables.counts["area"] == WALES) & (tables.counts["period"] == BEFORE)]
    shown = own.set_index("breakdown")["value"]
    # Both totals to the unit of rounding would leave the first authority two or three counts.
    assert shown.isna().any() or abs(float(np.ptp(shown))) in (0.0, 5.0)
    assert tables.counts.query("area == @FIRST and period == @BEFORE")["marker"].tolist() == ["c"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "on the 21 local authorities that answered in both years"),
        ("cy", "yn ôl y 21 awdurdod lleol a atebodd yn y ddwy flynedd"),
    ],
)
def test_the_chapter_shows_the_matched_change_below_the_plain_one(tmp_path, language, words):
    values = {
        (year, "AD/028"): everywhere(1000, **({"a01": "x"} if year == BEFORE else {}))
        for year in (BEFORE, NOW)
    }
    tables = tables_of(values)
    estimates = estimate_measures(tables, CATALOGUE)
    write_release_tables(tables, tmp_path)
    write_csv(estimates, tmp_path / "measures.csv")
    write_csv(change_table(tables, estimates, CATALOGUE), tmp_path / "changes.csv")
    write_csv(signal_table(tables, estimates, CATALOGUE), tmp_path / "signals.csv")
    release = open_release(str(tmp_path), period=NOW, language=language)
    page = chapter_changes(release, "adults")
    line = next(line for line in page.splitlines() if words in line)
    assert line.count("21,000") == 2
