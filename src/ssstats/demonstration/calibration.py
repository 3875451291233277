"""How much of what: the calibration of one edition, row by row in the order of drawing.

A row says on what basis a metric is drawn, of which population or earlier rows, and the Wales
level in each reporting year. What the columns and bases mean stands in docs/demonstration.md.
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

COLUMNS = (
    "reference",
    "family",
    "basis",
    "of",
    "division",
    "parameter",
    "spread",
    "source",
    "note",
)
_PERIOD = re.compile(r"\d{4}-\d{2}")
_TERM = re.compile(r"([+-]?)([A-Za-z0-9_/.]+)(@prev)?")
_OF_POPULATION = ("total", "stock", "population")
_IN_PARTS = ("part", "cover", "part of wte")
_AT_MOST_ONE = (*_IN_PARTS, "share", "one or more", "wte")


@dataclass(frozen=True)
class Row:
    """One metric or working amount; `given` are the periods whose level is not interpolated."""

    reference: str
    family: str
    basis: str
    of: str
    division: str
    parameter: float
    spread: float | None
    levels: dict[str, float]
    given: frozenset[str]


@dataclass(frozen=True)
class Calibration:
    """The periods of an edition, of which the first only opens the stocks, and its rows."""

    periods: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def steps(self) -> list[list[Row]]:
        """The rows as they are drawn: one by one, those of a division together."""
        steps: dict[str, list[Row]] = {}
        for row in self.rows:
            steps.setdefault(row.division or row.reference, []).append(row)
        return list(steps.values())


def read_calibration(path: Path, catalogue: Catalogue) -> Calibration:
    """Return the calibration in calibration-<edition>.csv.

    Raises
    ------
    CatalogueError
        If a column is missing, a basis or a name in `of` is not known, a number cannot be read, a
        reference stands twice, or a metric collected in the edition has no row.
    """
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    if missing := set(COLUMNS) - set(table.columns):
        raise CatalogueError(f"{path.name}: columns {listed(missing)} are missing; add them")
    periods = tuple(sorted(name for name in map(str, table.columns) if _PERIOD.fullmatch(name)))
    rows = tuple(
        _row(path.name, {str(column): str(text) for column, text in record.items()}, periods)
        for record in table.to_dict("records")
    )
    _check_rows(path.name, rows, set(catalogue.populations["population"]))
    edition = path.stem.removeprefix("calibration-")
    _check_coverage(path.name, rows, _collected(catalogue, edition))
    return Calibration(periods, rows)


def terms_of(expression: str) -> list[tuple[int, str, bool]]:
    """Return sign, reference and whether last year is meant, for each term of a+b@prev-c."""
    return [
        (-1 if sign == "-" else 1, reference, bool(previous))
        for sign, reference, previous in _TERM.findall(expression)
    ]


def _row(name: str, record: dict[str, str], periods: tuple[str, ...]) -> Row:
    where = f"{name}, {record['reference']}"
    try:
        given = {period: float(record[period]) for period in periods if record[period]}
        parameter = float(record["parameter"] or 1)
        spread = float(record["spread"]) if record["spread"] else None
    except ValueError as error:
        raise CatalogueError(f"{where}: {error}; write a number") from error
    if record["basis"] not in BASES:
        raise CatalogueError(
            f"{where}: basis {record['basis']!r} is not known; use {listed(BASES, most=20)}"
        )
    if record["basis"] in _AT_MOST_ONE and any(not 0 <= level <= 1 for level in given.values()):
        raise CatalogueError(f"{where}: a level is not a share; write a number from 0 to 1")
    if (record["basis"] in _IN_PARTS) != bool(record["division"]):
        raise CatalogueError(f"{where}: a division is named for {listed(_IN_PARTS)} and no other")
    known = [periods.index(period) for period in given]
    lines = np.interp(range(len(periods)), known, list(given.values())) if given else np.array([])
    return Row(
        reference=record["reference"],
        family=record["family"],
        basis=record["basis"],
        of=record["of"],
        division=record["division"],
        parameter=parameter,
        spread=spread,
        levels=dict(zip(periods, lines.tolist(), strict=False)),
        given=frozenset(given),
    )


def _check_rows(name: str, rows: tuple[Row, ...], populations: set[str]) -> None:
    known: set[str] = set()
    for row in rows:
        if row.reference in known:
            raise CatalogueError(f"{name}: {row.reference} stands twice; keep one row")
        of_population = row.basis in _OF_POPULATION
        named = {row.of} if of_population else {term for _, term, _ in terms_of(row.of)}
        if unknown := named - (populations if of_population else known):
            raise CatalogueError(
                f"{name}, {row.reference}: {listed(unknown)} is not known here; `of` names a "
                f"population for {listed(_OF_POPULATION)}, else references of rows further up"
            )
        known.add(row.reference)


def _check_coverage(name: str, rows: tuple[Row, ...], collected: set[str]) -> None:
    if missing := collected - {row.reference for row in rows}:
        raise CatalogueError(f"{name}: no row for {listed(missing)}; add one for each metric")


def _collected(catalogue: Catalogue, edition: str) -> set[str]:
    metrics = catalogue.metrics
    wanted = (metrics["edition"] == edition) & (metrics["collected"] == "yes")
    if not wanted.any():
        raise CatalogueError(
            f"calibration-{edition}.csv: edition {edition!r} is not known; use "
            f"{listed(catalogue.editions['edition'])}"
        )
    return set(metrics.loc[wanted, "reference"])
