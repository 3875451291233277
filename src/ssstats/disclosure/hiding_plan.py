"""What may be hidden beside small counts, at what price, and the release once it is hidden.

Prices say which of two safe releases serves readers better: a hidden count that is no longer said
to be small costs next to nothing, a sum that only serves a measure little, the count of an
authority more, and a figure of Wales so much that it is hidden only where nothing else helps.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ssstats.catalogue import Catalogue
from ssstats.disclosure.hiding import Hideable, hide_further
from ssstats.disclosure.policy import Policy
from ssstats.disclosure.published import published_view
from ssstats.disclosure.release_attack import Requirement, Search, relevant_part
from ssstats.disclosure.release_attack_shown import ShownTables
from ssstats.disclosure.release_attack_targets import targets_of, units_of
from ssstats.disclosure.release_attack_witnesses import Family, check_family
from ssstats.disclosure.release_tables import (
    AS_PUBLISHED,
    FOLLOWS,
    HIDDEN,
    NO_VALUE,
    SECONDARY,
)
from ssstats.errors import DisclosureError, listed
from ssstats.matched import PREFIX

Floats = NDArray[np.float64]

_KEY = ["edition", "period", "area", "reference", "breakdown"]

_PRICE_OF_WORDS = 1.0
_PRICE_OF_SUM = 20.0
_PRICE_OF_MAGNITUDE = 60.0
_PRICE_OF_COUNT = 100.0
_MOST_FOR_SIZE = 2_000.0
_PRICE_OF_WALES_SUM = 5_000.0
_PRICE_OF_WALES = 100_000.0
# A hidden whole-time equivalent is at least this.
_LEAST_DECIMAL = 0.1


def hide_what_follows(
    quantities: pd.DataFrame,
    counts: pd.DataFrame,
    broken: pd.DataFrame,
    policy: Policy,
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Return published counts in which no hidden figure follows from the others.

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
    targets = targets_of(hidden)
    if not len(targets.cells):
        return counts
    units = units_of(hidden)
    values = ordered["value"].to_numpy(dtype=float, na_value=0.0)
    found = hide_further(
        published_view(hidden, catalogue, broken=broken),
        targets,
        Requirement(policy.threshold, policy.fewest_possible),
        _hideable(ordered, hidden, catalogue, policy),
        np.rint(values * units).astype(np.int64),
    )
    shown = _with_hidden(hidden, ordered, found.cells, policy.marker)
    _check_proved(shown, broken, policy, catalogue, found.families)
    return shown.set_index(order).sort_index().reset_index(drop=True)


def _check_proved(
    counts: pd.DataFrame,
    broken: pd.DataFrame,
    policy: Policy,
    catalogue: Catalogue,
    families: list[Family],
) -> None:
    """Check by addition that the tables found fit what is published now, and are enough."""
    view = published_view(counts, catalogue, broken=broken)
    targets = targets_of(counts)
    part = relevant_part(view, targets.cells)
    search = Search(part, Requirement(policy.threshold, policy.fewest_possible), families[0].table)
    search.tables = ShownTables(families)
    search.add_targets(targets)
    for family in families:
        check_family(part, family)
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
        followers=_followers(quantities),
    )


def _prices(
    quantities: pd.DataFrame, counts: pd.DataFrame, catalogue: Catalogue, policy: Policy
) -> Floats:
    metrics = set(catalogue.metrics["reference"])
    wales = set(catalogue.areas.loc[catalogue.areas["level"] == "wales", "area"])
    value = counts["value"].to_numpy(dtype=float, na_value=0.0)
    in_wales = counts["area"].isin(wales).to_numpy()
    is_sum = ~counts["reference"].isin(metrics).to_numpy()
    is_matched = counts["breakdown"].str.startswith(PREFIX).to_numpy()
    magnitude = (quantities["follows"] != "").to_numpy()
    price = np.select(
        [magnitude, is_matched, in_wales & is_sum, in_wales, is_sum],
        [_PRICE_OF_MAGNITUDE, _PRICE_OF_SUM, _PRICE_OF_WALES_SUM, _PRICE_OF_WALES, _PRICE_OF_SUM],
        default=_PRICE_OF_COUNT + np.minimum(value, _MOST_FOR_SIZE),
    )
    rule = counts["rule"]
    price[(rule == HIDDEN).to_numpy()] = _PRICE_OF_WORDS
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
