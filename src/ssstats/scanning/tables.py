"""Cells of CSV and Parquet files as texts, a cell a line: a whole file or column at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ssstats.stretches import Places, stretches

_LINE, _SPACE, _COMMA, _QUOTE = b'\n ,"'
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Types of the columns of a release; texts may have come coded.
_CODED = {pa.string(), pa.large_string(), pa.int64(), pa.float64()}


@dataclass(frozen=True)
class Text:
    """A text in UTF-8, and in which orders its lines are read beside the one they stand in.

    Of a table that has its cells row by row, a cell a line, `columns` says how many cells a row
    has; of one that has each value once, `values` says which of them stands in each row.
    """

    content: bytes
    columns: int = 0
    values: Places | None = None

    @property
    def is_table(self) -> bool:
        """Whether its lines are read in another order too."""
        return self.columns > 1 or self.values is not None


def cells_by_row(content: bytes) -> Text:
    """Return the cells of a CSV file row by row as they are written.

    Quotation marks around cells stay, and the end of a line within them becomes a space.

    Raises
    ------
    ValueError
        If rows differ in length, or lines or cells are written in another way than a release's.
    """
    content.decode()
    written = content.removeprefix(BYTE_ORDER_MARK).replace(b"\r\n", b"\n")
    if b"\r" in written:
        raise ValueError("a line ends in another way")
    text = np.frombuffer(bytearray(written + b"\n" * (not written.endswith(b"\n"))), np.uint8)
    ends = np.flatnonzero((text == _LINE) | (text == _COMMA))
    if _QUOTE in written:
        quoted = _quoted(text, ends)
        inside = ends[quoted]
        text[inside[text[inside] == _LINE]] = _SPACE
        ends = np.delete(ends, quoted)
    ends_row = text[ends] == _LINE
    columns = int(ends_row.argmax()) + 1
    if len(ends) != columns * ends_row.sum() or not ends_row[columns - 1 :: columns].all():
        raise ValueError("rows differ in length")
    text[ends] = _LINE
    return Text(text.tobytes(), columns)


def _quoted(text: NDArray[np.uint8], ends: Places) -> Places:
    """Return which of the places that may end a cell stand in quotation marks.

    These must stand around whole cells.
    """
    marks = np.flatnonzero(text == _QUOTE)
    if len(marks) % 2:
        raise ValueError("a quotation mark without another")
    # Before the first byte stands the last one, which ends a line.
    around = text[np.concatenate([marks[::2] - 1, marks[1::2] + 1])]
    if not ((around == _COMMA) | (around == _LINE) | (around == _QUOTE)).all():
        raise ValueError("a quotation mark within a cell")
    first, end = np.searchsorted(ends, marks).reshape(-1, 2).T
    return stretches(first, end - first)


def text_of_column(column: pa.ChunkedArray, written: Callable[[object], str]) -> Text:
    """Return the distinct values of a column as they are written, and which of them each row has.

    Values of other types than a release's are not told apart.
    """
    values, rows = column, None
    if column.type in _CODED:
        coded = column.combine_chunks().dictionary_encode(null_encoding="encode")
        values, rows = coded.dictionary, coded.indices.to_numpy()
    lines = "\n".join(written(value).replace("\n", " ") for value in values.to_pylist())
    return Text(lines.encode(errors="surrogatepass"), values=rows)
