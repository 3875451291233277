"""What the attack on a release proves of each protected figure, every claim checked by addition.

Whole tables that show many figures differently settle most of them. What stays open is searched
for figure by figure; what is open then may be worked out as far as anybody here can tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.release_attack import (
    Requirement,
    Search,
    Targets,
    relevant_part,
    search_all,
)
from ssstats.disclosure.release_attack_together import Together
from ssstats.disclosure.release_attack_witnesses import Family, check_families

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Attacked:
    """What the attack proved: counts that remain possible for each target, and how many tables.

    `possible`, shape (k,), is how many counts tables show, of magnitudes and tenths how many whole
    numbers fit between the lowest and the highest; more may be possible.
    """

    view: PublishedView
    targets: Targets
    possible: Ints
    is_open: NDArray[np.bool_]
    tables_checked: int


def attack_release_view(
    view: PublishedView, targets: Targets, requirement: Requirement, unit: Ints | None = None
) -> Attacked:
    """Return what remains possible for each target, every claim checked by addition.

    Parameters
    ----------
    view : PublishedView
        What is published of n cells.
    targets, requirement : the protected cells, and what must stay possible for them
    unit : array of int, shape (n,), optional
        10 where cells are in tenths, else 1. It saves work where it is right and proves nothing.

    Raises
    ------
    DisclosureError
        If what is published contradicts itself.
    """
    if not len(targets.cells):
        none = np.empty(0, dtype=np.int64)
        return Attacked(view, targets, none, none.astype(bool), 0)
    near = relevant_part(view, targets.cells)
    steps = np.ones(len(view.cell_ids), dtype=np.int64) if unit is None else unit
    together = Together.from_middle(near, targets, steps)
    shown = together.pull(targets, requirement)
    possible, is_open = shown.possible, shown.is_open
    families = [Family(table, []) for table in together.tables]
    if is_open.any():
        search = _searched(near, targets.only(is_open), requirement, together)
        cells = targets.cells[is_open].tolist()
        possible[is_open] = [search.shown_possible(cell) for cell in cells]
        is_open[is_open] = [not search.is_safe(cell) for cell in cells]
        families = search.tables.families
    checked = check_families(near, families, targets.cells)
    return Attacked(view, targets, possible, is_open, checked)


def _searched(
    view: PublishedView, targets: Targets, requirement: Requirement, together: Together
) -> Search:
    """Search tables for each target, from those that were found together on."""
    search = Search(view, requirement, together.tables[0])
    search.show_beside(together.tables[1:])
    search.add_targets(targets)
    waiting = together.look_nearby(search, targets.cells.tolist())
    if together.pull_by_single_counts(search, waiting):
        search_all(search)
    return search
