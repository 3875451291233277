"""Which measures and counts stand under which quality standard: data that a director may change."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from ssstats.catalogue import Catalogue
from ssstats.errors import CatalogueError, listed

_COLUMNS = ["standard", "order", "kind", "item", "source", "note"]
_KINDS = ("measure", "series")


@dataclass(frozen=True)
class Standard:
    """A quality standard: its number, its measures, and counts shown through the years."""

    number: int
    measures: tuple[str, ...]
    series: tuple[str, ...]


def read_standards(path: Path, catalogue: Catalogue, edition: str) -> list[Standard]:
    """Return the standards with their items, in the order of the file.

    Raises
    ------
    CatalogueError
        If the file has other columns, or a row names a standard, kind or item that is not known.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file, strict=True))
    except (OSError, UnicodeDecodeError, ValueError, csv.Error) as unreadable:
        raise CatalogueError(f"{path.name} cannot be read; restore it") from unreadable
    if header != _COLUMNS:
        raise CatalogueError(f"{path.name}: columns must be {', '.join(_COLUMNS)}")
    outcomes = catalogue.standards_outcomes
    numbers = {int(n) for n in outcomes.loc[outcomes["type"].eq("standard"), "standard"]}
    known = {
        "measure": set(_of(catalogue.measures, edition)["measure"]),
        "series": set(_of(catalogue.metrics, edition)["reference"]),
    }
    found: dict[int, dict[str, list[str]]] = {}
    for line, row in enumerate(rows, start=2):
        fault = _fault(row, numbers, known)
        if fault:
            raise CatalogueError(f"{path.name}, line {line}: {fault}")
        own = found.setdefault(int(row[0]), {kind: [] for kind in _KINDS})
        own[row[2]].append(row[3])
    return [
        Standard(number, tuple(own["measure"]), tuple(own["series"]))
        for number, own in sorted(found.items())
    ]


def _of(frame, edition: str):  # type: ignore[no-untyped-def]
    return frame[frame["edition"].eq(edition)]


def _fault(row: list[str], numbers: set[int], known: dict[str, set[str]]) -> str:
    """Return what is wrong with a row, blank where nothing is."""
    if len(row) != len(_COLUMNS):
        return f"{len(row)} values for {len(_COLUMNS)} columns"
    if row[0] not in {str(number) for number in numbers}:
        return f"standard {row[0]!r} is not known; use {listed(numbers)}"
    if row[2] not in known:
        return f"kind {row[2]!r} is not known; use {listed(known)}"
    if row[3] not in known[row[2]]:
        return f"{row[2]} {row[3]!r} is not in the catalogue; use one of its own edition"
    return ""
