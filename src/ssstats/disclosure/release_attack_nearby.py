"""The least change of a table around one cell, by integer programming.

Everything further away is held as it is, so an answer is a whole table that agrees with the
release. Cells that may give way to a wider range do so at a cost; how far is left to the caller.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.solver import INFINITY, Programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A bound on a sum matters where it is this near.
_NEAR_BOUND = 20
_NODES = 100
# Any table proves what it shows; a dear one is worth a longer look for a cheaper one.
_GAP, _GAP_WITHOUT_PRICE = 0.1, 1e6
# A step costs little beside giving way: of two answers with one price the smaller change is taken.
_STEP_COST = 1e-3
_WHOLE = 1e-6


@dataclass(frozen=True)
class Room:
    """What every cell may be, shape (n,): its range, and a wider range at a price.

    `price` is infinite for cells that never give way.
    """

    lowest: Floats
    highest: Floats
    wider_lowest: Floats
    wider_highest: Floats
    price: Floats

    @classmethod
    def fixed(cls, lowest: Floats, highest: Floats) -> Room:
        """Return a room in which nothing gives way."""
        return cls(lowest, highest, lowest, highest, np.full(len(lowest), np.inf))


class Surroundings:
    """Finds tables near one table that agrees with the relations."""

    def __init__(
        self, relations: sp.csr_matrix, row_lowest: Floats, row_highest: Floats, table: Ints
    ) -> None:
        self.by_row, self.by_cell = relations.tocsr(), relations.tocsc()
        self.row_lowest, self.row_highest = row_lowest, row_highest
        self.table = table
        self.sums = self.by_row @ table
        self.is_near = (row_highest - self.sums <= _NEAR_BOUND) | (
            self.sums - row_lowest <= _NEAR_BOUND
        )

    def cells_near(self, cell: int, *, most: int, room: Room) -> Ints:
        """Return up to `most` cells that can move, the nearest to a cell through relations."""
        can_move = (room.lowest < room.highest) | np.isfinite(room.price)
        found, latest = np.array([cell]), np.array([cell])
        while len(found) < most:
            rows = np.unique(self.by_cell[:, latest].indices)
            reached = np.unique(self.by_row[rows[self.is_near[rows]]].indices)
            latest = np.setdiff1d(reached[can_move[reached]], found)
            if not len(latest):
                break
            found = np.concatenate([found, latest[: most - len(found)]])
        return np.sort(found)

    def nearest(self, cell: int, count: int, *, most: int, room: Room) -> dict[int, int]:
        """Return the cheapest change of up to `most` cells that makes `cell` show `count`.

        Empty where there is none.
        """
        cells = self.cells_near(cell, most=most, room=room)
        rows = np.unique(self.by_cell[:, cells].indices)
        programme = _programme(
            self.by_row[rows][:, cells],
            self.table[cells],
            _part(room, cells),
            self.row_lowest[rows] - self.sums[rows],
            self.row_highest[rows] - self.sums[rows],
            int(np.searchsorted(cells, cell)),
            count - int(self.table[cell]),
        )
        found = _whole_answer(programme)
        if not len(found):
            return {}
        n, k = len(cells), int(np.isfinite(room.price[cells]).sum())
        columns = np.rint(found).astype(np.int64)
        steps = columns[:n] - columns[n : 2 * n]
        steps[np.isfinite(room.price[cells])] += columns[2 * n : 2 * n + k]
        steps[np.isfinite(room.price[cells])] -= columns[2 * n + k : 2 * n + 2 * k]
        moved = np.flatnonzero(steps)
        counts = self.table[cells[moved]] + steps[moved]
        return dict(zip(cells[moved].tolist(), counts.tolist(), strict=True))


def _part(room: Room, cells: Ints) -> Room:
    return Room(
        room.lowest[cells],
        room.highest[cells],
        room.wider_lowest[cells],
        room.wider_highest[cells],
        room.price[cells],
    )


def _programme(
    matrix: sp.csr_matrix,
    table: Ints,
    room: Room,
    row_lowest: Floats,
    row_highest: Floats,
    target: int,
    step: int,
) -> Programme:
    """Return the programme of steps up and down, and further steps at a price.

    Columns: n steps up, n down, then for the k cells with a price further up, further down, and
    whether they give way.
    """
    yielding = np.flatnonzero(np.isfinite(room.price))
    n, k = len(table), len(yielding)
    further_up = _beyond(room.highest[yielding], room.wider_highest[yielding])
    further_down = _cut(room.lowest[yielding] - room.wider_lowest[yielding])
    moved = sp.hstack([matrix, -matrix, matrix[:, yielding], -matrix[:, yielding]])
    pick = sp.csr_matrix((np.ones(1), ([0], [target])), shape=(1, n))
    own = sp.csr_matrix((np.ones(k), (yielding, np.arange(k))), shape=(n, k)).tocsr()[target]
    gate_up = sp.hstack([sp.csr_matrix((k, 2 * n)), sp.identity(k), sp.csr_matrix((k, k))])
    gate_down = sp.hstack([sp.csr_matrix((k, 2 * n)), sp.csr_matrix((k, k)), sp.identity(k)])
    none = sp.csr_matrix((matrix.shape[0], k))
    full = sp.bmat(
        [
            [moved, none],
            [sp.hstack([pick, -pick, own, -own]), sp.csr_matrix((1, k))],
            [gate_up, -sp.diags(further_up) if k else sp.csr_matrix((0, 0))],
            [gate_down, -sp.diags(further_down) if k else sp.csr_matrix((0, 0))],
        ]
    )
    return Programme(
        full.tocsc(),
        cost=np.concatenate([np.full(2 * n + 2 * k, _STEP_COST), room.price[yielding]]),
        lower=np.zeros(2 * n + 3 * k),
        upper=np.concatenate(
            [
                _cut(room.highest - table),
                _cut(table - room.lowest),
                further_up,
                further_down,
                np.ones(k),
            ]
        ),
        row_lower=np.concatenate([row_lowest, [step], np.full(2 * k, -INFINITY)]),
        row_upper=np.concatenate([row_highest, [step], np.zeros(2 * k)]),
        node_limit=_NODES,
        relative_gap=_GAP if k else _GAP_WITHOUT_PRICE,
    )


def _whole_answer(programme: Programme) -> Floats:
    """Return whole columns: the linear answer where it is whole, else an integer programme's."""
    linear = programme.solve()
    if not len(linear.columns) or np.abs(linear.columns - np.rint(linear.columns)).max() < _WHOLE:
        return linear.columns
    programme.require_integers(True)
    return programme.solve().columns


# No cell has to go further than this to protect another.
_FURTHEST = 400.0


def _cut(distance: Floats) -> Floats:
    return np.minimum(distance, _FURTHEST)


def _beyond(highest: Floats, wider: Floats) -> Floats:
    return _cut(
        np.where(np.isfinite(highest), wider - np.where(np.isfinite(highest), highest, 0.0), 0.0)
    )
