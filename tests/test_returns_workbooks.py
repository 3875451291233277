"""Templates go out and come back filled: XLSX and ODS, one authority or a sheet an authority."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.checks import check_returns
from ssstats.errors import ReturnsError, UsageError
from ssstats.returns import (
    Returns,
    read_returns,
    template_name,
    write_compiled,
    write_template,
)
from ssstats.words import read_words

ROOT = Path(__file__).resolve().parents[1]
EDITION, PERIOD, CARDIFF, SWANSEA = "2020-proposed", "2024-25", "W06000015", "W06000011"
ENGLISH = read_words(ROOT / "data" / "catalogue", "en")
FIRST_ROW = 8  # of the references in the sheet Return


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "data" / "catalogue")


@pytest.fixture(scope="module")
def year(catalogue) -> Returns:
    return read_returns(ROOT / "data/synthetic/synthetic-returns-2024-25.csv", catalogue)


@pytest.fixture(scope="module")
def blank(catalogue, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("blank") / "blank.xlsx"
    return write_template(path, catalogue, ENGLISH, area=CARDIFF, edition=EDITION, period=PERIOD)


def totals_of(returns: Returns, area: str) -> pd.DataFrame:
    values = returns.values
    own = values[(values["area"] == area) & (values["breakdown"] == "")]
    return own.set_index("reference")[["value", "marker"]].sort_index()


def fill(blank: Path, path: Path, returns: Returns, area: str) -> Path:
    """Type an authority's synthetic values into a template."""
    book = load_workbook(blank)
    for sheet in book.worksheets[:4]:
        sheet["B2"] = area
    totals = totals_of(returns, area)
    for row in book["Return"].iter_rows(min_row=FIRST_ROW):
        value, marker = totals.loc[str(row[0].value)]
        row[5].value = None if pd.isna(value) else float(value)
        row[6].value = marker or None
    book.save(path)
    return path


def fill_parts(sheet, reference: str, values: list[object]) -> None:
    """Type values into the rows of one reference in the form for age and gender, in their order."""
    rows = [row for row in sheet.iter_rows(min_row=FIRST_ROW) if row[0].value == reference]
    for row, value in zip(rows, values, strict=True):
        row[5].value = value


def test_a_template_has_one_row_a_collected_reference_with_its_wording_and_unit(blank, catalogue):
    rows = list(load_workbook(blank)["Return"].iter_rows(min_row=FIRST_ROW, values_only=True))
    metrics = catalogue.metrics
    own = metrics[(metrics["edition"] == EDITION) & (metrics["collected"] == "yes")]
    assert len(rows) == len(own) == 544
    assert [row[0] for row in rows] == own["reference"].tolist()
    assert [row[3] for row in rows] == own["label_full_printed"].tolist()
    assert [row[4] for row in rows] == own["unit"].tolist()


def test_only_the_cells_to_fill_in_are_open_in_a_template(blank):
    book = load_workbook(blank)
    assert book.sheetnames == ["Return", "Age and gender", "Own metrics", "Exceptions", "Guidance"]
    assert all(sheet.protection.sheet for sheet in book.worksheets)
    row = book["Return"][FIRST_ROW]
    assert [cell.protection.locked for cell in row] == [True] * 5 + [False] * 4 + [True]


def test_an_ods_template_is_protected_but_for_its_open_cells(tmp_path, catalogue):
    path = write_template(
        tmp_path / "r.ods", catalogue, ENGLISH, area=CARDIFF, edition=EDITION, period=PERIOD
    )
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    assert content.count('table:protected="true"') == 5
    assert content.count('style:cell-protect="none"') == 1
    assert content.count('table:style-name="open"') == 544 * 4 + 18 * 4 * 3 * 8 + 60 * (8 + 4 + 9)


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_an_unfilled_template_reads_as_not_returned_in_every_row(tmp_path, catalogue, suffix):
    path = write_template(
        tmp_path / f"r.{suffix}", catalogue, ENGLISH, area=CARDIFF, edition=EDITION, period=PERIOD
    )
    returns = read_returns(path, catalogue)
    assert len(returns.values) == 544
    assert returns.values["value"].isna().all()
    assert set(returns.values["area"]) == {CARDIFF}
    assert returns.reading["kind"].value_counts().to_dict() == {"blank": 544}
    assert not len(returns.exceptions)


