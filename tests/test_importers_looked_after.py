"""Children looked after, counted by hand and by a loop that knows nothing of frames."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_files import CARDIFF, CATALOGUE, FACTS, POWYS, YEAR, counted, values_of
from small_returns import returns_of

from ssstats.importers import RecordsError, reconcile
from ssstats.importers.working_days import working_days_after

FIRST, LAST = date(2024, 4, 1), date(2025, 3, 31)


def row(child="1", **said):
    """One placement of a girl born in 2012, looked after since 2020."""
    usual = {
        "authority": "Powys",
        "child_id": child,
        "date_of_birth": "2012-05-03",
        "sex": "female",
        "care_kind": "looked-after",
        "care_from": "2020-01-06",
        "care_to": "",
        "placement_kind": "placement",
        "placement_from": "2020-01-06",
        "placement_to": "",
    }
    return {**usual, **said}


def spell(child, begins, ends="", **said):
    """One period of care with one placement as long as it."""
    own = {"care_from": begins, "care_to": ends, "placement_from": begins, "placement_to": ends}
    return row(child, **{**own, **said})


def counts(folder, rows, **options):
    return values_of(counted(folder, "looked-after", rows, **options))


def test_a_child_is_counted_at_31_march_where_care_goes_on_after_it(tmp_path):
    rows = [
        spell("1", "2020-01-06"),
        spell("2", "2025-03-31"),
        spell("3", "2020-01-06", "2025-04-01"),
        spell("4", "2020-01-06", "2025-03-31"),
        spell("5", "2025-04-01"),
    ]
    assert counts(tmp_path, rows)["CH/041"] == 3


def test_a_child_becomes_looked_after_from_1_april_to_31_march_and_once_only(tmp_path):
    rows = [
        spell("1", "2024-03-31"),
        spell("2", "2024-04-01"),
        spell("3", "2025-03-31"),
        spell("4", "2025-04-01"),
        spell("5", "2024-05-01", "2024-06-01"),
        spell("5", "2024-08-01"),
    ]
    assert counts(tmp_path, rows)["CH/039"] == 3


def test_care_that_begins_on_the_day_it_ended_goes_on(tmp_path):
    rows = [spell("1", "2023-05-01", "2024-08-01"), spell("1", "2024-08-01")]
    assert counts(tmp_path, rows)["CH/039"] == 0
    apart = [spell("1", "2023-05-01", "2024-08-01"), spell("1", "2024-08-02")]
    assert counts(tmp_path, apart)["CH/039"] == 1


def test_the_18th_birthday_ends_childhood_on_its_day(tmp_path):
    born = {"1": "2007-03-31", "2": "2007-04-01", "3": "2007-03-30"}
    rows = [spell(child, "2020-01-06", date_of_birth=day) for child, day in born.items()]
    imported = counted(tmp_path, "looked-after", rows)
    assert values_of(imported)["CH/041"] == 1
    grown = imported.notes[imported.notes["kind"] == "age"]
    assert grown["rows"].tolist() == [2]


def test_short_breaks_stand_beside_children_looked_after(tmp_path):
    rows = [
        spell("1", "2020-01-06"),
        {**row("2", care_kind="short-breaks"), "placement_from": "", "placement_kind": ""},
    ]
    found = counts(tmp_path, rows)
    assert (found["CH/041"], found["CH/042"]) == (1, 1)


def test_without_a_row_of_a_kind_its_metrics_are_not_available_unless_said_to_be_none(tmp_path):
    rows = [spell("1", "2020-01-06")]
    assert counts(tmp_path, rows)["CH/042"] == "x"
    assert counts(tmp_path, rows, none_of=["short-breaks"])["CH/042"] == 0


def placements(*days, child="1", **said):
    """Placements of one child one after the other, the last one open."""
    ends = [*days[1:], ""]
    return [
        row(child, placement_from=begins, placement_to=end, **said)
        for begins, end in zip(days, ends, strict=True)
    ]


@pytest.mark.parametrize(
    ("days", "many"),
    [
        (("2020-01-06", "2024-05-01", "2024-06-01"), 1),  # the first is in force on 1 April
        (("2020-01-06", "2024-04-01", "2024-06-01"), 0),  # it ended on 1 April: no night in it
        (("2020-01-06", "2024-05-01"), 0),
        (("2024-05-01", "2024-06-01", "2025-03-31"), 1),
        (("2024-05-01", "2024-06-01", "2025-04-01"), 0),
    ],
)
def test_three_placements_with_a_night_in_the_year_are_many(tmp_path, days, many):
    said = {"care_from": days[0]}
    assert counts(tmp_path, placements(*days, **said))["CH/045"] == many


def test_absences_count_for_no_placement_and_rows_of_one_placement_count_once(tmp_path):
    days = ("2024-05-01", "2024-06-01", "2024-07-01")
    absent = placements(*days, care_from="2024-05-01")
    absent[1] = {**absent[1], "placement_kind": "temporary-absence"}
    assert counts(tmp_path, absent)["CH/045"] == 0
    split = placements(*days, care_from="2024-05-01")
    split = [{**one, "placement_id": name} for one, name in zip(split, "aab", strict=True)]
    assert counts(tmp_path, split)["CH/045"] == 0


@pytest.mark.parametrize(
    ("completed", "in_time"),
    # 20 December 2024 is a Friday; 25, 26 December and 1 January are bank holidays.
    [("2024-12-01", 1), ("2025-01-08", 1), ("2025-01-09", 0), ("", 0)],
)
def test_a_plan_is_due_in_ten_working_days_of_wales(tmp_path, completed, in_time):
    rows = [spell("1", "2024-12-20", plan_completed_on=completed)]
    assert counts(tmp_path, rows)["CH/040"] == in_time


def test_plans_are_not_counted_where_the_extract_does_not_hold_them(tmp_path):
    assert "CH/040" not in counts(tmp_path, [spell("1", "2024-12-20")])


def test_age_and_sex_at_31_march_add_up_to_the_children(tmp_path):
    rows = [
        spell("1", "2024-12-20", date_of_birth="2024-04-01"),
        spell("2", "2024-12-20", date_of_birth="2024-03-31"),
        spell("3", "2024-12-20", date_of_birth="2014-04-01", sex="Male"),
    ]
    values = counted(tmp_path, "looked-after", rows).values
    parts = values[(values["breakdown"] != "") & (values["value"] > 0)]
    assert dict(zip(parts["breakdown"], parts["value"], strict=True)) == {
        "age=under-1;sex=female": 1,
        "age=1-4;sex=female": 1,
        "age=10-15;sex=male": 1,
    }


def test_no_breakdown_where_the_sex_of_a_child_is_not_known(tmp_path):
    rows = [spell("1", "2024-12-20", sex=""), spell("2", "2024-12-20")]
    rows += [{**spell("1", "2024-12-20"), "authority": "Cardiff"}]
    values = counted(tmp_path, "looked-after", rows).values
    assert set(values.loc[values["breakdown"] != "", "area"]) == {CARDIFF}


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"date_of_birth": "03.05.2012"}, "date_of_birth"),
        ({"date_of_birth": "05/31/2012"}, "date_of_birth"),
        ({"date_of_birth": "2012-02-30"}, "date_of_birth"),
        ({"date_of_birth": "2001-05-03"}, "care_from"),
        ({"date_of_birth": "2021-05-03"}, "care_from"),
        ({"care_kind": "section 20"}, "care_kind"),
        ({"care_to": "2019-01-06"}, "care_to"),
        ({"placement_from": ""}, "placement_from"),
        ({"placement_from": "2019-01-06"}, "placement_from"),
        ({"placement_to": "2019-12-31"}, "placement_to"),
        ({"care_to": "2024-05-01", "placement_to": "2024-06-01"}, "placement_to"),
        ({"authority": "Atlantis"}, "authority"),
        ({"authority": "Wales"}, "authority"),
        ({"child_id": " "}, "child_id"),
        ({"sex": "F"}, "sex"),
    ],
)
def test_what_is_not_understood_is_named_by_row_and_never_quoted(tmp_path, said, column):
    with pytest.raises(RecordsError) as refused:
        counted(tmp_path, "looked-after", [spell("9", "2020-01-06"), row("8", **said)])
    problem = refused.value.problems[0]
    assert (problem.file, problem.row, problem.column) == ("records.csv", 3, column)
    assert problem.found and problem.allowed and problem.action
    for text in (*said.values(), "2012-05-03"):
        assert not text.strip() or text not in str(refused.value)


def test_rows_that_contradict_an_earlier_one_are_named(tmp_path):
    rows = [
        spell("1", "2020-01-06", "2021-01-06"),
        spell("1", "2020-12-06", date_of_birth="2012-05-04"),
    ]
    with pytest.raises(RecordsError) as refused:
        counted(tmp_path, "looked-after", rows)
    found = {(problem.row, problem.column) for problem in refused.value.problems}
    assert found == {(3, "date_of_birth"), (3, "care_from"), (3, "placement_from")}


def test_a_form_of_the_final_guidance_is_recognised_by_its_numbers(tmp_path):
    rows = [spell(str(n), "2020-01-06") for n in range(7)] + [spell("8", "2024-06-01")]
    typed = returns_of(
        {
            ("2024-25", "CH/039"): {POWYS: 8},  # children looked after, in the final guidance
            ("2024-25", "CH/041"): {POWYS: 8},
            ("2024-25", "CH/042"): {POWYS: 3},
            ("2024-25", "AD/001"): {POWYS: 50, CARDIFF: 60},
        }
    )
    imported = counted(tmp_path, "looked-after", rows)
    merged, table = reconcile(imported, typed, CATALOGUE, FACTS)
    lines = table[table["breakdown"] == ""].set_index("reference")
    assert lines["difference"].fillna(0).to_dict() == {
        "CH/039": -7, "CH/041": 0, "CH/042": 0, "CH/045": 0,
    }  # fmt: skip
    said = lines[["typed", "derived", "result", "used"]].T.to_dict("list")
    assert said == {
        "CH/039": ["8", "1", "different", "derived"],
        "CH/041": ["8", "8", "same", "derived"],
        "CH/042": ["3", "[x]", "typed only", "typed"],
        "CH/045": ["", "0", "derived only", "derived"],
    }
    assert "CH/041" in lines.at["CH/039", "remark"] and not lines.at["CH/041", "remark"]
    totals = merged.values[merged.values["breakdown"] == ""]
    used = {(v.area, v.reference): v.value for v in totals.itertuples()}
    assert used == {
        (POWYS, "AD/001"): 50,
        (CARDIFF, "AD/001"): 60,
        (POWYS, "CH/039"): 1,
        (POWYS, "CH/041"): 8,
        (POWYS, "CH/042"): 3,
        (POWYS, "CH/045"): 0,
    }
    typed_first, _ = reconcile(imported, typed, CATALOGUE, FACTS, prefer="typed")
    kept = typed_first.values.set_index(["reference", "area", "breakdown"])["value"]
    assert kept[("CH/039", POWYS, "")] == 8


def easter(year: int) -> date:
    """Easter Sunday by the rule of Meeus, Jones and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def usual_bank_holidays(year: int) -> set[date]:
    days = {easter(year) - timedelta(2), easter(year) + timedelta(1)}
    mondays = [
        date(year, 1, 1) + timedelta(n)
        for n in range(365)
        if (date(year, 1, 1) + timedelta(n)).weekday() == 0
    ]
    days.add(min(day for day in mondays if day.month == 5))
    days.add(max(day for day in mondays if day.month == 5))
    days.add(max(day for day in mondays if day.month == 8))
    for day in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while day.weekday() > 4 or day in days:
            day += timedelta(1)
        days.add(day)
    return days


