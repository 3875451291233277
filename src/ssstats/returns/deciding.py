"""Writes a decision on a recorded exception into the file in which the exception stands.

The file is replaced as a whole or not at all; every other cell stays as it was typed.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import ReturnsError, UsageError, listed
from ssstats.formatting import FORMULA_STARTS
from ssstats.returns.decisions import exception_ids
from ssstats.returns.exceptions import (
    DECISIONS,
    day_of,
    is_exceptions_file,
    no_exceptions,
    read_exceptions,
)
from ssstats.returns.normalising import plain
from ssstats.returns.text_tables import read_text_table
from ssstats.returns.understanding import EXCEL_ENCODING

_PENDING = "pending"
_COLUMNS = ("decision", "decided_by", "decided_on", "decided_why")


@dataclass(frozen=True)
class Decision:
    """What was decided on an exception: accepted or reversed, by whom, on which day, why."""

    decision: str
    by: str
    on: str
    why: str = ""

    @classmethod
    def checked(cls, decision: str, *, by: str, on: str, why: str = "") -> Decision:
        """Return a decision whose parts can be written down.

        Raises
        ------
        UsageError
            If the decision is not known, nobody made it, the day is no date, or a text could be
            taken for a formula.
        """
        allowed = [name for name in DECISIONS if name != _PENDING]
        if decision not in allowed:
            raise UsageError(f"decision {decision!r} is not known; use {listed(allowed)}")
        if not by.strip():
            raise UsageError("nobody made the decision; give --by NAME")
        day = day_of(on)
        if day is None:
            raise UsageError(f"day {on!r} is not a date; write it as 2025-06-12")
        for name, text in (("--by", plain(by)), ("--why", plain(why))):
            if text.startswith(FORMULA_STARTS):
                raise UsageError(f"{name} begins like a formula of a spreadsheet; begin otherwise")
        return cls(decision, plain(by), day, plain(why))


def decide_exception(
    returns: Path, exception: str, decision: Decision, catalogue: Catalogue, *, again: bool = False
) -> Path:
    """Write a decision into the CSV file that records the exception; return the file.

    Parameters
    ----------
    returns : Path
        The exceptions file, or the folder of returns that holds it.
    exception : str
        A name that `exception_ids` gives.
    again : bool
        Whether an earlier decision may be replaced.

    Raises
    ------
    UsageError
        If the exception is in no CSV file there, or was decided already.
    """
    for path, found in _recorded(returns, catalogue):
        ids = exception_ids(found)
        places = [place for place, own in enumerate(ids) if own == exception]
        if not places:
            continue
        if len(places) > 1:
            raise ReturnsError(f"{path.name}: exception {exception} stands twice; keep one row")
        before = str(found["decision"].iloc[places[0]])
        if before != _PENDING and not again:
            raise UsageError(
                f"exception {exception} was {before} already; give --again to decide anew"
            )
        _write(path, places[0], decision)
        return path
    raise UsageError(
        f"exception {exception!r} stands in no CSV file of exceptions in {returns}; take the name "
        "from `ssstats exceptions list`, and compile workbooks before you decide"
    )


def exceptions_to_decide(returns: Path, catalogue: Catalogue) -> pd.DataFrame:
    """Return the exceptions that stand in CSV files, where a decision can be written."""
    frames = [found for _, found in _recorded(returns, catalogue)]
    return pd.concat(frames, ignore_index=True) if frames else no_exceptions()


def _recorded(returns: Path, catalogue: Catalogue) -> Iterator[tuple[Path, pd.DataFrame]]:
    for path in _files_of(returns):
        yield path, read_exceptions(path, catalogue)


def _files_of(returns: Path) -> list[Path]:
    if returns.is_dir():
        files = sorted(path for path in returns.iterdir() if path.is_file())
        return [path for path in files if is_exceptions_file(path)]
    if not returns.exists():
        raise ReturnsError(f"{returns}: there is no such file or folder; give --returns PATH")
    return [returns] if is_exceptions_file(returns) else []


def _write(path: Path, place: int, decision: Decision) -> None:
    """Put the decision into the row of the exception that was read as number `place`."""
    row = int(read_text_table(path).frame["row"].iloc[place])
    content = path.read_bytes()
    mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
    text = _decoded(content)
    records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    header = [plain(name).casefold().replace(" ", "_") for name in records[0]]
    missing = [name for name in _COLUMNS if name not in header]
    while records[0] and not header[-1]:
        header.pop()
        records = [record[: len(header)] for record in records]
    names = [*header, *missing]
    records[0] += missing
    said = dict(
        zip(_COLUMNS, (decision.decision, decision.by, decision.on, decision.why), strict=True)
    )
    for number, record in enumerate(records[1:], start=2):
        # Blank lines stay what they are.
        if record:
            record += [""] * (len(names) - len(record))
        if number == row:
            for column, cell in said.items():
                record[names.index(column)] = cell
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n" if "\r\n" in text else "\n").writerows(records)
    _replace(path.resolve(), mark + out.getvalue().encode("utf-8"), content)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(EXCEL_ENCODING)


def _replace(path: Path, content: bytes, before: bytes) -> None:
    """Replace a file in one step, unless somebody changed it meanwhile."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".decision-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o7777)
        if path.read_bytes() != before:
            raise ReturnsError(f"{path.name}: was changed meanwhile; decide again")
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
