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
    wide = totals.pivot(
        index=["edition", "period", "reference"], columns="area", values="marker"
    ).reindex(columns=sorted(authorities), fill_value=pd.NA)
    marks = wide.fillna("x").to_numpy(dtype=str)
    absent, outside = marks == "x", marks == "z"
    expected = (~outside).sum(axis=1)
    codes = wide.columns.to_numpy()
    return wide.index.to_frame(index=False).assign(
        answered=expected - absent.sum(axis=1),
        expected=expected,
        absent=[";".join(codes[row]) for row in absent],
    )