def test_filled_templates_of_two_authorities_compile_to_what_was_typed(
    tmp_path, catalogue, blank, year
):
    folder = tmp_path / "returns"
    folder.mkdir()
    for area in (CARDIFF, SWANSEA):
        name = template_name(catalogue, area=area, period=PERIOD)
        fill(blank, folder / f"{name}.xlsx", year, area)
    compiled = read_returns(folder, catalogue)
    for area in (CARDIFF, SWANSEA):
        pd.testing.assert_frame_equal(totals_of(compiled, area), totals_of(year, area))
    assert not len(compiled.reading)
    write_compiled(compiled, tmp_path / "compiled")
    again = read_returns(tmp_path / "compiled", catalogue)
    for area in (CARDIFF, SWANSEA):
        pd.testing.assert_frame_equal(totals_of(again, area), totals_of(year, area))


def test_exceptions_details_and_own_metrics_come_back_from_a_template(tmp_path, catalogue, blank):
    book = load_workbook(blank)
    fill_parts(book["Age and gender"], "AD/021a", [12] * 12)
    for column, text in enumerate(("LO/1", "Visits by the mobile team", 31.5), start=1):
        book["Own metrics"].cell(FIRST_ROW, column, text)
    exception = ("AD/027", 3, "Counted twice", "Case lists", "A. Author",
                 "accepted", "B. Boss", "2025-06-12", "Guidance 2.4")  # fmt: skip
    for column, text in enumerate(exception, start=1):
        book["Exceptions"].cell(FIRST_ROW, column, text)
    book.save(tmp_path / "r.xlsx")
    returns = read_returns(tmp_path / "r.xlsx", catalogue)
    parts = returns.values[returns.values["breakdown"] != ""]
    assert set(parts["reference"]) == {"AD/021a"}
    assert set(parts["value"]) == {12}
    assert sorted(parts["breakdown"]) == sorted(
        f"age={age};gender={gender}"
        for age in ("18-64", "65-74", "75-84", "85-and-over")
        for gender in ("male", "female", "other")
    )
    local = returns.local[["area", "reference", "label", "value"]].values.tolist()
    assert local == [[CARDIFF, "LO/1", "Visits by the mobile team", 31.5]]
    recorded = returns.exceptions.iloc[0]
    assert (recorded["area"], recorded["reference"], recorded["amount"]) == (CARDIFF, "AD/027", 3)
    assert (recorded["decision"], recorded["period"]) == ("accepted", PERIOD)
    assert (recorded["decided_by"], recorded["decided_why"]) == ("B. Boss", "Guidance 2.4")


def small_book(path: Path, rows: list[list[object]], sheet: str = "Return") -> Path:
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_parts_that_were_begun_are_asked_for_and_parts_that_were_not_are_left_out(
    tmp_path, catalogue, blank
):
    book = load_workbook(blank)
    fill_parts(book["Age and gender"], "AD/021c", [5, *[None] * 11])
    book.save(tmp_path / "r.xlsx")
    returns = read_returns(tmp_path / "r.xlsx", catalogue)
    parts = returns.values[returns.values["breakdown"] != ""]
    assert parts["marker"].value_counts().to_dict() == {"x": 11, "": 1}
    noted = returns.reading[returns.reading["sheet"] == "Age and gender"]
    assert noted["kind"].tolist() == ["blank"] * 11
    assert noted["row"].is_unique and set(noted["reference"]) == {"AD/021c"}


