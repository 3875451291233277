"""Change in a stock: people counted on a day, most of whom were there the year before.

Two such counts are not independent, and treating them so hides nearly every real change. What can
differ by chance is who entered and who left, so the flows judge the change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ssstats.intervals.numbers import FloatArray, as_numbers, normal_deviate, over, refuse


@dataclass(frozen=True)
class StockChange:
    """Change of stocks between two days; arrays of one shape, in people.

    `unreconciled` is the change less (entered - left): it must be shown, never absorbed. `z` is
    the change in standard errors of the flows, `z_if_independent` what the two stocks alone would
    wrongly say.
    """

    change: FloatArray
    lower: FloatArray
    upper: FloatArray
    z: FloatArray
    z_if_independent: FloatArray
    unreconciled: FloatArray


def compare_stocks(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    entered: npt.ArrayLike,
    left: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    group_size: npt.ArrayLike = 1.0,
) -> StockChange:
    """Return the change of stocks, judged from the flows between them.

    The difference of two Poisson flows (Skellam) has variance entered + left. People who come
    and go together, such as siblings, widen it: give the mean group size where it is known.

    Parameters
    ----------
    before, after : arrays of numbers
        People on the first and on the second day.
    entered, left : arrays of numbers
        People who came and who went between the days.
    confidence : float
        Two-sided level as a fraction, at least 0.5 and below 1.
    group_size : array of numbers
        Mean size of the groups that move together, at least 1.

    Raises
    ------
    ValueError
        If a number is negative, a group size is below 1, or the confidence is not known.
    """
    first, second, came, went, group = as_numbers(
        before=before, after=after, entered=entered, left=left, group_size=group_size
    )
    refuse(group < 1.0, "the group size is below 1")
    change = second - first
    error = np.sqrt((came + went) * group)
    half = normal_deviate(confidence) * error
    return StockChange(
        change=change[()],
        lower=(change - half)[()],
        upper=(change + half)[()],
        # Without any flow no change can be judged.
        z=over(change, error)[()],
        z_if_independent=over(change, np.sqrt(first + second))[()],
        unreconciled=(change - (came - went))[()],
    )
