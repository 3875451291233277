"""Cells of matrices and sheets, rows of CSV files, texts of numbers: each against plain ones."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ssstats.outputs.figures import bare_texts, with_plain_texts
from ssstats.outputs.matrices import Figures, complete_matrix
from ssstats.outputs.safe_csv import write_rows
from ssstats.outputs.sheets import FilledColumn, Link, SheetColumn

AREAS = ["W92000004", "W06000001", "W06000023"]
KEYS = st.tuples(
    st.sampled_from(["2023-24", "2024-25"]),
    st.sampled_from([*AREAS, "W06000099"]),
    st.sampled_from(["", "age=a", "age=b"]),
    st.sampled_from(["ad_001", "ad_002", "ad_003"]),
)


@given(st.dictionaries(KEYS, st.text("0123456789c", min_size=1), min_size=1), st.randoms())
@settings(deadline=None)
def test_a_matrix_shows_each_figure_in_its_place_and_x_elsewhere(shown, random):
    periods, areas, groups, columns = (list(part) for part in zip(*shown, strict=True))
    matrix = complete_matrix(Figures(periods, areas, groups, columns, list(shown.values())), AREAS)
    order = random.sample(matrix.groups, len(matrix.groups))
    across = random.sample(matrix.columns, len(matrix.columns))
    assert matrix.cells(order, across) == [
        [shown.get((period, area, group, column), "x") for column in across]
        for period in sorted(set(periods))
        for area in AREAS
        for group in order
    ]


@given(st.lists(st.lists(st.text('ab1," \n\r\N{LATIN SMALL LETTER W WITH CIRCUMFLEX}'),
                         min_size=1, max_size=3)))  # fmt: skip
@example([["a,b", "1"], ["1"]])
@example([["", ""], [""]])
@settings(deadline=None)
def test_rows_are_written_as_the_csv_module_writes_them(tmp_path_factory, rows):
    path = write_rows(tmp_path_factory.mktemp("rows") / "rows.csv", ["one", "two"], rows)
    plain = io.StringIO(newline="")
    csv.writer(plain, lineterminator="\n").writerows([["one", "two"], *rows])
    assert path.read_bytes() == plain.getvalue().encode()


def test_numbers_are_bare_and_whole_where_they_are_whole():
    values = pd.Series([1500.0, 0.1, None, -3.0, 1500.0], dtype="Float64")
    assert bare_texts(values) == ["1500", "0.1", "", "-3", "1500"]


def test_plain_texts_are_the_same_texts_and_leave_numbers_alone():
    frame = pd.DataFrame({"text": ["b", "", "a", "b"], "number": [1.0, np.nan, 2.0, 3.0]})
    plain = with_plain_texts(frame)
    assert plain["text"].dtype == object
    assert plain["text"].to_list() == frame["text"].to_list()
    assert plain["text"].iloc[0] is plain["text"].iloc[3]
    pd.testing.assert_series_equal(plain["number"], frame["number"])


_CELLS = [
    *(1, 1.0, 0, 0.0, Decimal("1.0"), Decimal("1.00"), "", "1", "1.0", "[c]"),
    *(Link("a", "b"), Link("a", "c")),
]


@given(st.lists(st.sampled_from(_CELLS)))
def test_cells_made_once_each_are_as_cells_made_one_by_one(cells):
    assert FilledColumn.of(SheetColumn("A"), cells).made(repr) == [repr(cell) for cell in cells]
