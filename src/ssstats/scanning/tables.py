"""Cells of CSV and Parquet files as texts, a cell a line: whole columns at once, by Arrow."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

# Types of the columns of a release.
_CODED = {pa.string(), pa.large_string(), pa.int64(), pa.float64()}


def text_of_cells(content: bytes) -> str:
    """Return the cells of a CSV file row by row, and once more column by column.

    Raises
    ------
    ValueError
        If it is no CSV file, or one row has more cells than another.
    """
    columns = [column.combine_chunks() for column in _read_cells(content).columns]
    if any(column.type != pa.string() for column in columns):
        raise ValueError("a row has more cells than the first line")
    by_row = pc.binary_join_element_wise(*columns, "\n")
    return _lines(pa.concat_arrays([by_row, *columns]))


def _read_cells(content: bytes) -> pa.Table:
    """Return the cells of a CSV file as they are written, those of its first row among them."""
    # As many names as the first row may have cells; one that is not there says nothing.
    most = content.partition(b"\n")[0].count(b",") + 1
    return arrow_csv.read_csv(
        pa.py_buffer(content),
        read_options=arrow_csv.ReadOptions(autogenerate_column_names=True, use_threads=False),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types={f"f{place}": pa.string() for place in range(most)},
            strings_can_be_null=False,
        ),
    )


def text_of_column(column: pa.ChunkedArray, written: Callable[[object], str]) -> str:
    """Return the values of a column as they are written."""
    if column.type not in _CODED:
        return "\n".join(map(written, column.to_pylist()))
    # Few values recur in many rows: each is written once.
    coded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    values = pa.array([written(value) for value in coded.dictionary.to_pylist()], pa.string())
    return _lines(values.take(coded.indices))


def _lines(texts: pa.Array) -> str:
    """Return texts, none of them null, a line each."""
    line: str = pc.binary_join(pa.ListArray.from_arrays([0, len(texts)], texts), "\n")[0].as_py()
    return line
