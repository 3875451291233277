"""The attack on a table in the instance format, with its own reader of what is published.

Counts of hidden cells are dropped while reading: nothing after the reader has seen them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
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

STATUSES = ("u", "z", "s", "p")
_MOST_DIGITS = 13


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
    threshold: int
    lower_bound: int

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
            "threshold": self.threshold,
            "lower_bound": self.lower_bound,
            "protected": len(self.cell_ids),
            "hidden": self.n_hidden,
            "failing": len(self.failing),
            "known_exactly": int(self.is_known_exactly.sum()),
            "failing_cells": list(self.failing),
            "tables_checked": self.n_tables,
        }


def describe_attack(report: AttackReport) -> list[str]:
    """Return what was proved, in lines to print: contract, cells, open cells; never a count."""
    hidden = f"a hidden count is {report.lower_bound} or more"
    lines = [
        "readers are taken to know: every shown count, every relation between cells, that counts "
        f"are whole numbers, and that {hidden}"
        + (", as zeros are shown" if report.lower_bound else ""),
        "readers are taken not to know: any highest count of a hidden cell",
        f"asked of each protected cell: {report.threshold} or more stays possible, and so does "
        f"{report.lower_bound} or the least that is possible with every cell hidden but zeros",
        f"{len(report.cell_ids)} protected cells, {report.n_hidden} hidden cells",
        f"{report.n_tables} tables that fit what is shown were checked by addition",
        f"{len(report.failing)} protected cells are open, "
        f"{int(report.is_known_exactly.sum())} of all protected cells are known exactly",
    ]
    return [*lines, "protected" if report.is_safe else "NOT PROTECTED"]


def require_safe(report: AttackReport) -> None:
    """Stop where a protected cell is open.

    Raises
    ------
    DisclosureError
        Naming the open cells.
    """
    if not report.is_safe:
        raise DisclosureError(
            f"{len(report.failing)} of {len(report.cell_ids)} protected cells are open: cell "
            f"{listed(report.failing)}; hide more cells before anything is published"
        )


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
    published = _read_published(cells, pattern, lower_bound)
    ids, is_hidden = published.cell_ids, published.shown < 0
    relations = _read_rows(constraints, ids)
    targets = np.flatnonzero(published.status == "u")
    view = _view(published, is_hidden, relations, lower_bound)
    required_low = least_possible(published, relations, targets, lower_bound)
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
        threshold=threshold,
        lower_bound=lower_bound,
    )


@dataclass(frozen=True)
class _Published:
    """Counts in the order of the file, -1 where a cell is hidden, and each cell's status."""

    cell_ids: tuple[str, ...]
    shown: Ints
    status: NDArray[np.str_]


def least_possible(
    published: _Published, relations: sp.csr_matrix, targets: Ints, lower_bound: int
) -> Ints:
    """Return the least count of each target if only zeros and what must be shown were shown."""
    must_be_shown = (published.status == "p") & (published.shown >= 0)
    is_hidden = (published.shown != 0) & ~must_be_shown
    nothing = np.full(len(targets), -np.inf)
    widest = _view(published, is_hidden, relations, lower_bound)
    return attack(widest, targets, reach_highest=nothing).lowest.astype(np.int64)


def _view(
    published: _Published,
    is_hidden: NDArray[np.bool_],
    relations: sp.csr_matrix,
    lower_bound: int,
) -> PublishedView:
    zeros = np.zeros(relations.shape[0])
    return PublishedView(
        published.cell_ids,
        np.where(is_hidden, float(lower_bound), published.shown),
        np.where(is_hidden, np.inf, published.shown),
        relations,
        zeros,
        zeros.copy(),
    )


def _read_published(cells: Path, pattern: Path, lower_bound: int) -> _Published:
    hidden_of = _read_pattern(pattern)
    shown: dict[str, int] = {}
    status = []
    for number, row in _table(cells, ["freq", "status"]):
        cell = row["cell_id"]
        if cell in shown:
            raise DisclosureError(f"{cells.name}, row {number}: cell {cell} stands there twice")
        if cell not in hidden_of:
            raise DisclosureError(f"{pattern.name}: cell {cell} is missing; list every cell")
        if row["status"] not in STATUSES:
            raise DisclosureError(
                f"{cells.name}, row {number}: status {row['status']!r} is not known; use one of "
                f"{', '.join(STATUSES)}"
            )
        count = _whole(row["freq"], cells, number, "freq")
        if count < 0:
            raise DisclosureError(f"{cells.name}, row {number}: the count is negative")
        is_hidden = hidden_of.pop(cell)
        if is_hidden and lower_bound > 0 and count == 0:
            raise DisclosureError(
                f"{pattern.name}: zeros are hidden, at cell {cell}, but readers are told that "
                "hidden counts are not zero; show zeros or attack with lower bound 0"
            )
        shown[cell] = -1 if is_hidden else count
        status.append(row["status"])
    if hidden_of:
        raise DisclosureError(f"{pattern.name}: unknown cell {listed(hidden_of)}; see {cells.name}")
    return _Published(
        tuple(shown), np.array(list(shown.values()), dtype=np.int64), np.array(status, dtype="U1")
    )


def _read_pattern(pattern: Path) -> dict[str, bool]:
    hidden_of: dict[str, bool] = {}
    for number, row in _table(pattern, ["suppressed"]):
        cell, flag = row["cell_id"], row["suppressed"]
        if flag not in ("0", "1"):
            raise DisclosureError(
                f"{pattern.name}, row {number}: suppressed is not 0 or 1 at cell {cell}"
            )
        if cell in hidden_of:
            raise DisclosureError(f"{pattern.name}, row {number}: cell {cell} stands there twice")
        hidden_of[cell] = flag == "1"
    return hidden_of


def _read_rows(constraints: Path, ids: tuple[str, ...]) -> sp.csr_matrix:
    place = {cell: number for number, cell in enumerate(ids)}
    names: dict[str, int] = {}
    rows, columns, weights = [], [], []
    for number, row in _table(constraints, ["con", "coef"]):
        if row["cell_id"] not in place:
            raise DisclosureError(
                f"{constraints.name}, row {number}: cell {row['cell_id']} is not among the cells"
            )
        rows.append(names.setdefault(row["con"], len(names)))
        columns.append(place[row["cell_id"]])
        weights.append(_whole(row["coef"], constraints, number, "coef"))
    shape = (len(names), len(ids))
    return sp.csr_matrix((np.array(weights, dtype=np.int64), (rows, columns)), shape=shape)


def _whole(text: str, file: Path, row: int, column: str) -> int:
    digits = text.strip().removeprefix("-")
    if digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_DIGITS:
        return int(text)
    raise DisclosureError(
        f"{file.name}, row {row}: {column} is not a whole number of at most {_MOST_DIGITS} digits; "
        "write a count without decimals, spaces or separators"
    )


def _table(file: Path, columns: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Return the rows of a CSV file with their numbers."""
    needed = ["cell_id", *columns]
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            missing = set(needed) - set(reader.fieldnames or ())
            if missing:
                raise DisclosureError(
                    f"{file.name}: column {listed(missing)} is missing; the file needs "
                    f"{', '.join(needed)}"
                )
            for row in reader:
                if None in row or None in row.values():
                    raise DisclosureError(
                        f"{file.name}, row {reader.line_num}: the row has more or fewer fields "
                        "than the heading; mend the row"
                    )
                yield reader.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        kind = type(problem).__name__
        raise DisclosureError(f"{file.name}: the file cannot be read ({kind})") from problem
