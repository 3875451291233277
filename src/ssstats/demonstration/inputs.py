"""Reads what the demonstration is made from, and checks it against the catalogue.

The tables stand in `data/demonstration`; their columns are explained in docs/demonstration.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.demonstration.calibration import Calibration, read_calibration
from ssstats.errors import CatalogueError, listed

OPERATIONS = ("times", "plus", "move", "above", "set", "swap_digits", "last_year")

_COLUMNS = {
    "leanings": "edition reference area factor source note",
    "breakdowns": "edition period reference breakdown share source note",
    "remarks": "edition period area domain section reference marker flag note",
    "faults": "edition period area reference kind operation amount compared what rule",
    "exceptions": "edition period area reference amount reason evidence author decision "
    "decided_by decided_on",
}
_OWN_METRICS = "edition period area area_name reference breakdown value marker flags origin note"


@dataclass(frozen=True)
class Inputs:
    """The tables in data/demonstration; there is one calibration an edition."""

    calibration: dict[str, Calibration]
    leanings: pd.DataFrame
    breakdowns: pd.DataFrame
    remarks: pd.DataFrame
    faults: pd.DataFrame
    exceptions: pd.DataFrame
    own_metrics: pd.DataFrame


def read_inputs(folder: Path, catalogue: Catalogue) -> Inputs:
    """Return the demonstration's inputs, checked against the catalogue.

    Raises
    ------
    CatalogueError
        If a table is missing, lacks a column, or names an unknown edition, area, reference or
        operation, and for what `read_calibration` refuses.
    """
    calibration = {
        path.stem.removeprefix("calibration-"): read_calibration(path, catalogue)
        for path in sorted(folder.glob("calibration-*.csv"))
    }
    if not calibration:
        raise CatalogueError(f"{folder.name} holds no calibration-<edition>.csv; add one")
    tables = {name: _read(folder / f"{name}.csv", columns) for name, columns in _COLUMNS.items()}
    for name, table in tables.items():
        _check_places(f"{name}.csv", table, calibration, catalogue)
    _refuse("faults.csv", "operation", tables["faults"]["operation"], OPERATIONS)
    own = _read(folder / "own-metrics.csv", _OWN_METRICS)
    # Their references are the authorities' own.
    _check_places("own-metrics.csv", own.assign(reference=""), calibration, catalogue)
    return Inputs(calibration=calibration, own_metrics=own, **tables)


def _read(path: Path, columns: str) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
    except FileNotFoundError:
        raise CatalogueError(f"{path.parent.name}/{path.name} is missing; restore it") from None
    if missing := set(columns.split()) - set(table.columns):
        raise CatalogueError(f"{path.name}: columns {listed(missing)} are missing; add them")
    return table


def _check_places(
    name: str, table: pd.DataFrame, calibration: dict[str, Calibration], catalogue: Catalogue
) -> None:
    """Refuse editions, periods, areas and references that are not known; blank means all."""
    _refuse(name, "edition", table["edition"], calibration)
    if "area" in table:
        _refuse(name, "area", table["area"], [*catalogue.areas["area"], ""])
    for edition, rows in table.groupby("edition"):
        known = calibration[str(edition)]
        _refuse(name, "reference", rows["reference"], [*(r.reference for r in known.rows), ""])
        if "period" in rows:
            _refuse(name, "period", rows["period"], [*known.periods, ""])


def _refuse(name: str, column: str, found: pd.Series, allowed: object) -> None:
    unknown = set(found) - set(allowed)  # type: ignore[call-overload]
    if unknown:
        raise CatalogueError(
            f"{name}: {column} {listed(unknown)} is not known; use {listed(allowed, most=24)}"
        )
