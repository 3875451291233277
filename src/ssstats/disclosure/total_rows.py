"""Where the totals of an edition stand among its figures: rows by place and reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ssstats.expressions import Expression
from ssstats.periods import ReportingYear

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class TotalRows:
    """Rows of totals, shape (references, places), of this year and of the year before.

    A place is a period and an area, in their order. -1 says that there is no figure.
    """

    places: list[tuple[str, str]]
    references: dict[str, int]
    now: Ints
    before: Ints

    @classmethod
    def of(cls, totals: pd.DataFrame, known: Flags) -> TotalRows:
        """Return where known totals stand; `known` has the length of the table they are part of.

        `totals` are rows of that table under its own row numbers.
        """
        (period, periods), (area, areas), (reference, references) = (
            pd.factorize(totals[name], sort=True) for name in ("period", "area", "reference")
        )
        numbers, place = np.unique(period * len(areas) + area, return_inverse=True)
        places = [
            (str(periods[number // len(areas)]), str(areas[number % len(areas)]))
            for number in numbers.tolist()
        ]
        rows = totals.index.to_numpy()
        now = np.full((len(references), len(places)), -1, dtype=np.int64)
        earlier = _year_before(places)
        now[reference, place] = np.where(known[rows], rows, -1)
        return cls(
            places,
            {str(name): number for number, name in enumerate(references)},
            now,
            np.where(earlier >= 0, now[:, earlier], -1),
        )

    def of_terms(self, expression: Expression) -> Ints | None:
        """Return the rows of an expression's terms, shape (places, terms); None where one lacks."""
        if not set(expression.references) <= self.references.keys():
            return None
        columns = [
            (self.before if term.previous else self.now)[self.references[term.reference]]
            for term in expression.terms
        ]
        return np.array(columns, dtype=np.int64).reshape(len(columns), len(self.places)).T


def _year_before(places: list[tuple[str, str]]) -> Ints:
    """Return for each place that of the same area a year before, -1 where there is none."""
    at = {place: number for number, place in enumerate(places)}
    before = {period: str(ReportingYear.parse(period).back()) for period, _ in places}
    return np.array([at.get((before[period], area), -1) for period, area in places], dtype=np.int64)
