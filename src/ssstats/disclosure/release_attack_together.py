"""Whole tables that show many hidden figures differently at once: most of what the attack proves.

One table agrees with the release and stays near the middle of what each figure leaves possible.
The others pull at all figures that are still open, some up and some down, because neighbours that
share a sum cannot all rise. Nothing here is believed: each table is checked by addition later.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.attack_bounds import tighten_bounds
from ssstats.disclosure.release_attack import ANY, MAGNITUDE, WHOLE, Requirement, Targets
from ssstats.disclosure.release_attack_base import check_consistent, contradiction, middle
from ssstats.disclosure.release_attack_parts import Parts, Wish

Floats = NDArray[np.float64]
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
# Pulls by whole ones go on while they settle this share of what is open; pulls by single tenths
# while they settle anything.
_WORTHWHILE = 0.4
_SEED = 20


class Shown:
    """Which counts tables show for the targets, shape (k,), and whether that is enough."""

    def __init__(self, targets: Targets, requirement: Requirement, table: Ints) -> None:
        self.targets, self._requirement = targets, requirement
        said = np.array(targets.said, dtype=object)
        self.is_any, self.is_whole = said == ANY, said == WHOLE
        self.is_ranging = (targets.unit > 1) | (said == MAGNITUDE)
        self.counts: Ints = table[targets.cells][np.newaxis]

    def add(self, table: Ints) -> None:
        """Take one more table."""
        self.counts = np.vstack([self.counts, table[self.targets.cells]])

    @property
    def possible(self) -> Ints:
        """How many counts tables show; of magnitudes and tenths, how many whole ones fit."""
        ordered = np.sort(self.counts, axis=0)
        different = 1 + (np.diff(ordered, axis=0) > 0).sum(axis=0)
        fitting = (ordered[-1] - ordered[0]) // self.targets.unit + 1
        return np.where(self.is_ranging, fitting, different)

    @property
    def is_open(self) -> Flags:
        """Whether too little is shown to be possible."""
        highest = self.counts.max(axis=0)
        edge = self._requirement.threshold * self.targets.unit
        is_safe = (self.possible >= self._requirement.fewest) & ~(self.is_any & (highest < edge))
        return ~np.where(self.is_whole, highest > 0, is_safe)

    def goals(self, low: Floats, high: Floats, *, upwards: Flags) -> Floats:
        """Return for each target a count worth showing next, in the direction asked if possible.

        `low` and `high` bound the targets; a goal beyond them says that there is none.
        """
        least, most = self.counts.min(axis=0), self.counts.max(axis=0)
        reach = (self._requirement.fewest - 1) * self.targets.unit
        up = np.where(self.is_ranging, np.minimum(least + reach, high), self._not_shown(1, high))
        down = np.where(self.is_ranging, np.maximum(most - reach, low), self._not_shown(-1, low))
        edge = self._requirement.threshold * self.targets.unit
        lacks_edge = self.is_any & (most < edge)
        up = np.where(lacks_edge, np.maximum(up, edge), up)
        is_up = (upwards | lacks_edge | (down < low) | (down == most)) & (up <= high)
        return np.where(self.is_whole, 1.0, np.where(is_up, up, down))

    def _not_shown(self, sign: int, end: Floats) -> Floats:
        """Return the nearest count above (below) the first table's that no table shows.

        It is infinite where there is none up to the end.
        """
        found = np.full(self.counts.shape[1], sign * np.inf)
        for distance in range(self._requirement.fewest, 0, -1):
            count = self.counts[0] + sign * distance
            is_new = ~(self.counts == count).any(axis=0) & (sign * count <= sign * end)
            found = np.where(is_new, count, found)
        return found


def tables_together(
    view: PublishedView,
    targets: Targets,
    requirement: Requirement,
    unit: Ints,
    *,
    start: Ints | None = None,
) -> tuple[list[Ints], Shown]:
    """Return whole tables that agree with a release, the first near the middle, and what they show.

    Parameters
    ----------
    view : PublishedView
        What is published of n cells.
    targets, requirement : what to show differently, and how often
    unit : array of int, shape (n,)
        10 where cells are in tenths, else 1: most tables change them by whole ones.
    start : array of int, shape (n,), optional
        A table that agrees with the release: it takes the place of the first, and tables change
        counts by whole ones only.

    Raises
    ------
    DisclosureError
        If what is published contradicts itself.
    """
    rows = (view.relations, view.row_lowest, view.row_highest)
    low, high = tighten_bounds(*rows, view.lowest, view.highest)
    check_consistent(view, low, high)
    parts = Parts(view, low, high)
    tables = [_first_table(parts, targets, unit) if start is None else start]
    shown = Shown(targets, requirement, tables[0])
    draw = np.random.default_rng(_SEED)
    steps = [(unit, _SHORT, _WORTHWHILE), (np.ones_like(unit), _HOPS, 0.0)]
    for step, hops, share in steps if start is None else steps[:1]:
        before = np.inf
        while (left := shown.is_open.sum()) and left < (1 - share) * before:
            before = left
            upwards = draw.random(len(targets.cells)) < 0.5
            for signs in (upwards, ~upwards):
                tables.append(_pulled(parts, tables[0], shown, step, hops, signs, draw))
                shown.add(tables[-1])
    return tables, shown


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


def _pulled(
    parts: Parts,
    base: Ints,
    shown: Shown,
    step: Ints,
    hops: tuple[int, ...],
    upwards: Flags,
    draw: np.random.Generator,
) -> Ints:
    """Return a table that shows as many new counts of open targets as it can, else as the base."""
    cells = shown.targets.cells
    low, high = parts.low[cells], parts.high[cells]
    goals = shown.goals(low, high, upwards=upwards)
    wanted = np.flatnonzero(shown.is_open & (goals >= low) & (goals <= high))
    at, steps = cells[wanted], (goals[wanted] - base[cells[wanted]]) / step[cells[wanted]]
    wish, weight = base.copy(), np.ones(len(base))
    wish[at] += np.trunc(steps).astype(np.int64) * step[at]
    weight[at] = draw.uniform(*_PULL, len(at))
    table, alone = base.copy(), at[parts.part_of[at] < 0]
    table[alone] = wish[alone]
    for number in np.unique(parts.part_of[at]).tolist():
        if number >= 0:
            part = parts.every[number]
            counts = parts.nearest(part, Wish(wish, weight, step), hops)
            table[part.cells] = base[part.cells] if counts is None else counts
    return table
