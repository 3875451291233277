"""What tells files from their former selves, so that what was read of them once need not be again.

A state is taken before reading: a file that changes meanwhile is read again by the next call.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

State = tuple[str, int, int, int, int, int]


def states_of(*places: Path) -> tuple[State, ...]:
    """Return the state of every file, and of every file of every folder; of none, nothing."""
    return tuple(sorted(state for place in places for state in _states(place)))


def _states(place: Path) -> Iterator[State]:
    if place.is_file():
        yield _state(os.fspath(place), place.stat())
    elif place.is_dir():
        # Much faster than a Path for each file: a build asks hundreds of times.
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.is_dir():
                    yield from _states(Path(entry.path))
                elif entry.is_file():
                    yield _state(entry.path, entry.stat())


def _state(name: str, now: os.stat_result) -> State:
    return name, now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns
