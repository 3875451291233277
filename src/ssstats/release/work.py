"""The work folder beside a release: kept steps, one build at a time, killed builds put right."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ssstats.errors import UsageError

if sys.platform != "win32":
    import fcntl

# What the folders of unfinished builds are called after the period: see tempfile.mkdtemp.
_UNFINISHED = r"-[a-z0-9_]{8}"
_LOCK = "lock"
_FORMER = r"-former-\d+"


@contextmanager
def work_folder(out: Path, period: str) -> Iterator[Path]:
    """Give the folder in `out` where the steps of a period's builds are kept.

    Before that, what a killed build left is put right: its unfinished folder is removed, and a
    release that it had moved aside goes back to its place.

    Raises
    ------
    UsageError
        If another build of the period is under way in `out`.
    """
    folder = out / f".{period}-work"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        _lock(lock, period, out)
        try:
            _put_right(out, period)
            yield folder
        finally:
            # A build that was refused leaves nothing.
            if [path.name for path in folder.iterdir()] == [_LOCK]:
                shutil.rmtree(folder, ignore_errors=True)


def _lock(lock: IO[str], period: str, out: Path) -> None:
    """Take the lock, which the system gives back when this process ends, however it ends."""
    if sys.platform == "win32":
        # Windows refuses to rename folders in use, so a second build fails at its end instead.
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(
            f"another build of {period} is under way in {out}; wait until it is done, or give "
            "another --out"
        ) from None


def _put_right(out: Path, period: str) -> None:
    name = re.escape(f".{period}")
    for left in sorted(out.glob(f".{period}-*")):
        if re.fullmatch(name + _FORMER, left.name) and not (out / period).exists():
            left.rename(out / period)
        elif re.fullmatch(f"{name}(?:{_UNFINISHED}|{_FORMER})", left.name):
            shutil.rmtree(left, ignore_errors=True)
