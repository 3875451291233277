"""How often limits hold the truth: exact sums over every outcome, no simulation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ssstats.intervals.chances import binomial_chance, poisson_chance
from ssstats.intervals.counts import limits_of_count
from ssstats.intervals.numbers import FloatArray
from ssstats.intervals.proportions import limits_of_percentage

# Near enough to a limit to be on its worse side, far enough not to be rounded onto it.
_BESIDE = 1e-9


def coverage_of_percentage(
    share: npt.ArrayLike, cases: int, *, confidence: float = 0.95, method: str = "wilson"
) -> FloatArray:
    """Return for each true `share` the chance that limits from `cases` cases hold it.

    Parameters
    ----------
    share : array of float, shape (k,)
        True shares between 0 and 1.
    cases : int
        Denominator.
    confidence, method
        As in `limits_of_percentage`.

    Returns
    -------
    coverage : array of float, shape (k,)
    """
    true = np.asarray(share, dtype=float)[..., None]
    outcomes = np.arange(cases + 1, dtype=float)
    lower, upper = limits_of_percentage(outcomes, cases, confidence=confidence, method=method)
    return np.where(
        (lower <= true) & (true <= upper), binomial_chance(outcomes, cases, true), 0.0
    ).sum(axis=-1)


def worst_coverage_of_percentage(
    share: npt.ArrayLike, cases: int, *, confidence: float = 0.95, method: str = "wilson"
) -> float:
    """Return the lowest coverage over true `share` and just beside every limit between them.

    Coverage jumps at the limits, so a grid alone misses its lowest points.
    """
    grid = np.asarray(share, dtype=float)
    limits = limits_of_percentage(np.arange(cases + 1), cases, confidence=confidence, method=method)
    beside = np.concatenate([end + side for end in limits for side in (-_BESIDE, _BESIDE)])
    beside = beside[(beside > grid.min()) & (beside < grid.max())]
    everywhere = np.concatenate([grid, beside])
    return float(
        coverage_of_percentage(everywhere, cases, confidence=confidence, method=method).min()
    )


def coverage_of_count(
    mean: npt.ArrayLike, *, confidence: float = 0.95, method: str = "garwood"
) -> FloatArray:
    """Return for each true `mean`, shape (k,), the chance that limits of a count hold it."""
    true = np.asarray(mean, dtype=float)[..., None]
    # Beyond twelve standard deviations the chance is under 1e-15 for every mean.
    outcomes = np.arange(np.ceil(true.max() + 12.0 * np.sqrt(true.max()) + 40.0))
    lower, upper = limits_of_count(outcomes, confidence=confidence, method=method)
    lower = np.where(np.isnan(lower), 0.0, lower)
    return np.where((lower <= true) & (true <= upper), poisson_chance(outcomes, true), 0.0).sum(
        axis=-1
    )
