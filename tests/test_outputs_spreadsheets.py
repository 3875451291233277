"""The Analysis Function's rules for spreadsheets, item by item, in both formats."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

import openpyxl
import pytest
from small_release import (
    PROJECT,
    catalogue,
    small_estimates,
    small_tables,
    words,
    written_once,
)

from ssstats.outputs.labels import Labels
from ssstats.outputs.ods import write_ods
from ssstats.outputs.plan import read_plan
from ssstats.outputs.sheets import Sheet, SheetColumn, Workbook
from ssstats.outputs.subject_figures import SubjectFigures
from ssstats.outputs.truth.workbook_files import read_ods, read_xlsx
from ssstats.outputs.workbooks import workbook_of
from ssstats.outputs.xlsx import write_xlsx

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
DC = "{http://purl.org/dc/elements/1.1/}"
WORKBOOKS = {f"social-services-{name}-en" for name in ("adults", "children", "carers", "workforce")}


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    return written_once(tmp_path_factory)


@pytest.fixture(scope="module")
def xlsx(stage):
    return openpyxl.load_workbook(stage / "tables" / "social-services-adults-en.xlsx")


@pytest.fixture(scope="module")
def ods(stage):
    with zipfile.ZipFile(stage / "tables" / "social-services-adults-en.ods") as archive:
        return {
            name: ElementTree.fromstring(archive.read(name))
            for name in ("content.xml", "styles.xml", "meta.xml", "settings.xml")
        }


@pytest.fixture(scope="module", params=["ods", "xlsx"])
def sheets(request, stage):
    path = stage / "tables" / f"social-services-adults-en.{request.param}"
    return list((read_ods if request.param == "ods" else read_xlsx)(path))


def header_of(sheet):
    """The first row with more than one filled cell is the table's header."""
    return next((n for n, row in enumerate(sheet.rows) if sum(map(bool, row)) > 1), None)


def with_tables(sheets):
    return [sheet for sheet in sheets if header_of(sheet) is not None]


def test_there_is_a_workbook_for_each_domain_in_both_formats(stage):
    names = {path.name for path in (stage / "tables").iterdir()}
    assert names == {f"{name}.{kind}" for name in WORKBOOKS for kind in ("ods", "xlsx")}


def test_file_names_are_short_lower_case_with_dashes_and_no_date(stage):
    for path in (stage / "tables").iterdir():
        assert len(path.name) <= 60
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.(ods|xlsx)", path.name)


def test_cover_contents_notes_and_areas_come_first(sheets):
    assert [sheet.name for sheet in sheets[:4]] == ["Cover", "Contents", "Notes", "Areas"]


def test_the_contents_name_every_other_sheet_with_its_title(sheets):
    rows = sheets[1].rows[header_of(sheets[1]) + 1 :]
    assert [tuple(row) for row in rows] == [(s.name, s.rows[0][0]) for s in sheets[2:]]


def test_the_title_stands_in_a1_as_a_heading_of_level_1(xlsx, ods):
    for sheet in xlsx:
        assert sheet["A1"].value
        assert sheet["A1"].style == "Heading 1"
    for table in ods["content.xml"].iter(f"{TABLE}table"):
        first = next(table.iter(f"{TABLE}table-cell"))
        assert first.get(f"{TABLE}style-name") == "Heading_20_1"


def test_every_table_is_marked_as_one_table_with_one_header_row(xlsx, ods, sheets):
    marked = {r.get(f"{TABLE}target-range-address") for r in ods["content.xml"].iter(
        f"{TABLE}database-range")}  # fmt: skip
    assert len(marked) == len(with_tables(sheets))
    for sheet in with_tables(sheets):
        top, bottom = header_of(sheet) + 1, len(sheet.rows)
        (table,) = xlsx[sheet.name].tables.values()
        first, last = table.ref.split(":")
        assert (first, int(re.sub(r"\D", "", last))) == (f"A{top}", bottom)
        assert table.headerRowCount == 1
        assert any(f"'{sheet.name}'.A{top}:" in address for address in marked)
    for table in ods["content.xml"].iter(f"{TABLE}table"):
        headers = list(table.iter(f"{TABLE}table-header-rows"))
        assert len(headers) == (0 if table.get(f"{TABLE}name") == "Cover" else 1)


