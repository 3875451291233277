"""The gate: the only maker of release tables.

Unprotected quantities go in with a policy; published values, markers and the bounds that they
imply come out. Nothing else in the product sees both sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.disclosure.earlier import EarlierRelease, mark_revised
from ssstats.disclosure.hiding_plan import hide_what_follows
from ssstats.disclosure.policy import Policy
from ssstats.disclosure.published import broken_identities
from ssstats.disclosure.release_tables import (
    AS_PUBLISHED,
    COUNT_COLUMNS,
    EXACT,
    FOLLOWS,
    HIDDEN,
    NO_VALUE,
    NOT_PROTECTED,
    ROUNDED,
    ZERO,
    ReleaseTables,
    no_local_counts,
)
from ssstats.errors import DisclosureError, listed

LOW = "low"
# Whole-time equivalents are returned to one decimal.
_LEAST_DECIMAL = 0.1

# StatsWales shows no zero: its mark hides 0 to 4 alike (16 years of tables of children looked
# after hold 1,125 marks and not one zero). Its rounding moves a count by 2 at most.
_STATSWALES_HIDDEN = (0, 4)
_STATSWALES_SPREAD = 2


def protect_quantities(quantities: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Return each quantity hidden or rounded for its own sake, with the columns `COUNT_COLUMNS`.

    What has to be hidden for the sake of others is the work of `hide_what_follows`.

    Parameters
    ----------
    quantities : DataFrame
        Unprotected quantities with the columns of `ssstats.measures.QUANTITY_COLUMNS`.
    policy : Policy
        What is hidden and what is rounded.

    Raises
    ------
    DisclosureError
        If a quantity says neither yes nor no about its protection, or has neither value nor marker.
    """
    _check_decided(quantities)
    value = quantities["value"].to_numpy(dtype="float64", na_value=np.nan)
    rule = _rules(quantities, value, policy)
    shown = np.select(
        [np.isin(rule, [HIDDEN, FOLLOWS, NO_VALUE]), rule == ROUNDED],
        [np.nan, _rounded(value, policy.base)],
        default=value,
    )
    marker = quantities["marker"].to_numpy(dtype=object).copy()
    marker[np.isin(rule, [HIDDEN, FOLLOWS])] = policy.marker
    lowest, highest = _bounds(quantities, rule, shown, marker, policy)
    # A magnitude that rounds to zero is not a zero.
    low = (rule == ROUNDED) & (shown == 0)
    marker[low], shown[low], lowest[low] = LOW, np.nan, _LEAST_DECIMAL
    published = quantities.assign(
        value=pd.array(shown, dtype="Float64"),
        marker=marker.astype(str),
        rule=rule,
        lowest=pd.array(lowest, dtype="Float64"),
        highest=pd.array(highest, dtype="Float64"),
    )
    return published[list(COUNT_COLUMNS)].reset_index(drop=True)


def pass_gate(
    quantities: pd.DataFrame,
    policy: Policy,
    *,
    catalogue: Catalogue,
    coverage: pd.DataFrame,
    exceptions: pd.DataFrame,
    breaks: pd.DataFrame,
    checks: pd.DataFrame,
    facts: Mapping[str, object],
    local: pd.DataFrame | None = None,
    proved: pd.DataFrame | None = None,
    earlier: Sequence[EarlierRelease] = (),
) -> ReleaseTables:
    """Return the release tables that `policy` makes of unprotected quantities.

    Recorded exceptions pass without their amount and their free text: both may hold counts. The
    catalogue gives the relations between figures from which hidden ones could be worked out.
    `proved` are published counts that an earlier build found safe for the very same quantities,
    policy and catalogue; they take the place of the search for what else must be hidden. `local`
    are counts of the authorities' own metrics as `protect_local` gives them. `earlier`
    are the releases that readers have already, the oldest first: what they tell is known for good.

    Raises
    ------
    DisclosureError
        If a figure cannot be protected, or nobody decided whether it is.
    """
    quantities = mark_revised(quantities, earlier)
    counts = protect_quantities(quantities, policy)
    broken = broken_identities(quantities, catalogue)
    passed = exceptions[["edition", "period", "area", "reference", "decision", "decided_on"]]
    # Two exceptions about one value are told once each way of deciding, with the last day.
    passed = passed.sort_values("decided_on", kind="stable").drop_duplicates(
        ["edition", "period", "area", "reference", "decision"], keep="last"
    )
    passed = passed.sort_index().reset_index(drop=True)
    if proved is None:
        counts = hide_what_follows(quantities, counts, broken, policy, catalogue, earlier)
    else:
        _check_hides_as_much(proved, counts)
        counts = proved
    return ReleaseTables(
        counts=counts,
        coverage=coverage,
        exceptions=passed,
        breaks=breaks,
        checks=checks,
        broken=broken,
        local=no_local_counts() if local is None else local,
        facts={**facts, "policy": policy.facts()},
    )


