"""Writes a workbook as ODS: marked tables, heading styles, no merged cell, no formula.

Written as OpenDocument 1.3 without a library in between: the libraries start from a template of
another program with its own language, pictures and settings, and make an object of each cell. A
text is always a string value, so that one that begins with = + - or @ is never a formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from ssstats.formatting import format_number
from ssstats.outputs.archives import write_archive
from ssstats.outputs.sheets import (
    FONT,
    MOST_DECIMALS,
    TEXT_WIDTH,
    Cell,
    Link,
    Sheet,
    Workbook,
    decimals_of,
)

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_OPENING = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACES = (
    " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (
            ("office", "office"),
            ("table", "table"),
            ("text", "text"),
            ("style", "style"),
            ("number", "datastyle"),
            ("fo", "xsl-fo-compatible"),
            ("meta", "meta"),
            ("config", "config"),
        )
    )
    + ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
)
_MILLIMETRES_A_CHARACTER = 2.3
_COUNTRY = "GB"


def write_ods(workbook: Workbook, folder: Path) -> Path:
    """Write a workbook into `folder` and return its path."""
    parts = {
        "mimetype": MIMETYPE,
        "META-INF/manifest.xml": _manifest(),
        "content.xml": "".join(_content(workbook)),
        "meta.xml": _meta(workbook),
        "settings.xml": _settings(workbook),
        "styles.xml": _styles(workbook),
    }
    path = folder / f"{workbook.name}.ods"
    encoded = {name: part.encode("utf-8") for name, part in parts.items()}
    write_archive(encoded, path, stored=("mimetype",))
    return path


def _document(kind: str, content: str) -> str:
    return (
        f'{_OPENING}<office:document-{kind} {_SPACES} office:version="1.3">{content}'
        f"</office:document-{kind}>"
    )


def _manifest() -> str:
    files = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in (
            ("/", MIMETYPE),
            ("content.xml", "text/xml"),
            ("meta.xml", "text/xml"),
            ("settings.xml", "text/xml"),
            ("styles.xml", "text/xml"),
        )
    )
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return (
        f'{_OPENING}<manifest:manifest xmlns:manifest="{space}" manifest:version="1.3">'
        f"{files}</manifest:manifest>"
    )


def _meta(workbook: Workbook) -> str:
    moment = f"{workbook.year_end}-03-31T00:00:00"
    author = escape(workbook.author)
    return _document(
        "meta",
        "<office:meta><meta:generator>ssstats</meta:generator>"
        f"<dc:title>{escape(workbook.title)}</dc:title>"
        f"<dc:subject>{escape(workbook.summary)}</dc:subject>"
        f"<meta:initial-creator>{author}</meta:initial-creator><dc:creator>{author}</dc:creator>"
        f"<meta:creation-date>{moment}</meta:creation-date><dc:date>{moment}</dc:date>"
        f"<dc:language>{workbook.language}-{_COUNTRY}</dc:language></office:meta>",
    )


def _settings(workbook: Workbook) -> str:
    """Return settings that open the workbook on its first sheet with the cursor in A1."""
    tables = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(sheet.name)}>"
        '<config:config-item config:name="CursorPositionX" config:type="int">0'
        "</config:config-item>"
        '<config:config-item config:name="CursorPositionY" config:type="int">0'
        "</config:config-item></config:config-item-map-entry>"
        for sheet in workbook.sheets
    )
    return _document(
        "settings",
        '<office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        '<config:config-item config:name="ViewId" config:type="string">view1'
        "</config:config-item>"
        f'<config:config-item-map-named config:name="Tables">{tables}'
        "</config:config-item-map-named>"
        '<config:config-item config:name="ActiveTable" config:type="string">'
        f"{escape(workbook.sheets[0].name)}</config:config-item>"
        "</config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings>",
    )


def _styles(workbook: Workbook) -> str:
    language = f'fo:language="{workbook.language}" fo:country="{_COUNTRY}"'
    page = (
        '<office:automatic-styles><style:page-layout style:name="page">'
        '<style:page-layout-properties style:print-orientation="landscape"/>'
        "</style:page-layout></office:automatic-styles>"
        '<office:master-styles><style:master-page style:name="Default" '
        f'style:page-layout-name="page">{_printed("header", workbook.marking)}'
        f"{_printed('footer', workbook.marking)}</style:master-page></office:master-styles>"
    )
    return _document(
        "styles",
        "<office:font-face-decls>"
        f'<style:font-face style:name="{FONT}" style:font-family-generic="swiss"/>'
        "</office:font-face-decls><office:styles>"
        '<style:default-style style:family="table-cell"><style:text-properties '
        f'style:font-name="{FONT}" fo:font-size="12pt" {language}/></style:default-style>'
        '<style:style style:name="Default" style:family="table-cell"/>'
        '<style:style style:name="Heading_20_1" style:display-name="Heading 1" '
        'style:family="table-cell" style:parent-style-name="Default">'
        '<style:text-properties fo:font-size="16pt" fo:font-weight="bold"/></style:style>'
        f"</office:styles>{page}",
    )


def _printed(place: str, marking: str) -> str:
    """Return the header or footer of printed pages: the marking, or none at all."""
    if not marking:
        return f'<style:{place} style:display="false"/>'
    return f"<style:{place}><text:p>{escape(marking)}</text:p></style:{place}>"


def _content(workbook: Workbook) -> Iterator[str]:
    """Return styles, then one table a sheet, then the marked ranges."""
    yield f'{_OPENING}<office:document-content {_SPACES} office:version="1.3">'
    yield f"<office:automatic-styles>{_cell_styles()}{_widths(workbook)}</office:automatic-styles>"
    yield "<office:body><office:spreadsheet>"
    for sheet in workbook.sheets:
        yield from _table(sheet)
    ranges = "".join(_range(sheet) for sheet in workbook.sheets if sheet.table)
    yield f"<table:database-ranges>{ranges}</table:database-ranges>"
    yield "</office:spreadsheet></office:body></office:document-content>"


def _cell_styles() -> str:
    numbers = "".join(
        f'<number:number-style style:name="n{decimals}"><number:number '
        f'number:decimal-places="{decimals}" number:min-decimal-places="{decimals}" '
        'number:min-integer-digits="1" number:grouping="true"/></number:number-style>'
        for decimals in range(MOST_DECIMALS + 1)
    )
    cells = (
        ("text", "", "wrap", "start", ""),
        ("line", "", "no-wrap", "start", ""),
        ("link", "", "wrap", "start", 'fo:color="#0563c1" style:text-underline-style="solid"'),
        ("header", "", "wrap", "start", 'fo:font-weight="bold"'),
        ("right-header", "", "wrap", "end", 'fo:font-weight="bold"'),
        ("marker", "", "wrap", "end", ""),
        ("d0", "n0", "wrap", "end", ""),
        ("d1", "n1", "wrap", "end", ""),
        ("d2", "n2", "wrap", "end", ""),
    )
    return numbers + "".join(
        f'<style:style style:name="{name}" style:family="table-cell" '
        'style:parent-style-name="Default"'
        + (f' style:data-style-name="{number}"' if number else "")
        + f'><style:table-cell-properties fo:wrap-option="{wrap}" style:vertical-align="top"/>'
        f'<style:paragraph-properties fo:text-align="{align}"/>'
        + (f"<style:text-properties {text}/>" if text else "")
        + "</style:style>"
        for name, number, wrap, align, text in cells
    )


def _widths(workbook: Workbook) -> str:
    return (
        '<style:style style:name="row" style:family="table-row">'
        '<style:table-row-properties style:use-optimal-row-height="true"/></style:style>'
        '<style:style style:name="sheet" style:family="table" '
        'style:master-page-name="Default"><style:table-properties table:display="true" '
        'style:writing-mode="lr-tb"/></style:style>'
        + "".join(
            f'<style:style style:name="w{width}" style:family="table-column">'
            "<style:table-column-properties "
            f'style:column-width="{width * _MILLIMETRES_A_CHARACTER:.1f}mm"/></style:style>'
            for width in sorted({width for sheet in workbook.sheets for width in _own(sheet)})
        )
    )


def _own(sheet: Sheet) -> list[int]:
    return [column.width for column in sheet.columns] or [TEXT_WIDTH]


def _table(sheet: Sheet) -> Iterator[str]:
    yield f'<table:table table:name={quoteattr(sheet.name)} table:style-name="sheet">'
    yield from (f'<table:table-column table:style-name="w{width}"/>' for width in _own(sheet))
    yield _row([_text(sheet.title, "Heading_20_1")])
    # A line above a table runs over the columns beside it; without a table it wraps.
    style = "line" if sheet.table else "text"
    yield from (_row([_text(str(line), style)]) for line in sheet.lines)
    if sheet.table:
        yield from _rows(sheet)
    yield "</table:table>"


def _rows(sheet: Sheet) -> Iterator[str]:
    columns = sheet.filled_columns
    headers = [
        _text(own.column.label, "right-header" if own.has_numbers else "header") for own in columns
    ]
    yield f"<table:table-header-rows>{_row(headers)}</table:table-header-rows>"
    written = [own.made(partial(_cell, right=own.has_numbers)) for own in columns]
    yield from map(_row, zip(*written, strict=True))


def _row(cells: Sequence[str]) -> str:
    return f'<table:table-row table:style-name="row">{"".join(cells)}</table:table-row>'


def _cell(cell: Cell, right: bool) -> str:
    if cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, Link):
        target = escape(f"#'{cell.sheet}'.A1")
        return (
            '<table:table-cell table:style-name="link" office:value-type="string"><text:p>'
            f'<text:a xlink:type="simple" xlink:href="{target}">{escape(cell.text)}</text:a>'
            "</text:p></table:table-cell>"
        )
    if isinstance(cell, str):
        return _text(cell, "marker" if right else "text")
    decimals = decimals_of(cell)
    return (
        f'<table:table-cell table:style-name="d{decimals}" office:value-type="float" '
        f'office:value="{cell}"><text:p>{format_number(float(cell), decimals)}</text:p>'
        "</table:table-cell>"
    )


def _text(text: str, style: str) -> str:
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">'
        f"<text:p>{escape(text)}</text:p></table:table-cell>"
    )


def _range(sheet: Sheet) -> str:
    """Mark the table, header row included, without the buttons of a filter."""
    first, last = sheet.header_row, sheet.header_row + len(sheet.rows)
    name = sheet.name.replace("'", "''")
    place = f"'{name}'.A{first}:'{name}'.{_letters(len(sheet.columns))}{last}"
    return (
        f"<table:database-range table:name={quoteattr(sheet.table)} "
        f"table:target-range-address={quoteattr(place)} "
        'table:contains-header="true" table:display-filter-buttons="false"/>'
    )


def _letters(number: int) -> str:
    """Return a column's letters: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
