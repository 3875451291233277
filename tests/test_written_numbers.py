"""Release tables are written as a row-by-row writer would: numbers bare, missing ones blank."""

from __future__ import annotations

import csv
import io
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssstats.disclosure.release_tables import write_csv
from ssstats.plain_csv import csv_bytes


def plainly(number):
    if number is None or math.isnan(number):
        return '""'
    return str(int(number)) if float(number).is_integer() else repr(float(number))


@given(
    st.lists(st.one_of(st.none(), st.integers(-(10**6), 10**6), st.floats(-1e9, 1e9)), min_size=1)
)
def test_each_number_is_written_as_one_number_alone_would_be(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("numbers") / "numbers.csv"
    write_csv(pd.DataFrame({"value": pd.array(numbers, dtype="Float64")}), path)
    assert path.read_text(encoding="utf-8").splitlines() == ["value", *map(plainly, numbers)]


TEXTS = st.one_of(st.none(), st.text("ab,\"'; \nŵ", max_size=4))
ROWS = st.lists(st.tuples(TEXTS, TEXTS, st.booleans(), st.one_of(st.none(), st.integers(0, 9))))


def row_by_row(rows, header):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode("utf-8")


@given(ROWS)
def test_a_frame_is_written_as_a_row_by_row_writer_would(rows):
    frame = pd.DataFrame(rows, columns=["one", "two, and", "yes", "number"])
    frame = frame.astype({"one": "str", "two, and": "object", "number": "Int64"})
    assert csv_bytes(frame) == row_by_row(rows, frame.columns)


@given(st.lists(TEXTS))
def test_a_column_alone_is_written_as_a_row_by_row_writer_would(texts):
    frame = pd.DataFrame({"one": pd.array(texts, dtype="str")})
    assert csv_bytes(frame) == row_by_row([[text or ""] for text in texts], ["one"])


@pytest.mark.parametrize("rows", [slice(1, 3), slice(2, None, -1), [0, 2], slice(0)])
def test_a_part_of_a_frame_is_written_without_the_rest(rows):
    frame = pd.DataFrame({"text": ["a,", "b", "c,\n"], "number": [1.0, 2.5, 1.0]}).iloc[rows]
    wanted = [[text, "1" if number == 1 else "2.5"] for text, number in frame.to_numpy()]
    assert csv_bytes(frame) == row_by_row(wanted, ["text", "number"])
