"""Damaged files over all readers: refused in words, or read with no number that is not there.

The fast tests try a few dozen files of each kind; the slow ones more than 2,000 in all.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.errors import ReturnsError
from ssstats.returns import Returns, read_returns

ROOT = Path(__file__).resolve().parents[1]
HEADER = ["edition", "period", "area", "reference", "breakdown", "value", "marker"]
ROWS = [
    ["2020-proposed", "2024-25", "W06000015", "AD/001", "", "1234", ""],
    ["2020-proposed", "2024-25", "Sir y Flint", "AD/021I", "", "5,678", ""],
    ["2020-proposed", "2024-25", "W06000011", "AD/003", "", "", "x"],
    ["2020-proposed", "2024-25", "Ynys Môn", "WF/003a", "", "91.5", ""],
    ["2020-proposed", "2024-25", "W06000011", "AD/021a", "gender=male", "17", ""],
]
NUMBERS = {1234.0, 5678.0, 91.5, 17.0}
FEW = 40

HOSTILE = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "\u00a0",
            "*",
            "-",
            "N/A",
            "12%",
            "0.45",
            "1e9",
            "1E+05",
            "=1+1",
            "１２",
            "½",
            "NaN",
            "inf",
            "-0",
            "1,23",
            "1.234,5",
            "1 234",
            "12\n34",
            "0x10",
            "1_000",
            "²",
            "'7",
            "9" * 400,
            "TRUE",
            "2024-05-03",
            "AD/001",
            "Cardiff",
            '"',
            ";",
            "\ufeff5",
        ]
    ),
    st.text(max_size=12),
    st.integers(-10, 10**18).map(str),
    st.floats().map(repr),
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "data" / "catalogue")


def long_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER, *rows])
    return text.getvalue().encode()


def parquet(rows: list[list[str]]) -> bytes:
    target = io.BytesIO()
    pd.DataFrame(rows, columns=HEADER, dtype="str").to_parquet(target)
    return target.getvalue()


def xlsx(rows: list[list[str]]) -> bytes:
    book, target = Workbook(), io.BytesIO()
    for row in [HEADER, *rows]:
        # openpyxl itself refuses control characters; a workbook cannot hold them.
        book.active.append(["".join(c for c in text if c.isprintable())[:200] for text in row])
    book.save(target)
    return target.getvalue()


def ods(rows: list[list[str]]) -> bytes:
    names = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    }
    spaces = " ".join(f'xmlns:{name}="{address}"' for name, address in names.items())

    def cell(text: str) -> str:
        safe = "".join(c for c in text if c.isprintable())
        safe = safe.replace("&", "&amp;").replace("<", "&lt;")
        kind = "office:value-type='string'"
        return f"<table:table-cell {kind}><text:p>{safe}</text:p></table:table-cell>"

    lines = "".join(
        f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in [HEADER, *rows]
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f"<table:table table:name='Return'>{lines}</table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content.encode("utf-8", "surrogatepass"))
    return target.getvalue()


def wide_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    lines = [["Authority", "AD/001", "AD/021I"], *([r[2], r[5], r[5]] for r in rows)]
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()


def exceptions_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    header = ["edition", "period", "area", "reference", "amount", "reason", "evidence", "author"]
    header += ["decision", "decided_by", "decided_on"]
    lines = [[*row[:4], row[5], "why", "log", "team", "pending", "", ""] for row in rows]
    csv.writer(text, lineterminator="\n").writerows([header, *lines])
    return text.getvalue().encode()


def download(rows: list[list[str]]) -> bytes:
    """Return a small table in the form of a StatsWales download."""
    lines = [
        ["", "", "Boys", "Total boys and girls"],
        ["", "", "Boys", ""],
        ["", "", "All Ages", ""],
        ["", "", ".", ""],
        *(["", row[2], row[5], row[5]] for row in rows),
    ]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().replace(",Boys,Total", ",Total boys and girls,Total").encode()


KINDS: dict[str, tuple[str, Callable[[list[list[str]]], bytes]]] = {
    "long": ("returns.csv", long_csv),
    "wide": ("wide-2024-25.csv", wide_csv),
    "parquet": ("returns.parquet", parquet),
    "xlsx": ("returns.xlsx", xlsx),
    "ods": ("returns.ods", ods),
    "exceptions": ("exceptions.csv", exceptions_csv),
    "download": ("CLA_31MAR_2018.csv", download),
}


def read_or_refuse(path: Path, content: bytes, catalogue: Catalogue) -> Returns | None:
    """Return what was read, None where the file was refused in words; anything else fails."""
    path.write_bytes(content)
    try:
        return read_returns(path, catalogue)
    except ReturnsError as refused:
        assert 0 < len(str(refused)) < 20_000
        return None


def damaged(content: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    """Return the bytes with pieces replaced; positions wrap around."""
    for start, length, piece in cuts:
        at = start % (len(content) + 1)
        content = content[:at] + piece + content[at + length :]
    return content


CUTS = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 40), st.binary(max_size=8)),
    min_size=1,
    max_size=4,
)
CHANGES = st.lists(
    st.tuples(st.integers(0, len(ROWS) - 1), st.integers(0, len(HEADER) - 1), HOSTILE),
    min_size=1,
    max_size=3,
)


def changed(changes: list[tuple[int, int, str]]) -> list[list[str]]:
    rows = [list(row) for row in ROWS]
    for row, column, text in changes:
        rows[row][column] = text
    return rows


def written_number(text: str) -> float | None:
    """Read a number strictly: ASCII digits, commas between thousands, one point."""
    bare = text.strip(" \t\r\n\u00a0\ufeff\u200b")
    whole, _, decimals = bare.partition(".")
    groups = whole.split(",")
    if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(g) != 3 for g in groups[1:])):
        return None
    digits = "".join(groups)
    if not digits or any(c not in "0123456789" for c in digits + decimals):
        return None
    return float(f"{digits}.{decimals or 0}")


def hold_only_what_was_written(returns: Returns, rows: list[list[str]]) -> None:
    for value in returns.values.itertuples():
        text = rows[value.row - 2][5]
        if pd.isna(value.value):
            assert value.marker in ("x", "z", "c")
        else:
            assert value.value == written_number(text)
            if not value.reference.startswith("WF/003"):
                assert float(value.value).is_integer()


def settings_for(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        derandomize=True,
        database=None,
    )


def fuzz_bytes(kind: str, examples: int, folder: Path, catalogue: Catalogue) -> None:
    name, make = KINDS[kind]
    good = make(ROWS)

    @settings_for(examples)
    @given(CUTS)
    def trial(cuts: list[tuple[int, int, bytes]]) -> None:
        returns = read_or_refuse(folder / name, damaged(good, cuts), catalogue)
        if returns is not None and kind in ("xlsx", "ods"):
            # Each part of a workbook has a checksum: what is read is what was written.
            assert set(returns.values["value"].dropna()) <= NUMBERS

    trial()


def fuzz_cells(kind: str, examples: int, folder: Path, catalogue: Catalogue) -> None:
    name, make = KINDS[kind]

    @settings_for(examples)
    @given(CHANGES)
    def trial(changes: list[tuple[int, int, str]]) -> None:
        rows = changed(changes)
        try:
            content = make(rows)
        except (UnicodeEncodeError, ValueError, OverflowError):
            return  # the writer of the test cannot write it
        returns = read_or_refuse(folder / name, content, catalogue)
        if returns is not None and kind in ("long", "xlsx", "ods"):
            hold_only_what_was_written(returns, rows)

    trial()


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_file_of_each_kind_is_read(kind, tmp_path, catalogue):
    name, make = KINDS[kind]
    if kind == "exceptions":
        (tmp_path / "returns.csv").write_bytes(long_csv(ROWS))
        (tmp_path / name).write_bytes(make([ROWS[0]]))
        assert len(read_returns(tmp_path, catalogue).exceptions) == 1
    elif kind in ("wide", "download"):
        assert read_or_refuse(tmp_path / name, make([ROWS[0]]), catalogue) is not None
    else:
        returns = read_or_refuse(tmp_path / name, make(ROWS), catalogue)
        assert returns is not None
        assert set(returns.values["value"].dropna()) == NUMBERS


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_bytes_are_refused_in_words(kind, tmp_path, catalogue):
    fuzz_bytes(kind, FEW // 4, tmp_path, catalogue)


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_cells_never_become_a_number_that_is_not_written(kind, tmp_path, catalogue):
    fuzz_cells(kind, FEW // 4, tmp_path, catalogue)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "examples"),
    [
        ("long", 400),
        ("wide", 150),
        ("parquet", 150),
        ("xlsx", 150),
        ("ods", 150),
        ("exceptions", 100),
        ("download", 100),
    ],
)
def test_more_than_two_thousand_damaged_files_give_no_traceback(
    kind, examples, tmp_path, catalogue
):
    fuzz_bytes(kind, examples, tmp_path, catalogue)
    fuzz_cells(kind, examples, tmp_path, catalogue)
