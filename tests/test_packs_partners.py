"""The partners' pack: complete, marked everywhere, private, and never where the public reads."""

from __future__ import annotations

import base64
import csv
import re
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from small_returns import AUTHORITIES, CATALOGUE, PROJECT

from ssstats.disclosure.policy import read_policy
from ssstats.errors import UsageError
from ssstats.manifest import checksum
from ssstats.outputs.truth.documents import read_document
from ssstats.outputs.truth.workbook_files import read_ods
from ssstats.packs import write_partners_pack
from ssstats.packs.errors import PackError
from ssstats.packs.private import REGISTER_COLUMNS, check_place, register, slug_of
from ssstats.periods import ReportingYear
from ssstats.project import Project
from ssstats.release import ReleaseOptions, build_release
from ssstats.release.tables import publish_tables

OWN = Project(PROJECT)
YEAR = ReportingYear.parse("2024-25")
POWYS = "W06000023"
NOON = datetime(2025, 11, 3, 12, 0, tzinfo=UTC)
# Numbers that stand nowhere else: no multiple of five, so that a public release never shows them.
CANARIES = {("AD/001", place): 70_013 + 1_120 * number for number, place in enumerate(AUTHORITIES)}
DAYS_OF_THREE_PEOPLE = 98_767


def returned():
    """Contacts with canaries, decisions, and days of waiting that follow a count of three."""
    values = dict(CANARIES)
    for number, place in enumerate(AUTHORITIES):
        values["AD/002a", place] = 30_000 + 10 * number
        values["AD/002b", place] = 20_000 + 10 * number
        values["AD/003", place] = 45_000 + 10 * number
        values["AD/023a", place] = 3 if place == POWYS else 40 + number
        values["AD/022a", place] = DAYS_OF_THREE_PEOPLE if place == POWYS else 800 + 5 * number
    return values


