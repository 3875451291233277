"""Shows every secondary that is not needed, dearest first, with a new proof for each need it met.

In components of usual size the result is minimal: showing any one secondary more would leave a
protected cell open.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.suppression_greedy import ProvedPattern
from ssstats.disclosure.suppression_moves import CirculationProgramme, members
from ssstats.disclosure.suppression_problem import ComponentProblem, Move

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Patterns up to this many hidden cells are asked as a whole; in larger ones a new proof is first
# sought among the hidden cells nearest to the need. Beyond _LARGE only those are asked: a secondary
# whose proof is not found there stays hidden.
_SMALL = 1_500
_LARGE = 6_000
_NEAR = (300, 1_200)
# How many proofs are remembered for each need.
_SPARES = 12


class HiddenMoves:
    """Finds moves through hidden cells alone, while secondaries are taken out one by one."""

    def __init__(self, problem: ComponentProblem, is_hidden: Flags) -> None:
        self.problem = problem
        self.is_free = is_hidden.copy()
        self.n_free = abs(problem.matrix).sign() @ is_hidden.astype(np.int64)
        self.block = np.flatnonzero(is_hidden)
        self._costs = np.full(len(problem), 1.0)
        self._whole: CirculationProgramme | None = None
        self.n_solved, self.is_sure = 0, True

    def hold(self, cell: int) -> None:
        """Take one cell out."""
        self.is_free[cell] = False
        self.n_free[members(self.problem.by_cell, np.array([cell]))] -= 1
        if self._whole is not None:
            self._whole.hold(int(np.searchsorted(self.block, cell)))

    def release(self, cell: int) -> None:
        """Put one cell back."""
        self.is_free[cell] = True
        self.n_free[members(self.problem.by_cell, np.array([cell]))] += 1
        if self._whole is not None:
            rise, fall = self.problem.rise[cell], self.problem.fall[cell]
            self._whole.release(int(np.searchsorted(self.block, cell)), rise, fall)

    def neighbours(self, cell: int) -> set[int]:
        """Return the free cells that stand in a relation with a cell."""
        rows = members(self.problem.by_cell, np.array([cell]))
        others = members(self.problem.matrix, rows)
        return set(others[self.is_free[others]].tolist()) - {cell}

    def need_fixed_without(self, cell: int) -> int | None:
        """Return a need that addition alone shows to be open without this cell, or None.

        A cell that is the last free one of a relation cannot move, and so on from cell to cell.
        """
        problem, gone, waiting = self.problem, {cell}, [cell]
        fewer: dict[int, int] = {}
        while waiting:
            column = slice(*problem.by_cell.indptr[(at := waiting.pop()) : at + 2])
            for row in problem.by_cell.indices[column].tolist():
                fewer[row] = fewer.get(row, 0) + 1
                if self.n_free[row] - fewer[row] != 1:
                    continue
                others = problem.matrix.indices[slice(*problem.matrix.indptr[row : row + 2])]
                last = next(
                    (x for x in others[self.is_free[others]].tolist() if x not in gone), None
                )
                if last is None:
                    continue
                if (need := max(problem.need_up[last], problem.need_down[last])) >= 0:
                    return int(need)
                gone.add(last)
                waiting.append(last)
        return None

    def find(self, need: int) -> Move | None:
        """Return a short move through free cells that meets a need, or None where none is found.

        `is_sure` then says whether it was proved that there is none.
        """
        self.is_sure = True
        needs = self.problem.needs
        cell, sign, amount = int(needs.cell[need]), int(needs.sign[need]), float(needs.amount[need])
        for size in _NEAR if len(self.block) > _SMALL else ():
            near = self._near(cell, size)
            local = CirculationProgramme(self.problem, near, self._costs)
            self.n_solved += 1
            move = local.cheapest(int(np.searchsorted(near, cell)), sign, amount)
            if move is not None or len(near) < size:
                return move
        if len(self.block) > _LARGE:
            self.is_sure = False
            return None
        if self._whole is None:
            self._whole = CirculationProgramme(self.problem, self.block, self._costs)
            for held in np.flatnonzero(~self.is_free[self.block]):
                self._whole.hold(int(held))
        return self._whole.cheapest(int(np.searchsorted(self.block, cell)), sign, amount)

    def _near(self, cell: int, size: int) -> Ints:
        problem = self.problem
        near = np.array([cell])
        while len(near) < size:
            rows = np.unique(members(problem.by_cell, near))
            wider = np.unique(members(problem.matrix, rows))
            wider = wider[self.is_free[wider]]
            if len(wider) == len(near):
                break
            near = wider
        return near


class Proofs:
    """The proof of each need, spare proofs found on the way, and which needs lean on a cell."""

    def __init__(self, pattern: ProvedPattern) -> None:
        self.pattern = pattern
        self.users: list[set[int]] = [set() for _ in range(len(pattern.problem))]
        self.spare: list[list[Move]] = [[] for _ in pattern.moves]
        for need, move in enumerate(pattern.moves):
            if move is not None:
                self._lean(need, move)

    def _lean(self, need: int, move: Move) -> None:
        for cell in move.cells:
            self.users[cell].add(need)

    def replace(self, need: int, move: Move) -> None:
        """Give a need another proof."""
        old = self.pattern.moves[need]
        if old is not None:
            for cell in old.cells:
                self.users[cell].discard(need)
        self._lean(need, move)
        self.pattern.moves[need] = move

    def keep_spare(self, move: Move) -> list[tuple[int, Move]]:
        """Remember a move for every need that it or its opposite meets, and return those."""
        opposite = self.pattern.problem.reverse(move)
        met = []
        for proof in (move,) if opposite is None else (move, opposite):
            for need in self.pattern.problem.met_by(proof):
                spare = self.spare[need]
                spare.append(proof)
                if len(spare) > _SPARES:
                    spare.pop(0)
                met.append((int(need), proof))
        return met

    def spare_proof(self, need: int, is_free: Flags) -> Move | None:
        """Return the latest remembered proof that moves free cells only."""
        for move in reversed(self.spare[need]):
            if is_free[move.cells].all():
                return move
        return None


def show_redundant(pattern: ProvedPattern, *, most_solved: int = 30_000) -> ProvedPattern:
    """Return the pattern without the secondaries that it does not need.

    In large components the work ends after `most_solved` programmes; the secondaries not asked by
    then stay hidden, the cheapest of all.
    """
    result = pattern.copy()
    problem = result.problem
    hidden, proofs = HiddenMoves(problem, result.is_hidden), Proofs(result)
    secondaries = np.flatnonzero(result.is_hidden & ~problem.is_kept)
    for cell in secondaries[np.lexsort((secondaries, -problem.costs[secondaries]))]:
        if hidden.n_solved >= most_solved:
            break
        _try_to_show(result, hidden, proofs, int(cell))
    return result


def _try_to_show(pattern: ProvedPattern, hidden: HiddenMoves, proofs: Proofs, cell: int) -> None:
    fixed = hidden.need_fixed_without(cell)
    if fixed is not None:
        pattern.needed_by[cell] = fixed
        return
    hidden.hold(cell)
    beside = hidden.neighbours(cell)
    amounts, cells = pattern.problem.needs.amount, pattern.problem.needs.cell
    # Those are asked first that are likeliest to need this cell.
    leaning = sorted(
        proofs.users[cell], key=lambda need: (cells[need] not in beside, -amounts[need], need)
    )
    found: dict[int, Move] = {}
    for need in leaning:
        if need in found:
            continue
        spare = proofs.spare_proof(need, hidden.is_free)
        if spare is not None:
            found[need] = spare
            continue
        move = hidden.find(need)
        if move is None:
            hidden.release(cell)
            if hidden.is_sure:
                pattern.needed_by[cell] = need
            return
        found.update({met: proof for met, proof in proofs.keep_spare(move) if met in leaning})
        found[need] = move
    pattern.is_hidden[cell] = False
    for need, move in found.items():
        proofs.replace(need, move)
