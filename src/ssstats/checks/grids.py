"""Returned values as grids of years, authorities and metrics, on which the rules work.

A grid holds the totals of one edition. Rules compare rows of a return with each other, with the
year before and with the other authorities: each of these is one axis of the grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ssstats.catalogue import Catalogue
from ssstats.expressions import Expression

# How a place of a grid was filled.
NO_ROW, GIVEN, NOT_RETURNED, NOT_APPLICABLE, HIDDEN = range(5)
_MARKS = {"": GIVEN, "x": NOT_RETURNED, "z": NOT_APPLICABLE, "c": HIDDEN}


@dataclass(frozen=True)
class Grid:
    """Totals of one edition.

    Attributes
    ----------
    periods, areas, references : the axes, in order; areas are authorities
    numbers : shape (periods, areas, references), missing where there is no number
    marks : same shape, how each place was filled
    wales : shape (periods, references), Wales figures that came with the returns
    metrics : rows of the catalogue's metrics in the order of `references`
    """

    edition: str
    periods: list[str]
    areas: list[str]
    references: list[str]
    numbers: NDArray[np.float64]
    marks: NDArray[np.int8]
    wales: NDArray[np.float64]
    metrics: pd.DataFrame

    @cached_property
    def wide(self) -> pd.DataFrame:
        """One row a period and area, one column a reference."""
        index = pd.MultiIndex.from_product([self.periods, self.areas], names=["period", "area"])
        flat = self.numbers.reshape(len(index), len(self.references))
        return pd.DataFrame(np.asfortranarray(flat), index=index, columns=self.references)

    @cached_property
    def before(self) -> NDArray[np.float64]:
        """The numbers of the year before, missing where that year is not among the returns."""
        places = {period: place for place, period in enumerate(self.periods)}
        moved = np.full_like(self.numbers, np.nan)
        for place, period in enumerate(self.periods):
            if (earlier := places.get(year_before(period))) is not None:
                moved[place] = self.numbers[earlier]
        return moved

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each reference."""
        return {reference: place for place, reference in enumerate(self.references)}

    def sum_of(self, expression: Expression) -> NDArray[np.float64]:
        """Return an expression's value by period and area, missing where a term is missing.

        Raises
        ------
        KeyError
            If the grid does not hold a reference of the expression.
        """
        total = np.full(self.numbers.shape[:2], float(expression.constant))
        for term in expression.terms:
            numbers = self.before if term.previous else self.numbers
            total = total + term.coefficient * numbers[:, :, self.places[term.reference]]
        return total

    @cached_property
    def wide_before(self) -> pd.DataFrame:
        """`before` in the form of `wide`."""
        flat = self.before.reshape(len(self.wide), len(self.references))
        return pd.DataFrame(np.asfortranarray(flat), index=self.wide.index, columns=self.references)

    @cached_property
    def sections(self) -> dict[tuple[str, int, str], NDArray[np.int64]]:
        """Places of the references of each section: (domain, order, heading) to places."""
        keys = ["domain", "section_order", "section"]
        groups = self.metrics.reset_index(drop=True).groupby(keys, sort=True).indices
        return {(str(d), int(o), str(s)): np.sort(p) for (d, o, s), p in groups.items()}


def year_before(period: str) -> str:
    """Return the reporting year before one printed as 2024-25."""
    start = int(period[:4]) - 1
    return f"{start}-{(start + 1) % 100:02d}"


def grid_of(edition: str, own: pd.DataFrame, catalogue: Catalogue) -> Grid:
    """Return the grid of the totals of one edition, a frame with the columns of returns."""
    areas = catalogue.areas
    wales = set(areas.loc[areas["level"] == "wales", "area"])
    metrics = catalogue.metrics[
        (catalogue.metrics["edition"] == edition) & (catalogue.metrics["collected"] == "yes")
    ]
    present = set(own["reference"].unique())
    metrics = metrics[metrics["reference"].isin(present)]
    references = metrics["reference"].tolist()
    periods = sorted(own["period"].unique())
    codes = sorted(own["area"].unique())
    at = [
        _places(own["period"], periods),
        _places(own["area"], codes),
        _places(own["reference"], references),
    ]
    shape = (len(periods), len(codes), len(references))
    numbers, marks = np.full(shape, np.nan), np.zeros(shape, dtype="int8")
    numbers[tuple(at)] = own["value"].to_numpy(dtype=float, na_value=np.nan)
    marks[tuple(at)] = own["marker"].map(_MARKS).to_numpy(dtype="int8")
    national = np.array([code in wales for code in codes])
    stated = numbers[:, national].sum(axis=1) if national.any() else np.full(shape[::2], np.nan)
    return Grid(
        edition,
        periods,
        [code for code in codes if code not in wales],
        references,
        numbers[:, ~national],
        marks[:, ~national],
        stated,
        metrics,
    )


def _places(texts: pd.Series, order: list[str]) -> NDArray[np.int64]:
    codes, distinct = pd.factorize(texts)
    where = {text: place for place, text in enumerate(order)}
    return np.array([where[text] for text in distinct], dtype="int64")[codes]