def test_parts_that_do_not_add_up_to_their_total_are_found(tmp_path, catalogue, blank):
    book = load_workbook(blank)
    for row in book["Return"].iter_rows(min_row=FIRST_ROW):
        if row[0].value in ("AD/021a", "AD/021b"):
            row[5].value = 24
    fill_parts(book["Age and gender"], "AD/021a", [2] * 12)
    fill_parts(book["Age and gender"], "AD/021b", [3] * 12)
    fill_parts(book["Age and gender"], "AD/021c", [3] * 12)
    book.save(tmp_path / "r.xlsx")
    results, _ = check_returns(read_returns(tmp_path / "r.xlsx", catalogue), catalogue)
    found = results[results["rule"].str.startswith("check_breakdown")]
    said = "by age and gender the parts add up to 36, the total is 24"
    assert found[["rule", "reference", "found"]].values.tolist() == [
        ["check_breakdown_sums", "AD/021b", said],
        ["check_breakdown_without_total", "AD/021c", "parts without a total"],
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_a_welsh_template_reads_back_as_the_english_one(tmp_path, catalogue, suffix):
    welsh = read_words(ROOT / "data" / "catalogue", "cy")
    read = {}
    for words in (ENGLISH, welsh):
        path = tmp_path / f"{words.language}.{suffix}"
        write_template(path, catalogue, words, area=CARDIFF, edition=EDITION, period=PERIOD)
        read[words.language] = read_returns(path, catalogue)
    both = [read[name].values.drop(columns="file") for name in ("en", "cy")]
    pd.testing.assert_frame_equal(*both)
    assert read["cy"].reading["kind"].value_counts().to_dict() == {"blank": 544}
    assert set(read["cy"].reading["sheet"]) == {"Ffurflen"}


def test_a_filled_welsh_template_gives_values_parts_own_metrics_and_exceptions(tmp_path, catalogue):
    welsh = read_words(ROOT / "data" / "catalogue", "cy")
    path = write_template(
        tmp_path / "r.xlsx", catalogue, welsh, area=CARDIFF, edition=EDITION, period=PERIOD
    )
    book = load_workbook(path)
    assert book.sheetnames[0] == "Ffurflen" and book["Ffurflen"]["B3"].value == "Caerdydd"
    book["Ffurflen"].cell(FIRST_ROW, 6, 410)
    fill_parts(book["Oedran a rhywedd"], "AD/021a", list(range(12)))
    for column, text in enumerate(("LO/1", "Ymweliadau", 31), start=1):
        book["Metrigau eich hun"].cell(FIRST_ROW, column, text)
    for column, text in enumerate(("AD/027", 3, "Cyfrif dwbl", "Rhestrau", "A. Awdur"), start=1):
        book["Eithriadau"].cell(FIRST_ROW, column, text)
    book.save(path)
    returns = read_returns(path, catalogue)
    values = returns.values.set_index(["reference", "breakdown"])["value"]
    assert values[("AD/001", "")] == 410
    assert values[("AD/021a", "age=18-64;gender=male")] == 0
    assert values[("AD/021a", "age=85-and-over;gender=other")] == 11
    assert returns.local[["reference", "label", "value"]].values.tolist() == [
        ["LO/1", "Ymweliadau", 31]
    ]
    assert returns.exceptions[["reference", "amount", "reason"]].values.tolist() == [
        ["AD/027", 3, "Cyfrif dwbl"]
    ]


def test_every_heading_and_sheet_of_a_template_is_a_name_that_the_reader_knows(catalogue):
    known = dict(zip(catalogue.column_names["name"], catalogue.column_names["column"], strict=True))
    for language in ("en", "cy"):
        words = read_words(ROOT / "data" / "catalogue", language)
        for key, text in words.texts.items():
            if key.startswith("template.column."):
                assert known[text.casefold()] == key.removeprefix("template.column."), text
        for sheet in ("detail", "own", "exceptions"):
            assert known[words.say(f"template.sheet.{sheet}").casefold()] == f"{sheet}_form"


HEAD = [["Authority", CARDIFF], ["Edition", EDITION], ["Period", PERIOD]]


def test_hidden_rows_percent_formats_and_numbers_stored_as_text_are_noted(tmp_path, catalogue):
    path = small_book(
        tmp_path / "r.xlsx",
        [*HEAD, ["Reference", "Value"], ["AD/001", 10], ["AD/003", 0.45], ["AD/005", "7"]],
    )
    book = load_workbook(path)
    book.active.row_dimensions[5].hidden = True
    book.active["B6"].number_format = "0%"
    book.save(path)
    returns = read_returns(path, catalogue)
    assert returns.values[["reference", "marker"]].values.tolist() == [
        ["AD/001", ""],
        ["AD/003", "x"],
        ["AD/005", ""],
    ]
    assert returns.reading[["row", "kind", "found"]].values.tolist() == [
        [6, "percentage", "45%"],
        [5, "hidden row", "10"],
        [7, "number as text", "7"],
    ]
    results, _ = check_returns(returns, catalogue)
    assert {"check_reading_hidden", "check_reading_percentages"} <= set(results["rule"])


def test_a_formula_that_was_never_calculated_is_no_value_and_one_that_was_is_noted(
    tmp_path, catalogue
):
    path = small_book(
        tmp_path / "r.xlsx", [*HEAD, ["Reference", "Value"], ["AD/001", "=5+5"], ["AD/003", 4]]
    )
    returns = read_returns(path, catalogue)
    assert returns.values["marker"].tolist() == ["x", ""]
    assert returns.reading["kind"].tolist() == ["blank"]


def test_merged_header_cells_are_read_and_noted(tmp_path, catalogue):
    path = small_book(
        tmp_path / "r.xlsx", [*HEAD, ["Reference", "Value"], ["Reference", None], ["AD/001", 10]]
    )
    book = load_workbook(path)
    book.active["A4"] = None
    book.active.merge_cells("B4:B5")
    book.save(path)
    returns = read_returns(path, catalogue)
    assert returns.values["value"].tolist() == [10]
    assert returns.reading["kind"].tolist() == ["merged header"]


def test_a_workbook_with_a_sheet_an_authority_takes_the_authority_from_the_sheet(
    tmp_path, catalogue
):
    book = Workbook()
    for number, name in enumerate(("Caerdydd", "Swansea")):
        sheet = book.active if number == 0 else book.create_sheet()
        sheet.title = name
        for row in (["Reference", "Value"], ["AD/001", 10 + number]):
            sheet.append(row)
    book.save(tmp_path / "returns-2024-25.xlsx")
    values = read_returns(tmp_path / "returns-2024-25.xlsx", catalogue).values
    assert values[["edition", "period", "area", "value"]].values.tolist() == [
        [EDITION, PERIOD, CARDIFF, 10],
        [EDITION, PERIOD, SWANSEA, 11],
    ]


def test_wide_tables_read_with_a_column_a_metric_or_a_column_an_authority(tmp_path, catalogue):
    by_metric = tmp_path / "metrics-2024-25.csv"
    by_metric.write_text("Authority,AD/001,AD/021I\nCardiff,10,3\nSir y Flint,20,4\n")
    by_area = tmp_path / "areas-2024-25.csv"
    by_area.write_text("Reference,Cardiff,Sir y Flint\nAD/001,10,20\nAD/021I,3,4\n")
    columns = ["edition", "period", "area", "reference", "value"]
    one = read_returns(by_metric, catalogue).values[columns]
    other = read_returns(by_area, catalogue).values[columns]
    order = ["area", "reference"]
    one, other = (f.sort_values(order, ignore_index=True) for f in (one, other))
    pd.testing.assert_frame_equal(one, other)
    assert one["value"].tolist() == [20, 4, 10, 3]
    assert one["reference"].tolist() == ["AD/001", "AD/021l"] * 2


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["Reference", "Value"], ["AD/001", 10]], "column area, edition, period is missing"),
        ([*HEAD, ["AD/001", 10]], "references stand here without a header"),
        ([["nothing", "here"]], "no sheet has a header"),
        ([*HEAD, ["Reference", "Value"], ["AD/001", "about 12"]], "row 5: value is not a number"),
        ([*HEAD, ["Reference", "Value"], ["AD/001", 10, 11]], "a column that holds texts has no"),
        ([*HEAD, ["Reference", "Value", "Value"], ["AD/001", 1, 2]], "a column stands twice"),
        ([["Authority", "Atlantis"], ["Reference", "Value"], ["AD/001", 1]], "'Atlantis' is not"),
    ],
)
def test_a_workbook_that_cannot_be_understood_is_refused(tmp_path, catalogue, rows, words):
    with pytest.raises(ReturnsError, match=words):
        read_returns(small_book(tmp_path / "r.xlsx", rows), catalogue)


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_a_damaged_workbook_is_refused_in_one_line(tmp_path, catalogue, suffix):
    path = tmp_path / f"r.{suffix}"
    path.write_bytes(b"PK\x03\x04 damaged")
    with pytest.raises(ReturnsError, match=rf"^r.{suffix}: is no workbook"):
        read_returns(path, catalogue)


