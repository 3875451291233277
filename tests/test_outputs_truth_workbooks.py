"""Workbooks are read back as their XML says, without a tree of all their cells."""

from __future__ import annotations

import zipfile
from xml.etree import ElementTree

import pytest
from small_release import written_once

from ssstats.outputs.truth.workbook_files import read_ods, read_xlsx

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
VALUE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
NAMED = '<workbook xmlns="{}"><sheets><sheet name="A &amp; B"/></sheets></workbook>'


def part_of(path, name):
    with zipfile.ZipFile(path) as archive:
        return ElementTree.fromstring(archive.read(name))


def ods_by_tree(path):
    for table in part_of(path, "content.xml").iter(f"{TABLE}table"):
        rows = (row.iter(f"{TABLE}table-cell") for row in table.iter(f"{TABLE}table-row"))
        yield (
            table.attrib[f"{TABLE}name"],
            tuple(tuple(c.get(VALUE) or "".join(c.itertext()) for c in row) for row in rows),
        )


def xlsx_by_tree(path):
    names = [
        sheet.attrib["name"] for sheet in part_of(path, "xl/workbook.xml").iter(f"{MAIN}sheet")
    ]
    for place, name in enumerate(names, 1):
        rows = part_of(path, f"xl/worksheets/sheet{place}.xml").iter(f"{MAIN}row")
        cells = (
            {c.attrib["r"].rstrip("0123456789"): "".join(c.itertext()) for c in r} for r in rows
        )
        yield name, list(cells)


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    return written_once(tmp_path_factory) / "tables"


def test_an_ods_file_is_read_as_a_tree_of_its_cells_is(tables):
    for path in sorted(tables.glob("*.ods")):
        assert [(sheet.name, sheet.rows) for sheet in read_ods(path)] == list(ods_by_tree(path))


def test_an_xlsx_file_is_read_as_a_tree_of_its_cells_is(tables):
    for path in sorted(tables.glob("*.xlsx")):
        trees = list(xlsx_by_tree(path))
        for sheet, (name, rows) in zip(read_xlsx(path), trees, strict=True):
            letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
            shown = [
                {letters[n] if n < 26 else letters[n // 26 - 1] + letters[n % 26]: text
                 for n, text in enumerate(row) if text}
                for row in sheet.rows
            ]  # fmt: skip
            assert sheet.name == name
            assert shown == [{at: text for at, text in row.items() if text} for row in rows]


def written(path, part, sheet):
    parts = {part: sheet, "xl/workbook.xml": NAMED.format(MAIN.strip("{}"))}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


CELLS = (
    '<row r="1"><c r="B1" s="1"><v>5</v></c><c r="D1"/>'
    '<c r="E1" t="inlineStr"><is><t>a &lt; b &amp; c</t></is></c></row><row r="2"/>'
)


def test_gaps_blank_cells_and_signs_that_are_written_otherwise_are_read(tmp_path):
    path = written(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", f"<s>{CELLS}</s>")
    (sheet,) = read_xlsx(path)
    assert sheet.name == "A & B"
    assert sheet.rows == (("", "5", "", "", "a < b & c"), ())


@pytest.mark.parametrize(
    "cells",
    [
        CELLS.replace('<c r="B1" s="1">', '<c s="1" r="B1">'),
        CELLS.replace("<v>5</v>", "<v><![CDATA[5]]></v>"),
        CELLS.replace("<row", '<!-- <row r="1"/> --><row', 1),
        CELLS.replace('s="1"', 's=">"'),
        CELLS.replace("</row>", ""),
    ],
)
def test_a_sheet_that_is_written_in_another_way_is_refused(tmp_path, cells):
    path = written(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", f"<s>{cells}</s>")
    with pytest.raises(ValueError, match=r"written in another way|not well formed"):
        list(read_xlsx(path))


def test_a_sheet_of_an_ods_file_that_is_written_in_another_way_is_refused(tmp_path):
    cell = '<table:table-cell office:value="5" office:value-type="float"/>'
    sheet = f'<table:table table:name="A"><table:table-row>{cell}</table:table-row></table:table>'
    spaces = 'xmlns:table="t" xmlns:office="o"'
    path = written(tmp_path / "a.ods", "content.xml", f"<s {spaces}>{sheet}</s>")
    with pytest.raises(ValueError, match="written in another way"):
        list(read_ods(path))
