"""Tables of text: CSV and Parquet files as columns of categories, every cell as it was typed.

Rows of another length than the header are refused, not filled or shifted. A file that is not
UTF-8 is read as Windows-1252, the code page of Excel's plain "CSV", and that is noted.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

from ssstats.errors import ReturnsError
from ssstats.returns.limits import MOST_COLUMNS, MOST_PARQUET_CELLS, check_is_file
from ssstats.returns.understanding import EXCEL_ENCODING

_MOST_NAMED = 12
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ZIPPED, _PARQUET = b"PK\x03\x04", b"PAR1"


class TextTable(NamedTuple):
    """Columns of text with `row`, the number of the line as a spreadsheet shows it."""

    frame: pd.DataFrame
    encoding: str


def read_text_table(path: Path) -> TextTable:
    """Return the cells of a CSV or Parquet file, blank where nothing stands.

    Raises
    ------
    ReturnsError
        If the file is no such table, has two columns of one name, or a row of another length.
    """
    check_is_file(path)
    if path.suffix.lower() == ".parquet":
        return TextTable(_read_parquet(path), "utf-8")
    text, encoding = _decoded(path.name, path.read_bytes())
    header = _header(path.name, text)
    try:
        table = _read_fast(text, header)
    except pa.ArrowInvalid:
        table = _read_line_by_line(path.name, text, header)
    return TextTable(table, encoding)


def _decoded(file: str, content: bytes) -> tuple[str, str]:
    if content.startswith(_UTF_16):
        raise ReturnsError(f"{file}: is in UTF-16; save it as CSV (UTF-8)")
    if content.startswith((_ZIPPED, _PARQUET)) or b"\x00" in content:
        raise ReturnsError(f"{file}: is no text; give it the suffix of what it is, or save as CSV")
    for encoding in ("utf-8-sig", EXCEL_ENCODING):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise ReturnsError(f"{file}: not UTF-8; save it as CSV (UTF-8) with a header")


def _header(file: str, text: str) -> list[str]:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(lines, [])]
    except csv.Error:
        raise ReturnsError(f"{file}: not a table of commas; save it as CSV (UTF-8)") from None
    if len(header) > MOST_COLUMNS:
        raise ReturnsError(
            f"{file}: has {len(header):,} columns; at most {MOST_COLUMNS:,} are read"
        )
    # Spreadsheets leave empty columns at the right; they hold nothing but their commas.
    filled = [name for name in header if name]
    # Places, not names: where the header is lost, the first record stands in its place.
    twice = [place for place, name in enumerate(header, 1) if name and header.count(name) > 1]
    if twice:
        places = ", ".join(str(place) for place in twice[:_MOST_NAMED])
        raise ReturnsError(f"{file}: columns {places} have the same name; keep one of each")
    if not filled:
        raise ReturnsError(f"{file}: has no header; name the columns in its first line")
    if len(filled) < 2 and any(mark in header[0] for mark in ";\t|"):
        raise ReturnsError(f"{file}: its columns are not divided by commas; save it as CSV (UTF-8)")
    return header


def _read_fast(text: str, header: list[str]) -> pd.DataFrame:
    """Read a well-formed table.

    Raises
    ------
    ArrowInvalid
        If a row has another length than the header.
    """
    names = [name or f"\N{NO-BREAK SPACE}{place}" for place, name in enumerate(header)]
    table = arrow_csv.read_csv(
        io.BytesIO(text.encode("utf-8")),
        read_options=arrow_csv.ReadOptions(column_names=names, skip_rows_after_names=1),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=arrow_csv.ConvertOptions(
            column_types={name: pa.dictionary(pa.int32(), pa.string()) for name in names},
            strings_can_be_null=False,
            null_values=[],
        ),
    )
    frame = table.combine_chunks().to_pandas()
    frame["row"] = range(2, len(frame) + 2)
    return _without_blank(frame)


def _read_line_by_line(file: str, text: str, header: list[str]) -> pd.DataFrame:
    """Read a table that has rows of another length: blank ones pass, others are named."""
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]
    except csv.Error:
        raise ReturnsError(
            f"{file}: not a table of commas (a quotation mark is open); save it as CSV (UTF-8)"
        ) from None
    rows, numbers = [], []
    for number, line in enumerate(lines, start=2):
        if not any(cell.strip() for cell in line):
            continue
        if any(cell.strip() for cell in line[len(header) :]) or len(line) < len(header):
            raise ReturnsError(
                f"{file}, row {number}: {len(line)} cells where {len(header)} belong; put a text "
                "that holds commas between quotation marks"
            )
        rows.append(line[: len(header)])
        numbers.append(number)
    names = [name or f"\N{NO-BREAK SPACE}{place}" for place, name in enumerate(header)]
    frame = pd.DataFrame(rows, columns=names, dtype="str").astype("category")
    return _without_blank(frame.assign(row=numbers))


def _without_blank(frame: pd.DataFrame) -> pd.DataFrame:
    """Drop columns without a name or a text, and rows without a text."""
    texts = [column for column in frame if column != "row"]
    unnamed = [column for column in texts if str(column).startswith("\N{NO-BREAK SPACE}")]
    for column in unnamed:
        if any(text.strip() for text in frame[column].cat.categories.tolist()):
            continue
        frame = frame.drop(columns=column)
    texts = [column for column in frame if column != "row"]
    empty = pd.Series(True, index=frame.index)
    for column in texts:
        blank = [text for text in frame[column].cat.categories.tolist() if not text.strip()]
        empty &= frame[column].isin(blank)
        if not empty.any():
            return frame
    return frame[~empty].reset_index(drop=True)


def _read_parquet(path: Path) -> pd.DataFrame:
    import pyarrow.parquet as arrow_parquet

    try:
        with arrow_parquet.ParquetFile(path) as file:
            cells = file.metadata.num_rows * file.metadata.num_columns
        if cells > MOST_PARQUET_CELLS:
            raise ReturnsError(
                f"{path.name}: has {cells:,} cells; at most {MOST_PARQUET_CELLS:,} are read"
            )
        frame = arrow_parquet.read_table(path).to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OSError, ValueError):
        raise ReturnsError(f"{path.name}: is no Parquet file; write it anew") from None
    texts = pd.DataFrame({column: _texts(frame[column]) for column in frame})
    return texts.astype("category").assign(row=range(1, len(texts) + 1))


def _texts(column: pd.Series) -> pd.Series:
    """Return a column of any type as text: whole numbers without decimals, missing as blank."""
    numbers = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if not numbers:
        return column.astype("object").where(column.notna(), "").map(str).astype("str")
    return column.map(lambda n: "" if pd.isna(n) else text_of_number(n)).astype("str")


def text_of_number(number: float) -> str:
    """Return the shortest decimal that reads back as the number, whole numbers without a point."""
    value = float(number)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    shortest = repr(value)
    return f"{value:.15f}".rstrip("0") if "e" in shortest and abs(value) < 1 else shortest
