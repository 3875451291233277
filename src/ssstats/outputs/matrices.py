"""Figures as a complete matrix of years, areas, groups of people and columns.

A cell is a text: a number, a marker, or that there is no such figure. Knows no language and no
file format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

# What a cell holds where the release has no such figure.
_NOT_AVAILABLE = "x"


@dataclass(frozen=True)
class Figures:
    """Texts of figures and where each stands; all of one length, in any order."""

    periods: Sequence[str]
    areas: Sequence[str]
    groups: Sequence[str]
    columns: Sequence[str]
    texts: Sequence[str]


@dataclass(frozen=True)
class Matrix:
    """Every year, area, group and column of some figures.

    `texts` has a dimension for each of them, in this order; `groups` are codes of breakdowns,
    blank for all people.
    """

    periods: Sequence[str]
    areas: Sequence[str]
    groups: Sequence[str]
    columns: Sequence[str]
    texts: npt.NDArray[np.object_]

    def cells(self, groups: Sequence[str], columns: Sequence[str]) -> list[list[str]]:
        """Return one row a year, area and group of the given order, of the given columns."""
        own = self.texts[:, :, _places_of(groups, self.groups), :]
        chosen = own[..., _places_of(columns, self.columns)]
        rows: list[list[str]] = chosen.reshape(-1, len(columns)).tolist()
        return rows


def complete_matrix(figures: Figures, areas: Sequence[str]) -> Matrix:
    """Return the matrix of some figures over all `areas`; those of other areas are left out."""
    periods, groups, columns = (
        sorted(set(names)) for names in (figures.periods, figures.groups, figures.columns)
    )
    shape = len(periods), len(areas), len(groups), len(columns)
    texts = np.full(shape, _NOT_AVAILABLE, dtype=object)
    places = np.stack(
        [
            _places_of(figures.periods, periods),
            _places_of(figures.areas, areas),
            _places_of(figures.groups, groups),
            _places_of(figures.columns, columns),
        ]
    )
    inside = (places >= 0).all(axis=0)
    texts[tuple(places[:, inside])] = np.array(figures.texts, dtype=object)[inside]
    return Matrix(periods, areas, groups, columns, texts)


def _places_of(names: Sequence[str], order: Sequence[str]) -> npt.NDArray[np.intp]:
    """Return where each name stands in an order of different names; -1 where it does not."""
    return pd.Index(order, dtype=object).get_indexer(pd.Index(names, dtype=object))
