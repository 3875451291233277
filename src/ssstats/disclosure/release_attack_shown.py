"""The tables that a search has found, and the counts that they show for the cells watched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.release_attack_witnesses import Family

Ints = NDArray[np.int64]
# A cell and the lowest and highest count that it may have.
Bound = tuple[int, float, float]
Changes = dict[int, int]


class ShownTables:
    """Families of tables, and for each watched cell the counts that they show."""

    def __init__(self, families: Iterable[Family] = ()) -> None:
        self.families: list[Family] = []
        self.counts: dict[int, set[int]] = {}
        # For each cell the differences that change it, each under its identity.
        self._changing: dict[int, dict[int, Changes]] = defaultdict(dict)
        self.put_back(families)

    def start_from(self, table: Ints) -> None:
        """Start a new family of tables."""
        self.put_back([Family(table, [])])

    def show_beside(self, tables: Iterable[Ints]) -> None:
        """Take whole tables, each a family of its own, before the last family."""
        last = self.families.pop()
        self.put_back(Family(table, []) for table in tables)
        self.families.append(last)

    def keep(self, changes: Changes) -> None:
        """Keep a table told as its difference from the last family's base."""
        self.families[-1].differences.append(changes)
        self._index(changes)

    def keep_beside(self, table: Ints, changes: Changes) -> None:
        """Keep a table told as its difference from the base of one of the families."""
        self._of_base(table).differences.append(changes)
        self._index(changes)

    def watch(self, cells: Iterable[int]) -> None:
        """Watch more cells."""
        for cell in cells:
            if cell not in self.counts:
                self._count(cell)

    def leaving(self, bounds: list[Bound]) -> list[Family]:
        """Return the tables in which one of these cells leaves its bounds, family by family."""
        changing = {
            name: changes for cell, _, _ in bounds for name, changes in self._changing[cell].items()
        }
        out = {name for name, changes in changing.items() if _leaves(changes, bounds)}
        found = []
        for family in self.families:
            if _leaves({cell: int(family.table[cell]) for cell, _, _ in bounds}, bounds):
                found.append(family)
            elif out:
                own = [changes for changes in family.differences if id(changes) in out]
                found.append(Family(family.table, own))
        return [family for family in found if family.differences or self._is_whole(family)]

    def told_by(self, families: Iterable[Family]) -> set[int]:
        """Return the watched cells of which these tables tell something."""
        told: set[int] = set()
        for family in families:
            if self._is_whole(family):
                return set(self.counts)
            told.update(*family.differences)
        return told & set(self.counts)

    def take_out(self, families: list[Family]) -> None:
        """Set tables aside that `leaving` found."""
        told = self.told_by(families)
        for family in families:
            gone = set(map(id, family.differences))
            for changes in family.differences:
                for cell in changes:
                    del self._changing[cell][id(changes)]
            if self._is_whole(family):
                self.families = [own for own in self.families if own is not family]
            else:
                rest = self._of_base(family.table)
                rest.differences[:] = [own for own in rest.differences if id(own) not in gone]
        for cell in told:
            self._count(cell)

    def put_back(self, families: Iterable[Family]) -> None:
        """Take tables back that were set aside, or new ones."""
        for family in families:
            known = [own for own in self.families if own.table is family.table]
            if known:
                known[0].differences.extend(family.differences)
            else:
                self.families.append(family)
                for cell, counts in self.counts.items():
                    counts.add(int(family.table[cell]))
            for changes in family.differences:
                self._index(changes)

    def _is_whole(self, family: Family) -> bool:
        return any(own is family for own in self.families)

    def _of_base(self, table: Ints) -> Family:
        return next(own for own in self.families if own.table is table)

    def _index(self, changes: Changes) -> None:
        for cell, count in changes.items():
            self._changing[cell][id(changes)] = changes
            if cell in self.counts:
                self.counts[cell].add(count)

    def _count(self, cell: int) -> None:
        counts = {int(family.table[cell]) for family in self.families}
        counts.update(changes[cell] for changes in self._changing[cell].values())
        self.counts[cell] = counts


def _leaves(changes: Changes, bounds: list[Bound]) -> bool:
    return any(not low <= changes.get(cell, low) <= high for cell, low, high in bounds)
