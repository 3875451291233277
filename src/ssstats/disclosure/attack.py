"""The attack: which counts remain possible for a protected cell, given all that is published.

Separate from suppression and ignorant of the true counts. It sees for each cell the lowest and
highest count that the release allows (equal where the count is shown, 23 and 27 where 25 stands for
a count rounded to base 5, 1 and no limit where a count is hidden and zeros are shown) and the
relations between cells. Each answer rests on witnesses: whole tables that agree with the release
and that addition alone can check (see attack_certificates).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.attack_bounds import tighten_bounds
from ssstats.disclosure.attack_search import ComponentSearch, OfferedTables, Witness
from ssstats.disclosure.joined import joined_sets
from ssstats.errors import DisclosureError, listed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class PublishedView:
    """All that readers know: bounds of n cells and m rows between them.

    Each row says row_lowest <= relations @ counts <= row_highest; the two are equal for sums, and
    differ for published percentages. Cells without an upper bound have highest infinite.
    """

    cell_ids: tuple[str, ...]
    lowest: Floats
    highest: Floats
    relations: sp.csr_matrix
    row_lowest: Floats
    row_highest: Floats

    def is_hidden(self) -> NDArray[np.bool_]:
        """Return which cells are not shown exactly, shape (n,)."""
        return self.lowest < self.highest


@dataclass(frozen=True)
class Remaining:
    """The counts that remain possible for each target, shape (k,) each.

    `lowest` and `highest` are reached by the witnesses of the same place (-1: by every table that
    agrees with the release). Where `is_exact_lowest` (highest) holds, no lower (higher) count is
    possible; otherwise the search stopped because enough was proved, or at its node limit.
    `settled`, shape (n,), holds the counts that are shown or follow from addition alone, else 0.
    """

    view: PublishedView
    targets: Ints
    lowest: Floats
    highest: Floats
    is_exact_lowest: NDArray[np.bool_]
    is_exact_highest: NDArray[np.bool_]
    lowest_witness: Ints
    highest_witness: Ints
    witnesses: tuple[Witness, ...]
    settled: Ints

    def reaches(self, lowest: Floats | Ints, highest: Floats | Ints) -> NDArray[np.bool_]:
        """Return for each target whether it can be as low and as high as asked."""
        return (self.lowest <= lowest) & (self.highest >= highest)


def attack(
    view: PublishedView,
    targets: Sequence[int] | Ints,
    *,
    reach_lowest: Floats | None = None,
    reach_highest: Floats | None = None,
    offered: OfferedTables | None = None,
) -> Remaining:
    """Return which whole numbers remain possible for the target cells.

    Parameters
    ----------
    view : PublishedView
        Everything published.
    targets : array of int, shape (k,)
        Positions of the cells to attack.
    reach_lowest, reach_highest : arrays of float, shape (k,), optional
        Enough is proved once a target can be this low and this high. Without them the search goes
        on to the lowest and highest possible count (infinite where there is none).
    offered : OfferedTables, optional
        Tables that a publisher offers as proof. Each is checked like any other witness; what they
        do not show is searched for.

    Raises
    ------
    DisclosureError
        If what is published contradicts itself.
    """
    targets = np.asarray(targets, dtype=np.int64)
    low, high = tighten_bounds(
        view.relations, view.row_lowest, view.row_highest, view.lowest, view.highest
    )
    _check_consistent(view, low, high)
    wanted_low = np.full(len(targets), -np.inf) if reach_lowest is None else reach_lowest
    wanted_high = np.full(len(targets), np.inf) if reach_highest is None else reach_highest
    findings = _Findings(low, high, targets)
    for cells, rows in components(view.relations, low < high):
        mine = np.flatnonzero(np.isin(targets, cells))
        if len(mine):
            search = ComponentSearch(view, cells, rows, low, high, offered)
            search.run(targets[mine], wanted_low[mine], wanted_high[mine])
            findings.add(search, mine)
    return findings.remaining(view)


def components(relations: sp.csr_matrix, is_free: NDArray[np.bool_]) -> list[tuple[Ints, Ints]]:
    """Return (cells, rows) of each set of free cells that no row joins to another set."""
    free = np.flatnonzero(is_free)
    of_row, of_cell = joined_sets(relations[:, free])
    order, row_order = np.argsort(of_cell, kind="stable"), np.argsort(of_row, kind="stable")
    found = []
    for name in dict.fromkeys(of_cell):
        span = [np.searchsorted(of_cell[order], name, side) for side in ("left", "right")]
        rows = [np.searchsorted(of_row[row_order], name, side) for side in ("left", "right")]
        found.append((free[order[span[0] : span[1]]], row_order[rows[0] : rows[1]]))
    return found


def _check_consistent(view: PublishedView, low: Floats, high: Floats) -> None:
    empty = [view.cell_ids[cell] for cell in np.flatnonzero(low > high)]
    if empty:
        raise DisclosureError(
            f"what is published contradicts itself at cell {listed(empty)}: no count fits its "
            "relations; check that totals, markers and rounding come from one table"
        )


class _Findings:
    """Collects what the searches found, target by target."""

    def __init__(self, low: Floats, high: Floats, targets: Ints) -> None:
        self.targets = targets
        self.settled = np.where(low == high, low, 0).astype(np.int64)
        self.lowest, self.highest = low[targets].copy(), high[targets].copy()
        self.exact_low = np.ones(len(targets), dtype=bool)
        self.exact_high = np.ones(len(targets), dtype=bool)
        self.low_witness = np.full(len(targets), -1)
        self.high_witness = np.full(len(targets), -1)
        self.witnesses: list[Witness] = []

    def add(self, search: ComponentSearch, places: Ints) -> None:
        offset = len(self.witnesses)
        self.lowest[places], self.highest[places] = search.lowest, search.highest
        self.exact_low[places] = search.is_exact_lowest
        self.exact_high[places] = search.is_exact_highest
        self.low_witness[places] = search.lowest_witness + offset
        self.high_witness[places] = search.highest_witness + offset
        self.witnesses.extend(witness.shifted(offset) for witness in search.witnesses)

    def remaining(self, view: PublishedView) -> Remaining:
        return Remaining(
            view,
            self.targets,
            self.lowest,
            self.highest,
            self.exact_low,
            self.exact_high,
            self.low_witness,
            self.high_witness,
            tuple(self.witnesses),
            self.settled,
        )
