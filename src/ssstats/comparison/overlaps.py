"""Change in a percentage of a stock: two days, mostly the same people.

How the same people's answers go together is not in two pairs of totals, so the change cannot be
measured from them. It can be bounded: by no overlap at all, and by the largest overlap with every
person's answer the same wherever the totals let it be. A verdict stands only where both agree;
with the table of the same people on both days, compare those who changed one way with those who
changed the other by `p_value_of_two_counts`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ssstats.comparison.differences import limits_of_difference
from ssstats.comparison.verdicts import Verdict, verdicts_of_change
from ssstats.intervals import limits_of_percentage
from ssstats.intervals.numbers import Limits, as_numbers


def limits_with_full_overlap(
    numerator_1: npt.ArrayLike,
    denominator_1: npt.ArrayLike,
    numerator_2: npt.ArrayLike,
    denominator_2: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Limits:
    """Return the narrowest limits that the difference of two stocks' percentages can have.

    Newcombe's limits with the two percentages correlated as much as the largest overlap allows:
    the root of the smaller denominator over the larger. NaN where a number is missing or a
    denominator is zero.

    Raises
    ------
    ValueError
        As `limits_of_difference`.

    References
    ----------
    Newcombe RG (1998), Statistics in Medicine 17, 2635-2650: correlation between the limits.
    """
    x1, n1, x2, n2 = as_numbers(
        numerator_1=numerator_1,
        denominator_1=denominator_1,
        numerator_2=numerator_2,
        denominator_2=denominator_2,
    )
    (l1, u1), (l2, u2) = (
        limits_of_percentage(x, n, confidence=confidence) for x, n in ((x1, n1), (x2, n2))
    )
    known = ~np.isnan(l1 + l2)
    n1, n2 = np.where(known, n1, np.nan), np.where(known, n2, np.nan)
    p1, p2 = x1 / n1, x2 / n2
    together = np.sqrt(np.minimum(n1, n2) / np.maximum(n1, n2))
    below, above = p1 - l1, u2 - p2
    half_down = np.sqrt(np.maximum(below**2 - 2 * together * below * above + above**2, 0.0))
    below, above = u1 - p1, p2 - l2
    half_up = np.sqrt(np.maximum(below**2 - 2 * together * below * above + above**2, 0.0))
    return (p1 - p2 - half_down)[()], (p1 - p2 + half_up)[()]


def verdicts_of_overlapping_stock(
    numerator_1: npt.ArrayLike,
    denominator_1: npt.ArrayLike,
    numerator_2: npt.ArrayLike,
    denominator_2: npt.ArrayLike,
    *,
    margin: float,
    confidence: float = 0.95,
) -> npt.NDArray[np.object_]:
    """Return a `Verdict` where no overlap and full overlap agree, else that one cannot tell.

    The first percentage is the later. `margin` is in fractions, as in `verdicts_of_change`; None
    where a number is missing or a denominator is zero.

    Raises
    ------
    ValueError
        As `limits_of_difference` and `verdicts_of_change`.
    """
    cells = (numerator_1, denominator_1, numerator_2, denominator_2)
    widest = limits_of_difference(*cells, confidence=confidence)
    narrowest = limits_with_full_overlap(*cells, confidence=confidence)
    apart = verdicts_of_change(*widest, margin=margin)
    together = verdicts_of_change(*narrowest, margin=margin)
    return np.where(apart == together, apart, Verdict.CANNOT_TELL)
