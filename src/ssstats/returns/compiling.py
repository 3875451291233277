"""Compiled returns on disk: the filled workbooks of all authorities as one long CSV."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ssstats.formatting import csv_text
from ssstats.returns.model import Returns
from ssstats.whole_files import write_private

_VALUES, _EXCEPTIONS, _READING = "compiled-returns.csv", "exceptions.csv", "reading.csv"
_COLUMNS = ["edition", "period", "area", "reference", "breakdown", "value", "marker"]


def write_compiled(returns: Returns, folder: Path, *, name: str = _VALUES) -> list[Path]:
    """Write compiled returns into a folder of their own and return the files written.

    compiled-returns.csv, or `name`, holds values and local metrics in the long layout, and
    exceptions.csv the recorded exceptions: `read_returns` reads the folder back. What was
    understood though it was not written as asked stands in reading/reading.csv, which is no return.
    All are readable by their owner alone.
    """
    values = returns.values[[*_COLUMNS, "flags", "origin", "protection"]].assign(note="")
    local = returns.local[[*_COLUMNS, "label"]].rename(columns={"label": "note"})
    parts = [part for part in (values, local) if len(part)]
    together = pd.concat(parts, ignore_index=True) if parts else values
    together["value"] = [
        "" if pd.isna(number) else f"{number:.15g}" for number in together["value"]
    ]
    written = [_write(together, folder / name)]
    if len(returns.exceptions):
        written.append(_write(returns.exceptions, folder / _EXCEPTIONS))
    if len(returns.reading):
        # For people, who open it in a spreadsheet: it quotes what authorities typed.
        written.append(write_private(folder / "reading" / _READING, csv_text(returns.reading)))
    return written


def _write(frame: pd.DataFrame, path: Path) -> Path:
    return write_private(path, frame.to_csv(index=False, na_rep="", lineterminator="\n"))
