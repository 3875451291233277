"""An authority's own metrics through the gate: hidden and rounded as other counts.

Only metrics that the catalogue registers pass: their names are the catalogue's, never the free
text of a return, which may hold counts. They stand in no total of Wales and in no relation that
readers are told of. Should an authority count a part of a published figure, rounding keeps it
apart: a hidden count of 1 to 4 beside a whole and a rest that are both rounded to base 5 leaves
all of 1 to 4 possible. Exact counts would not, so a policy without rounding shows none of them.
"""

from __future__ import annotations

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.disclosure.gate import protect_quantities
from ssstats.disclosure.policy import Policy
from ssstats.disclosure.release_tables import LOCAL_COLUMNS, no_local_counts

_KEY = ["edition", "area", "reference"]


def protect_local(local: pd.DataFrame, policy: Policy, catalogue: Catalogue) -> pd.DataFrame:
    """Return the published counts of registered own metrics, with the columns `LOCAL_COLUMNS`.

    Parameters
    ----------
    local : DataFrame
        Unprotected, with edition, period, area, reference (LO/...), breakdown, value and marker.
    policy : Policy
        What is hidden and what is rounded.
    """
    registered = catalogue.local_metrics[[*_KEY, "label_en", "label_cy", "protected"]]
    own = local[local["breakdown"] == ""].merge(registered, on=_KEY)
    if policy.base == 1 or not len(own):
        return no_local_counts()
    quantities = own.assign(
        flags="", protection="", kind="count", follows="", answered=pd.NA, expected=pd.NA
    )
    counts = protect_quantities(quantities, policy)
    named = counts.assign(
        label_en=own["label_en"].to_numpy(),
        label_cy=own["label_cy"].to_numpy(),
        reference=[local_reference(row.area, row.reference) for row in own.itertuples()],
    )
    ordered = named[list(LOCAL_COLUMNS)].sort_values(["edition", "period", "area", "reference"])
    return ordered.reset_index(drop=True)


def local_reference(area: str, reference: str) -> str:
    """Return the name of an own metric among those of all authorities: LO/W06000023/7."""
    return f"LO/{area}/{reference.removeprefix('LO/')}"