def test_a_template_is_refused_for_what_is_no_authority_edition_year_or_format(tmp_path, catalogue):
    good = {"area": CARDIFF, "edition": EDITION, "period": PERIOD}
    for wrong in ({"area": "W92000004"}, {"edition": "2031"}, {"period": "2024"}):
        with pytest.raises(UsageError):
            write_template(tmp_path / "r.xlsx", catalogue, ENGLISH, **{**good, **wrong})
    with pytest.raises(UsageError, match=r"written as \.xlsx or \.ods"):
        write_template(tmp_path / "r.pdf", catalogue, ENGLISH, **good)


def test_a_calculated_cell_gives_the_number_last_shown_and_a_note(tmp_path, catalogue):
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"

    def cell(words: str) -> str:
        return f"<t:table-cell o:value-type='string'><x:p>{words}</x:p></t:table-cell>"

    calculated = (
        "<t:table-cell o:value-type='float' o:value='10' t:formula='of:=4+6'>"
        "<x:p>10</x:p></t:table-cell>"
    )
    rows = [cell(name) + cell(said) for name, said in HEAD]
    rows += [cell("Reference") + cell("Value"), cell("AD/001") + calculated]
    lines = "".join(f"<t:table-row>{row}</t:table-row>" for row in rows)
    content = (
        f"<o:document-content xmlns:o='{office}' xmlns:t='{table}' xmlns:x='{text}'><o:body>"
        f"<o:spreadsheet><t:table t:name='Return'>{lines}</t:table></o:spreadsheet></o:body>"
        "</o:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "r.ods", "w") as archive:
        archive.writestr("content.xml", content)
    returns = read_returns(tmp_path / "r.ods", catalogue)
    assert returns.values["value"].tolist() == [10]
    assert returns.reading["kind"].tolist() == ["formula"]
    results, _ = check_returns(returns, catalogue)
    assert "check_reading_formulas" in set(results["rule"])


def test_a_workbook_that_declares_entities_is_refused(tmp_path, catalogue):
    with zipfile.ZipFile(tmp_path / "r.ods", "w") as archive:
        archive.writestr("content.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(ReturnsError, match="declares entities"):
        read_returns(tmp_path / "r.ods", catalogue)


def test_a_repeated_ods_row_with_a_million_copies_is_refused_and_blank_ones_cost_nothing(
    tmp_path, catalogue
):
    def book(path: Path, cell: str) -> Path:
        content = (
            "<o:d xmlns:o='urn:oasis:names:tc:opendocument:xmlns:office:1.0' "
            "xmlns:t='urn:oasis:names:tc:opendocument:xmlns:table:1.0' "
            "xmlns:x='urn:oasis:names:tc:opendocument:xmlns:text:1.0'><t:table t:name='Return'>"
            f"<t:table-row t:number-rows-repeated='1048576'>{cell}</t:table-row></t:table></o:d>"
        )
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("content.xml", content)
        return path

    filled = "<t:table-cell t:number-columns-repeated='9'><x:p>1</x:p></t:table-cell>"
    with pytest.raises(ReturnsError, match="too many cells"):
        read_returns(book(tmp_path / "full.ods", filled), catalogue)
    with pytest.raises(ReturnsError, match="no sheet has a header"):
        read_returns(book(tmp_path / "blank.ods", "<t:table-cell/>"), catalogue)


def test_a_form_copied_from_another_return_is_refused(tmp_path, catalogue, blank):
    book = load_workbook(blank)
    book["Exceptions"]["B2"] = SWANSEA
    book.save(tmp_path / "r.xlsx")
    with pytest.raises(ReturnsError, match=r"sheet 'Exceptions': area is 'W06000011', and"):
        read_returns(tmp_path / "r.xlsx", catalogue)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_what_libreoffice_saves_reads_as_what_was_typed(tmp_path, catalogue, blank, year, suffix):
    typed = fill(blank, tmp_path / "typed.xlsx", year, CARDIFF)
    out = tmp_path / "saved"
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
         "--convert-to", suffix, "--outdir", out, typed],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    one, other = (read_returns(path, catalogue) for path in (typed, out / f"typed.{suffix}"))
    columns = ["edition", "period", "area", "reference", "breakdown", "value", "marker"]
    assert len(one.values) > 200
    pd.testing.assert_frame_equal(one.values[columns], other.values[columns])
    pd.testing.assert_frame_equal(one.exceptions, other.exceptions)
