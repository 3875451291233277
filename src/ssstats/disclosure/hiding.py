"""What else a release has to hide so that no protected figure can be worked out from the rest.

Greedy and deterministic: the search for whole tables runs from the true one; where it stops short,
the cheapest change that would show one more count says which figures have to give way. What turns
out not to be needed is shown again. The result is judged by the attack, which knows no true count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.hideable import Hideable
from ssstats.disclosure.hiding_nearby import Vicinity
from ssstats.disclosure.hiding_together import changes_together
from ssstats.disclosure.hiding_within import Within
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
from ssstats.disclosure.release_attack_together import Together
from ssstats.disclosure.release_attack_witnesses import Family
from ssstats.errors import DisclosureError, listed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Cells around an open figure among which those are chosen that give way.
_NEARBY = (500, 2000, 6000)
# This share of what is protected is most of it.
_MOST = 0.5
_PATIENCE = 8
# So many open figures are worth looking at together, spread over the turns that each year has.
_MANY = 400
_TURNS, _SPREAD = 14, 6
# How many whole units beyond its range a cell has to go at most, to protect another.
_FURTHEST = 8
# Up to this price the first change that is found is taken.
_CHEAP = 25.0
# How many counts that would help are tried, the nearest first, up or down.
_CHOICES = 2


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
    return Hidden(np.array(sorted(hiding.given_way), dtype=np.int64), hiding.search.tables.families)


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
        # What is published of each cell; the search also knows what follows from it.
        self.lowest, self.highest = view.lowest.copy(), view.highest.copy()
        self.search = Search(part, requirement, table)
        self.search.add_targets(targets)
        self.surroundings = Surroundings(part.relations, part.row_lowest, part.row_highest, table)
        self.said_first = dict(self.search.said)
        self.given_way: dict[int, None] = {}
        self.unprotected: dict[int, None] = {}
        self.within: Within | None = None
        self.magnitudes = {cell for group in hideable.followers.values() for cell in group}

    def run(self) -> None:
        """Let cells give way until every target is safe.

        Those come first that addition alone shows to be open: no search is needed to see it.
        """
        self._protect_together()
        self._protect_clear_cases()
        self._show_again(list(self.given_way), is_safe=self._is_safe_nearby)
        needed = set(self.given_way)
        self._protect_rest(self._search_together())
        if self.unprotected:
            raise DisclosureError(
                f"{listed(self.view.cell_ids[cell] for cell in self.unprotected)}: not protected "
                "whatever else is hidden; leave a total or an identity out of the release, or "
                "mark the figure as not for publication"
            )
        latest = [cell for cell in self.given_way if cell not in needed]
        self._show_again(latest, is_safe=self._is_safe_without)

    def _search_together(self) -> list[int]:
        """Search tables in which nothing more gives way; return the cells that stay open.

        Where most are open, whole tables that show many of them differently come first.
        """
        search = self.search
        waiting = [cell for cell in search.said if not search.is_safe(cell)]
        if len(waiting) < _MOST * len(search.said):
            return pull_together(search, [k for k in waiting if not search.look_nearby(k)])
        said = tuple(search.said[cell] for cell in waiting)
        targets = Targets(np.array(waiting), said, np.array([search.unit[k] for k in waiting]))
        view = replace(search.view, lowest=self.lowest, highest=self.highest)
        together = Together.from_table(view, self.hideable.unit, search.table)
        together.pull(targets, self.requirement)
        search.show_beside(together.tables[1:])
        waiting = [cell for cell in waiting if not search.is_safe(cell)]
        return together.look_nearby(search, waiting)

    def _protect_together(self) -> None:
        """Make room for many clear cases at once, year by year, some in every turn."""
        clear = self._clear_cases()
        if len(clear) < _MANY:
            return
        search = self.search
        for year in np.unique(self.hideable.year[clear]).tolist():
            for turn in range(_TURNS):
                search.set_bounds(self.lowest, self.highest)
                own = [cell for cell in search.said if self.hideable.year[cell] == year]
                waiting = [cell for cell in own if not search.is_safe(cell)]
                chosen = waiting[:: max(1, _SPREAD - turn)]
                goals = {
                    cell: groups[0][0] for cell in chosen if (groups := self._counts_to_try(cell))
                }
                if not goals:
                    break
                for changes in changes_together(
                    search.view, self._room_in(year), search.table, goals
                ):
                    self._settle_on([changes])
        search.tighten()

    def _room_in(self, year: int) -> Room:
        """Return the room in which cells of other years stay as they are."""
        room, table = self._room(), self.search.table
        elsewhere = self.hideable.year != year
        return Room(
            np.where(elsewhere, table, room.lowest),
            np.where(elsewhere, table, room.highest),
            room.wider_lowest,
            room.wider_highest,
            np.where(elsewhere, np.inf, room.price),
        )

    def _clear_cases(self) -> list[int]:
        search = self.search
        return [
            cell
            for cell in search.said
            if search.is_surely_open(cell) and cell not in self.unprotected
        ]

    def _protect_clear_cases(self) -> None:
        """Make room in rounds, because what gives way has to be protected too."""
        search = self.search
        while clear := self._clear_cases():
            search.set_bounds(self.lowest, self.highest)
            for cell in clear:
                self._protect(cell)
            search.tighten()

    def _protect_rest(self, waiting: list[int]) -> None:
        """Make room in rounds for what stays open where nothing gives way."""
        search = self.search
        while still_open := [cell for cell in waiting if not self._is_safe_without(cell)]:
            search.set_bounds(self.lowest, self.highest)
            waiting = [newly for cell in still_open for newly in self._protect(cell)]
            search.tighten()

    def _is_safe_without(self, cell: int) -> bool:
        """Search further for tables in which nothing gives way; return whether the cell is safe."""
        search = self.search
        if search.look_nearby(cell):
            return True
        if self.within is None or self.within.table is not search.table:
            known = search.lowest, search.highest
            unit, mend = self.hideable.unit, search.moves.mended
            self.within = Within(search.view, *known, search.table, unit, mend)
        return search.look_by(cell, self.within.nearest)

    def _protect(self, cell: int) -> list[int]:
        """Make room until a cell is safe; return the cells that gave way for it."""
        given_way: list[int] = []
        while not self.search.look_nearby(cell, patience=_PATIENCE):
            newly = self._make_room(cell)
            if newly is None:
                self.unprotected[cell] = None
                break
            given_way += newly
        return given_way

    def _make_room(self, cell: int) -> list[int] | None:
        """Let the cheapest cells give way that show one more count; None where none can."""
        vicinity = self._around(cell, self._room())
        for most in _NEARBY:
            if found := self._changes_for_room(cell, vicinity, most):
                return self._settle_on(found)
        return None

    def _changes_for_room(self, cell: int, vicinity: Vicinity, most: int) -> list[dict[int, int]]:
        """Return changes of up to `most` cells, some of which give way, that show more counts."""
        found, broken, unreached = [], [], set()
        for counts in self._counts_to_try(cell):
            for count in counts:
                is_above = count > self.search.table[cell]
                # Where a count cannot be shown, none that is further away can.
                if is_above in unreached:
                    continue
                changes = vicinity.nearest(count, most=most)
                if changes:
                    found.append(changes)
                    break
                if changes is None:
                    broken.append(count)
                else:
                    unreached.add(is_above)
            if found and self._cost(found[-1]) <= _CHEAP:
                break
        if found:
            return found
        exact = (vicinity.exact(count, most=most) for count in broken)
        return [changes for changes in exact if changes]

    def _settle_on(self, found: list[dict[int, int]]) -> list[int]:
        """Keep the cheapest of these changes; return what has given way for it."""
        best = min(found, key=self._rank)
        newly = [other for cell in self._outside(best) for other in self._give_way(cell)]
        self.search.tables.keep(best)
        return newly

    def _rank(self, changes: dict[int, int]) -> tuple[float, int]:
        return self._cost(changes), len(changes)

    def _around(self, cell: int, room: Room) -> Vicinity:
        if self.surroundings.table is not self.search.table:
            part = self.search.view
            rows = (part.relations, part.row_lowest, part.row_highest)
            self.surroundings = Surroundings(*rows, self.search.table)
        return Vicinity(self.surroundings, cell, room, self.hideable.unit, self.search.moves.mended)

    def _counts_to_try(self, cell: int) -> list[list[int]]:
        """Return groups of counts that would help: of each the first that can be shown serves."""
        low, high = self.lowest[cell], self.highest[cell]
        groups = [self.search.wanted_within(cell, low, high)[:_CHOICES]]
        if self.search.said[cell] == SMALL and np.isfinite(self.price[cell]):
            # A figure that need not be small any more is the cheapest to protect.
            groups.append([self.requirement.threshold * self.search.unit[cell]])
        return [counts for counts in groups if counts]

    def _room(self) -> Room:
        hideable, far = self.hideable, _FURTHEST * self.hideable.unit
        return Room(
            self.lowest,
            self.highest,
            np.maximum(hideable.lowest, self.lowest - far),
            np.minimum(hideable.highest, self.highest + far),
            self.price,
        )

    def _outside(self, changes: dict[int, int]) -> list[int]:
        """Return the cells whose counts leave what is published of them."""
        low, high = self.lowest, self.highest
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
            self.given_way[other], self.within = None, None
            self._set_bounds(other, self.hideable.lowest[other], self.hideable.highest[other])
            self.price[other] = np.inf
            said = ANY if other == cell else MAGNITUDE
            unit = self.hideable.unit[other : other + 1]
            self.search.add_targets(Targets(np.array([other]), (said,), unit))
            newly.append(other)
        return newly

    def _set_bounds(self, cell: int, lowest: float, highest: float) -> None:
        self.lowest[cell], self.highest[cell] = lowest, highest
        self.search.set_bound(cell, lowest, highest)
        if self.within is not None:
            self.within.keep_within(cell, lowest, highest)

    # -- what is not needed after all ------------------------------------------------------------

    def _show_again(self, cells: list[int], *, is_safe: Callable[[int], bool]) -> None:
        """Show figures again, the dearest first, where what is safe stays safe without.

        `is_safe` searches further for a cell that tables no longer show to be safe.
        """
        own = [cell for cell in cells if cell not in self.magnitudes]
        for cell in sorted(own, key=lambda cell: (-self.hideable.price[cell], cell)):
            self._try_to_show(cell, is_safe)

    def _is_safe_nearby(self, cell: int) -> bool:
        return self.search.look_nearby(cell, patience=2)

    def _try_to_show(self, cell: int, is_safe: Callable[[int], bool]) -> None:
        group = [
            other
            for other in (cell, *self.hideable.followers.get(cell, ()))
            if other in self.given_way
        ]
        search = self.search
        said = {other: search.said.pop(other) for other in group}
        search.said.update(
            {other: self.said_first[other] for other in group if other in self.said_first}
        )
        for other in group:
            self._set_bounds(other, self.view.lowest[other], self.view.highest[other])
        leaving = search.leaving(group)
        told = search.tables.told_by(leaving).intersection(search.said)
        before = [other for other in sorted(told) if search.is_safe(other)]
        search.take_out(leaving)
        lost = [other for other in before if not search.is_safe(other)]
        if all(is_safe(other) for other in lost):
            for other in group:
                del self.given_way[other]
                self.price[other] = self.hideable.price[other]
            return
        search.said.update(said)
        for other in group:
            self._set_bounds(other, self.hideable.lowest[other], self.hideable.highest[other])
        search.put_back(leaving)
