"""Changes of a table that keep it in agreement with a release: one count moves, neighbours follow.

Works on whole numbers only. A change that is found is a proof, because the changed table agrees
with every bound and relation; a change that is not found proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# How many neighbours may follow one another, how many are tried at each step and in all.
_DEPTH = 9
_BREADTH = 4
_MOST_STEPS = 40
# The same where many counts were changed already and few relations are left open.
_DEPTH_OF_MENDING, _STEPS_OF_MENDING = 14, 200


class Moves:
    """Searches changes of one table that agrees with a release.

    The table and its bounds may be replaced cell by cell; the relations are fixed.
    """

    def __init__(
        self,
        relations: sp.csr_matrix,
        row_lowest: Floats,
        row_highest: Floats,
        lowest: Floats,
        highest: Floats,
        table: Ints,
    ) -> None:
        self._relations = relations.tocsr()
        self._cells_of = Pairs(self._relations)
        self._rows_of = Pairs(relations.tocsc())
        self.lowest: list[float] = np.asarray(lowest, dtype=float).tolist()
        self.highest: list[float] = np.asarray(highest, dtype=float).tolist()
        self._row_lowest: list[float] = np.asarray(row_lowest, dtype=float).tolist()
        self._row_highest: list[float] = np.asarray(row_highest, dtype=float).tolist()
        self._base: Ints | None = None
        self.start_from(table)

    def start_from(self, table: Ints) -> None:
        """Take another table that agrees with the relations."""
        if table is self._base:
            return
        self._base = table
        self.table: list[int] = table.tolist()
        self._sums: list[int] = (self._relations @ table).tolist()
        self._changed: dict[int, int] = {}
        self._open: dict[int, None] = {}
        self._steps = 0

    def move(self, cell: int, count: int, *, patience: int = 1) -> dict[int, int]:
        """Return counts of the cells to change so that `cell` shows `count`; empty if not found.

        The table itself stays as it is. More patience searches more of what could follow.
        """
        return self._mended({cell: count}, _DEPTH, _MOST_STEPS * patience)

    def mended(self, changes: dict[int, int]) -> dict[int, int]:
        """Return changes that agree with the relations, more than these; empty if not found.

        What these change stays as they say.
        """
        return self._mended(changes, _DEPTH_OF_MENDING, _STEPS_OF_MENDING)

    def meet(self, row: int, total: int) -> dict[int, int]:
        """Return counts of the cells to change so that a row has this sum; empty if not found."""
        ends = self._row_lowest[row], self._row_highest[row]
        self._row_lowest[row] = self._row_highest[row] = total
        found = self._mended({}, _DEPTH, _MOST_STEPS, {row: None})
        self._row_lowest[row], self._row_highest[row] = ends
        return found

    def _mended(
        self,
        changes: dict[int, int],
        depth: int,
        most_steps: int,
        is_open: dict[int, None] | None = None,
    ) -> dict[int, int]:
        self._changed, self._open, self._steps = {}, is_open or {}, most_steps
        for cell, count in changes.items():
            self._shift(cell, count - self.table[cell])
        found = self._mend(depth)
        mended = {other: self.table[other] + step for other, step in self._changed.items() if step}
        for other, step in list(self._changed.items()):
            self._undo(other, step)
        return mended if found else {}

    # -- one step -------------------------------------------------------------------------------

    def _gap(self, row: int) -> float:
        """Return by how much the sum of a row has to change: zero where the row agrees."""
        total = self._sums[row]
        if total < self._row_lowest[row]:
            return self._row_lowest[row] - total
        if total > self._row_highest[row]:
            return self._row_highest[row] - total
        return 0

    def _shift(self, cell: int, step: int) -> None:
        self._changed[cell] = self._changed.get(cell, 0) + step
        sums, lowest, highest = self._sums, self._row_lowest, self._row_highest
        for row, weight in self._rows_of[cell]:
            total = sums[row] = sums[row] + weight * step
            if lowest[row] <= total <= highest[row]:
                self._open.pop(row, None)
            else:
                self._open[row] = None

    def _undo(self, cell: int, step: int) -> None:
        self._shift(cell, -step)
        del self._changed[cell]

    def _mend(self, depth: int) -> bool:
        """Let neighbours follow until no row is open; keep the changes if that succeeds."""
        if not self._open:
            return True
        if depth == 0 or len(self._open) > depth:
            return False
        row = self._tightest_open_row()
        for cell, step in self._followers(row):
            if self._steps <= 0:
                return False
            self._steps -= 1
            self._shift(cell, step)
            if self._mend(depth - 1):
                return True
            self._undo(cell, step)
        return False

    def _tightest_open_row(self) -> int:
        return min(self._open, key=lambda row: (len(self._cells_of[row]), row))

    def _followers(self, row: int) -> Iterator[tuple[int, int]]:
        """Yield the best cells to follow in a row, each with its step.

        Those that close the gap and open no other row are the best: the others are compared only
        where these do not serve.
        """
        # Nearly all time of a search goes into this loop: it calls nothing.
        gap, changed, is_open = self._gap(row), self._changed, self._open
        table, lowest, highest = self.table, self.lowest, self.highest
        rows_of, sums, least, most = self._rows_of, self._sums, self._row_lowest, self._row_highest
        found, left, whole = [], _BREADTH, int(gap)
        for cell, weight in self._cells_of[row]:
            low, high = lowest[cell], highest[cell]
            if low == high or cell in changed:
                continue
            # A bound on a sum may be passed, an equation is met; bounds of the cell always hold.
            step, count = whole * weight if -1 <= weight <= 1 else round(gap / weight), table[cell]
            if not low - count <= step <= high - count:
                step = int(low - count if step < 0 else high - count)
            if not step:
                continue
            short, opened = abs(gap - weight * step), 0
            for other, own in rows_of[cell]:
                total = sums[other] + own * step
                if not least[other] <= total <= most[other] and other not in is_open:
                    opened += 1
            if short or opened:
                found.append((opened + (short > 0), short, cell, step))
            elif left:
                left -= 1
                yield cell, step
        found.sort()
        yield from ((cell, step) for _, _, cell, step in found[:left])


class Pairs(dict[int, list[tuple[int, int]]]):
    """For each row of a matrix (or column) its members and their weights, listed when asked for."""

    def __init__(self, matrix: sp.csr_matrix | sp.csc_matrix) -> None:
        super().__init__()
        matrix.sort_indices()
        self._matrix = matrix

    def __missing__(self, place: int) -> list[tuple[int, int]]:
        matrix = self._matrix
        span = slice(matrix.indptr[place], matrix.indptr[place + 1])
        weights = matrix.data[span].astype(np.int64).tolist()
        self[place] = list(zip(matrix.indices[span].tolist(), weights, strict=True))
        return self[place]
