"""Damaged records of every layout: refused in words, or counted with no number that cannot be."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from record_files import CATALOGUE, FACTS, YEAR
from test_importers_looked_after import row as placement
from test_importers_looked_after import spell
from test_importers_staff import post, sick, vacancy
from test_importers_survey import questionnaire, total
from test_returns_fuzz import CUTS, HOSTILE, damaged, settings_for

from ssstats.errors import ReturnsError
from ssstats.importers import Imported, import_records

ROWS = {
    "looked-after": [
        spell("1", "2024-06-03", plan_completed_on="2024-06-10"),
        placement("2", placement_id="a", placement_to="2024-08-01"),
        placement("2", placement_id="b", placement_from="2024-08-01"),
        {**placement("3", care_kind="short-breaks"), "placement_kind": "", "placement_from": ""},
    ],
    "staff": [
        post("1", languages="english;welsh", qualified_on="2024-06-01"),
        post("2", ended_on="2024-09-01", leaving_reason="retirement"),
        sick("1"),
        vacancy(advertised_on="2024-06-01", could_not_be_filled="yes"),
    ],
    "survey": [
        questionnaire("1", measure_3="yes", measure_6=""),
        questionnaire("2", "child", measure_3="no", measure_6="sometimes"),
        questionnaire("3", returned="no", measure_3="", measure_6=""),
    ],
    "totals": [total(3, 20, 12, sample=40, respondents=25), total(17, 5, 0)],
}
LAYOUT = {"totals": "survey"}
# No damage of one file can make more of these than there are rows, or days in a year for each.
MOST = 400


def lines_of(rows: list[dict[str, str]]) -> list[list[str]]:
    header = list(dict.fromkeys(name for row in rows for name in row))
    return [header, *([row.get(name, "") for name in header] for row in rows)]


def as_csv(lines: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode("utf-8", "surrogatepass")


def as_xlsx(lines: list[list[str]]) -> bytes:
    book, target = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(["".join(c for c in text if c.isprintable())[:200] for text in line])
    book.save(target)
    return target.getvalue()


FORMATS: dict[str, Callable[[list[list[str]]], bytes]] = {"csv": as_csv, "xlsx": as_xlsx}


def counted_or_refused(path: Path, content: bytes, kind: str) -> Imported | None:
    """Return what was counted, None where the file was refused in words; anything else fails."""
    path.write_bytes(content)
    try:
        return import_records(LAYOUT.get(kind, kind), path, CATALOGUE, FACTS, period=YEAR)
    except ReturnsError as refused:
        assert 0 < len(str(refused)) < 20_000
        return None


def hold_what_can_be(imported: Imported) -> None:
    values = imported.values
    numbers = values["value"]
    assert (numbers.isna() == values["marker"].eq("x")).all()
    given_ones = numbers.dropna()
    assert given_ones.between(0, MOST).all()
    fractions = values.loc[numbers.notna() & (numbers % 1 != 0).fillna(False), "reference"]
    assert fractions.str.match(r"WF/00[345]").all()
    assert not values.duplicated(["area", "reference", "breakdown"]).any()


def fuzz(kind: str, form: str, examples: int, folder: Path) -> None:
    good, make = lines_of(ROWS[kind]), FORMATS[form]
    path = folder / f"records.{form}"
    places = st.tuples(st.integers(0, len(good) - 1), st.integers(0, len(good[0]) - 1), HOSTILE)

    @settings_for(examples)
    @given(CUTS, st.lists(places, min_size=1, max_size=3), st.booleans())
    def trial(
        cuts: list[tuple[int, int, bytes]], changes: list[tuple[int, int, str]], bytewise: bool
    ) -> None:
        lines = [list(line) for line in good]
        if not bytewise:
            for row, column, text in changes:
                lines[row][column] = text
        try:
            content = make(lines)
        except (ValueError, csv.Error):
            return  # the writer of the test cannot write it
        imported = counted_or_refused(path, damaged(content, cuts) if bytewise else content, kind)
        # Totals are what was typed: any whole number may have been.
        if imported is not None and kind != "totals":
            hold_what_can_be(imported)

    trial()


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("form", FORMATS)
def test_good_records_are_counted(kind, form, tmp_path):
    imported = counted_or_refused(tmp_path / f"r.{form}", FORMATS[form](lines_of(ROWS[kind])), kind)
    assert imported is not None
    hold_what_can_be(imported)


@pytest.mark.parametrize("kind", ROWS)
def test_damaged_records_are_refused_in_words(kind, tmp_path):
    fuzz(kind, "csv", 6, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("kind", "examples"), [("looked-after", 25), ("staff", 8), ("survey", 20), ("totals", 40)]
)
def test_hundreds_of_damaged_records_give_no_traceback(kind, examples, form, tmp_path):
    fuzz(kind, form, examples, tmp_path)


@pytest.mark.parametrize("text", ["１２", "1e3", "=1+1", "½", "-3", "1,200", "0x10", "NaN", "4.5"])
def test_what_is_no_whole_number_is_none(text, tmp_path):
    rows = [{**ROWS["totals"][0], "answered": text}]
    assert counted_or_refused(tmp_path / "r.csv", as_csv(lines_of(rows)), "totals") is None


@pytest.mark.parametrize("kind", ROWS)
def test_a_workbook_without_its_first_byte_is_refused(kind, tmp_path):
    content = FORMATS["xlsx"](lines_of(ROWS[kind]))[1:]
    assert counted_or_refused(tmp_path / "r.xlsx", content, kind) is None


def test_parquet_that_is_damaged_is_refused(tmp_path):
    frame = pd.DataFrame(ROWS["totals"])
    frame.to_parquet(tmp_path / "r.parquet")
    good = (tmp_path / "r.parquet").read_bytes()
    assert counted_or_refused(tmp_path / "r.parquet", good, "totals") is not None
    for cut in (5, len(good) // 2, len(good) - 9):
        assert counted_or_refused(tmp_path / "r.parquet", good[:cut], "totals") is None
