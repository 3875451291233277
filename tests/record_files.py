"""Files of records for tests, written row by row, and what they were counted to."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from ssstats.catalogue import read_catalogue
from ssstats.importers import Imported, import_records, read_facts
from ssstats.periods import ReportingYear

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = read_catalogue(ROOT / "data" / "catalogue")
FACTS = read_facts(ROOT / "data" / "importers", CATALOGUE)
YEAR = ReportingYear(2024)
POWYS, CARDIFF = "W06000023", "W06000015"


def write_records(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    """Write rows under a header of all their columns; what a row does not say is blank."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as target:
        lines = csv.DictWriter(target, header, restval="", lineterminator="\n")
        lines.writeheader()
        lines.writerows(rows)
    return path


def counted(folder: Path, layout: str, rows: Sequence[dict[str, str]], **options) -> Imported:
    """Import rows of one layout for 2024-25."""
    path = write_records(folder / "records.csv", rows)
    options = {"period": YEAR, **options}
    return import_records(layout, path, CATALOGUE, FACTS, **options)


def values_of(imported: Imported, area: str = POWYS) -> dict[str, float | str]:
    """Return totals of an area by reference: a number, or the marker where there is none."""
    own = imported.values[(imported.values["area"] == area) & (imported.values["breakdown"] == "")]
    return {row.reference: row.marker or row.value for row in own.itertuples()}
