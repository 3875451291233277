"""Reads what the demonstration is made from: calibration, leanings, remarks, faults, exceptions.

The tables stand in `data/demonstration`; their columns are explained in docs/demonstration.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import CatalogueError, listed

BASES = (
    "total",
    "number",
    "share",
    "one or more",
    "part",
    "cover",
    "part of wte",
    "stock",
    "entries",
    "multiple",
    "more",
    "sum",
    "days",
    "days in all",
    "wte",
    "population",
)
OPERATIONS = ("times", "plus", "move", "above", "set", "swap_digits", "last_year")

_COLUMNS = {
    "calibration": "reference family basis of division parameter spread source note",
    "leanings": "edition reference area factor source note",
    "remarks": "edition period area domain section reference marker flag note",
    "faults": "edition period area reference kind operation amount compared what rule",
    "exceptions": "edition period area reference amount reason evidence author decision "
    "decided_by decided_on",
}
_PERIOD = re.compile(r"\d{4}-\d{2}")
_TERM = re.compile(r"([+-]?)([A-Za-z0-9_/.]+)(@prev)?")
_POPULATION_BASES = ("total", "stock", "population")


@dataclass(frozen=True)
class Inputs:
    """The tables in data/demonstration; `calibration` has one table an edition."""

    calibration: dict[str, pd.DataFrame]
    leanings: pd.DataFrame
    remarks: pd.DataFrame
    faults: pd.DataFrame
    exceptions: pd.DataFrame


def read_inputs(folder: Path, catalogue: Catalogue) -> Inputs:
    """Return the demonstration's inputs, checked against the catalogue.

    Raises
    ------
    CatalogueError
        If a table is missing, lacks a column, names an unknown basis, reference, area or
        operation, or leaves a collected metric without calibration.
    """
    calibration = {}
    for path in sorted(folder.glob("calibration-*.csv")):
        edition = path.stem.removeprefix("calibration-")
        table = _read(path, "calibration").set_index("reference", drop=False)
        _check_calibration(path.name, table, _collected(catalogue, edition), catalogue)
        calibration[edition] = table
    if not calibration:
        raise CatalogueError(f"{folder.name} holds no calibration-<edition>.csv; add one")
    others = {
        name: _read(folder / f"{name}.csv", name) for name in _COLUMNS if name != "calibration"
    }
    for name, table in others.items():
        _check_places(f"{name}.csv", table, calibration, catalogue)
    _refuse("faults.csv", "operation", others["faults"]["operation"], OPERATIONS)
    return Inputs(calibration=calibration, **others)


def terms_of(expression: str) -> list[tuple[int, str, bool]]:
    """Return sign, reference and whether last year is meant, for each term of a+b@prev-c."""
    return [
        (-1 if sign == "-" else 1, reference, bool(previous))
        for sign, reference, previous in _TERM.findall(expression)
    ]


def periods_of(calibration: pd.DataFrame) -> list[str]:
    """Return the reporting years of a calibration; the first only opens the stocks."""
    return sorted(name for name in map(str, calibration.columns) if _PERIOD.fullmatch(name))


def levels_of(row: pd.Series, periods: list[str]) -> np.ndarray:
    """Return the Wales level in each period, interpolated on straight lines where blank."""
    given = [i for i, period in enumerate(periods) if row[period] != ""]
    known = [float(row[periods[i]]) for i in given]
    return np.interp(np.arange(len(periods)), given, known) if given else np.array([])


def _read(path: Path, name: str) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
    except FileNotFoundError:
        raise CatalogueError(f"{path.parent.name}/{path.name} is missing; restore it") from None
    missing = set(_COLUMNS[name].split()) - set(table.columns)
    if missing:
        raise CatalogueError(f"{path.name}: columns {listed(missing)} are missing; add them")
    return table


def _collected(catalogue: Catalogue, edition: str) -> set[str]:
    metrics = catalogue.metrics
    wanted = (metrics["edition"] == edition) & (metrics["collected"] == "yes")
    return set(metrics.loc[wanted, "reference"])


def _check_calibration(
    name: str, table: pd.DataFrame, collected: set[str], catalogue: Catalogue
) -> None:
    _refuse(name, "basis", table["basis"], BASES)
    if missing := collected - set(table.index):
        raise CatalogueError(f"{name}: no row for {listed(missing)}; add one for each metric")
    if repeated := table.index[table.index.duplicated()].tolist():
        raise CatalogueError(f"{name}: {listed(repeated)} stand twice; keep one row each")
    known: set[str] = set(catalogue.populations["population"])
    for reference, basis, of in table[["reference", "basis", "of"]].to_numpy().tolist():
        named = {of} if basis in _POPULATION_BASES else {name for _, name, _ in terms_of(of)}
        if unknown := named - known:
            raise CatalogueError(
                f"{name}, {reference}: {listed(unknown)} is not known here; `of` names a "
                "population or references of rows further up"
            )
        known.add(reference)


def _check_places(
    name: str, table: pd.DataFrame, calibration: dict[str, pd.DataFrame], catalogue: Catalogue
) -> None:
    """Refuse editions, areas and references that are not known; blank means all."""
    _refuse(name, "edition", table["edition"], calibration)
    _refuse(name, "area", table["area"], [*catalogue.areas["area"], ""])
    for edition, rows in table.groupby("edition"):
        _refuse(name, "reference", rows["reference"], [*calibration[str(edition)].index, ""])


def _refuse(name: str, column: str, found: pd.Series, allowed: object) -> None:
    unknown = set(found) - set(allowed)  # type: ignore[call-overload]
    if unknown:
        raise CatalogueError(
            f"{name}: {column} {listed(unknown)} is not known; use {listed(allowed, most=20)}"
        )
