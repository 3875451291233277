"""Cells of CSV and Parquet files as texts, a cell a line: a whole file or column at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_LINE, _SPACE, _COMMA, _QUOTE = b'\n ,"'
# Types of the columns of a release.
_CODED = {pa.string(), pa.large_string(), pa.int64(), pa.float64()}


def cells_by_row(content: bytes) -> tuple[str, int]:
    """Return the cells of a CSV file row by row as they are written, and how many columns it has.

    Quotation marks around cells stay, and the end of a line within them becomes a space.

    Raises
    ------
    ValueError
        If rows differ in length, or lines or cells are written in another way than a release's.
    """
    written = content.decode("utf-8-sig").replace("\r\n", "\n")
    if "\r" in written:
        raise ValueError("a line ends in another way")
    ending = "" if written.endswith("\n") else "\n"
    text = np.frombuffer(bytearray((written + ending).encode()), np.uint8)
    quoted = _are_quoted(text)
    text[quoted & (text == _LINE)] = _SPACE
    ends_row = text == _LINE
    ends_cell = ends_row | ((text == _COMMA) & ~quoted)
    last_of_row = ends_row[ends_cell]
    columns = int(last_of_row.argmax()) + 1
    if (
        len(last_of_row) % columns
        or (last_of_row.reshape(-1, columns) != (np.arange(columns) == columns - 1)).any()
    ):
        raise ValueError("rows differ in length")
    text[ends_cell] = _LINE
    return text.tobytes().decode(), columns


def _are_quoted(text: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which bytes stand in quotation marks; these must stand around whole cells."""
    are_marks = text == _QUOTE
    marks = np.flatnonzero(are_marks)
    if len(marks) % 2:
        raise ValueError("a quotation mark without another")
    # Before the first byte stands the last one, which ends a line.
    around = np.concatenate([text[marks[::2] - 1], text[marks[1::2] + 1]])
    if not ((around == _COMMA) | (around == _LINE) | (around == _QUOTE)).all():
        raise ValueError("a quotation mark within a cell")
    return np.logical_xor.accumulate(are_marks)


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
