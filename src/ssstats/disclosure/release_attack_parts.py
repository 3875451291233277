"""Tables that agree with a release, as near as may be to a table that is wished for, part by part.

Relations that hold whatever the counts within their bounds say nothing; the others fall into parts
that share no moving cell, and each part has a linear programme of its own. Counts in tenths move
by whole ones as long as that suffices: then nearly every linear answer is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.joined import joined_sets
from ssstats.disclosure.solver import INFINITY, Programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Programmes of about so many rows are solved fastest: small parts stand in one together.
_ROWS = 1000
# Any whole table serves: the search for a closer one stops early, at nodes and never at a time.
_GAP = 1.0
_NODES = 500
_WHOLE = 1e-6

# Makes of counts of some cells that break relations such as agree with them; None where it fails.
Mend = Callable[[Ints, Ints], Ints | None]


@dataclass(frozen=True)
class Wish:
    """A table that is wished for, shape (n,), how much each cell matters, and the least step.

    Cells with a `step` of 10 move by tens only.
    """

    table: Ints
    weight: Floats
    step: Ints


@dataclass(frozen=True)
class Part:
    """Cells that move, the relations that join them, and these over all cells and over its own."""

    cells: Ints
    rows: Ints
    relations: sp.csr_matrix
    own: sp.csr_matrix

    @classmethod
    def of(cls, relations: sp.csr_matrix, rows: Ints, cells: Ints) -> Part:
        """Return the part with these relations, shape (rows, n), which stand in these rows."""
        return cls(cells, rows, relations, relations[:, cells])

    def around(self, broken: NDArray[np.bool_], hops: int) -> Iterator[Part]:
        """Yield what is within so many relations of the broken cells, no two sharing a relation.

        `broken` says of each cell of the part whether it is.
        """
        joined, near = abs(self.own), broken
        for _ in range(hops):
            near = joined.T @ (joined @ near) > 0
        touching, cells = np.flatnonzero(joined @ near), self.cells[near]
        for rows, columns in split(self.own[touching][:, near]):
            inside = touching[rows]
            yield Part.of(self.relations[inside], self.rows[inside], cells[columns])


class Parts:
    """The relations of a release that say something of counts between `low` and `high`."""

    def __init__(self, view: PublishedView, low: Floats, high: Floats) -> None:
        self.view, self.low, self.high = view, low, high
        self.row_lowest, self.row_highest = view.row_lowest, view.row_highest
        moving, rows = np.flatnonzero(low < high), binding_rows(view, low, high)
        found = split(view.relations[rows][:, moving])
        self.every = [
            Part.of(view.relations[rows[own]], rows[own], moving[cells])
            for own, cells in _together(found)
        ]
        self.part_of = np.full(len(low), -1)
        for number, part in enumerate(self.every):
            self.part_of[part.cells] = number

    def nearest(
        self, part: Part, wish: Wish, hops: Sequence[int], mend: Mend | None = None
    ) -> Ints | None:
        """Return the counts of a part's cells that agree, as near as may be to the wish.

        Where the linear answer is not whole, `mend` has a go. Then an integer programme decides,
        within so many relations of these cells, tried one after the other; None where all find
        nothing.
        """
        steps = self._steps(part, wish, wish.table)
        if steps is None:
            return None
        table, step = wish.table.copy(), wish.step[part.cells]
        table[part.cells] += np.rint(steps).astype(np.int64) * step
        broken = np.abs(steps - np.rint(steps)) > _WHOLE
        if broken.any() and mend and (mended := mend(part.cells, table[part.cells])) is not None:
            return mended
        for reach in hops:
            if not broken.any():
                break
            settled = [self._settle(near, wish, table) for near in part.around(broken, reach)]
            broken &= np.isin(part.cells, np.concatenate([*settled, np.empty(0, np.int64)]))
        return None if broken.any() else table[part.cells]

    def _settle(self, near: Part, wish: Wish, table: Ints) -> Ints:
        """Settle a small part in place by an integer programme; return its cells if it fails."""
        steps = self._steps(near, wish, table, whole=True)
        if steps is None:
            return near.cells
        table[near.cells] += np.rint(steps).astype(np.int64) * wish.step[near.cells]
        return near.cells[:0]

    def _steps(self, part: Part, wish: Wish, table: Ints, *, whole: bool = False) -> Floats | None:
        """Return the least steps from a table that make a part's rows agree; None if none do."""
        cells, step, sums = part.cells, wish.step[part.cells], part.relations @ table
        own, gauge = _in_steps(part.own, step)
        up, down = self.high[cells] - table[cells], table[cells] - self.low[cells]
        n = len(cells)
        answer = Programme(
            _up_and_down(own),
            cost=np.tile(wish.weight[cells], 2),
            lower=np.zeros(2 * n),
            upper=np.minimum(np.floor(np.concatenate([up, down]) / np.tile(step, 2)), INFINITY),
            row_lower=np.ceil((self.row_lowest[part.rows] - sums) / gauge),
            row_upper=np.floor((self.row_highest[part.rows] - sums) / gauge),
            integral=np.ones(2 * n, dtype=bool) if whole else None,
            node_limit=_NODES,
            relative_gap=_GAP,
            has_presolve=whole,
        ).solve()
        return answer.columns[:n] - answer.columns[n:] if len(answer.columns) else None


