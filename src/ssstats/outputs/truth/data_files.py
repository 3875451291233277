"""Reads figures back from StatsWales uploads, DfE pairs and Parquet files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from functools import cache
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ssstats.outputs.truth.columns import Columns, columns_by
from ssstats.outputs.truth.comparing import Difference, Found, difference
from ssstats.outputs.truth.published import (
    PARTS,
    Place,
    Series,
    TidyFiles,
    Truth,
    number_of,
    shown,
)
from ssstats.outputs.truth.subjects import Subject

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


def check_upload_figures(folder: Path, truth: Truth, subject: Subject) -> list[Difference]:
    """Compare the data table of a subject's upload with the published figures, both ways."""
    upload = Columns(folder / "data.csv")
    groups = {code(text): text for text in truth.breakdowns}
    # An upload of totals alone has no column of groups.
    names = ("ItemCode", "Measure", *(("GroupCode",) if "GroupCode" in upload else ()))
    places = upload.each(_place, "YearCode", "AreaCode")
    texts = upload.each(_as_noted, "Data", "NoteCodes")
    found = Found(f"statswales/{folder.name}")
    for (item, kind, *group), rows in upload.rows_by(*names):
        breakdown = groups.get(group[0], "unknown group") if group else ""
        series = (item, breakdown, _part(kind) if item in subject.measures else "value")
        found.add(series, places[rows].tolist(), texts[rows].tolist())
    held = {(item, part) for item, _, part in found.figures}
    expected = {**truth.of_parts(held, truth.shown_groups), **subject.of_upload(truth)}
    return found.against(truth, expected)


def code(breakdown: str) -> str:
    """Return the group code of a breakdown."""
    return re.sub("[=;]", "-", breakdown) or "all"


def _part(measure: str) -> str:
    tail = measure.rpartition("-")[2]
    return tail if tail in PARTS else "value"


def _place(year: str, area: str) -> Place:
    """Return the year and area of codes; a year without its hyphen."""
    return f"{year[:4]}-{year[4:]}", area


def _as_noted(value: str, codes: str) -> str:
    """Return a figure as it is compared: its value, or the marker among its remarks."""
    if value:
        return value
    known = [c for c in codes.split(",") if c in _BLANKS]
    return f"[{_CODES.get(known[0], known[0])}]" if known else ""


def check_pair_figures(
    path: Path,
    truth: Truth,
    expected: Mapping[Series, Set[Place]],
    limits: Mapping[str, str],
    groups: Mapping[str, str],
) -> list[Difference]:
    """Compare one DfE pair with the published figures, both ways.

    Parameters
    ----------
    expected : mapping of Series to set of Place
        The values that it is to hold (see `Subject.of_pairs`).
    limits : mapping of str to str
        lower and upper by the words that stand in labels.
    groups : mapping of str to str
        Breakdowns by the words that stand in the column `group`.
    """
    described = Columns(path.with_name(f"{path.stem}.meta.csv"))
    parts: dict[str, tuple[str, str]] = {}
    for column, label in described.rows("col_name", "label"):
        if named := _LABEL.search(label):
            parts[column] = (named[1], limits.get(named[2] or "", "value"))
    found = Found(f"data/{path.parent.name}/{path.name}")
    for group, columns in columns_by(path, "group").items():
        breakdown = groups.get(group, "unknown group")
        years, areas = columns["time_period"], columns["new_la_code"]
        places = [
            _place(year, area or country)
            for year, area, country in zip(years, areas, columns["country_code"], strict=True)
        ]
        for column, (item, part) in parts.items():
            found.add((item, breakdown, part), places, [*map(_as_published, columns[column])])
    shown_groups = {group for _, group, _ in found.figures}
    # The matrix is complete: what nobody was asked about is x there.
    return found.against(truth, {**truth.of_parts(parts.values(), shown_groups), **expected})


@cache
def _as_published(text: str) -> str:
    return text if text[:1].isdigit() else f"[{text}]"


def check_data_of_page(path: Path, truth: Truth) -> list[Difference]:
    """Compare the data file that a page of a measure or a metric offers, both ways."""
    found = Found(f"site/data/{path.name}")
    of_items = columns_by(path)
    for item, columns in of_items.items():
        places = [*zip(columns["period"], columns["area"], strict=True)]
        of_measure = "measure" in columns
        for part in PARTS if of_measure else ("value",):
            marker = f"{part}_marker" if f"{part}_marker" in columns else "marker"
            # A value without limits, and a rate of a population, has blanks in its other parts.
            blank = {"lower": "[z]", "upper": "[z]"}.get(part, "[x]")
            texts = [
                (f"[{marked}]" if marked else value) or blank
                for value, marked in zip(columns[part], columns[marker], strict=True)
            ]
            found.add((item, "", part), places, texts)
    return found.against(truth, truth.of_parts(product(of_items, PARTS)))


def check_repeated_figures(tidy: TidyFiles, truth: Truth) -> list[Difference]:
    """Compare the published figures that changes.csv and signals.csv repeat."""
    differences: list[Difference] = []
    for name, repeated in _REPEATED.items():
        if not (tidy.folder / name).is_file():
            continue
        columns = tidy[name]
        found = Found(f"data/{name}")
        for value, marker, period, part in repeated:
            places = columns.each(lambda *place: place, period, "area")
            texts = columns.each(shown, value, marker)
            for (item,), rows in columns.rows_by("item" if "item" in columns else "measure"):
                # A value without limits, or a figure that is not there, is blank in these files.
                own = rows[texts[rows] != ""]
                found.add((item, "", part), places[own].tolist(), texts[own].tolist())
        differences += found.against(truth, {})
    return differences


def check_parquet(path: Path, columns: Columns) -> list[Difference]:
    """Compare a Parquet file with the columns of the CSV file of its name, cell by cell."""
    source = f"data/{path.name}"
    with pq.ParquetFile(path) as file:
        table = file.read()
    if tuple(table.column_names) != columns.names or table.num_rows != len(columns):
        return [difference(source, "columns and rows", "those of the CSV file", "others")]
    differences = []
    for name in columns.names:
        if _say_the_same(table.column(name).combine_chunks(), columns.words(name)):
            continue
        cells = table.column(name).to_pylist()
        differences += [
            difference(source, f"row {line}, {name}", text, "" if cell is None else str(cell))
            for line, (text, cell) in enumerate(zip(columns[name], cells, strict=True), start=2)
            if not _same_cell(text, cell)
        ]
    return differences


def _say_the_same(cells: pa.Array, texts: pa.DictionaryArray) -> bool:
    """Return whether all cells of a column are surely what its texts say."""
    if pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
        said, cells = texts.dictionary, cells.fill_null("")
    elif pa.types.is_floating(cells.type) or pa.types.is_integer(cells.type):
        words = texts.dictionary.to_pylist()
        numbers = [number_of(word) for word in words]
        if any(word and number is None for word, number in zip(words, numbers, strict=True)):
            return False
        said = pa.array(numbers, pa.float64())
    else:
        return False
    return said.take(texts.indices).equals(cells.cast(said.type))


def _same_cell(text: str, cell: object) -> bool:
    if cell is None or isinstance(cell, str):
        return text == (cell or "")
    return number_of(text) == cell
