"""Tables near one table in which nothing gives way, by one programme for each part of a release.

Parts share no relation that could be broken. Each programme is built once and asked again and
again, so that it can hold the whole part: where it finds nothing there is nothing to find.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.hiding_steps import Mend, Steps
from ssstats.disclosure.release_attack_nearby import Room, Surroundings
from ssstats.disclosure.release_attack_parts import binding_rows, split

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Within:
    """Changes of a table in which every cell keeps within its range.

    `lowest` and `highest`, shape (n,), are what is known of each cell; `unit` is how many counts
    of each make a whole one.
    """

    def __init__(
        self,
        view: PublishedView,
        lowest: Floats,
        highest: Floats,
        table: Ints,
        unit: Ints,
        mend: Mend,
    ) -> None:
        self.table, self._unit, self._mend = table, unit, mend
        self._lowest, self._highest = lowest.copy(), highest.copy()
        self._now = Room.fixed(lowest.copy(), highest.copy())
        rows, moving = binding_rows(view, lowest, highest), np.flatnonzero(lowest < highest)
        relations = view.relations[rows]
        ends = view.row_lowest[rows], view.row_highest[rows]
        self._around = Surroundings(relations, *ends, table)
        self._parts = [moving[cells] for _, cells in split(relations[:, moving])]
        self._part_of = np.full(len(table), -1)
        for number, cells in enumerate(self._parts):
            self._part_of[cells] = number
        self._steps: dict[int, Steps] = {}

    def nearest(self, cell: int, count: int) -> dict[int, int] | None:
        """Return a small change that makes a cell show `count`.

        Empty where there is none, None where the answer is broken and was not mended.
        """
        if not self._now.lowest[cell] <= count <= self._now.highest[cell]:
            return {}
        part = int(self._part_of[cell])
        if part < 0:
            return {cell: count}
        if part not in self._steps:
            self._steps[part] = Steps(
                self._around, self._now, self._parts[part], self._unit, self._mend
            )
        return self._steps[part].to(cell, count)

    def keep_within(self, cell: int, lowest: float, highest: float) -> None:
        """Keep a cell within these counts too, until it is told otherwise."""
        low, high = max(lowest, self._lowest[cell]), min(highest, self._highest[cell])
        self._now.lowest[cell], self._now.highest[cell] = low, high
        if (part := int(self._part_of[cell])) in self._steps:
            self._steps[part].keep_within(cell, low, high)
