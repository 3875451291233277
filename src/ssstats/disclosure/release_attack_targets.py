"""Which figures of a release are protected, and what must stay possible for each.

Reads published counts only: the rule column says what readers are told of a hidden figure.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ssstats.disclosure.published import TENTHS
from ssstats.disclosure.release_attack import ANY, MAGNITUDE, SMALL, Requirement, Targets
from ssstats.disclosure.release_tables import FOLLOWS, HIDDEN, SECONDARY
from ssstats.errors import DisclosureError

Ints = NDArray[np.int64]

_SAID = {HIDDEN: SMALL, SECONDARY: ANY, FOLLOWS: MAGNITUDE}


def targets_of(counts: pd.DataFrame) -> Targets:
    """Return the hidden figures of published counts with the columns of `COUNT_COLUMNS`."""
    cells = np.flatnonzero(counts["rule"].isin(list(_SAID)).to_numpy())
    said = tuple(_SAID[rule] for rule in counts["rule"].iloc[cells])
    return Targets(cells, said, units_of(counts)[cells])


def units_of(counts: pd.DataFrame) -> Ints:
    """Return how many steps make a whole one: whole-time equivalents are counted in tenths."""
    return np.where(counts["kind"] == "wte", TENTHS, 1).astype(np.int64)


def told_from_of(policy: Mapping[str, object]) -> int:
    """Return from which size on it is told that all of a group are in one of its parts.

    Raises
    ------
    DisclosureError
        If the facts do not say it.
    """
    told_from = policy.get("whole_told_from")
    if not isinstance(told_from, int):
        raise DisclosureError(
            "release.json: policy does not say whole_told_from; build the release anew with a "
            "policy that states it"
        )
    return told_from


def requirement_of(policy: Mapping[str, object]) -> Requirement:
    """Return what a release's own policy facts ask for.

    Raises
    ------
    DisclosureError
        If the facts do not say it.
    """
    threshold, fewest = policy.get("threshold"), policy.get("fewest_possible")
    if not isinstance(threshold, int) or not isinstance(fewest, int):
        raise DisclosureError(
            "release.json: policy says neither threshold nor fewest_possible; build the release "
            "anew with a policy that states both"
        )
    return Requirement(threshold, fewest)
