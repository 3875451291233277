"""Scans a folder: every file, its name, everything that can be read in it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ssstats.errors import UsageError
from ssstats.scanning.at_once import texts_at_once
from ssstats.scanning.canaries import numbers_in
from ssstats.scanning.series import NO_SERIES, Series, holds_series
from ssstats.scanning.sieve import Sieve
from ssstats.scanning.tables import Text
from ssstats.scanning.texts import texts_of

# Bytes of files that are searched together: a hundred small ones take little more than one.
_AT_ONCE = 1 << 19


@dataclass(frozen=True, order=True)
class Sighting:
    """Where a number stands that must not be there; the number itself is not repeated."""

    file: str
    place: str

    def __str__(self) -> str:
        return f"{self.file}{', ' if self.place else ''}{self.place}"


def scan_folder(
    folder: Path, canaries: Collection[str], series: Series = NO_SERIES
) -> list[Sighting]:
    """Return where a canary or a series stands in a file, or in the name of one, sorted.

    Raises
    ------
    UsageError
        If the folder is none, or holds a link or a file that cannot be looked into.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    return sorted(set(_sightings(folder, canaries, series)))


def _sightings(folder: Path, canaries: Collection[str], series: Series) -> Iterator[Sighting]:
    sieve = Sieve(canaries, series)
    for files in _several(_files(folder)):
        # All at once first: nearly every file ends here.
        if sieve.may_hold([text for file in files for text in file.texts]):
            for file in files:
                if sieve.may_hold(file.texts):
                    yield from _in_file(file, canaries, series)
    for name, _ in _entries(folder):
        *_, parent, own = (folder.name, *name.split("/"))
        if _holds(own, canaries):
            yield Sighting(parent, "name of a file")


@dataclass(frozen=True)
class _File:
    name: str
    content: bytes
    texts: Sequence[Text]


def _files(folder: Path) -> Iterator[_File]:
    """Give what can be read in each file, in the order of their names."""
    for name, entry in _entries(folder):
        if entry.is_file(follow_symlinks=False):
            content = Path(entry).read_bytes()
            yield _File(name, content, texts_at_once(name, content))
        elif not entry.is_dir(follow_symlinks=False):
            raise UsageError(f"{name}: a link or a device; a release holds files alone")


def _entries(folder: str | Path, before: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Give the names of all files and folders in a folder, and the system's facts of each."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            name = f"{before}{entry.name}"
            yield name, entry
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.path, f"{name}/")


def _several(files: Iterable[_File]) -> Iterator[list[_File]]:
    """Give small files together, large ones alone or nearly so."""
    together: list[_File] = []
    size = 0
    for file in files:
        together.append(file)
        size += sum(len(text.content) for text in file.texts)
        if size > _AT_ONCE:
            yield together
            together, size = [], 0
    yield together


def _in_file(file: _File, canaries: Collection[str], series: Series) -> Iterator[Sighting]:
    for place, text in texts_of(file.name, file.content):
        if _holds(text, canaries):
            yield Sighting(file.name, place)
        elif holds_series(text, series):
            yield Sighting(file.name, f"{place} series of counts".strip())


def _holds(text: str, canaries: Collection[str]) -> bool:
    return not numbers_in(text).isdisjoint(canaries)
