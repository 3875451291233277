"""A safe pattern fast: the cheapest move for one need after the other.

The pattern carries its proof along: for each need a move through hidden cells alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.suppression_moves import MoveFinder
from ssstats.disclosure.suppression_problem import ComponentProblem, Move

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class UnprotectableError(Exception):
    """Some cells (positions in the model) cannot be protected, whatever is hidden."""

    def __init__(self, cells: Ints) -> None:
        super().__init__(f"{len(cells)} needs cannot be met")
        self.cells = cells


class ProvedPattern:
    """Which cells are hidden, and for each need the move that proves it met.

    `needed_by` names for a secondary a need that would be open without it, where that was proved.
    """

    def __init__(self, problem: ComponentProblem, is_hidden: Flags | None = None) -> None:
        self.problem = problem
        kept = problem.is_kept
        self.is_hidden = kept.copy() if is_hidden is None else is_hidden | kept
        self.moves: list[Move | None] = [None] * len(problem.needs)
        self.needed_by: dict[int, int] = {}

    @property
    def cost(self) -> float:
        """Total cost of the hidden cells; kept cells cost nothing."""
        return float(self.problem.costs[self.is_hidden].sum())

    def open_needs(self) -> list[int]:
        """Return the needs without proof, largest amount first, then by cell."""
        needs = self.problem.needs
        still = [need for need, move in enumerate(self.moves) if move is None]
        return sorted(still, key=lambda need: (-needs.amount[need], needs.cell[need]))

    def credit(self, move: Move) -> list[int]:
        """Hide the cells of a move and take it as proof wherever it is one."""
        self.is_hidden[move.cells] = True
        gained = []
        for proof in (move, self.problem.reverse(move)):
            if proof is None:
                continue
            for need in self.problem.met_by(proof):
                if self.moves[need] is None:
                    self.moves[need] = proof
                    gained.append(int(need))
        return gained

    def copy(self) -> ProvedPattern:
        """Return an independent copy."""
        twin = ProvedPattern(self.problem, self.is_hidden.copy())
        twin.moves = list(self.moves)
        twin.needed_by = dict(self.needed_by)
        return twin


def protect_greedily(problem: ComponentProblem, is_hidden: Flags | None = None) -> ProvedPattern:
    """Return a pattern that hides at least the kept cells and `is_hidden`, and meets every need.

    Raises
    ------
    UnprotectableError
        If a need cannot be met.
    """
    pattern = ProvedPattern(problem, is_hidden)
    finder = MoveFinder(problem, pattern.is_hidden)
    complete(pattern, finder)
    return pattern


def complete(pattern: ProvedPattern, finder: MoveFinder, *, is_integral: bool = False) -> None:
    """Hide more cells until every need of the pattern has its proof.

    Raises
    ------
    UnprotectableError
        If needs cannot be met even with every cell hidden that may be hidden.
    """
    stuck = []
    for need in pattern.open_needs():
        if pattern.moves[need] is not None:
            continue
        move = finder.find(need, is_integral=is_integral)
        if move is None:
            stuck.append(need)
            continue
        finder.hide(move.cells[~pattern.is_hidden[move.cells]])
        pattern.credit(move)
    if stuck:
        raise UnprotectableError(pattern.problem.cells[pattern.problem.needs.cell[stuck]])
