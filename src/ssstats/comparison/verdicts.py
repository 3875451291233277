"""Four verdicts on a change, from its limits: rose, fell, little change, cannot tell.

Little change is a finding: the whole of the limits lies inside a margin that was set before the
figures were seen. Where the limits hold no change but reach beyond the margin, no one can tell.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from ssstats.intervals.numbers import as_floats, refuse


class Verdict(StrEnum):
    """What the figures allow one to say of a change."""

    ROSE = "rose"
    FELL = "fell"
    LITTLE_CHANGE = "little change"
    CANNOT_TELL = "cannot tell"


def verdicts_of_change(
    lower: npt.ArrayLike, upper: npt.ArrayLike, *, margin: float, no_change: float = 0.0
) -> npt.NDArray[np.object_]:
    """Return a `Verdict` for each change, or None where a limit is missing.

    Parameters
    ----------
    lower, upper : arrays of float
        Limits of the change, in any unit. An upper limit may be infinite.
    margin : float
        Half-width of what counts as little change, in the same unit, zero or more: 0.05 for 5
        points, 0.1 for 10% of a ratio.
    no_change : float
        The value that stands for no change: 0 for a difference, 1 for a ratio.

    Raises
    ------
    ValueError
        If the margin is negative or a lower limit is above its upper.
    """
    if not margin >= 0:
        raise ValueError(f"margin {margin} is not known; give zero or more")
    low, high = np.broadcast_arrays(
        as_floats("lower limit", lower), as_floats("upper limit", upper)
    )
    refuse(low > high, "the lower limit is above the upper")
    inside = (low >= no_change - margin) & (high <= no_change + margin)
    found = np.full(low.shape, Verdict.CANNOT_TELL, dtype=object)
    found[inside] = Verdict.LITTLE_CHANGE
    found[low > no_change] = Verdict.ROSE
    found[high < no_change] = Verdict.FELL
    found[np.isnan(low + high)] = None
    return found