@pytest.fixture(scope="module")
def returns(tmp_path_factory):
    folder = tmp_path_factory.mktemp("returns")
    with (folder / "returns.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["edition", "period", "area", "reference", "value", "marker", "note"])
        for (reference, area), value in returned().items():
            writer.writerow(["2020-proposed", "2024-25", area, reference, value, "", ""])
    return folder


def write(returns, out, **options):
    given = {"recipient": "Care Inspectorate Wales", "languages": ("en",), **options}
    return write_partners_pack(
        returns, period=YEAR, out=out, project=OWN, now=NOON, **given
    )  # fmt: skip


@pytest.fixture(scope="module")
def pack(returns, tmp_path_factory):
    return write(returns, tmp_path_factory.mktemp("private") / "packs", languages=("en", "cy"))


@pytest.fixture(scope="module")
def book(pack):
    return openpyxl.load_workbook(pack.folder / "tables" / "official-sensitive-adults-en.xlsx")


def rows_of(sheet):
    rows = list(sheet.iter_rows(values_only=True))
    header = next(n for n, row in enumerate(rows) if sum(cell is not None for cell in row) > 1)
    return [dict(zip(rows[header], row, strict=True)) for row in rows[header + 1 :]]


def test_every_authority_has_its_exact_counts_in_data_and_spreadsheets(pack, book):
    counts = pd.read_csv(pack.folder / "data" / "official-sensitive-metrics.csv")
    own = counts[counts["reference"].eq("AD/001")].set_index("area")["value"].to_dict()
    assert {area: own[area] for _, area in CANARIES} == {
        area: value for (_, area), value in CANARIES.items()
    }
    (row,) = (r for r in rows_of(book["Counts authorities"]) if r["Reference"] == "AD/001")
    assert row["Powys"] == CANARIES["AD/001", POWYS]
    assert row["Wales"] == sum(CANARIES.values())


def test_nothing_is_hidden_and_nothing_is_rounded(pack):
    counts = pd.read_csv(pack.folder / "data" / "official-sensitive-metrics.csv",
                         keep_default_na=False)  # fmt: skip
    assert set(counts["marker"]) <= {"", "x", "z"}
    three = counts[counts["area"].eq(POWYS) & counts["reference"].eq("AD/023a")]
    assert list(three["value"]) == [3]


def test_half_a_whole_time_equivalent_is_not_hidden_where_nothing_is(tmp_path):
    rows = [["edition", "period", "area", "reference", "value", "marker", "note"]]
    rows += [["2020-proposed", "2024-25", area, "WF/004c", "0.5", "", ""] for area in AUTHORITIES]
    path = tmp_path / "returns.csv"
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    tables = publish_tables(
        path, period=YEAR, policy=read_policy("partners", OWN.policies), catalogue=CATALOGUE,
        folder=tmp_path / "data",
    )  # fmt: skip
    own = tables.counts[tables.counts["area"].ne("W92000004")]
    assert set(own["value"]) == {0.5}


def test_counts_are_laid_side_by_side_per_10_000_people(pack, book):
    people = CATALOGUE.populations
    adults = people[people["area"].eq(POWYS) & people["population"].eq("18+")
                    & people["mid_year"].eq(2024)]["persons"].iloc[0]  # fmt: skip
    (row,) = (r for r in rows_of(book["Normalised authorities"]) if r["Reference"] == "AD/001")
    assert row["Powys"] == pytest.approx(CANARIES["AD/001", POWYS] / adults * 10_000, abs=0.051)


def test_quarters_of_measures_are_those_of_plain_ordering(pack, book):
    values = pd.read_csv(pack.folder / "data" / "official-sensitive-quartiles.csv")
    own = values[values["measure"].eq("AD-01")].set_index("area")["value"]
    (row,) = (r for r in rows_of(book["Quartiles authorities"]) if r["Measure code"] == "AD-01")
    assert row["Median"] == pytest.approx(own.median(), abs=0.051)
    lowest = own.idxmin()
    names = CATALOGUE.areas.set_index("area")["name_en"]
    assert (row[names[lowest]], row[names[own.idxmax()]]) == (1, 4)


def test_coverage_says_who_answered(book):
    (row,) = (r for r in rows_of(book["Coverage"]) if r["Reference"] == "AD/001")
    assert (row["Local authorities that answered, 2024-25"], row["Did not answer"]) == (
        22, "All answered"
    )  # fmt: skip


def test_every_sheet_is_marked_in_its_language_and_on_its_printed_pages(pack):
    for path in (pack.folder / "tables").glob("*.xlsx"):
        marking = "SWYDDOGOL-SENSITIF" if path.stem.endswith("cy") else "OFFICIAL-SENSITIVE"
        for sheet in openpyxl.load_workbook(path):
            assert sheet["A2"].value.startswith(marking)
            assert sheet.oddHeader.center.text.startswith(marking)
            assert sheet.oddFooter.center.text.startswith(marking)
    for path in (pack.folder / "tables").glob("*.ods"):
        marking = "SWYDDOGOL-SENSITIF" if path.stem.endswith("cy") else "OFFICIAL-SENSITIVE"
        assert all(sheet.rows[1][0].startswith(marking) for sheet in read_ods(path))
        with zipfile.ZipFile(path) as archive:
            assert archive.read("styles.xml").decode().count(marking) == 2


def test_every_page_is_marked_at_its_head_and_foot(pack):
    pages = list(pack.folder.glob("*.html"))
    assert len(pages) == 2 * 23
    for path in pages:
        marking = "SWYDDOGOL-SENSITIF" if path.stem.endswith("cy") else "OFFICIAL-SENSITIVE"
        assert path.read_text(encoding="utf-8").count(marking) == 2


def test_every_data_file_and_workbook_is_marked_in_its_name(pack):
    for folder in ("data", "tables"):
        names = [path.name for path in (pack.folder / folder).iterdir()]
        assert names and all(name.startswith("official-sensitive-") for name in names)


def test_nobody_else_can_read_a_pack(pack):
    for path in (pack.folder, *pack.folder.rglob("*"), pack.register):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    assert stat.S_IMODE(pack.folder.parent.stat().st_mode) == 0o700


def test_the_register_keeps_who_when_and_what(pack):
    with pack.register.open(encoding="utf-8", newline="") as file:
        header, row = list(csv.reader(file))
    assert tuple(header) == REGISTER_COLUMNS
    assert row[:6] == [
        "2025-11-03T12:00:00+00:00", "partners", "2024-25", "Care Inspectorate Wales",
        "partners-2024-25-care-inspectorate-wales", "partners",
    ]  # fmt: skip
    assert row[-1] == checksum(pack.folder / "manifest.json")


def test_each_pack_adds_a_row_to_the_register(tmp_path):
    for recipient in ("One", "Two"):
        register(tmp_path, ("now", "partners", "2024-25", recipient, "", "", "", ""))
    with (tmp_path / "register.csv").open(encoding="utf-8", newline="") as file:
        assert [row["recipient"] for row in csv.DictReader(file)] == ["One", "Two"]


def test_a_file_that_is_no_register_is_not_written_to(tmp_path):
    (tmp_path / "register.csv").write_text("births\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no register"):
        register(tmp_path, ("now",) * len(REGISTER_COLUMNS))


def test_the_cover_and_the_overview_say_for_whom(pack, book):
    said = "Made for: Care Inspectorate Wales. Date: 3 November 2025."
    assert said in [row[0] for row in book["Cover"].iter_rows(values_only=True)]
    assert said in (pack.folder / "index-en.html").read_text(encoding="utf-8")


def test_no_note_speaks_of_rounding_where_nothing_is_rounded(book):
    notes = " ".join(str(row[1]) for row in book["Notes"].iter_rows(values_only=True))
    assert "rounded to the nearest" not in notes


def test_a_pack_for_nobody_is_refused(returns, tmp_path):
    with pytest.raises(UsageError, match="for somebody"):
        write(returns, tmp_path / "packs", recipient="  ")
    assert not (tmp_path / "packs").exists()


def release_folder(place):
    (place / "data").mkdir(parents=True)
    for name in ("manifest.json", "data/release.json"):
        (place / name).write_text("{}", encoding="utf-8")
    return place


@pytest.mark.parametrize("inside", ["", "site", "data/deep"])
def test_a_pack_inside_a_public_release_is_refused(tmp_path, inside):
    release = release_folder(tmp_path / "anywhere")
    with pytest.raises(PackError, match="never stand in"):
        check_place(release / inside, PROJECT)


def test_a_pack_beside_releases_is_refused_by_whatever_path(tmp_path):
    release_folder(tmp_path / "published" / "2024-25")
    for path in ("published", "published/packs", "published/2023-24/../packs"):
        with pytest.raises(PackError):
            check_place(tmp_path / path, PROJECT)
    (tmp_path / "link").symlink_to(tmp_path / "published")
    with pytest.raises(PackError):
        check_place(tmp_path / "link" / "packs", PROJECT)


@pytest.mark.parametrize("folder", ["reports", "reports/2024-25", "data/synthetic", "docs"])
def test_a_pack_in_the_public_folders_of_the_project_is_refused(folder):
    with pytest.raises(PackError):
        check_place(PROJECT / folder, PROJECT)


def test_a_refused_pack_leaves_nothing_behind(returns, tmp_path):
    release = release_folder(tmp_path / "anywhere")
    before = sorted(release.rglob("*"))
    with pytest.raises(PackError):
        write(returns, release / "packs")
    assert sorted(release.rglob("*")) == before


def test_a_recipient_becomes_a_plain_folder_name():
    assert slug_of("Cyngor Sir Ynys Môn / ../etc") == "cyngor-sir-ynys-mon-etc"


def texts_of(path: Path):
    """Everything that a reader of a file could see: text, archives, pictures in text, PDF."""
    if path.suffix == ".pdf":
        return [read_document(path)]
    if path.suffix == ".parquet":
        return [pq.read_table(path).to_pandas().to_csv()]
    if path.suffix in (".ods", ".xlsx"):
        with zipfile.ZipFile(path) as archive:
            return [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    text = path.read_bytes().decode("utf-8", "replace")
    pictures = re.findall(r"base64,([A-Za-z0-9+/=]{40,})", text)
    return [text, *(base64.b64decode(own).decode("utf-8", "replace") for own in pictures)]


def found_in(folder, numbers):
    """The numbers, with or without commas, that stand in the files of a folder, and where."""
    forms = "|".join(form for n in numbers for form in (str(n), f"{n:,}"))
    pattern = re.compile(rf"(?<![\d.,])(?:{forms})(?![\d])")
    return {
        (int(found.replace(",", "")), path.name)
        for path in folder.rglob("*")
        if path.is_file()
        for text in texts_of(path)
        for found in pattern.findall(text)
    }


@pytest.mark.slow
def test_no_canary_of_the_pack_stands_anywhere_in_the_public_release(returns, pack, tmp_path):
    canaries = {*CANARIES.values(), sum(CANARIES.values()), DAYS_OF_THREE_PEOPLE}
    assert {number for number, _ in found_in(pack.folder, canaries)} == canaries
    options = ReleaseOptions(
        period=YEAR, returns=returns, out=tmp_path, authorities=("powys",), engine="embedded",
        languages=("en", "cy"),
    )  # fmt: skip
    built = build_release(options, OWN)
    assert found_in(built.folder, canaries) == set()