def test_headers_are_filled_and_differ(sheets):
    for sheet in with_tables(sheets):
        header = sheet.rows[header_of(sheet)]
        assert all(header)
        assert len(set(header)) == len(header)


def test_no_cell_is_merged(xlsx, ods):
    assert all(not sheet.merged_cells.ranges for sheet in xlsx)
    for cell in ods["content.xml"].iter(f"{TABLE}table-cell"):
        assert f"{TABLE}number-columns-spanned" not in cell.attrib
        assert f"{TABLE}number-rows-spanned" not in cell.attrib


def test_there_is_no_blank_row_and_nothing_below_a_table(sheets):
    for sheet in sheets:
        assert all(any(row) for row in sheet.rows)


def test_tables_begin_in_column_a_and_information_stands_above_them_in_column_a(sheets):
    for sheet in with_tables(sheets):
        top = header_of(sheet)
        assert all(not any(row[1:]) for row in sheet.rows[:top])
        assert all(row[0] for row in sheet.rows)


def test_empty_cells_stand_in_the_notes_column_alone_and_are_explained(sheets):
    for sheet in with_tables(sheets):
        top = header_of(sheet)
        width = len(sheet.rows[top])
        empty = {
            place
            for row in sheet.rows[top + 1 :]
            for place, text in enumerate(row + ("",) * (width - len(row)))
            if not text
        }
        assert empty <= {width - 1}
        if empty:
            said = [row[0] for row in sheet.rows[:top]]
            assert any(line.startswith("An empty cell") for line in said)


def test_text_wraps(xlsx, ods):
    for sheet in xlsx:
        for table in sheet.tables.values():
            for row in sheet[table.ref]:
                assert all(c.alignment.wrap_text for c in row if isinstance(c.value, str))
    wrapped = {
        style.get(f"{STYLE}name"): properties.get(f"{FO}wrap-option")
        for style in ods["content.xml"].iter(f"{STYLE}style")
        for properties in style.iter(f"{STYLE}table-cell-properties")
    }
    assert wrapped["text"] == wrapped["header"] == "wrap"


def test_shorthand_is_explained_above_the_table_that_uses_it(sheets):
    for sheet in with_tables(sheets):
        top = header_of(sheet)
        used = {
            code
            for row in sheet.rows[top + 1 :]
            for text in row
            for code in re.findall(r"\[[a-z]{1,3}\]", text)
        }
        explained = {row[0].split(":")[0] for row in sheet.rows[:top]}
        assert used <= explained, sheet.name


def test_a_marker_fills_its_cell_alone_and_is_never_beside_a_number(sheets):
    for sheet in with_tables(sheets):
        top = header_of(sheet)
        for row in sheet.rows[top + 1 :]:
            assert not any(re.search(r"\d ?\[[a-z]+\]", text) for text in row)


def test_no_other_symbol_stands_for_a_missing_number(sheets):
    for sheet in sheets:
        for row in sheet.rows:
            assert not {text.strip() for text in row} & {".", "..", ":", "*", "-", "NA", "N/A"}


def test_notes_are_marked_in_words_and_all_that_are_marked_are_on_the_notes_sheet(sheets):
    notes = sheets[2]
    numbered = [row[0] for row in notes.rows[header_of(notes) + 1 :]]
    assert numbered == [f"[note {n}]" for n in range(1, len(numbered) + 1)]
    used = {
        m for s in sheets for row in s.rows for t in row for m in re.findall(r"\[note \d+\]", t)
    }
    assert used <= set(numbered)


