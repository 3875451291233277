"""The least cost of any safe pattern: a master programme of cuts, with a proven lower bound.

A cut says of one need that some of these cells must be hidden. It comes from the dual answer of the
need's own linear programme (Fischetti and Salazar 2001) and is made valid for moves of every size:
a coefficient never exceeds the amount needed, and is the whole amount where a cell's room is not
limited. Adding only valid cuts, the master's cost never exceeds that of the best pattern.

References
----------
Fischetti M, Salazar JJ (2001), Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47, 1008-1027.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.solver import INFINITY, Programme, Solution
from ssstats.disclosure.suppression_problem import TINY, ComponentProblem, Move

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
# Columns of a master and their weights.
Row = tuple[Ints, Floats]


class Separator:
    """Tells whether a master answer meets a need, by a move or by a violated cut."""

    def __init__(self, problem: ComponentProblem) -> None:
        self.problem = problem
        n, m = len(problem), problem.matrix.shape[0]
        self._zeros = np.zeros(m)
        self._remembered: dict[int, Move] = {}
        self._programme = Programme(
            problem.matrix,
            cost=np.zeros(n),
            lower=np.zeros(n),
            upper=np.zeros(n),
            row_lower=self._zeros,
            row_upper=self._zeros,
            has_prices=True,
        )

    def aim(self, hidden: Floats, amount: float, shade: float) -> None:
        """Set how far each cell can move for needs of this amount, given the master's answer.

        Every cell gets at least the share `shade`, so that cuts name few cells.
        """
        share = np.maximum(hidden, shade) if shade else hidden
        self._up = np.minimum(self.problem.rise, amount)
        self._down = np.minimum(self.problem.fall, amount)
        self._up, self._down = self._up * share, self._down * share
        self._programme.set_bounds(-self._down, self._up)

    def ask(self, need: int, hidden: Floats) -> tuple[Move | None, Floats | None]:
        """Return a move that meets the need, or the coefficients of a violated cut, or neither."""
        needs = self.problem.needs
        cell, sign, amount = int(needs.cell[need]), int(needs.sign[need]), float(needs.amount[need])
        if (known := self._remembered.get(need)) is not None and self._fits(known):
            return (known if np.all(hidden[known.cells] > 1 - TINY) else None), None
        self._programme.set_cost(cell, -float(sign))
        answer = self._programme.solve()
        self._programme.set_cost(cell, 0.0)
        if -answer.objective >= amount - 1e-6:
            move = self._remember(answer.columns, need)
            return (move if np.all(hidden[move.cells] > 1 - TINY) else None), None
        coefficients = self._coefficients(answer, cell, sign, amount)
        is_violated = coefficients @ hidden < amount - 1e-4 * amount
        return None, (coefficients if is_violated else None)

    def _remember(self, changes: Floats, need: int) -> Move:
        """Keep a move as the answer for this need and every other that it or its opposite meets."""
        moved = np.flatnonzero(np.abs(changes) > TINY)
        move = Move(moved, changes[moved])
        opposite = self.problem.reverse(move)
        for proof in (move,) if opposite is None else (opposite, move):
            for met in self.problem.met_by(proof):
                self._remembered[int(met)] = proof
        self._remembered[need] = move
        return move

    def _fits(self, move: Move) -> bool:
        rises = move.changes <= self._up[move.cells] + TINY
        return bool(np.all(rises & (-move.changes <= self._down[move.cells] + TINY)))

    def _coefficients(self, answer: Solution, cell: int, sign: int, amount: float) -> Floats:
        """Return a cut for the need that holds for every safe pattern, whatever the size of moves.

        With dual prices the move of the cell is at most the sum of price times room over the cells
        that move. Where one cell's share reaches the amount, hiding it is enough for the cut.
        """
        price = answer.reduced_costs
        room = np.where(price < 0, self.problem.rise, self.problem.fall)
        priced = np.abs(price) > TINY
        share = np.zeros(len(price))
        share[priced] = np.abs(price[priced]) * np.minimum(room[priced], 1e9)
        return np.minimum(share, amount)


class Master:
    """Chooses cells to hide at least cost subject to the cuts found so far."""

    def __init__(self, problem: ComponentProblem) -> None:
        self.problem = problem
        self.columns = np.flatnonzero(~problem.is_kept)
        k = len(self.columns)
        self._place = np.full(len(problem), -1)
        self._place[self.columns] = np.arange(k)
        pairs = _no_cell_alone(problem, self._place, k)
        cuts = _stacked([row for row in self._cuts_of_needs() if row is not None], k)
        self.n_cuts = cuts.shape[0]
        n_rows = pairs.shape[0] + self.n_cuts
        self.programme = Programme(
            sp.vstack([pairs, cuts]),
            cost=problem.costs[self.columns],
            lower=np.zeros(k),
            upper=np.ones(k),
            row_lower=np.r_[np.zeros(pairs.shape[0]), np.ones(self.n_cuts)],
            row_upper=np.full(n_rows, INFINITY),
        )

    def _cuts_of_needs(self) -> Iterator[Row | None]:
        """Return a cut for each relation of each need: what moves it must move others there."""
        problem, needs = self.problem, self.problem.needs
        for need in range(len(needs)):
            cell, sign, amount = needs.cell[need], needs.sign[need], float(needs.amount[need])
            column = slice(*problem.by_cell.indptr[cell : cell + 2])
            for row, own in zip(
                problem.by_cell.indices[column], problem.by_cell.data[column], strict=True
            ):
                span = slice(*problem.matrix.indptr[row : row + 2])
                others, weights = problem.matrix.indices[span], problem.matrix.data[span]
                rises = (weights * own < 0) == (sign > 0)
                room = np.where(rises, problem.rise[others], problem.fall[others])
                share = np.minimum(np.abs(weights / own) * np.minimum(room, 1e9), amount)
                share[others == cell] = 0.0
                yield self._row_of_cut(others, share, amount)

    def add_cut(self, coefficients: Floats, amount: float) -> None:
        """Add a cut: the coefficients of hidden cells sum to the amount at least."""
        named = np.flatnonzero(coefficients > TINY)
        row = self._row_of_cut(named, coefficients[named], amount)
        if row is not None:
            self.programme.add_row(*row, 1.0, INFINITY)
            self.n_cuts += 1

    def _row_of_cut(self, cells: Ints, coefficients: Floats, amount: float) -> Row | None:
        """Return columns and weights of a cut that sum to 1 at least; None where kept cells do."""
        is_kept = self.problem.is_kept[cells]
        least = amount - float(coefficients[is_kept].sum())
        if least <= TINY:
            return None
        is_named = ~is_kept & (coefficients > TINY)
        shares = np.minimum(coefficients[is_named], least) / least
        return self._place[cells[is_named]], shares

    def solve(self) -> tuple[Solution, Floats]:
        """Return the answer and how far each cell of the problem is hidden, 0 to 1.

        Where a need cannot be met whatever is hidden there is no answer, and nothing is hidden.
        """
        answer = self.programme.solve()
        if not len(answer.columns):
            return answer, np.zeros(len(self.problem))
        return self._with_hidden(answer)

    def solve_whole(self, start: Flags, *, nodes: int, gap: float) -> tuple[Solution, Floats]:
        """Return the answer in whole cells, searched from a pattern that meets every cut."""
        self.programme.require_integers(True)
        self.programme.limit(nodes=nodes, relative_gap=gap)
        self.programme.start_from(start[self.columns].astype(float))
        answer = self.programme.solve()
        self.programme.require_integers(False)
        if not len(answer.columns):
            return answer, np.where(start, 1.0, 0.0)
        return self._with_hidden(answer, is_whole=True)

    def _with_hidden(self, answer: Solution, *, is_whole: bool = False) -> tuple[Solution, Floats]:
        hidden = np.ones(len(self.problem))
        chosen = np.clip(answer.columns, 0.0, 1.0)
        hidden[self.columns] = np.rint(chosen) if is_whole else chosen
        return answer, hidden


def _stacked(rows: list[Row], n_columns: int) -> sp.csr_matrix:
    """Return rows of columns and weights as a matrix."""
    starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.concatenate([np.empty(0, np.int64), *(columns for columns, _ in rows)])
    weights = np.concatenate([np.empty(0), *(weights for _, weights in rows)])
    return sp.csr_matrix((weights, columns, starts), shape=(len(rows), n_columns))


def _no_cell_alone(problem: ComponentProblem, place: Ints, n_columns: int) -> sp.csr_matrix:
    """Return rows saying that a hidden cell is not the only one of a relation.

    A hidden cell alone in a relation cannot move, so a pattern of least cost shows it. `place` is
    the column of each cell of the master.
    """
    names, weights, lengths = [], [], []
    for row in range(problem.matrix.shape[0]):
        cells = problem.matrix.indices[slice(*problem.matrix.indptr[row : row + 2])]
        if problem.is_kept[cells].any():
            continue
        k = len(cells)
        names.append(np.tile(place[cells], k))
        weights.append((1.0 - 2.0 * np.eye(k)).ravel())
        lengths.append(np.full(k, k))
    if not lengths:
        return sp.csr_matrix((0, n_columns))
    starts = np.r_[0, np.cumsum(np.concatenate(lengths))]
    return sp.csr_matrix(
        (np.concatenate(weights), np.concatenate(names), starts), shape=(len(starts) - 1, n_columns)
    )
