"""The 17 qualitative measures of the code of 2016, from questionnaires or from their totals.

A measure is returned as two metrics: those who agreed, and those who answered. The sample, those
who responded and the response stand beside them in a table of their own.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from ssstats.importers.counted import Counted
from ssstats.importers.layouts import SURVEY_TOTALS, Facts
from ssstats.importers.problems import Problems
from ssstats.importers.records import Records, note_rows

RESPONSE_COLUMNS = (
    "authority",
    "measure",
    "sample",
    "respondents",
    "answered",
    "agreed",
    "response_percentage",
    "answered_percentage",
)
_COUNTS = ["sample", "respondents", "answered", "agreed"]


def check_survey(records: Records) -> None:
    """Raise if questionnaires or totals contradict each other or themselves.

    Raises
    ------
    RecordsError
        With every such row.
    """
    frame, problems = records.frame, Problems(records.file)
    totals = records.layout == SURVEY_TOTALS
    key = "measure" if totals else "respondent_id"
    again = frame.duplicated(["authority", key])
    problems.add(
        frame.loc[again, "row"],
        key,
        "one that stands in an earlier row of the authority",
        f"each {key} once",
        "delete one of the rows",
    )
    if totals:
        _check_totals(frame, problems)
    else:
        answers = [name for name in frame if str(name).startswith("measure_")]
        unreturned = (frame["returned"] == "no") & frame[answers].ne("").any(axis=1)
        problems.add(
            frame.loc[unreturned, "row"],
            "returned",
            "no beside answers",
            "yes where there are answers",
            "correct the cell or delete the answers",
        )
    problems.refuse()


def count_survey(records: Records, facts: Facts) -> tuple[list[Counted], pd.DataFrame]:
    """Return the counts of each authority, and the response to each question.

    Returns
    -------
    counted : list of Counted
        Numerator and denominator of each measure.
    response : DataFrame
        Columns of `RESPONSE_COLUMNS`: one row an authority and measure that was asked. Sample and
        respondents are missing where totals do not say them.
    """
    table = (
        records.frame[["authority", "measure", *_COUNTS]]
        if records.layout == SURVEY_TOTALS
        else _totals(records, facts)
    )
    counted = []
    for measure in facts.survey_measures.itertuples():
        own = table[table["measure"] == measure.measure].set_index("authority")
        for reference, column in (
            (measure.numerator, "agreed"),
            (measure.denominator, "answered"),
        ):
            values = {str(area): float(number) for area, number in own[column].items()}
            counted.append(Counted(str(reference), values, frozenset(values)))
    return counted, _response(table)


def notes_on_survey(records: Records, facts: Facts) -> list[pd.DataFrame]:
    """Return a note on answers to questions that the group is not asked."""
    frame = records.frame
    if records.layout == SURVEY_TOTALS:
        return []
    strange = pd.Series(False, index=frame.index)
    for measure in facts.survey_measures.itertuples():
        asked = frame["respondent_group"].isin(str(measure.asked_of).split(";"))
        strange |= ~asked & frame[f"measure_{measure.measure}"].ne("")
    return [
        note_rows(records, strange, "group", "answers to questions of another group", "not counted")
    ]


def _totals(records: Records, facts: Facts) -> pd.DataFrame:
    """Return sample, respondents, answered and agreed by authority and measure."""
    frame, counted = records.frame, facts.counted("answer")
    parts = []
    for measure in facts.survey_measures.itertuples():
        name = f"measure_{measure.measure}"
        if name not in records.given:
            continue
        asked = frame[frame["respondent_group"].isin(str(measure.asked_of).split(";"))]
        meant = asked[name].map(counted).fillna("")
        numbers = pd.DataFrame(
            {
                "authority": asked["authority"],
                "sample": 1,
                "respondents": asked["returned"] == "yes",
                "answered": meant.isin(["agreed", "answered"]),
                "agreed": meant == "agreed",
            }
        )
        sums = numbers.groupby("authority", as_index=False)[_COUNTS].sum()
        parts.append(sums.assign(measure=str(measure.measure)))
    if not parts:
        return pd.DataFrame(columns=["authority", "measure", *_COUNTS])
    return pd.concat(parts, ignore_index=True)


def _check_totals(frame: pd.DataFrame, problems: Problems) -> None:
    for smaller, larger in (
        ("agreed", "answered"),
        ("answered", "respondents"),
        ("answered", "sample"),
        ("respondents", "sample"),
    ):
        problems.add(
            frame.loc[frame[smaller] > frame[larger], "row"],
            smaller,
            f"more than {larger}",
            f"{larger} or fewer",
            "correct one of the two",
        )


def _response(table: pd.DataFrame) -> pd.DataFrame:
    response = table.assign(
        response_percentage=_percentages(table["respondents"], table["sample"]),
        answered_percentage=_percentages(table["answered"], table["respondents"]),
        order=table["measure"].astype("int64"),
    ).sort_values(["authority", "order"], ignore_index=True)
    return response[list(RESPONSE_COLUMNS)].astype(dict.fromkeys(_COUNTS, "Int64"))


def _percentages(parts: pd.Series, wholes: pd.Series) -> list[str]:
    """Return percentages to one decimal, half up; blank where there is no whole."""
    return [
        ""
        if pd.isna(part) or pd.isna(whole) or not whole
        else str(
            (Decimal(100) * int(part) / int(whole)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
        )
        for part, whole in zip(parts, wholes, strict=True)
    ]
