"""StatsWales downloads "Children looked after at 31 March by local authority, gender and age".

Read as they are: four header lines, a blank or merged first column, trailing blanks in names,
`*` for a hidden value and `.` as filler. They are disclosure-controlled already (rounded to the
nearest 5, small counts hidden), stay as they are, and are labelled so. `*` hides 0 and 1 to 4
alike, because no zero is ever shown.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.catalogue.names import METRIC_EDITION
from ssstats.errors import ReturnsError
from ssstats.returns.model import HIDDEN_AT_SOURCE, RETURN_COLUMNS
from ssstats.returns.normalising import AreaNames, number_of, plain

# The table is the Children Looked After Census, from which the guidance derives CH/041.
REFERENCE = "CH/041"
# How StatsWales protected it: nearest 5, and 0 to 4 hidden behind one mark.
PROTECTION = "statswales-rounded-5"
ORIGIN = "statswales"

_HIDDEN = "*"
_FILLER = "."
_HEADER_LINES = 4
_FILE_NAME = re.compile(r"CLA_31MAR_(\d{4})\.csv", re.IGNORECASE)
_AGES = {
    "Under 1 year": "under-1",
    "1 to 4 years": "1-4",
    "5 to 9 years": "5-9",
    "10 to 15 years": "10-15",
    "16 to 17 years": "16-17",
    "18 and over": "18-and-over",
}
_SEXES = {"Boys": "male", "Girls": "female"}
_FOOTNOTE_MARK = re.compile(r"\s*\(\d+\)$")


def is_looked_after_download(path: Path) -> bool:
    """Return whether the file's name and first line are those of such a download."""
    if not _FILE_NAME.fullmatch(path.name):
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        return "Total boys and girls" in lines.readline()


def read_looked_after_download(path: Path, catalogue: Catalogue) -> pd.DataFrame:
    """Return the values of one download with the columns of `RETURN_COLUMNS`.

    Raises
    ------
    ReturnsError
        Naming file, line and cell where the layout, an area or a value is not known.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines, strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise ReturnsError(
            f"{path.name}: is no table of commas in UTF-8; download it again"
        ) from None
    breakdowns = _breakdowns_of_columns(path.name, rows[:_HEADER_LINES])
    period = _period_of(path.name)
    names = AreaNames.of(catalogue)
    values = []
    for number, row in enumerate(rows[_HEADER_LINES:], start=_HEADER_LINES + 1):
        if not any(cell.strip() for cell in row):
            continue
        values += _values_of_row(path.name, number, row, breakdowns, names)
    frame = pd.DataFrame(values, columns=["area", "breakdown", "value", "marker", "row"])
    frame = frame.assign(
        edition=METRIC_EDITION,
        period=period,
        reference=REFERENCE,
        flags="",
        protection=PROTECTION,
        origin=ORIGIN,
        file=path.name,
        value=frame["value"].astype("Float64"),
    )
    if frame.duplicated(["area", "breakdown"]).any():
        raise ReturnsError(f"{path.name}: an authority stands more than once; keep one line each")
    return frame[list(RETURN_COLUMNS)]


def _period_of(file: str) -> str:
    found = _FILE_NAME.fullmatch(file)
    if not found:
        raise ReturnsError(f"{file}: name it CLA_31MAR_<year>.csv, so that its year is known")
    year = int(found[1])
    return f"{year - 1}-{year % 100:02d}"


def _breakdowns_of_columns(file: str, header: list[list[str]]) -> list[str]:
    """Return the breakdown of each column from the third on; blank for the total."""
    if len(header) < _HEADER_LINES or len({len(line) for line in header}) != 1:
        raise ReturnsError(f"{file}: the four header lines of a StatsWales download are not there")
    cleaned = [[_FOOTNOTE_MARK.sub("", plain(cell)) for cell in line] for line in header]
    breakdowns, sex = [], ""
    for column in range(2, len(cleaned[0])):
        sex = _SEXES.get(cleaned[1][column], sex)
        age = cleaned[3][column]
        if cleaned[0][column] == "Total boys and girls" and column == len(cleaned[0]) - 1:
            breakdowns.append("")
        elif age in _AGES:
            breakdowns.append(f"sex={sex};age={_AGES[age]}")
        elif age == _FILLER and cleaned[2][column] == "All Ages":
            breakdowns.append(f"sex={sex}")
        else:
            raise ReturnsError(
                f"{file}, line 4, column {column + 1}: {age!r} is no age band of this table; "
                f"known are {', '.join(_AGES)}"
            )
    return breakdowns


def _values_of_row(
    file: str, number: int, row: list[str], breakdowns: list[str], names: AreaNames
) -> list[tuple[str, str, float | None, str, int]]:
    if len(row) != len(breakdowns) + 2:
        raise ReturnsError(
            f"{file}, line {number}: {len(row)} cells where {len(breakdowns) + 2} belong"
        )
    # An authority's name stands in the second column; on the line of Wales it is blank.
    name = row[1] if row[1].strip() else row[0]
    area = names.code(name)
    if area is None:
        raise ReturnsError(
            f"{file}, line {number}: area {plain(name)!r} is not known; "
            "add its spelling to data/catalogue/area_names.csv"
        )
    values: list[tuple[str, str, float | None, str, int]] = []
    for breakdown, cell in zip(breakdowns, row[2:], strict=True):
        typed = plain(cell)
        value = None if typed == _HIDDEN else number_of(typed)
        if value is None and typed != _HIDDEN:
            raise ReturnsError(
                f"{file}, line {number}: {typed!r} is neither a number nor {_HIDDEN}"
            )
        marker = HIDDEN_AT_SOURCE if value is None else ""
        values.append((area, breakdown, value, marker, number))
    return values
