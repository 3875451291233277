"""One whole table that agrees with a release: where the attack starts.

Found from what is published alone, as close as possible to the middle of what each figure leaves
possible, so that most counts can still move both ways.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.attack_bounds import tighten_bounds
from ssstats.disclosure.joined import joined_sets
from ssstats.disclosure.solver import INFINITY, Programme
from ssstats.errors import DisclosureError, listed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Any table serves: the search for a closer one stops early, at nodes and never at a time.
_GAP = 1.0
_NODES = 500
_WHOLE = 1e-6
# How many relations away from a broken count the integer programme looks: at last everywhere.
_HOPS = (1, 2, 4, 40)
# How much more a count that is wanted matters than one that may stay: chains are long.
_PULL = 1000.0
# A hidden count without an upper bound starts here above its lowest.
_ABOVE = 4


def agreeing_table(view: PublishedView, targets: Ints, wish: Ints | None = None) -> Ints:
    """Return whole counts, shape (n,), that agree with every relation near the targets.

    They are as near as may be to those that are wished for: by default to the middle of what each
    figure leaves possible, and to the lowest where no relation joins a cell to a target.

    Raises
    ------
    DisclosureError
        If what is published contradicts itself.
    """
    low, high = tighten_bounds(
        view.relations, view.row_lowest, view.row_highest, view.lowest, view.highest
    )
    check_consistent(view, low, high)
    cells, rows = joined_to(view.relations, low < high, targets)
    if wish is None:
        table = low.astype(np.int64)
        table[cells] = middle(low[cells], high[cells])
    else:
        table = np.clip(wish, low, high).astype(np.int64)
    if not len(cells):
        return table
    return _settle(_Wish(view, low, high, table, np.ones(len(table))), cells, rows)


def pulled_table(
    view: PublishedView, low: Floats, high: Floats, table: Ints, goals: dict[int, int]
) -> Ints:
    """Return a table that agrees with the release and shows as many goals as it can.

    `goals` are counts wanted of cells; elsewhere the new table stays close to the old one.
    """
    wish, weight = table.copy(), np.ones(len(table))
    targets = np.fromiter(goals, dtype=np.int64, count=len(goals))
    wish[targets] = list(goals.values())
    weight[targets] = _PULL
    cells, rows = joined_to(view.relations, low < high, targets)
    return _settle(_Wish(view, low, high, wish, weight), cells, rows)


@dataclass(frozen=True)
class _Wish:
    """A table that is wished for, whether it agrees or not, and how much each cell matters."""

    view: PublishedView
    low: Floats
    high: Floats
    table: Ints
    weight: Floats


def joined_to(
    relations: sp.csr_matrix, is_free: NDArray[np.bool_], targets: Ints
) -> tuple[Ints, Ints]:
    """Return the free cells that relations join to a free target, and those relations."""
    of_row, of_cell = joined_sets(relations, is_free)
    is_wanted = np.zeros(sum(relations.shape), dtype=bool)
    is_wanted[of_cell[targets[is_free[targets]]]] = True
    return np.flatnonzero(is_free & is_wanted[of_cell]), np.flatnonzero(is_wanted[of_row])


def check_consistent(view: PublishedView, low: Floats, high: Floats) -> None:
    """Raise DisclosureError where addition leaves no count possible for a cell."""
    if (empty := np.flatnonzero(low > high)).size:
        raise DisclosureError(
            f"what is published contradicts itself at {listed(view.cell_ids[k] for k in empty)}: "
            "no count fits; check that totals, markers and rounding come from one table"
        )


def middle(low: Floats, high: Floats) -> Ints:
    """Return the whole counts in the middle, a little above `low` where there is no end."""
    above = np.where(np.isfinite(high), high, low + 2 * _ABOVE)
    return np.floor((low + above) / 2).astype(np.int64)


def _settle(wish: _Wish, cells: Ints, rows: Ints) -> Ints:
    """Return the table nearest to the wish whose counts at these cells agree with these rows.

    The linear answer is whole nearly everywhere. Around the cells where it is not, an integer
    programme decides; the further it has to look, the rarer.
    """
    steps = _least_steps(wish, wish.table, cells, rows, whole=False)
    if steps is None:
        raise contradiction()
    settled = wish.table.copy()
    settled[cells] += np.rint(steps).astype(np.int64)
    broken = cells[np.abs(steps - np.rint(steps)) > _WHOLE]
    for hops in _HOPS:
        if not len(broken):
            return settled
        broken = _settle_around(wish, broken, hops, cells, settled)
    raise contradiction()


def _settle_around(wish: _Wish, broken: Ints, hops: int, cells: Ints, settled: Ints) -> Ints:
    """Settle the cells near the broken ones in place; return those that stay broken."""
    still = [np.empty(0, dtype=np.int64)]
    by_cell = wish.view.relations.tocsc()
    for near in _surroundings(wish.view, broken, hops, cells):
        rows = np.unique(by_cell[:, near].indices)
        steps = _least_steps(wish, settled, near, rows, whole=True)
        if steps is None:
            still.append(np.intersect1d(near, broken))
        else:
            settled[near] += np.rint(steps).astype(np.int64)
    return np.concatenate(still)


def _surroundings(view: PublishedView, broken: Ints, hops: int, cells: Ints) -> list[Ints]:
    """Return sets of cells within so many relations of the broken ones that share no relation."""
    columns, is_free = view.relations.tocsc(), np.zeros(view.relations.shape[1], dtype=bool)
    is_free[cells] = True
    near = broken
    for _ in range(hops):
        rows = np.unique(columns[:, near].indices)
        reached = np.unique(view.relations[rows].indices)
        near = reached[is_free[reached]]
    part = view.relations[np.unique(columns[:, near].indices)][:, near]
    label = joined_sets(part)[1]
    return [near[label == name] for name in np.unique(label)]


def _least_steps(
    wish: _Wish, start: Ints, cells: Ints, rows: Ints, *, whole: bool
) -> Floats | None:
    """Return the least steps of the cells that make the rows agree; None where there are none."""
    view = wish.view
    matrix = view.relations[rows]
    sums = matrix @ start
    own = matrix[:, cells]
    high = wish.high[cells]
    up = np.where(np.isfinite(high), high - start[cells], INFINITY)
    answer = Programme(
        sp.hstack([own, -own]).tocsc(),
        cost=np.tile(wish.weight[cells], 2),
        lower=np.zeros(2 * len(cells)),
        upper=np.concatenate([up, start[cells] - wish.low[cells]]),
        row_lower=view.row_lowest[rows] - sums,
        row_upper=view.row_highest[rows] - sums,
        integral=np.ones(2 * len(cells), dtype=bool) if whole else None,
        node_limit=_NODES,
        relative_gap=_GAP,
    ).solve()
    if not len(answer.columns):
        return None
    return answer.columns[: len(cells)] - answer.columns[len(cells) :]


def contradiction() -> DisclosureError:
    """Return what to raise where no whole table fits."""
    return DisclosureError(
        "the attack found no table of whole numbers that fits what is published: the release "
        "contradicts itself; nothing may be published before totals and parts agree"
    )
