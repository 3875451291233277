"""Children looked after, from one row a placement: CH/039, CH/040, CH/041, CH/042 and CH/045.

References are those of the edition 2020-proposed; the final guidance of 2020-21 numbers the same
metrics otherwise. How each word of the guidance is read stands in docs/importers.md.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from ssstats.importers.ages import ages_at, bands_of
from ssstats.importers.counted import (
    Counted,
    Year,
    counts_by_authority,
    ends_of,
    known_in,
    open_at,
)
from ssstats.importers.layouts import Facts
from ssstats.importers.problems import Problems
from ssstats.importers.records import Records, check_one_value, note_rows
from ssstats.importers.working_days import working_days_after

BECAME, PLAN, AT_END, SHORT_BREAKS, MOVED = "CH/039", "CH/040", "CH/041", "CH/042", "CH/045"
# Kinds of record that a file may lack because there are none, or because nobody drew them.
KINDS = ("looked-after", "short-breaks")
_ADULT = 18
_MANY_PLACEMENTS = 3
_PERIOD = ["authority", "child_id", "care_from"]
_CHILD = ["authority", "child_id"]


def count_looked_after(
    records: Records, year: Year, facts: Facts, *, plan_within: int, none_of: Collection[str] = ()
) -> list[Counted]:
    """Return the counts of each authority in the records.

    Parameters
    ----------
    records : Records
        In the layout looked-after.
    plan_within : int
        Working days within which a Part 6 plan is due.
    none_of : collection of str
        Kinds of record of which there are none: their counts are zero, not unknown.

    Raises
    ------
    RecordsError
        With every row that contradicts another or itself.
    """
    frame = records.frame
    in_care = frame[frame["care_kind"] == "looked-after"]
    breaks = frame[frame["care_kind"] == "short-breaks"]
    in_care_known, breaks_known = (known_in(frame, "care_kind", k, none_of) for k in KINDS)
    periods = in_care.drop_duplicates(_PERIOD)
    starts = _starts_in(periods, year)
    stock = _children_at_end(periods, year)
    moved = stock.merge(_many_placements(in_care, year, facts), on=_CHILD)
    found = [
        counts_by_authority(starts, BECAME, in_care_known),
        counts_by_authority(stock, AT_END, in_care_known),
        counts_by_authority(_children_at_end(breaks, year), SHORT_BREAKS, breaks_known),
        counts_by_authority(moved, MOVED, in_care_known),
        *_by_age_and_sex(stock, records, year, facts),
    ]
    if "plan_completed_on" in records.given:
        due = working_days_after(starts["care_from"], plan_within, facts.bank_holidays)
        in_time = starts[starts["plan_completed_on"] <= due]
        found.append(counts_by_authority(in_time, PLAN, in_care_known))
    return found


def check_looked_after(records: Records) -> None:
    """Raise if rows about children contradict each other or themselves.

    Raises
    ------
    RecordsError
        With every such row.
    """
    frame, problems = records.frame, Problems(records.file)
    _check_order(frame, problems)
    for column in ("date_of_birth", "sex"):
        check_one_value(frame, column, _CHILD, "child", problems)
    for column in ("care_to", "plan_completed_on"):
        keys = [*_PERIOD, "care_kind"]
        check_one_value(frame, column, keys, "child and period of care", problems)
    in_care = frame[frame["care_kind"] == "looked-after"]
    periods = in_care.drop_duplicates(_PERIOD)
    _check_overlaps(periods, "care_from", "care_to", "an earlier period of the child", problems)
    placements = in_care[in_care["placement_kind"] == "placement"]
    whole = _placements(placements)
    _check_overlaps(
        whole, "placement_from", "placement_to", "an earlier placement of the child", problems
    )
    problems.refuse()


def notes_on_looked_after(records: Records, year: Year) -> list[pd.DataFrame]:
    """Return notes on rows that are in no count."""
    frame = records.frame
    grown = _open_periods(frame, year) & (ages_at(frame["date_of_birth"], year.last) >= _ADULT)
    later = frame["care_from"] > year.last
    earlier = frame["care_to"] <= year.before
    in_care = frame[frame["care_kind"] == "looked-after"]
    ended = in_care["care_to"].between(year.first, year.last)
    whole_year = pd.Series(not ended.any(), index=frame.index) & (frame.index == 0)
    return [
        note_rows(records, grown, "age", "18 or over at 31 March", "in no count at 31 March"),
        note_rows(records, later, "period", "care begins after the year", "not counted"),
        note_rows(records, earlier, "period", "care ended before the year", "not counted"),
        note_rows(
            records,
            whole_year,
            "coverage",
            "no period of care ended in the year",
            f"counted as it is; {BECAME} and {MOVED} need all periods of the year, not only those "
            "open at 31 March",
        ),
    ]


def _starts_in(periods: pd.DataFrame, year: Year) -> pd.DataFrame:
    """Return the first period that each child began in the year, without continued ones.

    A period that begins on the day on which the one before ended goes on with it.
    """
    ordered = periods.sort_values([*_CHILD, "care_from"])
    ended = ordered.groupby(_CHILD)["care_to"].shift()
    anew = ordered[ordered["care_from"].ne(ended)]
    began = anew[anew["care_from"].between(year.first, year.last)]
    return began.drop_duplicates(_CHILD)


def _open_periods(frame: pd.DataFrame, year: Year) -> pd.Series:
    return open_at(frame["care_from"], frame["care_to"], year.last)


def _children_at_end(periods: pd.DataFrame, year: Year) -> pd.DataFrame:
    """Return one row for each child under 18 whose period is open at 31 March."""
    young = ages_at(periods["date_of_birth"], year.last) < _ADULT
    return periods[_open_periods(periods, year) & young].drop_duplicates(_CHILD)


def _placements(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a placement: rows of a child with one placement_id are one placement."""
    own = rows["row"].map("row {}".format)
    name = rows["placement_id"].map("id {}".format).where(rows["placement_id"] != "", own)
    ends = ends_of(rows["placement_to"])
    whole = rows.assign(placement_to=ends, name=name).groupby([*_CHILD, "name"], as_index=False)
    return whole.agg(
        placement_from=("placement_from", "min"),
        placement_to=("placement_to", "max"),
        row=("row", "min"),
    )


