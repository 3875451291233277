"""Counts and the linear relations between them: what suppression and rounding work on.

A model is a flat list of cells and a list of relations sum(coefficient * count) = constant. Tables,
hierarchies and linked tables are all the same thing here: a cell that stands in two tables is one
cell in two relations. Knows nothing of metrics, authorities or solvers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.errors import DisclosureError, listed

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# u: a count that policy protects; z: a zero, always published; s: may be hidden; p: must be shown.
STATUSES = ("u", "z", "s", "p")
# Larger counts are slips, and lie beyond what the solver tells apart.
LARGEST = 10**12
_WHOLE = re.compile(r"\s*-?\d+\s*", re.ASCII)


@dataclass(frozen=True)
class CellModel:
    """Cells in canonical order (by id), and the relations that readers can know.

    `values` are the true counts, shape (n,). `is_primary` cells are hidden from the start,
    `is_published` cells are never hidden. `lowest` and `highest` are what an intruder knows of a
    cell once it is hidden. `relations` is an integer matrix, shape (m, n), with
    relations @ values = constants.
    """

    cell_ids: tuple[str, ...]
    values: Ints
    is_primary: Flags
    is_published: Flags
    lowest: Floats
    highest: Floats
    relations: sp.csr_matrix
    constants: Ints

    def __len__(self) -> int:
        return len(self.cell_ids)

    @property
    def is_candidate(self) -> Flags:
        """Cells that may be hidden: primary cells and possible secondaries."""
        return ~self.is_published


def build_model(
    cell_ids: Sequence[str],
    values: Sequence[int],
    statuses: Sequence[str],
    entries: Sequence[tuple[str, str, int]],
    *,
    lower_bound: int = 1,
    source: str = "cells",
    first_row: int | None = None,
) -> CellModel:
    """Return the model of these cells and relation entries (relation, cell id, coefficient).

    Cells and relations are put in canonical order, so the order of rows never matters. Where the
    cells come from a file, messages name its rows, counted from `first_row`.

    Raises
    ------
    DisclosureError
        If an id is repeated or unknown, a count is negative, a status is unknown or contradicts
        its count, or a relation does not hold. Ids are named, counts never.
    """
    _check_cells(cell_ids, values, statuses, lower_bound, source, first_row)
    order = sorted(range(len(cell_ids)), key=lambda row: canonical_key(cell_ids[row]))
    ids = tuple(str(cell_ids[row]) for row in order)
    counts = np.array([values[row] for row in order], dtype=np.int64)
    status = np.array([statuses[row] for row in order], dtype="U1")
    relations = relation_matrix(ids, entries, source=source)
    _check_relations(dict(zip(cell_ids, values, strict=True)), entries, source)
    return CellModel(
        cell_ids=ids,
        values=counts,
        is_primary=status == "u",
        is_published=(status == "z") | (status == "p"),
        lowest=np.full(len(ids), float(lower_bound)),
        highest=np.full(len(ids), np.inf),
        relations=relations,
        constants=np.zeros(relations.shape[0], dtype=np.int64),
    )


def canonical_key(cell_id: str) -> tuple[int, int, str]:
    """Sort whole numbers by size and before words, words by letter."""
    text = str(cell_id)
    return (0, int(text), text) if text.isdecimal() else (1, 0, text)


def relation_matrix(
    ids: Sequence[str], entries: Sequence[tuple[str, str, int]], *, source: str = "relations"
) -> sp.csr_matrix:
    """Return the integer matrix of the relations, rows in an order that names do not touch.

    Raises
    ------
    DisclosureError
        If an entry names an unknown cell.
    """
    position = {cell_id: row for row, cell_id in enumerate(ids)}
    unknown = [cell for _, cell, _ in entries if cell not in position]
    if unknown:
        raise DisclosureError(
            f"{source}: relations name cells that are not among the cells: {listed(unknown)}; "
            "add these cells or mend the ids"
        )
    rows: dict[str, dict[int, int]] = {}
    for relation, cell, coefficient in entries:
        members = rows.setdefault(relation, {})
        members[position[cell]] = members.get(position[cell], 0) + coefficient
    signatures = {tuple(sorted(pairs.items())) for pairs in rows.values()}
    return _matrix_of(sorted(signatures), len(ids))


def _matrix_of(signatures: Sequence[tuple[tuple[int, int], ...]], width: int) -> sp.csr_matrix:
    starts = np.cumsum([0] + [len(pairs) for pairs in signatures])
    members = [pair for pairs in signatures for pair in pairs]
    columns = np.array([column for column, _ in members], dtype=np.int32)
    coefficients = np.array([coefficient for _, coefficient in members], dtype=np.int64)
    matrix = sp.csr_matrix((coefficients, columns, starts), shape=(len(signatures), width))
    matrix.eliminate_zeros()
    return matrix


def _check_cells(
    ids: Sequence[str],
    values: Sequence[int],
    statuses: Sequence[str],
    lower: int,
    source: str,
    first_row: int | None,
) -> None:
    seen: set[str] = set()
    repeated = [at for at, cell in enumerate(ids) if cell in seen or seen.add(cell)]  # type: ignore[func-returns-value]
    rows = list(enumerate(zip(values, statuses, strict=True)))
    unknown = [at for at, (_, status) in rows if status not in STATUSES]
    faults = {
        "every cell has one row, but here a cell id is repeated": repeated,
        f"status {listed(repr(statuses[at]) for at in unknown)} is not known; use one of "
        f"{', '.join(STATUSES)}": unknown,
        "the count is negative": [at for at, (value, _) in rows if value < 0],
        "status z is for zeros only": [at for at, (value, s) in rows if s == "z" and value],
        f"a cell of status u or s cannot be under {lower}, the least count that intruders expect "
        "of a hidden cell; zeros have status z": [
            at for at, (value, status) in rows if status in ("u", "s") and value < lower
        ],
    }
    for fault, found in faults.items():
        if found:
            cells = f"cell {listed(ids[at] for at in found)}"
            place = cells if first_row is None else f"row {found[0] + first_row} ({cells})"
            raise DisclosureError(f"{source}, {place}: {fault}")


def _check_relations(
    value_of: dict[str, int], entries: Sequence[tuple[str, str, int]], source: str
) -> None:
    sums: dict[str, int] = {}
    for relation, cell, coefficient in entries:
        sums[relation] = sums.get(relation, 0) + coefficient * value_of[cell]
    broken = [relation for relation, total in sums.items() if total]
    if broken:
        raise DisclosureError(
            f"{source}: the counts do not add up in relation {listed(broken)}; mend the table first"
        )


def read_instance(cells: Path, constraints: Path, *, lower_bound: int = 1) -> CellModel:
    """Read a table in the instance format: cells.csv and constraints.csv.

    cells.csv has the columns cell_id, any dimensions, freq, status (u, z, s or p);
    constraints.csv has con, cell_id, coef: for each con the sum of coef * freq is 0.

    Raises
    ------
    DisclosureError
        If a column is missing, a field is not a whole number, or the cells contradict each other.
    """
    ids: list[str] = []
    values, statuses = [], []
    for row_number, row in _rows(cells, ("cell_id", "freq", "status")):
        ids.append(row["cell_id"])
        values.append(whole_number(row["freq"], cells, row_number, "freq"))
        statuses.append(row["status"])
    return build_model(
        ids,
        values,
        statuses,
        _read_relations(constraints, set(ids)),
        lower_bound=lower_bound,
        source=cells.name,
        first_row=2,
    )


def _read_relations(constraints: Path, known: set[str]) -> list[tuple[str, str, int]]:
    entries = []
    for number, row in _rows(constraints, ("con", "cell_id", "coef")):
        if row["cell_id"] not in known:
            raise DisclosureError(
                f"{constraints.name}, row {number}: cell {row['cell_id']} is not among the cells; "
                "add it there or mend its id"
            )
        weight = whole_number(row["coef"], constraints, number, "coef")
        entries.append((row["con"], row["cell_id"], weight))
    return entries


def write_pattern(model: CellModel, is_hidden: Flags, pattern: Path) -> None:
    """Write which cells are hidden as cell_id,suppressed with 0 or 1 for every cell."""
    write_by_cell(model, "suppressed", is_hidden.astype(int), pattern)


def write_by_cell(model: CellModel, column: str, whole_numbers: Ints, file: Path) -> None:
    """Write a whole number for every cell as CSV with the columns cell_id and `column`."""
    with file.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle, lineterminator="\n")
        rows.writerow(["cell_id", column])
        rows.writerows(zip(model.cell_ids, whole_numbers.tolist(), strict=True))


def whole_number(text: str, file: Path, row: int, column: str) -> int:
    """Return the whole number in a field; the message repeats words but never figures."""
    if _WHOLE.fullmatch(text) and abs(int(text)) <= LARGEST:
        return int(text)
    found = "" if any(sign.isdigit() for sign in text) else f" but {text!r}"
    raise DisclosureError(
        f"{file.name}, row {row}: {column} is not a whole number{found}; write a count without "
        f"decimals, spaces or separators, at most {LARGEST:,}"
    )


def _rows(file: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise DisclosureError(
                    f"{file.name}: column {listed(missing)} is missing; the file needs "
                    f"{', '.join(columns)}"
                )
            for row in reader:
                number = reader.line_num
                if None in row or None in row.values():
                    raise DisclosureError(
                        f"{file.name}, row {number}: the row has more or fewer fields than the "
                        "heading; mend the row"
                    )
                yield number, row
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        kind = type(problem).__name__
        raise DisclosureError(f"{file.name}: the file cannot be read ({kind})") from problem
