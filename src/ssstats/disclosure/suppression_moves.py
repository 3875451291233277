"""Cheapest moves: which cells to hide so that one protected count can move far enough.

A move through hidden cells costs next to nothing, a move through a shown cell its cost per unit.
In small components one programme holds every cell and starts from its last answer; in large ones a
programme of the cells around the need is built, and widened until it has an answer.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.solver import INFINITY, Programme
from ssstats.disclosure.suppression_problem import TINY, ComponentProblem, Move, snapped
from ssstats.stretches import stretches

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# What a unit through a hidden cell costs, so that moves stay short.
HIDDEN_COST = 1e-3
# How many cells of each relation are offered, cheapest first, and whether the totals above them
# are: a rare type may have to move with its totals. At last everything is offered.
_OFFERS = ((4, False), (10, True), (20, True))
# How many hidden cells around a need are offered too: moves through them cost next to nothing.
_HIDDEN_NEAR = 40
_MOST_CELLS = 8_000
_SMALL = 3_000
# Beyond this size asking everything takes seconds, so totals near by are asked before.
_LARGE = 20_000


def members(matrix: sp.csr_matrix | sp.csc_matrix, lines: Ints) -> Ints:
    """Return the other ends of all entries in these rows (csr) or columns (csc), with repeats."""
    starts = matrix.indptr[lines]
    lengths = matrix.indptr[lines + 1] - starts
    ends = np.cumsum(lengths)
    within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
    return matrix.indices[np.repeat(starts, lengths) + within]


class CirculationProgramme:
    """The cheapest change of counts within a block of cells that moves one of them."""

    def __init__(
        self, problem: ComponentProblem, block: Ints, costs: Floats, *, is_integral: bool = False
    ) -> None:
        matrix = _both_ways(problem.by_cell, block)
        self.block = block
        self.up = np.where(np.isfinite(problem.rise[block]), problem.rise[block], INFINITY)
        self.down = problem.fall[block]
        k, m = len(block), matrix.shape[0]
        self.programme = Programme(
            matrix,
            cost=np.r_[costs[block], costs[block]],
            lower=np.zeros(2 * k),
            upper=np.r_[self.up, self.down],
            row_lower=np.zeros(m),
            row_upper=np.zeros(m),
            integral=np.ones(2 * k, dtype=bool) if is_integral else None,
            node_limit=2_000 if is_integral else None,
            has_presolve=is_integral or k > _SMALL,
        )

    def set_cost(self, place: int, cost: float) -> None:
        """Replace the cost of moving one cell of the block."""
        self.programme.set_cost(place, cost)
        self.programme.set_cost(len(self.block) + place, cost)

    def hold(self, place: int) -> None:
        """Keep one cell of the block from moving from now on."""
        self.up[place] = self.down[place] = 0.0
        self._free(place)

    def release(self, place: int, rise: float, fall: float) -> None:
        """Let one cell of the block move again."""
        self.up[place], self.down[place] = min(rise, INFINITY), fall
        self._free(place)

    def _free(self, place: int) -> None:
        self.programme.set_bound(place, 0.0, self.up[place])
        self.programme.set_bound(len(self.block) + place, 0.0, self.down[place])

    def cheapest(self, place: int, sign: int, amount: float) -> Move | None:
        """Return the cheapest move of this cell by this amount, or None where there is none."""
        k = len(self.block)
        moving, still = (place, k + place) if sign > 0 else (k + place, place)
        self.programme.set_bound(moving, amount, amount)
        self.programme.set_bound(still, 0.0, 0.0)
        answer = self.programme.solve()
        self._free(place)
        if not len(answer.columns):
            return None
        change = answer.columns[:k] - answer.columns[k:]
        moved = np.flatnonzero(np.abs(change) > TINY)
        return Move(self.block[moved], snapped(change[moved]))


def _both_ways(by_cell: sp.csc_matrix, block: Ints) -> sp.csc_matrix:
    """Return the columns of a block and their opposites, with the rows that they touch."""
    starts, lengths = by_cell.indptr[block], np.diff(by_cell.indptr)[block]
    ends = np.cumsum(lengths)
    entries = stretches(starts, lengths)
    rows, row = np.unique(by_cell.indices[entries], return_inverse=True)
    weights = by_cell.data[entries].astype(float)
    return sp.csc_matrix(
        (np.r_[weights, -weights], np.r_[row, row], np.r_[0, ends, ends[-1] + ends]),
        shape=(len(rows), 2 * len(block)),
    )


class MoveFinder:
    """Finds cheapest moves while cells become hidden."""

    def __init__(
        self, problem: ComponentProblem, is_hidden: Flags, costs: Floats | None = None
    ) -> None:
        self.problem = problem
        self.costs = problem.costs + HIDDEN_COST if costs is None else costs.copy()
        self.costs[is_hidden] = HIDDEN_COST
        self._whole: CirculationProgramme | None = None

    def hide(self, cells: Ints) -> None:
        """Make moves through these cells cost next to nothing."""
        self.costs[cells] = HIDDEN_COST
        if self._whole is not None:
            for cell in cells:
                self._whole.set_cost(int(cell), HIDDEN_COST)

    def find(self, need: int, *, is_integral: bool = False) -> Move | None:
        """Return a cheap move that meets a need, or None where no hiding at all allows one."""
        needs, problem = self.problem.needs, self.problem
        cell, sign, amount = int(needs.cell[need]), int(needs.sign[need]), float(needs.amount[need])
        if len(problem) > _SMALL or is_integral:
            for width, has_totals in _OFFERS if len(problem) > _LARGE else _OFFERS[:1]:
                block = self._around(cell, sign, amount, width, has_totals)
                local = CirculationProgramme(problem, block, self.costs, is_integral=is_integral)
                move = local.cheapest(int(np.searchsorted(block, cell)), sign, amount)
                if move is not None:
                    return move
        return self._everywhere(is_integral).cheapest(cell, sign, amount)

    def _everywhere(self, is_integral: bool) -> CirculationProgramme:
        every = np.arange(len(self.problem))
        if is_integral:
            return CirculationProgramme(self.problem, every, self.costs, is_integral=True)
        if self._whole is None:
            self._whole = CirculationProgramme(self.problem, every, self.costs)
        return self._whole

    def _around(self, cell: int, sign: int, amount: float, width: int, has_totals: bool) -> Ints:
        """Return cells near a need: some of each of its relations, and what closes their loops.

        A move touches each relation at least twice. So from the relations of the cell some members
        are chosen, and cells that stand in two relations of those chosen join until loops close.
        """
        problem = self.problem
        own_rows = members(problem.by_cell, np.array([cell]))
        chosen = [np.array([cell])]
        for row in own_rows:
            chosen.append(self._offered(int(row), cell, sign, amount, width))
        chosen.append(self._hidden_near(cell))
        active = np.unique(members(problem.by_cell, np.unique(np.concatenate(chosen))))
        for _ in range(6 if has_totals else 3):
            touched, times = np.unique(members(problem.matrix, active), return_counts=True)
            joining = touched[times >= 2]
            if has_totals:
                joining = np.union1d(joining, members(problem.totals, active))
            if len(joining) > _MOST_CELLS:
                break
            wider = np.unique(np.r_[active, members(problem.by_cell, joining)])
            if len(wider) == len(active):
                break
            active = wider
        touched, times = np.unique(members(problem.matrix, active), return_counts=True)
        degree = problem.by_cell.indptr[touched + 1] - problem.by_cell.indptr[touched]
        return touched[times == degree]

    def _hidden_near(self, cell: int) -> Ints:
        near = np.array([cell])
        while len(near) < _HIDDEN_NEAR:
            rows = np.unique(members(self.problem.by_cell, near))
            wider = np.unique(members(self.problem.matrix, rows))
            wider = wider[self.costs[wider] <= HIDDEN_COST]
            if len(wider) <= len(near):
                break
            near = wider
        return near[: 4 * _HIDDEN_NEAR]

    def _offered(self, row: int, cell: int, sign: int, amount: float, width: int) -> Ints:
        problem = self.problem
        span = slice(problem.matrix.indptr[row], problem.matrix.indptr[row + 1])
        others, weights = problem.matrix.indices[span], problem.matrix.data[span]
        own = weights[others == cell][0]
        rises = (weights * own < 0) == (sign > 0)
        room = np.where(rises, problem.rise[others], problem.fall[others])
        usable = (others != cell) & (room > 0)
        is_hidden = self.costs[others] <= HIDDEN_COST
        by_room = np.lexsort((others, -np.minimum(room, amount)))
        by_cost = np.lexsort((others, self.costs[others], np.minimum(room, amount) < amount))
        hidden = others[by_room][(usable & is_hidden)[by_room]]
        shown = others[by_cost][(usable & ~is_hidden)[by_cost]]
        return np.r_[hidden[:width], shown[: max(2, width - len(hidden))]]
