"""Writes CSV files whose texts no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
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
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path
