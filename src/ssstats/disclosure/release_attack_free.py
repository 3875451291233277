"""Changes of a table told by the figures that are free to move: totals of them follow.

A table is decided by the figures that no relation gives as the sum of others. A search among these
alone, with every total in tow, gets much further in as many steps than from figure to figure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.release_attack_moves import Moves, Pairs
from ssstats.disclosure.release_attack_parts import binding_rows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class FreeFigures:
    """What n figures are as sums of free ones, and what a release says of the free ones.

    A table that agrees is follows @ table + fixed, where `follows`, shape (n, n), counts free
    figures only, and fulfils row_lowest <= relations @ table <= row_highest with `relations`, shape
    (m, n), between free figures only. Row `row_of`, shape (n,), of these is about a total; -1 for
    figures that are none.
    """

    follows: sp.csc_matrix
    fixed: Ints
    relations: sp.csr_matrix
    row_lowest: Floats
    row_highest: Floats
    row_of: Ints

    @classmethod
    def of(cls, view: PublishedView, low: Floats, high: Floats) -> FreeFigures:
        """Return the free figures of a release of which each figure is between `low` and `high`."""
        rows, can_move = binding_rows(view, low, high), low < high
        matrix = sp.csr_matrix(view.relations[rows], dtype=np.int64)
        matrix.eliminate_zeros()
        lowest, highest = view.row_lowest[rows], view.row_highest[rows]
        total_of = _totals(matrix, lowest == highest, can_move)
        gives, others = total_of >= 0, matrix[total_of < 0]
        totals = total_of[gives]
        parts, fixed = _parts(matrix[gives], totals, lowest[gives])
        fixed[~can_move] = low[~can_move]
        is_free = can_move & ~np.isin(np.arange(len(low)), totals)
        follows, fixed = _followed(parts, is_free, fixed)
        relations = sp.csr_matrix(sp.vstack([follows[totals], others @ follows]))
        relations.eliminate_zeros()
        sums = others @ fixed
        row_of = np.full(len(low), -1)
        row_of[totals] = np.arange(len(totals))
        return cls(
            follows.tocsc(),
            fixed,
            relations,
            np.concatenate([low[totals] - fixed[totals], lowest[~gives] - sums]),
            np.concatenate([high[totals] - fixed[totals], highest[~gives] - sums]),
            row_of,
        )


def _totals(matrix: sp.csr_matrix, is_sum: Flags, can_move: Flags) -> Ints:
    """Return for each row the total that it gives as the sum of the others; -1 where it gives none.

    A total is the only one on its side of the row. No total is given twice, nor by itself.
    """
    m = matrix.shape[0]
    row, cell = np.repeat(np.arange(m), np.diff(matrix.indptr)), matrix.indices
    is_left = matrix.data > 0
    lefts, sizes = np.bincount(row, is_left, m), np.diff(matrix.indptr)
    is_alone = np.where(is_left, lefts[row] == 1, (sizes - lefts)[row] == 1)
    usable = is_alone & (np.abs(matrix.data) == 1) & is_sum[row] & can_move[cell]
    entries = np.flatnonzero(usable)
    for at in (cell, row):
        entries = entries[np.unique(at[entries], return_index=True)[1]]
    total_of = np.full(m, -1)
    total_of[row[entries]] = cell[entries]
    is_part = (total_of[row] >= 0) & (cell != total_of[row])
    row, cell = row[is_part], cell[is_part]
    is_known = ~np.isin(np.arange(matrix.shape[1]), total_of)
    while True:
        waiting = np.bincount(row, ~is_known[cell], m) > 0
        newly = total_of[(total_of >= 0) & ~waiting]
        if is_known[newly].all():
            break
        is_known[newly] = True
    return np.where(waiting, -1, total_of)


def _parts(matrix: sp.csr_matrix, totals: Ints, sums: Floats) -> tuple[sp.csr_matrix, Ints]:
    """Return each total as a sum of its parts, shape (n, n), and what it is besides, shape (n,)."""
    n = matrix.shape[1]
    at = np.repeat(totals, np.diff(matrix.indptr))
    is_total = matrix.indices == at
    sign = np.zeros(n, dtype=np.int64)
    sign[totals] = matrix.data[is_total]
    weights = -sign[at[~is_total]] * matrix.data[~is_total]
    constant = np.zeros(n, dtype=np.int64)
    constant[totals] = sign[totals] * sums.astype(np.int64)
    cells = (at[~is_total], matrix.indices[~is_total])
    return sp.csr_matrix((weights, cells), shape=(n, n)), constant


def _followed(parts: sp.csr_matrix, is_free: Flags, fixed: Ints) -> tuple[sp.csr_matrix, Ints]:
    """Return every figure as a sum of free ones and what is fixed of it, totals of totals too."""
    follows = sp.csr_matrix(sp.diags_array(is_free.astype(np.int64), dtype=np.int64))
    step, step_fixed = follows, fixed
    while step.nnz or step_fixed.any():
        step, step_fixed = parts @ step, parts @ step_fixed
        follows, fixed = follows + step, fixed + step_fixed
    return follows, fixed


class FreeMoves:
    """Searches changes of one table that agrees with a release, among its free figures."""

    def __init__(self, view: PublishedView, low: Floats, high: Floats, table: Ints) -> None:
        self._free = free = FreeFigures.of(view, low, high)
        rows = (free.relations, free.row_lowest, free.row_highest)
        self._moves = Moves(*rows, low, high, table)
        self._following = Pairs(free.follows)
        self._table = table

    def start_from(self, table: Ints) -> None:
        """Take another table that agrees with the relations."""
        self._table = table
        self._moves.start_from(table)

    def move(self, cell: int, count: int) -> dict[int, int]:
        """Return counts of the cells to change so that `cell` shows `count`; empty if not found."""
        row = int(self._free.row_of[cell])
        if row < 0:
            return self._with_totals(self._moves.move(cell, count))
        return self._with_totals(self._moves.meet(row, count - int(self._free.fixed[cell])))

    def mended(self, cells: Ints, counts: Ints) -> Ints | None:
        """Return counts of these cells that agree with the relations; None if not found.

        Free figures that differ from the table are as these counts say, and totals follow. No
        relation may join the cells to others that move.
        """
        differ = (counts != self._table[cells]) & (self._free.row_of[cells] < 0)
        wanted = dict(zip(cells[differ].tolist(), counts[differ].tolist(), strict=True))
        if not (changes := self._with_totals(self._moves.mended(wanted))):
            return None
        table = self._table.copy()
        table[list(changes)] = list(changes.values())
        return table[cells]

    def _with_totals(self, changes: dict[int, int]) -> dict[int, int]:
        """Return changes of free figures with those of the totals that follow."""
        table, steps = self._moves.table, dict[int, int]()
        for cell, count in changes.items():
            for other, weight in self._following[cell]:
                steps[other] = steps.get(other, 0) + weight * (count - table[cell])
        return {cell: table[cell] + step for cell, step in steps.items() if step}
