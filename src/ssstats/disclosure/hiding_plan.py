"""What may be hidden beside small counts, at what price, and the release once it is hidden.

The costs of the policy say which of two safe releases serves readers better: a hidden count that is
no longer said to be small costs next to nothing, a sum that only serves a measure little, the count
of an authority more, and a figure of Wales so much that it is hidden only where nothing else helps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ssstats.catalogue import Catalogue
from ssstats.disclosure.attack import PublishedView
from ssstats.disclosure.earlier import (
    REVISED,
    EarlierRelease,
    Joined,
    join_earlier,
    rules_before,
    unlike_before,
)
from ssstats.disclosure.hideable import Hideable
from ssstats.disclosure.hiding import hide_further
from ssstats.disclosure.policy import Policy
from ssstats.disclosure.published import PublishedCells, published_cells
from ssstats.disclosure.release_attack import Requirement, Search, relevant_part
from ssstats.disclosure.release_attack_base import agreeing_table
from ssstats.disclosure.release_attack_shown import ShownTables
from ssstats.disclosure.release_attack_targets import units_of
from ssstats.disclosure.release_attack_witnesses import Family, check_families
from ssstats.disclosure.release_tables import (
    AS_PUBLISHED,
    FOLLOWS,
    HIDDEN,
    NO_VALUE,
    SECONDARY,
)
from ssstats.disclosure.whole_groups import (
    Groups,
    small_groups,
    told_by_zeros,
    with_differences,
)
from ssstats.errors import DisclosureError, listed
from ssstats.matched import PREFIX

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_KEY = ["edition", "period", "area", "reference", "breakdown"]

# A hidden whole-time equivalent is at least this.
_LEAST_DECIMAL = 0.1


def hide_what_follows(
    quantities: pd.DataFrame,
    counts: pd.DataFrame,
    broken: pd.DataFrame,
    policy: Policy,
    catalogue: Catalogue,
    earlier: Sequence[EarlierRelease] = (),
) -> pd.DataFrame:
    """Return published counts in which no hidden figure follows from the others.

    What an earlier release hid stays hidden, and what it showed is no use to hide.

    Parameters
    ----------
    quantities, counts : DataFrame
        Unprotected quantities, and the same rows after small counts were hidden.
    broken : DataFrame
        Identities that the quantities break (see `published.broken_identities`).

    Raises
    ------
    DisclosureError
        If a figure cannot be protected; figures are named, never their counts.
    """
    order = quantities.reset_index(drop=True).sort_values(_KEY).index
    ordered = quantities.reset_index(drop=True).loc[order].reset_index(drop=True)
    hidden = counts.loc[order].reset_index(drop=True)
    before = rules_before(hidden, earlier)
    # What was said to be small before may be said again; of the others no more is told now.
    is_there = (hidden["value"].notna() | (hidden["rule"] == HIDDEN)).to_numpy()
    still = np.isin(before, [SECONDARY, FOLLOWS]) & is_there
    hidden = _with_hidden(hidden, ordered, np.flatnonzero(still), policy.marker)
    cells = published_cells(hidden, catalogue, broken=broken)
    hidden = _with_revisions(ordered, hidden, cells, catalogue, earlier)
    plan = _Plan(ordered, cells, broken, policy, catalogue, earlier, before != "")
    shown = plan.read(hidden)
    groups = plan.whole_groups(shown)
    shown = plan.hide(shown, plan.untold(shown, groups))
    # Where a whole was hidden, readers no longer know that the group is a large one.
    while (further := plan.whole_groups(shown)).pairs() - groups.pairs():
        groups = further
        shown = plan.hide(shown, plan.untold(shown, groups))
    return shown.counts.set_index(order).sort_index().reset_index(drop=True)


@dataclass(frozen=True)
class _Shown:
    """Published counts, and what readers know of them."""

    counts: pd.DataFrame
    joined: Joined


@dataclass(frozen=True)
class _Plan:
    """What decides which figures give way; quantities in the order of the counts.

    `told_before`, shape (n,), are the figures of which an earlier release told something: that
    one is small, for example. Nobody forgets it because less is told now.
    """

    quantities: pd.DataFrame
    cells: PublishedCells
    broken: pd.DataFrame
    policy: Policy
    catalogue: Catalogue
    earlier: Sequence[EarlierRelease]
    told_before: NDArray[np.bool_]

    def read(self, counts: pd.DataFrame) -> _Shown:
        """Return these counts with what readers know of them."""
        return _Shown(counts, _joined(counts, self.cells, self.catalogue, self.earlier))

    def whole_groups(self, shown: _Shown) -> Groups:
        """Return the parts that are all of a small group, as far as readers know."""
        groups = small_groups(
            shown.counts,
            shown.joined.view,
            broken=self.broken,
            catalogue=self.catalogue,
            told_from=self.policy.whole_told_from,
        )
        # Where a part is not all, the true table proves that it need not be.
        table = self._start(shown)
        return groups.only(table[groups.parts] == table[groups.wholes])

    def untold(self, shown: _Shown, groups: Groups) -> Groups:
        """Return the groups of which hiding figures can keep it from readers."""
        return groups.only(~told_by_zeros(shown.joined, groups, shown.counts, self.earlier))

    def hide(self, shown: _Shown, groups: Groups) -> _Shown:
        """Return the counts in which no hidden figure follows from the others."""
        counts, table = shown.counts, self._start(shown)
        table = np.concatenate([table, table[groups.wholes] - table[groups.parts]])
        joined = with_differences(shown.joined, groups, counts)
        if not len(joined.targets.cells):
            return shown
        hideable = _hideable(self.quantities, counts, self.catalogue, self.policy)
        hideable.price[self.told_before] = np.inf
        first = len(table) - len(groups.parts)
        years = dict(enumerate(hideable.year[groups.parts].tolist(), start=first))
        requirement = Requirement(self.policy.threshold, self.policy.fewest_possible)
        found = hide_further(
            joined.view, joined.targets, requirement, hideable.widened(joined.view, years), table
        )
        further = self.read(_with_hidden(counts, self.quantities, found.cells, self.policy.marker))
        proved = with_differences(further.joined, groups, further.counts)
        _check_proved(proved, requirement, found.families)
        return further

    def _start(self, shown: _Shown) -> Ints:
        is_alone = not self.earlier
        return _start(self.quantities, shown.counts, shown.joined.view, is_alone=is_alone)


def _with_revisions(
    quantities: pd.DataFrame,
    counts: pd.DataFrame,
    cells: PublishedCells,
    catalogue: Catalogue,
    earlier: Sequence[EarlierRelease],
) -> pd.DataFrame:
    """Mark figures that look as before and cannot all be: some of them were revised unseen."""
    table = _true_table(quantities, counts)
    while earlier:
        view = _joined(counts, cells, catalogue, earlier).view
        changed = unlike_before(view, table)
        if not len(changed):
            break
        flags = counts["flags"].copy()
        flags.iloc[changed] += REVISED
        counts = counts.assign(flags=flags)
    return counts


def _true_table(quantities: pd.DataFrame, counts: pd.DataFrame) -> Ints:
    values = quantities["value"].to_numpy(dtype=float, na_value=0.0)
    return np.rint(values * units_of(counts)).astype(np.int64)


def _joined(
    counts: pd.DataFrame,
    cells: PublishedCells,
    catalogue: Catalogue,
    earlier: Sequence[EarlierRelease],
) -> Joined:
    view = cells.view(counts["lowest"], counts["highest"])
    return join_earlier(counts, view, earlier, catalogue)


def _start(
    quantities: pd.DataFrame, counts: pd.DataFrame, view: PublishedView, *, is_alone: bool
) -> Ints:
    """Return the true table, or the nearest to it that also agrees with earlier releases."""
    table = _true_table(quantities, counts)
    if is_alone:
        return table
    wish = np.concatenate([table, view.lowest[len(table) :].astype(np.int64)])
    return agreeing_table(view, np.arange(len(wish)), wish)


def _check_proved(joined: Joined, requirement: Requirement, families: list[Family]) -> None:
    """Check by addition that the tables found fit what is published now, and are enough."""
    view, targets = joined.view, joined.targets
    part = relevant_part(view, targets.cells)
    search = Search(part, requirement, families[0].table)
    search.tables = ShownTables(families)
    search.add_targets(targets)
    check_families(part, families)
    if unproved := [cell for cell in search.said if not search.is_safe(cell)]:
        raise DisclosureError(
            f"{listed(view.cell_ids[cell] for cell in unproved)}: not proved to be protected; "
            "nothing is published"
        )


def _hideable(
    quantities: pd.DataFrame, counts: pd.DataFrame, catalogue: Catalogue, policy: Policy
) -> Hideable:
    units = units_of(counts)
    magnitude = (quantities["follows"] != "").to_numpy()
    return Hideable(
        price=_prices(quantities, counts, catalogue, policy),
        lowest=np.where(magnitude, 0.0, 1.0),
        highest=np.full(len(counts), np.inf),
        unit=units,
        year=np.unique(counts["period"].to_numpy(dtype=str), return_inverse=True)[1],
        followers=_followers(quantities),
    )


def _prices(
    quantities: pd.DataFrame, counts: pd.DataFrame, catalogue: Catalogue, policy: Policy
) -> Floats:
    metrics, costs = set(catalogue.metrics["reference"]), policy.costs
    wales = set(catalogue.areas.loc[catalogue.areas["level"] == "wales", "area"])
    value = counts["value"].to_numpy(dtype=float, na_value=0.0)
    in_wales = counts["area"].isin(wales).to_numpy()
    is_sum = ~counts["reference"].isin(metrics).to_numpy()
    is_matched = counts["breakdown"].str.startswith(PREFIX).to_numpy()
    magnitude = (quantities["follows"] != "").to_numpy()
    price = np.select(
        [magnitude, is_matched, in_wales & is_sum, in_wales, is_sum],
        [costs.magnitude, costs.sum, costs.wales_sum, costs.wales, costs.sum],
        default=costs.count + np.minimum(value, costs.most_for_size),
    )
    rule = counts["rule"]
    price[(rule == HIDDEN).to_numpy()] = costs.words
    fixed = (quantities["protected"] != "yes") | rule.isin(
        [NO_VALUE, AS_PUBLISHED, FOLLOWS, SECONDARY]
    )
    # Zeros are shown always: a hidden figure is at least one.
    small = counts["value"].lt(policy.threshold).fillna(False) & (rule != HIDDEN)
    price[(fixed | (small & ~magnitude)).to_numpy(dtype=bool)] = np.inf
    return price


def _followers(quantities: pd.DataFrame) -> dict[int, list[int]]:
    """Return the positions of the magnitudes that follow a count, by its position."""
    key = ["edition", "period", "area", "breakdown"]
    places = quantities[[*key, "reference", "follows"]].assign(place=np.arange(len(quantities)))
    followers = places[places["follows"] != ""].drop(columns="reference")
    counts = places[[*key, "reference", "place"]].rename(
        columns={"reference": "follows", "place": "count_place"}
    )
    pairs = followers.merge(counts, on=[*key, "follows"])
    grouped = pairs.sort_values("place").groupby("count_place")["place"]
    return {int(count): list(map(int, places)) for count, places in grouped}  # type: ignore[call-overload]


def _with_hidden(
    counts: pd.DataFrame, quantities: pd.DataFrame, cells: NDArray[np.int64], marker: str
) -> pd.DataFrame:
    """Return the counts with these figures hidden and nothing left of them."""
    out = counts.copy()
    magnitude = (quantities["follows"] != "").to_numpy()[cells]
    tenths = (units_of(counts) > 1)[cells]
    out.loc[cells, "value"] = pd.NA
    out.loc[cells, "marker"] = marker
    out.loc[cells, "rule"] = np.where(magnitude, FOLLOWS, SECONDARY)
    lowest = pd.array(np.where(tenths, _LEAST_DECIMAL, 1.0), dtype="Float64")
    lowest[magnitude] = pd.NA
    out.loc[cells, "lowest"] = lowest
    out.loc[cells, "highest"] = pd.NA
    return out
