"""Rules on recorded exceptions."""

from __future__ import annotations

import pandas as pd

from ssstats.checks.checked import Checked
from ssstats.checks.results import Found

_PLACE = ["edition", "period", "area", "reference"]


def check_exception_amounts(checked: Checked) -> list[Found]:
    """An exception is about more than the whole value."""
    values = checked.values
    totals = values[values["breakdown"] == ""].set_index(_PLACE)["value"]
    keys = pd.MultiIndex.from_frame(checked.exceptions[_PLACE])
    given = totals[totals.index.isin(keys)].reindex(keys)
    above = checked.exceptions["amount"].abs().to_numpy(dtype=float, na_value=0) > given.to_numpy(
        dtype=float, na_value=float("inf")
    )
    return [
        Found(
            key[0], key[1], key[2], key[3], f"amount {row.amount:.15g} of a value of {value:.15g}"
        )
        for key, row, value, wrong in zip(
            keys, checked.exceptions.itertuples(), given, above, strict=True
        )
        if wrong
    ]


def check_exception_pending(checked: Checked) -> list[Found]:
    """Nobody has decided on an exception."""
    pending = checked.exceptions[checked.exceptions["decision"] == "pending"]
    return [
        Found(row.edition, row.period, row.area, row.reference, f"pending: {row.reason}")
        for row in pending.itertuples()
    ]
