"""Workbooks (XLSX and ODS) as sheets of text, with what a spreadsheet hides from the eye.

Knows nothing of returns. A cell is the text that a person would read in it: whole numbers without
decimals, percentages with their sign. Formulas give the number last shown; hidden rows and columns
are read and named.
"""

from __future__ import annotations

import datetime
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree

from ssstats.errors import ReturnsError
from ssstats.returns.limits import MOST_CELLS, MOST_SHEET_COLUMNS, check_workbook
from ssstats.returns.text_tables import text_of_number

_FORMULA = (b"<f>", b"<f ", b"<f/>")

Place = tuple[int, int]


@dataclass
class Sheet:
    """One sheet: texts by (row, column), both counted from 1, and what is special about places."""

    name: str
    hidden: bool = False
    cells: dict[Place, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: set[Place] = field(default_factory=set)
    numbers_as_text: set[Place] = field(default_factory=set)
    # Top left and bottom right place of each merged range.
    merged: list[tuple[Place, Place]] = field(default_factory=list)


def read_workbook(path: Path) -> list[Sheet]:
    """Return the sheets of a workbook in their order.

    Raises
    ------
    ReturnsError
        If the file is damaged, protected by a password, or far larger than a return can be.
    """
    check_workbook(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if path.suffix.lower() == ".ods":
                return _read_ods(path)
            return _read_xlsx(path)
    except ReturnsError:
        raise
    # The parsers raise whatever a damaged part makes of their code.
    except Exception:
        raise ReturnsError(
            f"{path.name}: cannot be read as a workbook; open it, save it again without a password "
            "and send it anew"
        ) from None


def _read_xlsx(path: Path) -> list[Sheet]:
    from openpyxl import load_workbook

    shown = load_workbook(path, data_only=True)
    typed = load_workbook(path) if _has_formulas(path) else None
    sheets = []
    for source in shown.worksheets:
        if (source.max_row or 0) * (source.max_column or 0) > MOST_CELLS:
            raise ReturnsError(
                f"{path.name}, sheet {source.title!r}: uses {source.max_row} rows and "
                f"{source.max_column} columns; delete those without a text"
            )
        sheet = Sheet(source.title, hidden=source.sheet_state != "visible")
        for row in source.iter_rows():
            for cell in row:
                if cell.value is not None:
                    _add(sheet, (cell.row, cell.column), cell.value, cell.number_format or "")
        for number, row_form in source.row_dimensions.items():
            if row_form.hidden:
                sheet.hidden_rows.add(number)
        for column_form in source.column_dimensions.values():
            if column_form.hidden and column_form.min and column_form.max:
                last = min(column_form.max, MOST_SHEET_COLUMNS)
                sheet.hidden_columns |= set(range(column_form.min, last + 1))
        sheet.merged = [
            ((r.min_row, r.min_col), (r.max_row, r.max_col)) for r in source.merged_cells.ranges
        ]
        if typed is not None:
            for row in typed[source.title].iter_rows():
                for cell in row:
                    if cell.data_type == "f" and cell.row and cell.column:
                        sheet.formulas.add((cell.row, cell.column))
        sheets.append(sheet)
    return sheets


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return any(
            mark in archive.read(name)
            for name in archive.namelist()
            if name.startswith("xl/worksheets/") and name.endswith(".xml")
            for mark in _FORMULA
        )


def _add(sheet: Sheet, place: Place, value: object, number_format: str) -> None:
    if isinstance(value, bool):
        text = str(value).upper()
    elif isinstance(value, int | float):
        percent = "%" in number_format
        text = (
            f"{text_of_number(float(f'{value * 100:.12g}'))}%" if percent else text_of_number(value)
        )
    elif isinstance(value, datetime.datetime | datetime.date | datetime.time):
        text = value.isoformat()
    else:
        text = str(value)
        if text.strip().replace(",", "").replace(".", "", 1).isdigit():
            sheet.numbers_as_text.add(place)
    sheet.cells[place] = text


# Names of the OpenDocument format, version 1.2 and later.
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def _read_ods(path: Path) -> list[Sheet]:
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml")
    root = ElementTree.fromstring(content)
    return [_ods_sheet(path.name, table) for table in root.iter(f"{_TABLE}table")]


def _ods_sheet(file: str, table: ElementTree.Element) -> Sheet:
    sheet = Sheet(table.get(f"{_TABLE}name", ""))
    column = 1
    for form in table.iter(f"{_TABLE}table-column"):
        times = int(form.get(f"{_TABLE}number-columns-repeated", "1"))
        if _is_hidden(form):
            last = min(column + times, MOST_SHEET_COLUMNS + 1)
            sheet.hidden_columns |= set(range(column, last))
        column += times
    row, places = 1, 0
    for line in table.iter(f"{_TABLE}table-row"):
        times = int(line.get(f"{_TABLE}number-rows-repeated", "1"))
        filled = list(islice(_ods_cells(line), MOST_CELLS))
        places += len(filled) * times
        if places >= MOST_CELLS:
            raise ReturnsError(f"{file}, sheet {sheet.name!r}: has too many cells for a return")
        for number in range(row, row + times) if filled else ():
            if _is_hidden(line):
                sheet.hidden_rows.add(number)
            for place, cell in filled:
                _add_ods(sheet, (number, place), cell)
        row += times
    return sheet


def _is_hidden(form: ElementTree.Element) -> bool:
    return form.get(f"{_TABLE}visibility", "visible") != "visible"


def _ods_cells(line: ElementTree.Element) -> Iterator[tuple[int, ElementTree.Element]]:
    column = 1
    for cell in line:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        if cell.get(f"{_OFFICE}value-type") or "".join(cell.itertext()).strip():
            for place in range(column, column + min(times, MOST_CELLS)):
                yield place, cell
        column += times


def _add_ods(sheet: Sheet, place: Place, cell: ElementTree.Element) -> None:
    kind = cell.get(f"{_OFFICE}value-type", "string")
    shown = "\n".join("".join(part.itertext()) for part in cell.iter(f"{_TEXT}p"))
    if kind in ("float", "currency", "percentage"):
        number = float(cell.get(f"{_OFFICE}value", "nan"))
        _add(sheet, place, number, "%" if kind == "percentage" else "")
    elif kind == "boolean":
        _add(sheet, place, cell.get(f"{_OFFICE}boolean-value") == "true", "")
    elif kind in ("date", "time"):
        sheet.cells[place] = cell.get(f"{_OFFICE}{kind}-value", shown)
    else:
        _add(sheet, place, cell.get(f"{_OFFICE}string-value", shown), "")
    if cell.get(f"{_TABLE}formula"):
        sheet.formulas.add(place)
    down = int(cell.get(f"{_TABLE}number-rows-spanned", "1"))
    across = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
    if down > 1 or across > 1:
        sheet.merged.append((place, (place[0] + down - 1, place[1] + across - 1)))