def test_notes_of_one_cell_stand_in_numeric_order(sheets):
    for sheet in sheets:
        for row in sheet.rows:
            for text in row:
                numbers = [int(n) for n in re.findall(r"\[note (\d+)\]", text)]
                assert numbers == sorted(numbers)


def test_titles_say_years_in_words(sheets):
    titles = [sheet.rows[0][0] for sheet in with_tables(sheets)]
    assert not any(re.search(r"\d{4}[-/]\d{2}", title) for title in titles)
    assert any("April 2024 to March 2025" in title for title in titles)


def test_no_text_begins_or_ends_with_a_space(sheets):
    assert all(text == text.strip() for s in sheets for row in s.rows for text in row)


def test_links_have_the_names_of_their_sheets_as_text(xlsx):
    contents = xlsx["Contents"]
    links = [cell for row in contents.iter_rows() for cell in row if cell.hyperlink]
    assert len(links) == len(xlsx.sheetnames) - 2
    for cell in links:
        assert cell.hyperlink.location or cell.hyperlink.target == f"#'{cell.value}'!A1"


def test_nothing_floats_and_nothing_is_hidden_frozen_filtered_or_filled(stage, xlsx, ods):
    for sheet in xlsx:
        assert sheet.freeze_panes is None
        assert sheet.auto_filter.ref is None
        assert sheet.sheet_state == "visible"
        assert not any(d.hidden for d in sheet.column_dimensions.values())
        assert not any(d.hidden for d in sheet.row_dimensions.values())
        assert not sheet._images and not sheet._charts
        assert sheet.oddHeader.center.text is None and sheet.oddFooter.center.text is None
        assert all(table.autoFilter is None for table in sheet.tables.values())
        assert all(c.fill.fill_type is None for row in sheet.iter_rows() for c in row)
    assert not list(ods["content.xml"].iter(f"{OFFICE}annotation"))
    assert not list(ods["content.xml"].iter(f"{TABLE}shapes"))
    for kind in ("ods", "xlsx"):
        with zipfile.ZipFile(stage / "tables" / f"social-services-adults-en.{kind}") as archive:
            assert not [name for name in archive.namelist() if re.search("macro|Basic|vba", name)]


def test_no_cell_holds_a_formula(xlsx, ods):
    assert all(c.data_type != "f" for sheet in xlsx for row in sheet.iter_rows() for c in row)
    cells = ods["content.xml"].iter(f"{TABLE}table-cell")
    assert not any(f"{TABLE}formula" in cell.attrib for cell in cells)


def test_title_author_and_language_are_set(xlsx, ods):
    said = xlsx.properties
    assert said.title == "Social services activity: Adults"
    assert said.creator and said.language == "en"
    meta = ods["meta.xml"]
    assert meta.find(f".//{DC}title").text == said.title
    assert meta.find(f".//{META}initial-creator").text == said.creator
    assert meta.find(f".//{DC}language").text == "en-GB"
    style = ods["styles.xml"].find(f".//{STYLE}default-style/{STYLE}text-properties")
    assert style.get(f"{FO}language") == "en"


def test_the_workbook_opens_on_its_cover_in_a1(xlsx, ods):
    assert xlsx.active.title == "Cover"
    assert xlsx.active.sheet_view.selection[0].activeCell == "A1"
    items = {
        item.get("{urn:oasis:names:tc:opendocument:xmlns:config:1.0}name"): item.text
        for item in ods["settings.xml"].iter()
    }
    assert items["ActiveTable"] == "Cover"


def test_a_printed_sheet_is_one_landscape_page_wide(xlsx):
    for sheet in xlsx.worksheets:
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.page_setup.orientation == "landscape"


def test_sheet_names_differ_and_no_sheet_is_blank(sheets):
    assert len({sheet.name for sheet in sheets}) == len(sheets)
    assert all(len(sheet.name) <= 31 and len(sheet.rows) > 1 for sheet in sheets)


