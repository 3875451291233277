"""One truth: a figure that is changed, lost or added in any one file is found and named."""

from __future__ import annotations

import json
import shutil
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typst
from small_release import POWYS, WALES, catalogue, words, write_small_pages, written_once

from ssstats.errors import CatalogueError
from ssstats.outputs import check_release
from ssstats.outputs.errors import OutputsError
from ssstats.outputs.truth import compare_release, require_one_truth, tallies
from ssstats.outputs.truth.derived_figures import Worked, check_worked
from ssstats.outputs.truth.page_figures import figures_of
from ssstats.outputs.truth.pages import ReadTable, numbers_of
from ssstats.outputs.truth.published import Figure, TidyFiles, figure_of, read_truth
from ssstats.outputs.truth.readers import reader_of
from ssstats.outputs.truth.tallies import check_tallies

CELLS = {"2023-24": "44,000", "2024-25": "44,000"}
PDF = "social-services-activity-en.pdf"


def write_pdf(path, numbers):
    cells = ", ".join(f"[{text}]" for text in ("AD/001", "", *numbers))
    typst.compile(f"#table(columns: 2, {cells})".encode(), output=str(path))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports") / "2024-25"
    shutil.copytree(written_once(tmp_path_factory), folder)
    write_small_pages(folder, CELLS)
    write_pdf(folder / PDF, CELLS.values())
    return folder


@pytest.fixture
def release(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "2024-25")


def replace_in(path, old, new, *, times=1):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, times), encoding="utf-8")


