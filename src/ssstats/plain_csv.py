"""A frame as the bytes of a CSV file, column by column.

The bytes are those that a row-by-row writer makes with least quoting: UTF-8, line feeds, whole
numbers bare, what is missing blank.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_SPECIAL = (b",", b'"', b"\n")
_TEXT = pa.large_string()


def bare(number: float) -> str:
    """Return a number as text, a whole one without a point."""
    is_whole = isinstance(number, float) and number.is_integer()
    return str(int(number)) if is_whole else repr(number)


def csv_bytes(frame: pd.DataFrame, number: Callable[[float], str] = bare) -> bytes:
    """Return the header and the rows of a frame; the same frame gives the same bytes anywhere.

    `number` writes numbers; with `repr` whole ones of columns with decimals have them too: 3420.0.
    """
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(frame.columns)
    if not len(frame):
        return header.getvalue().encode("utf-8")
    texts = [_quoted(_texts_of(frame[column], number)) for column in frame]
    if len(texts) == 1:
        # A blank line would be no row.
        texts[0] = pc.if_else(pc.equal(texts[0], ""), '""', texts[0])
    lines = _joined(_joined(*texts, by=","), "\n")
    return header.getvalue().encode("utf-8") + _bytes_of(lines)


def _texts_of(column: pd.Series, number: Callable[[float], str]) -> pa.LargeStringArray:
    """Return a column as texts, blank where it is missing."""
    if isinstance(column.dtype, pd.StringDtype):
        given = pa.array(column.array, _TEXT)
        return (given.combine_chunks() if isinstance(given, pa.ChunkedArray) else given).fill_null(
            ""
        )
    if pd.api.types.infer_dtype(column, skipna=False) == "string":
        return pa.array(column.to_numpy(dtype=object), _TEXT)
    if not pd.api.types.is_numeric_dtype(column.dtype):
        return pa.array(["" if pd.isna(cell) else str(cell) for cell in column.tolist()], _TEXT)
    # The same number is written once.
    place, different = pd.factorize(column)
    texts = [number(one) for one in different.tolist()]
    return pa.array([*texts, ""], _TEXT).take(pa.array(place % (len(texts) + 1)))


def _quoted(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Return texts with quotes around those that would end a field or a row."""
    held = _bytes_of(texts)
    if not any(mark in held for mark in _SPECIAL):
        return texts
    different = texts.dictionary_encode()
    safe = [_in_quotes(text) for text in different.dictionary.to_pylist()]
    return pa.array(safe, _TEXT).take(different.indices)


def _in_quotes(text: str) -> str:
    special = any(mark.decode() in text for mark in _SPECIAL)
    return '"' + text.replace('"', '""') + '"' if special else text


def _bytes_of(texts: pa.LargeStringArray) -> bytes:
    """Return the texts of an array as they stand in memory, one after the other."""
    _, offsets, held = texts.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[[texts.offset, texts.offset + len(texts)]]
    return b"" if held is None else held[ends[0] : ends[1]].to_pybytes()


def _joined(*texts: pa.LargeStringArray | str, by: str = "") -> pa.LargeStringArray:
    """Return texts of the same rows put together; a single text stands in each row."""
    given = (pa.scalar(text, _TEXT) if isinstance(text, str) else text for text in (*texts, by))
    return pc.binary_join_element_wise(*given)
