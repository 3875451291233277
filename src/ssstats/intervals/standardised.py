"""Standardised rates and ratios with their confidence limits.

Direct: the area's own rates of each age band, weighted by a standard population. Indirect: events
observed over events expected at reference rates. Bands run along the last axis.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ssstats.intervals.counts import limits_of_count
from ssstats.intervals.numbers import FloatArray, Limits, as_numbers, over, refuse

# Below this many events PHE and the ONS show no directly standardised rate.
_FEWEST_EVENTS = 10


def directly_standardised_rate(
    events: npt.ArrayLike,
    population: npt.ArrayLike,
    standard: npt.ArrayLike,
    *,
    per: float = 1.0,
    confidence: float = 0.95,
    method: str = "byar",
    fewest_events: int = _FEWEST_EVENTS,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return directly standardised rates with Dobson's limits.

    Parameters
    ----------
    events, population, standard : arrays of numbers, shape (..., bands)
        Events and people of the area, people of the standard population, for each age band.
    per : float
        Scale of the result, for instance 10000.
    confidence : float
        Two-sided level as a fraction, at least 0.5 and below 1.
    method : str
        The limits of the total count that Dobson's method rescales: byar or garwood.
    fewest_events : int
        With fewer events in all there is no rate.

    Returns
    -------
    rate, lower, upper : arrays of float, shape (...)
        Events per `per` people; NaN where a band is missing or there are too few events.

    Raises
    ------
    ValueError
        If a number is negative, a population is zero, or the confidence or method is not known.

    References
    ----------
    Dobson AJ, Kuulasmaa K, Eberle E, Scherer J (1991), Statistics in Medicine 10, 457-462.
    """
    x, n, weight = as_numbers(events=events, population=population, standard=standard)
    refuse(n == 0, "the population of a band is zero")
    whole = weight.sum(axis=-1)
    total = x.sum(axis=-1)
    rate = (weight * x / n).sum(axis=-1) / whole
    variance = ((weight / n) ** 2 * x).sum(axis=-1) / whole**2

    enough = (total >= fewest_events) & (total > 0)
    lower, upper = limits_of_count(total, confidence=confidence, method=method)
    stretch = np.sqrt(np.divide(variance, total, out=np.zeros(np.shape(total)), where=enough))
    found = (rate, rate + stretch * (lower - total), rate + stretch * (upper - total))
    value, low, high = (np.where(enough, limit * per, np.nan)[()] for limit in found)
    return value, low, high


def expected_events(
    population: npt.ArrayLike,
    reference_events: npt.ArrayLike,
    reference_population: npt.ArrayLike,
) -> FloatArray:
    """Return the events that reference rates would give in `population`, summed over bands.

    Raises
    ------
    ValueError
        If a number is negative or a reference population is zero.
    """
    people, events, reference = as_numbers(
        population=population,
        reference_events=reference_events,
        reference_population=reference_population,
    )
    refuse(reference == 0, "the reference population of a band is zero")
    return (people * events / reference).sum(axis=-1)[()]


def limits_of_standardised_ratio(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    per: float = 1.0,
    confidence: float = 0.95,
    method: str = "garwood",
) -> Limits:
    """Return limits of observed / expected * `per`: limits of the count, scaled.

    With the reference rate as `per` they are limits of an indirectly standardised rate. The
    expected events are taken as known; the limits are NaN where they are missing or zero. The
    methods are those of `limits_of_count`; phe gives what Fingertips shows.

    Raises
    ------
    ValueError
        If a number is negative, or the confidence or the method is not known.
    """
    x, e = as_numbers(observed=observed, expected=expected)
    lower, upper = limits_of_count(x, confidence=confidence, method=method)
    scale = over(per, e)
    return (lower * scale)[()], (upper * scale)[()]