def _many_placements(in_care: pd.DataFrame, year: Year, facts: Facts) -> pd.DataFrame:
    """Return the children with three or more placements that had a night in the year."""
    counted = facts.counted("placement_kind")
    rows = in_care[in_care["placement_kind"].map(counted) == "yes"]
    whole = _placements(rows)
    # A placement that ended on 1 April had no night in the year.
    within = (whole["placement_from"] <= year.last) & (whole["placement_to"] > year.first)
    nights = whole["placement_to"] > whole["placement_from"]
    number = whole[within & nights].groupby(_CHILD)["name"].nunique()
    return number[number >= _MANY_PLACEMENTS].index.to_frame(index=False)


def _by_age_and_sex(
    stock: pd.DataFrame, records: Records, year: Year, facts: Facts
) -> list[Counted]:
    """Return CH/041 by age and sex for the authorities that give the sex of every child."""
    if "sex" not in records.given:
        return []
    complete = stock["sex"].ne("").groupby(stock["authority"]).transform("all")
    known = stock[complete]
    bands = facts.age_bands[facts.age_bands["used_for"] == "children"]
    in_band = bands_of(ages_at(known["date_of_birth"], year.last), bands)
    return [
        counts_by_authority(
            known[(in_band == code) & (known["sex"] == sex)],
            AT_END,
            frozenset(known["authority"]),
            breakdown=f"age={code};sex={sex}",
        )
        for code in bands["code"]
        for sex in facts.allowed("sex")
    ]


def _check_order(frame: pd.DataFrame, problems: Problems) -> None:
    """Record days that stand in an order that cannot be."""
    age = ages_at(frame["date_of_birth"], frame["care_from"])
    for wrong, column, found, allowed in (
        (
            frame["care_from"] < frame["date_of_birth"],
            "care_from",
            "a day before",
            "birth or later",
        ),
        (age >= _ADULT, "care_from", "a person of 18 or over", "children under 18 on the day"),
        (frame["care_to"] < frame["care_from"], "care_to", "a day before care_from", "or later"),
        (
            frame["placement_to"] < frame["placement_from"],
            "placement_to",
            "a day before placement_from",
            "placement_from or later",
        ),
        (
            frame["placement_from"] < frame["care_from"],
            "placement_from",
            "a day before care_from",
            "care_from or later",
        ),
        (
            (frame["placement_to"] > frame["care_to"])
            | (frame["placement_from"] > frame["care_to"]),
            "placement_to",
            "a day after care_to",
            "care_to or earlier",
        ),
    ):
        problems.add(frame.loc[wrong, "row"], column, found, allowed, "correct one of the days")


def _check_overlaps(
    rows: pd.DataFrame, begins: str, ends: str, other: str, problems: Problems
) -> None:
    ordered = rows.sort_values([*_CHILD, begins])
    end = ends_of(ordered[ends])
    latest = end.groupby([ordered[key] for key in _CHILD]).cummax()
    before = latest.groupby([ordered[key] for key in _CHILD]).shift()
    problems.add(
        ordered.loc[ordered[begins] < before, "row"],
        begins,
        f"a day before {other} ended",
        "the day on which it ended, or later",
        "correct the days, or end the earlier one",
    )
