"""The cheapest steps of some cells that let one of them show another count.

Prices are spread over the steps that a cell goes beyond its range, so that no integers are needed
to choose among cells. Counts in tenths go by whole ones first: then nearly every answer is whole,
and nearly always the cheapest. Where one is broken, single steps mend it, or small integer
programmes do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.release_attack_nearby import Room, Surroundings
from ssstats.disclosure.solver import Programme
from ssstats.disclosure.whole_answers import Question, Rows, is_whole, mended
from ssstats.stretches import stretches

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A step costs little beside giving way: of two answers with one price the smaller change is taken.
_STEP_COST = 1e-3
# No cell has to go further than this to protect another.
_FURTHEST = 400.0
# Any table proves what it shows; a dear one is worth a longer look for a cheaper one.
_GAP, _GAP_WITHOUT_PRICE = 0.1, 1e6


# Makes of changes that break relations such as agree with them; empty where it does not succeed.
Mend = Callable[[dict[int, int]], dict[int, int]]


class Steps:
    """The steps of some cells from one table: by whole ones, and by single counts.

    `cells` are in ascending order, those that are not among them stay; `unit`, shape (n,) of all
    cells, is how many counts of each make a whole one.
    """

    def __init__(
        self, around: Surroundings, room: Room, cells: Ints, unit: Ints, mend: Mend
    ) -> None:
        self._around, self._room, self._cells, self._unit = around, room, cells, unit
        self._mend = mend
        self._by_gauge: dict[int, _Steps] = {}

    def to(self, cell: int, count: int) -> dict[int, int] | None:
        """Return the cheapest change that makes a cell show `count`.

        Empty where there is none, None where the answer is broken and was not mended.
        """
        changes: dict[int, int] | None = {}
        for gauge in self._gauges(cell, count):
            size = int(gauge.max())
            if size not in self._by_gauge:
                unit = self._unit[self._cells]
                steps = _Steps.of(self._around, self._room, self._cells, unit, gauge)
                self._by_gauge[size] = steps
            changes = self._by_gauge[size].to(cell, count, self._mend)
            if changes:
                break
        return changes

    def keep_within(self, cell: int, lowest: float, highest: float) -> None:
        """Replace the range within which a cell has steps."""
        for steps in self._by_gauge.values():
            steps.keep_within(cell, lowest, highest)

    def _gauges(self, cell: int, count: int) -> Iterator[Ints]:
        """Yield how many counts each cell goes at a time: whole ones where these may suffice."""
        unit, away = self._unit[self._cells], count - int(self._around.table[cell])
        if (unit > 1).any() and away % self._unit[cell] == 0:
            yield unit
        yield np.ones_like(unit)


@dataclass(frozen=True)
class _Steps:
    """The programme over n cells: n steps up, n down, and k further up, k further down.

    `table`, shape (n,), are the counts from which they go, `gauge` how many counts each step is,
    and `reach` how many steps are a whole one. `yielding` are the places of the k cells that give
    way, each at a `price`; `room`, shape (2n + 2k,), is how many steps each column has.
    """

    cells: Ints
    table: Ints
    gauge: Ints
    reach: Floats
    yielding: Ints
    price: Floats
    room: Floats
    rows: Rows
    programme: Programme

    @classmethod
    def of(cls, around: Surroundings, room: Room, cells: Ints, unit: Ints, gauge: Ints) -> _Steps:
        """Return the programme over these cells and all their relations.

        `unit` and `gauge` have the shape of `cells`.
        """
        yielding = np.flatnonzero(np.isfinite(room.price[cells]))
        per_column = np.concatenate([gauge, gauge, gauge[yielding], gauge[yielding]])
        upper = np.floor(_room_of_counts(room, around.table, cells, yielding) / per_column)
        relations = _rows_of_steps(around, cells, gauge, yielding)
        programme = Programme(
            relations.matrix,
            cost=np.full(len(upper), _STEP_COST),
            lower=np.zeros(len(upper)),
            upper=upper,
            row_lower=relations.lowest,
            row_upper=relations.highest,
            has_presolve=False,
        )
        return cls(
            cells=cells,
            table=around.table[cells],
            gauge=gauge,
            reach=unit / gauge,
            yielding=yielding,
            price=room.price[cells[yielding]],
            room=upper,
            rows=relations,
            programme=programme,
        )

    def keep_within(self, cell: int, lowest: float, highest: float) -> None:
        place, n = int(np.searchsorted(self.cells, cell)), len(self.cells)
        count, gauge = self.table[place], self.gauge[place]
        for column, counts in ((place, highest - count), (n + place, count - lowest)):
            self.room[column] = min(counts, _FURTHEST) // gauge
            self.programme.set_bound(column, 0.0, self.room[column])

    def to(self, cell: int, count: int, mend: Mend) -> dict[int, int] | None:
        """Return the cheapest change in these steps, as `Steps.to` does."""
        target = int(np.searchsorted(self.cells, cell))
        step = (count - self.table[target]) // self.gauge[target]
        goes = self._own_steps(target, step)
        if sum(goes.values()) < abs(step):
            return {}
        cost = self._cost(target, abs(step))
        if len(self.yielding):
            self.programme.set_costs(cost)
        for column, size in goes.items():
            self.programme.set_bound(column, size, size)
        found = self.programme.solve().columns
        for column in goes:
            self.programme.set_bound(column, 0.0, self.room[column])
        if not len(found):
            return {}
        if not is_whole(found):
            for rounded in (np.rint(found), np.ceil(found)):
                if changes := mend(self._changes(rounded.astype(np.int64))):
                    return changes
            found = self._mended(found, cost, goes)
        return self._changes(np.rint(found).astype(np.int64)) if len(found) else None

    def _mended(self, found: Floats, cost: Floats, goes: dict[int, float]) -> Floats:
        lower, upper = np.zeros(len(self.room)), self.room.copy()
        lower[list(goes)] = upper[list(goes)] = list(goes.values())
        gap = _GAP if len(self.yielding) else _GAP_WITHOUT_PRICE
        return mended(found, self.rows, Question(cost, lower, upper), relative_gap=gap)

    def _changes(self, columns: Ints) -> dict[int, int]:
        n, k = len(self.cells), len(self.yielding)
        steps = columns[:n] - columns[n : 2 * n]
        steps[self.yielding] += columns[2 * n : 2 * n + k] - columns[2 * n + k :]
        moved, counts = np.flatnonzero(steps), self.table + steps * self.gauge
        return dict(zip(self.cells[moved].tolist(), counts[moved].tolist(), strict=True))

    def _own_steps(self, target: int, step: int) -> dict[int, float]:
        """Return the steps of the target's own columns that come nearest to a step of it."""
        n, k = len(self.cells), len(self.yielding)
        own = [target, n + target]
        if (at := np.searchsorted(self.yielding, target)) < k and self.yielding[at] == target:
            own += [2 * n + int(at), 2 * n + k + int(at)]
        goes, left = dict.fromkeys(own, 0.0), float(abs(step))
        # Columns of steps up and down alternate.
        for column in own[0 if step > 0 else 1 :: 2]:
            goes[column] = min(left, float(self.room[column]))
            left -= goes[column]
        return goes

    def _cost(self, target: int, size: int) -> Floats:
        """Return the cost of a step of each column where the target goes so many steps."""
        # What gives way rarely goes further than the target does itself.
        reach = max(1.0, size / self.reach[target]) * self.reach[self.yielding]
        own = np.full(2 * len(self.cells), _STEP_COST)
        return np.concatenate([own, np.tile(self.price / reach + _STEP_COST, 2)])


