"""Which counts whole tables show for the figures of a release that are looked at together.

Judges as the search for single figures does; knows tables and targets, not how they were found.
"""

from __future__ import annotations

from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.release_attack import (
    ANY,
    MAGNITUDE,
    WHOLE,
    Requirement,
    Search,
    Targets,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Shown:
    """Which counts tables show for the targets, shape (k,), and whether that is enough."""

    def __init__(self, targets: Targets, requirement: Requirement, counts: Ints) -> None:
        """Take counts that tables show, shape (tables, k)."""
        self.targets, self._requirement = targets, requirement
        said = np.array(targets.said, dtype=object)
        self.is_any, self.is_whole = said == ANY, said == WHOLE
        self.is_ranging = (targets.unit > 1) | (said == MAGNITUDE)
        self.counts = counts

    @classmethod
    def by(cls, targets: Targets, requirement: Requirement, table: Ints) -> Shown:
        """Return what one table shows."""
        return cls(targets, requirement, table[targets.cells][np.newaxis])

    @classmethod
    def in_search(cls, search: Search, cells: list[int]) -> Shown:
        """Return what the tables of a search show for some of its targets."""
        targets = Targets(
            np.array(cells),
            tuple(search.said[cell] for cell in cells),
            np.array([search.unit[cell] for cell in cells]),
        )
        base = search.table[targets.cells]
        # Each row after the first has one count of each target, where there are no more the base's.
        rows = zip_longest(*(search.tables.counts[cell] for cell in cells), fillvalue=-1)
        more = np.array(list(rows))
        return cls(targets, search.requirement, np.vstack([base, np.where(more < 0, base, more)]))

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
