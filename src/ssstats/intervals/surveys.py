"""Limits for percentages of a survey that asked a known number of people.

Two different doubts stand beside each other: chance among those who replied, and what those who
did not reply would have said. The second is often far the larger, so it is always available.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from ssstats.intervals.numbers import (
    FloatArray,
    Limits,
    as_numbers,
    error_rate,
    first_integer,
    known_method,
    refuse,
)
from ssstats.intervals.proportions import limits_of_percentage


def limits_of_survey_percentage(
    favourable: npt.ArrayLike,
    replies: npt.ArrayLike,
    population: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    method: str = "wilson-finite",
) -> Limits:
    """Return limits for the percentage of a whole finite population, if replies are random.

    Parameters
    ----------
    favourable, replies, population : arrays of numbers
        Replies that say so, all replies, and all people who could have replied.
    confidence : float
        Two-sided level as a fraction, at least 0.5 and below 1.
    method : str
        wilson-finite (Wilson on the effective number of replies), exact-hypergeometric, or wilson
        for comparison between years, whose populations are a sample of a longer run.

    Returns
    -------
    lower, upper : arrays of float
        Fractions. Where everybody replied both are the percentage itself. NaN where a number is
        missing or there are no replies.

    Raises
    ------
    ValueError
        If a number is negative, there are more favourable replies than replies or more replies
        than people, or the confidence or the method is not known.
    """
    chosen = known_method(method, ("wilson-finite", "exact-hypergeometric", "wilson"), _ALSO)
    x, n, people = _survey(favourable, replies, population)
    if chosen == "exact-hypergeometric":
        lowest, highest = people_possible(x, n, people, confidence=confidence)
        return (lowest / people)[()], (highest / people)[()]
    if chosen == "wilson":
        return limits_of_percentage(x, n, confidence=confidence)
    effective = effective_replies(n, people)
    share = x / n
    everybody = np.isinf(effective)
    size = np.where(everybody, n, effective)
    # Rounding must not lift the numerator over its denominator.
    lower, upper = limits_of_percentage(np.minimum(share * size, size), size, confidence=confidence)
    return np.where(everybody, share, lower)[()], np.where(everybody, share, upper)[()]


def effective_replies(replies: npt.ArrayLike, population: npt.ArrayLike) -> FloatArray:
    """Return n (N - 1) / (N - n): the replies from an endless population that tell as much.

    Infinite where everybody replied; NaN where a number is missing or there are no replies.

    Raises
    ------
    ValueError
        If a number is negative or there are more replies than people.
    """
    _, n, people = _survey(0.0, replies, population)
    silent = people - n
    return np.divide(
        n * (people - 1.0), silent, out=np.where(np.isnan(n), np.nan, np.inf), where=silent != 0
    )[()]


def range_with_silent(
    favourable: npt.ArrayLike, replies: npt.ArrayLike, population: npt.ArrayLike
) -> Limits:
    """Return the fractions if no one, and if everyone, who did not reply would have said so.

    Raises
    ------
    ValueError
        As `limits_of_survey_percentage`.

    References
    ----------
    Manski CF (1989), Anatomy of the selection problem, Journal of Human Resources 24, 343-360.
    """
    x, n, people = _survey(favourable, replies, population)
    return (x / people)[()], ((x + people - n) / people)[()]


def people_possible(
    favourable: npt.ArrayLike,
    replies: npt.ArrayLike,
    population: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Limits:
    """Return the fewest and most people of the population who may be favourable.

    Exact: all numbers that neither tail of the hypergeometric distribution rejects at half the
    error rate, in whole people.

    Raises
    ------
    ValueError
        As `limits_of_survey_percentage`.
    """
    half = error_rate(confidence) / 2.0
    x, n, people = _survey(favourable, replies, population)
    known = ~np.isnan(x)
    x, n, people = (np.where(known, values, 1.0) for values in (x, n, people))

    def not_too_few(possible: FloatArray) -> npt.NDArray[np.bool_]:
        return _hypergeometric_tail(x, n, possible, people) > half

    # The other end by symmetry: those who are not favourable among those who are not.
    def not_too_few_against(possible: FloatArray) -> npt.NDArray[np.bool_]:
        return _hypergeometric_tail(n - x, n, possible, people) > half

    lowest = first_integer(not_too_few, x, people - n + x)
    against = first_integer(not_too_few_against, n - x, people - x)
    return np.where(known, lowest, np.nan)[()], np.where(known, people - against, np.nan)[()]


_ALSO = {
    "wilson-fpc": "wilson-finite",
    "fpc": "wilson-finite",
    "hypergeometric": "exact-hypergeometric",
    "exact": "exact-hypergeometric",
}


def _survey(
    favourable: npt.ArrayLike, replies: npt.ArrayLike, population: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    x, n, people = as_numbers(favourable=favourable, replies=replies, population=population)
    refuse(x > n, "there are more favourable replies than replies")
    refuse(n > people, "there are more replies than people")
    known = (n > 0) & ~np.isnan(x + people)
    some = tuple(np.where(known, values, np.nan) for values in (x, n, people))
    return some[0], some[1], some[2]


def _hypergeometric_tail(
    x: FloatArray, n: FloatArray, successes: FloatArray, people: FloatArray
) -> FloatArray:
    """Return P(X >= x) for n draws from `people`, of whom `successes` would count."""
    most = int(np.max(n - x, initial=0.0))
    drawn = x[..., None] + np.arange(most + 1)
    m, size, whole = successes[..., None], n[..., None], people[..., None]
    possible = (drawn <= size) & (drawn <= m) & (size - drawn <= whole - m)
    drawn = np.where(possible, drawn, np.maximum(0.0, size - whole + m))
    chance = np.exp(
        _log_choose(m, drawn) + _log_choose(whole - m, size - drawn) - _log_choose(whole, size)
    )
    return np.where(possible, chance, 0.0).sum(axis=-1)


def _log_choose(whole: FloatArray, part: FloatArray) -> FloatArray:
    return gammaln(whole + 1.0) - gammaln(part + 1.0) - gammaln(whole - part + 1.0)
