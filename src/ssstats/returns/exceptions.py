"""Recorded exceptions (guidance 2.4): what an authority could not count as the guidance asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import ReturnsError, listed
from ssstats.returns.model import EXCEPTION_COLUMNS
from ssstats.returns.normalising import (
    AreaNames,
    blank_strings,
    column_named,
    column_names,
    number_of,
    period_of,
    quoted,
    reference_of,
)
from ssstats.returns.text_tables import read_text_table

DECISIONS = ("pending", "accepted", "reversed")
# What a spreadsheet adds to a day.
_MIDNIGHT = "T00:00:00"


def no_exceptions() -> pd.DataFrame:
    """Return an empty frame with the columns of `EXCEPTION_COLUMNS`."""
    frame = pd.DataFrame({column: pd.Series(dtype="str") for column in EXCEPTION_COLUMNS})
    return frame.assign(amount=frame["amount"].astype("Float64"))


def is_exceptions_file(path: Path) -> bool:
    """Return whether the file's header is that of recorded exceptions."""
    if path.suffix.lower() != ".csv":
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        header = {name.strip() for name in lines.readline().split(",")}
    return {"amount", "reason", "decision"} <= header


def read_exceptions(path: Path, catalogue: Catalogue) -> pd.DataFrame:
    """Return the recorded exceptions of one CSV file.

    Raises
    ------
    ReturnsError
        If the file is no table; and as `exceptions_of`.
    """
    table = read_text_table(path).frame
    texts = table.astype({column: "str" for column in table if column != "row"})
    return exceptions_of(texts, catalogue, path.name, {})


def exceptions_of(
    frame: pd.DataFrame, catalogue: Catalogue, where: str, said: Mapping[str, str]
) -> pd.DataFrame:
    """Return the recorded exceptions of a table of texts with their row.

    Parameters
    ----------
    frame : DataFrame
        Columns of `EXCEPTION_COLUMNS`, with blanks or underscores, and row.
    where : str
        File, and sheet if any, for messages.
    said : Mapping
        Edition, period and area where they stand outside the table.

    Raises
    ------
    ReturnsError
        Naming the file and the rows whose area, reference, amount or decision is not known, or
        that were decided without saying by whom and when.
    """
    rows = frame["row"].tolist()
    typed = blank_strings(frame.drop(columns=["row", *({"file", "sheet"} & set(frame.columns))]))
    names_of_columns = column_names(catalogue)
    typed.columns = [column_named(str(name), names_of_columns) for name in typed.columns]
    for column in ("edition", "period", "area"):
        if column not in typed and said.get(column):
            typed[column] = said[column]
    for column in ("evidence", "author", "decision", "decided_by", "decided_on", "decided_why"):
        if column not in typed:
            typed[column] = ""
    missing = [column for column in EXCEPTION_COLUMNS if column not in typed.columns]
    if missing:
        raise ReturnsError(f"{where}: column {listed(missing)} is missing")
    # A blank decision is none yet.
    typed["decision"] = typed["decision"].str.casefold().replace("", "pending")
    names = AreaNames.of(catalogue)
    problems = _problems(typed, rows, catalogue, names, where)
    if problems:
        raise ReturnsError("\n".join(problems))
    typed["area"] = typed["area"].map(names.code)
    typed["period"] = typed["period"].map(period_of)
    typed["amount"] = pd.array(
        [pd.NA if text == "" else _signed(text) for text in typed["amount"]], dtype="Float64"
    )
    known = frozenset(catalogue.metrics["reference"])
    typed["reference"] = typed["reference"].map(lambda text: reference_of(text, known))
    typed["decided_on"] = [day_of(text) or "" for text in typed["decided_on"]]
    return typed[list(EXCEPTION_COLUMNS)]


def _problems(
    typed: pd.DataFrame, rows: list[int], catalogue: Catalogue, names: AreaNames, where: str
) -> list[str]:
    known = set(zip(catalogue.metrics["edition"], catalogue.metrics["reference"], strict=True))
    references = frozenset(catalogue.metrics["reference"])
    problems = []
    for row, record in zip(rows, typed.to_dict("records"), strict=True):
        place = f"{where}, row {row}"
        if names.code(record["area"]) is None:
            problems.append(f"{place}: area {quoted(record['area'])} is not known")
        if period_of(record["period"]) is None:
            problems.append(
                f"{place}: period {quoted(record['period'])} is not known; write 2024-25"
            )
        if (record["edition"], reference_of(record["reference"], references)) not in known:
            problems.append(f"{place}: reference {quoted(record['reference'])} is not known")
        if record["amount"] and _signed(record["amount"]) is None:
            problems.append(f"{place}: amount is not a number")
        if not record["reason"]:
            problems.append(f"{place}: reason is blank; say what was counted otherwise, and why")
        if record["decision"] not in DECISIONS:
            problems.append(
                f"{place}: decision {quoted(record['decision'])} is not known; "
                f"use {listed(DECISIONS)}"
            )
        elif record["decision"] != "pending" and not (
            record["decided_by"] and record["decided_on"]
        ):
            problems.append(f"{place}: decided without decided_by and decided_on; fill in both")
        # The date is published: no other text may stand in its place.
        if record["decided_on"] and day_of(record["decided_on"]) is None:
            problems.append(f"{place}: decided_on is not a date; write 2025-06-12")
        if record["decision"] == "reversed" and not record["amount"]:
            problems.append(
                f"{place}: reversed without an amount; give the amount that is taken off, or ask "
                "for a new return"
            )
    return problems


def day_of(text: str) -> str | None:
    """Return a date as 2025-06-12, or None where the text is none; a cell may add midnight."""
    try:
        return date.fromisoformat(text.removesuffix(_MIDNIGHT)).isoformat()
    except ValueError:
        return None


def _signed(text: str) -> float | None:
    """Return the amount: below zero where the return counts too few."""
    if text.startswith("-"):
        number = number_of(text[1:])
        return None if number is None else -number
    return number_of(text)
