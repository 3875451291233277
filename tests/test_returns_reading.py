"""Compiled returns as they really arrive: what is understood, what is noted, what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.errors import ReturnsError
from ssstats.returns import READING_COLUMNS, RETURN_COLUMNS, Returns, read_returns

ROOT = Path(__file__).resolve().parents[1]
EDITION, PERIOD, AREA = "2020-proposed", "2024-25", "W06000015"
HEADER = ["edition", "period", "area", "reference", "value"]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "data" / "catalogue")


@pytest.fixture(scope="module")
def demonstration(catalogue) -> Returns:
    return read_returns(ROOT / "data" / "synthetic", catalogue)


def write_long(path: Path, *rows: dict[str, str]) -> Path:
    """Write a long CSV of rows that fall back on one good row."""
    good = dict(zip(HEADER, (EDITION, PERIOD, AREA, "AD/001", "10"), strict=True))
    columns = list(dict.fromkeys([*HEADER, *(name for row in rows for name in row)]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows({**good, **row} for row in rows)
    return path


def read_one(tmp_path: Path, catalogue: Catalogue, **cells: str) -> tuple[pd.Series, pd.DataFrame]:
    """Return the one value of a file with one row, and the notes on it."""
    returns = read_returns(write_long(tmp_path / "r.csv", cells), catalogue)
    assert len(returns.values) == 1
    return returns.values.iloc[0], returns.reading


def test_the_demonstration_reads_as_a_plain_csv_reader_reads_it(demonstration):
    files = sorted((ROOT / "data" / "synthetic").glob("synthetic-returns-*.csv"))
    expected = pd.concat(
        [pd.read_csv(file, dtype=str, keep_default_na=False) for file in files], ignore_index=True
    )
    values = demonstration.values
    assert list(values.columns) == list(RETURN_COLUMNS)
    for column in ("edition", "period", "area", "reference", "breakdown", "marker", "flags"):
        assert values[column].tolist() == expected[column].tolist()
    numbers = pd.to_numeric(expected["value"]).astype("Float64")
    pd.testing.assert_series_equal(values["value"], numbers, check_names=False)
    assert values["row"].tolist()[:2] == [2, 3]
    assert not len(demonstration.reading)
    assert len(demonstration.exceptions) == 10


@pytest.mark.parametrize(
    ("written", "area", "kind"),
    [
        ("Rhondda, Cynon, Taff", "W06000016", "spelling"),
        ("Sir y Flint", "W06000005", "spelling"),
        ("W06000007", "W06000023", "retired code"),
        ("  Ynys Môn ", "W06000001", "blanks"),
    ],
)
def test_names_and_codes_of_areas_are_understood_and_noted(
    tmp_path, catalogue, written, area, kind
):
    value, notes = read_one(tmp_path, catalogue, area=written)
    assert value["area"] == area
    assert notes["kind"].tolist() == [kind]
    assert notes["found"].tolist() == [written]


def test_an_official_name_in_either_language_needs_no_note(tmp_path, catalogue):
    for name in ("Caerdydd", "Cardiff", "W06000015"):
        value, notes = read_one(tmp_path, catalogue, area=name)
        assert value["area"] == "W06000015"
        assert not len(notes)


@pytest.mark.parametrize("written", ["AD/021I", "AD/0211", "ad/021l", "AD / 021l"])
def test_a_misread_reference_is_understood_and_noted(tmp_path, catalogue, written):
    value, notes = read_one(tmp_path, catalogue, reference=written)
    assert value["reference"] == "AD/021l"
    assert notes[["kind", "found", "read_as"]].values.tolist() == [
        ["reference", written, "AD/021l"]
    ]


@pytest.mark.parametrize(
    ("typed", "number", "kind"),
    [("1,234", 1234, "thousands comma"), ("12.0", 12, "decimals"), ("007", 7, "leading zeros")],
)
def test_a_number_in_another_form_is_read_and_noted(tmp_path, catalogue, typed, number, kind):
    value, notes = read_one(tmp_path, catalogue, value=typed)
    assert value["value"] == number
    assert notes[["kind", "found", "read_as"]].values.tolist() == [[kind, typed, str(number)]]
    assert notes[["area", "reference", "row"]].values.tolist() == [[AREA, "AD/001", 2]]


@pytest.mark.parametrize("mark", ["*", "..", "-", "–", "N/A", "", "#N/A", "n/a"])
def test_a_mark_or_a_blank_is_not_returned_and_never_zero(tmp_path, catalogue, mark):
    value, notes = read_one(tmp_path, catalogue, value=mark)
    assert pd.isna(value["value"])
    assert value["marker"] == "x"
    assert notes["kind"].tolist() == ["mark" if mark else "blank"]
    assert notes["read_as"].tolist() == ["[x]"]


@pytest.mark.parametrize(
    ("typed", "kind"), [("45%", "percentage"), ("0.45", "fraction"), ("12.5", "fraction")]
)
def test_a_percentage_or_fraction_is_no_count_and_is_not_used(tmp_path, catalogue, typed, kind):
    value, notes = read_one(tmp_path, catalogue, value=typed)
    assert pd.isna(value["value"])
    assert value["marker"] == "x"
    assert notes[["kind", "found"]].values.tolist() == [[kind, typed]]


def test_whole_time_equivalents_keep_their_decimals_without_a_note(tmp_path, catalogue):
    value, notes = read_one(tmp_path, catalogue, reference="WF/003a", value="241.5")
    assert value["value"] == 241.5
    assert not len(notes)


@pytest.mark.parametrize("written", ["2024/25", "2024-2025", "2024–25"])
def test_a_year_in_another_form_is_understood_and_noted(tmp_path, catalogue, written):
    value, notes = read_one(tmp_path, catalogue, period=written)
    assert value["period"] == "2024-25"
    assert notes["kind"].tolist() == ["year"]


def test_a_row_that_stands_twice_counts_once_and_is_noted(tmp_path, catalogue):
    value, _ = read_one(tmp_path, catalogue)
    returns = read_returns(write_long(tmp_path / "r.csv", {}, {}), catalogue)
    assert returns.values["value"].tolist() == [value["value"]]
    assert returns.reading["kind"].tolist() == ["repeated row"]
    assert returns.reading["row"].tolist() == [3]


def test_a_reference_of_another_edition_is_left_out_and_noted(tmp_path, catalogue):
    path = write_long(tmp_path / "r.csv", {}, {"reference": "PM/18.n", "value": "4"})
    returns = read_returns(path, catalogue)
    assert returns.values["reference"].tolist() == ["AD/001"]
    assert returns.reading[["kind", "found", "read_as"]].values.tolist() == [
        ["reference of another edition", "PM/18.n", "left out"]
    ]


def test_local_metrics_stand_apart_from_those_of_the_catalogue(tmp_path, catalogue):
    path = write_long(
        tmp_path / "r.csv", {}, {"reference": "LO/7", "value": "3.5", "note": "Mean wait in weeks"}
    )
    returns = read_returns(path, catalogue)
    assert returns.values["reference"].tolist() == ["AD/001"]
    local = returns.local.iloc[0]
    assert (local["area"], local["reference"], local["value"]) == (AREA, "LO/7", 3.5)
    assert local["label"] == "Mean wait in weeks"


def test_breakdowns_by_age_and_gender_are_read_in_any_order(tmp_path, catalogue):
    path = write_long(
        tmp_path / "r.csv",
        {"breakdown": "age=65-74;gender=female"},
        {"breakdown": "gender=male; age=65-74"},
    )
    returns = read_returns(path, catalogue)
    assert returns.values["breakdown"].tolist() == [
        "age=65-74;gender=female",
        "age=65-74;gender=male",
    ]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"area": "Atlantis"}, "row 2: area 'Atlantis' is not known; use"),
        ({"reference": "ZZ/999"}, "row 2: reference 'ZZ/999' is not known; use"),
        ({"reference": "AD/002"}, "row 2: reference 'AD/002' is not known"),
        ({"edition": "2031-code"}, "row 2: edition '2031-code' is not known; use"),
        ({"period": "2024-27"}, "row 2: period '2024-27' is not known; write"),
        ({"value": "about 12"}, "row 2: value is not a number"),
        ({"value": "1,23"}, "row 2: value is not a number"),
        ({"value": "1.2e3"}, "row 2: value is not a number"),
        ({"value": "-3"}, "row 2: value is below zero"),
        ({"value": "1 234"}, "row 2: value is not a number"),
        ({"value": "2024-05-03"}, "row 2: value is not a number"),
        ({"marker": "q"}, "row 2: marker 'q' is not known; use x, z or c"),
        ({"marker": "x"}, "row 2: value and marker are both given"),
        ({"flags": "w"}, "row 2: flags 'w' is not known"),
        ({"breakdown": "age=0-99"}, "row 2: breakdown 'age=0-99' is not known"),
        ({"breakdown": "age=65-74;age=75-84"}, "row 2: breakdown"),
        ({"area_name": "Swansea"}, "row 2: area and area_name disagree"),
        ({"colour": "red"}, "column 'colour' is not known"),
    ],
)
def test_what_is_not_known_is_refused_by_file_and_row(tmp_path, catalogue, cells, words):
    path = write_long(tmp_path / "return.csv", cells)
    with pytest.raises(ReturnsError) as refused:
        read_returns(path, catalogue)
    assert str(refused.value).startswith("return.csv")
    assert words in str(refused.value)
    assert cells.get("value", "10") not in str(refused.value)


def test_rows_that_contradict_each_other_are_refused(tmp_path, catalogue):
    path = write_long(tmp_path / "r.csv", {}, {"value": "11"})
    with pytest.raises(ReturnsError, match=r"rows 2, 3: the same edition.*different values"):
        read_returns(path, catalogue)


GOOD_ROW = f"{EDITION},{PERIOD},{AREA},AD/001,10"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has no header"),
        (b"PK\x03\x04zip", "is no text"),
        ("edition".encode("utf-16"), "is in UTF-16"),
        (b"edition;period;area\n", "not divided by commas"),
        (b"edition,edition,area\n", "columns 1, 2 have the same name"),
        (f"{','.join(HEADER)}\n{GOOD_ROW}\n{EDITION},{PERIOD}\n".encode(), "row 3: 2 cells"),
        (f"{','.join(HEADER)}\n{GOOD_ROW},7\n".encode(), "row 2: 6 cells where 5 belong"),
        (f'{",".join(HEADER)}\n{GOOD_ROW}\n"{EDITION}\n'.encode(), "quotation mark is open"),
        (b"edition,period,area,value\n", "column reference is missing"),
    ],
)
def test_what_is_no_table_of_returns_is_refused(tmp_path, catalogue, content, words):
    path = tmp_path / "r.csv"
    path.write_bytes(content)
    with pytest.raises(ReturnsError, match=words):
        read_returns(path, catalogue)


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + ",".join(HEADER) + "\r\n" + GOOD_ROW + "\r\n",
        ",".join(HEADER) + "\n\n" + GOOD_ROW + "\n\n\n",
        ",".join(HEADER) + ",,\n" + GOOD_ROW + ",,\n,,,,,,\n",
        " edition , period,area,reference,value \n" + GOOD_ROW,
    ],
)
def test_bom_blank_lines_and_empty_columns_do_no_harm(tmp_path, catalogue, content):
    path = tmp_path / "r.csv"
    path.write_bytes(content.encode())
    assert read_returns(path, catalogue).values["value"].tolist() == [10]


def test_blank_lines_do_not_shift_the_numbers_of_rows(tmp_path, catalogue):
    path = tmp_path / "r.csv"
    path.write_text(",".join(HEADER) + "\n\n\n" + GOOD_ROW + "\n")
    assert read_returns(path, catalogue).values["row"].tolist() == [4]


def test_a_file_in_the_code_page_of_excel_is_read_and_noted(tmp_path, catalogue):
    path = tmp_path / "r.csv"
    row = f"{EDITION},{PERIOD},Ynys Môn,AD/001,10"
    path.write_bytes((",".join(HEADER) + "\n" + row + "\n").encode("cp1252"))
    returns = read_returns(path, catalogue)
    assert returns.values["area"].tolist() == ["W06000001"]
    assert returns.reading[["kind", "read_as"]].values.tolist() == [["encoding", "cp1252"]]


def test_parquet_gives_the_same_values_as_csv(tmp_path, catalogue):
    rows = [{}, {"reference": "AD/003", "value": ""}, {"reference": "WF/003a", "value": "12.5"}]
    from_csv = read_returns(write_long(tmp_path / "r.csv", *rows), catalogue)
    frame = pd.read_csv(tmp_path / "r.csv")
    frame.to_parquet(tmp_path / "r.parquet")
    from_parquet = read_returns(tmp_path / "r.parquet", catalogue)
    same = ["edition", "period", "area", "reference", "value", "marker"]
    pd.testing.assert_frame_equal(from_csv.values[same], from_parquet.values[same])
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(ReturnsError, match=r"bad.parquet: is no Parquet file"):
        read_returns(tmp_path / "bad.parquet", catalogue)


def test_every_note_has_the_same_columns(tmp_path, catalogue):
    _, notes = read_one(tmp_path, catalogue, area="Sir y Flint", value="1,000")
    assert list(notes.columns) == list(READING_COLUMNS)
    assert notes["file"].tolist() == ["r.csv", "r.csv"]


def test_returns_up_to_a_year_keep_their_notes(tmp_path, catalogue):
    path = write_long(
        tmp_path / "r.csv", {"value": "1,000"}, {"period": "2023-24", "value": "2,000"}
    )
    returns = read_returns(path, catalogue)
    earlier = returns.up_to(returns.periods[0])
    assert earlier.values["value"].tolist() == [2000]
    assert earlier.reading["found"].tolist() == ["2,000"]


@pytest.mark.parametrize("column", ["area", "reference", "marker", "flags", "breakdown", "period"])
def test_a_count_that_slipped_into_another_column_is_not_printed(tmp_path, catalogue, column):
    path = write_long(tmp_path / "r.csv", {column: "8,317"})
    with pytest.raises(ReturnsError) as refused:
        read_returns(path, catalogue)
    assert "8,317" not in str(refused.value)
    assert f"{column} (a number) is not known" in str(refused.value)
