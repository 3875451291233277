"""Meets many needs with one linear programme: which are met through the cells hidden now.

A change of hidden counts that lifts many protected counts at once is a move for each of them. Few
programmes say of most needs that they are met; what is left has to be asked one by one.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.solver import INFINITY, Programme
from ssstats.disclosure.suppression_problem import TINY, ComponentProblem, Move, snapped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def meet_together(problem: ComponentProblem, is_hidden: Flags) -> dict[int, Move]:
    """Return a move through hidden cells for each need found to be met.

    A need without a move may be met all the same: the programmes stop when one meets no more.
    """
    block = np.flatnonzero(is_hidden)
    met: dict[int, Move] = {}
    for sign in (1, -1):
        needs = np.flatnonzero(problem.needs.sign == sign)
        needs = np.array([need for need in needs if need not in met], dtype=np.int64)
        if not len(needs):
            continue
        lifting = _Lifting(problem, block, needs, sign)
        while True:
            move = lifting.solve()
            fresh = _met_by(problem, move, met)
            if not fresh:
                break
            met.update(fresh)
            lifting.leave_out([need for need in fresh if problem.needs.sign[need] == sign])
    return met


def _met_by(problem: ComponentProblem, move: Move, met: dict[int, Move]) -> dict[int, Move]:
    opposite = problem.reverse(move)
    return {
        int(need): proof
        for proof in (move, opposite)
        if proof is not None
        for need in problem.met_by(proof)
        if need not in met
    }


class _Lifting:
    """Maximises the sum of min(movement, amount) over needs of one sign."""

    def __init__(self, problem: ComponentProblem, block: Ints, needs: Ints, sign: int) -> None:
        columns = problem.by_cell[:, block]
        part = columns[np.unique(columns.indices)]
        self.block, self.place = block, {int(need): at for at, need in enumerate(needs)}
        k, n, m = len(block), len(needs), part.shape[0]
        cells = np.searchsorted(block, problem.needs.cell[needs])
        pick = sp.csr_matrix((np.full(n, float(sign)), (np.arange(n), cells)), shape=(n, k))
        self.programme = Programme(
            sp.bmat([[part, None], [pick, -sp.identity(n)]], format="csc"),
            cost=np.r_[np.zeros(k), -np.ones(n)],
            lower=np.r_[-problem.fall[block], np.full(n, -INFINITY)],
            upper=np.r_[np.minimum(problem.rise[block], INFINITY), problem.needs.amount[needs]],
            row_lower=np.zeros(m + n),
            row_upper=np.r_[np.zeros(m), np.full(n, INFINITY)],
        )

    def solve(self) -> Move:
        """Return the move of the best answer."""
        changes = self.programme.solve().columns[: len(self.block)]
        moved = np.flatnonzero(np.abs(changes) > TINY)
        return Move(self.block[moved], snapped(changes[moved]))

    def leave_out(self, needs: list[int]) -> None:
        """Ask no more for these needs."""
        for need in needs:
            self.programme.set_cost(len(self.block) + self.place[need], 0.0)
