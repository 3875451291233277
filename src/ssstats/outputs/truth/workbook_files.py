"""Reads figures back from ODS and XLSX workbooks with readers of their own."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from itertools import product, repeat
from pathlib import Path
from string import ascii_uppercase
from xml.etree import ElementTree
from xml.parsers import expat

from ssstats.outputs.truth.comparing import Difference, Found
from ssstats.outputs.truth.page_figures import Named
from ssstats.outputs.truth.published import Place, Series, Truth, number_of
from ssstats.outputs.truth.readers import Reader
from ssstats.well_formed import require_well_formed

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TAG = re.compile("<[^>]*>")
_NAME = re.compile('table:name="([^"]*)"')
# Columns of a sheet, from the first one on.
_LETTERS = (*ascii_uppercase, *map("".join, product(ascii_uppercase, repeat=2)))
_OTHERWISE = "a sheet is written in another way"
# Cells as a release writes them: it has a million, and trees of them cost much.
_ODS_CELL = re.compile(
    r'(?: table:style-name="[^"]*")?(?: office:value-type="[^"]*")?'
    r'(?: office:value="([^"]*)")?(?:/>|>([^<]*(?:<(?!/table:table-cell>)[^<]*)*)</table)'
)
_XLSX_CELL = re.compile(r'<c r="([A-Z]+)\d+"[^>]*?(?:/>|>([^<]*(?:<(?!/c>)[^<]*)*)</c)')


@dataclass(frozen=True)
class ReadSheet:
    """A sheet as it stands in a file: its name and rows of texts, numbers as plain texts."""

    name: str
    rows: tuple[tuple[str, ...], ...]


def read_ods(path: Path) -> Iterator[ReadSheet]:
    """Give the sheets of an ODS file.

    Raises
    ------
    ValueError
        If it is not well formed, or cells are written in another way than a release writes them.
    """
    with zipfile.ZipFile(path) as archive:
        book = _well_formed(archive.read("content.xml"))
    for sheet in book.split("<table:table ")[1:]:
        rows = (row.split("<table:table-cell")[1:] for row in sheet.split("<table:table-row")[1:])
        cells = tuple(tuple(map(_ods_cell, row)) for row in rows)
        _require(sum(map(len, cells)) == sheet.count("<table:table-cell"))
        yield ReadSheet(html.unescape(_NAME.findall(sheet)[0]), cells)


@cache
def _ods_cell(markup: str) -> str:
    """Return what stands in a cell, of which few are unlike each other: its value or its text."""
    cell = _ODS_CELL.match(markup)
    if cell is None:
        raise ValueError(_OTHERWISE)
    value, inner = cell.groups(default="")
    text = _plain(inner)
    # One number that is held and another one that is shown are no figure.
    if value and number_of(value) != number_of(text):
        return f"{value}, shown as {text}"
    return value or text


def read_xlsx(path: Path) -> Iterator[ReadSheet]:
    """Give the sheets of an XLSX file that holds its texts in its cells.

    Raises
    ------
    ValueError
        As `read_ods` does.
    """
    with zipfile.ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        names = [sheet.attrib["name"] for sheet in book.iter(f"{_MAIN}sheet")]
        for place, name in enumerate(names, start=1):
            sheet = _well_formed(archive.read(f"xl/worksheets/sheet{place}.xml"))
            cells = [_XLSX_CELL.findall(row) for row in sheet.split("<row ")[1:]]
            _require(sum(map(len, cells)) == sheet.count("<c "))
            yield ReadSheet(name, tuple(map(_xlsx_row, cells)))


def _well_formed(content: bytes) -> str:
    """Return a part of a workbook in which all that looks like a tag is one."""
    try:
        require_well_formed(content)
    except expat.ExpatError as fault:
        raise ValueError("a part of a workbook is not well formed") from fault
    text = content.decode()
    # Nothing is left out of what is read, and no sign of a tag stands in a text.
    _require("<!" not in text and text.count("<") == text.count(">"))
    return text


def _require(as_written: bool) -> None:
    if not as_written:
        raise ValueError(_OTHERWISE)


@cache
def _plain(inner: str) -> str:
    """Return what stands in a cell, without its tags."""
    return html.unescape(_TAG.sub("", inner))


def _xlsx_row(cells: list[tuple[str, str]]) -> tuple[str, ...]:
    """Return the texts of a row; blank where no cell stands."""
    if not cells:
        return ()
    letters, inner = zip(*cells, strict=True)
    texts = tuple(map(_plain, inner))
    if letters == _LETTERS[: len(letters)]:
        return texts
    at = dict(zip(map(_place, letters), texts, strict=True))
    return tuple(at.get(place, "") for place in range(max(at) + 1))


@cache
def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def check_workbook(
    path: Path, truth: Truth, reader: Reader, expected: Mapping[Series, Set[Place]]
) -> list[Difference]:
    """Compare one workbook with the published figures: each of its subject's, once a sheet.

    Parameters
    ----------
    expected : mapping of Series to set of Place
        The figures that the workbook is to hold (see `Subject.of_workbook`).
    """
    found = Found(f"tables/{path.name}")
    for sheet in read_ods(path) if path.suffix == ".ods" else read_xlsx(path):
        for series, places, texts in _figures(sheet, truth, reader):
            found.add(series, places, texts, within=sheet.name)
    return found.against(truth, expected)


def _figures(sheet: ReadSheet, truth: Truth, reader: Reader) -> Iterator[Named]:
    header_at = next(
        (n for n, row in enumerate(sheet.rows) if row and row[0] in reader.first_headers), None
    )
    if header_at is None:
        return
    header, *rows = sheet.rows[header_at:]
    if any(len(row) > len(header) for row in rows):
        raise ValueError(f"{sheet.name}: a row is longer than its header")
    filled = [row + ("",) * (len(header) - len(row)) for row in rows]
    if reader.measure_code in header:
        yield from _measures(header, filled, truth, reader)
    else:
        yield from _counts(header, filled, truth, reader)


def _measures(
    header: tuple[str, ...], rows: list[tuple[str, ...]], truth: Truth, reader: Reader
) -> Iterator[Named]:
    """A row a measure, in a year or an area; a column a part of it."""
    columns = {name: [row[n] for row in rows] for n, name in enumerate(header)}
    items = columns[reader.measure_code]
    years = columns.get(reader.year) or map(truth.latest_of, items)
    areas = columns.get(reader.area_code) or repeat(reader.wales)
    places = [*zip(years, areas, strict=False)]
    of_items: dict[str, list[int]] = {}
    for row, item in enumerate(items):
        of_items.setdefault(item, []).append(row)
    for item, own in of_items.items():
        own_places = [places[row] for row in own]
        for label, part in reader.parts.items():
            texts = columns[label]
            yield (item, "", part), own_places, [texts[row] for row in own]


def _counts(
    header: tuple[str, ...], rows: list[tuple[str, ...]], truth: Truth, reader: Reader
) -> Iterator[Named]:
    """A row a metric or a group of it; a column an area in the latest year, or a year of Wales."""
    at = header.index(reader.reference)
    group_at = header.index(reader.group) if reader.group in header else None
    of_areas = [n for n, label in enumerate(header) if label in reader.areas]
    of_years = [n for n, label in enumerate(header) if reader.is_period(label)]
    areas = [reader.areas[header[n]] for n in of_areas]
    in_wales = [(header[n], reader.wales) for n in of_years]
    latest_of = {item: truth.latest_of(item) for item in {row[at] for row in rows}}
    places = {
        year: [*((year, area) for area in areas), *in_wales] for year in {*latest_of.values()}
    }
    for row in rows:
        group = "" if group_at is None else row[group_at]
        series = (row[at], reader.groups.get(group, "unknown group"), "value")
        yield series, places[latest_of[row[at]]], [row[n] for n in (*of_areas, *of_years)]