def _rows_of_steps(around: Surroundings, cells: Ints, gauge: Ints, yielding: Ints) -> Rows:
    """Return the relations of these cells between steps of them.

    Each is divided by what its weights share, which makes its bounds as narrow as steps allow.
    """
    entries = entries_of(around.by_cell.indptr, cells)
    rows, at = np.unique(around.by_cell.indices[entries], return_inverse=True)
    sizes = np.diff(around.by_cell.indptr)[cells]
    weights = around.by_cell.data[entries].astype(np.int64) * np.repeat(gauge, sizes)
    shared = np.zeros(len(rows), dtype=np.int64)
    np.gcd.at(shared, at, np.abs(weights))
    starts = np.concatenate([[0], np.cumsum(sizes)])
    matrix = (weights // shared[at]).astype(float), at, starts
    return Rows(
        _both_ways(matrix, yielding, len(rows)),
        np.ceil((around.row_lowest[rows] - around.sums[rows]) / shared),
        np.floor((around.row_highest[rows] - around.sums[rows]) / shared),
    )


def _both_ways(columns: tuple[Floats, Ints, Ints], yielding: Ints, n_rows: int) -> sp.csc_matrix:
    """Return these columns, their negatives, and again those of the cells that give way."""
    weights, at, starts = columns
    again, sizes = entries_of(starts, yielding), np.diff(starts)
    every = np.concatenate([sizes, sizes, sizes[yielding], sizes[yielding]])
    return sp.csc_matrix(
        (
            np.concatenate([weights, -weights, weights[again], -weights[again]]),
            np.concatenate([at, at, at[again], at[again]]),
            np.concatenate([[0], np.cumsum(every)]),
        ),
        (n_rows, len(every)),
    )


def _room_of_counts(room: Room, table: Ints, cells: Ints, yielding: Ints) -> Floats:
    """Return how far each cell can go up and down, and each that gives way further."""
    low, high = room.lowest[cells], room.highest[cells]
    wider_low, wider_high = room.wider_lowest[cells], room.wider_highest[cells]
    bounded = np.isfinite(high)
    beyond = np.where(bounded, wider_high - np.where(bounded, high, 0.0), 0.0)
    counts = [
        high - table[cells],
        table[cells] - low,
        beyond[yielding],
        (low - wider_low)[yielding],
    ]
    return np.minimum(np.concatenate(counts), _FURTHEST)


def entries_of(starts: NDArray[np.integer], which: Ints) -> Ints:
    """Return where the entries of some rows (or columns) of a compressed matrix stand."""
    return stretches(starts[which], np.diff(starts)[which])