def test_bank_holidays_are_those_of_the_rule_but_for_proclaimed_days():
    listed_days = {date.fromisoformat(day) for day in FACTS.bank_holidays["day"]}
    for year in range(2015, 2029):
        own = {day for day in listed_days if day.year == year}
        odd = own ^ usual_bank_holidays(year)
        assert odd == {
            2020: {date(2020, 5, 4), date(2020, 5, 8)},
            2022: {date(2022, 5, 30), date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19)},
            2023: {date(2023, 5, 8)},
        }.get(year, set()), year


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.dates(date(2015, 1, 5), date(2028, 10, 1)), st.integers(0, 42))
def test_working_days_are_counted_one_by_one(begins, number):
    off = {date.fromisoformat(day) for day in FACTS.bank_holidays["day"]}
    day, left = begins, number
    if not left:  # no working day after: the last one so far
        while day.weekday() > 4 or day in off:
            day -= timedelta(1)
    while left:
        day += timedelta(1)
        left -= day.weekday() < 5 and day not in off
    found = working_days_after(pd.Series([pd.Timestamp(begins)]), number, FACTS.bank_holidays)
    assert found[0].date() == day


DAYS = st.dates(date(2023, 12, 1), date(2025, 6, 1))


@st.composite
def histories(draw):
    """Children with periods of care that follow each other, each with placements that do."""
    rows = []
    for child in range(draw(st.integers(1, 9))):
        born = draw(st.dates(date(2006, 1, 1), date(2023, 11, 1)))
        days = sorted(draw(st.lists(DAYS, min_size=2, max_size=8, unique=True)))
        grown = date(born.year + 18, born.month, min(born.day, 28))
        place = 0
        while place + 1 < len(days):
            stop = draw(st.integers(place + 1, len(days) - 1))
            period = days[place : stop + 1]
            last = stop == len(days) - 1 and draw(st.booleans())
            if period[0] >= grown:
                break
            for begins, ends in itertools.pairwise(period):
                open_end = last and ends == period[-1] and begins == period[-2]
                rows.append(
                    {
                        "authority": "Powys",
                        "child_id": str(child),
                        "date_of_birth": born.isoformat(),
                        "care_kind": "looked-after",
                        "care_from": period[0].isoformat(),
                        "care_to": "" if last else period[-1].isoformat(),
                        "placement_id": f"{child}-{len(rows)}",
                        "placement_kind": draw(st.sampled_from(["placement", "missing"])),
                        "placement_from": begins.isoformat(),
                        "placement_to": "" if open_end else ends.isoformat(),
                    }
                )
            place = stop + draw(st.integers(0, 1))
    return rows


