"""Controlled rounding: counts become adjacent multiples of the base and tables still add up.

Each count goes to the multiple below or above so that every relation holds exactly and the total
deviation is small: a linear programme says how small it can be at best, a whole answer is sought
near its own, and an integer programme proves the least where that is not far to go. Where no such
rounding exists the caller is told; nothing is bent silently. What rounding leaves open is a
question for the attack.

References
----------
Cox LH (1987), A constructive procedure for unbiased controlled rounding, Journal of the American
Statistical Association 82, 520-524.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView, components
from ssstats.disclosure.attack_repair import Bounded, whole_table_near
from ssstats.disclosure.model import CellModel
from ssstats.disclosure.solver import Programme
from ssstats.errors import DisclosureError, UsageError, listed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NODE_LIMIT = 5_000
# Sets of joined counts up to this size are rounded with the least deviation; in larger ones a
# rounding this near to the bound is good enough.
_EXACT = 700
_GAP = 0.01
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Rounded:
    """Rounded counts in the order of the model's cells, and how far the rounding went.

    `deviation` is the sum of absolute changes; no additive rounding to adjacent multiples has less
    than `lower_bound`.
    """

    counts: Ints
    base: int
    deviation: int
    lower_bound: float


def round_nearest(counts: Ints, base: int = 5) -> Ints:
    """Return each count rounded to the nearest multiple of an odd base, independently of others.

    Raises
    ------
    UsageError
        If the base is even or under 3: halves would need a rule of their own.
    """
    _check_base(base)
    if base % 2 == 0:
        raise UsageError(f"rounding base {base} is even; use an odd base such as 3 or 5")
    return (np.asarray(counts, dtype=np.int64) + base // 2) // base * base


def round_controlled(model: CellModel, base: int = 5) -> Rounded:
    """Return an additive rounding to adjacent multiples whose total deviation is least or near it.

    Raises
    ------
    DisclosureError
        If no additive rounding to adjacent multiples exists or none is found in time; the message
        names a cell of the relations concerned.
    """
    _check_base(base)
    lower = model.values // base
    is_free = model.values % base != 0
    counts = lower * base
    bound = 0.0
    for cells, rows in components(model.relations, is_free):
        steps, deviation_bound = _round_component(model, cells, rows, lower, base)
        counts[cells] += steps * base
        bound += deviation_bound
    return Rounded(counts, base, int(np.abs(counts - model.values).sum()), bound)


def _round_component(
    model: CellModel, cells: Ints, rows: Ints, lower: Ints, base: int
) -> tuple[Ints, float]:
    """Return which cells go up one multiple, a choice of 0 or 1 each, and the least deviation."""
    part: sp.csr_matrix = model.relations[rows]
    remainder = model.values[cells] - lower[cells] * base
    cost = (base - 2 * remainder).astype(float)
    matrix, needed = part[:, cells].tocsr(), (model.constants[rows] - part @ (lower * base)) / base
    programme = Programme(
        matrix,
        cost=cost,
        lower=np.zeros(len(cells)),
        upper=np.ones(len(cells)),
        row_lower=needed,
        row_upper=needed,
        node_limit=_NODE_LIMIT,
    )
    linear = programme.solve()
    if not len(linear.columns):
        raise _no_rounding(model, cells, base)
    # Deviations are whole numbers.
    least = int(remainder.sum() + np.ceil(linear.objective - _TOLERANCE))
    steps = whole_table_near(_ups_and_downs(matrix, needed), linear.columns)
    if steps is not None and remainder.sum() + cost @ steps <= least * (1 + _gap_for(len(cells))):
        return steps, float(least)
    programme.require_integers(True)
    if steps is not None:
        programme.start_from(steps.astype(float))
    answer = programme.solve()
    if not len(answer.columns):
        raise _no_rounding(model, cells, base)
    return np.rint(answer.columns).astype(np.int64), float(remainder.sum() + answer.dual_bound)


def _ups_and_downs(matrix: sp.csr_matrix, needed: Floats) -> Bounded:
    n = matrix.shape[1]
    return Bounded(matrix, matrix.tocsc(), needed, needed, np.zeros(n), np.ones(n))


def _gap_for(n_cells: int) -> float:
    return 0.0 if n_cells <= _EXACT else _GAP


def _no_rounding(model: CellModel, cells: Ints, base: int) -> DisclosureError:
    return DisclosureError(
        f"no additive rounding to base {base} was found for the table around cell "
        f"{listed([model.cell_ids[cells[0]]])}; publish counts rounded one by one, with the "
        "note that totals may differ from sums"
    )


def view_of_rounded(model: CellModel, shown: Ints, base: int, *, is_nearest: bool) -> PublishedView:
    """Return what readers know when counts are shown as multiples of the base.

    A count rounded to the nearest multiple lies within half a base of what is shown; one rounded to
    an adjacent multiple less than a base from it. Zeros among the counts count as rounded too.
    """
    reach = base // 2 if is_nearest else base - 1
    constants = model.constants.astype(float)
    return PublishedView(
        model.cell_ids,
        np.maximum(0.0, shown - reach),
        (shown + reach).astype(float),
        model.relations,
        constants,
        constants,
    )


def _check_base(base: int) -> None:
    if base < 3:
        raise UsageError(f"rounding base {base} is too small to protect; use 3, 5 or 10")
