"""What gives way for many open figures at once: one linear programme instead of one for each.

Without rounding nearly every hidden count follows from others, so that looking at each alone would
take long. The answer falls into changes that share no relation; each is a table of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.joined import joined_sets
from ssstats.disclosure.release_attack_base import joined_to, pulled_table
from ssstats.disclosure.release_attack_nearby import Room
from ssstats.disclosure.solver import INFINITY, Programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STEP_COST = 1e-3
# A goal is worth more than anything that may give way for it.
_GOAL = 1e7
_MOVED = 1e-6


def changes_together(
    view: PublishedView, room: Room, table: Ints, goals: dict[int, int]
) -> list[dict[int, int]]:
    """Return changes of a table that reach most goals where the cheapest cells give way.

    Each agrees with every relation by itself; cells stay within the wider ranges of the room.
    """
    targets = np.fromiter(goals, dtype=np.int64, count=len(goals))
    can_move = (room.lowest < room.highest) | np.isfinite(room.price)
    cells, rows = joined_to(view.relations, can_move, targets)
    steps = np.array([goals[cell] for cell in targets.tolist()]) - table[targets]
    gives_way = _cheapest_to_give_way(view, room, table, (cells, rows), targets, steps)
    low, high = room.lowest.copy(), room.highest.copy()
    low[gives_way], high[gives_way] = room.wider_lowest[gives_way], room.wider_highest[gives_way]
    changed = pulled_table(view, low, high, table, goals)
    return list(_apart(view.relations, table, changed))


def _cheapest_to_give_way(
    view: PublishedView,
    room: Room,
    table: Ints,
    part: tuple[Ints, Ints],
    targets: Ints,
    steps: Ints,
) -> Ints:
    """Return the cells that leave their range in the cheapest answer.

    Columns: n steps up, n down, k further up, k further down, and how far each goal is missed.
    """
    cells, rows = part
    matrix = view.relations[rows][:, cells]
    sums = view.relations[rows] @ table
    yielding = np.flatnonzero(np.isfinite(room.price[cells]))
    at = cells[yielding]
    n, k, t = len(cells), len(yielding), len(targets)
    moved = sp.hstack([matrix, -matrix, matrix[:, yielding], -matrix[:, yielding]])
    own = sp.csr_matrix((np.ones(t), (np.arange(t), np.searchsorted(cells, targets))), (t, n))
    own_k = own[:, yielding]
    missed = sp.diags(np.sign(steps).astype(float))
    answer = Programme(
        sp.bmat([[moved, None], [sp.hstack([own, -own, own_k, -own_k]), missed]]).tocsc(),
        cost=np.concatenate(
            [np.full(2 * n, _STEP_COST), np.tile(room.price[at], 2), np.full(t, _GOAL)]
        ),
        lower=np.zeros(2 * n + 2 * k + t),
        upper=np.concatenate(
            [
                _capped(room.highest[cells] - table[cells]),
                _capped(table[cells] - room.lowest[cells]),
                _capped(room.wider_highest[at] - np.maximum(room.highest[at], table[at])),
                _capped(room.lowest[at] - room.wider_lowest[at]),
                np.abs(steps),
            ]
        ),
        row_lower=np.concatenate([view.row_lowest[rows] - sums, steps]),
        row_upper=np.concatenate([view.row_highest[rows] - sums, steps]),
    ).solve()
    further = answer.columns[2 * n : 2 * n + 2 * k].reshape(2, k).sum(axis=0)
    return at[further > _MOVED]


def _capped(distance: Floats) -> Floats:
    return np.where(np.isfinite(distance), np.maximum(distance, 0.0), INFINITY)


def _apart(relations: sp.csr_matrix, table: Ints, changed: Ints) -> Iterator[dict[int, int]]:
    """Yield the changes that share no relation with one another."""
    cells = np.flatnonzero(table != changed)
    part = relations[:, cells]
    label = joined_sets(part)[1]
    order = np.argsort(label, kind="stable")
    for own in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        yield dict(zip(cells[own].tolist(), changed[cells[own]].tolist(), strict=True))
