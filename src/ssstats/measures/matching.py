"""Wales totals over the authorities that answered both sides of a measure, or in both years.

A Wales percentage whose numerator stands on 21 authorities and whose denominator stands on 22 is
too low. Where the two sides differ, both are added up again over the authorities that gave both.
A change of Wales between years in which other authorities answered is no change of anybody: there
the figures of both years are added up again over the authorities that answered in both.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue, is_main_count
from ssstats.expressions import parse_expression
from ssstats.matched import breakdown_over_years, matched_breakdown, parse_matched
from ssstats.periods import ReportingYear


def matched_totals(by_authority: pd.DataFrame, catalogue: Catalogue, wales: str) -> pd.DataFrame:
    """Return Wales rows for each side of each measure whose sides stand on other authorities.

    And, for the last two years of an edition, for the sides of core measures and main counts that
    other authorities answered in one year than in the other.

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
    for edition, of_edition in totals.groupby("edition", sort=True):
        pairs = _pairs(catalogue, str(edition))
        wide = {
            str(period): rows.pivot(index="area", columns="reference", values="value")
            for period, rows in of_edition.groupby("period", sort=True)
        }
        frames += [
            {"edition": edition, "period": period, **row}
            for period, figures in wide.items()
            for row in _matched_of_period(figures, pairs)
        ]
        last = max(wide)
        before = str(ReportingYear.parse(last).back())
        if before in wide:
            sides = [*_core(catalogue, str(edition)), *_main_counts(catalogue, str(edition))]
            frames += [
                {"edition": edition, **row}
                for row in _matched_over_years(
                    {last: wide[last], before: wide[before]}, list(dict.fromkeys(sides))
                )
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


def _core(catalogue: Catalogue, edition: str) -> list[tuple[str, ...]]:
    """Return the sides of each core measure: one where it stands on a population."""
    own = catalogue.measures[
        (catalogue.measures["edition"] == edition) & (catalogue.measures["tier"] == "core")
    ]
    return [
        tuple(str(parse_expression(text)) for text in sides if text)
        for sides in own[["numerator", "denominator"]].itertuples(index=False)
    ]


def _main_counts(catalogue: Catalogue, edition: str) -> list[tuple[str, ...]]:
    own = catalogue.metrics[(catalogue.metrics["edition"] == edition)]
    return [(reference,) for reference in own.loc[is_main_count(own), "reference"]]


def _matched_over_years(
    wide: dict[str, pd.DataFrame], items: list[tuple[str, ...]]
) -> list[dict[str, object]]:
    """Return both years' totals over the authorities that gave all sides in both years."""
    given = {
        (year, str(reference)): frozenset(figures.index[figures[reference].notna()])
        for year, figures in wide.items()
        for reference in figures.columns
    }
    rows: list[dict[str, object]] = []
    for sides in items:
        answers = [given.get((year, side)) for year in wide for side in sides]
        both = frozenset.intersection(*(a or frozenset() for a in answers))
        if not both or len(set(answers)) == 1:
            continue
        for year, before in (tuple(wide), tuple(wide)[::-1]):
            for side, other in zip(sides, sides[::-1], strict=True):
                breakdown = breakdown_over_years(given, side, other, year, before)
                if parse_matched(breakdown).year:
                    rows.append(
                        {
                            "period": year,
                            "reference": side,
                            "breakdown": breakdown,
                            "value": float(wide[year].loc[sorted(both), side].sum()),
                            "marker": "",
                            "answered": len(both),
                            "expected": len(wide[year]),
                        }
                    )
    return rows


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
