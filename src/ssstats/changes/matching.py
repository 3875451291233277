"""Pairs of Wales figures over the authorities that answered in both years.

Where other authorities answered than the year before, the plain figures of Wales say nothing of a
change. The gate publishes totals over those that answered both times; here they take the place of
the plain ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.changes.obstacles import FLOWS, OF_MARKER
from ssstats.disclosure.release_tables import AS_PUBLISHED, ReleaseTables
from ssstats.estimates import people_of, with_values
from ssstats.matched import breakdown_over_years

_OF_FIGURE = ("value", "marker", "flags", "lowest", "highest", "answered", "expected")
_OF_YEAR = ("value", "marker", "flags", "decimals")
_SIDES = ("numerator", "denominator")
_ABSENT = {"marker": "x", "flags": ""}


def matched_pairs(
    pairs: pd.DataFrame, tables: ReleaseTables, catalogue: Catalogue, wales: str
) -> pd.DataFrame:
    """Return the pairs of Wales that coverage stands against, over matched authorities.

    Columns as `pairs`, and `matched_authorities`, the number of them. `reason` says why there is
    no verdict on these either, blank where there may be one.
    """
    chosen = pairs[(pairs["area"] == wales) & (pairs["reason"] == "coverage")]
    published = _Published(_told_of(chosen, tables.counts), catalogue, wales)
    sets = [published.answered_both(row) for row in chosen.itertuples()]
    chosen = chosen.assign(matched_authorities=[len(found) for found in sets])
    chosen = chosen[chosen["matched_authorities"] > 0]
    if not len(chosen):
        return chosen
    for year in (1, 2):
        figures = pd.DataFrame(
            [published.sides(row, year) for row in chosen.itertuples()], index=chosen.index
        )
        grid = chosen[["kind", "multiplier", "nested"]].join(_typed(figures))
        grid = with_values(grid, tables.facts["policy"])  # type: ignore[arg-type]
        parts = [f"{side}_{part}" for side in _SIDES for part in ("value", "lowest", "highest")]
        for column in (*parts, *_OF_YEAR):
            chosen[f"{column}_{year}"] = grid[column]
    return chosen.assign(reason=_reasons(chosen))


def _reasons(pairs: pd.DataFrame) -> list[str]:
    """Return what stands against a verdict; flows over matched authorities are not published."""
    return [
        OF_MARKER.get(row.marker_1, "")
        or OF_MARKER.get(row.marker_2, "")
        or row.no_method
        or ("flows-not-known" if row.method == FLOWS else "")
        for row in pairs.itertuples()
    ]


def _told_of(pairs: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of the years and sides of some pairs."""
    years, sides = (
        pd.concat([pairs[name] for name in names]).unique()
        for names in (("period", "previous"), _SIDES)
    )
    return counts[counts["period"].isin(years) & counts["reference"].isin(sides)]


def _typed(figures: pd.DataFrame) -> pd.DataFrame:
    numbers = [c for c in figures if not str(c).endswith(("_marker", "_flags"))]
    return figures.astype(dict.fromkeys(numbers, "Float64"))


class _Published:
    """Published counts of Wales by name, and who answered what."""

    def __init__(self, counts: pd.DataFrame, catalogue: Catalogue, wales: str) -> None:
        self._catalogue, self._wales = catalogue, wales
        of_wales = counts[counts["area"] == wales]
        keys = (of_wales[c].tolist() for c in ("edition", "period", "reference", "breakdown"))
        self._figures: Mapping[tuple[str, ...], Mapping[str, Any]] = dict(
            zip(zip(*keys, strict=True), of_wales[list(_OF_FIGURE)].to_dict("records"), strict=True)
        )  # type: ignore[assignment]
        given = counts[
            (counts["area"] != wales)
            & (counts["breakdown"] == "")
            & ~counts["marker"].isin(["x", "z"])
            & (counts["rule"] != AS_PUBLISHED)
        ]
        answered: dict[tuple[str, ...], set[str]] = {}
        names = (given[column].tolist() for column in ("edition", "period", "reference", "area"))
        for *key, area in zip(*names, strict=True):
            answered.setdefault(tuple(key), set()).add(area)
        self._given = {key: frozenset(areas) for key, areas in answered.items()}
        measures = catalogue.measures
        self._populations = dict(zip(measures["measure"], measures["population"], strict=True))

    def answered_both(self, row: Any) -> frozenset[str]:
        """Return the authorities that answered every side of a pair in both years."""
        given = self._of_edition(row.edition)
        sides = [side for side in (row.numerator, row.denominator) if side]
        answers = [given(year, side) for year in (row.period, row.previous) for side in sides]
        return frozenset.intersection(*answers)

    def sides(self, row: Any, year: int) -> dict[str, object]:
        """Return both sides of a pair in one of its years, over the matched authorities."""
        years = (row.period, row.previous)
        period, before = years if year == 1 else years[::-1]
        other = row.denominator or row.numerator
        found = self._side(row, row.numerator, other, period, before)
        told = {f"numerator_{part}": found.get(part) for part in _OF_FIGURE}
        if row.denominator:
            found = self._side(row, row.denominator, row.numerator, period, before)
        else:
            people = self._people(row, period)
            found = {"value": people, "lowest": people, "highest": people, "flags": ""}
            found["marker"] = "x" if people is None else ""
        return {**told, **{f"denominator_{part}": found.get(part) for part in _OF_FIGURE}}

    def _side(
        self, row: Any, side: str, other: str, period: str, before: str
    ) -> Mapping[str, object]:
        given = {
            (year, reference): self._of_edition(row.edition)(year, reference)
            for year in (period, before)
            for reference in (side, other)
        }
        breakdown = breakdown_over_years(given, side, other, period, before)
        return self._figures.get((row.edition, period, side, breakdown), _ABSENT)

    def _people(self, row: Any, period: str) -> float | None:
        """Return what a rate stands on: residents of the matched areas; one for a plain count."""
        population = self._populations.get(row.item, "")
        if not population:
            return 1.0
        areas = self.answered_both(row)
        return people_of(self._catalogue, population, int(period[:4]), areas)

    def _of_edition(self, edition: str):  # type: ignore[no-untyped-def]
        none: frozenset[str] = frozenset()
        return lambda year, reference: self._given.get((edition, year, reference), none)
