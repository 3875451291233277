"""Recorded exceptions (guidance 2.4): what an authority could not count as the guidance asks."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import ReturnsError, listed
from ssstats.returns.model import EXCEPTION_COLUMNS
from ssstats.returns.normalising import AreaNames, blank_strings, number_of

DECISIONS = ("pending", "accepted", "reversed")


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
    """Return the recorded exceptions of one file.

    Raises
    ------
    ReturnsError
        Naming the file and the rows whose area, reference, amount or decision is not known, or
        that were decided without saying by whom and when.
    """
    typed = blank_strings(pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig"))
    missing = [column for column in EXCEPTION_COLUMNS if column not in typed.columns]
    if missing:
        raise ReturnsError(f"{path.name}: column {listed(missing)} is missing")
    names = AreaNames.of(catalogue)
    known = set(zip(catalogue.metrics["edition"], catalogue.metrics["reference"], strict=True))
    problems = []
    for row, record in enumerate(typed.to_dict("records"), start=2):
        where = f"{path.name}, row {row}"
        if names.code(record["area"]) is None:
            problems.append(f"{where}: area {record['area']!r} is not known")
        if (record["edition"], record["reference"]) not in known:
            problems.append(f"{where}: reference {record['reference']!r} is not known")
        if record["amount"] and _signed(record["amount"]) is None:
            problems.append(f"{where}: amount is not a number")
        if record["decision"] not in DECISIONS:
            problems.append(
                f"{where}: decision {record['decision']!r} is not known; use {listed(DECISIONS)}"
            )
        elif record["decision"] != "pending" and not (
            record["decided_by"] and record["decided_on"]
        ):
            problems.append(f"{where}: decided without decided_by and decided_on; fill in both")
    if problems:
        raise ReturnsError("\n".join(problems))
    typed["area"] = typed["area"].map(names.code)
    typed["amount"] = typed["amount"].map(_signed).astype("Float64")
    return typed[list(EXCEPTION_COLUMNS)]


def _signed(text: str) -> float | None:
    """Return the amount: below zero where the return counts too few."""
    if text.startswith("-"):
        number = number_of(text[1:])
        return None if number is None else -number
    return number_of(text)
