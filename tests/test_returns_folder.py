"""A folder of 22 filled workbooks, XLSX and ODS, with a damage of its own planted in most of them.

Each damage is either understood and noted with file, sheet and row, or refuses the folder so.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd
import pytest
from openpyxl import Workbook
from small_returns import AUTHORITIES, CATALOGUE, PROJECT

from ssstats.checks import check_returns
from ssstats.errors import ReturnsError
from ssstats.returns import read_returns, write_compiled
from ssstats.returns.templates import TemplateSheet, template_sheets
from ssstats.words import read_words

pytestmark = pytest.mark.slow

EDITION, PERIOD = "2020-proposed", "2024-25"
LANGUAGES = {name: read_words(PROJECT / "data" / "catalogue", name) for name in ("en", "cy")}
YEAR = read_returns(PROJECT / "data" / "synthetic" / f"synthetic-returns-{PERIOD}.csv", CATALOGUE)
# The references of adults up to the reviews: enough to plant every damage in.
KEPT = 84
AREA, EDITION_ROW, HEADER, FIRST = 2, 4, 7, 8
REFERENCE, UNIT, VALUE, MARKER = 1, 5, 6, 7


@dataclass
class Form:
    """A filled workbook before it is written: texts of its sheets, and what is odd about places."""

    sheets: list[TemplateSheet]
    hidden: set[int] = field(default_factory=set)
    formulas: set[int] = field(default_factory=set)
    percent: set[int] = field(default_factory=set)
    merged: bool = False

    @property
    def rows(self) -> list[list[object]]:
        return self.sheets[0].rows  # type: ignore[return-value]

    def row(self, reference: str) -> int:
        """The number of the row of a reference, counted from 1."""
        return next(n for n, row in enumerate(self.rows, 1) if row and row[0] == reference)

    def put(self, row: int, column: int, text: object) -> int:
        self.rows[row - 1][column - 1] = text
        return row


@cache
def blank_sheets(language: str) -> list[TemplateSheet]:
    """The sheets of a template, of an authority that `form_of` replaces."""
    words = LANGUAGES[language]
    return template_sheets(CATALOGUE, words, area=AUTHORITIES[0], edition=EDITION, period=PERIOD)


def form_of(area: str, language: str = "en") -> Form:
    """The template of an authority, its first references filled with its synthetic values."""
    sheets = deepcopy(blank_sheets(language))
    for sheet in sheets[:4]:
        sheet.rows[AREA - 1][1] = area
    values = YEAR.values[(YEAR.values["area"] == area) & (YEAR.values["breakdown"] == "")]
    given = values.set_index("reference")[["value", "marker"]]
    form = Form(sheets)
    del form.rows[HEADER + KEPT :]
    for row in form.rows[HEADER:]:
        value, marker = given.loc[str(row[0])]
        row[VALUE - 1] = "" if pd.isna(value) else int(value)
        row[MARKER - 1] = marker
    return form


def write_xlsx(form: Form, path: Path) -> None:
    book = Workbook()
    for number, sheet in enumerate(form.sheets):
        page = book.active if number == 0 else book.create_sheet()
        page.title = sheet.name
        for row in sheet.rows:
            page.append([None if text == "" else text for text in row])
    for row in form.hidden:
        book.worksheets[0].row_dimensions[row].hidden = True
    for row in form.percent:
        book.worksheets[0].cell(row, VALUE).number_format = "0%"
    if form.merged:
        book.worksheets[0].merge_cells(start_row=HEADER - 1, end_row=HEADER, start_column=1,
                                       end_column=1)  # fmt: skip
    book.save(path)
    for row in form.formulas:
        # A spreadsheet stores a calculated cell as its formula and the number last shown.
        edit_part(
            path, "xl/worksheets/sheet1.xml", rf'(<c r="F{row}"[^>]*>)(<v>)', r"\1<f>1+1</f>\2"
        )


def edit_part(path: Path, part: str, pattern: str, replacement: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text, found = re.subn(pattern, replacement, parts[part].decode("utf-8"))
    assert found == 1
    parts[part] = text.encode("utf-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def write_ods(form: Form, path: Path) -> None:
    """Write as LibreOffice does: typed cells, blank ones repeated, rows hidden by visibility."""

    def cell(text: object, number: int, column: int) -> str:
        if text == "":
            return "<t:table-cell t:number-columns-repeated='1'/>"
        formula = " t:formula='of:=1+1'" if number in form.formulas and column == VALUE else ""
        if isinstance(text, int | float):
            kind = "percentage" if number in form.percent and column == VALUE else "float"
            shown = f"{text:.0%}" if kind == "percentage" else f"{text}"
            head = f"<t:table-cell o:value-type='{kind}' o:value='{text}'{formula}>"
            return f"{head}<x:p>{shown}</x:p></t:table-cell>"
        return f"<t:table-cell o:value-type='string'><x:p>{escape(str(text))}</x:p></t:table-cell>"

    tables = []
    for place, sheet in enumerate(form.sheets):
        lines = []
        for number, row in enumerate(sheet.rows, 1):
            odd = number if place == 0 else 0
            hidden = " t:visibility='collapse'" if odd in form.hidden else ""
            cells = "".join(cell(text, odd, column) for column, text in enumerate(row, 1))
            lines.append(f"<t:table-row{hidden}>{cells or '<t:table-cell/>'}</t:table-row>")
        lines.append("<t:table-row t:number-rows-repeated='1048000'><t:table-cell/></t:table-row>")
        tables.append(f"<t:table t:name='{escape(sheet.name)}'>{''.join(lines)}</t:table>")
    names = {"o": "office", "t": "table", "x": "text"}
    spaces = " ".join(
        f"xmlns:{short}='urn:oasis:names:tc:opendocument:xmlns:{name}:1.0'"
        for short, name in names.items()
    )
    body = f"<o:body><o:spreadsheet>{''.join(tables)}</o:spreadsheet></o:body>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<o:document-content {spaces}>{body}</o:document-content>")


WRITERS = {"xlsx": write_xlsx, "ods": write_ods}


def typed(reference: str, text: object) -> Callable[[Form], int]:
    """Type something else into the value of a reference."""
    return lambda form: form.put(form.row(reference), VALUE, text)


def marked(form: Form, places: set[int], reference: str) -> int:
    row = form.row(reference)
    places.add(row)
    return row


def percentage_format(form: Form) -> int:
    typed("AD/003", 0.45)(form)
    return marked(form, form.percent, "AD/003")


def duplicate(form: Form) -> int:
    row = form.row("AD/005")
    form.rows.insert(row, list(form.rows[row - 1]))
    return row + 1


def merged_header(form: Form) -> int:
    form.merged = True
    form.rows[HEADER - 2] = [form.rows[HEADER - 1][0]]
    form.rows[HEADER - 1][0] = ""
    return HEADER


def number_as_text(form: Form) -> int:
    row = form.row("AD/006")
    return form.put(row, VALUE, str(form.rows[row - 1][VALUE - 1]))


# What was planted, how, the kind of note it must give, and whether its value is still a number.
TOLERATED = [
    ("thousands comma", typed("AD/001", "4,120"), "thousands comma"),
    ("trailing blanks", lambda f: f.put(f.row("AD/002a"), REFERENCE, "AD/002a  "), "blanks"),
    ("a byte order mark", lambda f: f.put(f.row("AD/002a"), REFERENCE, "\ufeffAD/002a"), "blanks"),
    ("capital i for l", lambda f: f.put(f.row("AD/021l"), REFERENCE, "AD/021I"), "reference"),
    ("an asterisk", typed("AD/004a", "*"), "mark"),
    ("two points", typed("AD/004b", ".."), "mark"),
    ("a dash", typed("AD/004c", "-"), "mark"),
    ("N/A", typed("AD/004d", "N/A"), "mark"),
    ("a blank", typed("AD/004e", ""), "blank"),
    ("decimals", typed("AD/004f", "12.0"), "decimals"),
    ("a share for a count", typed("AD/003", 0.45), "fraction"),
    ("a percentage as text", typed("AD/003", "45%"), "percentage"),
    ("a percentage by format", percentage_format, "percentage"),
    ("merged header cells", merged_header, "merged header"),
    ("a hidden row", lambda f: marked(f, f.hidden, "AD/005"), "hidden row"),
    ("a formula", lambda f: marked(f, f.formulas, "AD/005"), "formula"),
    ("a repeated row", duplicate, "repeated row"),
    ("another edition", lambda f: f.put(f.row("AD/002b"), REFERENCE, "PM/18.n"),
     "reference of another edition"),
    ("a number stored as text", number_as_text, "number as text"),
]  # fmt: skip
# How the authority is written above the table, where it is not its code.
SPELLINGS = {
    "W06000016": ("Rhondda, Cynon, Taff", "spelling"),
    "W06000005": ("Sir y Flint", "spelling"),
    "W06000024": ("W06000017", "retired code"),
}


def file_of(area: str, kind: str) -> str:
    return f"return-{area}.{kind}"


def plant(folder: Path) -> tuple[dict[str, tuple[str, int, str]], dict[str, str]]:
    """Write the 22 workbooks; return what is planted by name, and the file of each authority."""
    planted: dict[str, tuple[str, int, str]] = {}
    files = {}
    damages = iter(TOLERATED)
    for number, area in enumerate(AUTHORITIES):
        kind = "ods" if number % 3 == 2 else "xlsx"
        files[area] = file_of(area, kind)
        # Merging is a matter of the format: ODS has its own test.
        form = form_of(area, "cy" if number in (4, 8) else "en")
        if area in SPELLINGS:
            text, note = SPELLINGS[area]
            for sheet in form.sheets[:4]:
                sheet.rows[AREA - 1][1] = text
            planted[text] = (files[area], FIRST, note)
        else:
            name, damage, note = next(damages)
            if name == "merged header cells":
                kind = "xlsx"
                files[area] = file_of(area, kind)
            planted[name] = (files[area], damage(form), note)
        WRITERS[kind](form, folder / files[area])
    assert next(damages, None) is None
    return planted, files


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("returns")


@pytest.fixture(scope="module")
def planted(folder):
    return plant(folder)


@pytest.fixture(scope="module")
def compiled(folder, planted):
    return read_returns(folder, CATALOGUE)


def test_every_workbook_of_the_folder_is_read(compiled, planted):
    assert len(compiled.files) == 22
    assert {name.rsplit(".")[-1] for name in compiled.files} == {"xlsx", "ods"}
    assert set(compiled.values["area"]) == set(AUTHORITIES)
    rows = compiled.values.groupby("area")["reference"].count()
    # One authority sent a reference of another edition, which is left out.
    assert sorted(rows)[:2] == [KEPT - 1, KEPT] and rows.max() == KEPT


@pytest.mark.parametrize(
    "name", [name for name, *_ in TOLERATED] + [text for text, _ in SPELLINGS.values()]
)
def test_each_planted_damage_is_noted_with_file_sheet_and_row(name, compiled, planted):
    file, row, kind = planted[0][name]
    own = compiled.reading[compiled.reading["file"] == file]
    # What is typed as a text is noted as such too.
    assert set(own["row"]) == {row}
    assert {kind} <= set(own["kind"]) <= {kind, "number as text"}
    assert own["sheet"].isin(["Return", "Ffurflen"]).all()


def test_nothing_but_the_planted_damages_is_noted(compiled, planted):
    typed_as_text = 2  # 4,120 and 12.0
    assert len(planted[0]) == 22
    assert len(compiled.reading) == 22 + typed_as_text
    results, _ = check_returns(compiled, CATALOGUE)
    told = results[results["rule"].str.startswith("check_reading_")]
    assert len(told) == 22 + typed_as_text
    for file, _, kind in planted[0].values():
        assert told["found"].str.contains(f"{file}, sheet ", regex=False).any(), (file, kind)


def test_what_is_no_number_is_never_a_value_and_all_others_are_what_was_typed(compiled, planted):
    key = ["area", "reference"]
    typed_values = YEAR.values[YEAR.values["breakdown"] == ""].set_index(key)["value"]
    read = compiled.values.set_index(key)
    by_file = {file: area for area, file in planted[1].items()}
    odd = {
        "AD/001": 4120.0, "AD/004a": None, "AD/004b": None, "AD/004c": None, "AD/004d": None,
        "AD/004e": None, "AD/004f": 12.0,
    }  # fmt: skip
    names = [name for name, *_ in TOLERATED]
    damaged = {(by_file[planted[0][name][0]], planted[0][name][1]) for name in names}
    for (area, reference), value in read["value"].items():
        row = compiled.values.loc[
            (compiled.values["area"] == area) & (compiled.values["reference"] == reference), "row"
        ].iloc[0]
        if (area, row) in damaged and (reference in odd or reference == "AD/003"):
            expected = odd.get(reference)
            assert (pd.isna(value) and expected is None) or value == expected
        else:
            wanted = typed_values[(area, reference)]
            assert value == wanted or (pd.isna(value) and pd.isna(wanted)), (area, reference)


def test_a_percentage_typed_as_a_whole_number_is_found_by_last_year(folder, planted, tmp_path):
    area = AUTHORITIES[3]
    form = form_of(area)
    total, in_time = (form.rows[form.row(r) - 1][VALUE - 1] for r in ("AD/024", "AD/025"))
    before = read_returns(PROJECT / "data/synthetic/synthetic-returns-2023-24.csv", CATALOGUE)
    assert isinstance(total, int) and isinstance(in_time, int)
    form.put(form.row("AD/025"), VALUE, round(100 * in_time / total))
    write_xlsx(form, tmp_path / "r.xlsx")
    write_compiled(before, tmp_path)
    results, _ = check_returns(read_returns(tmp_path, CATALOGUE), CATALOGUE)
    found = results[(results["area"] == area) & (results["reference"] == "AD/025")]
    assert "check_change_typed_as_percentage" in set(found["rule"])


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (typed("AD/004a", "about twelve"), "value is not a number"),
        (typed("AD/004a", -12), "value is below zero"),
        (lambda f: f.put(f.row("AD/004a"), REFERENCE, "AD/999"), "reference"),
        (lambda f: f.put(f.row("AD/004a"), MARKER, "q"), "marker"),
    ],
    ids=["text", "below zero", "unknown reference", "unknown marker"],
)
def test_what_cannot_be_understood_refuses_the_folder_with_file_sheet_and_row(
    tmp_path, damage, words, kind
):
    good, bad = form_of(AUTHORITIES[0]), form_of(AUTHORITIES[1])
    row = damage(bad)
    write_xlsx(good, tmp_path / "good.xlsx")
    WRITERS[kind](bad, tmp_path / f"bad.{kind}")
    with pytest.raises(ReturnsError, match=rf"bad\.{kind}, sheet 'Return', row {row}: .*{words}"):
        read_returns(tmp_path, CATALOGUE)


def test_two_rows_of_one_reference_with_different_values_refuse_the_folder(tmp_path):
    form = form_of(AUTHORITIES[1])
    row = duplicate(form)
    form.put(row, VALUE, 1)
    write_ods(form, tmp_path / "bad.ods")
    with pytest.raises(ReturnsError, match=rf"bad.ods, sheet 'Return', rows {row - 1}, {row}: "):
        read_returns(tmp_path, CATALOGUE)
