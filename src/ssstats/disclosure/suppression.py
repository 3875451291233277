"""Secondary suppression that is proved: which further cells must be hidden, at the least cost.

The attack judges every result before it is returned; a pattern that the attack does not pass is
never handed over. The same table gives the same pattern whatever the order of its rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.attack import Remaining, attack
from ssstats.disclosure.attack_certificates import check_certificates
from ssstats.disclosure.attack_search import OfferedTables
from ssstats.disclosure.model import CellModel, canonical_key
from ssstats.disclosure.suppression_greedy import (
    ProvedPattern,
    UnprotectableError,
    complete,
)
from ssstats.disclosure.suppression_moves import MoveFinder
from ssstats.disclosure.suppression_optimise import Effort, cheapest_pattern
from ssstats.disclosure.suppression_problem import (
    ComponentProblem,
    reach_of,
    split_problem,
    view_of,
)
from ssstats.errors import DisclosureError, UsageError, listed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

COSTS = ("value", "count", "sqrt")


@dataclass(frozen=True)
class Suppression:
    """A proved pattern: which cells are hidden, what that costs and why each secondary is needed.

    `lower_bound` is a proven bound on the cost of any safe pattern. `protects` names, for each
    secondary cell id, a primary cell that would be open without it; where that was not asked, the
    primary cells whose proof moves it. The witnesses in `remaining` hold
    true counts, as `model` does: neither leaves the protected side.
    """

    model: CellModel
    is_hidden: Flags
    cost: float
    lower_bound: float
    protects: dict[str, tuple[str, ...]]
    remaining: Remaining

    @property
    def gap(self) -> float:
        """How far the cost may be above the best possible, as a fraction of the bound.

        Infinite where no bound was sought, as in components above `Effort.most_cells`.
        """
        if self.cost <= self.lower_bound:
            return 0.0
        return self.cost / self.lower_bound - 1.0 if self.lower_bound > 0 else math.inf

    @property
    def is_secondary(self) -> Flags:
        """Cells hidden for the sake of others."""
        return self.is_hidden & ~self.model.is_primary


def protect(
    model: CellModel,
    *,
    threshold: int = 5,
    costs: str | Floats = "value",
    already_hidden: Flags | None = None,
    effort: Effort | None = None,
) -> Suppression:
    """Return a pattern in which every primary cell stays as uncertain as policy asks.

    For each primary cell the counts that remain possible reach `threshold` or more, and the lower
    bound that intruders know, or the least that is possible with every cell hidden that may be.

    Parameters
    ----------
    model : CellModel
        Cells, relations and what intruders know of hidden cells.
    threshold : int
        The count that must remain possible.
    costs : {"value", "count", "sqrt"} or array of float, shape (n,)
        What hiding a cell costs: its count, 1, or the root of its count; or costs of your own.
    already_hidden : array of bool, shape (n,), optional
        Cells that stay hidden and cost nothing, for instance those of an earlier release.
    effort : Effort, optional
        How long to look for a cheaper pattern; every pattern is safe.

    Raises
    ------
    DisclosureError
        If a primary cell cannot be protected whatever is hidden; the cells are named.
    """
    _check_statuses(model)
    is_kept = model.is_primary if already_hidden is None else model.is_primary | already_hidden
    primary, lowest, highest = reach_of(model, threshold)
    problems = split_problem(model, cost_of(model, costs), primary, lowest, highest, is_kept)
    found = [_pattern(model, problem, threshold, effort or Effort()) for problem in problems]
    patterns = [pattern for pattern, _ in found]
    is_hidden = is_kept.copy()
    for pattern in patterns:
        is_hidden[pattern.problem.cells] |= pattern.is_hidden
    remaining = _prove(model, is_hidden, patterns, primary, lowest, highest)
    return Suppression(
        model=model,
        is_hidden=is_hidden,
        cost=float(sum(pattern.cost for pattern in patterns)),
        lower_bound=float(sum(bound for _, bound in found)),
        protects=_reasons(model, patterns),
        remaining=remaining,
    )


def cost_of(model: CellModel, costs: str | Floats) -> Floats:
    """Return the cost of hiding each cell.

    Raises
    ------
    UsageError
        If the name of the costs is not known.
    """
    if not isinstance(costs, str):
        return np.asarray(costs, dtype=float)
    values = model.values.astype(float)
    known = {"value": values, "count": np.ones(len(model)), "sqrt": np.sqrt(values)}
    if costs not in known:
        raise UsageError(f"costs '{costs}' are not known; use one of {', '.join(COSTS)}")
    return known[costs]


def _check_statuses(model: CellModel) -> None:
    both = np.flatnonzero(model.is_primary & model.is_published)
    if len(both):
        raise DisclosureError(
            f"cell {listed(model.cell_ids[cell] for cell in both)} is to be both protected and "
            "published; choose one"
        )


def _pattern(
    model: CellModel, problem: ComponentProblem, threshold: int, effort: Effort
) -> tuple[ProvedPattern, float]:
    try:
        return cheapest_pattern(problem, effort)
    except UnprotectableError as problem_cells:
        raise _unprotectable(model, problem_cells.cells, threshold) from None


def _unprotectable(model: CellModel, cells: Ints, threshold: int) -> DisclosureError:
    named = listed(model.cell_ids[cell] for cell in cells)
    return DisclosureError(
        f"cell {named} cannot be protected: even with every cell hidden that may be hidden, its "
        f"count cannot range up to {threshold} and down to its least possible count; allow more "
        "cells to be hidden or publish fewer breakdowns"
    )


def _prove(
    model: CellModel,
    is_hidden: Flags,
    patterns: list[ProvedPattern],
    primary: Ints,
    lowest: Ints,
    highest: Ints,
) -> Remaining:
    """Let the attack judge; where it needs whole numbers that moves did not give, hide more."""
    for _ in range(3):
        remaining = attack(
            view_of(model, is_hidden),
            primary,
            reach_lowest=lowest.astype(float),
            reach_highest=highest.astype(float),
            offered=_offered(model, patterns),
        )
        still_open = primary[~remaining.reaches(lowest, highest)]
        if not len(still_open):
            check_certificates(remaining)
            return remaining
        for pattern in patterns:
            _repair(pattern, still_open)
            is_hidden[pattern.problem.cells] |= pattern.is_hidden
    raise _unprotectable(model, still_open, int(highest.max()))


def _offered(model: CellModel, patterns: list[ProvedPattern]) -> OfferedTables:
    """Return the true table and what the moves in whole counts make of it, as proof."""
    changes = []
    for pattern in patterns:
        for move in {id(move): move for move in pattern.moves if move is not None}.values():
            if np.all(move.changes % 1 == 0):
                cells = pattern.problem.cells[move.cells]
                changes.append((cells, model.values[cells] + move.changes.astype(np.int64)))
    return OfferedTables(model.values, tuple(changes))


def _repair(pattern: ProvedPattern, still_open: Ints) -> None:
    is_open = np.isin(pattern.problem.cells[pattern.problem.needs.cell], still_open)
    for need in np.flatnonzero(is_open):
        pattern.moves[need] = None
    if is_open.any():
        complete(pattern, MoveFinder(pattern.problem, pattern.is_hidden), is_integral=True)


def _reasons(model: CellModel, patterns: list[ProvedPattern]) -> dict[str, tuple[str, ...]]:
    reasons: dict[str, set[int]] = {}
    for pattern in patterns:
        problem = pattern.problem
        for cell, need in _reasons_of(pattern):
            primary = int(problem.cells[problem.needs.cell[need]])
            reasons.setdefault(model.cell_ids[problem.cells[cell]], set()).add(primary)
    return {
        cell: tuple(model.cell_ids[primary] for primary in sorted(reasons[cell]))
        for cell in sorted(reasons, key=canonical_key)
    }


def _reasons_of(pattern: ProvedPattern) -> Iterator[tuple[int, int]]:
    """Return (secondary, need) pairs: what would be open without it, or whose proof moves it."""
    yield from pattern.needed_by.items()
    for need, move in enumerate(pattern.moves):
        if move is not None:
            for cell in move.cells[~pattern.problem.is_kept[move.cells]].tolist():
                if cell not in pattern.needed_by:
                    yield cell, need
