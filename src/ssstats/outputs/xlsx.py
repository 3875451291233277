"""Writes a workbook as XLSX: marked tables, heading styles, no merged cell, no formula.

openpyxl makes the workbook's frame: styles, tables, links, properties. The cells are written here
as text, many times faster than cell objects, and every text is an inline string, so that one that
begins with = + - or @ is never read as a formula.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.styles import Alignment, Font, NamedStyle
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from ssstats.outputs.archives import read_archive, write_archive
from ssstats.outputs.sheets import (
    FONT,
    TEXT_WIDTH,
    Cell,
    FilledColumn,
    Link,
    Sheet,
    SheetColumn,
    Workbook,
    decimals_of,
)

_SHEET_DATA = re.compile(rb"<sheetData\s*/>|<sheetData>.*?</sheetData>", re.DOTALL)
_CHANGED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
# Points a line of 12-point text needs, and the share of a column's width that its letters fill.
_LINE_POINTS = 15.6
_FILLED = 0.85


def write_xlsx(workbook: Workbook, folder: Path) -> Path:
    """Write a workbook into `folder` and return its path."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    styles = _styles(book)
    for place, sheet in enumerate(workbook.sheets, start=1):
        own = book.create_sheet(sheet.name)
        _frame(own, sheet, place)
        _fit_to_paper(own)
        if workbook.marking:
            # In the language of headers an ampersand opens a code.
            text = workbook.marking.replace("&", "&&")
            own.oddHeader.center.text = own.oddFooter.center.text = text
    _describe(book, workbook)
    content = io.BytesIO()
    _FrameWriter(book, zipfile.ZipFile(content, "w")).save()
    parts = read_archive(content.getvalue())
    for place, sheet in enumerate(workbook.sheets, start=1):
        name = f"xl/worksheets/sheet{place}.xml"
        rows = "".join(_rows(sheet, styles)).encode("utf-8")
        before, after = _SHEET_DATA.split(parts[name], maxsplit=1)
        parts[name] = before + b"<sheetData>" + rows + b"</sheetData>" + after
    moment = f"{workbook.year_end}-03-31T00:00:00Z".encode()
    parts["docProps/core.xml"] = _CHANGED.sub(rb"\g<1>" + moment, parts["docProps/core.xml"])
    path = folder / f"{workbook.name}.xlsx"
    write_archive(parts, path)
    return path


class _FrameWriter(ExcelWriter):  # type: ignore[misc]
    """Writes the frame of a workbook in memory, where openpyxl makes a file of each sheet first."""

    def write_worksheet(self, ws: Worksheet) -> None:
        content = io.BytesIO()
        writer = WorksheetWriter(ws, content)
        writer.write()
        ws._rels = writer._rels  # type: ignore[attr-defined]
        self._archive.writestr(ws.path[1:], content.getvalue())  # type: ignore[attr-defined]
        self.manifest.append(ws)


