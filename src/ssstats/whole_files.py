"""Files that stand whole or not at all, and private ones that their owner alone can read."""

from __future__ import annotations

import csv
import io
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ssstats.errors import UsageError

if sys.platform != "win32":
    import fcntl

PRIVATE, PUBLIC = 0o600, 0o644


def write_private(path: Path, text: str) -> Path:
    """Write a text with mode 0600, in one step, and return the path."""
    return _write_whole(path, text, PRIVATE)


@contextmanager
def private_files() -> Iterator[None]:
    """Let nobody else read what is written meanwhile."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def read_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a register; none where there is no such file yet.

    Raises
    ------
    UsageError
        If the file has other columns, or a row of another length.
    """
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    if reader.fieldnames != list(columns) or any(
        None in row or None in row.values() for row in rows
    ):
        raise UsageError(
            f"{path}: damaged, or no register; its columns are {', '.join(columns)}: restore it "
            "from a copy or move it away"
        )
    return rows


def append_row(
    path: Path, columns: Sequence[str], row: Sequence[str], *, mode: int = PUBLIC
) -> Path:
    """Add a row to a register by writing it anew, so that no half of a row can stand.

    Two who append at the same time wait for each other.

    Parameters
    ----------
    mode : int
        Permissions of the file.

    Raises
    ------
    UsageError
        As `read_rows`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path.parent):
        rows = [list(held.values()) for held in read_rows(path, columns)]
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([list(columns), *rows, list(row)])
        return _write_whole(path, text.getvalue(), mode)


def _write_whole(path: Path, text: str, mode: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            # Without this a power cut could leave the new name on an empty file.
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    return path


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else appends in a folder; the system ends the turn of a dead process."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
