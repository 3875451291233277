"""Wales totals over the authorities that answered both sides of a measure.

A Wales percentage whose numerator stands on 21 authorities and whose denominator stands on 22 is
too low. Where the two sides differ, both are added up again over the authorities that gave both.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.expressions import parse_expression

_PREFIX = "answered="


def matched_breakdown(other_side: str) -> str:
    """Return the breakdown of a total over the authorities that also answered `other_side`."""
    return _PREFIX + other_side


def is_matched_breakdown(breakdown: pd.Series) -> pd.Series:
    """Return which breakdowns are those of matched totals."""
    return breakdown.str.startswith(_PREFIX)


def matched_totals(by_authority: pd.DataFrame, catalogue: Catalogue, wales: str) -> pd.DataFrame:
    """Return Wales rows for each side of each measure whose sides stand on other authorities.

    Parameters
    ----------
    by_authority : DataFrame
        Authority quantities with edition, period, area, reference, breakdown, value, marker.
    catalogue : Catalogue
        Names the measures and their sides.
    wales : str
        The code of Wales.
    """
    totals = by_authority[(by_authority["breakdown"] == "") & (by_authority["protection"] == "")]
    frames = []
    for (edition, period), rows in totals.groupby(["edition", "period"], sort=True):
        wide = rows.pivot(index="area", columns="reference", values="value")
        frames += [
            {"edition": edition, "period": period, **row}
            for row in _matched_of_period(wide, _pairs(catalogue, str(edition)))
        ]
    matched = pd.DataFrame(frames)
    if not len(matched):
        return by_authority.iloc[:0].assign(answered=pd.NA, expected=pd.NA)
    matched = matched.drop_duplicates(["edition", "period", "reference", "breakdown"])
    return matched.assign(
        area=wales, flags="", protection="", value=matched["value"].astype("Float64")
    )


def _pairs(catalogue: Catalogue, edition: str) -> list[tuple[str, str]]:
    measures = catalogue.measures[
        (catalogue.measures["edition"] == edition) & (catalogue.measures["denominator"] != "")
    ]
    sides = measures[["numerator", "denominator"]].drop_duplicates()
    return [
        (str(parse_expression(numerator)), str(parse_expression(denominator)))
        for numerator, denominator in sides.itertuples(index=False)
    ]


def _matched_of_period(wide: pd.DataFrame, pairs: list[tuple[str, str]]) -> list[dict[str, object]]:
    values = wide.to_numpy(dtype="float64", na_value=np.nan)
    given = ~np.isnan(values)
    place = {reference: column for column, reference in enumerate(wide.columns)}
    rows: list[dict[str, object]] = []
    for pair in pairs:
        if not set(pair) <= set(place):
            continue
        both = given[:, place[pair[0]]] & given[:, place[pair[1]]]
        for side, other in (pair, pair[::-1]):
            if both.sum() == given[:, place[side]].sum():
                continue
            nobody = not both.any()
            rows.append(
                {
                    "reference": side,
                    "breakdown": matched_breakdown(other),
                    "value": None if nobody else float(values[both, place[side]].sum()),
                    "marker": "x" if nobody else "",
                    "answered": int(both.sum()),
                    "expected": len(wide),
                }
            )
    return rows
