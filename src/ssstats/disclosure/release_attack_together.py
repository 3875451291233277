"""Whole tables that show many hidden figures differently at once: most of what the attack proves.

One table agrees with the release and stays near the middle of what each figure leaves possible.
The others pull at all figures that are still open, some up and some down, because neighbours that
share a sum cannot all rise. Where few stay open, single steps from each of these tables show them
one by one. Nothing here is believed: each table is checked by addition later.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.attack_bounds import tighten_bounds
from ssstats.disclosure.release_attack import WHOLE, Requirement, Search, Targets
from ssstats.disclosure.release_attack_base import check_consistent, contradiction, middle
from ssstats.disclosure.release_attack_free import FreeMoves
from ssstats.disclosure.release_attack_parts import Parts, Wish
from ssstats.disclosure.release_attack_possible import Shown

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# How many relations away from a count that is not whole the integer programmes look, at last
# everywhere; a pull at many figures that needs more than a short look leaves its part as it was.
_HOPS, _SHORT = (1, 2, 4, 40), (1, 2)
# In the first table a hidden figure in the middle is worth more than a rounded one.
_HIDDEN_FIRST = 10.0
# How much more a count that is wanted matters than one that may stay: chains are long. Different
# weights let one figure win where neighbours want the same.
_PULL = (1000.0, 3000.0)
# Pulls by whole ones go on while they settle this share of more than so many open figures; fewer
# are looked at one by one. Pulls by single tenths go on while they settle anything.
_WORTHWHILE, _MANY = 0.4, 600
_SEED = 20


class Together:
    """Whole tables that agree with a release, each pulled from the first of them.

    Parameters
    ----------
    parts : Parts
        The relations of the release, and what is possible of n cells.
    unit : array of int, shape (n,)
        10 where cells are in tenths, else 1: most tables change them by whole ones.
    table : array of int, shape (n,)
        The first table.
    """

    def __init__(self, parts: Parts, unit: Ints, table: Ints) -> None:
        self.tables = [table]
        self._parts, self._unit = parts, unit
        self._moves = FreeMoves(parts.view, parts.low, parts.high, table)
        self._draw = np.random.default_rng(_SEED)

    @classmethod
    def from_middle(cls, view: PublishedView, targets: Targets, unit: Ints) -> Together:
        """Start near the middle of what is published of each figure.

        Raises
        ------
        DisclosureError
            If what is published contradicts itself.
        """
        parts = _parts(view)
        return cls(parts, unit, _first_table(parts, targets, unit))

    @classmethod
    def from_table(cls, view: PublishedView, unit: Ints, table: Ints) -> Together:
        """Start from a table that agrees with a release."""
        return cls(_parts(view), unit, table)

    def pull(self, targets: Targets, requirement: Requirement) -> Shown:
        """Pull by whole ones while that settles many targets; return what all tables show."""
        shown, before = Shown.by(targets, requirement, self.tables[0]), np.inf
        while _MANY < (left := shown.is_open.sum()) < (1 - _WORTHWHILE) * before:
            before = left
            self._pull_both_ways(shown, self._unit, _SHORT)
        return shown

    def look_nearby(self, search: Search, cells: list[int]) -> list[int]:
        """Search by single steps from every table; return the cells that stay open.

        The nearest counts come first: where one is too far from a table another may be near.
        """
        for within in (1, search.requirement.fewest):
            for table in self.tables:
                self._moves.start_from(table)
                cells = [k for k in cells if not self._look_nearby(search, table, k, within)]
        return cells

    def pull_by_single_counts(self, search: Search, cells: list[int]) -> list[int]:
        """Pull at few targets while that settles any; return the cells that stay open."""
        self._moves.start_from(self.tables[0])
        before = len(cells) + 1
        while 0 < len(cells) < before:
            before, known = len(cells), len(self.tables)
            shown = Shown.in_search(search, cells)
            self._pull_both_ways(shown, np.ones_like(self._unit), _HOPS)
            search.show_beside(self.tables[known:])
            cells = [cell for cell in cells if not search.is_safe(cell)]
        return cells

    def _pull_both_ways(self, shown: Shown, step: Ints, hops: tuple[int, ...]) -> None:
        """Pull at each open target, in one table up and in another down."""
        upwards = self._draw.random(len(shown.targets.cells)) < 0.5
        for signs in (upwards, ~upwards):
            table = self._pulled(shown, step, hops, signs)
            shown.add(table)
            self.tables.append(table)

    def _pulled(self, shown: Shown, step: Ints, hops: tuple[int, ...], upwards: Flags) -> Ints:
        """Return a table that shows as many new counts of open targets as it can.

        Elsewhere it is as near as may be to the first.
        """
        parts, base, cells = self._parts, self.tables[0], shown.targets.cells
        low, high = parts.low[cells], parts.high[cells]
        goals = shown.goals(low, high, upwards=upwards)
        wanted = np.flatnonzero(shown.is_open & (goals >= low) & (goals <= high))
        at, steps = cells[wanted], (goals[wanted] - base[cells[wanted]]) / step[cells[wanted]]
        wish, weight = base.copy(), np.ones(len(base))
        wish[at] += np.trunc(steps).astype(np.int64) * step[at]
        weight[at] = self._draw.uniform(*_PULL, len(at))
        table, alone = base.copy(), at[parts.part_of[at] < 0]
        table[alone] = wish[alone]
        for number in np.unique(parts.part_of[at]).tolist():
            if number >= 0:
                part = parts.every[number]
                counts = parts.nearest(part, Wish(wish, weight, step), hops, self._moves.mended)
                table[part.cells] = base[part.cells] if counts is None else counts
        return table

    def _look_nearby(self, search: Search, table: Ints, cell: int, within: int) -> bool:
        """Look for counts up to so many whole ones away; return whether the cell is safe."""
        far, shown_here = within * search.unit[cell], int(table[cell])
        for count in search.wanted(cell, table):
            if search.is_safe(cell):
                return True
            if abs(count - shown_here) <= far and (changes := self._moves.move(cell, count)):
                search.tables.keep_beside(table, changes)
        return search.is_safe(cell)


def _parts(view: PublishedView) -> Parts:
    """Return the relations of a release, and what is possible of each cell by addition."""
    rows = (view.relations, view.row_lowest, view.row_highest)
    low, high = tighten_bounds(*rows, view.lowest, view.highest)
    check_consistent(view, low, high)
    return Parts(view, low, high)


def _first_table(parts: Parts, targets: Targets, unit: Ints) -> Ints:
    """Return a table that agrees with the release, near the middle of what is possible.

    What parts leave of their wholes has no wish of its own.
    """
    table = parts.low.astype(np.int64)
    free = np.flatnonzero(parts.low < parts.high)
    table[free] = middle(parts.low[free], parts.high[free])
    nearby = np.rint(table / unit).astype(np.int64) * unit
    can_round = (nearby >= parts.low) & (nearby <= parts.high)
    table, step = np.where(can_round, nearby, table), np.where(can_round, unit, 1)
    weight = np.ones(len(table))
    weight[targets.cells] = [0.0 if said == WHOLE else _HIDDEN_FIRST for said in targets.said]
    rounded, plain = Wish(table, weight, step), Wish(table, weight, np.ones_like(step))
    first = table.copy()
    for part in parts.every:
        counts = parts.nearest(part, rounded, _SHORT)
        if counts is None:
            counts = parts.nearest(part, plain, _HOPS)
        if counts is None:
            raise contradiction()
        first[part.cells] = counts
    return first