def binding_rows(view: PublishedView, low: Floats, high: Floats) -> Ints:
    """Return the relations that some counts between `low` and `high` break."""
    entries = view.relations.tocoo()
    row, weight = entries.row[entries.data != 0], entries.data[entries.data != 0]
    cell, rows = entries.col[entries.data != 0], view.relations.shape[0]
    ends = weight * low[cell], weight * high[cell]
    least = np.bincount(row, np.minimum(*ends), rows)
    most = np.bincount(row, np.maximum(*ends), rows)
    return np.flatnonzero((least < view.row_lowest) | (most > view.row_highest))


def split(relations: sp.csr_matrix) -> list[tuple[Ints, Ints]]:
    """Return rows and columns of each set of columns that no row joins to another set.

    Columns in no row are left out.
    """
    of_row, of_column = joined_sets(relations)
    rows, columns = np.argsort(of_row, kind="stable"), np.argsort(of_column, kind="stable")
    names = np.unique(of_row)
    return [
        (rows[slice(*row)], columns[slice(*column)])
        for row, column in zip(
            _spans(of_row[rows], names), _spans(of_column[columns], names), strict=True
        )
        if column[0] < column[1]
    ]


def _spans(ordered: Ints, names: Ints) -> list[tuple[int, int]]:
    starts, stops = (np.searchsorted(ordered, names, side) for side in ("left", "right"))
    return list(zip(starts.tolist(), stops.tolist(), strict=True))


def _together(found: list[tuple[Ints, Ints]]) -> Iterator[tuple[Ints, Ints]]:
    """Yield rows and cells of sets, the largest first, small ones put together."""
    waiting: list[tuple[Ints, Ints]] = []
    n_rows = 0
    for rows, cells in sorted(found, key=lambda part: -len(part[0])):
        if waiting and n_rows + len(rows) > _ROWS:
            yield np.concatenate([r for r, _ in waiting]), np.concatenate([c for _, c in waiting])
            waiting, n_rows = [], 0
        waiting.append((rows, cells))
        n_rows += len(rows)
    if waiting:
        yield np.concatenate([r for r, _ in waiting]), np.concatenate([c for _, c in waiting])


def _in_steps(own: sp.csr_matrix, step: Ints) -> tuple[sp.csr_matrix, Ints]:
    """Return relations between steps, each divided by what all its weights share, and that."""
    weights = own.data * step[own.indices]
    shared = np.maximum(np.gcd.reduceat(np.abs(weights), own.indptr[:-1]), 1)
    whole = weights // np.repeat(shared, np.diff(own.indptr))
    return sp.csr_matrix((whole, own.indices, own.indptr), own.shape), shared


def _up_and_down(own: sp.csr_matrix) -> sp.csc_matrix:
    """Return a matrix beside its negative: steps up, then steps down."""
    up = own.tocsc()
    return sp.csc_matrix(
        (
            np.concatenate([up.data, -up.data]),
            np.tile(up.indices, 2),
            np.concatenate([up.indptr, up.indptr[1:] + up.nnz]),
        ),
        (own.shape[0], 2 * own.shape[1]),
    )
