"""All numbers of a text are searched at once; none is missed that is found one by one."""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from unittest import mock

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ssstats.errors import UsageError
from ssstats.scanning.at_once import texts_at_once
from ssstats.scanning.canaries import numbers_in
from ssstats.scanning.digits import digits_in
from ssstats.scanning.scan import scan_folder
from ssstats.scanning.series import FEWEST, NO_SERIES, holds_series, series_of
from ssstats.scanning.sieve import Sieve
from ssstats.scanning.tables import Text
from ssstats.scanning.texts import texts_of

# Numbers as files write them, and much that looks like them.
PIECES = st.sampled_from(
    ["0", "1", "7", "12", "345", "000", "2024", "123456789", "0000000000", ".", ".0", ",", " ",
     "\n", "'", "\u00a0", "\u2009", "\u202f", "x", "_", "é", "\u0663", "-"]
)  # fmt: skip
# The sieve reads of longer runs their ends alone.
TOLD_APART = 16
TEXTS = st.lists(PIECES, max_size=60).map("".join)


@st.composite
def texts_and_parts(draw):
    """Return a text, and parts of series of which some stand in it but for a number."""
    text = draw(TEXTS)
    numbers = digits_of(text) or ["1"]
    parts = set()
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(numbers) - 1))
        part = [*numbers[start:], "7", "1", "0", "12"][: draw(st.integers(FEWEST, 9))]
        if draw(st.booleans()):
            part[draw(st.integers(0, len(part) - 1))] = draw(
                st.sampled_from(["1", "07", "123456789"])
            )
        if len(part) >= FEWEST:
            parts.add(tuple(part))
    return text, parts


def may_hold(text: str, series=NO_SERIES, numbers=()) -> bool:
    return Sieve(numbers, series).may_hold([Text(text.encode())])


def digits_of(text: str) -> list[str]:
    digits = digits_in(text.encode())
    return [
        digits.text[start:end].tobytes().decode()
        for start, end in zip(digits.starts, digits.ends, strict=True)
    ]


@given(texts_and_parts())
@example(("1 2 3.0 4 5", {("1", "2", "3", "4", "5")}))
@example(("1 2 3.0.4 4 5", {("1", "2", "3", "4", "5")}))
@example(("1 2 .3 3 4 5", {("1", "2", "3", "4", "5")}))
@example(("1 2 .3.0 4 5", {("1", "2", "3", "4", "5")}))
@example(("1 2 3 4", {("1", "2", "3", "4", "5")}))
@example(("1.0000000000\n2\n3\n4", {("1", "2", "3", "4")}))
@example(("1.0000000100\n2\n3\n4", {("1", "2", "3", "4")}))
def test_the_sieve_takes_the_texts_that_hold_a_series_and_no_others(case):
    text, parts = case
    may, holds = may_hold(text, series_of(parts)), holds_series(text, series_of(parts))
    assert may == holds or (may and max(map(len, digits_of(text))) > TOLD_APART)


@given(texts_and_parts())
def test_a_text_that_is_searched_in_blocks_is_searched_as_a_whole(case):
    text, parts = case
    numbers = numbers_in(text)
    with mock.patch("ssstats.scanning.sieve._BLOCK", 8):
        in_blocks = may_hold(text, series_of(parts)), may_hold(text, numbers=numbers)
    assert in_blocks == (may_hold(text, series_of(parts)), may_hold(text, numbers=numbers))


@given(TEXTS, st.data())
@example("8,317,263", None)
@example("0,012,340.50", None)
def test_the_sieve_takes_the_texts_that_hold_a_number_and_no_others(text, data):
    numbers = {number for number in numbers_in(text) if number.isascii()}
    for number in numbers:
        assert may_hold(text, numbers={number})
    known = sorted({run.lstrip("0") for run in digits_of(text)} - {""} | {"12340", "2024.5"})
    other = data.draw(st.sampled_from(known)) if data else "317263"
    assert may_hold(text, numbers={other}) == (other in numbers)


@example("00000000000.0000000000")
@given(TEXTS)
def test_a_run_of_digits_has_a_name_of_its_own(text):
    digits = digits_in(text.encode())
    names = dict(zip(digits_of(text), digits.names().tolist(), strict=True))
    short = {run: name for run, name in names.items() if len(run) <= TOLD_APART}
    assert len(set(short.values())) == len(short)
    assert 0 not in names.values()


CELLS = st.lists(st.sampled_from(["12", "3,400", 'say "5"', "a\n6", "", "0.50"]), max_size=4)


def as_written(rows, ending="\n") -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator=ending).writerows(rows)
    return written.getvalue().encode()


def in_both_orders(texts: list[Text]) -> str:
    """Return what the sieve reads of a text: of a table, its cells by row and by column."""
    (text,) = texts
    whole = text.content.decode()
    cells, columns = whole.split("\n"), text.columns
    return "\n".join([whole, *("\n".join(cells[place::columns]) for place in range(columns))])


@given(st.lists(CELLS, max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_a_table_is_read_the_same_at_once_and_cell_by_cell(rows, ending):
    content = as_written(rows, ending)
    pieces = "\n".join(text for _, text in texts_of("a.csv", content))
    read = in_both_orders(texts_at_once("a.csv", content))
    assert read.replace('"', " ").split() == pieces.replace('"', " ").split()


TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(
            st.sampled_from(["7", "12", "x", "", "0.50", "3.0", "1,2", "a\n6"]),
            min_size=width,
            max_size=width,
        ),
        min_size=1,
        max_size=8,
    )
)