def _fit_to_paper(sheet: Worksheet) -> None:
    """Print a sheet one landscape page of A4 wide, so that rows stay whole."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _describe(book: openpyxl.Workbook, workbook: Workbook) -> None:
    properties = book.properties
    properties.title = workbook.title
    properties.subject = workbook.summary
    properties.creator = workbook.author
    properties.lastModifiedBy = workbook.author
    properties.language = workbook.language
    properties.created = datetime.datetime(workbook.year_end, 3, 31)


def _styles(book: openpyxl.Workbook) -> dict[str, int]:
    """Return the ids of the cell styles: heading, text, link, header, and numbers by decimals."""
    sheet = book.create_sheet("styles")
    plain, bold = Font(name=FONT, size=12), Font(name=FONT, size=12, bold=True)
    wrapped = Alignment(wrap_text=True, vertical="top")
    right = Alignment(horizontal="right", vertical="top", wrap_text=True)
    book._named_styles["Normal"].font = plain  # type: ignore[attr-defined]
    heading = NamedStyle("Heading 1", builtinId=16, font=Font(name=FONT, size=16, bold=True))
    book.add_named_style(heading)
    made: dict[str, StyleArray] = {}
    for name, font, alignment, number in (
        ("text", plain, wrapped, "General"),
        ("line", plain, Alignment(vertical="top"), "General"),
        ("prose", plain, wrapped, "General"),
        ("link", Font(name=FONT, size=12, underline="single", color="0563C1"), wrapped, "General"),
        ("header", bold, wrapped, "General"),
        ("right-header", bold, right, "General"),
        ("marker", plain, right, "General"),
        ("0", plain, right, "#,##0"),
        ("1", plain, right, "#,##0.0"),
        ("2", plain, right, "#,##0.00"),
    ):
        cell = sheet.cell(row=len(made) + 1, column=1)
        cell.font, cell.alignment, cell.number_format = font, alignment, number
        made[name] = cell.style_id
    title = sheet.cell(row=len(made) + 1, column=1)
    title.style = "Heading 1"
    made["heading"] = title.style_id
    book.remove(sheet)
    return made  # type: ignore[return-value]


def _frame(sheet: Worksheet, plan: Sheet, place: int) -> None:
    """Set widths, links and the marked table of a sheet; its cells come later."""
    widths = [column.width for column in plan.columns] or [TEXT_WIDTH]
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    if not plan.table:
        return
    first, last = plan.header_row, plan.header_row + len(plan.rows)
    table = Table(
        id=place,
        displayName=plan.table,
        ref=f"A{first}:{get_column_letter(len(plan.columns))}{last}",
        tableColumns=[
            TableColumn(id=number, name=column.label)
            for number, column in enumerate(plan.columns, start=1)
        ],
        tableStyleInfo=TableStyleInfo(name=None, showRowStripes=False),
    )
    sheet.add_table(table)
    if not any(own.has_links for own in plan.filled_columns):
        return
    for row, cells in enumerate(plan.rows, start=first + 1):
        for number, cell in enumerate(cells, start=1):
            if isinstance(cell, Link):
                sheet.cell(row, number).hyperlink = f"#'{cell.sheet}'!A1"


def _rows(sheet: Sheet, styles: dict[str, int]) -> Iterator[str]:
    yield _row(1, [_named("A", 1, _text(sheet.title, styles["heading"]))])
    # A line above a table runs over the columns beside it; without a table it wraps.
    style = styles["line" if sheet.table else "prose"]
    for number, line in enumerate(sheet.lines, start=2):
        lines = 1 if sheet.table else _lines(str(line), TEXT_WIDTH)
        yield _row(number, [_named("A", number, _text(str(line), style))], lines)
    if sheet.table:
        yield from _table_rows(sheet, styles)


def _table_rows(sheet: Sheet, styles: dict[str, int]) -> Iterator[str]:
    letters = [get_column_letter(number) for number in range(1, len(sheet.columns) + 1)]
    columns = sheet.filled_columns
    number = sheet.header_row
    yield _row(
        number,
        [
            _named(letter, number, _header(own, styles))
            for letter, own in zip(letters, columns, strict=True)
        ],
        max(_lines(own.column.label, own.column.width) for own in columns),
    )
    heights = [own.made(partial(_height, column=own.column)) for own in columns]
    numbers = range(number + 1, number + 1 + len(sheet.rows))
    written = [
        _named_cells(letter, numbers, own, styles)
        for letter, own in zip(letters, columns, strict=True)
    ]
    lines = map(max, zip(*heights, strict=True))
    yield from map(_row, numbers, zip(*written, strict=True), lines)


def _header(own: FilledColumn, styles: dict[str, int]) -> str:
    return _text(own.column.label, styles["right-header" if own.has_numbers else "header"])


def _named_cells(
    letter: str, numbers: Iterable[int], own: FilledColumn, styles: dict[str, int]
) -> list[str]:
    """Return the cells of a column, each with its name, nothing for a blank one."""
    make = partial(_cell, right=own.has_numbers, styles=styles)
    return [
        f'<c r="{letter}{number}"{cell}' if cell else ""
        for number, cell in zip(numbers, own.made(make), strict=True)
    ]


def _named(letter: str, number: int, cell: str) -> str:
    return f'<c r="{letter}{number}"{cell}'


def _cell(cell: Cell, *, right: bool, styles: dict[str, int]) -> str:
    """Return what follows a cell's name, nothing for a blank one."""
    if cell == "":
        return ""
    if isinstance(cell, Link):
        return _text(cell.text, styles["link"])
    if isinstance(cell, str):
        return _text(cell, styles["marker" if right else "text"])
    return f' s="{styles[str(decimals_of(cell))]}"><v>{cell}</v></c>'


def _text(text: str, style: int) -> str:
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _height(cell: Cell, *, column: SheetColumn) -> int:
    """Return how many lines a cell takes."""
    return max(1, _lines(cell, column.width)) if isinstance(cell, str) else 1


def _lines(text: str, width: int) -> int:
    """Return about how many lines a text takes in a column, for the height of its row."""
    return -(-len(text) // max(1, int(width * _FILLED)))


def _row(number: int, cells: Iterable[str], lines: int = 1) -> str:
    height = f' ht="{lines * _LINE_POINTS:.1f}" customHeight="1"' if lines > 1 else ""
    return f'<row r="{number}"{height}>{"".join(cells)}</row>'
