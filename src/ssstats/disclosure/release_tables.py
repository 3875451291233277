"""Release tables: what the gate let through, and all that anything after it may know.

Held as plain CSV files in one folder, so that a notebook, a reviewer and a member of the public
start from the same values and markers. No unprotected count is in them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from ssstats.errors import UsageError, listed
from ssstats.file_states import State, states_of
from ssstats.plain_csv import csv_bytes

# One row a published quantity. `value` is blank where `marker` is given; `rule` says what
# disclosure control did; `lowest` and `highest` bound the true value as far as the published one
# tells (23 to 27 for 25 rounded to base 5; 1 to 4 for a hidden count).
COUNT_COLUMNS = (
    "edition",
    "period",
    "area",
    "reference",
    "breakdown",
    "value",
    "marker",
    "rule",
    "flags",
    "lowest",
    "highest",
    "answered",
    "expected",
    "kind",
)

# One row a published count of an authority's own metric; its reference names the authority.
LOCAL_COLUMNS = (
    "edition",
    "period",
    "area",
    "reference",
    "label_en",
    "label_cy",
    "value",
    "marker",
    "rule",
    "lowest",
    "highest",
)

# What disclosure control did to a quantity, as the rule column says it.
AS_PUBLISHED = "as published at source"
NOT_PROTECTED = "not protected"
ZERO = "zero shown"
HIDDEN = "under threshold"
# Hidden so that others cannot be worked out; it may be any count but zero.
SECONDARY = "hidden to protect others"
FOLLOWS = "hidden with its count"
ROUNDED = "rounded"
# A protected figure that is not small, under a policy that rounds nothing.
EXACT = "shown exactly"
NO_VALUE = "no value"

_NUMBERS = {
    "value": "Float64",
    "lowest": "Float64",
    "highest": "Float64",
    "answered": "Int64",
    "expected": "Int64",
}


@dataclass(frozen=True)
class ReleaseTables:
    """Published quantities with their coverage, exceptions and breaks, and the release's facts.

    `broken` lists the identities of the guidance that the returns break, without amounts; `local`
    holds the authorities' own metrics, which stand in no figure of Wales.
    `facts` holds period, origin, policy, designation and languages; it is what release.json says.
    """

    counts: pd.DataFrame
    coverage: pd.DataFrame
    exceptions: pd.DataFrame
    breaks: pd.DataFrame
    checks: pd.DataFrame
    broken: pd.DataFrame
    local: pd.DataFrame
    facts: Mapping[str, object]


_FRAMES = tuple(field.name for field in fields(ReleaseTables) if field.name != "facts")


def no_local_counts() -> pd.DataFrame:
    """Return an empty frame with the columns of `LOCAL_COLUMNS`."""
    frame = pd.DataFrame({column: pd.Series(dtype="str") for column in LOCAL_COLUMNS})
    return frame.astype(dict.fromkeys(("value", "lowest", "highest"), "Float64"))


def write_release_tables(tables: ReleaseTables, folder: Path) -> list[Path]:
    """Write one CSV a table and release.json into `folder`; return the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in _FRAMES:
        path = folder / f"{name}.csv"
        write_csv(getattr(tables, name), path)
        written.append(path)
    facts = folder / "release.json"
    text = json.dumps(dict(tables.facts), ensure_ascii=False, indent=2, sort_keys=True)
    facts.write_text(text + "\n", encoding="utf-8")
    return [*written, facts]


def read_release_tables(folder: Path) -> ReleaseTables:
    """Return the release tables of one folder.

    Raises
    ------
    UsageError
        If the folder does not hold release tables.
    """
    missing = [
        name
        for name in (*(f"{name}.csv" for name in _FRAMES), "release.json")
        if not (folder / name).is_file()
    ]
    if missing:
        raise UsageError(
            f"{folder}: no release tables here ({listed(missing)} missing); "
            "give the data folder of a release"
        )
    frames = {name: _read_csv(folder / f"{name}.csv") for name in _FRAMES}
    facts = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    return ReleaseTables(**frames, facts=MappingProxyType(facts))


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as the same bytes on every machine: UTF-8, line feeds, whole numbers bare."""
    path.write_bytes(csv_bytes(frame))


def _read_csv(path: Path) -> pd.DataFrame:
    # Taken before reading, so that a file changed meanwhile is read again by the next call.
    states = states_of(path)
    return _read_once(path, states).copy(deep=False)


# The steps of a build read the same files one after the other; what one does to its frame stays
# its own, because pandas copies what is written to.
@lru_cache(maxsize=len(_FRAMES))
def _read_once(path: Path, states: tuple[State, ...]) -> pd.DataFrame:
    header = pd.read_csv(path, nrows=0).columns
    kinds = {column: _NUMBERS.get(column, "str") for column in header}
    return pd.read_csv(
        path, dtype=kinds, keep_default_na=False, na_values={c: [""] for c in _NUMBERS}
    )