@given(TABLES, st.sampled_from(["", "\ufeff"]))
@example([["7", "x"], ["12", "x"], ["7", "x"], ["6", "x"]], "")
def test_a_series_in_a_row_or_a_column_of_a_table_is_never_missed(rows, opening):
    content = opening.encode() + as_written(rows)
    texts = texts_at_once("a.csv", content)
    assert [text.columns for text in texts] == [len(rows[0])]
    for _, piece in texts_of("a.csv", content):
        assert_each_part_may_be_held(piece, texts)


def assert_each_part_may_be_held(piece: str, texts: list[Text]) -> None:
    """Look for each series of a piece among texts, with others before and after."""
    numbers = digits_of(piece.replace("3.0", "3").replace("0.50", " "))
    for start in range(len(numbers) - FEWEST + 1):
        part = series_of([tuple(numbers[start : start + FEWEST])])
        if holds_series(piece, part):
            assert Sieve((), part).may_hold([Text(b"9 9"), *texts, Text(b"8,8\n8\n", 2)])


@given(
    st.one_of(
        st.lists(st.sampled_from(["7", "12 345", "x", "", "a\n6", "3.0", None]), max_size=30),
        st.lists(st.sampled_from([7, 12, None]), max_size=30),
        st.lists(st.sampled_from([7.0, 1.5, 12.0, None]), max_size=30),
    )
)
def test_a_series_in_a_column_of_a_parquet_file_is_never_missed(values):
    written = io.BytesIO()
    pq.write_table(pa.table({"a": values, "b": values[::-1]}), written)
    texts = texts_at_once("a.parquet", written.getvalue())
    for _, piece in texts_of("a.parquet", written.getvalue()):
        assert_each_part_may_be_held(piece.replace(".0000000000", ""), texts)


@given(st.lists(st.sampled_from(['"', ",", "\n", "12", "x", "\r"]), max_size=14).map("".join))
def test_a_table_with_quotation_marks_anywhere_loses_no_number(content):
    pieces = "\n".join(text for _, text in texts_of("a.csv", content.encode()))
    assert digits_of(in_both_orders(texts_at_once("a.csv", content.encode()))) == digits_of(pieces)


@pytest.mark.parametrize(
    "values",
    [[1.5, None, 2.0], [True, None], [[1, 2], None], ["a", None], [pd.Timestamp("2024-04-01")], []],
    ids=str,
)
def test_a_parquet_column_of_any_type_is_read_value_by_value(values):
    content = io.BytesIO()
    pd.DataFrame({"a": pd.Series(values)}).to_parquet(content)
    (text,) = [
        text for place, text in texts_of("a.parquet", content.getvalue()) if place == "column a"
    ]
    assert len(text.splitlines()) == len(values)
    assert "1.5000000000" in text or 1.5 not in values


def test_a_table_that_is_no_rectangle_is_searched_all_the_same(tmp_path):
    (tmp_path / "a.csv").write_text('a,b\n1\n2,"12,340",3\n', encoding="utf-8")
    assert [str(found) for found in scan_folder(tmp_path, {"12340"})] == [
        "a.csv, column 2", "a.csv, row 3",
    ]  # fmt: skip


def zipped(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.comment = b"a comment of 2,345"
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


DRAWING = b'<svg width="7"><path d="M 1 2"/><text x="3">12&#39;345&nbsp;678</text></svg>'
PICTURE = b"data:image/svg+xml;base64," + base64.b64encode(DRAWING)
SHEET = b'\xef\xbb\xbf<r xmlns="2006" xmlns:b="2010"><c v="1">12</c>\n<c>&#51;4 5</c></r>'
FILES = {
    "a.svg": b"\xef\xbb\xbf" + DRAWING,
    "a.html": '<p title="12,345">Caffi ŵ 6&#x27;789, &#49;2 &amp;#51;'.encode(),
    "picture.html": b'<img src="' + PICTURE + b'"> 34',
    "a.ipynb": json.dumps({"a": [1, 2.5, {"b": f"3 {PICTURE.decode()} 4\n&#53;"}]}).encode(),
    "a.json": b'["\\ud800 12", "3"]',
    "a.xlsx": zipped({"x9.xml": SHEET, "b.rels": SHEET, "c.png": b"", "d/": b"", "mimetype": b"8"}),
    "a.parquet": b"no table 12",
    "deep.zip": zipped({"a.xlsx": zipped({"a.xml": SHEET})}),
    "broken.xlsx": zipped({"a.xml": b"<a>12345"}),
    "strange.ods": zipped({"a.exe": b""}),
}


def read_or_refused(read, name: str) -> str | list[str]:
    """Return the runs of digits that can be read in a file, in some order, or what is wrong."""
    try:
        return sorted(digits_of("\n".join(read(name, FILES[name]))))
    except UsageError as error:
        return str(error)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_the_same_at_once_and_piece_by_piece(name):
    at_once = read_or_refused(
        lambda *file: (text.content.decode(errors="replace") for text in texts_at_once(*file)), name
    )
    pieces = read_or_refused(
        lambda *file: (text.encode(errors="replace").decode() for _, text in texts_of(*file)), name
    )
    assert at_once == pieces != []
