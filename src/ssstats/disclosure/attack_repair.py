"""From a table in fractions to a whole one: only where the fractions are, and a little around.

A linear programme's answer keeps every relation, but tables of three or more dimensions have
corners that are not whole. The few cells in fractions fall into small sets that share no relation;
an integer programme settles each of them beside whole counts that stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.joined import joined_sets
from ssstats.disclosure.solver import INFINITY, Programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_WHOLE = 1e-6
# How many relations away from the fractions counts may give way: the further, the rarer.
_HOPS = (0, 1, 2, 3, 5)
# Any whole table near by serves.
_NODES = 200
_GAP = 0.3
# A cell that is wanted high or low gives way after its neighbours.
_WANTED = 2.0


@dataclass(frozen=True)
class Bounded:
    """Cells in bounds, and rows that say row_low <= matrix @ counts <= row_high."""

    matrix: sp.csr_matrix
    by_cell: sp.csc_matrix
    row_low: Floats
    row_high: Floats
    low: Floats
    high: Floats


def whole_table_near(
    bounded: Bounded, wished: Floats, wanted: NDArray[np.int8] | None = None
) -> Ints | None:
    """Return a whole table close to one in fractions, shape (n,), or None where none was found.

    Parameters
    ----------
    bounded : Bounded
        What the table has to agree with, as `wished` does.
    wished : array of float, shape (n,)
        Counts, some of them not whole.
    wanted : array of int, shape (n,), optional
        1 for cells wanted high, -1 for cells wanted low, 0 for others.
    """
    wanted = np.zeros(len(wished), dtype=np.int8) if wanted is None else wanted
    table = np.rint(wished).astype(np.int64)
    broken = np.flatnonzero(np.abs(wished - table) > _WHOLE)
    rounded = np.where(wanted > 0, np.ceil(wished), np.where(wanted < 0, np.floor(wished), table))
    table[broken] = np.clip(rounded[broken], bounded.low[broken], bounded.high[broken])
    weight = np.where(wanted != 0, _WANTED, 1.0)
    for hops in _HOPS:
        if not len(broken):
            break
        broken = _settle_around(bounded, table, broken, hops, weight)
    return table if not len(broken) else None


def _settle_around(bounded: Bounded, table: Ints, broken: Ints, hops: int, weight: Floats) -> Ints:
    """Settle the cells around the broken ones in place; return those that stay broken."""
    still = [np.empty(0, dtype=np.int64)]
    for near in _separate_sets(bounded, _widened(bounded, broken, hops)):
        steps = _least_steps(bounded, table, near, weight[near])
        if steps is None:
            still.append(np.intersect1d(near, broken))
        else:
            table[near] += steps
    return np.concatenate(still)


def _widened(bounded: Bounded, cells: Ints, hops: int) -> Ints:
    for _ in range(hops):
        rows = np.unique(bounded.by_cell[:, cells].indices)
        cells = np.unique(bounded.matrix[rows].indices).astype(np.int64)
    return cells


def _separate_sets(bounded: Bounded, cells: Ints) -> list[Ints]:
    """Return the cells in sets that share no row."""
    columns = bounded.by_cell[:, cells]
    part = columns[np.unique(columns.indices)]
    label = joined_sets(part)[1]
    return [cells[label == name] for name in np.unique(label)]


def _least_steps(bounded: Bounded, table: Ints, cells: Ints, weight: Floats) -> Ints | None:
    """Return small steps of the cells that make their rows agree, or None where none are found."""
    rows = np.unique(bounded.by_cell[:, cells].indices)
    matrix = bounded.matrix[rows]
    sums, own, n = matrix @ table, matrix[:, cells], len(cells)
    answer = Programme(
        sp.hstack([own, -own]).tocsc(),
        cost=np.tile(weight, 2),
        lower=np.zeros(2 * n),
        upper=np.r_[
            np.minimum(bounded.high[cells] - table[cells], INFINITY),
            table[cells] - bounded.low[cells],
        ],
        row_lower=bounded.row_low[rows] - sums,
        row_upper=bounded.row_high[rows] - sums,
        integral=np.ones(2 * n, dtype=bool),
        node_limit=_NODES,
        relative_gap=_GAP,
    ).solve()
    if not len(answer.columns):
        return None
    steps = np.rint(answer.columns).astype(np.int64)
    return np.asarray(steps[:n] - steps[n:])
