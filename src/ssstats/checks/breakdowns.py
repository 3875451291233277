"""Rules on age and gender detail: the parts of a total."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssstats.checks.checked import Checked
from ssstats.checks.results import Found

_PLACE = ["edition", "period", "area", "reference"]


def check_breakdown_sums(checked: Checked) -> list[Found]:
    """The parts by one dimension, or by several crossed, do not add up to the total."""
    if not (checked.values["breakdown"] != "").any():
        return []
    parts = _with_totals(checked)
    parts = parts[parts["total"].notna()]
    groups = parts.groupby([*_PLACE, "dimensions"], sort=True)
    sums = groups.agg(
        parts=("value", "sum"), absent=("value", lambda v: v.isna().any()), total=("total", "first")
    )
    gap = sums["parts"] - sums["total"]
    broken = sums[(gap > 0) | ((gap < 0) & ~sums["absent"].astype(bool))]
    return [
        Found(
            place[0],
            place[1],
            place[2],
            place[3],
            f"by {place[4]} the parts add up to {row.parts:.15g}, the total is {row.total:.15g}",
        )
        for place, row in zip(broken.index, broken.itertuples(), strict=True)
    ]


def check_breakdown_without_total(checked: Checked) -> list[Found]:
    """Parts were returned and their total was not."""
    if not (checked.values["breakdown"] != "").any():
        return []
    parts = _with_totals(checked)
    alone = parts[parts["total"].isna() & parts["value"].notna()]
    places = alone[_PLACE].drop_duplicates()
    return [
        Found(p.edition, p.period, p.area, p.reference, "parts without a total")
        for p in places.itertuples()
    ]


def _with_totals(checked: Checked) -> pd.DataFrame:
    """Return the rows of breakdowns with the total of each and the dimensions they are by."""
    values = checked.values
    parts = values[values["breakdown"] != ""]
    keys = pd.MultiIndex.from_frame(parts[_PLACE].drop_duplicates())
    whole = values[(values["breakdown"] == "") & values["reference"].isin(parts["reference"])]
    totals = whole.set_index(_PLACE)["value"].reindex(keys).rename("total").reset_index()
    names = {
        text: " and ".join(sorted(part.split("=")[0] for part in text.split(";")))
        for text in parts["breakdown"].unique()
    }
    joined = parts.assign(dimensions=parts["breakdown"].map(names)).merge(totals, on=_PLACE)
    return joined.assign(
        value=joined["value"].to_numpy(dtype=float, na_value=np.nan),
        total=joined["total"].to_numpy(dtype=float, na_value=np.nan),
    )
