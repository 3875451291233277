"""Scans a folder: every file, its name, everything that can be read in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from ssstats.errors import UsageError
from ssstats.scanning.canaries import numbers_in
from ssstats.scanning.series import NO_SERIES, Series, holds_series
from ssstats.scanning.sieve import Sieve
from ssstats.scanning.texts import text_of, texts_of


@dataclass(frozen=True, order=True)
class Sighting:
    """Where a number stands that must not be there; the number itself is not repeated."""

    file: str
    place: str

    def __str__(self) -> str:
        return f"{self.file}{', ' if self.place else ''}{self.place}"


def scan_folder(
    folder: Path,
    canaries: Collection[str],
    series: Series = NO_SERIES,
    *,
    leave_out: Callable[[str], bool] = lambda name: False,
) -> list[Sighting]:
    """Return where a canary or a series stands in a file, or in the name of one, sorted.

    Raises
    ------
    UsageError
        If the folder is none, or holds a link or a file that cannot be looked into.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    return sorted(set(_sightings(folder, canaries, series, leave_out)))


def _sightings(
    folder: Path, canaries: Collection[str], series: Series, leave_out: Callable[[str], bool]
) -> Iterator[Sighting]:
    sieve = Sieve(canaries, series)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise UsageError(f"{name}: a link or a device; a release holds files alone")
        if _holds(path.name, canaries):
            yield Sighting(path.parent.name, "name of a file")
        if path.is_dir() or leave_out(name):
            continue
        content = path.read_bytes()
        # All at once first: nearly every file ends here.
        if not sieve.may_hold(*text_of(name, content)):
            continue
        for place, text in texts_of(name, content):
            if _holds(text, canaries):
                yield Sighting(name, place)
            elif holds_series(text, series):
                yield Sighting(name, f"{place} series of counts".strip())


def _holds(text: str, canaries: Collection[str]) -> bool:
    return not numbers_in(text).isdisjoint(canaries)
