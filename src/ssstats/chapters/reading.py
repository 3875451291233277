"""Reads a release for its chapters: the tables of its data folder and the words of one language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.chapters.release import (
    AUDIT_FILE,
    CHANGES_FILE,
    COMMENTARY_FILE,
    HANDWRITTEN_COLUMNS,
    HANDWRITTEN_FILE,
    MEASURES_FILE,
    SIGNALS_FILE,
    TEMPLATES_FILE,
    Release,
)
from ssstats.disclosure.release_tables import read_release_tables
from ssstats.errors import UsageError, listed
from ssstats.file_states import State, states_of
from ssstats.periods import ReportingYear
from ssstats.project import find_project
from ssstats.words import LANGUAGES, Words, read_words

_ESTIMATE_NUMBERS = {
    "value": "Float64",
    "lower": "Float64",
    "upper": "Float64",
    "numerator": "Float64",
    "denominator": "Float64",
    "decimals": "Int64",
    "answered": "Int64",
    "expected": "Int64",
}
_CHANGE_NUMBERS = dict.fromkeys(
    ("old_value", "new_value", "lower", "upper", "p", "adjusted_p", "adjusted_p_item",
     "smallest_rise", "smallest_fall", "gap_lowest", "gap_highest", "matched_authorities",
     "matched_old_value", "matched_new_value", "matched_lower", "matched_upper"),
    "Float64",
)  # fmt: skip
_SIGNAL_NUMBERS = dict.fromkeys(
    ("value", "lower", "upper", "wales", "p", "adjusted_p", "adjusted_p_item", "phi", "tau2",
     "quartile", "lower_quartile", "median", "upper_quartile", "peer_lowest", "peer_median",
     "peer_highest"),
    "Float64",
)  # fmt: skip


def open_release(release_tables: str, *, period: str, language: str) -> Release:
    """Return the release whose tables stand in a folder.

    A process reads the same files once: a second call, or a process forked after the first one,
    gets the release as it was read, and must not change its frames.

    Raises
    ------
    UsageError
        If the folder holds no release tables, or not those of `period`.
    """
    catalogue = find_project().catalogue
    # Taken before reading, so that a file changed meanwhile is read again by the next call.
    states = states_of(Path(release_tables), catalogue)
    return _opened(release_tables, catalogue, period, language, states)


def open_catalogue(folder: Path, language: str) -> tuple[Catalogue, Words]:
    """Return a catalogue with its words, read once for as long as all its files stay as they are.

    Raises
    ------
    CatalogueError
        As `read_catalogue` and `read_words`.
    """
    return read_catalogue(folder), read_words(folder, language)


@lru_cache(maxsize=4)
def _opened(
    release_tables: str,
    catalogue: Path,
    period: str,
    language: str,
    states: tuple[State, ...],
) -> Release:
    release = _read_once(release_tables, catalogue, period, states)
    if language == release.words.language:
        return release
    return release.in_words(read_words(catalogue, language).of_release(release.tables.facts))


@lru_cache(maxsize=2)
def _read_once(
    release_tables: str, catalogue: Path, period: str, states: tuple[State, ...]
) -> Release:
    """Return the release in the first language; the others have its tables and indexes too."""
    folder = Path(release_tables)
    tables = read_release_tables(folder)
    if tables.facts["period"] != period:
        raise UsageError(
            f"period {period!r} is not the release in {folder}, which is "
            f"{tables.facts['period']}; give that period or another folder"
        )
    return Release(
        tables=tables,
        estimates=_read(folder / MEASURES_FILE, _ESTIMATE_NUMBERS),
        changes=_read(folder / CHANGES_FILE, _CHANGE_NUMBERS),
        signals=_read(folder / SIGNALS_FILE, _SIGNAL_NUMBERS),
        commentary=_read_if_there(folder / COMMENTARY_FILE, _PLACED),
        handwritten=_read_if_there(folder / HANDWRITTEN_FILE, HANDWRITTEN_COLUMNS),
        catalogue=read_catalogue(catalogue),
        words=read_words(catalogue, LANGUAGES[0]).of_release(tables.facts),
        audit=_audit_of(folder),
        templates=_read_if_there(folder / TEMPLATES_FILE, ("key",)),
        period=ReportingYear.parse(period),
    )


# By what sentences are looked up.
_PLACED = ("chapter", "place", "item", "position", "text_cy")


def _audit_of(folder: Path) -> Mapping[str, Any]:
    """Return what the attack on the release proved; empty where it was not attacked yet."""
    path = folder.parent / AUDIT_FILE
    if not path.is_file():
        return {}
    return MappingProxyType(json.loads(path.read_text(encoding="utf-8")))


def _read_if_there(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return texts as a frame, without rows where the release's are still to be written."""
    return _read(path, {}) if path.is_file() else pd.DataFrame(columns=list(columns), dtype="str")


def _read(path: Path, numbers: dict[str, str]) -> pd.DataFrame:
    return _read_file(path, tuple(numbers.items()), states_of(path)).copy(deep=False)


# A release is opened again when its commentary has been written: most of its files are the same.
@lru_cache(maxsize=8)
def _read_file(
    path: Path, numbers: tuple[tuple[str, str], ...], states: tuple[State, ...]
) -> pd.DataFrame:
    kinds = dict(numbers)
    return pd.read_csv(
        path,
        dtype={column: kinds.get(column, "str") for column in _header(path)},
        keep_default_na=False,
        na_values={column: [""] for column in kinds},
    )


def _header(path: Path) -> list[str]:
    if not path.is_file():
        raise UsageError(f"{path.parent}: {listed([path.name])} is missing; build the release anew")
    return list(pd.read_csv(path, nrows=0).columns)
