"""Reads figures back from ODS and XLSX workbooks with readers of their own."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from ssstats.matched import PREFIX
from ssstats.outputs.truth.published import Difference, Figure, Truth, compare, difference
from ssstats.outputs.truth.readers import Reader

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CELL = re.compile(r"([A-Z]+)\d+")


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
            tuple(_ods_cell(cell) for cell in row.findall(f"{_TABLE}table-cell"))
            for row in table.iter(f"{_TABLE}table-row")
        )
        yield ReadSheet(table.attrib[f"{_TABLE}name"], rows)


def _ods_cell(cell: ElementTree.Element) -> str:
    value = cell.get(f"{_OFFICE}value")
    if value is not None:
        return value
    return "".join("".join(p.itertext()) for p in cell.findall(f"{_TEXT}p"))


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
    for cell in row.findall(f"{_MAIN}c"):
        named = _CELL.fullmatch(cell.attrib["r"])
        place = _place(named[1]) if named else len(texts)
        texts += [""] * (place - len(texts))
        texts.append("".join(cell.itertext()))
    return texts


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def check_workbook(path: Path, truth: Truth, reader: Reader, items: set[str]) -> list[Difference]:
    """Compare one workbook with the published figures: each of its subject's, once a sheet.

    Parameters
    ----------
    items : set of str
        Metrics and measures that the workbook is to hold.
    """
    source = f"tables/{path.name}"
    sheets = read_ods(path) if path.suffix == ".ods" else read_xlsx(path)
    found: dict[Figure, str] = {}
    differences = []
    for sheet in sheets:
        for key, text in _figures(sheet, truth, reader):
            if found.setdefault(key, text) != text:
                differences.append(difference(source, f"{sheet.name}: {key}", found[key], text))
    return [*differences, *compare(source, truth, found, _expected(truth, reader, items))]


def _expected(truth: Truth, reader: Reader, items: set[str]) -> set[Figure]:
    """Return all areas in the last year, and Wales in every year, without totals by answer."""
    return {
        key
        for key in truth.of_items(items)
        if not key.breakdown.startswith(PREFIX)
        and (
            key.period == truth.latest(truth.editions[key.item])
            or (key.area == reader.wales and not key.breakdown)
        )
    }


def _figures(sheet: ReadSheet, truth: Truth, reader: Reader) -> Iterator[tuple[Figure, str]]:
    header_at = next(
        (n for n, row in enumerate(sheet.rows) if row and row[0] in reader.first_headers), None
    )
    if header_at is None:
        return
    header = sheet.rows[header_at]
    title = sheet.rows[0][0]
    for row in sheet.rows[header_at + 1 :]:
        cells = dict(zip(header, row + ("",) * (len(header) - len(row)), strict=True))
        yield from _row_figures(cells, title, truth, reader)


def _row_figures(
    cells: Mapping[str, str], title: str, truth: Truth, reader: Reader
) -> Iterator[tuple[Figure, str]]:
    item = cells.get(reader.reference) or cells[reader.measure_code]
    latest = truth.latest(truth.editions[item]) if item in truth.editions else ""
    if reader.measure_code in cells:
        period = cells.get(reader.year, "") or latest
        area = cells.get(reader.area_code, "") or reader.wales
        for label, part in reader.parts.items():
            yield Figure(item, period, area, "", part), cells[label]
        return
    breakdown = reader.groups.get(cells.get(reader.group, ""), "unknown group")
    for label, text in cells.items():
        if label in reader.areas:
            yield Figure(item, latest, reader.areas[label], breakdown), text
        elif reader.is_period(label):
            yield Figure(item, label, reader.wales, breakdown), text
