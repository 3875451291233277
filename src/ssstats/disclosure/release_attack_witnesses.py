"""Checks what the attack on a release claims, by adding whole numbers up: no solver, no search.

A witness is a whole table, told as the counts in which it differs from one base table. A wrong
solver, a wrong search or a wrong report cannot pass this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView
from ssstats.errors import DisclosureError, listed

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Family:
    """A base table, shape (n,), and tables told as the counts in which they differ from it."""

    table: Ints
    differences: list[dict[int, int]]


def check_families(
    view: PublishedView, families: Sequence[Family], targets: Ints | None = None
) -> int:
    """Check base tables and every table that differs from them; return how many were checked.

    Cells that stand in no relation are checked against what is published of them where a table
    changes them, and where they are targets.

    Raises
    ------
    DisclosureError
        If a table leaves what is published or breaks a relation.
    """
    relations = view.relations.astype(np.int64)
    joined = np.unique(relations.indices)
    watched = joined if targets is None else np.union1d(joined, targets)
    return sum(_check(view, relations, watched, family) for family in families)


def _check(view: PublishedView, relations: sp.csr_matrix, watched: Ints, family: Family) -> int:
    sums = relations @ family.table
    _check_within(view, watched, family.table[watched])
    _check_sums(sums, view.row_lowest, view.row_highest)
    if not family.differences:
        return 1
    sizes = [len(changes) for changes in family.differences]
    cells = np.array([cell for changes in family.differences for cell in changes])
    counts = np.array([count for changes in family.differences for count in changes.values()])
    _check_within(view, cells, counts)
    table = np.repeat(np.arange(len(sizes)), sizes)
    steps = sp.csc_matrix(
        (counts - family.table[cells], (cells, table)), (len(family.table), len(sizes))
    )
    moved = (relations @ steps).tocoo()
    sums_there = sums[moved.row] + moved.data
    _check_sums(sums_there, view.row_lowest[moved.row], view.row_highest[moved.row])
    return 1 + len(sizes)


def _check_within(view: PublishedView, cells: Ints, counts: Ints) -> None:
    outside = (counts < view.lowest[cells]) | (counts > view.highest[cells])
    if outside.any():
        raise DisclosureError(
            f"{listed(view.cell_ids[cell] for cell in cells[outside])}: a table of the attack "
            "leaves the published bounds; the proof is void"
        )


def _check_sums(sums: Ints, lowest: NDArray[np.float64], highest: NDArray[np.float64]) -> None:
    if np.any((sums < lowest) | (sums > highest)):
        raise DisclosureError(
            "a table of the attack breaks a relation of the release; the proof is void"
        )
