"""Confidence limits for counts of events, and for rates of events on a population.

Pure functions of numbers. The exact (Garwood) limits serve every count, so there is no switch at
ten events and no count without limits; the approximations are here by name for comparison with
publishers who use them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc, gammaincc, gammainccinv, gammaincinv

from ssstats.intervals.numbers import (
    FloatArray,
    Limits,
    as_numbers,
    error_rate,
    known_method,
    normal_deviate,
    over,
    refuse,
    root_between,
    shown_where,
    solved_once,
)

# Public Health England's methods use exact limits under ten events and Byar's from ten.
_PHE_SWITCH = 10


def limits_of_count(
    events: npt.ArrayLike, *, confidence: float = 0.95, method: str = "garwood"
) -> Limits:
    """Return lower and upper confidence limits for the number of events to be expected.

    Parameters
    ----------
    events : array of numbers
        Events counted, zero or more.
    confidence : float
        Two-sided level as a fraction, at least 0.5 and below 1.
    method : str
        garwood (exact), byar, phe (exact under ten events, else byar), mid-p, score, jeffreys or
        wald. Byar has no lower limit at zero events and where its formula turns negative (one
        event at 0.998): it is NaN there. Wald can be negative and is not cut.

    Returns
    -------
    lower, upper : arrays of float, shaped as `events`
        Expected events; NaN where events are missing. The lower limit of no events is 0.

    Raises
    ------
    ValueError
        If a count is negative or infinite, or the confidence or the method is not known.

    References
    ----------
    Garwood F (1936), Biometrika 28, 437-442; Breslow NE, Day NE (1987), Statistical methods in
    cancer research II, p 69 (Byar); Cohen GR, Yang SY (1994), Statistics in Medicine 13,
    2189-2203 (mid-P).
    """
    chosen = known_method(method, _METHODS, _ALSO)
    (counted,) = as_numbers(events=events)
    known = ~np.isnan(counted)
    cells = np.where(known, counted, 0.0)
    if chosen in _COSTLY:
        lower, upper = solved_once(_METHODS[chosen], confidence, cells)
    else:
        lower, upper = _METHODS[chosen](cells, confidence)
    return shown_where(known, lower, upper)


def limits_of_rate(
    events: npt.ArrayLike,
    population: npt.ArrayLike,
    *,
    per: float = 1.0,
    confidence: float = 0.95,
    method: str = "garwood",
) -> Limits:
    """Return confidence limits of events / population * `per`: limits of the count, scaled.

    Takes and returns what `limits_of_count` does, with one population for each count. The limits
    are NaN where the population is missing or zero. The population is taken as known.

    Raises
    ------
    ValueError
        As `limits_of_count`; also if a population is negative, or `per` is not positive.
    """
    if not per > 0:
        raise ValueError(f"per {per} is not known; give a positive number such as 10000")
    counted, people = as_numbers(events=events, population=population)
    lower, upper = limits_of_count(counted, confidence=confidence, method=method)
    scale = over(per, people)
    return (lower * scale)[()], (upper * scale)[()]


def limits_of_recurring_rate(
    events: npt.ArrayLike,
    population: npt.ArrayLike,
    dispersion: npt.ArrayLike,
    *,
    per: float = 1.0,
    confidence: float = 0.95,
) -> Limits:
    """Return limits of a rate whose events can befall one person more than once.

    The distance of each exact limit from the rate is widened by the square root of `dispersion`,
    the variance of the count over what independent events would have (1 if they were); see
    `dispersion_of_recurring_events`.

    Raises
    ------
    ValueError
        As `limits_of_rate`; also if a dispersion is below 1.
    """
    counted, people, spread = as_numbers(
        events=events, population=population, dispersion=dispersion
    )
    refuse(spread < 1.0, "the dispersion is below 1")
    lower, upper = limits_of_rate(counted, people, per=per, confidence=confidence)
    rate = over(counted * per, people)
    widening = np.sqrt(spread)
    return (
        np.maximum(rate - (rate - lower) * widening, 0.0)[()],
        (rate + (upper - rate) * widening)[()],
    )


def dispersion_of_recurring_events(people: npt.ArrayLike, events_each: npt.ArrayLike) -> float:
    """Return the dispersion of a count from how many people had one, two, three events.

    The count is a sum over people of independent Poisson numbers times their events, so its
    variance is the sum of people * events_each squared, over the events themselves.

    Raises
    ------
    ValueError
        If there are no events, or a number is missing or negative.

    References
    ----------
    Stukel TA, Glynn RJ, Fisher ES et al (1994), Statistics in Medicine 13, 1781-1791.
    """
    with_these, each = as_numbers(people=people, events_each=events_each)
    refuse(np.isnan(with_these) | np.isnan(each), "a frequency is missing")
    events = float(np.sum(with_these * each))
    if events == 0:
        raise ValueError("there are no events: dispersion cannot be measured")
    return float(np.sum(with_these * each**2)) / events


def _garwood(x: FloatArray, confidence: float) -> Limits:
    half = error_rate(confidence) / 2.0
    lower = np.where(x > 0, gammaincinv(np.where(x > 0, x, 1.0), half), 0.0)
    return lower, gammainccinv(x + 1.0, half)


def _byar(x: FloatArray, confidence: float) -> Limits:
    z = normal_deviate(confidence)
    some = np.where(x > 0, x, 1.0)
    root = 1.0 - 1.0 / (9.0 * some) - z / (3.0 * np.sqrt(some))
    lower = np.where((x > 0) & (root >= 0), some * root**3, np.nan)
    more = x + 1.0
    return lower, more * (1.0 - 1.0 / (9.0 * more) + z / (3.0 * np.sqrt(more))) ** 3


def _phe(x: FloatArray, confidence: float) -> Limits:
    exact, approximate = _garwood(x, confidence), _byar(x, confidence)
    few = x < _PHE_SWITCH
    return np.where(few, exact[0], approximate[0]), np.where(few, exact[1], approximate[1])


def _mid_p(x: FloatArray, confidence: float) -> Limits:
    """Solve P(beyond x) + P(x) / 2 = alpha / 2; exact limits at alpha and alpha / 2 bracket it."""
    alpha = error_rate(confidence)
    some = np.where(x > 0, x, 1.0)

    def too_high(mean: FloatArray, x: FloatArray) -> FloatArray:
        return gammainc(x, mean) + gammainc(x + 1.0, mean) - alpha

    def too_low(mean: FloatArray, x: FloatArray) -> FloatArray:
        below = np.where(x > 0, gammaincc(np.where(x > 0, x, 1.0), mean), 0.0)
        return below + gammaincc(x + 1.0, mean) - alpha

    # A hair of slack: for no events the bracket's end is the answer itself.
    lower = root_between(
        too_high, gammaincinv(some, alpha / 2) * (1 - 1e-9), gammaincinv(some, alpha), some
    ).reshape(x.shape)
    upper = root_between(
        too_low,
        gammainccinv(x + 1.0, alpha) * (1 - 1e-9),
        gammainccinv(x + 1.0, alpha / 2.0) * (1 + 1e-9),
        x,
    ).reshape(x.shape)
    return np.where(x > 0, lower, 0.0), upper


def _score(x: FloatArray, confidence: float) -> Limits:
    z = normal_deviate(confidence)
    upper = x + z * z / 2.0 + z * np.sqrt(x + z * z / 4.0)
    # The product of both limits is x squared.
    return x * x / upper, upper


def _jeffreys(x: FloatArray, confidence: float) -> Limits:
    half = error_rate(confidence) / 2.0
    return np.where(x > 0, gammaincinv(x + 0.5, half), 0.0), gammainccinv(x + 0.5, half)


def _wald(x: FloatArray, confidence: float) -> Limits:
    half = normal_deviate(confidence) * np.sqrt(x)
    return x - half, x + half


_METHODS = {
    "garwood": _garwood,
    "byar": _byar,
    "phe": _phe,
    "mid-p": _mid_p,
    "score": _score,
    "jeffreys": _jeffreys,
    "wald": _wald,
}
_COSTLY = ("garwood", "phe", "mid-p", "jeffreys")
_ALSO = {
    "exact": "garwood",
    "byars": "byar",
    "midp": "mid-p",
    "normal": "wald",
    "exact-or-byar": "phe",
}
