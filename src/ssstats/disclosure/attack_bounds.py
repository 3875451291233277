"""What simple addition alone gives an intruder: bounds tightened row by row.

Pure functions of bounds and rows. Every step is a proof, so stopping early is safe: bounds are then
only wider than they could be.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Percentages make rows with fractions; a whole number is never this close to its neighbour.
_SLACK = 1e-7


def tighten_bounds(
    matrix: sp.csr_matrix,
    row_lowest: Floats,
    row_highest: Floats,
    lowest: Floats,
    highest: Floats,
    *,
    rounds: int = 60,
) -> tuple[Floats, Floats]:
    """Return the whole-number bounds of each cell after passing them through the rows.

    `matrix` has shape (m, n), the rows say row_lowest <= matrix @ x <= row_highest. An empty
    interval (lowest above highest) means that the rows contradict each other.
    """
    low, high = np.ceil(lowest - _SLACK), np.floor(highest + _SLACK)
    entries = matrix.tocoo()
    for _ in range(rounds):
        new_low, new_high = _one_round(entries, row_lowest, row_highest, low, high)
        if np.array_equal(new_low, low) and np.array_equal(new_high, high):
            break
        low, high = new_low, new_high
        if np.any(low > high):
            break
    return low, high


def _one_round(
    entries: sp.coo_matrix, row_lowest: Floats, row_highest: Floats, low: Floats, high: Floats
) -> tuple[Floats, Floats]:
    row, column, weight = entries.row, entries.col, entries.data.astype(float)
    at_low, at_high = weight * low[column], weight * high[column]
    least_rest = _rest_of_row(row, np.minimum(at_low, at_high), len(row_lowest), -np.inf)
    most_rest = _rest_of_row(row, np.maximum(at_low, at_high), len(row_lowest), np.inf)
    term_low, term_high = row_lowest[row] - most_rest, row_highest[row] - least_rest
    ends = np.stack([term_low / weight, term_high / weight])
    new_low, new_high = low.copy(), high.copy()
    np.maximum.at(new_low, column, np.ceil(ends.min(axis=0) - _SLACK))
    np.minimum.at(new_high, column, np.floor(ends.max(axis=0) + _SLACK))
    return new_low, new_high


def _rest_of_row(row: NDArray[np.int32], terms: Floats, n_rows: int, beyond: float) -> Floats:
    """Return for each entry the sum of its row's other terms, `beyond` where one is infinite."""
    is_infinite = ~np.isfinite(terms)
    finite = np.where(is_infinite, 0.0, terms)
    sums = np.bincount(row, finite, n_rows)[row] - finite
    infinite_others = np.bincount(row, is_infinite, n_rows)[row] - is_infinite
    return np.where(infinite_others > 0.5, beyond, sums)
