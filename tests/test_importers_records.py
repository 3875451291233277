"""Files of records as they arrive, what is written, and that nobody's data leave the room."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from record_files import CATALOGUE, FACTS, POWYS, ROOT, YEAR, counted, values_of, write_records
from typer.testing import CliRunner

from ssstats.checks import check_returns
from ssstats.cli import app
from ssstats.errors import CatalogueError, ReleaseError, ReturnsError, UsageError
from ssstats.importers import RecordsError, import_records, read_facts, reconcile, write_import
from ssstats.returns import read_returns

CHILD = {
    "authority": "Powys",
    "child_id": "7",
    "name": "Branwen",
    "date_of_birth": "2012-05-03",
    "sex": "female",
    "care_kind": "looked-after",
    "care_from": "2024-06-03",
    "care_to": "",
    "placement_kind": "placement",
    "placement_from": "2024-06-03",
    "placement_to": "",
}


def imported_from(path: Path, layout: str = "looked-after", **options):
    return import_records(layout, path, CATALOGUE, FACTS, period=YEAR, **options)


def test_workbooks_parquet_and_british_days_give_the_same_counts(tmp_path):
    plain = imported_from(write_records(tmp_path / "a.csv", [CHILD]))
    header, cells = list(CHILD), list(CHILD.values())
    book = Workbook()
    book.active.append(["Extract of the case system"])
    book.active.append([name.replace("_", " ").title() for name in header])
    days = [pd.Timestamp(text).to_pydatetime() if text[:2] == "20" else text for text in cells]
    book.active.append(days)
    book.save(tmp_path / "a.xlsx")
    frame = pd.DataFrame([CHILD])
    for column in ("date_of_birth", "care_from", "placement_from"):
        frame[column] = pd.to_datetime(frame[column])
    frame.to_parquet(tmp_path / "a.parquet")
    british = {name: "/".join(reversed(text.split("-"))) if text[:2] == "20" else text
               for name, text in CHILD.items()}  # fmt: skip
    write_records(tmp_path / "b.csv", [british])
    for name in ("a.xlsx", "a.parquet", "b.csv"):
        assert values_of(imported_from(tmp_path / name)) == values_of(plain)


def test_the_authority_is_named_in_the_command_where_the_file_does_not_say_it(tmp_path):
    own = {name: text for name, text in CHILD.items() if name != "authority"}
    path = write_records(tmp_path / "a.csv", [own])
    assert values_of(imported_from(path, authority=POWYS))["CH/041"] == 1
    with pytest.raises(RecordsError, match="authority: found no such column"):
        imported_from(path)


def test_a_file_without_a_header_is_refused_without_printing_its_first_record(tmp_path):
    text = io.StringIO()
    csv.writer(text).writerows([[*CHILD.values(), "Branwen"], CHILD.values()])
    (tmp_path / "a.csv").write_text(text.getvalue())
    with pytest.raises(ReturnsError) as refused:
        imported_from(tmp_path / "a.csv")
    assert "Branwen" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", (",".join(CHILD) + "\n").encode(), "holds no record"),
        ("a.txt", b"", "is not read; use"),
        ("a.xlsx", b"PK", "is no workbook"),
        ("a.csv", b"child_id,child_id\n1,2\n", "columns 1, 2 have the same name"),
        ("a.csv", b"child id,child_id\n1,2\n", "child_id: found the column twice"),
        ("a.csv", b"name,age\n1,2\n", "child_id: found no such column"),
    ],
)
def test_what_is_no_file_of_records_is_refused_in_words(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReturnsError, match=words):
        imported_from(tmp_path / name)


def test_unknown_records_kinds_and_preferences_are_refused(tmp_path):
    path = write_records(tmp_path / "a.csv", [CHILD])
    with pytest.raises(UsageError, match="records 'adults' are not known"):
        imported_from(path, "adults")
    with pytest.raises(UsageError, match="kind agency is not known"):
        imported_from(path, none_of=["agency"])
    returns = read_returns(ROOT / "data/synthetic/synthetic-returns-2024-25.csv", CATALOGUE)
    with pytest.raises(UsageError, match="prefer 'mine' is not known"):
        reconcile(imported_from(path), returns, CATALOGUE, FACTS, prefer="mine")


def test_synthetic_records_make_synthetic_returns(tmp_path):
    path = write_records(tmp_path / "a.csv", [{**CHILD, "origin": "synthetic"}])
    write_import(imported_from(path), tmp_path / "out")
    assert read_returns(tmp_path / "out", CATALOGUE).synthetic


def test_an_import_is_a_return_that_is_read_and_checked(tmp_path):
    path = write_records(tmp_path / "a.csv", [CHILD])
    written = write_import(imported_from(path), tmp_path / "out")
    assert {stat.S_IMODE(file.stat().st_mode) for file in written} == {0o600}
    assert sorted(p.relative_to(tmp_path / "out").as_posix() for p in written) == [
        "import/notes-looked-after-2024-25.csv",
        "imported-looked-after-2024-25.csv",
    ]
    returns = read_returns(tmp_path / "out", CATALOGUE)
    total = returns.values[returns.values["breakdown"] == ""].set_index("reference")["value"]
    assert (total["CH/039"], total["CH/041"], total["CH/045"]) == (1, 1, 0)
    results, _ = check_returns(returns, CATALOGUE)
    assert not results["rule"].str.startswith(("R", "check_breakdown")).any()


def test_the_command_writes_a_completed_return_with_its_reconciliation(tmp_path):
    path = write_records(tmp_path / "a.csv", [CHILD])
    typed = ROOT / "data/synthetic/synthetic-returns-2024-25.csv"
    out = tmp_path / "out"
    options = ["--period", "2024-25", "--out", str(out), "--typed", str(typed)]
    told = CliRunner().invoke(app, ["import", "looked-after", str(path), *options])
    assert told.exit_code == 0, told.output
    completed, before = (read_returns(place, CATALOGUE).values for place in (out, typed))
    assert len(completed) == len(before)
    table = pd.read_csv(out / "import" / "reconciliation-looked-after-2024-25.csv", dtype=str)
    assert table.loc[table["reference"] == "CH/041", "used"].eq("derived").all()
    key = ["area", "reference", "breakdown"]
    both = completed.merge(before, on=key)
    changed = both[both["value_x"].ne(both["value_y"]).fillna(False)]
    assert set(changed["area"]) == {POWYS}
    assert set(changed["reference"]) <= {"CH/039", "CH/041", "CH/042", "CH/045"}


def test_a_refused_file_writes_its_problems_and_no_return(tmp_path):
    path = write_records(tmp_path / "a.csv", [{**CHILD, "care_kind": "Branwen", "sex": "7"}])
    listed, out = tmp_path / "problems.csv", tmp_path / "out"
    options = ["--out", str(out), "--problems", str(listed)]
    told = CliRunner().invoke(app, ["import", "looked-after", str(path), *options])
    assert isinstance(told.exception, RecordsError)
    table = pd.read_csv(listed)
    assert table[["row", "column"]].values.tolist() == [[2, "care_kind"], [2, "sex"]]
    assert not out.exists()
    assert "Branwen" not in listed.read_text()


SECRETS = ["Branwen", "Llewelyn ap Iorwerth", "2011-11-23", "23/11/2011", "QX904417Z", "1999-02-17"]


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, len(CHILD) - 1), st.sampled_from(SECRETS)),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
)
def test_no_cell_of_a_record_is_in_any_output_or_message(tmp_path, changes, headless):
    rows = [list({**CHILD, "child_id": str(n)}.values()) for n in range(3)]
    for row, column, text in changes:
        rows[row][column] = text
    path = tmp_path / "records.csv"
    with path.open("w", newline="", encoding="utf-8") as target:
        csv.writer(target).writerows(rows if headless else [list(CHILD), *rows])
    told = ""
    try:
        imported = imported_from(path)
    except ReleaseError as refused:
        told = str(refused)
        if isinstance(refused, RecordsError):
            told += repr(refused.problems)
    else:
        for written in write_import(imported, tmp_path / "out"):
            told += written.name + written.read_text(encoding="utf-8")
    assert not [text for text in (*SECRETS, "2012-05-03") if text in told]


def test_facts_that_contradict_the_catalogue_are_refused(tmp_path):
    folder = tmp_path / "importers"
    (folder / "schemas").mkdir(parents=True)
    for path in (ROOT / "data" / "importers").rglob("*.*"):
        target = folder / path.relative_to(ROOT / "data" / "importers")
        target.write_bytes(path.read_bytes())
    metrics = folder / "staff_metrics.csv"
    metrics.write_text(metrics.read_text().replace("WF/001,", "WF/099,"))
    with pytest.raises(CatalogueError, match="WF/099 is no collected metric"):
        read_facts(folder, CATALOGUE)


def test_the_document_on_layouts_names_every_column_and_code():
    document = (ROOT / "docs" / "importers.md").read_text(encoding="utf-8")
    for row in FACTS.columns.itertuples():
        assert f"`{row.column}`" in document or row.column.startswith("measure_"), row.column
    for row in FACTS.codes.itertuples():
        assert row.list == "measure" or f"`{row.code}`" in document, row.code


def test_counting_twice_gives_the_same(tmp_path):
    one, two = (counted(tmp_path, "looked-after", [CHILD]) for _ in range(2))
    pd.testing.assert_frame_equal(one.values, two.values)
