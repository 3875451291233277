"""Places of stretches in one array, found at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]


def stretches(starts: NDArray[np.integer], sizes: NDArray[np.integer]) -> Places:
    """Return the places of stretches one after another, by where each starts and its size.

    Parameters
    ----------
    starts, sizes : arrays of int, shape (n,)
        Stretches may be empty, and may overlap.

    Returns
    -------
    array of int, shape (the sum of the sizes,)
    """
    before = np.cumsum(sizes) - sizes
    return np.repeat(starts - before, sizes) + np.arange(sizes.sum())
