"""Checks an upload by the rules of StatsWales 3 and by its names for what breaks them.

Reads the files as they would be sent; knows nothing of how they were made.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from ssstats.errors import listed
from ssstats.outputs.errors import OutputsError

DATA_TABLE = "data.csv"
MEASURE_TABLE = "measure.csv"
LOOKUP_PREFIX = "lookup-"
DATA = "Data"
NOTE_CODES = "NoteCodes"
MEASURE = "Measure"
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
    header = _header(path)
    lookups = {
        lookup.stem.removeprefix(LOOKUP_PREFIX): _refcodes(lookup)
        for lookup in sorted(folder.glob(f"{LOOKUP_PREFIX}*.csv"))
    }
    measures = _refcodes(folder / MEASURE_TABLE) if (folder / MEASURE_TABLE).is_file() else set()
    faults = _check_columns(header, set(lookups))
    # Without its columns a table's rows cannot be read.
    if faults:
        return faults
    known = {**lookups, MEASURE: measures}
    if _is_faultless(path, header, known, note_codes):
        return []
    return _check_rows(header, _read(path)[1], known, note_codes)


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


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file), [])


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    return (lines[0], lines[1:]) if lines else ([], [])


def _refcodes(path: Path) -> set[str]:
    header, rows = _read(path)
    place = header.index("refcode")
    return {row[place] for row in rows}


def _check_columns(header: list[str], lookups: set[str]) -> list[UploadFault]:
    known = {DATA, NOTE_CODES, MEASURE, *_CENTRAL, *lookups}
    faults = []
    if DATA not in header:
        faults.append(_fault("no_data_value_column", 1, "there is no column Data; add it"))
    if NOTE_CODES not in header:
        faults.append(
            _fault("no_note_codes", 1, "there is no column NoteCodes; add it even if it is empty")
        )
    unknown = [column for column in header if column not in known]
    absent = sorted(known - set(header) - {DATA, NOTE_CODES})
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


def _is_faultless(
    path: Path, header: list[str], known: dict[str, set[str]], note_codes: frozenset[str]
) -> bool:
    """Return whether no row has a fault: by whole columns, where each different text counts once.

    The rules are those of `_check_rows`, which walks the rows one by one to name the faults.
    """
    try:
        facts = arrow_csv.read_csv(
            path,
            read_options=arrow_csv.ReadOptions(use_threads=False),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        # A row has more or fewer cells than the header.
        return False
    keys = [column for column in header if column not in (DATA, NOTE_CODES)]
    texts = {column: facts[column].unique().to_pylist() for column in header}
    said = facts.filter(pc.equal(facts[DATA], ""))[NOTE_CODES].unique().to_pylist()
    return (
        facts.group_by(keys, use_threads=False).aggregate([]).num_rows == facts.num_rows
        and all(code and _matches(key, code, known) for key in keys for code in texts[key])
        and all(not number or _NUMBER.fullmatch(number) for number in texts[DATA])
        and not any(_unknown_codes(codes, note_codes) for codes in texts[NOTE_CODES])
        and all(codes.strip() for codes in said)
    )


def _check_rows(
    header: list[str],
    rows: list[list[str]],
    known: dict[str, set[str]],
    note_codes: frozenset[str],
) -> list[UploadFault]:
    """Return the faults of the rows, line by line."""
    data, codes, measure = (header.index(name) for name in (DATA, NOTE_CODES, MEASURE))
    keys = [place for place in range(len(header)) if place not in (data, codes)]
    faults: list[UploadFault] = []
    seen: dict[tuple[str, ...], int] = {}
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
        if bad := _unknown_codes(row[codes], note_codes):
            faults.append(_fault("bad_note_codes", line, f"{listed(bad)} not known"))
        for place in keys:
            code = row[place]
            if code and not _matches(header[place], code, known):
                kind = "measure" if place == measure else "dimension"
                faults.append(
                    _fault(f"{kind}_non_matched_rows", line, f"{header[place]} {code!r} not known")
                )
    return faults


def _unknown_codes(text: str, note_codes: frozenset[str]) -> set[str]:
    return {code.strip().lower() for code in text.split(",")} - note_codes if text else set()


def _matches(column: str, code: str, known: dict[str, set[str]]) -> bool:
    if column in _CENTRAL:
        return bool(_CENTRAL[column].fullmatch(code))
    return code in known[column]


def _fault(kind: str, line: int, found: str) -> UploadFault:
    return UploadFault(kind, DATA_TABLE, line, found)
