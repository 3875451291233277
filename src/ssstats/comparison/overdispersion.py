"""Spread between areas beyond chance, and funnel limits that allow for it.

Additive model: every area has its own true value, with variance tau2 between areas on a
transformed scale where chance variance is stable. Measured by moments from z-scores whose tails
are drawn in (Winsorised), so that a few true outliers do not widen the limits that should find
them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ssstats.intervals.numbers import (
    FloatArray,
    Limits,
    as_floats,
    as_numbers,
    known_method,
    normal_deviate,
    refuse,
)


@dataclass(frozen=True)
class Overdispersion:
    """Spread between areas.

    `z` are the scores before Winsorising and `error` their standard errors on the transformed
    scale, arrays of shape (n,); `phi` is the mean squared Winsorised score (1 if chance explains
    all), `tau2` the variance between areas, `target` the baseline on the transformed scale.
    """

    scale: str
    z: FloatArray
    error: FloatArray
    phi: float
    tau2: float
    target: float


def measure_overdispersion(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    *,
    scale: str,
    winsorised: float = 0.1,
    baseline: float | None = None,
) -> Overdispersion:
    """Return the spread between areas on a transformed scale.

    Parameters
    ----------
    numerator, denominator : arrays of numbers, shape (n,)
        Observed and expected events (square-root, log), cases and all cases (arcsine), or two
        counts (log-of-counts). Areas with a missing number are left out.
    scale : str
        square-root or log for ratios to expected, arcsine for percentages, log-of-counts for
        ratios of two counts (adds a half to each).
    winsorised : float
        Share of scores drawn in at each end, below a half.
    baseline : float
        Value to compare with, untransformed: by default 1 for ratios to expected and the pooled
        value otherwise.

    Raises
    ------
    ValueError
        If a number is negative, a denominator is zero, a numerator is above its denominator on
        the arcsine scale, a count is zero on the log scale, or the scale is not known.

    References
    ----------
    Spiegelhalter DJ (2005), Handling over-dispersion of performance indicators, Quality and
    Safety in Health Care 14, 347-351.
    """
    chosen = known_method(scale, _SCALES, _ALSO)
    if not 0.0 <= winsorised < 0.5:
        raise ValueError(f"winsorised {winsorised} is not known; give a share below 0.5")
    x, n = as_numbers(numerator=numerator, denominator=denominator)
    x, n = x[~np.isnan(x + n)], n[~np.isnan(x + n)]
    refuse(n == 0, "the denominator is zero")
    refuse((x > n) & (chosen == "arcsine"), "the numerator is above its denominator")
    refuse((x == 0) & (chosen == "log"), "the log scale needs a count above zero; the count is not")
    if x.size == 0:
        raise ValueError("no area has a numerator and a denominator")

    value, error = _transformed(x, n, chosen)
    centre = baseline
    if centre is None:
        centre = 1.0 if chosen in ("square-root", "log") else float(x.sum() / n.sum())
    target = float(_forwards(np.asarray(centre), chosen))
    z = (value - target) / error
    low, high = np.quantile(z, [winsorised, 1.0 - winsorised])
    phi = float(np.mean(np.clip(z, low, high) ** 2))
    return Overdispersion(chosen, z, error, phi, tau2_from_scores(phi, error), target)


def tau2_from_scores(phi: float, error: npt.ArrayLike) -> float:
    """Return the variance between areas by moments; zero where n * phi is below n - 1."""
    weight = 1.0 / as_floats("error", error) ** 2
    excess = weight.size * phi - (weight.size - 1.0)
    if excess <= 0:
        return 0.0
    return float(excess / (weight.sum() - (weight**2).sum() / weight.sum()))


def adjusted_funnel(
    denominator: npt.ArrayLike, spread: Overdispersion, *, confidence: float = 0.95
) -> Limits:
    """Return funnel limits that allow for `spread`, at any denominators, on the original scale.

    Expected events or cases go in. On the square-root and arcsine scales the transformed limit is
    kept where the scale ends (0, and 0 to pi / 2), so that limits do not fold back.

    Raises
    ------
    ValueError
        If a number is negative, the confidence is not known, or the scale is log-of-counts, where
        chance depends on both counts: use `adjusted_limits` with the errors of the areas.
    """
    (n,) = as_numbers(denominator=denominator)
    if spread.scale == "log-of-counts":
        raise ValueError("log-of-counts has no funnel over one denominator; use adjusted_limits")
    some = np.where(n > 0, n, np.nan)
    chance = 1.0 / some if spread.scale == "log" else 0.25 / some
    return adjusted_limits(np.sqrt(chance), spread, confidence=confidence)


def adjusted_limits(
    error: npt.ArrayLike, spread: Overdispersion, *, confidence: float = 0.95
) -> Limits:
    """Return limits that allow for `spread` at given standard errors on the transformed scale."""
    (chance,) = as_numbers(error=error)
    half = normal_deviate(confidence) * np.sqrt(chance**2 + spread.tau2)
    lower, upper = (
        _backwards(end, spread.scale) for end in (spread.target - half, spread.target + half)
    )
    return lower[()], upper[()]


def dersimonian_laird(
    estimates: npt.ArrayLike, variances: npt.ArrayLike
) -> tuple[float, float, float]:
    """Return tau2, Cochran's Q and the fixed-effect mean of estimates with known variances.

    Raises
    ------
    ValueError
        If a variance is zero, negative or missing.

    References
    ----------
    DerSimonian R, Laird N (1986), Controlled Clinical Trials 7, 177-188.
    """
    y = as_floats("estimate", estimates)
    (v,) = as_numbers(variance=variances)
    refuse(~(v > 0) | np.isnan(y), "an estimate is missing or its variance is not above zero")
    weight = 1.0 / v
    mean = float((weight * y).sum() / weight.sum())
    q = float((weight * (y - mean) ** 2).sum())
    return tau2_from_scores(q / y.size, np.sqrt(v)), q, mean


def _transformed(x: FloatArray, n: FloatArray, scale: str) -> tuple[FloatArray, FloatArray]:
    """Return values and their standard errors by chance on the transformed scale."""
    if scale == "log-of-counts":
        a, b = x + 0.5, n + 0.5
        return np.log(a / b), np.sqrt(x / a**2 + n / b**2)
    chance = 1.0 / np.sqrt(n) if scale == "log" else 0.5 / np.sqrt(n)
    return _forwards(x / n, scale), chance


def _forwards(value: FloatArray, scale: str) -> FloatArray:
    if scale == "arcsine":
        return np.arcsin(np.sqrt(value))
    return np.sqrt(value) if scale == "square-root" else np.log(value)


def _backwards(value: FloatArray, scale: str) -> FloatArray:
    if scale == "arcsine":
        return np.sin(np.clip(value, 0.0, np.pi / 2.0)) ** 2
    return np.maximum(value, 0.0) ** 2 if scale == "square-root" else np.exp(value)


_SCALES = ("square-root", "log", "arcsine", "log-of-counts")
_ALSO = {"sqrt": "square-root", "asin": "arcsine", "arcsin": "arcsine", "arcsine-sqrt": "arcsine"}
