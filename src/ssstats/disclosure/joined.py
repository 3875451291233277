"""Which rows and columns of a matrix its entries join: parts of a release that share nothing.

The graph routines of scipy would do too, but loading them takes longer than all this.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def joined_sets(
    matrix: sp.csr_matrix | sp.csc_matrix, is_used: NDArray[np.bool_] | None = None
) -> tuple[Ints, Ints]:
    """Return the sets of rows and of columns, shapes (m,) and (n,): equal numbers are one set.

    Sets are numbered in the order of their first rows, then of columns that stand alone. Columns
    that `is_used`, shape (n,), leaves out join nothing.
    """
    m, n = matrix.shape
    outer = np.repeat(np.arange(len(matrix.indptr) - 1), np.diff(matrix.indptr))
    row, column = (outer, matrix.indices) if matrix.format == "csr" else (matrix.indices, outer)
    if is_used is not None:
        row, column = row[is_used[column]], column[is_used[column]]
    first, second = row.astype(np.int64), column.astype(np.int64) + m
    # Each node says of which other it is told to be; the lowest of a set is its own.
    root = np.arange(m + n)
    while len(first):
        lower, upper = np.minimum(root[first], root[second]), np.maximum(root[first], root[second])
        np.minimum.at(root, upper, lower)
        while (further := root[root] != root).any():
            root[further] = root[root[further]]
        apart = root[first] != root[second]
        first, second = first[apart], second[apart]
    return root[:m], root[m:]
