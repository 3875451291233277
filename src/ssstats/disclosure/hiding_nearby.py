"""What would give way so that one cell can show another count, by small linear programmes.

Prices are spread over the steps that a cell goes beyond its range, so that no integers are needed
to choose among cells. Counts in tenths go by whole ones first: then nearly every answer is whole,
and nearly always the cheapest. Where one is broken, small integer programmes mend it; where they
find nothing, the integer programme of `Surroundings` decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.release_attack_nearby import Room, Surroundings
from ssstats.disclosure.solver import Programme
from ssstats.disclosure.whole_answers import Question, Rows, is_whole, mended

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A step costs little beside giving way: of two answers with one price the smaller change is taken.
_STEP_COST = 1e-3
# No cell has to go further than this to protect another.
_FURTHEST = 400.0
# Any table proves what it shows; a dear one is worth a longer look for a cheaper one.
_GAP, _GAP_WITHOUT_PRICE = 0.1, 1e6


class Vicinity:
    """The cells around one cell, the nearest first, and programmes over so many of them.

    `unit`, shape (n,), is how many counts of each cell make a whole one.
    """

    def __init__(self, surroundings: Surroundings, cell: int, room: Room, unit: Ints) -> None:
        self.surroundings, self.cell, self.room, self.unit = surroundings, cell, room, unit
        self._may_be_reached = (room.lowest < room.highest) | np.isfinite(room.price)
        self._may_be_reached[cell] = False
        self._is_new_row = surroundings.is_near.copy()
        self._found = self._latest = np.array([cell])
        self._steps: dict[tuple[int, int], _Steps] = {}

    def nearest(self, count: int, *, most: int) -> dict[int, int] | None:
        """Return a cheap change of up to `most` cells that makes the cell show `count`.

        Empty where there is none, None where the answer is broken and was not mended.
        """
        changes: dict[int, int] | None = {}
        cells = self._nearest_cells(most)
        for gauge in self._gauges(cells, count):
            key = len(cells), int(gauge.max())
            if key not in self._steps:
                self._steps[key] = _Steps.of(self, cells, gauge)
            changes = self._steps[key].to(count)
            if changes:
                break
        return changes

    def exact(self, count: int, *, most: int) -> dict[int, int]:
        """Return the cheapest change of all, by an integer programme; empty without one."""
        return self.surroundings.nearest(self.cell, count, most=most, room=self.room)

    def _gauges(self, cells: Ints, count: int) -> Iterator[Ints]:
        """Yield how many counts each cell goes at a time: whole ones where that can suffice."""
        away = count - int(self.surroundings.table[self.cell])
        if (self.unit[cells] > 1).any() and away % self.unit[self.cell] == 0:
            yield self.unit[cells]
        yield np.ones(len(cells), dtype=np.int64)

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

    `gauge`, shape (n,), is how many counts a step of each cell is. `yielding` are the places of the
    k cells that give way at a price; `room`, shape (2n + 2k,), is how many steps each column has,
    and `target` the place of the cell that is looked at.
    """

    vicinity: Vicinity
    cells: Ints
    gauge: Ints
    yielding: Ints
    room: Floats
    target: int
    rows: Rows
    programme: Programme

    @classmethod
    def of(cls, vicinity: Vicinity, cells: Ints, gauge: Ints) -> _Steps:
        """Return the programme over these cells, in ascending order."""
        yielding = np.flatnonzero(np.isfinite(vicinity.room.price[cells]))
        per_column = np.concatenate([gauge, gauge, gauge[yielding], gauge[yielding]])
        counts = _room_of_counts(vicinity.room, vicinity.surroundings.table, cells, yielding)
        room = np.floor(counts / per_column)
        rows = _rows_of_steps(vicinity.surroundings, cells, gauge, yielding)
        programme = Programme(
            rows.matrix,
            cost=np.full(len(room), _STEP_COST),
            lower=np.zeros(len(room)),
            upper=room,
            row_lower=rows.lowest,
            row_upper=rows.highest,
            has_presolve=False,
        )
        target = int(np.searchsorted(cells, vicinity.cell))
        return cls(vicinity, cells, gauge, yielding, room, target, rows, programme)

    def to(self, count: int) -> dict[int, int] | None:
        """Return the cheapest change to this count; empty without one, None where it is broken."""
        table = self.vicinity.surroundings.table[self.cells]
        question = self._question((count - int(table[self.target])) // int(self.gauge[self.target]))
        if question is None:
            return {}
        self.programme.set_costs(question.cost)
        self.programme.set_bounds(question.lower, question.upper)
        found = self.programme.solve().columns
        if not len(found):
            return {}
        n, k = len(self.cells), len(self.yielding)
        if not is_whole(found):
            gap = _GAP if k else _GAP_WITHOUT_PRICE
            found = mended(found, self.rows, question, relative_gap=gap)
        if not len(found):
            return None
        columns = np.rint(found).astype(np.int64)
        steps = columns[:n] - columns[n : 2 * n]
        steps[self.yielding] += columns[2 * n : 2 * n + k] - columns[2 * n + k :]
        moved, counts = np.flatnonzero(steps), table + steps * self.gauge
        return dict(zip(self.cells[moved].tolist(), counts[moved].tolist(), strict=True))

    def _question(self, step: int) -> Question | None:
        """Return what to ask for a step of the target; None where it has not the room."""
        n, k = len(self.cells), len(self.yielding)
        own = [self.target, n + self.target]
        if (at := np.searchsorted(self.yielding, self.target)) < k and self.yielding[at] == own[0]:
            own += [2 * n + int(at), 2 * n + k + int(at)]
        lower, upper, left = np.zeros(len(self.room)), self.room.copy(), float(abs(step))
        for place, column in enumerate(own):
            # Columns of steps up and down alternate.
            goes = min(left, self.room[column]) if (place % 2 == 0) == (step > 0) else 0.0
            lower[column] = upper[column] = goes
            left -= goes
        return None if left else Question(self._costs(abs(step)), lower, upper)

    def _costs(self, size: int) -> Floats:
        """Return the cost of each column where the target goes so many steps."""
        unit = self.vicinity.unit[self.cells] / self.gauge
        prices = self.vicinity.room.price[self.cells[self.yielding]]
        # What gives way rarely goes further than the target does itself.
        reach = max(1.0, size / unit[self.target]) * unit[self.yielding]
        own = np.full(2 * len(self.cells), _STEP_COST)
        return np.concatenate([own, np.tile(prices / reach + _STEP_COST, 2)])


def _rows_of_steps(around: Surroundings, cells: Ints, gauge: Ints, yielding: Ints) -> Rows:
    """Return the relations of these cells between steps of them.

    Each is divided by what its weights share, which makes its bounds as narrow as steps allow.
    """
    entries = _entries(around.by_cell.indptr, cells)
    rows, own = np.unique(around.by_cell.indices[entries], return_inverse=True)
    sizes = np.diff(around.by_cell.indptr)[cells]
    weights = around.by_cell.data[entries].astype(np.int64) * np.repeat(gauge, sizes)
    shared = np.zeros(len(rows), dtype=np.int64)
    np.gcd.at(shared, own, np.abs(weights))
    starts = np.concatenate([[0], np.cumsum(sizes)])
    matrix = sp.csc_matrix(
        ((weights // shared[own]).astype(float), own, starts), (len(rows), len(cells))
    )
    further = matrix[:, yielding]
    return Rows(
        sp.hstack([matrix, -matrix, further, -further], format="csr"),
        np.ceil((around.row_lowest[rows] - around.sums[rows]) / shared),
        np.floor((around.row_highest[rows] - around.sums[rows]) / shared),
    )


def _room_of_counts(room: Room, table: Ints, cells: Ints, yielding: Ints) -> Floats:
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
