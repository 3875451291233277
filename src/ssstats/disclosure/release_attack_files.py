"""Reads a release as an intruder does: from its published files, with a reader of its own.

What a figure leaves possible is worked out again from its value, marker and rule; the bounds that
the release states are believed only where they are narrower. Anything that the policy of the
release does not explain is refused.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, read_csv

from ssstats.disclosure.published_relations import BROKEN_COLUMNS
from ssstats.disclosure.release_tables import (
    AS_PUBLISHED,
    COUNT_COLUMNS,
    EXACT,
    FOLLOWS,
    HIDDEN,
    NO_VALUE,
    NOT_PROTECTED,
    ROUNDED,
    SECONDARY,
    ZERO,
)
from ssstats.errors import DisclosureError, UsageError, listed

Floats = NDArray[np.float64]

_COUNTS, _BROKEN, _FACTS = "counts.csv", "broken.csv", "release.json"
# What an intruder keeps of a release.
KEPT_FILES = (_COUNTS, _BROKEN, _FACTS)
_NUMBERS = ("value", "lowest", "highest", "answered", "expected")
_RULES = (
    AS_PUBLISHED,
    NOT_PROTECTED,
    ZERO,
    HIDDEN,
    SECONDARY,
    FOLLOWS,
    ROUNDED,
    EXACT,
    NO_VALUE,
)
_LEAST_DECIMAL = 0.1


@dataclass(frozen=True)
class PublishedFiles:
    """The figures of a release, the identities that it says fail, its policy and its period."""

    counts: pd.DataFrame
    broken: pd.DataFrame
    policy: Mapping[str, object]
    period: str


def read_published_files(folder: Path) -> PublishedFiles:
    """Return what the data folder of a release publishes.

    Raises
    ------
    UsageError
        If files or columns are missing.
    DisclosureError
        If a figure is not what the release's policy makes of any count.
    """
    facts_file = folder / _FACTS
    if not facts_file.is_file():
        raise UsageError(f"{folder.name}: {_FACTS} is missing; give the data folder of a release")
    facts = json.loads(facts_file.read_text(encoding="utf-8"))
    policy = facts.get("policy", {})
    counts = read_texts(folder / _COUNTS, COUNT_COLUMNS)
    for column in _NUMBERS:
        counts[column] = _numbers(counts, column)
    _check_figures(counts, policy)
    lowest, highest = _bounds(counts, policy)
    # The release may say less than its rules do; it may also, by mistake, say more.
    counts["lowest"] = pd.array(np.fmax(lowest, _floats(counts["lowest"])), dtype="Float64")
    counts["highest"] = pd.array(np.fmin(highest, _floats(counts["highest"])), dtype="Float64")
    return PublishedFiles(
        counts, read_texts(folder / _BROKEN, BROKEN_COLUMNS), policy, str(facts.get("period", ""))
    )


def read_texts(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return columns of a published file as they are written.

    Raises
    ------
    UsageError
        If the file or a column is missing, or a row has more or fewer fields than the heading.
    """
    if not path.is_file():
        raise UsageError(f"{path.name} is missing; give the data folder of a whole release")
    with path.open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines), [])
    if missing := {name for name in columns if header.count(name) != 1}:
        raise UsageError(
            f"{path.name}: column {listed(missing)} is missing; build the release anew"
        )
    try:
        table = read_csv(
            path,
            ReadOptions(use_threads=False),
            ParseOptions(newlines_in_values=True),
            ConvertOptions(
                column_types=dict.fromkeys(columns, pa.large_string()),
                include_columns=list(columns),
            ),
        )
    except pa.ArrowInvalid as problem:
        raise UsageError(
            f"{path.name} cannot be read as a table of equally long rows; build the release anew"
        ) from problem
    text = pd.StringDtype("pyarrow", na_value=np.nan)
    return table.to_pandas(types_mapper=lambda _: text)


def _numbers(counts: pd.DataFrame, column: str) -> pd.Series:
    """Return the numbers that the texts of a column say, blank ones missing."""
    said = pa.array(counts[column].array)
    try:
        numbers = pc.cast(pc.if_else(pc.equal(said, ""), None, said), pa.float64())
    except pa.ArrowInvalid as problem:
        raise UsageError(
            f"{_COUNTS}: column {column} holds what is no number; build the release anew"
        ) from problem
    return pd.Series(numbers.to_pandas().to_numpy(), dtype="Float64")


def _floats(column: pd.Series) -> Floats:
    return column.to_numpy(dtype="float64", na_value=np.nan)


def _check_figures(counts: pd.DataFrame, policy: Mapping[str, object]) -> None:
    """Refuse figures that no count under the policy gives."""
    value, rule = _floats(counts["value"]), counts["rule"]
    base, threshold = int(str(policy["base"])), int(str(policy["threshold"]))
    shown = ~np.isnan(value)
    hidden = rule.isin([HIDDEN, SECONDARY, FOLLOWS]).to_numpy()
    rounded = (rule == ROUNDED).to_numpy() & shown
    exact = (rule == EXACT).to_numpy() & shown
    count = (counts["kind"] == "count").to_numpy()
    faults = {
        "the rule is not known": ~rule.isin(_RULES).to_numpy(),
        "a hidden figure shows a value": hidden & shown,
        "a hidden figure lacks its marker": hidden
        & (counts["marker"] != str(policy["marker"])).to_numpy(),
        "a rounded figure is not a multiple of the base": rounded & (value % base != 0),
        "a rounded count is under the threshold": rounded & count & (value < threshold),
        "an exact count is under the threshold": exact & count & (value < threshold),
        "an exact figure stands under a policy that rounds": exact & (base > 1),
        "a zero is not zero": (rule == ZERO).to_numpy() & (value != 0),
    }
    for fault, wrong in faults.items():
        if wrong.any():
            named = counts.loc[wrong, ["period", "area", "reference", "breakdown"]]
            raise DisclosureError(
                f"{_COUNTS}: {fault}, at {listed(named.agg(' '.join, axis=1).str.strip())}; "
                "only the gate makes figures of a release: build it anew"
            )


def _bounds(counts: pd.DataFrame, policy: Mapping[str, object]) -> tuple[Floats, Floats]:
    """Return the lowest and highest true figure that value and rule leave possible."""
    value, rule = _floats(counts["value"]), counts["rule"].to_numpy(dtype=object)
    base, threshold = int(str(policy["base"])), int(str(policy["threshold"]))
    decimal = (counts["kind"] == "wte").to_numpy()
    least = np.where(decimal, _LEAST_DECIMAL, 1.0)
    below = np.where(decimal, base / 2, base // 2)
    above = np.where(decimal, base / 2, (base - 1) // 2)
    rounded = rule == ROUNDED
    low = np.select(
        [rounded, (rule == HIDDEN) | (rule == SECONDARY), rule == FOLLOWS, rule == AS_PUBLISHED],
        [value - below, least, 0.0, np.nan],
        default=value,
    )
    count = rounded & counts["kind"].isin(["count", "wte"]).to_numpy()
    low[count] = np.maximum(low[count], threshold)
    high = np.select(
        [rounded, rule == HIDDEN, (rule == SECONDARY) | (rule == FOLLOWS) | (rule == AS_PUBLISHED)],
        [value + above, threshold - least, np.nan],
        default=value,
    )
    return low, high
