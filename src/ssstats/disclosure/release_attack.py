"""The attack on a whole release of rounded counts: which counts stay possible for a hidden one.

The intruder has every figure and marker of the release, all years in it, the policy with its
threshold and rounding, the relations between figures (see `published`) and the list of identities
that do not hold. He knows that counts are whole, that zeros are shown, and what a rule says of a
hidden count. He has no return of his own: authorities see each other's returns anyway. He does not
rerun the choice of what else to hide.

For each protected figure the attack looks for enough whole tables that agree with all of this and
show it differently. Such tables are proofs; where too few are found, the figure counts as open.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.attack_bounds import tighten_bounds
from ssstats.disclosure.release_attack_base import joined_to, pulled_table
from ssstats.disclosure.release_attack_moves import Moves
from ssstats.disclosure.release_attack_nearby import Room, Surroundings
from ssstats.disclosure.release_attack_shown import ShownTables
from ssstats.disclosure.release_attack_witnesses import Family

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Cells around an open figure that the integer programmes look at, one after the other.
_NEARBY = (60, 300, 1500, 6000)
# Open figures are pulled up or down together before each is looked at alone: all of them, then
# each third, because neighbours often cannot all rise at once. A round is worth another as long as
# it settles this share of them.
_SHARES = (1, 3)
_WORTHWHILE = 0.1

SMALL, ANY, MAGNITUDE, WHOLE = "small", "any", "magnitude", "whole"


@dataclass(frozen=True)
class Requirement:
    """What must stay possible: `fewest` counts of a hidden one, `threshold` says what is small.

    Of a figure that is said to be small, `fewest` of the counts under the threshold. Of one that
    is hidden without saying so, `fewest` counts of which one at least is not small. Magnitudes and
    whole-time equivalents have to range over as much as `fewest` whole numbers do. What a part of a
    small group leaves of its whole must possibly be more than nothing.
    """

    threshold: int
    fewest: int


@dataclass(frozen=True)
class Targets:
    """Protected cells, shape (k,): positions, what readers are told of each, and their unit.

    `said` is small, any, magnitude or, of the difference of a whole and its part, whole; `unit` is
    10 where cells are in tenths, else 1.
    """

    cells: Ints
    said: tuple[str, ...]
    unit: Ints

    def only(self, chosen: NDArray[np.bool_]) -> Targets:
        """Return some of them."""
        said = tuple(self.said[place] for place in np.flatnonzero(chosen).tolist())
        return Targets(self.cells[chosen], said, self.unit[chosen])


class Search:
    """Whole tables that agree with a release, and the counts that they show for each target.

    The tables stand in families: one base table each, and the tables that differ from it in a few
    cells. New families start when the last one shows nothing new.
    """

    def __init__(self, view: PublishedView, requirement: Requirement, table: Ints) -> None:
        self.view, self.requirement = view, requirement
        self.lowest, self.highest = view.lowest.copy(), view.highest.copy()
        self.said: dict[int, str] = {}
        self.unit: dict[int, int] = {}
        self.tables = ShownTables()
        rows = (view.relations, view.row_lowest, view.row_highest)
        self.moves = Moves(*rows, self.lowest, self.highest, table)
        self.start_from(table)
        self.tighten()

    def set_bounds(self, lowest: Floats, highest: Floats) -> None:
        """Replace what is known of every cell."""
        self.lowest, self.highest = lowest.copy(), highest.copy()
        self.moves.lowest, self.moves.highest = lowest.tolist(), highest.tolist()

    def set_bound(self, cell: int, lowest: float, highest: float) -> None:
        """Replace what is known of one cell."""
        self.lowest[cell], self.highest[cell] = lowest, highest
        self.moves.lowest[cell], self.moves.highest[cell] = lowest, highest

    def tighten(self) -> None:
        """Narrow what is known of every cell to what follows by addition."""
        view = self.view
        rows = (view.relations, view.row_lowest, view.row_highest)
        self.set_bounds(*tighten_bounds(*rows, self.lowest, self.highest))

    @property
    def table(self) -> Ints:
        """The base of the family that the search goes on from."""
        return self.tables.families[-1].table

    def start_from(self, table: Ints) -> None:
        """Start a new family of tables."""
        self.tables.start_from(table)
        self.moves.start_from(table)

    def show_beside(self, tables: Iterable[Ints]) -> None:
        """Take whole tables beside those of the family that the search goes on from."""
        self.tables.show_beside(tables)

    def add_targets(self, targets: Targets) -> None:
        """Add protected cells; a cell that is known already is judged by what is said now."""
        for cell, said, unit in zip(
            targets.cells.tolist(), targets.said, targets.unit.tolist(), strict=True
        ):
            self.said[cell], self.unit[cell] = said, unit
        self.tables.watch(targets.cells.tolist())

    def is_safe(self, cell: int) -> bool:
        """Return whether enough tables show the cell differently."""
        said, counts = self.said[cell], self.tables.counts[cell]
        if said == WHOLE:
            return max(counts) > 0
        if said == ANY and max(counts) < self.requirement.threshold * self.unit[cell]:
            return False
        return self.shown_possible(cell) >= self.requirement.fewest

    def shown_possible(self, cell: int) -> int:
        """Return how many counts tables show; of magnitudes and tenths, how many whole ones fit."""
        counts = self.tables.counts[cell]
        if self.unit[cell] == 1 and self.said[cell] != MAGNITUDE:
            return len(counts)
        return (max(counts) - min(counts)) // self.unit[cell] + 1

    def is_surely_open(self, cell: int) -> bool:
        """Return whether addition alone shows that too little stays possible."""
        unit = self.unit[cell]
        if self.said[cell] == ANY and self.highest[cell] < self.requirement.threshold * unit:
            return True
        if self.said[cell] == WHOLE:
            return self.highest[cell] < 1
        return (self.highest[cell] - self.lowest[cell]) / unit < self.requirement.fewest - 1

    def look_nearby(self, cell: int, *, patience: int = 1) -> bool:
        """Search by single steps; return whether the cell is safe."""
        for count in self.wanted(cell):
            if self.is_safe(cell):
                return True
            if changes := self.moves.move(cell, count, patience=patience):
                self.tables.keep(changes)
        return self.is_safe(cell)

    def look_by(self, cell: int, nearest: Callable[[int, int], dict[int, int] | None]) -> bool:
        """Search by linear programmes; return whether the cell is safe.

        `nearest` returns a change that makes a cell show a count, empty where there is none: then
        no count further away can be shown either. None says that it does not know.
        """
        base, low, high = int(self.table[cell]), self.lowest[cell], self.highest[cell]
        tried: set[int] = set()
        while not self.is_safe(cell):
            left = [k for k in self.wanted(cell) if low <= k <= high and k not in tried]
            if not left:
                break
            count = left[0]
            tried.add(count)
            changes = nearest(cell, count)
            if changes:
                self.tables.keep(changes)
            elif changes is not None and count > base:
                high = count - 1
            elif changes is not None:
                low = count + 1
        return self.is_safe(cell)

    def look_further(self, cell: int, surroundings: Surroundings) -> bool:
        """Search by integer programmes; return whether the cell is safe."""
        room = Room.fixed(self.lowest, self.highest)
        for most in _NEARBY:
            for count in self.wanted(cell):
                if self.is_safe(cell):
                    return True
                if changes := surroundings.nearest(cell, count, most=most, room=room):
                    self.tables.keep(changes)
        return self.is_safe(cell)

    def pull(self, cells: list[int], *, upwards: bool) -> bool:
        """Start a family that shows new counts of many cells; return whether it does."""
        goals = {}
        for cell in cells:
            counts, unit = self.tables.counts[cell], self.unit[cell]
            goal = max(counts) + unit if upwards else min(counts) - unit
            if upwards and self.said[cell] == ANY:
                goal = max(goal, self.requirement.threshold * unit)
            if self.lowest[cell] <= goal <= self.highest[cell]:
                goals[cell] = goal
        if not goals:
            return False
        table = pulled_table(self.view, self.lowest, self.highest, self.table, goals)
        if not any(int(table[cell]) not in self.tables.counts[cell] for cell in goals):
            return False
        self.start_from(table)
        return True

    def leaving(self, cells: Iterable[int]) -> list[Family]:
        """Return the tables in which one of these cells leaves its bounds."""
        return self.tables.leaving([(k, self.lowest[k], self.highest[k]) for k in cells])

    def take_out(self, families: list[Family]) -> None:
        """Set tables aside that `leaving` found."""
        self.tables.take_out(families)
        self.moves.start_from(self.table)

    def put_back(self, aside: list[Family]) -> None:
        """Take tables back that were set aside."""
        self.tables.put_back(aside)
        self.moves.start_from(self.table)

    def wanted(self, cell: int, table: Ints | None = None) -> list[int]:
        """Return counts worth showing for a target that no table shows, the best first.

        They are near to the count that a table shows, by default the one to go on from.
        """
        low, high = self.lowest[cell], self.highest[cell]
        base = int((self.table if table is None else table)[cell])
        if self.unit[cell] == 1 and self.said[cell] != MAGNITUDE:
            return self._not_shown(cell, self._around(cell, base), low, high)
        shown, unit = self.tables.counts[cell], self.unit[cell]
        enough = (self.requirement.fewest - 1) * unit
        ends = int(min(min(shown) + enough, high)), int(max(max(shown) - enough, low))
        halves = (1, 2) if unit > 1 else (1,)
        on_the_way = [base + sign * unit // half for half in halves for sign in (1, -1)]
        return self._not_shown(cell, [*ends, *on_the_way], low, high)

    def wanted_within(self, cell: int, low: float, high: float) -> list[int]:
        """Return counts that no table shows where the cell may have other bounds, nearest first."""
        return self._not_shown(cell, self._around(cell, int(self.table[cell])), low, high)

    def _around(self, cell: int, base: int) -> list[int]:
        unit = self.unit[cell]
        halves = (1,) if unit == 1 else (2, 1)
        sizes = range(1, self.requirement.fewest + 1)
        return [
            base + sign * k * unit // half for half in halves for k in sizes for sign in (1, -1)
        ]

    def _not_shown(self, cell: int, counts: list[int], low: float, high: float) -> list[int]:
        """Return those of these counts that no table shows, and first one that is not small.

        That is where a cell is hidden without saying that it is small.
        """
        edge, shown = self.requirement.threshold * self.unit[cell], self.tables.counts[cell]
        first = [edge] if self.said[cell] == ANY and self.table[cell] < edge else []
        return [
            count
            for count in dict.fromkeys([*first, *counts])
            if low <= count <= high and count not in shown
        ]


def relevant_part(
    view: PublishedView, targets: Ints, *, is_free: NDArray[np.bool_] | None = None
) -> PublishedView:
    """Return the view with those relations only that are joined to a target.

    What nothing joins to a protected figure can tell nothing of it.
    """
    free = view.lowest < view.highest if is_free is None else is_free
    rows = joined_to(view.relations, free, targets)[1]
    return PublishedView(
        view.cell_ids,
        view.lowest,
        view.highest,
        sp.csr_matrix(view.relations[rows]),
        view.row_lowest[rows],
        view.row_highest[rows],
    )


def search_all(search: Search) -> list[int]:
    """Search for every target; return those that stay open, in their order."""
    waiting = [cell for cell in search.said if not search.look_nearby(cell)]
    waiting = pull_together(search, waiting)
    if not waiting:
        return []
    view = search.view
    rows = (view.relations, view.row_lowest, view.row_highest)
    surroundings = Surroundings(*rows, search.table)
    return [cell for cell in waiting if not search.look_further(cell, surroundings)]


def pull_together(search: Search, waiting: list[int]) -> list[int]:
    """Search tables that show many open figures differently; return those that stay open."""
    for share in _SHARES:
        settled = len(waiting)
        while waiting and settled > _WORTHWHILE * len(waiting):
            before = len(waiting)
            for part, upwards in itertools.product(range(share), (True, False)):
                if search.pull(waiting[part::share], upwards=upwards):
                    waiting = [cell for cell in waiting if not search.is_safe(cell)]
            waiting = [cell for cell in waiting if not search.look_nearby(cell)]
            settled = before - len(waiting)
    return waiting
