"""The search for witnesses within one set of hidden cells that relations join.

Cheap questions first: one linear programme moves many targets at once (in large sets first within
blocks of neighbouring cells), then single targets. Where a linear answer is not whole, a whole
table near it is sought; integer programmes of the whole set come last. Only whole tables count as
proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.attack_repair import Bounded, whole_table_near
from ssstats.disclosure.solver import INFINITY, Programme, Solution
from ssstats.errors import DisclosureError

if TYPE_CHECKING:
    from ssstats.disclosure.attack import PublishedView

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_WHOLE = 1e-6
_NODE_LIMIT = 20_000
# Sets up to this many cells are attacked as one; larger ones block by block first.
_SMALL = 8_000
_BLOCKS = (1_000, 4_000)
# A witness for "no upper limit" shows a count this much above the lowest.
FAR = 1_000.0


@dataclass(frozen=True)
class Witness:
    """A table that agrees with the release: counts at `cells`, elsewhere as in witness `base`.

    Without a base (-1) the cells are a whole set of hidden cells that relations join.
    """

    cells: Ints
    counts: Ints
    base: int = -1

    def shifted(self, offset: int) -> Witness:
        """Return the same witness after `offset` others were put before it."""
        return self if self.base < 0 else Witness(self.cells, self.counts, self.base + offset)


@dataclass(frozen=True)
class OfferedTables:
    """One whole table, shape (n,), and changes of it: cells in rising order and their counts."""

    table: Ints
    changes: tuple[tuple[Ints, Ints], ...]


class ComponentSearch:
    """The state of the search in one component; results are arrays over its targets."""

    def __init__(
        self,
        view: PublishedView,
        cells: Ints,
        rows: Ints,
        low: Floats,
        high: Floats,
        offered: OfferedTables | None = None,
    ) -> None:
        part = view.relations[rows]
        shown = np.where(low == high, low, 0.0)
        fixed = part @ np.where(np.isin(np.arange(len(low)), cells), 0.0, shown)
        self.cells = cells
        self.matrix: sp.csr_matrix = part[:, cells].tocsr()
        self.by_cell: sp.csc_matrix = self.matrix.tocsc()
        self.links: sp.csr_matrix = abs(self.matrix)
        self.low, self.high = low[cells], high[cells]
        self.row_low, self.row_high = view.row_lowest[rows] - fixed, view.row_highest[rows] - fixed
        self.bounded = Bounded(
            self.matrix, self.by_cell, self.row_low, self.row_high, self.low, self.high
        )
        self.witnesses: list[Witness] = []
        self.base: Ints = np.empty(0, dtype=np.int64)
        self.offered = offered

    def run(self, targets: Ints, reach_low: Floats, reach_high: Floats) -> None:
        """Search until every target reaches what is asked or is proved not to."""
        self.places = np.searchsorted(self.cells, targets)
        self.reach_low = np.maximum(reach_low, self.low[self.places])
        self.reach_high = np.minimum(reach_high, self.high[self.places])
        k = len(targets)
        self.lowest, self.highest = np.full(k, np.inf), np.full(k, -np.inf)
        self.is_exact_lowest, self.is_exact_highest = np.zeros(k, bool), np.zeros(k, bool)
        self.lowest_witness, self.highest_witness = np.full(k, -1), np.full(k, -1)
        if self.offered is None or not self._take(self.offered):
            self._find_base()
        if len(self.cells) > _SMALL:
            for size in _BLOCKS:
                self._search_blocks(size)
        self._search_together()
        self._search_singly()
        self.is_exact_lowest |= self.lowest <= self.low[self.places]
        self.is_exact_highest |= self.highest >= self.high[self.places]

    # -- what is still open ------------------------------------------------------------------

    def _open(self, is_upward: bool) -> Ints:
        """Places among the targets that are neither proved nor shown to be out of reach."""
        if is_upward:
            return np.flatnonzero((self.highest < self.reach_high) & ~self.is_exact_highest)
        return np.flatnonzero((self.lowest > self.reach_low) & ~self.is_exact_lowest)

    def _record(self, counts: Ints) -> bool:
        """Keep a table as a witness if it is one and shows something new."""
        if not self._agrees(counts):
            return False
        values = counts[self.places].astype(float)
        lower = (values < self.lowest) & (self.lowest > self.reach_low)
        higher = (values > self.highest) & (self.highest < self.reach_high)
        if not (lower.any() or higher.any()):
            return True
        self.lowest[lower], self.highest[higher] = values[lower], values[higher]
        self.lowest_witness[lower] = self.highest_witness[higher] = len(self.witnesses)
        if not len(self.base):
            self.witnesses.append(Witness(self.cells, counts))
        else:
            changed = np.flatnonzero(counts != self.base)
            self.witnesses.append(Witness(self.cells[changed], counts[changed], 0))
        return True

    def _agrees(self, counts: Ints) -> bool:
        sums = self.matrix @ counts
        return bool(
            np.all((counts >= self.low) & (counts <= self.high))
            and np.all((sums >= self.row_low - _WHOLE) & (sums <= self.row_high + _WHOLE))
        )

    def _take(self, offered: OfferedTables) -> bool:
        """Record the offered tables that agree with the release; return whether the first does."""
        base = offered.table[self.cells].astype(np.int64)
        if not self._agrees(base):
            return False
        self._record(base)
        self.base = base
        is_mine = np.zeros(len(offered.table), dtype=bool)
        is_mine[self.cells] = True
        for cells, counts in offered.changes:
            if is_mine[cells].all():
                block = np.searchsorted(self.cells, cells)
                table = base.copy()
                table[block] = counts
                self._record(table)
        return True

    # -- the first table -----------------------------------------------------------------------

    def _find_base(self) -> None:
        """Find one whole table that agrees with the release, as low as possible throughout."""
        lowest_of_all = self.low.astype(np.int64)
        if self._agrees(lowest_of_all):
            self._record(lowest_of_all)
            self.base = lowest_of_all
            return
        everything = np.arange(len(self.cells))
        programme = self._programme(everything, None, cost=np.ones(len(everything)))
        answer = programme.solve()
        if not answer.is_optimal:
            raise DisclosureError(
                "what is published contradicts itself: no table fits all relations; check that "
                "totals, markers and rounding come from one table"
            )
        counts = whole_table_near(self.bounded, answer.columns)
        if counts is None or not self._agrees(counts):
            counts = self._whole_table(everything)
        self._record(counts)
        self.base = counts

    def _whole_table(self, everything: Ints) -> Ints:
        programme = self._programme(
            everything, None, cost=np.zeros(len(everything)), is_integral=True
        )
        answer = programme.solve()
        if not len(answer.columns):
            raise DisclosureError(
                "the attack found no whole-number table that fits what is published; the release "
                "contradicts itself or is too large for the node limit, nothing may be published"
            )
        return np.rint(answer.columns).astype(np.int64)

    # -- many targets at once --------------------------------------------------------------------

    def _search_together(self) -> None:
        everything = np.arange(len(self.cells))
        for is_upward in (True, False):
            while len(still := self._open(is_upward)):
                still = still[np.isfinite(self.reach_high[still])] if is_upward else still
                if not len(still) or not self._move_block(everything, still, is_upward):
                    break

    def _search_blocks(self, size: int) -> None:
        for is_upward in (True, False):
            waiting = dict.fromkeys(self._open(is_upward).tolist())
            while waiting:
                block, core = self._neighbourhood(self.places[next(iter(waiting))], size)
                inside = [t for t in waiting if core[self.places[t]]]
                still = np.array(inside, dtype=np.int64)
                self._move_block(block, still, is_upward)
                for target in inside:
                    del waiting[target]
                for target in [t for t in waiting if self._is_done(t, is_upward)]:
                    del waiting[target]

    def _is_done(self, target: int, is_upward: bool) -> bool:
        if is_upward:
            return bool(self.highest[target] >= self.reach_high[target])
        return bool(self.lowest[target] <= self.reach_low[target])

    def _neighbourhood(self, start: int, size: int) -> tuple[Ints, NDArray[np.bool_]]:
        """Return the cells nearest to a start through the relations, and which are well inside."""
        near = np.zeros(len(self.cells), dtype=bool)
        near[start] = True
        core = near
        while near.sum() < size:
            wider = near | (self.links.T @ (self.links @ near) > 0)
            core = near
            if wider.sum() > size:
                added = np.flatnonzero(wider & ~near)[: size - int(near.sum())]
                near = near.copy()
                near[added] = True
                break
            if np.array_equal(wider, near):
                break
            near = wider
        return np.flatnonzero(near), core

    def _move_block(self, block: Ints, targets: Ints, is_upward: bool) -> bool:
        """Move as many targets as possible with one programme; return whether one was settled."""
        before = len(self._open(is_upward))
        columns = np.searchsorted(block, self.places[targets])
        if is_upward:
            programme = self._lifting(block, columns, self.reach_high[targets])
        else:
            cost = np.zeros(len(block))
            cost[columns] = 1.0
            programme = self._programme(block, self.base, cost=cost)
        wanted = np.zeros(len(self.cells), dtype=np.int8)
        wanted[self.places[targets]] = 1 if is_upward else -1
        self._record_answer(programme.solve(), block, wanted)
        return len(self._open(is_upward)) < before

    def _record_answer(
        self, answer: Solution, block: Ints, wanted: NDArray[np.int8] | None = None
    ) -> bool:
        """Record the whole table nearest to an answer for a block, elsewhere as in the base."""
        if not len(answer.columns):
            return False
        wished = self.base.astype(float)
        wished[block] = answer.columns[: len(block)]
        counts = whole_table_near(self.bounded, wished, wanted)
        return counts is not None and self._record(counts)

    # -- one target at a time --------------------------------------------------------------------

    def _search_singly(self) -> None:
        everything = np.arange(len(self.cells))
        linear: Programme | None = None
        for is_upward in (True, False):
            for target in self._open(is_upward):
                if self._is_done(target, is_upward):
                    continue
                linear = linear or self._programme(everything, None, cost=np.zeros(len(everything)))
                self._settle(target, linear, is_upward)

    def _settle(self, target: int, linear: Programme, is_upward: bool) -> None:
        place = int(self.places[target])
        limit = self._limit(linear, place, target, is_upward)
        found = self.highest[target] if is_upward else self.lowest[target]
        if (found >= limit) if is_upward else (found <= limit):
            self._close(target, is_upward)
            return
        if self._is_done(target, is_upward):
            return
        goal = min(limit, self.reach_high[target], self.lowest[target] + FAR)
        whole = self._goal_programme(place, goal, is_upward)
        answer = whole.solve(maximise=is_upward)
        self._record_answer(answer, np.arange(len(self.cells)))
        if answer.is_optimal:
            self._close(target, is_upward, has_no_limit=bool(np.isinf(limit) and is_upward))

    def _close(self, target: int, is_upward: bool, *, has_no_limit: bool = False) -> None:
        if has_no_limit:
            self.highest[target] = np.inf
        (self.is_exact_highest if is_upward else self.is_exact_lowest)[target] = True

    def _limit(self, linear: Programme, place: int, target: int, is_upward: bool) -> float:
        """Return the highest (lowest) whole number that the linear relaxation leaves possible."""
        cap = min(self.high[place], self.reach_high[target])
        linear.set_bound(place, self.low[place], cap if np.isfinite(cap) else INFINITY)
        linear.set_cost(place, 1.0)
        answer = linear.solve(maximise=is_upward)
        linear.set_cost(place, 0.0)
        linear.set_bound(place, self.low[place], self._column_upper(place))
        if answer.status == "unbounded":
            return np.inf
        if not answer.is_optimal:
            raise DisclosureError("the attack's linear programme gave no answer; nothing is proved")
        self._record_answer(answer, np.arange(len(self.cells)))
        bound = answer.objective
        return float(np.floor(bound + _WHOLE) if is_upward else np.ceil(bound - _WHOLE))

    def _goal_programme(self, place: int, goal: float, is_upward: bool) -> Programme:
        everything = np.arange(len(self.cells))
        cost = np.zeros(len(everything))
        cost[place] = 1.0
        programme = self._programme(everything, None, cost=cost, is_integral=True)
        if is_upward:
            programme.set_bound(place, self.low[place], goal)
        return programme

    # -- programmes --------------------------------------------------------------------------------

    def _column_upper(self, place: int) -> float:
        high = self.high[place]
        return float(high) if np.isfinite(high) else INFINITY

    def _programme(
        self, block: Ints, around: Ints | None, *, cost: Floats, is_integral: bool = False
    ) -> Programme:
        matrix, row_low, row_high = self._block_rows(block, around)
        high = self.high[block]
        return Programme(
            matrix,
            cost=cost,
            lower=self.low[block],
            upper=np.where(np.isfinite(high), high, INFINITY),
            row_lower=row_low,
            row_upper=row_high,
            integral=np.ones(len(block), dtype=bool) if is_integral else None,
            node_limit=_NODE_LIMIT if is_integral else None,
        )

    def _block_rows(self, block: Ints, around: Ints | None) -> tuple[sp.csr_matrix, Floats, Floats]:
        """Return the rows that touch a block, with the cells around it held at a table."""
        if around is None or len(block) == len(self.cells):
            return self.matrix, self.row_low, self.row_high
        columns = self.by_cell[:, block]
        rows = np.unique(columns.indices)
        held = np.zeros(len(self.cells), dtype=np.int64)
        held[:] = around
        held[block] = 0
        matrix = self.matrix[rows]
        outside = matrix @ held
        return matrix[:, block], self.row_low[rows] - outside, self.row_high[rows] - outside

    def _lifting(self, block: Ints, columns: Ints, goals: Floats) -> Programme:
        """Return the programme that maximises the sum of min(count, goal) over the targets."""
        matrix, row_low, row_high = self._block_rows(block, self.base)
        n, k = len(block), len(columns)
        pick = sp.csr_matrix((np.ones(k), (np.arange(k), columns)), shape=(k, n))
        full = sp.bmat([[matrix, None], [pick, -sp.identity(k)]], format="csc")
        high = self.high[block]
        return Programme(
            full,
            cost=np.r_[np.zeros(n), -np.ones(k)],
            lower=np.r_[self.low[block], np.full(k, -INFINITY)],
            upper=np.r_[np.where(np.isfinite(high), high, INFINITY), goals],
            row_lower=np.r_[row_low, np.zeros(k)],
            row_upper=np.r_[row_high, np.full(k, INFINITY)],
        )
