"""Which tenth, fifth or other quantile of areas each value falls in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ssstats.intervals.numbers import FloatArray, as_floats


def quantile_of_each(
    values: npt.ArrayLike, *, groups: int = 10, highest_first: bool = True
) -> FloatArray:
    """Return the quantile, 1 to `groups`, of each value among all of them.

    Parameters
    ----------
    values : array of float, shape (n,)
        One value an area; a missing one (NaN) gets no quantile and does not count.
    groups : int
        Number of quantiles, at least 1.
    highest_first : bool
        Whether quantile 1 holds the highest values.

    Returns
    -------
    quantile : array of float, shape (n,)
        Equal values share the better rank, as in PHE's method. All NaN where there are fewer
        values than groups.

    Raises
    ------
    ValueError
        If `groups` is below 1 or a value is not a number.
    """
    if groups < 1:
        raise ValueError(f"groups {groups} is not known; give a whole number of at least 1")
    each = as_floats("value", values)
    known = ~np.isnan(each)
    size = int(known.sum())
    if size < groups:
        return np.full(each.shape, np.nan)
    keyed = -each if highest_first else each
    rank = np.searchsorted(np.sort(keyed[known]), keyed, side="left") + 1
    # In integers: floor division of negative numbers rounds a quotient up without a rounding slip.
    from_the_end = -((-(size + 1 - rank) * groups) // size)
    return np.where(known, np.maximum(groups + 1 - from_the_end, 1), np.nan)
