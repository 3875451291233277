"""What would give way so that one cell can show another count, by small linear programmes.

Programmes of steps (see `hiding_steps`) over the cells nearest to the one that is looked at. Where
one finds no whole answer, the integer programme of `Surroundings` decides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.hiding_steps import Mend, Steps, entries_of
from ssstats.disclosure.release_attack_nearby import Room, Surroundings

Ints = NDArray[np.int64]


class Vicinity:
    """The cells around one cell, the nearest first, and programmes over so many of them.

    `unit`, shape (n,), is how many counts of each cell make a whole one.
    """

    def __init__(
        self, surroundings: Surroundings, cell: int, room: Room, unit: Ints, mend: Mend
    ) -> None:
        self.surroundings, self.cell, self.room, self.unit = surroundings, cell, room, unit
        self._mend = mend
        self._may_be_reached = (room.lowest < room.highest) | np.isfinite(room.price)
        self._may_be_reached[cell] = False
        self._is_new_row = surroundings.is_near.copy()
        self._found = self._latest = np.array([cell])
        self._steps: dict[int, Steps] = {}

    def nearest(self, count: int, *, most: int) -> dict[int, int] | None:
        """Return a cheap change of up to `most` cells that makes the cell show `count`.

        Empty where there is none, None where the answer is broken and was not mended.
        """
        cells = self._nearest_cells(most)
        if len(cells) not in self._steps:
            self._steps[len(cells)] = Steps(
                self.surroundings, self.room, cells, self.unit, self._mend
            )
        return self._steps[len(cells)].to(self.cell, count)

    def exact(self, count: int, *, most: int) -> dict[int, int]:
        """Return the cheapest change of all, by an integer programme; empty without one."""
        return self.surroundings.nearest(self.cell, count, most=most, room=self.room)

    def _nearest_cells(self, most: int) -> Ints:
        by_row, by_cell = self.surroundings.by_row, self.surroundings.by_cell
        while len(self._found) < most and len(self._latest):
            rows = np.unique(by_cell.indices[entries_of(by_cell.indptr, self._latest)])
            rows = rows[self._is_new_row[rows]]
            self._is_new_row[rows] = False
            reached = by_row.indices[entries_of(by_row.indptr, rows)]
            self._latest = np.unique(reached[self._may_be_reached[reached]])
            self._may_be_reached[self._latest] = False
            self._found = np.concatenate([self._found, self._latest])
        return np.sort(self._found[:most])
