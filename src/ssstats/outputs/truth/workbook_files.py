"""Reads figures back from ODS and XLSX workbooks with readers of their own."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from ssstats.matched import PREFIX
from ssstats.outputs.truth.published import Difference, Figure, Key, Truth, compare, difference
from ssstats.outputs.truth.readers import Reader

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ODS_CELL, _ODS_VALUE, _ODS_TEXT = f"{_TABLE}table-cell", f"{_OFFICE}value", f"{_TEXT}p"


@dataclass(frozen=True)
class ReadSheet:
    """A sheet as it stands in a file: its name and rows of texts, numbers as plain texts."""

    name: str
    rows: tuple[tuple[str, ...], ...]


def read_ods(path: Path) -> Iterator[ReadSheet]:
    """Give the sheets of an ODS file."""
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read("content.xml"))
    for table in root.iter(f"{_TABLE}table"):
        rows = tuple(
            tuple(_ods_cell(cell) for cell in row if cell.tag == _ODS_CELL)
            for row in table.iter(f"{_TABLE}table-row")
        )
        yield ReadSheet(table.attrib[f"{_TABLE}name"], rows)


def _ods_cell(cell: ElementTree.Element) -> str:
    value = cell.get(_ODS_VALUE)
    if value is not None:
        return value
    return "".join(_text(paragraph) for paragraph in cell if paragraph.tag == _ODS_TEXT)


def _text(element: ElementTree.Element) -> str:
    return "".join(element.itertext()) if len(element) else element.text or ""


def read_xlsx(path: Path) -> Iterator[ReadSheet]:
    """Give the sheets of an XLSX file that holds its texts in its cells."""
    with zipfile.ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        names = [sheet.attrib["name"] for sheet in book.iter(f"{_MAIN}sheet")]
        for place, name in enumerate(names, start=1):
            root = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{place}.xml"))
            rows = tuple(tuple(_xlsx_row(row)) for row in root.iter(f"{_MAIN}row"))
            yield ReadSheet(name, rows)


def _xlsx_row(row: ElementTree.Element) -> list[str]:
    texts: list[str] = []
    for cell in row:
        place = _place(cell.attrib["r"].rstrip("0123456789"))
        texts += [""] * (place - len(texts))
        texts.append("".join(_text(part) for part in cell))
    return texts


@cache
def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def check_workbook(
    path: Path, truth: Truth, reader: Reader, expected: set[Key]
) -> list[Difference]:
    """Compare one workbook with the published figures: each of its subject's, once a sheet.

    Parameters
    ----------
    expected : set of Key
        The figures that the workbook is to hold (see `expected_figures`).
    """
    source = f"tables/{path.name}"
    sheets = read_ods(path) if path.suffix == ".ods" else read_xlsx(path)
    found: dict[Key, str] = {}
    differences = []
    for sheet in sheets:
        for key, text in _figures(sheet, truth, reader):
            if found.setdefault(key, text) != text:
                place = f"{sheet.name}: {Figure(*key)}"
                differences.append(difference(source, place, found[key], text))
    return [*differences, *compare(source, truth, found, expected)]


def expected_figures(truth: Truth, items: set[str], wales: str) -> set[Key]:
    """Return all areas in the last year, and Wales in every year, without totals by answer."""
    last = {edition: periods[-1] for edition, periods in truth.periods.items()}
    return {
        key
        for key in truth.of_items(items)
        if (key[1] == last.get(truth.editions[key[0]]) or (key[2] == wales and not key[3]))
        and not key[3].startswith(PREFIX)
    }


@dataclass(frozen=True)
class _Columns:
    """Where in the rows of a sheet stands what: places of columns, -1 where there is none."""

    item: int
    year: int
    area: int
    group: int
    parts: tuple[tuple[int, str], ...]
    areas: tuple[tuple[int, str], ...]
    periods: tuple[tuple[int, str], ...]


def _figures(sheet: ReadSheet, truth: Truth, reader: Reader) -> Iterator[tuple[Key, str]]:
    header_at = next(
        (n for n, row in enumerate(sheet.rows) if row and row[0] in reader.first_headers), None
    )
    if header_at is None:
        return
    header = sheet.rows[header_at]
    columns = _columns(header, reader)
    for row in sheet.rows[header_at + 1 :]:
        if len(row) > len(header):
            raise ValueError(f"{sheet.name}: a row is longer than its header")
        filled = row + ("",) * (len(header) - len(row))
        yield from _row_figures(filled, columns, truth, reader)


def _columns(header: tuple[str, ...], reader: Reader) -> _Columns:
    def place(label: str) -> int:
        return header.index(label) if label in header else -1

    of_measures = reader.measure_code in header
    numbered = list(enumerate(header))
    return _Columns(
        item=place(reader.measure_code if of_measures else reader.reference),
        year=place(reader.year),
        area=place(reader.area_code),
        group=place(reader.group),
        parts=tuple((header.index(label), part) for label, part in reader.parts.items())
        if of_measures
        else (),
        areas=tuple((n, reader.areas[label]) for n, label in numbered if label in reader.areas),
        periods=tuple((n, label) for n, label in numbered if reader.is_period(label)),
    )


def _row_figures(
    row: tuple[str, ...], columns: _Columns, truth: Truth, reader: Reader
) -> Iterator[tuple[Key, str]]:
    item = row[columns.item]
    latest = truth.latest_of(item)
    if columns.parts:
        period = row[columns.year] if columns.year >= 0 else latest
        area = row[columns.area] if columns.area >= 0 else reader.wales
        for place, part in columns.parts:
            yield (item, period, area, "", part), row[place]
        return
    group = row[columns.group] if columns.group >= 0 else ""
    breakdown = reader.groups.get(group, "unknown group")
    for place, area in columns.areas:
        yield (item, latest, area, breakdown, "value"), row[place]
    for place, period in columns.periods:
        yield (item, period, reader.wales, breakdown, "value"), row[place]
