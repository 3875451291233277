"""What earlier releases told, joined to a new one: an intruder keeps every copy.

A quantity that was published before and is not marked as revised is the same quantity: what both
releases say of it holds together. A revised one is a new quantity beside the old one, which keeps
its own relations. Nothing here knows a return.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.catalogue import Catalogue
from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.published import published_view
from ssstats.disclosure.release_attack import SMALL, Targets
from ssstats.disclosure.release_attack_targets import targets_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Key = tuple[str, ...]

KEY = ["edition", "period", "area", "reference", "breakdown"]
REVISED = "r"
_UNKNOWN = ("x", "z")


@dataclass(frozen=True)
class EarlierRelease:
    """Figures of an earlier release with the columns of `COUNT_COLUMNS`, and what fails in it."""

    counts: pd.DataFrame
    broken: pd.DataFrame


@dataclass(frozen=True)
class Joined:
    """A view of several releases: the cells of the new one come first.

    `targets` are those of the new release and those that an earlier one protects.
    """

    view: PublishedView
    targets: Targets


def join_earlier(
    counts: pd.DataFrame,
    view: PublishedView,
    earlier: Sequence[EarlierRelease],
    catalogue: Catalogue,
) -> Joined:
    """Return what readers of all releases know of every published quantity.

    Parameters
    ----------
    counts, view : the new release's published counts, and what readers know of them alone.
    earlier : releases in the order of publication, the oldest first.
    """
    joined = Joined(view, targets_of(counts))
    if not earlier:
        return joined
    place = _places(counts, np.arange(len(counts)))
    for release in reversed(earlier):
        # A figure that is revised now was another quantity in every release before.
        for key in _revised(counts):
            place.pop(key, None)
        own = published_view(release.counts, catalogue, broken=release.broken)
        at = _cells(release.counts, place, len(joined.view.cell_ids))
        joined = Joined(
            _join_views(joined.view, own, at), _join_targets(joined.targets, release.counts, at)
        )
        counts = release.counts
        place |= _places(counts, at)
    return joined


def mark_revised(quantities: pd.DataFrame, earlier: Sequence[EarlierRelease]) -> pd.DataFrame:
    """Return unprotected quantities with the flag r where an earlier release said otherwise.

    A figure that stays within what was published is not told apart from the one published then.
    """
    if not earlier:
        return quantities
    told: dict[Key, tuple[float, float]] = {}
    for release in earlier:
        known = release.counts[_is_known(release.counts)]
        low = known["lowest"].to_numpy(dtype=float, na_value=-np.inf)
        high = known["highest"].to_numpy(dtype=float, na_value=np.inf)
        bounds = zip(low.tolist(), high.tolist(), strict=True)
        told.update(zip(_keys(known), bounds, strict=True))
    value = quantities["value"].to_numpy(dtype=float, na_value=np.nan)
    otherwise = [
        key in told and not told[key][0] <= own <= told[key][1]
        for key, own in zip(_keys(quantities), value.tolist(), strict=True)
    ]
    flags = quantities["flags"].where(
        ~np.array(otherwise, dtype=bool) | quantities["flags"].str.contains(REVISED),
        quantities["flags"] + REVISED,
    )
    return quantities.assign(flags=flags)


def unlike_before(view: PublishedView, table: Ints) -> Ints:
    """Return the cells of the new release that stand in a relation of an earlier one no longer met.

    `table` holds the true counts of the new release, the first cells of the view. Shown figures
    are not among them: what they show is as before.
    """
    n = len(table)
    low = np.concatenate([table, view.lowest[n:]]).astype(float)
    high = np.concatenate([table, view.highest[n:]]).astype(float)
    entries = view.relations.tocoo()
    at_low, at_high = entries.data * low[entries.col], entries.data * high[entries.col]
    rows = view.relations.shape[0]
    least = np.bincount(entries.row, np.minimum(at_low, at_high), rows)
    most = np.bincount(entries.row, np.maximum(at_low, at_high), rows)
    broken = (least > view.row_highest) | (most < view.row_lowest)
    cells = np.unique(view.relations[np.flatnonzero(broken)].indices)
    return cells[(cells < n) & (view.lowest[cells] < view.highest[cells])]


def rules_before(counts: pd.DataFrame, earlier: Sequence[EarlierRelease]) -> NDArray[np.object_]:
    """Return what the last earlier release did to each figure; blank where new or revised."""
    if not earlier:
        return np.full(len(counts), "", dtype=object)
    rules: dict[Key, str] = {}
    for release in earlier:
        own = release.counts[_is_known(release.counts)]
        rules.update(zip(_keys(own), own["rule"], strict=True))
    for key in _revised(counts):
        rules.pop(key, None)
    return np.array([rules.get(key, "") for key in _keys(counts)], dtype=object)


def _keys(counts: pd.DataFrame) -> Iterator[Key]:
    return zip(*(counts[column].tolist() for column in KEY), strict=True)


def _revised(counts: pd.DataFrame) -> list[Key]:
    return list(_keys(counts[counts["flags"].str.contains(REVISED)]))


def _is_known(counts: pd.DataFrame) -> NDArray[np.bool_]:
    return ~counts["marker"].isin(_UNKNOWN).to_numpy()


def _places(counts: pd.DataFrame, at: Ints) -> dict[Key, int]:
    known = _is_known(counts)
    return dict(zip(_keys(counts[known]), at[known].tolist(), strict=True))


def _cells(counts: pd.DataFrame, place: Mapping[Key, int], first: int) -> Ints:
    """Return for each earlier figure its cell of the joined view; other cells from `first` on."""
    known = _is_known(counts)
    at = np.array([place.get(key, -1) for key in _keys(counts)], dtype=np.int64)
    other = (at < 0) | ~known
    at[other] = first + np.arange(other.sum())
    return at


def _join_targets(targets: Targets, counts: pd.DataFrame, at: Ints) -> Targets:
    """Add the small counts that an earlier release hid; what it said of them is known for good."""
    own = targets_of(counts)
    said = dict(zip(targets.cells.tolist(), targets.said, strict=True))
    unit = dict(zip(targets.cells.tolist(), targets.unit.tolist(), strict=True))
    for cell, told, its_unit in zip(at[own.cells].tolist(), own.said, own.unit, strict=True):
        if told == SMALL:
            said[cell], unit[cell] = told, int(its_unit)
    return Targets(
        np.array(list(said), dtype=np.int64),
        tuple(said.values()),
        np.array([unit[cell] for cell in said], dtype=np.int64),
    )


def _join_views(before: PublishedView, own: PublishedView, at: Ints) -> PublishedView:
    n = len(before.cell_ids)
    total = max(n, int(at.max(initial=-1)) + 1)
    lowest = np.concatenate([before.lowest, np.full(total - n, -np.inf)])
    highest = np.concatenate([before.highest, np.full(total - n, np.inf)])
    np.maximum.at(lowest, at, own.lowest)
    np.minimum.at(highest, at, own.highest)
    names = dict(enumerate(before.cell_ids))
    for cell, name in zip(at.tolist(), own.cell_ids, strict=True):
        names.setdefault(cell, f"{name.strip()} (earlier release)")
    # The same relations between the same cells need not stand twice.
    moved = sp.csr_matrix((np.ones(len(at), np.int64), (np.arange(len(at)), at)), (len(at), total))
    rows = sp.csr_matrix(own.relations @ moved)
    known = sp.csr_matrix(
        (before.relations.data, before.relations.indices, before.relations.indptr),
        (before.relations.shape[0], total),
    )
    seen = set(_signatures(known, before.row_lowest, before.row_highest))
    signatures = _signatures(rows, own.row_lowest, own.row_highest)
    new = np.array([row for row, sign in enumerate(signatures) if sign not in seen], dtype=np.int64)
    return PublishedView(
        tuple(names[cell] for cell in range(total)),
        lowest,
        highest,
        sp.csr_matrix(sp.vstack([known, rows[new]])),
        np.concatenate([before.row_lowest, own.row_lowest[new]]),
        np.concatenate([before.row_highest, own.row_highest[new]]),
    )


def _signatures(
    rows: sp.csr_matrix, lowest: Floats, highest: Floats
) -> Iterator[tuple[bytes, ...]]:
    rows = rows.sorted_indices()
    indices, data = rows.indices.astype(np.int64), rows.data.astype(np.int64)
    for row, (start, stop) in enumerate(itertools.pairwise(rows.indptr.tolist())):
        ends = np.array([lowest[row], highest[row]]).tobytes()
        yield indices[start:stop].tobytes(), data[start:stop].tobytes(), ends
