"""What would give way so that one cell can show another count, by small linear programmes.

Prices are spread over the steps that a cell goes beyond its range, so that no integers are needed
to choose among cells. The answer is nearly always whole and nearly always the cheapest; where none
is whole, the integer programme of `Surroundings` decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.release_attack_nearby import Room, Surroundings
from ssstats.disclosure.solver import Programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A step costs little beside giving way: of two answers with one price the smaller change is taken.
_STEP_COST = 1e-3
# No cell has to go further than this to protect another.
_FURTHEST = 400.0
_WHOLE = 1e-6


class Vicinity:
    """The cells around one cell, the nearest first, and programmes over so many of them.

    `unit`, shape (n,), is how many steps of each cell make a whole one.
    """

    def __init__(self, surroundings: Surroundings, cell: int, room: Room, unit: Ints) -> None:
        self.surroundings, self.cell, self.room, self.unit = surroundings, cell, room, unit
        self._may_be_reached = (room.lowest < room.highest) | np.isfinite(room.price)
        self._may_be_reached[cell] = False
        self._is_new_row = surroundings.is_near.copy()
        self._found = self._latest = np.array([cell])
        self._steps: dict[int, _Steps] = {}

    def nearest(self, count: int, *, most: int) -> dict[int, int] | None:
        """Return a cheap change of up to `most` cells that makes the cell show `count`.

        Empty where there is none, None where the linear answer is not whole.
        """
        cells = self._nearest_cells(most)
        if len(cells) not in self._steps:
            self._steps[len(cells)] = _Steps.of(self, cells)
        return self._steps[len(cells)].to(count)

    def exact(self, count: int, *, most: int) -> dict[int, int]:
        """Return the cheapest change of all, by an integer programme; empty without one."""
        return self.surroundings.nearest(self.cell, count, most=most, room=self.room)

    def _nearest_cells(self, most: int) -> Ints:
        by_row, by_cell = self.surroundings.by_row, self.surroundings.by_cell
        while len(self._found) < most and len(self._latest):
            rows = np.unique(by_cell.indices[_entries(by_cell.indptr, self._latest)])
            rows = rows[self._is_new_row[rows]]
            self._is_new_row[rows] = False
            reached = by_row.indices[_entries(by_row.indptr, rows)]
            self._latest = np.unique(reached[self._may_be_reached[reached]])
            self._may_be_reached[self._latest] = False
            self._found = np.concatenate([self._found, self._latest])
        return np.sort(self._found[:most])


@dataclass(frozen=True)
class _Steps:
    """The programme over some cells: n steps up, n down, and k further up, k further down.

    `yielding` are the places of the k cells that give way at a price; `room`, shape (2n + 2k,),
    is how many steps each column has, and `target` the place of the cell that is looked at.
    """

    vicinity: Vicinity
    cells: Ints
    yielding: Ints
    room: Floats
    target: int
    programme: Programme

    @classmethod
    def of(cls, vicinity: Vicinity, cells: Ints) -> _Steps:
        """Return the programme over these cells, in ascending order."""
        around = vicinity.surroundings
        yielding = np.flatnonzero(np.isfinite(vicinity.room.price[cells]))
        upper = _room_of_steps(vicinity.room, around.table, cells, yielding)
        entries = _entries(around.by_cell.indptr, cells)
        rows, own = np.unique(around.by_cell.indices[entries], return_inverse=True)
        starts = np.concatenate([[0], np.cumsum(np.diff(around.by_cell.indptr)[cells])])
        matrix = sp.csc_matrix(
            (around.by_cell.data[entries].astype(float), own, starts), (len(rows), len(cells))
        )
        further = matrix[:, yielding]
        programme = Programme(
            sp.hstack([matrix, -matrix, further, -further], format="csc"),
            cost=np.full(len(upper), _STEP_COST),
            lower=np.zeros(len(upper)),
            upper=upper,
            row_lower=around.row_lowest[rows] - around.sums[rows],
            row_upper=around.row_highest[rows] - around.sums[rows],
            has_presolve=False,
        )
        target = int(np.searchsorted(cells, vicinity.cell))
        return cls(vicinity, cells, yielding, upper, target, programme)

    def to(self, count: int) -> dict[int, int] | None:
        """Return the cheapest change to this count; empty without one, None where it is broken."""
        table = self.vicinity.surroundings.table[self.cells]
        step = count - int(table[self.target])
        if not self._ask_for(step):
            return {}
        found = self.programme.solve().columns
        if not len(found):
            return {}
        if np.abs(found - np.rint(found)).max() > _WHOLE:
            return None
        n, k = len(self.cells), len(self.yielding)
        columns = np.rint(found).astype(np.int64)
        steps = columns[:n] - columns[n : 2 * n]
        steps[self.yielding] += columns[2 * n : 2 * n + k] - columns[2 * n + k :]
        moved = np.flatnonzero(steps)
        return dict(zip(self.cells[moved].tolist(), (table + steps)[moved].tolist(), strict=True))

    def _ask_for(self, step: int) -> bool:
        """Ask for a step of the target; return whether it has the room."""
        n, k = len(self.cells), len(self.yielding)
        size, unit = abs(step), self.vicinity.unit
        prices = self.vicinity.room.price[self.cells[self.yielding]]
        # What gives way rarely goes further than the target does itself.
        reach = max(1.0, size / unit[self.vicinity.cell]) * unit[self.cells[self.yielding]]
        cost = np.concatenate([np.full(2 * n, _STEP_COST), np.tile(prices / reach, 2)])
        cost[2 * n :] += _STEP_COST
        own = [self.target, n + self.target]
        if (at := np.searchsorted(self.yielding, self.target)) < k and self.yielding[at] == own[0]:
            own += [2 * n + int(at), 2 * n + k + int(at)]
        self.programme.set_costs(cost)
        left = float(size)
        for place, column in enumerate(own):
            # Columns of steps up and down alternate.
            goes = min(left, self.room[column]) if (place % 2 == 0) == (step > 0) else 0.0
            self.programme.set_bound(column, goes, goes)
            left -= goes
        return left == 0.0


def _room_of_steps(room: Room, table: Ints, cells: Ints, yielding: Ints) -> Floats:
    """Return how far each cell can go up and down, and each that gives way further."""
    low, high = room.lowest[cells], room.highest[cells]
    wider_low, wider_high = room.wider_lowest[cells], room.wider_highest[cells]
    bounded = np.isfinite(high)
    beyond = np.where(bounded, wider_high - np.where(bounded, high, 0.0), 0.0)
    steps = [
        high - table[cells],
        table[cells] - low,
        beyond[yielding],
        (low - wider_low)[yielding],
    ]
    return np.minimum(np.concatenate(steps), _FURTHEST)


def _entries(starts: NDArray[np.integer], which: Ints) -> Ints:
    """Return where the entries of some rows (or columns) of a compressed matrix stand."""
    first, sizes = starts[which], np.diff(starts)[which]
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(first - (ends - sizes), sizes) + np.arange(total)
