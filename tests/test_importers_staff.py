"""Staff, counted by hand, and by a loop over persons."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_files import CATALOGUE, FACTS, POWYS, counted, values_of

from ssstats.checks import check_returns
from ssstats.importers import RecordsError
from ssstats.returns import Returns
from ssstats.returns.exceptions import no_exceptions


def post(person="1", **said):
    """One post of a woman born in 1980, a support worker in services for adults."""
    usual = {
        "authority": "Powys",
        "record": "employee",
        "person_id": person,
        "service": "adults",
        "profession": "support-worker",
        "date_of_birth": "1980-05-03",
        "gender": "female",
        "hours": "37",
        "started_on": "2019-05-01",
    }
    return {**usual, **said}


def sick(person="1", **said):
    usual = {
        "authority": "Powys",
        "record": "sickness",
        "person_id": person,
        "service": "adults",
        "profession": "support-worker",
        "started_on": "2024-05-01",
        "ended_on": "2024-05-20",
        "days": "5",
        "sickness_length": "short",
        "sickness_reason": "back-injury",
    }
    return {**usual, **said}


def vacancy(**said):
    usual = {
        "authority": "Powys",
        "record": "vacancy",
        "profession": "social-worker",
        "started_on": "2024-05-01",
    }
    return {**usual, **said}


def counts(folder, rows, **options):
    found = values_of(counted(folder, "staff", rows, **options))
    return {reference: value for reference, value in found.items() if value not in (0, "x")}


def test_staff_are_people_and_full_time_means_37_hours_over_all_posts(tmp_path):
    rows = [post("1"), post("2", hours="20"), post("2", hours="17"), post("3", hours="36.99")]
    found = counts(tmp_path, rows)
    assert (found["WF/001"], found["WF/002a"], found["WF/002b"]) == (3, 2, 1)


def test_a_post_left_on_31_march_is_not_held_at_31_march_but_left_in_the_year(tmp_path):
    rows = [
        post("1", ended_on="2025-03-31", leaving_reason="retirement"),
        post("2", ended_on="2025-04-01", leaving_reason="retirement"),
        post("3", ended_on="2024-03-31", leaving_reason="retirement"),
        post("4", ended_on="2024-04-01", leaving_reason="other"),
    ]
    found = counts(tmp_path, rows)
    assert (found["WF/001"], found["WF/013b"]) == (1, 2)
    assert (found["WF/014b"], found["WF/014i"]) == (1, 1)


def test_who_changes_posts_has_neither_left_nor_been_appointed(tmp_path):
    rows = [
        post("1", ended_on="2024-09-01", leaving_reason="moved-post"),
        post("1", started_on="2024-09-02", profession="social-worker", came_from="private"),
    ]
    found = counts(tmp_path, rows)
    assert found["WF/001"] == 1 and found["WF/004a"] == 1
    assert not [reference for reference in found if reference[:6] in ("WF/013", "WF/015", "WF/016")]


def test_who_came_and_left_within_the_year_did_both(tmp_path):
    rows = [
        post("1", started_on="2024-05-01", ended_on="2024-06-01", leaving_reason="ill-health"),
        post("2", started_on="2024-05-01", came_from="education", profession="day-care"),
    ]
    found = counts(tmp_path, rows)
    assert (found["WF/013b"], found["WF/014e"]) == (1, 1)
    assert (found["WF/015b"], found["WF/015g"], found["WF/016d"]) == (1, 1, 1)


def test_whole_time_equivalents_add_up_as_they_are_rounded(tmp_path):
    rows = [
        post("1", hours="18.5", profession="social-worker"),
        post("2", hours="40", profession="social-worker"),
        post("3", hours="2", profession="day-care"),
        post("4", hours="2", profession="central"),
        post("5", hours="37", service="children", profession="central"),
        post("6", hours="37", service="shared"),
    ]
    found = counts(tmp_path, rows)
    # 18.5 of 37 is a half; 40 hours are one post; 2 hours are 0.054, shown as 0.1.
    assert (found["WF/004a"], found["WF/004g"], found["WF/004h"]) == (1.5, 0.1, 0.1)
    assert (found["WF/003a"], found["WF/003b"], found["WF/005h"]) == (1.7, 1, 1)


def test_ages_and_genders_of_staff_go_to_the_letters_of_the_guidance(tmp_path):
    rows = [
        post("1", date_of_birth="1999-04-01", gender="male"),  # 25: a
        post("2", date_of_birth="1999-03-31", gender="male"),  # 26: b
        post("3", date_of_birth="1979-03-31", gender="female"),  # 46: l
        post("4", date_of_birth="1979-04-01", gender="female"),  # 45: j
        post("5", date_of_birth="1959-03-31", gender="undefined", service="children"),  # 66: u
    ]
    found = counts(tmp_path, rows)
    bands = {k: v for k, v in found.items() if k[:6] in ("WF/009", "WF/010")}
    assert bands == {"WF/009a": 1, "WF/009b": 1, "WF/009l": 1, "WF/009j": 1, "WF/010u": 1}


def test_newly_qualified_means_at_most_twelve_months_ago(tmp_path):
    days = ["2024-03-31", "2024-03-30", "2025-03-31", ""]
    rows = [
        post(str(n), profession="social-worker", qualified_on=day) for n, day in enumerate(days)
    ]
    imported = counted(tmp_path, "staff", rows)
    assert values_of(imported)["WF/006a"] == 2
    assert imported.notes.loc[imported.notes["kind"] == "qualification", "rows"].tolist() == [1]


def test_languages_and_ethnicity_count_who_says_so(tmp_path):
    rows = [
        post("1", languages="Welsh; english", ethnicity="White Welsh"),
        post("2", languages="welsh", ethnicity=""),
    ]
    found = counts(tmp_path, rows)
    assert (found["WF/012a"], found["WF/012b"], found["WF/011a"]) == (1, 2, 1)


def test_students_agency_seconded_vacancies_and_sickness_are_counted_by_their_days(tmp_path):
    rows = [
        {**post("s1", record="student"), "ended_on": "2024-04-01", "hours": ""},
        {**post("s2", record="student"), "ended_on": "2024-03-31"},
        post("a1", record="agency", profession="social-worker"),
        post("c1", record="seconded"),
        vacancy(),
        vacancy(),
        vacancy(profession="day-care"),
        vacancy(profession="central", advertised_on="2024-06-01", could_not_be_filled="yes"),
        vacancy(profession="central", advertised_on="2024-03-31", could_not_be_filled="yes"),
        vacancy(profession="central", advertised_on="2024-06-01", could_not_be_filled="no",
                ended_on="2024-07-01"),
        sick("1"),
        sick("2", service="shared"),
        sick("3", started_on="2024-03-01", ended_on="2024-04-10", days="8", service="children",
             sickness_length="long"),
        sick("4", started_on="2023-05-01", ended_on="2023-06-01"),
    ]  # fmt: skip
    imported = counted(tmp_path, "staff", rows)
    found = {k: v for k, v in values_of(imported).items() if v not in (0, "x")}
    assert found == {
        "WF/007a": 1,
        "WF/008": 1,
        "WF/017a": 1,
        "WF/018h": 1,
        "WF/019a": 2,
        "WF/019g": 2,
        "WF/020a": 5,
        "WF/020b": 8,
        "WF/021a": 5,
        "WF/021b": 8,
        "WF/022b": 13,
        "WF/023f": 13,
    }
    kinds = imported.notes.set_index("kind")["rows"]
    assert (kinds["vacancy"], kinds["service"], kinds["period"]) == (1, 1, 1)


def test_records_of_a_kind_that_are_not_there_are_not_available(tmp_path):
    found = values_of(counted(tmp_path, "staff", [post("1")], none_of=["agency"]))
    assert len(found) == 170
    assert {found[f"WF/017{letter}"] for letter in "abcdefgh"} == {0}
    assert {found["WF/008"], found["WF/007a"], found["WF/019g"], found["WF/023i"]} == {"x"}
    assert found["WF/001"] == 1


@pytest.mark.parametrize(
    ("rows", "row", "column"),
    [
        ([post(hours="0")], 2, "hours"),
        ([post(hours="169")], 2, "hours"),
        ([post(hours="")], 2, "hours"),
        ([post(profession="wizard")], 2, "profession"),
        ([post(date_of_birth="2010-05-03")], 2, "date_of_birth"),
        ([post(ended_on="2024-05-01")], 2, "leaving_reason"),
        ([post(ended_on="2024-05-01", leaving_reason="moved-post")], 2, "leaving_reason"),
        ([post(ended_on="2018-05-01", leaving_reason="other")], 2, "ended_on"),
        ([post(), post(gender="male", hours="1")], 3, "gender"),
        ([post(languages="welsh;klingon")], 2, "languages"),
        ([sick(days="21")], 2, "days"),
        ([sick(days="4.5")], 2, "days"),
        ([sick(days="")], 2, "days"),
        ([vacancy(advertised_on="2024-06-01")], 2, "could_not_be_filled"),
    ],
)
def test_what_is_not_understood_is_named_by_row(tmp_path, rows, row, column):
    with pytest.raises(RecordsError) as refused:
        counted(tmp_path, "staff", [*rows, post("9")])
    assert (refused.value.problems[0].row, refused.value.problems[0].column) == (row, column)


def test_a_copied_row_counts_once_and_two_vacancies_alike_count_twice(tmp_path):
    found = counted(tmp_path, "staff", [post("1", hours="10"), post("1", hours="10"), vacancy()])
    assert values_of(found)["WF/004b"] == 0.3  # 10 of 37 hours
    assert found.notes["kind"].tolist().count("repeated row") == 1


PROFESSIONS = ["social-worker", "support-worker", "day-care", "central"]
DAYS = st.dates(date(2023, 11, 1), date(2025, 6, 1))


@st.composite
def posts(draw):
    rows = []
    for person in range(draw(st.integers(1, 9))):
        for _ in range(draw(st.integers(1, 3))):
            begins, ends = sorted((draw(DAYS), draw(DAYS)))
            over = draw(st.booleans())
            rows.append(
                post(
                    str(person),
                    service=draw(st.sampled_from(["adults", "children", "shared"])),
                    profession=draw(st.sampled_from(PROFESSIONS)),
                    hours=str(draw(st.integers(1, 80)) / 2),
                    started_on=begins.isoformat(),
                    ended_on=ends.isoformat() if over else "",
                    leaving_reason="other" if over else "",
                )
            )
    return rows


def held_on(row, day):
    return row["started_on"] <= day and (not row["ended_on"] or row["ended_on"] > day)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(posts())
def test_counts_are_those_of_a_loop_over_persons(tmp_path, rows):
    imported = counted(tmp_path, "staff", rows)
    found = values_of(imported)
    people = {row["person_id"] for row in rows}
    now, before = (
        {row["person_id"] for row in rows if held_on(row, day)}
        for day in ("2025-03-31", "2024-03-31")
    )
    joined = {
        row["person_id"] for row in rows if "2024-04-01" <= row["started_on"] <= "2025-03-31"
    } - before
    left = {
        row["person_id"]
        for row in rows
        if row["ended_on"] and "2024-04-01" <= row["ended_on"] <= "2025-03-31"
    } - now
    assert found["WF/001"] == len(now)
    assert sum(found[f"WF/015{letter}"] for letter in "abcdefgh") == len(joined)
    assert sum(found[f"WF/013{letter}"] for letter in "abcdefgh") == len(left)
    assert len(now) == len(before) + len(joined) - len(left) <= len(people)
    unique = [dict(pairs) for pairs in {tuple(sorted(row.items())) for row in rows}]
    for letter, profession in zip("abgh", PROFESSIONS, strict=True):
        hours = sum(
            min(Fraction(row["hours"]), 37)
            for row in unique
            if held_on(row, "2025-03-31")
            and row["service"] == "adults"
            and row["profession"] == profession
        )
        assert found[f"WF/004{letter}"] == int(hours / 37 * 10 + Fraction(1, 2)) / 10


def test_what_is_counted_breaks_no_identity_of_the_guidance(tmp_path):
    rows = [
        post(
            str(n),
            service=("adults", "children")[n % 2],
            profession=FACTS.allowed("profession")[n % 8],
            gender=FACTS.allowed("gender")[n % 3],
            hours=str(37 - n % 20),
            started_on=f"202{n % 5}-0{n % 9 + 1}-11",
            ended_on="2024-12-11" if n % 7 == 0 else "",
            leaving_reason=FACTS.allowed("leaving_reason")[n % 9],
            came_from=FACTS.allowed("came_from")[n % 6],
            languages="english;welsh" if n % 3 else "english",
            ethnicity=FACTS.allowed("ethnicity")[n % 24],
        )
        for n in range(120)
    ]
    spells = [sick(str(n), sickness_length="long" if n % 3 else "short") for n in range(40)]
    imported = counted(tmp_path, "staff", [*rows, *spells])
    returns = Returns(imported.values, no_exceptions(), ("records.csv",))
    results, _ = check_returns(returns, CATALOGUE)
    broken = results[results["rule"].str.match(r"R\d+") & (results["area"] == POWYS)]
    assert not len(broken), broken[["rule", "found"]]


def test_every_metric_of_the_workforce_has_its_row():
    metrics = CATALOGUE.metrics
    own = metrics[(metrics["domain"] == "workforce") & (metrics["collected"] == "yes")]
    assert sorted(FACTS.staff_metrics["reference"]) == sorted(own["reference"])


def test_conditions_on_staff_agree_with_the_wording_of_the_guidance():
    """Every label of a code is that of the letter it is counted in, but for known readings."""
    labels = CATALOGUE.metrics[CATALOGUE.metrics["edition"] == "2020-proposed"]
    printed = dict(zip(labels["reference"], labels["label"].str.casefold(), strict=True))
    said = {(row.list, row.code): row.label.casefold() for row in FACTS.codes.itertuples()}
    for metric in FACTS.staff_metrics.itertuples():
        last = metric.where.split(";")[-1]
        column, _, code = last.partition("=")
        lists = {"profession": "profession", "leaving_reason": "leaving_reason"}
        if column in lists and metric.reference[:6] not in ("WF/006", "WF/014"):
            assert printed[metric.reference].endswith(said[(column, code)]), metric.reference