def slow_counts(rows):
    """Count the nights of each child one by one."""
    became = at_end = many = 0
    for child in {row["child_id"] for row in rows}:
        own = [row for row in rows if row["child_id"] == child]
        born = date.fromisoformat(own[0]["date_of_birth"])
        nights = set()
        spells = {(row["care_from"], row["care_to"]) for row in own}
        for begins, ends in spells:
            day = date.fromisoformat(begins)
            while day < (date.fromisoformat(ends) if ends else date(2025, 7, 1)):
                nights.add(day)
                day += timedelta(1)
        starts = {date.fromisoformat(begins) for begins, _ in spells}
        ended_on = {ends for _, ends in spells}
        became += any(FIRST <= day <= LAST and day.isoformat() not in ended_on for day in starts)
        young = (2025 - born.year) - ((born.month, born.day) > (3, 31)) < 18
        here = LAST in nights and young
        at_end += here
        held = set()
        for row in own:
            day = date.fromisoformat(row["placement_from"])
            to = row["placement_to"] or row["care_to"]
            while day < (date.fromisoformat(to) if to else date(2025, 7, 1)):
                if FIRST <= day <= LAST and row["placement_kind"] == "placement":
                    held.add(row["placement_id"])
                day += timedelta(1)
        many += here and len(held) >= 3
    return {"CH/039": became, "CH/041": at_end, "CH/045": many}


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories())
def test_counts_are_those_of_a_loop_over_nights(tmp_path, rows):
    if not rows:
        return
    found = counts(tmp_path, rows)
    expected = slow_counts(rows)
    assert {name: found[name] for name in expected} == expected


def test_a_year_of_another_period_is_counted_by_its_own_days(tmp_path):
    rows = [spell("1", "2023-06-01", "2024-02-01"), spell("2", "2023-06-01")]
    found = counts(tmp_path, rows, period=YEAR.back())
    assert (found["CH/039"], found["CH/041"]) == (2, 1)
