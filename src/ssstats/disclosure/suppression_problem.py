"""One set of joined cells that suppression works on, and the needs of its protected cells.

A need says how far a protected count must be able to move: an intruder must find it possible that
the count is `amount` higher (sign +1) or lower (sign -1). A move is a change of hidden counts that
keeps every relation; a move that meets a need is the proof that the need is met.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView, attack, components
from ssstats.disclosure.model import CellModel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# A move smaller than this is none: linear programmes answer in floating point.
TINY = 1e-7


@dataclass(frozen=True)
class Needs:
    """What protection asks: cell (position), sign (+1 up, -1 down) and amount, shape (k,) each."""

    cell: Ints
    sign: Ints
    amount: Floats

    def __len__(self) -> int:
        return len(self.cell)


@dataclass(frozen=True)
class Move:
    """A change of counts at `cells` that keeps every relation."""

    cells: Ints
    changes: Floats


def snapped(changes: Floats) -> Floats:
    """Return changes with those that are whole but for the solver's tolerance made whole."""
    whole = np.rint(changes)
    return np.where(np.abs(changes - whole) < 1e-6, whole, changes)


class ComponentProblem:
    """Cells that may be hidden and that relations join; positions are within the component.

    `is_kept` cells are hidden whatever happens (primary cells, and cells hidden before) and cost
    nothing. `fall` and `rise` say how far a hidden count can go
    without leaving what intruders know of it.
    """

    def __init__(
        self,
        model: CellModel,
        cells: Ints,
        rows: Ints,
        costs: Floats,
        needs: Needs,
        is_kept: Flags,
    ) -> None:
        self.cells = cells
        self.matrix: sp.csr_matrix = model.relations[rows][:, cells].tocsr()
        self.by_cell: sp.csc_matrix = self.matrix.tocsc()
        self.totals = _totals_of(self.matrix)
        self.values = model.values[cells]
        self.is_kept = is_kept[cells]
        self.costs = np.where(self.is_kept, 0.0, costs[cells])
        self.fall = self.values - model.lowest[cells]
        self.rise = model.highest[cells] - self.values
        self.needs = needs
        k = len(cells)
        self.need_up, self.need_down = np.full(k, -1), np.full(k, -1)
        is_up = needs.sign > 0
        self.need_up[needs.cell[is_up]] = np.flatnonzero(is_up)
        self.need_down[needs.cell[~is_up]] = np.flatnonzero(~is_up)

    def __len__(self) -> int:
        return len(self.cells)

    def room(self, sign: int) -> Floats:
        """Return how far each cell can move up (+1) or down (-1)."""
        return self.rise if sign > 0 else self.fall

    def met_by(self, move: Move) -> Ints:
        """Return the needs that a move meets."""
        met = []
        for index, amount in ((self.need_up, move.changes), (self.need_down, -move.changes)):
            need = index[move.cells]
            is_met = (need >= 0) & (amount >= self.needs.amount[need] - TINY)
            met.append(need[is_met])
        return np.concatenate(met)

    def reverse(self, move: Move) -> Move | None:
        """Return the opposite move where intruders could not rule it out."""
        fits = np.where(
            move.changes > 0,
            move.changes <= self.fall[move.cells] + TINY,
            -move.changes <= self.rise[move.cells] + TINY,
        )
        return Move(move.cells, -move.changes) if fits.all() else None


def _totals_of(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Return the matrix with only those entries whose sign no other entry of their row has."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    n_negative = np.bincount(rows, matrix.data < 0, matrix.shape[0])[rows]
    n_positive = np.bincount(rows, matrix.data > 0, matrix.shape[0])[rows]
    is_alone = np.where(matrix.data < 0, n_negative == 1, n_positive == 1)
    entries = (matrix.data[is_alone], (rows[is_alone], matrix.indices[is_alone]))
    return sp.csr_matrix(entries, shape=matrix.shape)


def reach_of(model: CellModel, threshold: int) -> tuple[Ints, Ints, Ints]:
    """Return the primary cells and the least and highest count that must remain possible for each.

    The highest is `threshold`; the least is what remains possible with every cell hidden that may
    be: a hidden total of k hidden counts that are not zero is never under k.
    """
    primary = np.flatnonzero(model.is_primary)
    nothing = np.full(len(primary), -np.inf)
    view = view_of(model, model.is_candidate)
    widest = attack(view, primary, reach_highest=nothing)
    goal = np.full(len(primary), threshold, dtype=np.int64)
    return primary, widest.lowest.astype(np.int64), goal


def view_of(model: CellModel, is_hidden: Flags) -> PublishedView:
    """Return what readers see of a model when these cells are hidden."""
    constants = model.constants.astype(float)
    return PublishedView(
        model.cell_ids,
        np.where(is_hidden, model.lowest, model.values),
        np.where(is_hidden, model.highest, model.values),
        model.relations,
        constants,
        constants,
    )


def split_problem(
    model: CellModel, costs: Floats, primary: Ints, lowest: Ints, highest: Ints, is_kept: Flags
) -> list[ComponentProblem]:
    """Return the components that hold a need, each a problem of its own."""
    problems = []
    for cells, rows in components(model.relations, model.is_candidate):
        mine = np.isin(primary, cells)
        if not mine.any():
            continue
        place = np.searchsorted(cells, primary[mine])
        values = model.values[primary[mine]]
        up, down = highest[mine] - values, values - lowest[mine]
        needs = Needs(
            np.r_[place[up > 0], place[down > 0]],
            np.r_[np.ones((up > 0).sum(), np.int64), -np.ones((down > 0).sum(), np.int64)],
            np.r_[up[up > 0], down[down > 0]].astype(float),
        )
        problems.append(ComponentProblem(model, cells, rows, costs, needs, is_kept))
    return problems