def test_the_cover_says_what_whose_when_and_that_the_data_are_synthetic(sheets):
    cover = "\n".join(row[0] for row in sheets[0].rows)
    assert cover.startswith("Social services activity: Adults\nSynthetic demonstration data")
    for part in ("Release:", "Geography: Wales", "Source:", "Designation:", "Published:",
                 "Next update:", "Status:", "Contact:", "Licence:", "may not add up", "[c]:",
                 "April 2023 to March 2025"):  # fmt: skip
        assert part in cover


def test_codes_and_names_and_limits_stand_in_columns_of_their_own(sheets):
    (sheet,) = (s for s in sheets if s.name == "Percentages authorities")
    header = list(sheet.rows[header_of(sheet)])
    assert header[:5] == ["Measure code", "Section", "Measure", "Area code", "Area"]
    place = header.index("Value")
    assert header[place : place + 3] == ["Value", "Lower limit", "Upper limit"]


def test_numbers_have_thousands_commas_and_the_decimals_of_their_measure(xlsx):
    sheet = xlsx["Counts Wales"]
    cells = [c for row in sheet.iter_rows() for c in row if isinstance(c.value, int | float)]
    assert {cell.number_format for cell in cells} == {"#,##0"}
    assert {cell.alignment.horizontal for cell in cells} == {"right"}
    rates = xlsx["Rates Wales"]
    (table,) = rates.tables.values()
    place = [c.name for c in table.tableColumns].index("Value")
    formats = {row[place].number_format for row in rates[table.ref][1:]
               if isinstance(row[place].value, float)}  # fmt: skip
    assert formats == {"#,##0.0"}


def test_wales_stands_before_its_authorities_in_geographic_order(sheets):
    (sheet,) = (s for s in sheets if s.name == "Counts authorities")
    header = sheet.rows[header_of(sheet)]
    assert header[3:6] == ("Wales", "Isle of Anglesey", "Gwynedd")
    assert header[25] == "Newport"


def test_a_break_is_noted_at_the_right_and_not_beside_the_number(sheets):
    (sheet,) = (s for s in sheets if s.name == "Counts Wales")
    (row,) = (row for row in sheet.rows if row[0] == "AD/001")
    assert row[3:5] == ("44000", "44000")
    assert row[-1] == "[b] 2024-25"


def test_a_welsh_workbook_is_welsh_throughout(tmp_path):
    own = catalogue()
    tables = small_tables(own)
    plan = read_plan(PROJECT.root / "data" / "outputs")
    figures = SubjectFigures(plan.subjects[0], tables, small_estimates(tables, own), own)
    book = workbook_of(figures, plan, Labels(own, words("cy")))
    sheets = list(read_ods(write_ods(book, tmp_path)))
    assert [sheet.name for sheet in sheets[:4]] == ["Clawr", "Cynnwys", "Nodiadau", "Ardaloedd"]
    assert sheets[2].rows[header_of(sheets[2]) + 1][0] == "[nodyn 1]"
    (sheet,) = (s for s in sheets if s.name == "Cyfrifon awdurdodau")
    assert "Ynys Môn" in sheet.rows[header_of(sheet)]
    with zipfile.ZipFile(tmp_path / "social-services-adults-cy.ods") as archive:
        assert b"<dc:language>cy-GB</dc:language>" in archive.read("meta.xml")


@pytest.mark.parametrize("write, read", [(write_ods, read_ods), (write_xlsx, read_xlsx)])
def test_a_text_that_begins_as_a_formula_does_stays_a_text(write, read, tmp_path):
    texts = ("=1+1", "+441", "-5", "@name", '=HYPERLINK("x","y") & <b>')
    sheet = Sheet("One", "Title", ("=lead",), "one", (SheetColumn("Text"), SheetColumn("Number")),
                  tuple((text, 1.5) for text in texts))  # fmt: skip
    book = Workbook("book", "Title", "Summary", "Author", "en", 2025, (sheet,))
    path = write(book, tmp_path)
    (found,) = read(path)
    assert [row[0] for row in found.rows] == ["Title", "=lead", "Text", *texts]
    if path.suffix == ".xlsx":
        cells = openpyxl.load_workbook(path)["One"]["A"]
        assert {cell.data_type for cell in cells} == {"s"}


