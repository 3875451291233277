"""Made-up records about persons, so that the importers have something to count.

Nobody stands behind a row: identifiers are numbers, days are drawn, and every row says synthetic.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from ssstats.demonstration.spread import generator
from ssstats.periods import ReportingYear

_AUTHORITY = "W06000023"
_CHILDREN, _SHORT_BREAKS, _STAFF, _QUESTIONNAIRES = 360, 14, 420, 600
_ORIGIN = "synthetic"
_PERIOD, _LAST_OF_THE_CODE = ReportingYear(2024), ReportingYear(2019)


def write_synthetic_records(folder: Path, codes: pd.DataFrame, *, seed: int = 2025) -> list[Path]:
    """Write made-up records of one authority and return the files written.

    Children and staff are those of 2024-25; the survey is that of the last year of the code.

    Parameters
    ----------
    codes : DataFrame
        Columns list and code: what may stand in the columns of records.
    seed : int
        The same seed gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lists = {str(name): own["code"].tolist() for name, own in codes.groupby("list")}
    drawn = {
        f"looked-after-{_PERIOD}": _children(generator(seed, "records", "children"), _PERIOD),
        f"staff-{_PERIOD}": _staff(generator(seed, "records", "staff"), _PERIOD, lists),
        f"survey-{_LAST_OF_THE_CODE}": _survey(generator(seed, "records", "survey"), lists),
    }
    written = []
    for name, rows in drawn.items():
        path = folder / f"synthetic-{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as target:
            header = list(dict.fromkeys(column for row in rows for column in row))
            lines = csv.DictWriter(target, header, restval="", lineterminator="\n")
            lines.writeheader()
            lines.writerows(rows)
        written.append(path)
    return written


def _day(rng: np.random.Generator, first: date, last: date) -> date:
    return first + timedelta(int(rng.integers(0, (last - first).days + 1)))


def _children(rng: np.random.Generator, period: ReportingYear) -> list[dict[str, object]]:
    """Return placements of children, and short breaks."""
    last = date(period.end, 3, 31)
    rows: list[dict[str, object]] = []
    for number in range(_CHILDREN + _SHORT_BREAKS):
        born = _day(rng, date(period.end - 17, 4, 1), date(period.start - 1, 3, 31))
        begins = _day(rng, max(born, date(period.start - 4, 4, 1)), last)
        ended = rng.random() < 0.2
        ends = _day(rng, begins, last) if ended else None
        child = {
            "authority": _AUTHORITY,
            "child_id": f"child-{number + 1:04d}",
            "date_of_birth": born,
            "sex": "male" if rng.random() < 0.54 else "female",
            "care_from": begins,
            "care_to": ends or "",
            "origin": _ORIGIN,
        }
        if number >= _CHILDREN:
            rows.append({**child, "care_kind": "short-breaks"})
            continue
        planned = begins + timedelta(int(rng.integers(2, 25)))
        days = sorted({begins, *(_day(rng, begins, ends or last) for _ in range(_moves(rng)))})
        days = [day for day in days if day == begins or day != ends]
        for starts, stops in zip(days, [*days[1:], ends or ""], strict=True):
            rows.append(
                {
                    **child,
                    "care_kind": "looked-after",
                    "placement_kind": "placement" if rng.random() < 0.95 else "temporary-absence",
                    "placement_from": starts,
                    "placement_to": stops,
                    "plan_completed_on": planned,
                }
            )
    return rows


def _moves(rng: np.random.Generator) -> int:
    return int(rng.choice([0, 1, 2, 3], p=[0.6, 0.2, 0.13, 0.07]))


def _staff(
    rng: np.random.Generator, period: ReportingYear, lists: dict[str, list[str]]
) -> list[dict[str, object]]:
    """Return posts, and some of every other kind of record."""
    first, last = date(period.start, 4, 1), date(period.end, 3, 31)
    rows: list[dict[str, object]] = []

    def pick(name: str) -> str:
        return str(rng.choice(lists[name]))

    for number in range(_STAFF):
        person = {"authority": _AUTHORITY, "person_id": f"staff-{number + 1:04d}"}
        work = {"service": _service(rng), "profession": pick("profession"), "origin": _ORIGIN}
        begins = _day(rng, date(period.start - 8, 4, 1), last)
        left = rng.random() < 0.08
        rows.append(
            {
                **person,
                **work,
                "record": "employee",
                "date_of_birth": _day(
                    rng, date(period.end - 66, 4, 1), date(period.end - 27, 1, 1)
                ),
                "gender": "female" if rng.random() < 0.8 else "male",
                "hours": int(rng.choice([37, 37, 30, 22, 18])),
                "ethnicity": "white-welsh" if rng.random() < 0.7 else pick("ethnicity"),
                "languages": "english;welsh" if rng.random() < 0.25 else "english",
                "qualified_on": _day(rng, date(period.start - 8, 4, 1), last)
                if work["profession"] == "social-worker"
                else "",
                "started_on": begins,
                "ended_on": _day(rng, max(begins, first), last) if left else "",
                "leaving_reason": str(rng.choice(lists["leaving_reason"][:-1])) if left else "",
                "came_from": pick("came_from") if begins >= first else "",
            }
        )
        if rng.random() < 0.3:
            starts = _day(rng, first, last)
            days = int(rng.integers(1, 30))
            stops = min(starts + timedelta(days), last)
            spell = {"started_on": starts, "ended_on": stops, "days": (stops - starts).days + 1}
            kind = {"sickness_length": "long" if days > 20 else "short"}
            reason = {"sickness_reason": pick("sickness_reason")}
            rows.append({**person, **work, "record": "sickness", **spell, **kind, **reason})
    for number in range(30):
        record = ("agency", "seconded", "student", "vacancy")[number % 4]
        begins = _day(rng, first, last)
        other = {"authority": _AUTHORITY, "record": record, "origin": _ORIGIN, "started_on": begins}
        if record == "vacancy":
            tried = {"advertised_on": begins, "could_not_be_filled": pick("yes_no")}
            rows.append({**other, "profession": pick("profession"), **tried})
        else:
            name = {"person_id": f"{record}-{number + 1:04d}", "service": _service(rng)}
            rows.append({**other, **name, "profession": pick("profession")})
    return rows


def _service(rng: np.random.Generator) -> str:
    return str(rng.choice(["adults", "children", "shared"], p=[0.55, 0.4, 0.05]))


def _survey(rng: np.random.Generator, lists: dict[str, list[str]]) -> list[dict[str, object]]:
    """Return questionnaires: each group answers the questions that it is asked."""
    asked = {
        "adult": [*range(1, 6), 7, 8, 9, 11, 12, 13, 17],
        "young-adult": [*range(1, 6), *range(7, 14)],
        "child": [*range(1, 10), 11, 12, 13],
        "parent": [14],
        "carer": [15, 16],
    }
    rows: list[dict[str, object]] = []
    for number in range(_QUESTIONNAIRES):
        group = str(rng.choice(list(asked), p=[0.5, 0.08, 0.17, 0.1, 0.15]))
        returned = rng.random() < 0.35
        row: dict[str, object] = {
            "authority": _AUTHORITY,
            "respondent_id": f"form-{number + 1:04d}",
            "respondent_group": group,
            "returned": "yes" if returned else "no",
        }
        for measure in range(1, 18):
            answers = returned and measure in asked[group]
            row[f"measure_{measure}"] = (
                str(rng.choice(lists["answer"], p=[0.68, 0.14, 0.1, 0.04, 0.04])) if answers else ""
            )
        rows.append({**row, "origin": _ORIGIN})
    return rows
