"""Reads figures back from ODS and XLSX workbooks with readers of their own."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from ssstats.matched import PREFIX
from ssstats.outputs.truth.comparing import Difference, Found
from ssstats.outputs.truth.page_figures import Named
from ssstats.outputs.truth.published import Place, Series, Truth
from ssstats.outputs.truth.readers import Reader
from ssstats.well_formed import require_well_formed

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TAG = re.compile("<[^>]*>")
_NAME = re.compile('table:name="([^"]*)"')
# Cells as a release writes them: it has a million, and trees of them cost much.
_ODS_CELL = re.compile(
    r'<table:table-cell(?: table:style-name="[^"]*")?(?: office:value-type="[^"]*")?'
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
    plain = cache(_plain)
    for sheet in book.split("<table:table ")[1:]:
        cells = _cells_by_row(sheet, "<table:table-row", _ODS_CELL, "<table:table-cell")
        rows = tuple(tuple(value or plain(inner) for value, inner in row) for row in cells)
        yield ReadSheet(html.unescape(_NAME.findall(sheet)[0]), rows)


def read_xlsx(path: Path) -> Iterator[ReadSheet]:
    """Give the sheets of an XLSX file that holds its texts in its cells.

    Raises
    ------
    ValueError
        As `read_ods` does.
    """
    plain = cache(_plain)
    with zipfile.ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        names = [sheet.attrib["name"] for sheet in book.iter(f"{_MAIN}sheet")]
        for place, name in enumerate(names, start=1):
            sheet = _well_formed(archive.read(f"xl/worksheets/sheet{place}.xml"))
            cells = _cells_by_row(sheet, "<row ", _XLSX_CELL, "<c ")
            yield ReadSheet(name, tuple(tuple(_xlsx_row(row, plain)) for row in cells))


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


def _cells_by_row(
    sheet: str, row: str, cell: re.Pattern[str], opening: str
) -> list[list[tuple[str, str]]]:
    cells = [cell.findall(own) for own in sheet.split(row)[1:]]
    _require(sum(map(len, cells)) == sheet.count(opening))
    return cells


def _require(as_written: bool) -> None:
    if not as_written:
        raise ValueError("a sheet is written in another way")


def _plain(inner: str) -> str:
    """Return what stands in a cell, without its tags."""
    return html.unescape(_TAG.sub("", inner))


def _xlsx_row(cells: list[tuple[str, str]], plain: Callable[[str], str]) -> list[str]:
    texts: list[str] = []
    for letters, inner in cells:
        if gap := _place(letters) - len(texts):
            texts += [""] * gap
        texts.append(plain(inner))
    return texts


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
        The figures that the workbook is to hold (see `expected_figures`).
    """
    found = Found(f"tables/{path.name}")
    for sheet in read_ods(path) if path.suffix == ".ods" else read_xlsx(path):
        for series, places, texts in _figures(sheet, truth, reader):
            found.add(series, places, texts, within=sheet.name)
    return found.against(truth, expected)


def expected_figures(truth: Truth, items: set[str], wales: str) -> dict[Series, set[Place]]:
    """Return all areas in the last year, and Wales in every year, without totals by answer."""
    expected = {}
    for series in truth.of_items(items):
        item, group, _ = series
        latest = truth.latest_of(item)
        if not group.startswith(PREFIX):
            expected[series] = {
                place
                for place in truth.figures[series]
                if place[0] == latest or (place[1] == wales and not group)
            }
    return expected


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


def _figures(sheet: ReadSheet, truth: Truth, reader: Reader) -> Iterator[Named]:
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
) -> Iterator[Named]:
    item = row[columns.item]
    latest = truth.latest_of(item)
    if columns.parts:
        period = row[columns.year] if columns.year >= 0 else latest
        area = row[columns.area] if columns.area >= 0 else reader.wales
        for column, part in columns.parts:
            yield (item, "", part), [(period, area)], [row[column]]
        return
    group = row[columns.group] if columns.group >= 0 else ""
    series = (item, reader.groups.get(group, "unknown group"), "value")
    places = [(latest, area) for _, area in columns.areas]
    places += [(period, reader.wales) for _, period in columns.periods]
    yield series, places, [row[column] for column, _ in (*columns.areas, *columns.periods)]
