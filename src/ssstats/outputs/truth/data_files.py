"""Reads figures back from StatsWales uploads, DfE pairs and Parquet files."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pyarrow.parquet as pq

from ssstats.matched import PREFIX
from ssstats.outputs.truth.published import (
    PARTS,
    Difference,
    Figure,
    Truth,
    compare,
    difference,
    number_of,
    read_rows,
    shown,
)

_LABEL = re.compile(r"\(([^()\s]+)\)(?:: ([^()]+))?$")
# Files whose rows repeat published figures: columns of value and marker, of the year, the part.
_REPEATED = {
    "changes.csv": (
        ("old_value", "old_marker", "previous", "value"),
        ("new_value", "new_marker", "period", "value"),
    ),
    "signals.csv": (
        ("value", "marker", "period", "value"),
        ("lower", "marker", "period", "lower"),
        ("upper", "marker", "period", "upper"),
    ),
}
_CODES = {"k": "low"}
# Markers that leave a StatsWales value blank; the other codes are remarks.
_BLANKS = ("c", "x", "z", "u", "k")


def check_upload_figures(folder: Path, truth: Truth, measures: set[str]) -> list[Difference]:
    """Compare the data table of one upload with the published figures, both ways."""
    source = f"statswales/{folder.name}"
    groups = {code(text): text for text in {key.breakdown for key in truth.figures}}
    found: dict[Figure, str] = {}
    twice: list[Difference] = []
    for row in read_rows(folder / "data.csv"):
        item = row["ItemCode"]
        period = f"{row['YearCode'][:4]}-{row['YearCode'][4:]}"
        part = _part(row["Measure"]) if item in measures else "value"
        group = groups.get(row.get("GroupCode", "all"), "unknown group")
        key = Figure(item, period, row["AreaCode"], group, part)
        text = _text(row["Data"], row["NoteCodes"])
        if found.setdefault(key, text) != text:
            twice.append(difference(source, key, found[key], text))
    items = {key.item for key in found}
    grouped = any(key.breakdown for key in found)
    parts = {(key.item, key.part) for key in found}
    expected = {
        key
        for key in truth.of_items(items)
        if (key.item, key.part) in parts
        and not key.breakdown.startswith(PREFIX)
        and (grouped or not key.breakdown)
    }
    return [*twice, *compare(source, truth, found, expected)]


def code(breakdown: str) -> str:
    """Return the group code of a breakdown."""
    return re.sub("[=;]", "-", breakdown) or "all"


def _part(measure: str) -> str:
    tail = measure.rpartition("-")[2]
    return tail if tail in PARTS else "value"


def _text(data: str, codes: str) -> str:
    if data:
        return data
    known = [c for c in codes.split(",") if c in _BLANKS]
    return f"[{_CODES.get(known[0], known[0])}]" if known else ""


def check_pair_figures(
    path: Path, truth: Truth, limits: dict[str, str], groups: dict[str, str]
) -> list[Difference]:
    """Compare one DfE pair with the published figures.

    Parameters
    ----------
    limits : dict
        lower and upper by the words that stand in labels.
    groups : dict
        Breakdowns by the words that stand in the column `group`.
    """
    described = read_rows(path.with_name(f"{path.stem}.meta.csv"))
    meta = {row["col_name"]: row["label"] for row in described}
    keys: dict[str, tuple[str, str]] = {}
    for column, label in meta.items():
        if named := _LABEL.search(label):
            keys[column] = (named[1], limits.get(named[2] or "", "value"))
    found: dict[Figure, str] = {}
    for row in read_rows(path):
        area = row["new_la_code"] or row["country_code"]
        period = f"{row['time_period'][:4]}-{row['time_period'][4:]}"
        breakdown = groups.get(row["group"], "unknown group")
        for column, (item, part) in keys.items():
            text = row[column]
            marked = text if text[:1].isdigit() else f"[{text}]"
            found[Figure(item, period, area, breakdown, part)] = marked
    items, parts = {key.item for key in found}, {(key.item, key.part) for key in found}
    shown_groups = {key.breakdown for key in found}
    expected = {
        key
        for key in truth.of_items(items)
        if (key.item, key.part) in parts and key.breakdown in shown_groups
    }
    # The matrix is complete: what nobody was asked about is x there.
    return compare(f"data/dfe/{path.name}", truth, found, expected)


def check_repeated_figures(data: Path, truth: Truth) -> list[Difference]:
    """Compare the published figures that changes.csv and signals.csv repeat."""
    differences: list[Difference] = []
    for name, columns in _REPEATED.items():
        if not (data / name).is_file():
            continue
        found: dict[Figure, str] = {}
        for row in read_rows(data / name):
            item = row.get("item") or row["measure"]
            for value, marker, period, part in columns:
                text = shown(row[value], row[marker])
                # A value without limits, or a figure that is not there, is blank in these files.
                if text:
                    found[Figure(item, row[period], row["area"], "", part)] = text
        differences += compare(f"data/{name}", truth, found, set())
    return differences


def check_parquet(path: Path) -> list[Difference]:
    """Compare a Parquet file with the CSV file of its name, cell by cell."""
    source = f"data/{path.name}"
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    table = pq.read_table(path)
    if table.column_names != header or table.num_rows != len(rows):
        return [difference(source, "columns and rows", "those of the CSV file", "others")]
    differences = []
    for name, texts in zip(header, zip(*rows, strict=True), strict=True):
        cells = ["" if cell is None else cell for cell in table.column(name).to_pylist()]
        differences += [
            difference(source, f"row {line}, {name}", text, str(cell))
            for line, (text, cell) in enumerate(zip(texts, cells, strict=True), start=2)
            if text != cell and (isinstance(cell, str) or number_of(text) != cell)
        ]
    return differences
