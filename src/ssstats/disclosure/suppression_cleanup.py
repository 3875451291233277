"""Shows every secondary that is not needed: dearest first, with a new proof for each need it served.

The result is minimal: showing any one secondary more would leave a protected cell open.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.suppression_greedy import ProvedPattern
from ssstats.disclosure.suppression_moves import CirculationProgramme, members
from ssstats.disclosure.suppression_problem import ComponentProblem, Move

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_SMALL = 1_500
# Redundancy in a large component is first sought this near to a cell.
_NEAR = 400


class HiddenMoves:
    """Finds moves through hidden cells alone, while secondaries are taken out one by one."""

    def __init__(self, problem: ComponentProblem, is_hidden: Flags) -> None:
        self.problem = problem
        self.is_free = is_hidden.copy()
        self.block = np.flatnonzero(is_hidden)
        self._costs = np.full(len(problem), 1.0)
        self._whole: CirculationProgramme | None = None

    def hold(self, cell: int) -> None:
        """Take one cell out."""
        self.is_free[cell] = False
        if self._whole is not None:
            self._whole.hold(int(np.searchsorted(self.block, cell)))

    def release(self, cell: int) -> None:
        """Put one cell back."""
        self.is_free[cell] = True
        if self._whole is not None:
            rise, fall = self.problem.rise[cell], self.problem.fall[cell]
            self._whole.release(int(np.searchsorted(self.block, cell)), rise, fall)

    def find(self, need: int) -> Move | None:
        """Return a short move through free cells that meets a need, or None where there is none."""
        needs = self.problem.needs
        cell, sign, amount = int(needs.cell[need]), int(needs.sign[need]), float(needs.amount[need])
        if len(self.block) > _SMALL:
            near = self._near(cell)
            local = CirculationProgramme(self.problem, near, self._costs)
            move = local.cheapest(int(np.searchsorted(near, cell)), sign, amount)
            if move is not None:
                return move
        if self._whole is None:
            self._whole = CirculationProgramme(self.problem, self.block, self._costs)
            for held in np.flatnonzero(~self.is_free[self.block]):
                self._whole.hold(int(held))
        return self._whole.cheapest(int(np.searchsorted(self.block, cell)), sign, amount)

    def _near(self, cell: int) -> Ints:
        problem = self.problem
        near = np.array([cell])
        while len(near) < _NEAR:
            rows = np.unique(members(problem.by_cell, near))
            wider = np.unique(members(problem.matrix, rows))
            wider = wider[self.is_free[wider]]
            if len(wider) == len(near):
                break
            near = wider
        return near


def show_redundant(pattern: ProvedPattern, *, is_thorough: bool = True) -> ProvedPattern:
    """Return the pattern without the secondaries that it does not need.

    A pattern that is not `is_thorough`ly cleaned may keep some of them: where a new proof is not
    found near by, the secondary stays.
    """
    result = pattern.copy()
    problem = result.problem
    hidden = HiddenMoves(problem, result.is_hidden)
    users = _users(result)
    secondaries = np.flatnonzero(result.is_hidden & ~problem.is_primary)
    order = secondaries[np.lexsort((secondaries, -problem.costs[secondaries]))]
    for cell in order:
        _try_to_show(result, hidden, users, int(cell))
    return result


def _users(pattern: ProvedPattern) -> list[set[int]]:
    """Return for each cell the needs whose proof moves it."""
    users: list[set[int]] = [set() for _ in range(len(pattern.problem))]
    for need, move in enumerate(pattern.moves):
        if move is not None:
            for cell in move.cells:
                users[cell].add(need)
    return users


def _try_to_show(
    pattern: ProvedPattern, hidden: HiddenMoves, users: list[set[int]], cell: int
) -> None:
    hidden.hold(cell)
    found: dict[int, Move] = {}
    for need in sorted(users[cell]):
        if need in found:
            continue
        move = hidden.find(need)
        if move is None:
            hidden.release(cell)
            return
        found[need] = move
        opposite = pattern.problem.reverse(move)
        for proof in (move, opposite) if opposite is not None else (move,):
            for met in pattern.problem.met_by(proof):
                if int(met) in users[cell]:
                    found.setdefault(int(met), proof)
    pattern.is_hidden[cell] = False
    for need, move in found.items():
        replace_proof(pattern, users, need, move)


def replace_proof(pattern: ProvedPattern, users: list[set[int]], need: int, move: Move) -> None:
    """Give a need another proof and keep the list of users up to date."""
    old = pattern.moves[need]
    if old is not None:
        for cell in old.cells:
            users[cell].discard(need)
    for cell in move.cells:
        users[cell].add(need)
    pattern.moves[need] = move
