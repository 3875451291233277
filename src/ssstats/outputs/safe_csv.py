"""Writes CSV files whose texts no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path


def write_rows(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    marked: bool = False,
) -> Path:
    """Write rows of text as CSV: RFC 4180 with line feeds, UTF-8.

    Parameters
    ----------
    marked : bool
        Whether the file begins with a byte order mark, as spreadsheets want it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    encoding = "utf-8-sig" if marked else "utf-8"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(header)
        file.write(_lines([*rows]))
    return path


def _lines(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as lines of CSV; joined as they stand where no cell needs quotation marks."""
    plain = "".join([f"{','.join(row)}\n" for row in rows])
    commas = sum(len(row) - 1 for row in rows)
    if (
        plain.count(",") == commas
        and plain.count("\n") == len(rows)
        and not any(sign in plain for sign in '"\r')
        and all(len(row) > 1 for row in rows)
    ):
        return plain
    quoted = io.StringIO()
    csv.writer(quoted, lineterminator="\n").writerows(rows)
    return quoted.getvalue()
