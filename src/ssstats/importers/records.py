"""Reads a file of records by its layout: dates, codes and numbers understood, or named by row.

Columns that the layout does not need are dropped before anything else looks at them. A cell is
never quoted: where columns have shifted, a name may stand in any of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import ReturnsError
from ssstats.importers.layouts import Facts, holds
from ssstats.importers.problems import Problems
from ssstats.returns.model import SYNTHETIC
from ssstats.returns.normalising import AreaNames, plain
from ssstats.returns.text_tables import read_text_table
from ssstats.returns.workbooks import Sheet, read_workbook

NOTE_COLUMNS = ("file", "row", "column", "kind", "found", "done", "rows")
SUFFIXES = (".csv", ".parquet", ".xlsx", ".ods")
AUTHORITY = "authority"
_WORKBOOKS = (".xlsx", ".ods")
_FURTHEST_HEADER = 20
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00:00(?:\.0+)?)?")
_BRITISH_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_EARLIEST, _LATEST = date(1900, 1, 1), date(2100, 1, 1)
_WHOLE = re.compile(r"[0-9]{1,7}(?:\.0{1,6})?")
_HOURS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?")
_MOST_HOURS = 168
# What a cell holds when its text is understood as nothing of its kind.
_WRONG = object()

_ALLOWED = {
    "authority": "a code or name of data/catalogue/areas.csv or area_names.csv",
    "date": "a day as 2024-05-31 or 31/05/2024",
    "whole number": "a whole number, zero or more, without commas",
    "hours": "hours a week as 37 or 18.5, more than zero and at most 168",
    "identifier": "any text",
}


@dataclass(frozen=True)
class Records:
    """Records of one file, one row a record.

    `frame` has the columns of the layout and `row`: authorities and codes as text, blank where
    nothing stands; days as datetime64, numbers as Float64; a list of codes as ;one;two;.
    `given` names the columns that the file has. `notes` has the columns of `NOTE_COLUMNS`.
    """

    layout: str
    file: str
    frame: pd.DataFrame
    given: frozenset[str]
    notes: pd.DataFrame

    @property
    def origin(self) -> str:
        """How values counted from the records are marked: synthetic where any row is."""
        return SYNTHETIC if (self.frame["origin"] == SYNTHETIC).any() else ""


def read_records(
    path: Path, choices: tuple[str, ...], facts: Facts, catalogue: Catalogue, authority: str = ""
) -> Records:
    """Return the records of a CSV, Parquet, XLSX or ODS file.

    Parameters
    ----------
    choices : tuple of str
        Layouts that the file may have; the first one whose needed columns are all there is taken.
    authority : str
        Code of the authority that all rows are about, where the file has no such column.

    Raises
    ------
    ReturnsError
        If the file is missing or is no table.
    RecordsError
        With every row that holds something not allowed.
    """
    table = _texts(path, facts, choices)
    problems = Problems(path.name)
    layout = _layout_of(table, choices, facts, authority, problems)
    columns = facts.layout(layout)
    names = columns["column"].tolist()
    dropped = [name for name in table if name not in (*names, "row")]
    given = frozenset(name for name in names if name in table)
    if not len(table):
        raise ReturnsError(f"{path.name}: holds no record below its header; draw the records anew")
    frame = table.reindex(columns=[*names, "row"], fill_value="")
    if AUTHORITY not in given:
        frame[AUTHORITY] = authority
    _check_needed(frame, columns, problems)
    for column in columns.itertuples():
        read = _reader(str(column.kind), facts.allowed(str(column.codes)), catalogue)
        allowed = _allowed(str(column.kind), facts.allowed(str(column.codes)))
        frame[column.column] = _understood(
            frame, str(column.column), str(column.kind), read, allowed, problems
        )
    problems.refuse()
    notes = note(path.name, 1, "", "columns", f"{len(dropped)} columns more", "not read")
    return Records(layout, path.name, frame, given, notes if dropped else notes.iloc[:0])


def note(
    file: str, row: int, column: str, kind: str, found: str, done: str, rows: int = 1
) -> pd.DataFrame:
    """Return one note on what was read or left out, with the columns of `NOTE_COLUMNS`."""
    return pd.DataFrame([[file, row, column, kind, found, done, rows]], columns=list(NOTE_COLUMNS))


def note_rows(records: Records, rows: pd.Series, kind: str, found: str, done: str) -> pd.DataFrame:
    """Return one note on all rows where `rows` holds, none where there is no such row."""
    here = records.frame.loc[rows, "row"]
    if not len(here):
        return records.notes.iloc[:0]
    return note(records.file, int(here.min()), "", kind, found, done, len(here))


def check_one_value(
    frame: pd.DataFrame, column: str, keys: list[str], whose: str, problems: Problems
) -> None:
    """Record rows whose value is not that of the first row with the same keys."""
    texts = frame[column].astype("str").fillna("")
    first = texts.groupby([frame[key] for key in keys]).transform("first")
    problems.add(
        frame.loc[texts != first, "row"],
        column,
        f"another value than in an earlier row of the same {whose}",
        "one value",
        "correct one of the rows",
    )


def _texts(path: Path, facts: Facts, choices: tuple[str, ...]) -> pd.DataFrame:
    """Return the texts of a file with its column names folded, and row."""
    if not path.is_file():
        raise ReturnsError(f"{path}: there is no such file; give the file of records")
    if path.suffix.lower() not in SUFFIXES:
        raise ReturnsError(
            f"{path.name}: {path.suffix or 'no suffix'} is not read; use {', '.join(SUFFIXES)}"
        )
    try:
        table = _cells(path, facts, choices)
    except OSError as problem:
        raise ReturnsError(f"{path.name}: cannot be read: {problem.strerror}") from None
    table.columns = [_folded(str(name)) for name in table.columns]
    twice = table.columns[table.columns.duplicated()]
    known = set(facts.columns["column"])
    problems = Problems(path.name)
    for name in sorted({str(name) for name in twice} & known):
        problems.add([1], name, "the column twice", "each column once", "keep one of them")
    problems.refuse()
    table = table.loc[:, ~table.columns.duplicated()]
    return table.map(lambda text: plain(text) if isinstance(text, str) else text)


def _cells(path: Path, facts: Facts, choices: tuple[str, ...]) -> pd.DataFrame:
    if path.suffix.lower() in _WORKBOOKS:
        return _sheet_texts(path, facts, choices)
    read = read_text_table(path).frame
    return read.astype({name: "str" for name in read if name != "row"})


def _sheet_texts(path: Path, facts: Facts, choices: tuple[str, ...]) -> pd.DataFrame:
    """Return the texts of the first sheet whose header is that of a layout, or else the first."""
    known = set(facts.columns.loc[facts.columns["layout"].isin(choices), "column"])
    for sheet in read_workbook(path):
        rows = sorted({row for row, _ in sheet.cells if row <= _FURTHEST_HEADER})
        for row in rows:
            header = {c: _folded(text) for (r, c), text in sheet.cells.items() if r == row}
            if len(known & set(header.values())) > 1:
                return _below(sheet, row, header)
    raise ReturnsError(
        f"{path.name}: no sheet has the header of records; docs/importers.md says what it needs"
    )


def _below(sheet: Sheet, header_row: int, header: Mapping[int, str]) -> pd.DataFrame:
    rows = sorted({row for row, _ in sheet.cells if row > header_row})
    lines = [[sheet.cells.get((row, column), "") for column in header] for row in rows]
    table = pd.DataFrame(lines, columns=list(header.values()), dtype="str").assign(row=rows)
    filled = table.drop(columns="row").map(plain).ne("").any(axis=1) if len(table) else []
    return table[filled].reset_index(drop=True) if len(table) else table


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", plain(name).casefold())


def _layout_of(
    table: pd.DataFrame,
    choices: tuple[str, ...],
    facts: Facts,
    authority: str,
    problems: Problems,
) -> str:
    """Return the first layout whose needed columns are there.

    Raises
    ------
    RecordsError
        Naming the columns that the nearest layout misses.
    """
    missing = {}
    for choice in choices:
        columns = facts.layout(choice)
        needed = columns.loc[(columns["needed"] == "yes") & (columns["needed_where"] == "")]
        absent = [name for name in needed["column"] if name not in table]
        missing[choice] = [name for name in absent if name != AUTHORITY or not authority]
    nearest = min(choices, key=lambda choice: len(missing[choice]))
    for name in missing[nearest]:
        action = "give the column, or name the authority with --authority"
        problems.add(
            [1],
            name,
            "no such column",
            f"the columns of layout {nearest} in docs/importers.md",
            action if name == AUTHORITY else "add the column to the header and fill it",
        )
    problems.refuse()
    return nearest


def _check_needed(frame: pd.DataFrame, columns: pd.DataFrame, problems: Problems) -> None:
    """Record blank cells that must not be blank; codes are folded for the conditions."""
    folded = frame.copy()
    for name in columns.loc[columns["kind"] == "code", "column"]:
        folded[name] = folded[name].map(_code)
    for column in columns[columns["needed"] == "yes"].itertuples():
        blank = holds(folded, str(column.needed_where)) & frame[column.column].eq("")
        where = f" where {column.needed_where}" if column.needed_where else ""
        problems.add(
            frame.loc[blank, "row"],
            str(column.column),
            "a blank cell",
            f"no blank{where}",
            "fill it in",
        )


def _understood(
    frame: pd.DataFrame,
    name: str,
    kind: str,
    read: Callable[[str], object],
    allowed: str,
    problems: Problems,
) -> pd.Series:
    """Return a column with each distinct text understood; texts that are not become problems."""
    texts = frame[name]
    meanings = {text: read(text) for text in texts.unique()}
    wrong = texts.map(lambda text: meanings[text] is _WRONG)
    problems.add(
        frame.loc[wrong, "row"], name, "a text that is none of these", allowed, "correct the cell"
    )
    values = texts.map(lambda text: None if meanings[text] is _WRONG else meanings[text])
    if kind == "date":
        return pd.to_datetime(values)
    if kind in ("whole number", "hours"):
        return values.astype("Float64")
    return values.fillna("").astype("str")


def _allowed(kind: str, codes: tuple[str, ...]) -> str:
    if codes:
        return ("several of " if kind == "codes" else "one of ") + ", ".join(codes)
    return _ALLOWED[kind]


def _reader(kind: str, codes: tuple[str, ...], catalogue: Catalogue) -> Callable[[str], object]:
    """Return the function that understands a text of this kind."""
    if kind == "authority":
        names = AreaNames.of(catalogue)
        of_level = catalogue.areas.loc[catalogue.areas["level"] == "authority", "area"]
        authorities = frozenset(of_level)
        return lambda text: code if (code := names.code(text)) in authorities else _WRONG
    readers: dict[str, Callable[[str], object]] = {
        "identifier": str,
        "date": _day,
        "hours": _hours,
        "whole number": lambda text: _number(text, _WHOLE),
        "code": lambda text: _one_code(text, codes),
        "codes": lambda text: _some_codes(text, codes),
    }
    return readers[kind]


def _day(text: str) -> object:
    if not text:
        return None
    if found := _ISO_DAY.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _BRITISH_DAY.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    else:
        return _WRONG
    try:
        read = date(year, month, day)
    except ValueError:
        return _WRONG
    return pd.Timestamp(read) if _EARLIEST <= read < _LATEST else _WRONG


def _number(text: str, form: re.Pattern[str]) -> object:
    if not text:
        return None
    return float(text) if form.fullmatch(text) else _WRONG


def _hours(text: str) -> object:
    hours = _number(text, _HOURS)
    return _WRONG if isinstance(hours, float) and not 0 < hours <= _MOST_HOURS else hours


def _code(text: str) -> str:
    return re.sub(r"[\s_-]+", "-", text.casefold())


def _one_code(text: str, codes: tuple[str, ...]) -> object:
    return _code(text) if not text or _code(text) in codes else _WRONG


def _some_codes(text: str, codes: tuple[str, ...]) -> object:
    parts = sorted({_code(part.strip()) for part in text.split(";") if part.strip()})
    if not set(parts) <= set(codes):
        return _WRONG
    return f";{';'.join(parts)};" if parts else ""
