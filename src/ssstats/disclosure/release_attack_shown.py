"""The tables that a search has found, and the counts that they show for the cells watched."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.release_attack_witnesses import Family

Ints = NDArray[np.int64]
# A cell and the lowest and highest count that it may have.
Bound = tuple[int, float, float]


class ShownTables:
    """Families of tables, and for each watched cell the counts that they show."""

    def __init__(self, families: Iterable[Family] = ()) -> None:
        self.families = list(families)
        self.counts: dict[int, set[int]] = {}

    def start_from(self, table: Ints) -> None:
        """Start a new family of tables."""
        self.families.append(Family(table, []))
        for cell, counts in self.counts.items():
            counts.add(int(table[cell]))

    def keep(self, changes: dict[int, int]) -> None:
        """Keep a table told as its difference from the last family's base."""
        self.families[-1].differences.append(changes)
        for cell, count in changes.items():
            if cell in self.counts:
                self.counts[cell].add(count)

    def watch(self, cells: Iterable[int]) -> None:
        """Watch more cells."""
        new = [cell for cell in cells if cell not in self.counts]
        self.counts.update((cell, set()) for cell in new)
        self._count(set(new))

    def take_out(self, bounds: list[Bound]) -> list[Family]:
        """Set aside the tables in which one of these cells leaves its bounds; return them."""
        aside, kept = [], []
        for family in self.families:
            if _leaves({cell: int(family.table[cell]) for cell, _, _ in bounds}, bounds):
                aside.append(family)
                continue
            out = [_leaves(changes, bounds) for changes in family.differences]
            if any(out):
                pairs = list(zip(family.differences, out, strict=True))
                aside.append(Family(family.table, [changes for changes, is_out in pairs if is_out]))
                family.differences[:] = [changes for changes, is_out in pairs if not is_out]
            kept.append(family)
        self.families = kept
        self._forget(aside)
        return aside

    def put_back(self, aside: list[Family]) -> None:
        """Take tables back that were set aside."""
        for family in aside:
            known = [own for own in self.families if own.table is family.table]
            if known:
                known[0].differences.extend(family.differences)
            else:
                self.families.append(family)
        self._forget(aside)

    def _forget(self, aside: list[Family]) -> None:
        """Count again what the families told that were set aside or taken back."""
        told: set[int] = set()
        for family in aside:
            if any(own.table is family.table for own in self.families):
                told.update(*family.differences)
            else:
                told = set(self.counts)
        for cell in told & set(self.counts):
            self.counts[cell].clear()
        self._count(told & set(self.counts))

    def _count(self, cells: set[int]) -> None:
        for family in self.families:
            for cell in cells:
                self.counts[cell].add(int(family.table[cell]))
            for changes in family.differences:
                for cell in cells.intersection(changes):
                    self.counts[cell].add(changes[cell])


def _leaves(changes: dict[int, int], bounds: list[Bound]) -> bool:
    return any(not low <= changes.get(cell, low) <= high for cell, low, high in bounds)
