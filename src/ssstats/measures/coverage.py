"""Which authority answered which metric: the ground on which every Wales figure stands."""

from __future__ import annotations

import pandas as pd

from ssstats.returns import Returns


def coverage_of(returns: Returns, authorities: list[str]) -> pd.DataFrame:
    """Return one row an edition, period and reference with the authorities that did not answer.

    Columns: edition, period, reference, answered, expected (numbers of authorities) and absent
    (codes joined by ;). No value of a return is in it.
    """
    values = returns.values
    totals = values[(values["breakdown"] == "") & values["area"].isin(authorities)]
    answered = totals[(totals["marker"] != "x")]
    applies_not = totals[totals["marker"] == "z"].groupby(["edition", "period", "reference"])
    everyone = set(authorities)
    rows = []
    not_applicable = applies_not["area"].agg(set).to_dict() if len(applies_not) else {}
    for key, areas in totals.groupby(["edition", "period", "reference"])["area"]:
        here = set(answered.loc[areas.index.intersection(answered.index), "area"])
        outside = not_applicable.get(key, set())
        expected = everyone - outside
        absent = sorted(expected - here)
        rows.append((*key, len(expected) - len(absent), len(expected), ";".join(absent)))
    return pd.DataFrame(
        rows, columns=["edition", "period", "reference", "answered", "expected", "absent"]
    )
