"""Parts of small groups: can readers conclude that all of a group are in one of its parts?

That all seven reviews of a year were late tells of each of them, though no count is small. The
difference between whole and part stands beside the figures as a cell of its own, and some table
that agrees with the release has to show that it is not zero. Where shown zeros alone say that a
part is the whole (the other parts are zero), hiding the part would tell readers nothing less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.catalogue import Catalogue
from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.attack_bounds import tighten_bounds
from ssstats.disclosure.earlier import EarlierRelease, Joined, rules_before
from ssstats.disclosure.release_attack import WHOLE, Targets
from ssstats.disclosure.release_attack_base import joined_to
from ssstats.disclosure.release_tables import EXACT, FOLLOWS, HIDDEN, ROUNDED, SECONDARY
from ssstats.disclosure.solver import INFINITY, Programme
from ssstats.disclosure.total_rows import TotalRows
from ssstats.errors import DisclosureError
from ssstats.expressions import parse_expression

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Only what disclosure control may hide can be kept from readers.
_HIDEABLE = (HIDDEN, SECONDARY, FOLLOWS, ROUNDED, EXACT)
_UNKNOWN = ("x", "z")
_SMALL = 1e-6


@dataclass(frozen=True)
class _PartOfWhole:
    """An identity of the guidance that says: this metric counts a part of that one."""

    id: str
    part: str
    whole: str


@dataclass(frozen=True)
class Groups:
    """Cells of parts and of the wholes that they are parts of, shape (k,) each."""

    parts: Ints
    wholes: Ints

    def only(self, chosen: Flags) -> Groups:
        """Return some of them."""
        return Groups(self.parts[chosen], self.wholes[chosen])

    def pairs(self) -> set[tuple[int, int]]:
        """Return them as pairs of part and whole."""
        return set(zip(self.parts.tolist(), self.wholes.tolist(), strict=True))


def small_groups(
    counts: pd.DataFrame,
    view: PublishedView,
    *,
    broken: pd.DataFrame,
    catalogue: Catalogue,
    told_from: int,
) -> Groups:
    """Return the parts that may be all of a group of fewer than `told_from`.

    Parameters
    ----------
    counts : DataFrame
        Published counts, the first cells of the view.
    broken : DataFrame
        Identities that the release says do not hold: there a part may exceed its whole.
    """
    groups = _parts_of_wholes(counts, broken, catalogue)
    rows = (view.relations, view.row_lowest, view.row_highest)
    low, high = tighten_bounds(*rows, view.lowest, view.highest)
    least, most = low[groups.wholes], high[groups.parts]
    return groups.only((least < told_from) & (least <= most) & (most > 0))


def with_differences(joined: Joined, groups: Groups, counts: pd.DataFrame) -> Joined:
    """Return a view with the differences of whole and part as its last cells and targets."""
    first, more = len(joined.view.cell_ids), len(groups.parts)
    targets = joined.targets
    return Joined(
        _with_cells(joined.view, groups, counts),
        Targets(
            np.concatenate([targets.cells, first + np.arange(more)]),
            (*targets.said, *[WHOLE] * more),
            np.concatenate([targets.unit, np.ones(more, dtype=np.int64)]),
        ),
    )


def told_by_zeros(
    joined: Joined, groups: Groups, counts: pd.DataFrame, earlier: Sequence[EarlierRelease]
) -> Flags:
    """Return for each group whether its part is all of it whatever disclosure control hides.

    Shown zeros tell it, or an earlier release that readers have already.
    """
    if not len(groups.parts):
        return np.zeros(0, dtype=bool)
    first = len(joined.view.cell_ids)
    view = with_differences(joined, groups, counts).view
    low, high = _bounds_if_hidden(view, counts, earlier)
    waiting = list(range(first, len(view.cell_ids)))
    while waiting and (possible := _possible_together(view, low, high, waiting)):
        waiting = [cell for cell in waiting if cell not in possible]
    return np.isin(np.arange(first, len(view.cell_ids)), waiting)


def _parts_of_wholes(counts: pd.DataFrame, broken: pd.DataFrame, catalogue: Catalogue) -> Groups:
    """Return parts and their wholes as the identities of the guidance name them."""
    wales = set(catalogue.areas.loc[catalogue.areas["level"] == "wales", "area"])
    known = ~counts["marker"].isin(_UNKNOWN).to_numpy()
    columns = (broken[column] for column in ("edition", "rule", "period", "area"))
    fails = set(zip(*columns, strict=True))
    is_group = (counts["kind"] == "count").to_numpy()
    can_hide = is_group & counts["rule"].isin(_HIDEABLE).to_numpy()
    found = [np.empty((0, 2), dtype=np.int64)]
    own = counts[(counts["breakdown"] == "") & ~counts["area"].isin(wales)]
    for edition, totals in own.groupby("edition", sort=True):
        rows = TotalRows.of(totals, known)
        for identity in _identities(catalogue, str(edition)):
            if not {identity.part, identity.whole} <= rows.references.keys():
                continue
            own = [rows.references[name] for name in (identity.part, identity.whole)]
            pairs = rows.now[own].T
            failing = {
                tuple(at) for its, rule, *at in fails if (its, rule) == (edition, identity.id)
            }
            holds = np.array([place not in failing for place in rows.places])
            usable = (pairs >= 0).all(axis=1) & can_hide[pairs[:, 0]] & is_group[pairs[:, 1]]
            found.append(pairs[usable & holds])
    both = np.unique(np.concatenate(found), axis=0)
    return Groups(both[:, 0], both[:, 1])


def _identities(catalogue: Catalogue, edition: str) -> list[_PartOfWhole]:
    identities = catalogue.identities
    own = identities[
        (identities["edition"] == edition)
        & (identities["operator"] == "<=")
        & (identities["scope"] == "same-year")
        & (identities["severity"] != "info")
    ]
    sides = [
        _PartOfWhole(str(row.id), *(str(parse_expression(side)) for side in (row.left, row.right)))
        for row in own.itertuples()
    ]
    metrics = set(catalogue.metrics["reference"])
    return [pair for pair in sides if pair.part in metrics]


def _with_cells(view: PublishedView, groups: Groups, counts: pd.DataFrame) -> PublishedView:
    """Append a cell for each whole less its part, and the relation that makes it so."""
    parts, wholes = groups.parts, groups.wholes
    n, more = len(view.cell_ids), len(parts)
    at = np.tile(np.arange(more), 3)
    cells = np.concatenate([wholes, parts, n + np.arange(more)])
    weights = np.repeat([1, -1, -1], more)
    wider = sp.csr_matrix(
        (view.relations.data, view.relations.indices, view.relations.indptr),
        (view.relations.shape[0], n + more),
    )
    rows = sp.csr_matrix((weights, (at, cells)), shape=(more, n + more))
    references = counts["reference"].to_numpy()
    names = [
        f"{view.cell_ids[part].strip()} (all of {references[whole]})"
        for part, whole in zip(parts.tolist(), wholes.tolist(), strict=True)
    ]
    return PublishedView(
        (*view.cell_ids, *names),
        np.concatenate([view.lowest, np.zeros(more)]),
        np.concatenate([view.highest, np.full(more, np.inf)]),
        sp.csr_matrix(sp.vstack([wider, rows])),
        np.concatenate([view.row_lowest, np.zeros(more)]),
        np.concatenate([view.row_highest, np.zeros(more)]),
    )


def _bounds_if_hidden(
    view: PublishedView, counts: pd.DataFrame, earlier: Sequence[EarlierRelease]
) -> tuple[Floats, Floats]:
    """Return what readers would know if all that can be hidden were."""
    low, high = view.lowest.copy(), view.highest.copy()
    before = rules_before(counts, earlier)
    shown_before = (before != "") & ~np.isin(before, [HIDDEN, SECONDARY, FOLLOWS])
    could_hide = np.flatnonzero(counts["rule"].isin(_HIDEABLE).to_numpy() & ~shown_before)
    is_magnitude = counts["kind"].isin(["days", "ages"]).to_numpy()[could_hide]
    low[could_hide], high[could_hide] = np.where(is_magnitude, 0.0, 1.0), np.inf
    return low, high


def _possible_together(
    view: PublishedView, low: Floats, high: Floats, cells: list[int]
) -> set[int]:
    """Return differences that need not be zero, found together by one linear programme.

    Columns: the cells, and for each difference as much of it as counts, at most one.
    """
    near, rows = joined_to(view.relations, low < high, np.array(cells))
    moving = view.relations[rows]
    fixed = np.where(low < high, 0.0, low)
    own = sp.csr_matrix(
        (np.ones(len(cells)), (np.arange(len(cells)), np.searchsorted(near, cells))),
        (len(cells), len(near)),
    )
    sums = moving @ fixed
    answer = Programme(
        sp.bmat([[moving[:, near], None], [own, -sp.identity(len(cells))]]).tocsc(),
        cost=np.concatenate([np.zeros(len(near)), np.ones(len(cells))]),
        lower=np.concatenate([low[near], np.zeros(len(cells))]),
        upper=np.concatenate([np.minimum(high[near], INFINITY), np.ones(len(cells))]),
        row_lower=np.concatenate([view.row_lowest[rows] - sums, np.zeros(len(cells))]),
        row_upper=np.concatenate([view.row_highest[rows] - sums, np.full(len(cells), INFINITY)]),
    ).solve(maximise=True)
    if not answer.is_optimal:
        raise DisclosureError(
            "what is published contradicts itself near a part of a small group; nothing may be "
            "published before totals and parts agree"
        )
    counted = answer.columns[len(near) :]
    return {cell for cell, much in zip(cells, counted.tolist(), strict=True) if much > _SMALL}
