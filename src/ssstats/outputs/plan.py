"""Which tables go where: the plan under data/outputs, read and checked.

Knows the plan's files and nothing of a release's figures.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ssstats.errors import CatalogueError, listed


@dataclass(frozen=True)
class Subject:
    """What one workbook, one upload and one pair of DfE files are about."""

    name: str
    edition: str
    domains: tuple[str, ...]
    grouped: bool
    title_key: str


@dataclass(frozen=True)
class SheetPlan:
    """One sheet of every workbook: counts or measures, of which areas and years."""

    name: str
    content: str
    kinds: tuple[str, ...]
    areas: str
    years: str


@dataclass(frozen=True)
class UploadMeasure:
    """One row of StatsWales' measure table: a part of a kind of figure."""

    refcode: str
    kind: str
    part: str
    type: str
    decimals: int
    sort: int
    words_key: str


@dataclass(frozen=True)
class OpenColumn:
    """One column of an open data file as its metadata describes it, by language."""

    name: str
    datatype: str
    required: bool
    key: bool
    descriptions: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    """The plan of all outputs; `columns` by file name, `note_codes` of StatsWales."""

    subjects: tuple[Subject, ...]
    sheets: tuple[SheetPlan, ...]
    upload_measures: tuple[UploadMeasure, ...]
    note_codes: frozenset[str]
    columns: dict[str, tuple[OpenColumn, ...]]


def read_plan(folder: Path) -> Plan:
    """Return the plan of outputs that stands in a folder.

    Raises
    ------
    CatalogueError
        If a file is missing, has other columns, or names a content or area that is not known.
    """
    subjects = _rows(folder / "subjects.csv", "subject order edition domains grouped title_key")
    sheets = _rows(folder / "sheets.csv", "sheet order content kinds areas years")
    measures = _rows(
        folder / "upload_measures.csv", "refcode kind part type decimal sort words_key"
    )
    codes = _rows(folder / "note_codes.csv", "code meaning")
    columns = _rows(folder / "columns.csv", "file column datatype required key description")
    welsh = {row["en"]: row["cy"] for row in _rows(folder / "column_words.csv", "en cy")}
    _known(sheets, "sheets.csv", "content", {"counts", "groups", "measures"})
    _known(sheets, "sheets.csv", "areas", {"wales", "all"})
    _known(sheets, "sheets.csv", "years", {"all", "latest"})
    _known(columns, "columns.csv", "datatype", {"string", "number", "integer", "date"})
    described: dict[str, list[OpenColumn]] = {}
    for row in columns:
        column = OpenColumn(
            row["column"], row["datatype"], row["required"] == "yes", row["key"] == "yes",
            _descriptions(row["description"], welsh),
        )  # fmt: skip
        described.setdefault(row["file"], []).append(column)
    return Plan(
        subjects=tuple(
            Subject(
                r["subject"], r["edition"], tuple(r["domains"].split()), r["grouped"] == "yes",
                r["title_key"],
            )
            for r in sorted(subjects, key=lambda r: int(r["order"]))
        ),
        sheets=tuple(
            SheetPlan(r["sheet"], r["content"], tuple(r["kinds"].split()), r["areas"], r["years"])
            for r in sorted(sheets, key=lambda r: int(r["order"]))
        ),
        upload_measures=tuple(
            UploadMeasure(
                r["refcode"], r["kind"], r["part"], r["type"], int(r["decimal"]), int(r["sort"]),
                r["words_key"],
            )
            for r in measures
        ),
        note_codes=frozenset(r["code"] for r in codes),
        columns={file: tuple(own) for file, own in described.items()},
    )  # fmt: skip


def _descriptions(english: str, welsh: Mapping[str, str]) -> dict[str, str]:
    own = welsh.get(english, "")
    return {"en": english, "cy": own} if own else {"en": english}


def _rows(path: Path, needed: str) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as unreadable:
        raise CatalogueError(
            f"outputs/{path.name} cannot be read ({type(unreadable).__name__}); restore it"
        ) from unreadable
    missing = set(needed.split()) - set(rows[0] if rows else ())
    if missing:
        raise CatalogueError(
            f"outputs/{path.name}: column {listed(missing)} is missing; restore it"
        )
    return rows


def _known(rows: list[dict[str, str]], file: str, column: str, allowed: set[str]) -> None:
    for line, row in enumerate(rows, start=2):
        if row[column] not in allowed:
            raise CatalogueError(
                f"outputs/{file}, line {line}: {column} {row[column]!r} is not known; "
                f"use {listed(allowed)}"
            )
