"""Many comparisons at once: how many signals chance alone would give, and how to allow for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ssstats.intervals.numbers import FloatArray, as_numbers, error_rate, known_method, refuse


def adjusted_p_values(p_values: npt.ArrayLike, *, method: str = "benjamini-hochberg") -> FloatArray:
    """Return p-values adjusted for the number of comparisons they are part of.

    Parameters
    ----------
    p_values : array of float
        All comparisons of the release or page; a missing one is no comparison and stays NaN.
    method : str
        benjamini-hochberg (false discovery rate), benjamini-yekutieli, holm, hochberg or
        bonferroni.

    Returns
    -------
    adjusted : array of float, shaped as `p_values`

    Raises
    ------
    ValueError
        If a p-value is not between 0 and 1, or the method is not known.

    References
    ----------
    Benjamini Y, Hochberg Y (1995), Journal of the Royal Statistical Society B 57, 289-300.
    """
    chosen = known_method(method, _METHODS, _ALSO)
    (p,) = as_numbers(p_value=p_values)
    refuse(p > 1.0, "the p-value is above 1")
    known = ~np.isnan(p)
    adjusted = np.full(p.shape, np.nan)
    ordered = np.sort(p[known])
    if ordered.size:
        places = np.empty(ordered.size, dtype=int)
        places[np.argsort(p[known], kind="stable")] = np.arange(ordered.size)
        adjusted[known] = np.minimum(_METHODS[chosen](ordered), 1.0)[places]
    return adjusted[()]


def signals_by_chance(comparisons: int, *, confidence: float = 0.95) -> float:
    """Return how many of `comparisons` would be called different if nothing happened at all."""
    return comparisons * error_rate(confidence)


def chance_of_any_signal(comparisons: int, *, confidence: float = 0.95) -> float:
    """Return the chance of at least one call among independent comparisons of no change."""
    return float(1.0 - (1.0 - error_rate(confidence)) ** comparisons)


def _ranks(ordered: FloatArray) -> FloatArray:
    return np.arange(1.0, ordered.size + 1.0)


def _lowest_above(values: FloatArray) -> FloatArray:
    """Return for each place the smallest value from there on: adjusted values keep the order."""
    return np.minimum.accumulate(values[::-1])[::-1]


def _benjamini_hochberg(ordered: FloatArray) -> FloatArray:
    return _lowest_above(ordered * ordered.size / _ranks(ordered))


def _benjamini_yekutieli(ordered: FloatArray) -> FloatArray:
    return _lowest_above(ordered * ordered.size / _ranks(ordered) * np.sum(1.0 / _ranks(ordered)))


def _holm(ordered: FloatArray) -> FloatArray:
    return np.maximum.accumulate(ordered * (ordered.size + 1.0 - _ranks(ordered)))


def _hochberg(ordered: FloatArray) -> FloatArray:
    return _lowest_above(ordered * (ordered.size + 1.0 - _ranks(ordered)))


def _bonferroni(ordered: FloatArray) -> FloatArray:
    return ordered * ordered.size


_METHODS = {
    "benjamini-hochberg": _benjamini_hochberg,
    "benjamini-yekutieli": _benjamini_yekutieli,
    "holm": _holm,
    "hochberg": _hochberg,
    "bonferroni": _bonferroni,
}
_ALSO = {"bh": "benjamini-hochberg", "fdr": "benjamini-hochberg", "by": "benjamini-yekutieli"}
