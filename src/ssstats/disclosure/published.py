"""Everything that a release publishes as one model: cells, what is known of them, relations.

Built from release tables alone. A cell is a quantity (edition, period, area, reference,
breakdown), so a number that stands in many tables, charts and sentences is one cell here; linking
tables is identity of a quantity, never a list of pairs. Relations are what an intruder knows
besides: totals over authorities and categories, sums that serve measures, and the identities of
the guidance, within a year and across years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.catalogue import Catalogue
from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.published_relations import BROKEN_COLUMNS, SIDES, Rows, relations_of
from ssstats.errors import DisclosureError, listed

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_UNKNOWN = ("x", "z")
# Whole-time equivalents have one decimal: in tenths they are whole numbers like the others.
TENTHS = 10
# Sums of them differ from their total by their own rounding: nobody relies on more than this.
_WTE_TOLERANCE = 6


@dataclass(frozen=True)
class PublishedCells:
    """The cells of a release and the relations between them, whatever is hidden of them.

    `scale`, shape (n,), is how many steps make a whole one of each.
    """

    cell_ids: tuple[str, ...]
    known: Flags
    scale: Ints
    relations: sp.csr_matrix
    row_lowest: Floats
    row_highest: Floats

    def view(self, lowest: pd.Series, highest: pd.Series) -> PublishedView:
        """Return what readers know who are told between which counts each figure lies."""
        # Ten times 12.3 is not quite 123 in floating point.
        low = np.rint(lowest.to_numpy(dtype=float, na_value=0.0) * self.scale)
        high = np.rint(highest.to_numpy(dtype=float, na_value=np.inf) * self.scale)
        low[~self.known], high[~self.known] = 0.0, 0.0
        rows = (self.relations, self.row_lowest, self.row_highest)
        return PublishedView(self.cell_ids, low, high, *rows)


def published_view(
    counts: pd.DataFrame, catalogue: Catalogue, *, broken: pd.DataFrame | None = None
) -> PublishedView:
    """Return what readers of the release know of every published quantity.

    Parameters
    ----------
    counts : DataFrame
        Published counts with the columns of `COUNT_COLUMNS`; cells of the view stand in the same
        order.
    broken : DataFrame, optional
        Identities that the release says do not hold, with the columns of `BROKEN_COLUMNS`. An
        intruder counts on their failing.
    """
    cells = published_cells(counts, catalogue, broken=broken)
    return cells.view(counts["lowest"], counts["highest"])


def published_cells(
    counts: pd.DataFrame, catalogue: Catalogue, *, broken: pd.DataFrame | None = None
) -> PublishedCells:
    """Return the cells of published counts: the same for all counts of the same figures.

    Parameters as those of `published_view`.
    """
    counts = counts.reset_index(drop=True)
    known = ~counts["marker"].isin(_UNKNOWN).to_numpy()
    return _cells(counts, known, relations_of(counts, known, catalogue, broken))


def broken_identities(quantities: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return the identities that quantities break, with the columns of `BROKEN_COLUMNS`.

    Only that an identity fails and to which side is told, never by how much.

    Raises
    ------
    DisclosureError
        If a sum that this product computed itself does not hold.
    """
    quantities = quantities.reset_index(drop=True)
    # What came protected was rounded at its source: sums of it need not hold.
    given = quantities["value"].notna() & (quantities["protection"] == "")
    known = ~quantities["marker"].isin(_UNKNOWN).to_numpy() & given.to_numpy()
    rows = relations_of(quantities, known, catalogue, None)
    view = _cells(quantities, known, rows).view(quantities["value"], quantities["value"])
    sums = view.relations @ np.rint(view.lowest).astype(np.int64)
    more = np.flatnonzero(sums > view.row_highest)
    less = np.flatnonzero(sums < view.row_lowest)
    starts = np.cumsum(rows.sizes) - rows.sizes
    wrong = [
        view.cell_ids[rows.cells[starts[row]]] for row in [*more, *less] if not rows.identities[row]
    ]
    if wrong:
        raise DisclosureError(
            f"{listed(wrong)}: the sum does not hold before anything is protected; "
            "sums and their parts must come from the same returns"
        )
    found = [
        (*rows.identities[row], side)
        for side, places in (("more", more), ("less", less))
        for row in places
    ]
    return pd.DataFrame(sorted(found), columns=list(BROKEN_COLUMNS), dtype="str")


def _cells(counts: pd.DataFrame, known: Flags, rows: Rows) -> PublishedCells:
    tenths = (counts["kind"] == "wte").to_numpy()
    at = np.repeat(np.arange(len(rows.sizes)), rows.sizes)
    # Where tenths meet whole numbers, the whole numbers count ten times.
    with_tenths = np.zeros(len(rows.sizes), dtype=bool)
    with_tenths[at[tenths[rows.cells]]] = True
    scaled = with_tenths[at] & ~tenths[rows.cells]
    weights = np.where(scaled, rows.weights * TENTHS, rows.weights)
    row_lowest, row_highest = _ends(rows, with_tenths)
    names = zip(
        *(
            counts[name].tolist()
            for name in ("edition", "period", "area", "reference", "breakdown")
        ),
        strict=True,
    )
    return PublishedCells(
        cell_ids=tuple(map(" ".join, names)),
        known=known,
        scale=np.where(tenths, TENTHS, 1),
        relations=sp.csr_matrix((weights, (at, rows.cells)), shape=(len(rows.sizes), len(counts))),
        row_lowest=row_lowest,
        row_highest=row_highest,
    )


def _ends(rows: Rows, with_tenths: Flags) -> tuple[Floats, Floats]:
    """Return the bounds of each row's sum; beyond them where the release says that it fails."""
    factor = np.where(with_tenths, float(TENTHS), 1.0)
    stated = np.array([bool(identity) for identity in rows.identities], dtype=bool)
    tolerance = np.where(with_tenths & stated, float(_WTE_TOLERANCE), 0.0)
    lowest = rows.lowest * factor - tolerance
    highest = rows.highest * factor + tolerance
    more, less = (np.array([side == name for side in rows.sides], dtype=bool) for name in SIDES)
    return (
        np.select([more, less], [highest + 1, -np.inf], lowest),
        np.select([more, less], [np.inf, lowest - 1], highest),
    )