def _check_hides_as_much(proved: pd.DataFrame, counts: pd.DataFrame) -> None:
    """Raise unless earlier results are of the same figures and hide all that must be hidden."""
    keys = ["edition", "period", "area", "reference", "breakdown"]
    same = len(proved) == len(counts) and bool((proved[keys] == counts[keys]).all(axis=None))
    if not same or ((counts["marker"] != "") & (proved["marker"] == "")).any():
        raise DisclosureError(
            "published counts kept from an earlier build do not belong to these returns; "
            "delete the folder .cache and build again"
        )


def _check_decided(quantities: pd.DataFrame) -> None:
    undecided = ~quantities["protected"].isin(["yes", "no"])
    if undecided.any():
        raise DisclosureError(
            f"metrics.csv: {listed(quantities.loc[undecided, 'reference'])}: protected is neither "
            "yes nor no; decide it before anything is published"
        )
    empty = quantities["value"].isna() & (quantities["marker"] == "")
    if empty.any():
        raise DisclosureError(
            f"{listed(quantities.loc[empty, 'reference'])}: neither value nor marker; "
            "nothing is published until each gap says why it is one"
        )


def _rules(quantities: pd.DataFrame, value: np.ndarray, policy: Policy) -> np.ndarray:
    protected = (quantities["protected"] == "yes").to_numpy()
    at_source = (quantities["protection"] != "").to_numpy()
    magnitude = (quantities["follows"] != "").to_numpy()
    # From threshold 1 on nothing is small, not even half a whole-time equivalent.
    small = (value > 0) & (value < policy.threshold) & (policy.threshold > 1)
    rule = np.select(
        [
            at_source,
            np.isnan(value),
            ~protected,
            value == 0,
            # Days and ages are never small in themselves: they are hidden with their count.
            small & ~magnitude,
        ],
        [AS_PUBLISHED, NO_VALUE, NOT_PROTECTED, ZERO, HIDDEN],
        default=ROUNDED if policy.base > 1 else EXACT,
    ).astype(object)
    follows = magnitude & protected & ~at_source & ~np.isnan(value)
    rule[follows & _count_is_hidden(quantities, rule)] = FOLLOWS
    return rule


def _count_is_hidden(quantities: pd.DataFrame, rule: np.ndarray) -> np.ndarray:
    """Return for each quantity whether the count that it follows is hidden or absent."""
    key = ["edition", "period", "area", "breakdown"]
    hidden = quantities.loc[rule == HIDDEN, [*key, "reference"]].rename(
        columns={"reference": "follows"}
    )
    found = quantities[[*key, "follows"]].merge(
        hidden.assign(hidden=True), on=[*key, "follows"], how="left"
    )
    return found["hidden"].notna().to_numpy()


def _rounded(value: np.ndarray, base: int) -> np.ndarray:
    """Return values rounded half up to a multiple of `base`."""
    return np.floor(value / base + 0.5) * base


def _bounds(
    quantities: pd.DataFrame,
    rule: np.ndarray,
    shown: np.ndarray,
    marker: np.ndarray,
    policy: Policy,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest true value that what is shown leaves possible."""
    lowest, highest = shown.copy(), shown.copy()
    rounded = rule == ROUNDED
    decimal = (quantities["kind"] == "wte").to_numpy()
    below, above = policy.base // 2, (policy.base - 1) // 2
    lowest[rounded] = shown[rounded] - below
    highest[rounded] = shown[rounded] + above
    lowest[rounded & decimal] = shown[rounded & decimal] - policy.base / 2
    highest[rounded & decimal] = shown[rounded & decimal] + policy.base / 2
    # A shown count is at least the threshold, whatever it was rounded to.
    count = (quantities["follows"] == "").to_numpy()
    lowest[rounded & count] = np.maximum(lowest[rounded & count], policy.threshold)
    hidden = rule == HIDDEN
    lowest[hidden], highest[hidden] = 1, policy.threshold - 1
    lowest[hidden & decimal] = _LEAST_DECIMAL
    highest[hidden & decimal] = policy.threshold - _LEAST_DECIMAL
    at_source = rule == AS_PUBLISHED
    lowest[at_source] = shown[at_source] - _STATSWALES_SPREAD
    highest[at_source] = shown[at_source] + _STATSWALES_SPREAD
    hidden_there = at_source & (marker == "c")
    lowest[hidden_there], highest[hidden_there] = _STATSWALES_HIDDEN
    return lowest, highest
