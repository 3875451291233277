"""Compiled returns from a file or a folder of files, each read by its own layout."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import ReturnsError, listed
from ssstats.returns.exceptions import is_exceptions_file, no_exceptions, read_exceptions
from ssstats.returns.long_csv import read_long_csv
from ssstats.returns.model import KEY, Returns
from ssstats.returns.statswales_looked_after import (
    is_looked_after_download,
    read_looked_after_download,
)

LAYOUTS = "long CSV (one row a value), or StatsWales downloads named CLA_31MAR_<year>.csv"


def read_returns(path: Path, catalogue: Catalogue) -> Returns:
    """Return the compiled returns of one file, or of all CSV files in one folder.

    Raises
    ------
    ReturnsError
        If the path is missing, holds no returns, or one file cannot be read; the message names
        the file and the rows.
    """
    values, exceptions, files = [], [], []
    for file in _files_of(path):
        files.append(file.name)
        try:
            if is_exceptions_file(file):
                exceptions.append(read_exceptions(file, catalogue))
            elif is_looked_after_download(file):
                values.append(read_looked_after_download(file, catalogue))
            else:
                values.append(read_long_csv(file, catalogue))
        except OSError as problem:
            raise ReturnsError(f"{file.name}: cannot be read: {problem.strerror}") from None
    if not values:
        raise ReturnsError(f"{path}: no returns found; {LAYOUTS}")
    together = pd.concat(values, ignore_index=True)
    _check_files_agree(together)
    return Returns(
        values=together,
        exceptions=pd.concat(exceptions, ignore_index=True) if exceptions else no_exceptions(),
        files=tuple(files),
    )


def _files_of(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".csv")
        if not files:
            raise ReturnsError(f"{path}: holds no CSV file; {LAYOUTS}")
        return files
    if not path.exists():
        raise ReturnsError(f"{path}: there is no such file or folder; give --returns PATH")
    if path.suffix.lower() != ".csv":
        raise ReturnsError(f"{path.name}: {path.suffix or 'no suffix'} is not read; {LAYOUTS}")
    return [path]


def _check_files_agree(values: pd.DataFrame) -> None:
    twice = values.duplicated(KEY, keep=False)
    if twice.any():
        files = listed(values.loc[twice, "file"])
        raise ReturnsError(
            f"{files}: the same values stand in more than one file; keep one file a period"
        )
