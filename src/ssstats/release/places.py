"""Where finished work goes: made in a folder of its own, renamed when everything passed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
    """Rename the finished folder to its place; what stood there goes last."""
    former = place.with_name(f".{place.name}-former-{os.getpid()}")
    if place.exists():
        place.rename(former)
    try:
        stage.rename(place)
    except OSError:
        if former.exists():
            former.rename(place)
        raise
    shutil.rmtree(former, ignore_errors=True)
    return place
