"""Compiled returns from a file or a folder of files, each read by its own layout."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import ReturnsError, listed
from ssstats.returns.decisions import check_exceptions_differ
from ssstats.returns.exceptions import is_exceptions_file, no_exceptions, read_exceptions
from ssstats.returns.limits import check_is_file
from ssstats.returns.model import KEY, Returns, no_local, no_reading
from ssstats.returns.statswales_looked_after import (
    is_looked_after_download,
    read_looked_after_download,
)
from ssstats.returns.tables import read_table
from ssstats.returns.understanding import Understood, understand
from ssstats.returns.workbook_returns import read_workbook_returns

LAYOUTS = (
    "the template that ssstats template writes (XLSX or ODS), a workbook with a sheet an "
    "authority, CSV or Parquet with one row a value, one column a metric or one column an "
    "authority, or StatsWales downloads named CLA_31MAR_<year>.csv"
)
_WORKBOOKS = (".xlsx", ".ods")
_SUFFIXES = (".csv", ".parquet", *_WORKBOOKS)
# What spreadsheet programs leave beside an open file.
_LOCK_FILES = ("~$", ".~lock")


def read_returns(path: Path, catalogue: Catalogue) -> Returns:
    """Return the compiled returns of one file, or of all files of returns in one folder.

    Raises
    ------
    ReturnsError
        If the path is missing, holds no returns, or one file cannot be read; the message names
        the file and the rows.
    """
    understood, exceptions, files = [], [], []
    for file in files_of_returns(path):
        files.append(file.name)
        try:
            check_is_file(file)
            if file.suffix.lower() in _WORKBOOKS:
                workbook = read_workbook_returns(file, catalogue)
                understood += workbook.understood
                exceptions += workbook.exceptions
            elif is_exceptions_file(file):
                exceptions.append(read_exceptions(file, catalogue))
            elif is_looked_after_download(file):
                values = read_looked_after_download(file, catalogue)
                understood.append(Understood(values, no_local(), no_reading()))
            else:
                understood.append(understand(read_table(file, catalogue), catalogue))
        except OSError as problem:
            raise ReturnsError(f"{file.name}: cannot be read: {problem.strerror}") from None
    if not understood:
        raise ReturnsError(f"{path}: no returns found; {LAYOUTS}")
    values = _together([part.values for part in understood], understood[0].values)
    _check_files_agree(values)
    recorded = _together(exceptions, no_exceptions())
    check_exceptions_differ(recorded)
    return Returns(
        values=values,
        exceptions=recorded,
        files=tuple(files),
        reading=_together([part.reading for part in understood], no_reading()),
        local=_together([part.local for part in understood], no_local()),
    )


def files_of_returns(path: Path) -> list[Path]:
    """Return the files that `read_returns` reads, sorted.

    Raises
    ------
    ReturnsError
        If the path is missing, holds no returns, or is a file of another kind.
    """
    if path.is_dir():
        files = sorted(
            file
            for file in path.iterdir()
            if file.suffix.lower() in _SUFFIXES and not file.name.startswith(_LOCK_FILES)
        )
        if not files:
            raise ReturnsError(f"{path}: holds no file of returns; {LAYOUTS}")
        return files
    if not path.exists():
        raise ReturnsError(f"{path}: there is no such file or folder; give --returns PATH")
    if path.suffix.lower() not in _SUFFIXES:
        raise ReturnsError(f"{path.name}: {path.suffix or 'no suffix'} is not read; {LAYOUTS}")
    return [path]


def _together(frames: list[pd.DataFrame], empty: pd.DataFrame) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else empty


def _check_files_agree(values: pd.DataFrame) -> None:
    if values["file"].nunique() < 2:
        return
    twice = values.duplicated(KEY, keep=False)
    if twice.any():
        files = listed(values.loc[twice, "file"])
        raise ReturnsError(
            f"{files}: the same values stand in more than one file; keep one file a period"
        )
