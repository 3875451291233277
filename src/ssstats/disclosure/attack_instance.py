"""The attack on a table in the instance format, with its own reader of what is published.

Counts of hidden cells are dropped while reading: nothing after the reader has seen them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView, attack
from ssstats.disclosure.attack_certificates import check_certificates
from ssstats.errors import DisclosureError, listed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class AttackReport:
    """What the attack found: per protected cell what remains possible and what had to remain.

    Arrays have one place per protected cell. `n_tables` witness tables were checked by addition.
    """

    cell_ids: tuple[str, ...]
    lowest: Ints
    highest: Floats
    required_lowest: Ints
    required_highest: Floats
    is_protected: NDArray[np.bool_]
    is_known_exactly: NDArray[np.bool_]
    n_hidden: int
    n_tables: int

    @property
    def failing(self) -> tuple[str, ...]:
        """Ids of the protected cells that are open."""
        return tuple(
            cell for cell, safe in zip(self.cell_ids, self.is_protected, strict=True) if not safe
        )

    @property
    def is_safe(self) -> bool:
        """Whether every protected cell holds."""
        return bool(self.is_protected.all())

    def as_record(self) -> dict[str, object]:
        """Return counts of cells and the ids of open cells, fit for a public audit file."""
        return {
            "protected": len(self.cell_ids),
            "hidden": self.n_hidden,
            "failing": len(self.failing),
            "known_exactly": int(self.is_known_exactly.sum()),
            "failing_cells": list(self.failing),
            "tables_checked": self.n_tables,
        }


def attack_instance(
    cells: Path,
    constraints: Path,
    pattern: Path,
    *,
    lower_bound: int = 1,
    threshold: int = 5,
) -> AttackReport:
    """Attack a pattern: is every primary cell (status u) as uncertain as policy asks?

    A primary cell holds if the values that remain possible reach `threshold` or more, and
    `lower_bound` or the least that would be possible with every non-zero cell hidden. A primary
    cell that is shown is open.

    Raises
    ------
    DisclosureError
        If a file cannot be read, a zero is hidden although intruders know that hidden cells are
        not zero, or the files contradict each other.
    """
    shown, is_hidden, is_primary, ids = _read_published(cells, pattern, lower_bound)
    relations = _read_rows(constraints, ids)
    targets = np.flatnonzero(is_primary)
    view = _view(ids, shown, is_hidden, relations, lower_bound)
    required_low = least_possible(view, shown, targets, lower_bound)
    required_high = np.full(len(targets), float(threshold))
    remaining = attack(
        view, targets, reach_lowest=required_low.astype(float), reach_highest=required_high
    )
    n_tables = check_certificates(remaining)
    holds = remaining.reaches(required_low, required_high) & is_hidden[targets]
    return AttackReport(
        cell_ids=tuple(ids[cell] for cell in targets),
        lowest=remaining.lowest.astype(np.int64),
        highest=remaining.highest,
        required_lowest=required_low,
        required_highest=required_high,
        is_protected=holds,
        is_known_exactly=remaining.lowest == remaining.highest,
        n_hidden=int(is_hidden.sum()),
        n_tables=n_tables,
    )


def least_possible(view: PublishedView, shown: Ints, targets: Ints, lower_bound: int) -> Ints:
    """Return the least count of each target if only zeros were shown.

    `shown` holds the published counts and -1 where a cell is hidden.
    """
    is_zero = shown == 0
    widest = PublishedView(
        view.cell_ids,
        np.where(is_zero, 0.0, float(lower_bound)),
        np.where(is_zero, 0.0, np.inf),
        view.relations,
        view.row_lowest,
        view.row_highest,
    )
    nothing = np.full(len(targets), -np.inf)
    found = attack(widest, targets, reach_lowest=None, reach_highest=nothing)
    return found.lowest.astype(np.int64)


def _view(
    ids: list[str],
    shown: Ints,
    is_hidden: NDArray[np.bool_],
    relations: sp.csr_matrix,
    lower_bound: int,
) -> PublishedView:
    zeros = np.zeros(relations.shape[0])
    return PublishedView(
        tuple(ids),
        np.where(is_hidden, float(lower_bound), shown),
        np.where(is_hidden, np.inf, shown),
        relations,
        zeros,
        zeros.copy(),
    )


def _read_published(
    cells: Path, pattern: Path, lower_bound: int
) -> tuple[Ints, NDArray[np.bool_], NDArray[np.bool_], list[str]]:
    hidden_of = {row["cell_id"]: row["suppressed"] for row in _table(pattern, ["suppressed"])}
    wrong = [cell for cell, flag in hidden_of.items() if flag not in ("0", "1")]
    if wrong:
        raise DisclosureError(f"{pattern.name}: suppressed is not 0 or 1 at cell {listed(wrong)}")
    ids, shown, primary, zeros = [], [], [], []
    for row in _table(cells, ["freq", "status"]):
        cell = row["cell_id"]
        if cell not in hidden_of:
            raise DisclosureError(f"{pattern.name}: cell {cell} is missing; list every cell")
        is_hidden = hidden_of.pop(cell) == "1"
        count = _whole(row["freq"], cells, cell)
        if is_hidden and lower_bound > 0 and count == 0:
            zeros.append(cell)
        ids.append(cell)
        shown.append(-1 if is_hidden else count)
        primary.append(row["status"] == "u")
    if hidden_of:
        raise DisclosureError(f"{pattern.name}: unknown cell {listed(hidden_of)}; see {cells.name}")
    if zeros:
        raise DisclosureError(
            f"{pattern.name}: zeros are hidden at cell {listed(zeros)}, but readers are told that "
            "hidden counts are not zero; show zeros or attack with lower bound 0"
        )
    counts = np.array(shown, dtype=np.int64)
    return counts, counts < 0, np.array(primary, dtype=bool), ids


def _read_rows(constraints: Path, ids: list[str]) -> sp.csr_matrix:
    place = {cell: number for number, cell in enumerate(ids)}
    names: dict[str, int] = {}
    rows, columns, weights = [], [], []
    for row in _table(constraints, ["con", "coef"]):
        if row["cell_id"] not in place:
            raise DisclosureError(f"{constraints.name}: unknown cell {row['cell_id']}")
        rows.append(names.setdefault(row["con"], len(names)))
        columns.append(place[row["cell_id"]])
        weights.append(_whole(row["coef"], constraints, row["cell_id"]))
    shape = (len(names), len(ids))
    return sp.csr_matrix((np.array(weights, dtype=np.int64), (rows, columns)), shape=shape)


def _whole(text: str, file: Path, cell: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise DisclosureError(f"{file.name}: no whole number stands at cell {cell}") from None


def _table(file: Path, columns: list[str]) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            missing = {"cell_id", *columns} - set(reader.fieldnames or ())
            if missing:
                raise DisclosureError(f"{file.name}: column {listed(missing)} is missing")
            return list(reader)
    except OSError as problem:
        raise DisclosureError(f"{file.name}: the file cannot be read") from problem
