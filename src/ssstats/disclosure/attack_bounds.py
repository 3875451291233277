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
    rows = sp.csr_matrix(matrix)
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    is_new = np.ones(len(row), dtype=bool)
    for _ in range(rounds):
        new = row[is_new], rows.indices[is_new], rows.data[is_new].astype(float)
        new_low, new_high = _one_round(new, row_lowest, row_highest, low, high)
        is_narrower = (new_low != low) | (new_high != high)
        low, high = new_low, new_high
        if not is_narrower.any() or np.any(low > high):
            break
        # Only rows in which a cell was narrowed can tell more.
        tells_more = np.zeros(rows.shape[0], dtype=bool)
        tells_more[row[is_narrower[rows.indices]]] = True
        is_new = tells_more[row]
    return low, high


def _one_round(
    entries: tuple[Ints, Ints, Floats],
    row_lowest: Floats,
    row_highest: Floats,
    low: Floats,
    high: Floats,
) -> tuple[Floats, Floats]:
    """Return bounds after one pass through rows, told as row, cell and weight of each entry."""
    row, column, weight = entries
    at_low, at_high = weight * low[column], weight * high[column]
    least_rest = _rest_of_row(row, np.minimum(at_low, at_high), len(row_lowest), -np.inf)
    most_rest = _rest_of_row(row, np.maximum(at_low, at_high), len(row_lowest), np.inf)
    term_low, term_high = row_lowest[row] - most_rest, row_highest[row] - least_rest
    ends = np.stack([term_low / weight, term_high / weight])
    new_low, new_high = low.copy(), high.copy()
    np.maximum.at(new_low, column, np.ceil(ends.min(axis=0) - _SLACK))
    np.minimum.at(new_high, column, np.floor(ends.max(axis=0) + _SLACK))
    return new_low, new_high


def _rest_of_row(row: Ints, terms: Floats, n_rows: int, beyond: float) -> Floats:
    """Return for each entry the sum of its row's other terms, `beyond` where one is infinite."""
    is_infinite = ~np.isfinite(terms)
    finite = np.where(is_infinite, 0.0, terms)
    sums = np.bincount(row, finite, n_rows)[row] - finite
    infinite_others = np.bincount(row, is_infinite, n_rows)[row] - is_infinite
    return np.where(infinite_others > 0.5, beyond, sums)