def replace_part(path, part, old, new):
    """Change one piece of a part of a zip archive."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def sources(release):
    return {difference.source for difference in check_release(release)}


def test_a_whole_release_has_no_difference_and_its_figures_are_read(whole):
    found = compare_release(whole)
    assert found.differences == []
    assert found.figures["site/en/adults.html"] == 2


def test_a_changed_figure_of_an_upload_is_found_and_named(release):
    path = release / "statswales" / "adults" / "data.csv"
    replace_in(
        path, "202425,W92000004,AD/003,all,number,22000", "202425,W92000004,AD/003,all,number,22005"
    )
    (found,) = check_release(release)
    assert str(found) == "statswales/adults: AD/003 2024-25 W92000004: published 22000, found 22005"


def test_a_second_row_of_a_fact_with_another_number_is_found(release):
    path = release / "statswales" / "children" / "data.csv"
    row = "202425,W92000004,CH/041,all,number,6600,t\n"
    replace_in(path, row, row + row.replace("6600", "6605"))
    (found,) = check_release(release)
    assert (found.published, found.found) == ("6600", "6605")


def test_a_lost_row_of_an_upload_is_found(release):
    path = release / "statswales" / "children" / "data.csv"
    replace_in(path, "202425,W92000004,CH/041,all,number,6600,t\n", "")
    (found,) = check_release(release)
    assert (found.published, found.found) == ("6600", "nothing")


def test_an_item_that_an_upload_lacks_altogether_is_found(release):
    path = release / "statswales" / "adults" / "data.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if ",AD/003," not in line), encoding="utf-8")
    found = check_release(release)
    assert {one.place.split()[0] for one in found} == {"AD/003"}
    assert {one.found for one in found} == {"nothing"}


def test_an_item_that_a_pair_does_not_describe_is_found(release):
    path = release / "data" / "dfe" / "adults-metrics.meta.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "(AD/003)" not in line), encoding="utf-8")
    assert {one.place.split()[0] for one in check_release(release)} == {"AD/003"}


def test_an_upload_or_a_pair_that_belongs_to_no_subject_is_found(release):
    shutil.copytree(release / "statswales" / "adults", release / "statswales" / "other")
    pairs = release / "data" / "dfe"
    shutil.copy(pairs / "adults-metrics.csv", pairs / "other-metrics.csv")
    assert sources(release) == {"statswales", "data/dfe"}


def test_a_number_where_a_marker_is_published_is_found_and_never_printed(release):
    path = release / "statswales" / "adults" / "data.csv"
    hidden = "202425,W06000023,AD/021a,age-18-64-gender-female,number,,c"
    replace_in(path, hidden, hidden.replace(",,c", ",3,"))
    (found,) = check_release(release)
    assert (found.published, found.found) == ("[c]", "a number")
    assert "3" not in str(found).replace("W06000023", "")


def test_a_second_row_of_a_pair_with_another_number_is_found(release):
    path = release / "data" / "dfe" / "adults-metrics.csv"
    text = path.read_text(encoding="utf-8-sig")
    header, first, *others = text.splitlines(keepends=True)
    assert "22000" in first
    path.write_text("".join([header, first.replace("22000", "22005"), first, *others]), "utf-8")
    assert "22005" in {difference.found for difference in check_release(release)}


def test_a_changed_figure_of_a_pair_is_found(release):
    path = release / "data" / "dfe" / "children-metrics.csv"
    replace_in(path, ",6600", ",6605")
    assert sources(release) == {"data/dfe/children-metrics.csv"}


def replace_values(path, change):
    """Change the values of a Parquet file."""
    table = pq.read_table(path)
    place = table.column_names.index("value")
    values = change(table.column("value").to_pylist())
    changed = table.set_column(place, table.schema.field("value"), pa.array(values, pa.float64()))
    pq.write_table(changed, path)


def test_a_changed_figure_of_a_parquet_file_is_found(release):
    replace_values(release / "data" / "counts.parquet", lambda values: [values[0] + 5, *values[1:]])
    (found,) = check_release(release)
    assert found.place == "row 2, value"


def test_a_number_in_a_parquet_file_where_none_is_published_is_never_printed(release):
    def fill(values):
        return [3.0 if value is None else value for value in values]

    replace_values(release / "data" / "counts.parquet", fill)
    found = check_release(release)
    assert {(one.published, one.found) for one in found} == {("nothing", "a number")}


def test_a_number_told_once_more_where_a_marker_is_published_is_never_printed(release):
    path = release / "statswales" / "adults" / "data.csv"
    hidden = "202425,W06000023,AD/021a,age-18-64-gender-female,number,,c"
    replace_in(path, hidden, f"{hidden.replace(',,c', ',3,')}\n{hidden}")
    assert {(one.published, one.found) for one in check_release(release)} == {("[c]", "a number")}


def test_a_changed_figure_of_an_ods_workbook_is_found(release):
    path = release / "tables" / "social-services-children-en.ods"
    replace_part(path, "content.xml", b'office:value="6600"', b'office:value="6605"')
    assert sources(release) == {"tables/social-services-children-en.ods"}


def test_a_cell_of_an_ods_workbook_that_shows_another_number_than_it_holds_is_found(release):
    path = release / "tables" / "social-services-children-en.ods"
    replace_part(path, "content.xml", b'"6600"><text:p>6,600<', b'"6600"><text:p>6,700<')
    (found,) = check_release(release)
    assert (found.published, found.found) == ("6600", "6600, shown as 6,700")


def test_a_changed_figure_of_an_xlsx_workbook_is_found(release):
    path = release / "tables" / "social-services-children-en.xlsx"
    replace_part(path, "xl/worksheets/sheet5.xml", b"<v>6600</v>", b"<v>6605</v>")
    assert sources(release) == {"tables/social-services-children-en.xlsx"}


def test_a_marker_changed_into_a_zero_is_found(release):
    path = release / "tables" / "social-services-carers-en.ods"
    hidden = b'office:value-type="string"><text:p>[c]</text:p>'
    zero = b'office:value-type="float" office:value="0"><text:p>0</text:p>'
    replace_part(path, "content.xml", hidden, zero)
    assert {(d.published, d.found) for d in check_release(release)} == {("[c]", "a number")}


@pytest.mark.parametrize(
    "name", ["tables/social-services-adults-en.ods", "statswales/adults/data.csv",
             "data/dfe/adults-metrics.csv", "data/dfe/adults-groups.csv",
             "data/dfe/adults-measures.csv", "data/counts.parquet"]
)  # fmt: skip
def test_a_file_that_is_gone_is_found(release, name):
    (release / name).unlink()
    if name.startswith("statswales"):
        shutil.rmtree(release / "statswales" / "adults")
    (found,) = check_release(release)
    assert (found.source, found.found) == (name, "nothing")


def test_a_workbook_that_belongs_to_no_subject_is_found(release):
    shutil.copy(release / "tables" / "social-services-adults-en.ods",
                release / "tables" / "social-services-other-en.ods")  # fmt: skip
    assert sources(release) == {"tables"}


def test_a_changed_cell_of_a_page_differs_from_truth_notebook_and_pdf(release):
    replace_in(release / "site" / "en" / "adults.html", "44,000", "44,500")
    found = check_release(release)
    assert {difference.source for difference in found} == {"site/en/adults.html", PDF}
    assert any("AD/001 2023-24" in difference.place for difference in found)


def test_a_table_that_only_the_notebook_holds_is_found(release):
    path = release / "notebooks" / "en" / "adults.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"].append(json.loads(json.dumps(notebook["cells"][0]).replace("-1-", "-2-")))
    path.write_text(json.dumps(notebook), encoding="utf-8")
    (found,) = check_release(release)
    assert (found.place, found.found) == ("tbl-adults-2-counts", "the notebook alone")


def test_a_number_that_the_pdf_lacks_or_adds_is_found(release):
    write_pdf(release / PDF, ["44,000", "43,995"])
    assert {(d.place, d.found) for d in check_release(release)} == {
        ("tables", "1 times"),
        ("text", "a number"),
    }


def test_curly_quotation_marks_are_no_difference(release):
    for path in (release / "site/en/adults.html", release / "notebooks/en/adults.ipynb"):
        replace_in(path, "Contacts", "Children's contacts", times=9)
    replace_in(
        release / "site/en/adults.html", "Children's", "Children\N{RIGHT SINGLE QUOTATION MARK}s"
    )
    assert check_release(release) == []


ADULTS_CONTACTS = "Contacts to the information, advice and assistance service for adults"
DECIDED = (
    "Percentage of contacts for adults (information, or advice and assistance) with a decision by "
    "the end of the next working day"
)
SERVICE = "Adults with a care and support plan by service received: domiciliary care"
# Tables as pages print them, for Wales, and the figures that their cells are.
PRINTED = {
    "metrics by year": (
        ReadTable("t", "", [["Metric", "2023-24"], ["Any words (AD/003)", "22,000"]]),
        [Figure("AD/003", "2023-24", WALES)],
    ),
    "measures with limits": (
        ReadTable(
            "t",
            "",
            [
                ["Measure", "2024-25", "Lower limit", "2023-24"],
                [DECIDED, "66.7%", "66.1%", "66.7%"],
            ],
        ),
        [
            Figure("AD-02", "2024-25", WALES),
            Figure("AD-02", "2024-25", WALES, "", "lower"),
            Figure("AD-02", "2023-24", WALES),
        ],
    ),
    "measures with dated limits": (
        ReadTable(
            "t", "", [["Measure", "2023-24", "Upper limit, 2023-24"], [DECIDED, "66.7%", "67.2%"]]
        ),
        [Figure("AD-02", "2023-24", WALES), Figure("AD-02", "2023-24", WALES, "", "upper")],
    ),
    "an authority beside Wales": (
        ReadTable(
            "t", "Measures, 2024-25", [["Measure", "Powys", "Wales"], [DECIDED, "50%", "66.7%"]]
        ),
        [Figure("AD-02", "2024-25", POWYS), Figure("AD-02", "2024-25", WALES)],
    ),
    "a measure by authority": (
        ReadTable(
            "t",
            f"{DECIDED}, by local authority, 2024-25",
            [["Local authority", "Value", "Numerator"], ["Powys", "50%", "5"]],
        ),
        [Figure("AD-02", "2024-25", POWYS), Figure("AD-02", "2024-25", POWYS, "", "numerator")],
    ),
    "a group by authority": (
        ReadTable(
            "t",
            f"{SERVICE}: 18 to 64 years, by local authority, 2024-25",
            [["Local authority", "Female"], ["Powys", "[c]"]],
        ),
        [Figure("AD/021a", "2024-25", POWYS, "age=18-64;gender=female")],
    ),
    "groups down and across": (
        ReadTable(
            "t",
            f"{SERVICE}, by sex and age, Wales, 2024-25",
            [["Category", "18 to 64 years"], ["Male", "50"]],
        ),
        [Figure("AD/021a", "2024-25", WALES, "age=18-64;gender=male")],
    ),
    "a metric over many years": (
        ReadTable(
            "t", f"{ADULTS_CONTACTS}: Wales, by year", [["Year", "Wales"], ["2023-24", "44,000"]]
        ),
        [Figure("AD/001", "2023-24", WALES)],
    ),
}


def flat(named):
    """Return figures of series one by one, each with the text of its cell."""
    return [
        (figure_of(series, place), text)
        for series, places, texts in named
        for place, text in zip(places, texts, strict=True)
    ]


@pytest.mark.parametrize("kind", PRINTED)
def test_the_figures_of_a_printed_table_are_named(whole, kind):
    own = catalogue()
    truth = read_truth(TidyFiles(whole / "data"), own)
    table, figures = PRINTED[kind]
    found = flat(figures_of(table, WALES, truth, reader_of(own, words(), truth)))
    assert [figure for figure, _ in found] == figures
    assert [text for _, text in found] == table.rows[1][1:]


def test_a_repeated_figure_of_the_changes_is_held_against_the_counts(release):
    text = "item,previous,period,area,old_value,old_marker,new_value,new_marker\n"
    row = f"AD/003,2023-24,2024-25,{WALES},22000,,22500,\n"
    (release / "data" / "changes.csv").write_text(text + row, encoding="utf-8")
    (found,) = check_release(release)
    assert str(found) == (f"data/changes.csv: AD/003 2024-25 {WALES}: published 22000, found 22500")


def test_a_figure_that_another_row_of_the_changes_repeats_rightly_is_found(release):
    text = "item,previous,period,area,old_value,old_marker,new_value,new_marker\n"
    rows = (
        f"AD/003,2022-23,2023-24,{WALES},,x,22005,\nAD/003,2023-24,2024-25,{WALES},22000,,22000,\n"
    )
    (release / "data" / "changes.csv").write_text(text + rows, encoding="utf-8")
    assert {str(one).split(": ", 1)[1] for one in check_release(release)} >= {
        f"AD/003 2023-24 {WALES}: published 22000, found 22005"
    }


def test_numbers_that_a_pdf_runs_together_are_read_apart():
    assert numbers_of("125,110127,905 2023-242024-25 17.1% of 22") == [
        "125,110", "127,905", "2023-24", "2024-25", "17.1", "22"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "statswales/adults/data.csv",
        "data/dfe/adults-metrics.csv",
        "data/counts.parquet",
        "tables/social-services-adults-en.ods",
        "tables/social-services-adults-en.xlsx",
        "notebooks/en/adults.ipynb",
    ],
)
def test_a_file_that_is_no_longer_what_it_was_is_named_without_a_traceback(release, name):
    (release / name).write_bytes(b"one,two\n\xff3,4\n")
    with pytest.raises(OutputsError, match=r"cannot be read as a release writes it"):
        check_release(release)


@pytest.mark.parametrize("suffix", ["ods", "xlsx"])
def test_a_workbook_whose_packed_bytes_are_broken_is_named_without_a_traceback(release, suffix):
    path = release / "tables" / f"social-services-adults-en.{suffix}"
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda part: part.compress_size)
    start = largest.header_offset + 30 + len(largest.filename)
    content[start : start + largest.compress_size] = b"\xff" * largest.compress_size
    path.write_bytes(content)
    with pytest.raises(OutputsError, match=r"cannot be read as a release writes it"):
        check_release(release)


def test_a_folder_that_is_no_release_is_refused(tmp_path):
    with pytest.raises(OutputsError, match=r"counts\.csv is missing"):
        check_release(tmp_path)


def test_a_build_stops_at_a_difference_and_names_file_and_place(release):
    require_one_truth(release)
    path = release / "tables" / "social-services-children-en.ods"
    replace_part(path, "content.xml", b'office:value="6600"', b'office:value="6605"')
    with pytest.raises(OutputsError, match="nothing was put in place") as found:
        require_one_truth(release)
    assert "tables/social-services-children-en.ods: CH/041 2023-24 W92000004" in str(found.value)
    assert found.value.exit_code == 9


def test_pages_of_another_engine_are_left_out_and_all_other_files_are_not(release):
    replace_in(release / "site" / "en" / "adults.html", "44,000", "44,500")
    require_one_truth(release, pages=False)
    replace_in(release / "statswales/adults/data.csv", ",number,22000", ",number,22005")
    with pytest.raises(OutputsError, match="statswales/adults"):
        require_one_truth(release, pages=False)


def other_page(release, cell):
    """A page beside the chapters of the book, with a table of a metric by authority."""
    label = "Contacts to the information, advice and assistance service for adults"
    folder = release / "site" / "en" / "items"
    folder.mkdir()
    (folder / "ad-001.html").write_text(
        f'<html><body><div id="tbl-one"><table class="names"><caption>'
        f"Table 1: {label}: Wales, by year</caption>"
        f"<thead><tr><th>Year</th><th>Wales</th></tr></thead>"
        f"<tbody><tr><th>2024-25</th><td>{cell}</td></tr></tbody></table>"
        "<p>Also 98,765 of something.</p></div></body></html>",
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<td>44,000</td>", "<td>44,000</td><td>1</td>"),
        ("<td>44,000</td>", ""),
        ("<td>44,000</td></tr>", "<td>44,000</td></tr><tr></tr>"),
        ("<td>44,000</td></tr>", "<td>44,000</td>"),
        ("<td>44,000</td>", "<td>44,<table>000</td>"),
        ("<td>44,000</td>", "<td>44,000"),
        ("<td>44,000</td>", "<td>44,000</td>1"),
        ("</tbody>", "1</tbody>"),
        ("<tbody>", "<tbody>1"),
        ("<th>Wales</th>", "<th>Wales</th><tr><th>England</th>"),
    ],
)
def test_a_table_of_a_page_beside_the_book_that_is_written_in_another_way_is_refused(
    release, old, new
):
    other_page(release, "44,000")
    replace_in(release / "site" / "en" / "items" / "ad-001.html", old, new)
    with pytest.raises(OutputsError, match=r"ad-001\.html cannot be read"):
        check_release(release)


def test_a_page_that_is_no_chapter_need_not_be_in_the_pdf(release):
    other_page(release, "44,000")
    assert check_release(release) == []


def test_a_changed_figure_of_a_page_that_is_no_chapter_is_found(release):
    other_page(release, "44,005")
    (found,) = check_release(release)
    assert str(found) == (
        f"site/en/items/ad-001.html: tbl-one: AD/001 2024-25 {WALES}: published 44000, found 44,005"
    )


def test_numbers_of_a_chart_in_a_file_of_its_own_may_stand_in_the_pdf(release):
    write_pdf(release / PDF, [*CELLS.values(), "12,500"])
    assert {(d.place, d.found) for d in check_release(release)} == {("text", "a number")}
    chart = "<svg xmlns='http://www.w3.org/2000/svg'><text>12,500</text></svg>"
    (release / "site" / "en" / "chart.svg").write_text(chart, encoding="utf-8")
    assert check_release(release) == []


def test_the_pdf_of_one_authority_is_compared_with_its_page(release):
    """The numbers of the chapters on Wales are not asked of it; those of its own page are."""
    for folder, kind in (("site", "html"), ("notebooks", "ipynb")):
        path = release / folder / "en" / f"adults.{kind}"
        text = path.read_text(encoding="utf-8").replace("44,000", "2,000")
        own = text.replace("adults-1", "powys-1")
        (path.parent / f"authority-powys.{kind}").write_text(own, encoding="utf-8")
    write_pdf(release / PDF, [*CELLS.values(), "2,000", "2,000"])
    write_pdf(release / "social-services-powys-en.pdf", ["2,000"])
    found = [d for d in check_release(release) if d.source == "social-services-powys-en.pdf"]
    assert [(d.place, d.found) for d in found] == [("tables", "1 times")]


def test_a_changed_figure_of_a_notebook_is_found(release):
    replace_in(release / "notebooks" / "en" / "adults.ipynb", "44,000", "44,500")
    (found,) = check_release(release)
    assert (found.place, found.published, found.found) == (
        "tbl-adults-1-counts, row 1", "44,500", "44,000"
    )  # fmt: skip


def test_a_changed_figure_of_the_tidy_file_differs_from_all_others(release):
    replace_in(release / "data" / "counts.csv", "CH/041,,6600", "CH/041,,6605")
    assert sources(release) >= {
        "data/counts.parquet", "data/dfe/children-metrics.csv", "statswales/children",
        "tables/social-services-children-en.ods", "tables/social-services-children-en.xlsx",
    }  # fmt: skip


def test_an_underscore_that_markdown_escapes_is_no_difference(release):
    for path in (release / "site/en/adults.html", release / "notebooks/en/adults.ipynb"):
        escaped = "made\\\\_in" if path.suffix == ".ipynb" else "made_in"
        replace_in(path, "Contacts", f"Contacts {escaped}", times=9)
    assert check_release(release) == []


SHARES = ReadTable(
    "tbl-shares", "", [["Local authority", "Year", "AD/002a", "AD/002b"],
                       ["Wales", "2024-25", "66.7% (66.0% to 67.3%)", "[c]"]],
)  # fmt: skip
STEPS = ReadTable(
    "tbl-process-adults",
    "From report to protection: adults, Wales, 2024-25",
    [
        ["Step", "Number", "Percentage", "Lower limit", "Upper limit", "Share of"],
        ["Reports of an adult suspected of being at risk", "100", "[z]", "[z]", "[z]", "[z]"],
        ["Reports that went on to an enquiry", "60", "60.0%", "50.2%", "69.1%", "reports"],
    ],
)
SERIES = ReadTable(
    "tbl-series-good",
    "Measures whose two definitions agree well, Wales, 2016-17 to 2020-21",
    [["Year", "Any words (PM24)"], ["2019-20", "88.9%"], ["2020-21 [b]", "90.1%"]],
)


def named_in(release, table):
    own = catalogue()
    truth = read_truth(TidyFiles(release / "data"), own)
    found = flat(figures_of(table, WALES, truth, reader_of(own, words(), truth)))
    return [(*figure, text) for figure, text in found]


def test_a_share_is_read_with_its_limits_under_the_metric_it_is_a_share_of(whole):
    share = catalogue().measures.query("tier != 'core'").set_index("numerator")["measure"]
    first, other = share["AD/002a"], share["AD/002b"]
    assert [(key[0], key[4], key[5]) for key in named_in(whole, SHARES)] == [
        (first, "value", "66.7%"), (first, "lower", "66.0%"), (first, "upper", "67.3%"),
        (other, "value", "[c]"),
    ]  # fmt: skip


def test_a_step_of_a_process_is_a_count_and_a_measure_with_limits(whole):
    assert [(key[0], key[4], key[5]) for key in named_in(whole, STEPS)] == [
        ("AD/028", "value", "100"), ("AD/030", "value", "60"), ("AD-32", "value", "60.0%"),
        ("AD-32", "lower", "50.2%"), ("AD-32", "upper", "69.1%"),
    ]  # fmt: skip


def test_a_series_goes_on_as_the_measure_of_the_next_edition(whole):
    follows = catalogue().crosswalk.set_index("measure")["measure_2020"]["PM24"]
    found = [(key[0], key[1], key[5]) for key in named_in(whole, SERIES)]
    assert found[-1] == (follows, "2020-21", "90.1%")


def worked_in(release, table, area=WALES, *, changes=None, signals=None):
    own = catalogue()
    truth = read_truth(TidyFiles(release / "data"), own)
    worked = Worked(changes or {}, signals or {})
    return check_worked("page", table, area, truth, reader_of(own, words(), truth), worked)


CHANGED = {("AD/003", "2024-25", WALES): {
    "lower": "-1.44", "upper": "2.05", "smallest_rise": "1.96", "smallest_fall": "-1.91",
    "matched_lower": "", "matched_upper": "",
}}  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "smallest", "faults"),
    [("\N{MINUS SIGN}1.4% to 2.1%", "1.9%", 0), ("\N{MINUS SIGN}1.4% to 2.0%", "1.9%", 0),
     ("1.4% to 2.1%", "1.9%", 1), ("\N{MINUS SIGN}1.5% to 2.1%", "2.0%", 2), ("[z]", "1.9%", 1)],
)  # fmt: skip
def test_limits_of_a_change_are_those_of_its_row_rounded(whole, limits, smallest, faults):
    table = ReadTable("tbl-changes", "", [
        ["Figure", "2023-24", "2024-25", "Limits of the change", "What can be said",
         "Smallest change that could be seen"],
        ["Any words (AD/003)", "22,000", "22,000", limits, "little change", smallest],
    ])  # fmt: skip
    differences, cells = worked_in(whole, table, changes=CHANGED)
    assert (len(differences), cells) == (faults, 2)


def test_steps_per_hundred_are_worked_out_from_the_counts(whole):
    table = ReadTable("tbl-process", "Steps, 2024-25", [
        ["Local authority", "Reports of an adult suspected of being at risk"], ["Powys", "100"],
    ])  # fmt: skip
    # The small release has no such counts: a number that nobody published is found.
    (found,), cells = worked_in(whole, table)
    assert (found.published, found.found, cells) == ("no number", "100", 1)


def test_an_edition_that_has_no_words_is_a_fault_of_the_data_files(monkeypatch):
    def passage(release):
        raise CatalogueError("no text for an edition of 2040")

    monkeypatch.setattr(tallies, "_PASSAGES", (passage,))
    with pytest.raises(ValueError, match="edition of 2040"):
        tallies.tallies_of(None)


def test_a_tally_that_is_not_what_the_files_give_is_found():
    one = ReadTable("tbl-quality-rules", "", [["Rule", "Figures"], ["rounded", "90"]])
    other = ReadTable("tbl-quality-rules", "", [["Rule", "Figures"], ["rounded", "91"]])
    assert list(check_tallies("page", [one], [one])) == []
    assert [d.found for d in check_tallies("page", [other], [one])] == ["91"]
    assert [d.found for d in check_tallies("page", [], [one])] == ["nothing"]


def with_a_chart(release, rows):
    caption = f"<figcaption>Figure 1: {ADULTS_CONTACTS}, Wales, 2023-24 to 2024-25</figcaption>"
    page = release / "site" / "en" / "adults.html"
    replace_in(page, "<body>", f'<body><figure id="fig-one">{caption}</figure>')
    write_pdf(release / PDF, CELLS.values())
    (release / "site" / "en" / "charts").mkdir()
    text = f'Year,"{ADULTS_CONTACTS}"\n' + "".join(f"{year},{value}\n" for year, value in rows)
    (release / "site" / "en" / "charts" / "fig-one.csv").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("last", "found"), [("44000", []), ("44500", ["44500"]), ("", ["nothing"])]
)
def test_the_data_of_a_chart_are_compared_with_what_is_published(release, last, found):
    with_a_chart(release, [("2023-24", "44000"), ("2024-25", last)])
    assert [difference.found for difference in check_release(release)] == found


def test_data_that_belong_to_no_chart_are_found(release):
    (release / "site" / "en" / "charts").mkdir()
    (release / "site" / "en" / "charts" / "fig-other.csv").write_text("Year,A\n", encoding="utf-8")
    (found,) = check_release(release)
    assert found.source == "site/en/charts/fig-other.csv"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("AD/003,2024-25,W92000004,22000,,", "nothing"),
        ("AD/003,2024-25,W92000004,22005,,", "22005"),
        ("AD/003,2024-25,W92000004,22005,,\nAD/003,2024-25,W92000004,22000,,", "22005"),
    ],
)
def test_the_data_file_of_a_page_is_compared_both_ways(release, line, found):
    folder = release / "site" / "data"
    folder.mkdir()
    header = "reference,period,area,value,marker,rule\n"
    (folder / "metric-ad-003.csv").write_text(header + line + "\n", encoding="utf-8")
    assert found in {difference.found for difference in check_release(release)}


def test_a_label_of_an_edition_that_the_release_has_not_names_no_year(whole):
    """Children looked after are counted in both editions; the small release has years of one."""
    caption = "Children looked after at 31 March (CH/041): every number that was published"
    rows = [["Local authority", "Year", "CH/041"], ["Wales", "2024-25", "6,600"]]
    found = named_in(whole, ReadTable("tbl-made", caption, rows))
    assert [key[:3] for key in found] == [("CH/041", "2024-25", WALES)]
