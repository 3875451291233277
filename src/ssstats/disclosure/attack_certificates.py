"""Checks the attack's witnesses by integer addition alone: no solver, no tolerance of its own.

For each target two tables show that the lowest and the highest claimed count are possible. A wrong
solver, a wrong search or a wrong report cannot pass this.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView, Remaining
from ssstats.disclosure.attack_search import FAR, Witness
from ssstats.errors import DisclosureError, listed

Ints = NDArray[np.int64]


def check_certificates(remaining: Remaining) -> int:
    """Check every witness against what is published, and every claim against its witness.

    Returns the number of tables checked. Relations share no hidden cell between two sets of joined
    cells, so a witness of one set is checked on the rows that touch it.

    Raises
    ------
    DisclosureError
        If a witness breaks a relation or a bound, or does not show what is claimed of a cell.
    """
    _check_tables(remaining)
    unproved = [
        remaining.view.cell_ids[cell]
        for place, cell in enumerate(remaining.targets)
        if not _shows_claims(remaining, place, int(cell))
    ]
    if unproved:
        raise DisclosureError(
            f"the witnesses do not show what the attack claims of cell {listed(unproved)}; "
            "the release is not proved safe"
        )
    return len(remaining.witnesses)


def _check_tables(remaining: Remaining) -> None:
    view, witnesses = remaining.view, remaining.witnesses
    by_cell = view.relations.tocsc()
    sums: dict[int, Ints] = {}
    for place, witness in enumerate(witnesses):
        _check_bounds(view, witness)
        before = remaining.settled if witness.base < 0 else _whole(remaining, witness.base)
        start = view.relations @ before if witness.base < 0 else sums[witness.base]
        columns = by_cell[:, witness.cells]
        after = start + columns @ (witness.counts - before[witness.cells])
        if witness.base < 0:
            sums[place] = after
        rows = np.unique(columns.indices)
        if np.any(after[rows] < view.row_lowest[rows]) or np.any(
            after[rows] > view.row_highest[rows]
        ):
            raise DisclosureError("a witness of the attack breaks a relation; the proof is void")


def _whole(remaining: Remaining, base: int) -> Ints:
    table = remaining.settled.copy()
    table[remaining.witnesses[base].cells] = remaining.witnesses[base].counts
    return table


def _check_bounds(view: PublishedView, witness: Witness) -> None:
    too_low = witness.counts < view.lowest[witness.cells]
    too_high = witness.counts > view.highest[witness.cells]
    if np.any(too_low | too_high):
        raise DisclosureError(
            "a witness of the attack leaves the published bounds; the proof is void"
        )


def _shows_claims(remaining: Remaining, place: int, cell: int) -> bool:
    if remaining.lowest_witness[place] < 0:
        return bool(remaining.lowest[place] == remaining.highest[place] == remaining.settled[cell])
    low = _count_at(remaining, int(remaining.lowest_witness[place]), cell)
    high = _count_at(remaining, int(remaining.highest_witness[place]), cell)
    claimed = remaining.highest[place]
    shown_high = high >= (remaining.lowest[place] + FAR if np.isinf(claimed) else claimed)
    return bool(low <= remaining.lowest[place] and shown_high)


def _count_at(remaining: Remaining, place: int, cell: int) -> int:
    """Return the count of a cell in a witness, its base or among the settled counts."""
    witness = remaining.witnesses[place]
    at = int(np.searchsorted(witness.cells, cell))
    if at < len(witness.cells) and witness.cells[at] == cell:
        return int(witness.counts[at])
    return (
        _count_at(remaining, witness.base, cell)
        if witness.base >= 0
        else int(remaining.settled[cell])
    )
