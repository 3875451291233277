"""Checks an upload by the rules of StatsWales 3 and by its names for what breaks them.

Reads the files as they would be sent; knows nothing of how they were made.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from ssstats.errors import listed
from ssstats.outputs.errors import OutputsError

DATA_TABLE = "data.csv"
MEASURE_TABLE = "measure.csv"
LOOKUP_PREFIX = "lookup-"
# Years and areas have reference data of StatsWales' own.
_CENTRAL = {"YearCode": re.compile(r"\d{6}"), "AreaCode": re.compile(r"W(06|92)\d{6}")}
_NUMBER = re.compile(r"[+-]?[0-9]+[.]?[0-9]*|[.][0-9]+")


@dataclass(frozen=True)
class UploadFault:
    """One fault: the name StatsWales gives it, the file, the line, and what is wrong."""

    kind: str
    file: str
    line: int
    found: str

    def __str__(self) -> str:
        place = f", line {self.line}" if self.line else ""
        return f"{self.kind}: {self.file}{place}: {self.found}"


def check_upload(folder: Path, *, note_codes: frozenset[str]) -> list[UploadFault]:
    """Return all faults of the upload in a folder: data table, measure table, lookup tables.

    Kinds are `duplicate_fact`, `incomplete_fact`, `bad_note_codes`, `no_note_codes`,
    `non_numeric_data_value`, `no_data_value_column`, `unmatched_columns`, and
    `dimension_non_matched_rows` and `measure_non_matched_rows` for codes without a lookup row.

    Raises
    ------
    OutputsError
        If there is no data table.
    """
    path = folder / DATA_TABLE
    if not path.is_file():
        raise OutputsError(f"{folder.name}: no {DATA_TABLE} here; write the upload anew")
    header, rows = _read(path)
    lookups = {
        lookup.stem.removeprefix(LOOKUP_PREFIX): _refcodes(lookup)
        for lookup in sorted(folder.glob(f"{LOOKUP_PREFIX}*.csv"))
    }
    measures = _refcodes(folder / MEASURE_TABLE) if (folder / MEASURE_TABLE).is_file() else set()
    faults = _check_columns(header, set(lookups))
    # Without its columns a table's rows cannot be read.
    return faults or [*_check_rows(header, rows, lookups, measures, note_codes)]


def raise_faults(faults: list[UploadFault], name: str) -> None:
    """Raise where an upload has faults, naming the first of them.

    Raises
    ------
    OutputsError
        If there is any fault.
    """
    if faults:
        raise OutputsError(
            f"upload {name} has {len(faults)} faults ({listed(f.kind for f in faults)}):\n"
            + "\n".join(str(fault) for fault in faults[:5])
        )


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    return (lines[0], lines[1:]) if lines else ([], [])


def _refcodes(path: Path) -> set[str]:
    header, rows = _read(path)
    place = header.index("refcode")
    return {row[place] for row in rows}


def _check_columns(header: list[str], lookups: set[str]) -> list[UploadFault]:
    known = {"Data", "NoteCodes", "Measure", *_CENTRAL, *lookups}
    faults = []
    if "Data" not in header:
        faults.append(_fault("no_data_value_column", 1, "there is no column Data; add it"))
    if "NoteCodes" not in header:
        faults.append(
            _fault("no_note_codes", 1, "there is no column NoteCodes; add it even if it is empty")
        )
    unknown = [column for column in header if column not in known]
    absent = sorted(known - set(header) - {"Data", "NoteCodes"})
    if unknown or absent or len(set(header)) != len(header):
        faults.append(
            _fault(
                "unmatched_columns",
                1,
                f"columns not known: {listed(unknown) or 'none'}; "
                f"columns missing: {listed(absent) or 'none'}; each stands once",
            )
        )
    return faults


def _check_rows(
    header: list[str],
    rows: list[list[str]],
    lookups: dict[str, set[str]],
    measures: set[str],
    note_codes: frozenset[str],
) -> list[UploadFault]:
    data, codes, measure = (header.index(name) for name in ("Data", "NoteCodes", "Measure"))
    keys = [place for place in range(len(header)) if place not in (data, codes)]
    faults: list[UploadFault] = []
    seen: dict[tuple[str, ...], int] = {}
    good_codes = {""}
    good = {place: set[str]() for place in keys}
    for line, row in enumerate(rows, start=2):
        if len(row) != len(header):
            faults.append(_fault("incomplete_fact", line, f"{len(row)} cells, not {len(header)}"))
            continue
        key = tuple(row[place] for place in keys)
        if "" in key:
            blank = [header[place] for place in keys if not row[place]]
            faults.append(_fault("incomplete_fact", line, f"{listed(blank)} blank; fill it"))
        if seen.setdefault(key, line) != line:
            faults.append(_fault("duplicate_fact", line, f"same fact as line {seen[key]}"))
        if row[data] and not _NUMBER.fullmatch(row[data]):
            faults.append(_fault("non_numeric_data_value", line, "Data is not a plain number"))
        if not row[data] and not row[codes].strip():
            faults.append(_fault("incomplete_fact", line, "Data is blank without a note code"))
        if row[codes] not in good_codes:
            bad = {c.strip().lower() for c in row[codes].split(",")} - note_codes
            if bad:
                faults.append(_fault("bad_note_codes", line, f"{listed(bad)} not known"))
            else:
                good_codes.add(row[codes])
        for place in keys:
            code = row[place]
            if code in good[place] or not code:
                continue
            if _matches(header[place], code, lookups, measures):
                good[place].add(code)
            else:
                kind = "measure" if place == measure else "dimension"
                faults.append(
                    _fault(f"{kind}_non_matched_rows", line, f"{header[place]} {code!r} not known")
                )
    return faults


def _matches(column: str, code: str, lookups: dict[str, set[str]], measures: set[str]) -> bool:
    if column in _CENTRAL:
        return bool(_CENTRAL[column].fullmatch(code))
    return code in (measures if column == "Measure" else lookups[column])


def _fault(kind: str, line: int, found: str) -> UploadFault:
    return UploadFault(kind, DATA_TABLE, line, found)
