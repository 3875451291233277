"""Chances of counts: binomial and Poisson, for arrays, and for whole numbers kept as floats."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammaln, xlog1py, xlogy

from ssstats.intervals.numbers import FloatArray


def binomial_chance(
    outcome: npt.ArrayLike, cases: npt.ArrayLike, share: npt.ArrayLike
) -> FloatArray:
    """Return P(X = outcome) for `cases` cases with the true `share`, arrays broadcast."""
    x, n, p = (np.asarray(values, dtype=float) for values in (outcome, cases, share))
    ways = gammaln(n + 1.0) - gammaln(x + 1.0) - gammaln(n - x + 1.0)
    return np.exp(ways + xlogy(x, p) + xlog1py(n - x, -p))


def binomial_at_least(
    outcome: npt.ArrayLike, cases: npt.ArrayLike, share: npt.ArrayLike
) -> FloatArray:
    """Return P(X >= outcome), 1 below zero and 0 above `cases`."""
    x, n, p = (np.asarray(values, dtype=float) for values in (outcome, cases, share))
    inside = np.clip(x, 1.0, np.maximum(n, 1.0))
    tail = betainc(inside, np.maximum(n, 1.0) - inside + 1.0, p)
    return np.where(x <= 0, 1.0, np.where(x > n, 0.0, tail))


def binomial_at_most(
    outcome: npt.ArrayLike, cases: npt.ArrayLike, share: npt.ArrayLike
) -> FloatArray:
    """Return P(X <= outcome), 0 below zero and 1 from `cases` on."""
    x, n, p = (np.asarray(values, dtype=float) for values in (outcome, cases, share))
    return binomial_at_least(n - x, n, 1.0 - p)


def poisson_chance(outcome: npt.ArrayLike, mean: npt.ArrayLike) -> FloatArray:
    """Return P(X = outcome) for a Poisson count with the true `mean`, arrays broadcast."""
    x, m = np.asarray(outcome, dtype=float), np.asarray(mean, dtype=float)
    return np.exp(xlogy(x, m) - m - gammaln(x + 1.0))
