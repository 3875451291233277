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
from ssstats.measures.totals import Totals
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
        of_years = dict(Totals.of(of_edition).of_years())
        frames += [
            {"edition": edition, "period": period, **row}
            for period, figures in of_years.items()
            for row in _matched_of_period(figures, pairs)
        ]
        last = max(of_years)
        before = str(ReportingYear.parse(last).back())
        if before in of_years:
            sides = [*_core(catalogue, str(edition)), *_main_counts(catalogue, str(edition))]
            frames += [
                {"edition": edition, **row}
                for row in _matched_over_years(
                    {last: of_years[last], before: of_years[before]}, list(dict.fromkeys(sides))
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
    of_years: dict[str, Totals], items: list[tuple[str, ...]]
) -> list[dict[str, object]]:
    """Return both years' totals over the authorities that gave all sides in both years."""
    given = {
        (year, side): _answered(figures, side)
        for year, figures in of_years.items()
        for side in dict.fromkeys(side for sides in items for side in sides)
        if side in figures.columns
    }
    rows: list[dict[str, object]] = []
    for sides in items:
        answers = [given.get((year, side)) for year in of_years for side in sides]
        both = frozenset.intersection(*(a or frozenset() for a in answers))
        if not both or len(set(answers)) == 1:
            continue
        for year, before in (tuple(of_years), tuple(of_years)[::-1]):
            for side, other in zip(sides, sides[::-1], strict=True):
                breakdown = breakdown_over_years(given, side, other, year, before)
                if parse_matched(breakdown).year:
                    rows.append(
                        {
                            "period": year,
                            "reference": side,
                            "breakdown": breakdown,
                            "value": _total_over(of_years[year], side, both),
                            "marker": "",
                            "answered": len(both),
                            "expected": len(of_years[year].areas),
                        }
                    )
    return rows


def _answered(figures: Totals, side: str) -> frozenset[str]:
    """Return the authorities that gave a figure in a year."""
    given = ~np.isnan(figures.values[:, figures.columns[side]])
    return frozenset(figures.areas[given].tolist())


def _total_over(figures: Totals, side: str, areas: frozenset[str]) -> float:
    own = np.array([area in areas for area in figures.areas])
    return float(figures.values[own, figures.columns[side]].sum())


def _matched_of_period(figures: Totals, pairs: list[tuple[str, str]]) -> list[dict[str, object]]:
    given = ~np.isnan(figures.values)
    answers = given.sum(axis=0)
    rows: list[dict[str, object]] = []
    for pair in pairs:
        if not set(pair) <= set(figures.columns):
            continue
        columns = [figures.columns[side] for side in pair]
        both = given[:, columns].all(axis=1)
        n_both = int(both.sum())
        for side, other, column in zip(pair, pair[::-1], columns, strict=True):
            if n_both == answers[column]:
                continue
            rows.append(
                {
                    "reference": side,
                    "breakdown": matched_breakdown(other),
                    "value": float(figures.values[both, column].sum()) if n_both else None,
                    "marker": "" if n_both else "x",
                    "answered": n_both,
                    "expected": len(figures.areas),
                }
            )
    return rows
