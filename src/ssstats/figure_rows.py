"""Which row of a table of counts holds a figure, for many figures at once.

A figure stands at a place (edition, period and area) under a name (reference and breakdown). Both
are numbered once, so that a hundred thousand figures are looked up as whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int64]

PLACE, NAME = ["edition", "period", "area"], ["reference", "breakdown"]


@dataclass(frozen=True)
class FigureRows:
    """The places of a table of counts, its names, and the row of each figure.

    `places` has the columns of `PLACE`, in the order in which the table first holds them.
    """

    places: pd.DataFrame
    _names: dict[tuple[str, str], int]
    _numbers: Ints
    _rows: Ints

    @classmethod
    def of(cls, counts: pd.DataFrame) -> FigureRows:
        """Return the rows of counts; each figure must stand once."""
        place, name = (counts.groupby(key, sort=False).ngroup().to_numpy() for key in (PLACE, NAME))
        named = counts[NAME].drop_duplicates()
        names = zip(*(named[column].tolist() for column in NAME), strict=True)
        numbers = place * len(named) + name
        rows = np.argsort(numbers, kind="stable")
        return cls(
            places=counts[PLACE].drop_duplicates(ignore_index=True),
            _names={key: number for number, key in enumerate(names)},
            _numbers=numbers[rows],
            _rows=rows,
        )

    def names(self, keys: Iterable[tuple[str, str]]) -> Ints:
        """Return the number of each reference and breakdown, -1 where no figure has that name."""
        return np.array([self._names.get(key, -1) for key in keys], dtype=np.int64)

    def rows(self, place: Ints, name: Ints) -> Ints:
        """Return the row of the figure at each place under each name, -1 where there is none."""
        if not len(self._rows):
            return np.full(len(place), -1)
        wanted = np.where(name < 0, -1, place * len(self._names) + name)
        found = np.minimum(np.searchsorted(self._numbers, wanted), len(self._numbers) - 1)
        return np.where(self._numbers[found] == wanted, self._rows[found], -1)
