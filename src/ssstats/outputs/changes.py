"""The change log of the open data: what differs from the release before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.outputs.plan import Plan
from ssstats.outputs.safe_csv import write_rows

CHANGE_LOG = "change-log.csv"
_COMPARED = ("counts.csv", "measures.csv")
_RELEASE = "release.json"
_Row = tuple[str, str, str, int]


def write_change_log(plan: Plan, tables: ReleaseTables, data: Path, previous: Path | None) -> Path:
    """Write what was added, removed and revised since the release before.

    Parameters
    ----------
    previous : Path
        Folder of the release before; None for a first release.
    """
    period = str(tables.facts["period"])
    if previous is None:
        against, rows = "", [(name, "first-release", "", 0) for name in _COMPARED]
    else:
        facts = pd.read_json(previous / "data" / _RELEASE, typ="series")
        against = str(facts["period"])
        rows = [
            row
            for name in _COMPARED
            for row in _changes(plan, name, data / name, previous / "data" / name)
        ]
    header = [column.name for column in plan.columns[CHANGE_LOG]]
    lines = [(period, against, *row[:-1], str(row[-1])) for row in rows]
    return write_rows(data / CHANGE_LOG, header, lines)


def _changes(plan: Plan, name: str, now_path: Path, before_path: Path) -> Iterator[_Row]:
    now = pd.read_csv(now_path, dtype=str, keep_default_na=False)
    before = pd.read_csv(before_path, dtype=str, keep_default_na=False)
    for column in sorted(set(now) - set(before)):
        yield name, "column-added", column, 1
    for column in sorted(set(before) - set(now)):
        yield name, "column-removed", column, 1
    keys = [column.name for column in plan.columns[name] if column.key]
    if not set(keys) <= set(before):
        return
    both = now.merge(before, on=keys, how="outer", indicator=True, suffixes=("", "_before"))
    for kind, side in (("rows-added", "left_only"), ("rows-removed", "right_only")):
        yield from _by_year(name, kind, both[both["_merge"].eq(side)])
    held = both[both["_merge"].eq("both")]
    differs = held["value"].ne(held["value_before"]) | held["marker"].ne(held["marker_before"])
    yield from _by_year(name, "values-changed", held[differs])


def _by_year(name: str, kind: str, rows: pd.DataFrame) -> Iterator[_Row]:
    for (edition, period), own in rows.groupby(["edition", "period"], sort=True):
        yield name, kind, f"{edition} {period}", len(own)
