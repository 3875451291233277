"""Reads figures back from StatsWales uploads, DfE pairs and Parquet files."""

from __future__ import annotations

import csv
import re
from functools import cache
from itertools import repeat
from pathlib import Path

import pyarrow.parquet as pq

from ssstats.matched import PREFIX
from ssstats.outputs.truth.published import (
    PARTS,
    Difference,
    Figure,
    Key,
    Truth,
    compare,
    difference,
    number_of,
    read_columns,
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
    groups = {code(text): text for text in truth.breakdowns}
    columns = read_columns(
        folder / "data.csv", ("ItemCode", "YearCode", "AreaCode", "Measure", "Data", "NoteCodes")
    )
    items, years, areas, kinds, values, codes = columns
    group_codes = _group_codes(folder / "data.csv", len(items))
    # Few words recur in many rows.
    periods = {year: f"{year[:4]}-{year[4:]}" for year in {*years}}
    breakdowns = {own: groups.get(own, "unknown group") for own in {*group_codes}}
    parts = {
        (item, kind): _part(kind) if item in measures else "value"
        for item, kind in {*zip(items, kinds, strict=True)}
    }
    keys: list[Key] = [
        *zip(
            items,
            map(periods.__getitem__, years),
            areas,
            map(breakdowns.__getitem__, group_codes),
            map(parts.__getitem__, zip(items, kinds, strict=True)),
            strict=True,
        )
    ]
    texts = [data or _marked(noted) for data, noted in zip(values, codes, strict=True)]
    found: dict[Key, str] = {}
    twice: list[Difference] = []
    for key, text in zip(keys, texts, strict=True):
        if found.setdefault(key, text) != text:
            twice.append(difference(source, Figure(*key), found[key], text))
    held = {(item, part) for (item, _), part in parts.items()}
    grouped = any(breakdowns.values())
    shown_groups = {group for group in truth.breakdowns if not group.startswith(PREFIX)}
    expected = truth.of_parts(held, shown_groups if grouped else {""})
    return [*twice, *compare(source, truth, found, expected)]


def code(breakdown: str) -> str:
    """Return the group code of a breakdown."""
    return re.sub("[=;]", "-", breakdown) or "all"


def _part(measure: str) -> str:
    tail = measure.rpartition("-")[2]
    return tail if tail in PARTS else "value"


def _group_codes(path: Path, rows: int) -> list[str]:
    """Return the group of each row; an upload of totals alone has no such column."""
    try:
        return read_columns(path, ("GroupCode",))[0]
    except LookupError:
        return ["all"] * rows


@cache
def _marked(codes: str) -> str:
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
    local, national, times, groups_named = read_columns(
        path, ("new_la_code", "country_code", "time_period", "group")
    )
    places = [
        (f"{time[:4]}-{time[4:]}", area or country, groups.get(group, "unknown group"))
        for area, country, time, group in zip(local, national, times, groups_named, strict=True)
    ]
    found: dict[Key, str] = {}
    for (item, part), texts in zip(keys.values(), read_columns(path, list(keys)), strict=True):
        own = ((item, *place, part) for place in places)
        found.update(zip(own, map(_as_published, texts), strict=True))
    shown_groups = {breakdown for _, _, breakdown in places} if keys else set()
    expected = truth.of_parts({*keys.values()}, shown_groups)
    # The matrix is complete: what nobody was asked about is x there.
    return compare(f"data/{path.parent.name}/{path.name}", truth, found, expected)


@cache
def _as_published(text: str) -> str:
    return text if text[:1].isdigit() else f"[{text}]"


def check_data_of_page(path: Path, truth: Truth) -> list[Difference]:
    """Compare the data file that a page of a measure or a metric offers, both ways."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    of_measure = header[0] == "measure"
    items = columns[header[0]]
    found: dict[Key, str] = {}
    for part in PARTS if of_measure else ("value",):
        marker = f"{part}_marker" if f"{part}_marker" in columns else "marker"
        # A value without limits, and a rate of a population, has blanks in its other parts.
        blank = {"lower": "[z]", "upper": "[z]"}.get(part, "[x]")
        texts = (
            (f"[{marked}]" if marked else value) or blank
            for value, marked in zip(columns[part], columns[marker], strict=True)
        )
        keys = zip(items, columns["period"], columns["area"], repeat(""), repeat(part))
        found.update(zip(keys, texts, strict=True))
    return compare(f"site/data/{path.name}", truth, found, truth.totals_of({*items}))


def check_repeated_figures(data: Path, truth: Truth) -> list[Difference]:
    """Compare the published figures that changes.csv and signals.csv repeat."""
    differences: list[Difference] = []
    for name, columns in _REPEATED.items():
        if not (data / name).is_file():
            continue
        found: dict[Key, str] = {}
        for row in read_rows(data / name):
            item = row.get("item") or row["measure"]
            for value, marker, period, part in columns:
                text = shown(row[value], row[marker])
                # A value without limits, or a figure that is not there, is blank in these files.
                if text:
                    found[item, row[period], row["area"], "", part] = text
        differences += compare(f"data/{name}", truth, found, set())
    return differences


def check_parquet(path: Path) -> list[Difference]:
    """Compare a Parquet file with the CSV file of its name, cell by cell."""
    source = f"data/{path.name}"
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    table = pq.read_table(path)
    columns = read_columns(path.with_suffix(".csv"), header)
    if table.column_names != header or table.num_rows != len(columns[0]):
        return [difference(source, "columns and rows", "those of the CSV file", "others")]
    differences = []
    for name, texts in zip(header, columns, strict=True):
        cells = table.column(name).to_pylist()
        # A column of numbers, or of texts that are no numbers.
        if cells == texts or cells == list(map(_cell_of, texts)):
            continue
        differences += [
            difference(source, f"row {line}, {name}", text, "" if cell is None else str(cell))
            for line, (text, cell) in enumerate(zip(texts, cells, strict=True), start=2)
            if not _same_cell(text, cell)
        ]
    return differences


@cache
def _cell_of(text: str) -> float | str | None:
    number = number_of(text)
    return (text or None) if number is None else number


def _same_cell(text: str, cell: object) -> bool:
    if cell is None or isinstance(cell, str):
        return text == (cell or "")
    return number_of(text) == cell
