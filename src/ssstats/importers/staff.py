"""Staff, from one row a post, placement, vacancy or spell of sickness: WF/001 to WF/023.

Which records a metric counts stands in data/importers/staff_metrics.csv; here is only what its
states mean.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from ssstats.expressions import parse_expression
from ssstats.importers.ages import ages_at, bands_of
from ssstats.importers.counted import Counted, Year, ends_of, known_in, open_at
from ssstats.importers.layouts import PARTS, Facts, conditions_of
from ssstats.importers.problems import Problems
from ssstats.importers.records import Records, check_one_value, note_rows

_FULL_TIME_HOURS = 37  # guidance 2020, WF/002
_YOUNGEST = 16
_OLDEST = 100
_PERSON = ["authority", "person_id"]
_LIST = "languages"
_MOVED = "moved-post"
# The record that each state of staff_metrics.csv is a state of.
STATES: Mapping[str, str] = {
    "employed at 31 March": "employee",
    "left in the year": "employee",
    "appointed in the year": "employee",
    "seconded at 31 March": "seconded",
    "agency at 31 March": "agency",
    "placed in the year": "student",
    "advertised in the year": "vacancy",
    "vacant at 31 March": "vacancy",
    "sick in the year": "sickness",
}
KINDS = tuple(dict.fromkeys(STATES.values()))


def count_staff(
    records: Records, year: Year, facts: Facts, *, new_for: int, none_of: Collection[str] = ()
) -> list[Counted]:
    """Return the counts of each authority in the records.

    Parameters
    ----------
    records : Records
        In the layout staff.
    new_for : int
        Months after qualification for which a social worker is newly qualified.
    none_of : collection of str
        Kinds of record of which there are none: their counts are zero, not unknown.
    """
    frame = records.frame
    known = {kind: known_in(frame, "record", kind, none_of) for kind in KINDS}
    rows = {state: _rows_in(state, frame, year, facts, new_for) for state in STATES}
    found: dict[str, Counted] = {}
    for metric in facts.staff_metrics.itertuples():
        reference, state = str(metric.reference), str(metric.state)
        if metric.adds != PARTS:
            chosen = rows[state][_meets(rows[state], str(metric.where))]
            values = _added(chosen, str(metric.adds))
            found[reference] = Counted(reference, values, known[STATES[state]])
    for metric in facts.staff_metrics[facts.staff_metrics["adds"] == PARTS].itertuples():
        parts = [found[name] for name in parse_expression(str(metric.where)).references]
        areas = known[STATES[str(metric.state)]]
        sums = {area: _tenths(sum(part.values.get(area, 0.0) for part in parts)) for area in areas}
        found[str(metric.reference)] = Counted(str(metric.reference), sums, areas)
    return [found[reference] for reference in facts.staff_metrics["reference"]]


def check_staff(records: Records, year: Year) -> None:
    """Raise if rows about staff contradict each other or themselves.

    Raises
    ------
    RecordsError
        With every such row.
    """
    frame, problems = records.frame, Problems(records.file)
    problems.add(
        frame.loc[frame["ended_on"] < frame["started_on"], "row"],
        "ended_on",
        "a day before started_on",
        "started_on or later",
        "correct one of the days",
    )
    staff = frame[frame["record"] == "employee"]
    age = ages_at(staff["date_of_birth"], staff["started_on"])
    problems.add(
        staff.loc[~age.between(_YOUNGEST, _OLDEST), "row"],
        "date_of_birth",
        "an age on the first day that staff cannot have",
        f"{_YOUNGEST} to {_OLDEST} years",
        "correct one of the days",
    )
    for column in ("date_of_birth", "gender"):
        check_one_value(staff, column, _PERSON, "person", problems)
    gone = _moved(staff, year, left=True)
    problems.add(
        gone.loc[gone["leaving_reason"] == _MOVED, "row"],
        "leaving_reason",
        f"{_MOVED} for a person without another post at 31 March",
        "a reason for leaving",
        "correct the cell, or add the other post",
    )
    _check_sickness(frame[frame["record"] == "sickness"], year, problems)
    problems.refuse()


def notes_on_staff(records: Records, year: Year) -> list[pd.DataFrame]:
    """Return notes on rows that are in fewer counts than one may think."""
    frame = records.frame
    staff = frame["record"] == "employee"
    sick = frame["record"] == "sickness"
    here = staff & open_at(frame["started_on"], frame["ended_on"], year.last)
    workers = here & (frame["profession"] == "social-worker")
    day_care = (frame["record"] == "vacancy") & (frame["profession"] == "day-care")
    left = staff & frame["ended_on"].between(year.first, year.last)
    none_left = pd.Series(bool(staff.any()) and not left.any(), index=frame.index)
    return [
        note_rows(
            records,
            workers & frame["qualified_on"].isna(),
            "qualification",
            "a social worker without the day of qualification",
            "not counted as newly qualified (WF/006)",
        ),
        note_rows(
            records,
            here & (frame["service"] == "shared"),
            "service",
            "staff of both services or neither",
            "in no metric that is by service (WF/003 to WF/006, WF/009, WF/010)",
        ),
        note_rows(
            records,
            sick & (frame["service"] == "shared"),
            "service",
            "sickness of staff of both services or neither",
            "in none of WF/020 to WF/023",
        ),
        note_rows(
            records,
            sick & ~_in_year(frame, year),
            "period",
            "sickness outside the year",
            "not counted",
        ),
        note_rows(
            records,
            day_care & open_at(frame["started_on"], frame["ended_on"], year.last),
            "vacancy",
            "a vacant post of a day care worker",
            "not counted: WF/019 has no letter for it",
        ),
        note_rows(
            records,
            none_left & (frame.index == 0),
            "coverage",
            "no post was left in the year",
            "counted as it is; WF/013 to WF/016 need all posts of the year, not only those held at "
            "31 March",
        ),
    ]


def _check_sickness(sick: pd.DataFrame, year: Year, problems: Problems) -> None:
    """Record spells whose days are more than the year and the spell have in common."""
    first = sick["started_on"].clip(lower=year.first)
    last = sick["ended_on"].fillna(year.last).clip(upper=year.last)
    room = (last - first).dt.days + 1
    problems.add(
        sick.loc[_in_year(sick, year) & (sick["days"] > room), "row"],
        "days",
        "more days than the spell has within the year",
        "days lost from 1 April to 31 March",
        "correct the days",
    )


def _in_year(frame: pd.DataFrame, year: Year) -> pd.Series:
    """Return which spans have a day in the year; the last day belongs to the span."""
    return (frame["started_on"] <= year.last) & (ends_of(frame["ended_on"]) >= year.first)


def _rows_in(
    state: str, frame: pd.DataFrame, year: Year, facts: Facts, new_for: int
) -> pd.DataFrame:
    """Return the rows in a state, with what only the state gives."""
    own = frame[frame["record"] == STATES[state]]
    if state == "employed at 31 March":
        return _employed(own, year, facts, new_for)
    if state in ("left in the year", "appointed in the year"):
        return _moved(own, year, left=state == "left in the year")
    if state == "placed in the year":
        return own[_in_year(own, year)]
    if state == "sick in the year":
        return own[_in_year(own, year) & (own["service"] != "shared")]
    if state == "advertised in the year":
        return own[own["advertised_on"].between(year.first, year.last)]
    return own[open_at(own["started_on"], own["ended_on"], year.last)]


def _employed(own: pd.DataFrame, year: Year, facts: Facts, new_for: int) -> pd.DataFrame:
    here = own[open_at(own["started_on"], own["ended_on"], year.last)]
    hours = here.groupby(_PERSON)["hours"].transform("sum")
    since = year.last - pd.DateOffset(months=new_for)
    bands = facts.age_bands[facts.age_bands["used_for"] == "staff"]
    return here.assign(
        full_time=_yes_or_no(hours >= _FULL_TIME_HOURS),
        newly_qualified=_yes_or_no(here["qualified_on"].between(since, year.last)),
        age_band=bands_of(ages_at(here["date_of_birth"], year.last), bands),
    )


def _moved(own: pd.DataFrame, year: Year, *, left: bool) -> pd.DataFrame:
    """Return one post of each person who left, or was appointed, in the year.

    Who was employed on neither 31 March nor in between did neither; who was employed on both did
    neither, whatever posts changed in between. So the staff of a year are those of the year before,
    and those appointed, without those who left.
    """
    before = _holders(own[open_at(own["started_on"], own["ended_on"], year.before)])
    after = _holders(own[open_at(own["started_on"], own["ended_on"], year.last)])
    began = own[own["started_on"].between(year.first, year.last)]
    if left:
        gone = own[own["ended_on"].between(year.first, year.last)]
        last = gone.sort_values(["ended_on", "row"]).drop_duplicates(_PERSON, keep="last")
        return last[~_people(last).isin(after)]
    first = began.sort_values(["started_on", "row"]).drop_duplicates(_PERSON)
    return first[~_people(first).isin(before)]


def _people(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[_PERSON])


def _holders(rows: pd.DataFrame) -> pd.MultiIndex:
    return _people(rows.drop_duplicates(_PERSON))


def _yes_or_no(said: pd.Series) -> pd.Series:
    return said.fillna(False).map({True: "yes", False: "no"})


def _meets(rows: pd.DataFrame, where: str) -> pd.Series:
    """Return which rows meet conditions; of languages, one of several is enough."""
    here = pd.Series(True, index=rows.index)
    for column, (code, *_) in conditions_of(where):
        if column == _LIST:
            here &= rows[column].str.contains(f";{code};", regex=False)
        else:
            here &= rows[column] == code
    return here


def _added(rows: pd.DataFrame, adds: str) -> dict[str, float]:
    """Return people, rows, days or whole time equivalents by authority."""
    groups = rows.groupby("authority")
    if adds == "people":
        numbers = groups["person_id"].nunique()
    elif adds == "rows":
        numbers = groups.size()
    elif adds == "days":
        numbers = groups["days"].sum()
    else:
        whole = rows["hours"].clip(upper=_FULL_TIME_HOURS).groupby(rows["authority"]).sum()
        return {str(area): _tenths(hours / _FULL_TIME_HOURS) for area, hours in whole.items()}
    return {str(area): float(number) for area, number in numbers.items()}


def _tenths(number: float) -> float:
    """Return a number to one decimal, half up."""
    exact = Decimal(repr(round(float(number), 9)))
    return float(exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))