@pytest.mark.parametrize("write, read", [(write_ods, read_ods), (write_xlsx, read_xlsx)])
def test_a_number_shows_the_decimals_that_it_was_published_with(write, read, tmp_path):
    cells = (Decimal("2.02"), Decimal("2.00"), Decimal("2.0"), 2, 12.5, 1234)
    sheet = Sheet("One", "Title", (), "one", (SheetColumn("Number"),),
                  tuple((cell,) for cell in cells))  # fmt: skip
    path = write(Workbook("book", "Title", "Summary", "Author", "en", 2025, (sheet,)), tmp_path)
    (found,) = read(path)
    assert [row[0] for row in found.rows[2:]] == ["2.02", "2.00", "2.0", "2", "12.5", "1234"]
    if path.suffix == ".xlsx":
        shown = [cell.number_format for cell in openpyxl.load_workbook(path)["One"]["A"][2:]]
        assert shown == ["#,##0.00", "#,##0.00", "#,##0.0", "#,##0", "#,##0.0", "#,##0"]
    else:
        with zipfile.ZipFile(path) as archive:
            content = archive.read("content.xml").decode()
        shown = re.findall(r'office:value-type="float".*?<text:p>(.*?)<', content)
        assert shown == ["2.02", "2.00", "2.0", "2", "12.5", "1,234"]


def test_a_sheet_refuses_equal_headers_and_rows_of_another_length():
    with pytest.raises(ValueError, match="headers must be filled and differ"):
        Sheet("One", "Title", (), "one", (SheetColumn("A"), SheetColumn("A")))
    with pytest.raises(ValueError, match="a row has 2 cells"):
        Sheet("One", "Title", (), "one", (SheetColumn("A"),), ((1, 2),))


def test_both_formats_hold_the_same_cells(stage):
    for name in WORKBOOKS:
        one = [s.rows for s in read_ods(stage / "tables" / f"{name}.ods")]
        other = [s.rows for s in read_xlsx(stage / "tables" / f"{name}.xlsx")]
        assert [[tuple(c for c in r if c) for r in s] for s in one] == [
            [tuple(c for c in r if c) for r in s] for s in other
        ]


def number_of(text):
    """The number of a cell, None where the cell holds a text."""
    try:
        return float(text)
    except ValueError:
        return None


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_libreoffice_opens_every_workbook_and_gives_back_the_same_cells(stage, tmp_path, kind):
    paths = sorted((stage / "tables").glob(f"*.{kind}"))
    # Separator, quotation mark, UTF-8, first line, formats, language, quote texts, plain numbers.
    plain = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
         "--convert-to", plain, *map(str, paths), "--outdir", str(tmp_path)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    assert len(paths) == len(WORKBOOKS)
    for path in paths:
        for sheet in (read_ods if kind == "ods" else read_xlsx)(path):
            with (tmp_path / f"{path.stem}-{sheet.name}.csv").open(encoding="utf-8") as file:
                shown = [[cell for cell in row if cell] for row in csv.reader(file)]
            expected = [[cell for cell in row if cell] for row in sheet.rows]
            assert len(shown) == len(expected), (path.name, sheet.name)
            for row, own in zip(shown, expected, strict=True):
                numbers = [number_of(cell) for cell in own]
                assert [number_of(cell) for cell in row] == numbers, (path.name, sheet.name)
                texts = [cell for cell, number in zip(own, numbers, strict=True) if number is None]
                assert [cell for cell in row if number_of(cell) is None] == texts
