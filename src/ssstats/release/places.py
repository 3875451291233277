"""Where finished work goes: made in a folder of its own, put in place when everything passed."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# renameat2(2): paths are relative to the working folder; the two names change places.
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
# The system or the file system of the folder does not know the exchange.
_NOT_KNOWN = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)


@contextmanager
def staging(out: Path, name: str, *, mode: int = 0o755) -> Iterator[Path]:
    """Give a folder beside the place that `name` will have in `out`; remove it whatever happens.

    Parameters
    ----------
    mode : int
        Permissions of the folder, and of `out` where it is made.
    """
    out.mkdir(mode=mode, parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=out))
    stage.chmod(mode)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def put_in_place(stage: Path, place: Path) -> Path:
    """Put a finished folder in its place; what stood there goes last.

    On Linux the two change places in one step, so that at any moment a whole folder stands there.
    Where the file system cannot do that, the former one is moved aside first; after a crash
    between the two moves `work_folder` moves it back.

    Raises
    ------
    OSError
        If the folder cannot be put there; what stood there stands there still.
    """
    _settle(stage)
    if not place.exists():
        stage.rename(place)
    elif _exchange(stage, place):
        shutil.rmtree(stage, ignore_errors=True)
    else:
        _replace_in_two_moves(stage, place)
    return place


def _exchange(stage: Path, place: Path) -> bool:
    """Let two folders change places in one step; return False where the system cannot."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        # A C library from before 2018 lacks it.
        return False
    paths = os.fsencode(stage), os.fsencode(place)
    if rename(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_KNOWN:
        return False
    raise OSError(number, os.strerror(number), str(stage), None, str(place))


def _replace_in_two_moves(stage: Path, place: Path) -> None:
    former = place.with_name(f".{place.name}-former-{os.getpid()}")
    place.rename(former)
    try:
        stage.rename(place)
    except OSError:
        former.rename(place)
        raise
    shutil.rmtree(former, ignore_errors=True)


def _settle(stage: Path) -> None:
    """Have all files written to the disk, or a power cut could leave names of empty files."""
    if sys.platform == "linux":
        handle = os.open(stage, os.O_RDONLY)
        try:
            # One call for the file system: a thousandth of the time of one for each file.
            ctypes.CDLL(None).syncfs(handle)
        finally:
            os.close(handle)
    elif sys.platform != "win32":
        os.sync()
