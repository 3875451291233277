"""Returns in workbooks: the filled template, or one sheet an authority.

Above its table a sheet may say authority, edition and period, a name and its text side by side.
A sheet without a table is left out with a note, unless references stand in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import ReturnsError
from ssstats.returns.exceptions import exceptions_of
from ssstats.returns.model import READING_COLUMNS, no_local, no_reading
from ssstats.returns.normalising import (
    AreaNames,
    column_named,
    column_names,
    plain,
    quoted,
    reference_of,
)
from ssstats.returns.tables import laid_out
from ssstats.returns.understanding import Understood, understand
from ssstats.returns.workbooks import Sheet, read_workbook

_FURTHEST_HEADER = 60
_SAID = ("area", "edition", "period")
# Columns of the template that repeat the catalogue: they are for the reader's eye.
_WORDS = "what_is_counted"
_PRINTED = ("group", "section", _WORDS, "unit", "guidance_note", "name")
_DIMENSIONS = ("age", "gender", "sex", "breakdown")
# Sheets of the template that follow its first one.
_FORMS = ("detail_form", "own_form", "exceptions_form")
_GUIDANCE = "guidance"
_PLACE = ("file", "sheet", "row")


class WorkbookReturns(NamedTuple):
    """What a workbook holds: values of each of its sheets, and recorded exceptions."""

    understood: list[Understood]
    exceptions: list[pd.DataFrame]


def read_workbook_returns(path: Path, catalogue: Catalogue) -> WorkbookReturns:
    """Return the values and exceptions of a workbook.

    Raises
    ------
    ReturnsError
        If the workbook is damaged, holds no return, or a sheet holds something not known.
    """
    understood: list[Understood] = []
    exceptions: list[pd.DataFrame] = []
    said: dict[str, str] = {}
    names = column_names(catalogue)
    for sheet in read_workbook(path):
        header = _header_row(sheet, names)
        # The first sheet of a template says whose return it is; the others follow it.
        above = _said_above(path.name, sheet, header, catalogue)
        _check_one_return(path.name, sheet, said, above, catalogue)
        said = {**said, **above}
        if header is None:
            understood.append(_skipped(path.name, sheet, catalogue))
            continue
        frame = _frame(path.name, sheet, header, names)
        where = f"{path.name}, sheet {sheet.name!r}"
        if {"amount", "reason"} <= set(frame.columns):
            exceptions.append(exceptions_of(frame, catalogue, where, said))
        elif len(frame):
            own = {**said, **_named_by_sheet(sheet, catalogue)}
            kept = _without_printed(_without_unused_parts(frame))
            found = understand(laid_out(kept, catalogue, where, own), catalogue)
            notes = [found.reading, _notes_on_places(path.name, sheet, header, found, names)]
            reading = pd.concat([note for note in notes if len(note)] or [no_reading()])
            understood.append(found._replace(reading=reading.reset_index(drop=True)))
    if not any(len(part.values) or len(part.local) for part in understood):
        raise ReturnsError(
            f"{path.name}: no sheet has a header with Reference and Value, or a column an "
            "authority or a metric; use the template that ssstats template writes"
        )
    return WorkbookReturns(understood, exceptions)


def _header_row(sheet: Sheet, names: Mapping[str, str]) -> int | None:
    """Return the first row that names a reference, or areas, beside other columns."""
    rows = sorted({row for row, _ in sheet.cells if row <= _FURTHEST_HEADER})
    for column, others in (("reference", 1), ("area", 2)):
        for row in rows:
            texts = {column_named(text, names) for text in _row(sheet, row).values()}
            if column in texts and len(texts) > others:
                return row
    return None


def _row(sheet: Sheet, row: int) -> dict[int, str]:
    """Return the texts of a row by column, with texts of cells merged downwards into it."""
    texts = {column: text for (r, column), text in sheet.cells.items() if r == row}
    for (top, left), (bottom, right) in sheet.merged:
        if top < row <= bottom and left == right and (top, left) in sheet.cells:
            texts.setdefault(left, sheet.cells[(top, left)])
    return {column: text for column, text in texts.items() if plain(text)}


def _said_above(
    file: str, sheet: Sheet, header: int | None, catalogue: Catalogue
) -> dict[str, str]:
    said = {}
    names = column_names(catalogue)
    last = header or _FURTHEST_HEADER
    for (row, column), text in sheet.cells.items():
        if row >= last:
            continue
        name = column_named(text, names)
        beside = sheet.cells.get((row, column + 1), "")
        if name in _SAID and plain(beside):
            said[name] = plain(beside)
    if "area" in said and AreaNames.of(catalogue).code(said["area"]) is None:
        raise ReturnsError(
            f"{file}, sheet {sheet.name!r}: authority {quoted(said['area'])} is not known; use a "
            "code or name of data/catalogue/areas.csv"
        )
    return said


def _check_one_return(
    file: str,
    sheet: Sheet,
    said: Mapping[str, str],
    above: Mapping[str, str],
    catalogue: Catalogue,
) -> None:
    """Refuse a form of the template that was copied from another return."""
    if column_named(sheet.name, column_names(catalogue)) not in _FORMS:
        return
    names = AreaNames.of(catalogue)
    for name in sorted(said.keys() & above.keys()):
        here, there = above[name], said[name]
        if name == "area":
            here, there = names.code(here) or here, names.code(there) or there
        if here != there:
            raise ReturnsError(
                f"{file}, sheet {sheet.name!r}: {name} is {here[:60]!r}, and {there[:60]!r} in the "
                "sheets before it; a workbook is one return, so correct one of them"
            )


def _named_by_sheet(sheet: Sheet, catalogue: Catalogue) -> dict[str, str]:
    """Return the authority that a sheet is named after, if it is."""
    code = AreaNames.of(catalogue).code(sheet.name)
    return {"area": code} if code else {}


def _frame(file: str, sheet: Sheet, header: int, known: Mapping[str, str]) -> pd.DataFrame:
    names = {column: column_named(text, known) for column, text in _row(sheet, header).items()}
    rows = sorted({row for row, _ in sheet.cells if row > header})
    table = {
        row: {name: sheet.cells.get((row, column), "") for column, name in names.items()}
        for row in rows
    }
    beside = {column for row, column in sheet.cells if row > header and column not in names}
    strays = {c for c in beside if any(plain(sheet.cells.get((row, c), "")) for row in rows)}
    if strays:
        raise ReturnsError(
            f"{file}, sheet {sheet.name!r}, row {header}: a column that holds texts has no name; "
            "name it or delete it"
        )
    if len(set(names.values())) < len(names):
        raise ReturnsError(
            f"{file}, sheet {sheet.name!r}, row {header}: a column stands twice; keep one"
        )
    kept = [row for row in rows if any(plain(text) for text in table[row].values())]
    frame = pd.DataFrame([table[row] for row in kept], columns=list(names.values()), dtype="str")
    return frame.assign(file=file, sheet=sheet.name, row=pd.Series(kept, dtype="int64"))


def _without_printed(frame: pd.DataFrame) -> pd.DataFrame:
    """Drop the columns that only repeat the catalogue, and rows that only have these.

    What is counted is kept where the metric is the authority's own: nobody else knows it.
    """
    printed = [column for column in frame if column in _PRINTED]
    if _WORDS in printed and "reference" in frame:
        own = frame["reference"].str.startswith("LO/")
        if own.any():
            frame = frame.assign(note=frame[_WORDS].where(own, ""))
    kept = frame.drop(columns=printed)
    if "reference" in frame:
        filled = kept[[c for c in kept if c not in _PLACE]].map(lambda text: bool(plain(text)))
        # A row of a form that was not needed: nothing typed in it at all.
        kept = kept[filled.any(axis=1)]
    return kept.reset_index(drop=True)


def _without_unused_parts(frame: pd.DataFrame) -> pd.DataFrame:
    """Drop the printed parts of references of which no part was filled in: parts are optional."""
    parts = [column for column in frame if column in _DIMENSIONS]
    typed = [column for column in ("value", "marker", "note") if column in frame]
    if not parts or "reference" not in frame or "value" not in typed:
        return frame
    given = frame[typed].map(lambda text: bool(plain(text))).any(axis=1)
    part = frame[parts].map(lambda text: bool(plain(text))).any(axis=1)
    used = given.groupby(frame["reference"].map(plain)).transform("any")
    return frame[used | ~part].reset_index(drop=True)


def _skipped(file: str, sheet: Sheet, catalogue: Catalogue) -> Understood:
    """Return a note that a sheet without a table was left out.

    Raises
    ------
    ReturnsError
        If references of the catalogue stand in it: then it is a return whose header is lost.
    """
    collected = catalogue.metrics.loc[catalogue.metrics["collected"] == "yes", "reference"]
    known = frozenset(collected)
    for (row, _), text in sorted(sheet.cells.items()):
        if reference_of(text, known):
            raise ReturnsError(
                f"{file}, sheet {sheet.name!r}, row {row}: references stand here without a header; "
                "name the columns Reference and Value in the row above the first of them"
            )
    note = _note(file, sheet, 1, "", "skipped sheet", sheet.name, "left out")
    # The template's own guidance is no sheet that anybody could miss.
    guidance = column_named(sheet.name, column_names(catalogue)) == _GUIDANCE
    told = bool(sheet.cells) and not guidance
    reading = pd.DataFrame([note], columns=list(READING_COLUMNS)) if told else no_reading()
    return Understood(understand(_nothing(), catalogue).values, no_local(), reading)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(
        {"file": pd.Series(dtype="str"), "sheet": pd.Series(dtype="str"), "row": []}
    ).astype({"row": "int64"})


def _note(
    file: str, sheet: Sheet, row: int, column: str, kind: str, found: str, read_as: str
) -> Mapping[str, object]:
    return {
        **dict.fromkeys(READING_COLUMNS, ""),
        "file": file,
        "sheet": sheet.name,
        "row": row,
        "column": column,
        "kind": kind,
        "found": found,
        "read_as": read_as,
        "rows": 1,
    }


def _notes_on_places(
    file: str, sheet: Sheet, header: int, found: Understood, known: Mapping[str, str]
) -> pd.DataFrame:
    """Return notes on values that stand in hidden or calculated cells, or are stored as text."""
    names = {column: column_named(name, known) for column, name in _row(sheet, header).items()}
    values = {c for c, name in names.items() if name == "value" or "value" not in names.values()}
    keys = found.values.drop_duplicates("row").set_index("row")
    notes = []
    for row, column in sorted(place for place in sheet.cells if place[0] > header):
        text = sheet.cells[(row, column)]
        if column not in values or not plain(text) or not plain(text)[0].isdigit():
            continue
        kinds = (
            ("hidden row", row in sheet.hidden_rows),
            ("hidden column", column in sheet.hidden_columns),
            ("hidden sheet", sheet.hidden),
            ("formula", (row, column) in sheet.formulas),
            ("number as text", (row, column) in sheet.numbers_as_text),
        )
        for kind, holds in kinds:
            if holds:
                note = dict(_note(file, sheet, row, "value", kind, text, text))
                if row in keys.index:
                    note.update(
                        {k: keys.at[row, k] for k in ("edition", "period", "area", "reference")}
                    )
                notes.append(note)
    if any(top < header <= bottom for (top, _), (bottom, _) in sheet.merged):
        notes.append(dict(_note(file, sheet, header, "", "merged header", "merged", "one header")))
    return pd.DataFrame(notes, columns=list(READING_COLUMNS)) if notes else no_reading()
