"""What else a release has to hide so that no protected figure can be worked out from the rest.

Greedy and deterministic: the attack's search runs on the true table; where it stops short, the
cheapest change that would show one more count says which figures have to give way. What turns out
not to be needed is shown again. The result is judged by the attack, which knows no true count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.release_attack import (
    ANY,
    MAGNITUDE,
    SMALL,
    Requirement,
    Search,
    Targets,
    pull_together,
    relevant_part,
)
from ssstats.disclosure.release_attack_nearby import Room, Surroundings
from ssstats.disclosure.release_attack_witnesses import Family
from ssstats.errors import DisclosureError, listed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Cells around an open figure among which those are chosen that give way.
_NEARBY = (300, 700, 1500, 6000)
# Prices up to which cells may give way, tried one after the other by single steps.
_PURSES = (1.0, 100.0)
_PATIENCE = 2
# How many whole units beyond its range a cell has to go at most, to protect another.
_FURTHEST = 8
# Up to this price the first change that is found is taken.
_CHEAP = 25.0
# Of the counts that would help, how many are priced before the cheapest is taken.
_CHOICES = 2


@dataclass(frozen=True)
class Hideable:
    """What hiding a cell costs and leaves possible, shape (n,); infinite cost: never hidden.

    `followers` are the magnitudes that are hidden with a count.
    """

    price: Floats
    lowest: Floats
    highest: Floats
    unit: Ints
    followers: Mapping[int, Sequence[int]]


@dataclass(frozen=True)
class Hidden:
    """Cells that give way, and the tables that show how every protected figure could differ.

    The tables start from the true one: they never leave the gate.
    """

    cells: Ints
    families: list[Family]


def hide_further(
    view: PublishedView,
    targets: Targets,
    requirement: Requirement,
    hideable: Hideable,
    table: Ints,
) -> Hidden:
    """Return the cells that have to give way: hidden, or no longer said to be small.

    `table` holds the true counts, shape (n,), in the units of the view.

    Raises
    ------
    DisclosureError
        If a figure stays open whatever gives way; the figures are named, never their counts.
    """
    hiding = _Hiding(view, targets, requirement, hideable, table)
    hiding.run()
    hiding.show_again()
    return Hidden(np.array(sorted(hiding.given_way), dtype=np.int64), hiding.search.families)


class _Hiding:
    def __init__(
        self,
        view: PublishedView,
        targets: Targets,
        requirement: Requirement,
        hideable: Hideable,
        table: Ints,
    ) -> None:
        self.view, self.hideable, self.requirement = view, hideable, requirement
        self.price = hideable.price.copy()
        # Relations between figures that are shown may come to matter once one of them is hidden.
        could_move = np.isfinite(hideable.price) | (view.lowest < view.highest)
        part = relevant_part(view, targets.cells, is_free=could_move)
        self.search = Search(part, requirement, table, tighten=False)
        self.search.add_targets(targets)
        self.said_first = dict(self.search.said)
        self.given_way: dict[int, None] = {}

    def run(self) -> None:
        search = self.search
        waiting = [cell for cell in search.said if not search.look_nearby(cell)]
        waiting = pull_together(search, waiting)
        if not waiting:
            return
        part = search.view
        rows = (part.relations, part.row_lowest, part.row_highest)
        self.surroundings = Surroundings(*rows, search.table)
        unprotected = []
        while waiting:
            cell = waiting.pop(0)
            if search.look_further(cell, self.surroundings):
                continue
            while not search.look_nearby(cell, patience=_PATIENCE):
                newly = self._make_room(cell)
                if newly is None:
                    unprotected.append(cell)
                    break
                waiting += newly
        if unprotected:
            raise DisclosureError(
                f"{listed(self.view.cell_ids[cell] for cell in unprotected)}: not protected "
                "whatever else is hidden; leave a total or an identity out of the release, or "
                "mark the figure as not for publication"
            )

    def _make_room(self, cell: int) -> list[int] | None:
        """Let the cheapest cells give way that show one more count; None where none can."""
        for purse in _PURSES:
            low, high = self._bounds_for(purse)
            found = [
                changes
                for count in self._counts_to_try(cell)
                if (changes := self.search.moves.move_within(cell, count, low, high))
            ]
            if found:
                return self._settle_on(found)
        room = self._room()
        for most in _NEARBY:
            found = []
            for count in self._counts_to_try(cell):
                if changes := self.surroundings.nearest(cell, count, most=most, room=room):
                    found.append(changes)
                    if self._cost(changes) <= _CHEAP:
                        break
            if found:
                return self._settle_on(found)
        return None

    def _settle_on(self, found: list[dict[int, int]]) -> list[int]:
        """Keep the cheapest of these changes; return what has given way for it."""
        best = min(found, key=lambda changes: (self._cost(changes), len(changes)))
        newly = [other for cell in self._outside(best) for other in self._give_way(cell)]
        self.search.keep(best)
        return newly

    def _bounds_for(self, purse: float) -> tuple[list[float], list[float]]:
        """Return the bounds of all cells where those up to a price may give way."""
        room = self._room()
        gives = self.price <= purse
        low = np.where(gives, room.wider_lowest, room.lowest)
        return low.tolist(), np.where(gives, room.wider_highest, room.highest).tolist()

    def _counts_to_try(self, cell: int) -> list[int]:
        counts = self.search.wanted(cell)[:_CHOICES]
        if self.search.said[cell] == SMALL and np.isfinite(self.price[cell]):
            # A figure that need not be small any more is the cheapest to protect.
            counts.append(self.requirement.threshold * self.search.unit[cell])
        return counts

    def _room(self) -> Room:
        search, hideable = self.search, self.hideable
        far = _FURTHEST * hideable.unit
        return Room(
            search.lowest,
            search.highest,
            np.maximum(hideable.lowest, search.lowest - far),
            np.minimum(hideable.highest, search.highest + far),
            self.price,
        )

    def _outside(self, changes: dict[int, int]) -> list[int]:
        """Return the cells whose counts leave what is published of them."""
        low, high = self.search.lowest, self.search.highest
        return sorted(
            cell for cell, count in changes.items() if not low[cell] <= count <= high[cell]
        )

    def _cost(self, changes: dict[int, int]) -> float:
        return float(sum(self.price[cell] for cell in self._outside(changes)))

    def _give_way(self, cell: int) -> list[int]:
        """Widen what is known of a cell and of what follows it; return what to look at anew."""
        newly = []
        for other in (cell, *self.hideable.followers.get(cell, ())):
            if other in self.given_way or not np.isfinite(self.price[other]):
                continue
            self.given_way[other] = None
            self._set_bounds(other, self.hideable.lowest[other], self.hideable.highest[other])
            self.price[other] = np.inf
            said = ANY if other == cell else MAGNITUDE
            unit = self.hideable.unit[other : other + 1]
            self.search.add_targets(Targets(np.array([other]), (said,), unit))
            newly.append(other)
        return newly

    def _set_bounds(self, cell: int, lowest: float, highest: float) -> None:
        self.search.lowest[cell], self.search.highest[cell] = lowest, highest
        self.search.moves.lowest[cell], self.search.moves.highest[cell] = lowest, highest

    # -- what is not needed after all ------------------------------------------------------------

    def show_again(self) -> None:
        """Show figures again, the dearest first, where every other stays protected without."""
        hidden = [cell for cell in self.given_way if self.said_first.get(cell) != SMALL]
        magnitudes = {cell for group in self.hideable.followers.values() for cell in group}
        for cell in sorted(hidden, key=lambda cell: (-self.hideable.price[cell], cell)):
            if cell not in magnitudes:
                self._try_to_show(cell)

    def _try_to_show(self, cell: int) -> None:
        group = [
            other
            for other in (cell, *self.hideable.followers.get(cell, ()))
            if other in self.given_way and other not in self.said_first
        ]
        search = self.search
        before = ({key: set(counts) for key, counts in search.shown.items()}, search.families)
        said = dict(search.said)
        for other in group:
            self._set_bounds(other, self.view.lowest[other], self.view.highest[other])
            search.said.pop(other)
        search.families = [self._within(family, group) for family in search.families]
        search.shown = search.counted(search.said)
        unsafe = [other for other in search.said if not search.is_safe(other)]
        if all(search.look_nearby(other, patience=_PATIENCE) for other in unsafe):
            for other in group:
                del self.given_way[other]
            return
        search.said, (search.shown, search.families) = said, before
        for other in group:
            self._set_bounds(other, self.hideable.lowest[other], self.hideable.highest[other])

    def _within(self, family: Family, group: list[int]) -> Family:
        """Return the family without the tables that need these cells to be hidden."""
        low, high = self.search.lowest, self.search.highest
        kept = [
            changes
            for changes in family.differences
            if all(low[cell] <= changes.get(cell, low[cell]) <= high[cell] for cell in group)
        ]
        return Family(family.table, kept)
