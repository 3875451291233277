"""Totals of the authorities in one edition, as arrays over places and references.

A place is an authority in a year. What a return holds by breakdown is not here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ssstats.expressions import Expression
from ssstats.periods import ReportingYear

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Totals:
    """Figures of n places under r references.

    Attributes
    ----------
    periods, areas : array of str, shape (n,)
        The places, in order of both.
    columns : dict
        The column of each reference.
    values : array of float, shape (n, r)
        NaN where there is no number.
    is_asked, is_outside : arrays of bool, shape (n, r)
        Whether there is a row at all, and whether it says that the metric does not apply.
    """

    periods: NDArray[np.object_]
    areas: NDArray[np.object_]
    columns: dict[str, int]
    values: Floats
    is_asked: Flags
    is_outside: Flags

    @classmethod
    def of(cls, rows: pd.DataFrame) -> Totals:
        """Return totals from rows with period, area, reference, value and marker, each once."""
        (period, periods), (area, areas), (column, references) = (
            pd.factorize(rows[name], sort=True) for name in ("period", "area", "reference")
        )
        places, place = np.unique(period * len(areas) + area, return_inverse=True)
        shape = len(places), len(references)
        values, is_asked, is_outside = np.full(shape, np.nan), *np.zeros((2, *shape), dtype=bool)
        values[place, column] = rows["value"].to_numpy(dtype="float64", na_value=np.nan)
        is_asked[place, column] = True
        is_outside[place, column] = (rows["marker"] == "z").to_numpy()
        return cls(
            periods.to_numpy(dtype=object)[places // max(len(areas), 1)],
            areas.to_numpy(dtype=object)[places % max(len(areas), 1)],
            {str(reference): number for number, reference in enumerate(references)},
            values,
            is_asked,
            is_outside,
        )

    def of_years(self) -> Iterator[tuple[str, Totals]]:
        """Yield the totals of each year, with the references that it asked for alone."""
        for period in np.unique(self.periods).tolist():
            own = self.periods == period
            is_asked = self.is_asked[own]
            asked = is_asked.any(axis=0)
            names = [name for name, column in self.columns.items() if asked[column]]
            yield (
                period,
                Totals(
                    self.periods[own],
                    self.areas[own],
                    {name: number for number, name in enumerate(names)},
                    self.values[own][:, asked],
                    is_asked[:, asked],
                    self.is_outside[own][:, asked],
                ),
            )

    def holds(self, expression: Expression) -> bool:
        """Return whether every metric of an expression is among the references."""
        return set(expression.references) <= set(self.columns)

    def sum_of(self, expression: Expression) -> Floats:
        """Return an expression's value at each place, missing where a term is missing."""
        total = np.full(len(self.periods), float(expression.constant))
        for term in expression.terms:
            own = self.values[:, self.columns[term.reference]]
            if term.previous:
                own = np.where(self._before < 0, np.nan, own[self._before])
            total = total + term.coefficient * own
        return total

    def is_outside_of(self, expression: Expression) -> Flags:
        """Return where a metric of an expression does not apply."""
        own = [self.columns[reference] for reference in expression.references]
        return np.any(self.is_outside[:, own], axis=1)

    @cached_property
    def _before(self) -> Ints:
        """The same authority a year before, -1 where there is none."""
        at = {place: row for row, place in enumerate(zip(self.periods, self.areas, strict=True))}
        before = {p: str(ReportingYear.parse(p).back()) for p in np.unique(self.periods).tolist()}
        return np.array(
            [at.get((before[p], a), -1) for p, a in zip(self.periods, self.areas, strict=True)],
            dtype=np.int64,
        )
