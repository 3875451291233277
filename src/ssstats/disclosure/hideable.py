"""What may be hidden beside small counts: what it costs readers, and what it leaves possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.attack import PublishedView

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Hideable:
    """What hiding a cell costs and leaves possible, shape (n,); infinite cost: never hidden.

    `followers` are the magnitudes that are hidden with a count; `year` numbers the reporting years.
    """

    price: Floats
    lowest: Floats
    highest: Floats
    unit: Ints
    year: Ints
    followers: Mapping[int, Sequence[int]]

    def widened(self, view: PublishedView, year_of: Mapping[int, int]) -> Hideable:
        """Return it for a view with more cells at its end, none of which is ever hidden.

        `year_of` gives the years of those that move with figures of one year.
        """
        n, more = len(self.price), len(view.cell_ids) - len(self.price)
        years = [year_of.get(cell, -1) for cell in range(n, n + more)]
        return Hideable(
            np.concatenate([self.price, np.full(more, np.inf)]),
            np.concatenate([self.lowest, view.lowest[n:]]),
            np.concatenate([self.highest, view.highest[n:]]),
            np.concatenate([self.unit, np.ones(more, dtype=np.int64)]),
            np.concatenate([self.year, np.array(years, dtype=np.int64)]),
            self.followers,
        )
