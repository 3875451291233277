"""Which changes on last year neither chance nor growth explains, and what slip would.

A count of this year is compared with last year's on the square-root scale, on which the variance
of a Poisson count hardly depends on its mean (Anscombe FJ (1948), The transformation of Poisson,
binomial and negative-binomial data, Biometrika 35, 246-254). Growth is the median growth of the
metric over authorities. What varies beyond chance from year to year is estimated for each metric
from all authorities and years, by the median, so that no single fault can hide itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ssstats.checks.digits import swapped_digits
from ssstats.checks.grids import Grid, year_before
from ssstats.checks.parsed import parsed

# Standardised change from which a change is reported; with the heavy tails of real series this is
# far out: see tests/test_checks_changes.py for how often it is passed without a fault.
IMPLAUSIBLE = 6.5
# From here on a change is reported if one slip of the fingers would make it a quite usual one.
# Almost any number has digits whose exchange moves it: a swap only explains what is implausible.
_ODD = 4.5
_FITS = 1.0
# That two rows fit each other's past is rare enough to allow each a usual deviation.
_FITS_EXCHANGED = 2.0
# Usual relative variation of a metric beyond chance: the least assumed, and what is assumed where
# too few changes are known to estimate it.
_LEAST_VARIATION, _USUAL_VARIATION, _MOST_VARIATION = 0.05, 0.25, 3.0
# Sums over people (days, ages) vary with each person's length, not only with the number of people.
_USUAL_VARIATION_OF_SUMS = 1.0
_FEWEST_CHANGES, _FEWEST_FOR_GROWTH, _EVENTS_FOR_GROWTH = 20, 5, 10
_MEDIAN_OF_NORMAL = 0.6745
_SMALL_LAST_YEAR = 30
_LEAST_SHARE = 10
_YEARS_BACK = 3

Numbers = NDArray[np.float64]


class Diagnosis(NamedTuple):
    """One change that is not plausible: where, from which number, and which slip explains it.

    `slip` is nought, swap, neighbour, percentage, or blank where none explains it; `other` is
    what the number would be without the slip.
    """

    period: int
    area: int
    metric: int
    before: float
    score: float
    slip: str
    other: float


def diagnose(grid: Grid, percentages: dict[int, tuple[int, ...]]) -> list[Diagnosis]:
    """Return the implausible changes of a grid, year by year.

    A value that was found implausible is not the ground on which the next year's is judged.

    Parameters
    ----------
    grid : Grid
    percentages : dict
        For a metric (its place) the places whose sum is the base of its percentage.
    """
    variation = _variation(grid)
    found: list[Diagnosis] = []
    usable = grid.numbers.copy()
    for t in range(len(grid.periods)):
        before = _last_usable(grid, usable, t)
        here = _diagnose_year(grid, t, before, variation, percentages)
        for diagnosis in here:
            usable[t, diagnosis.area, diagnosis.metric] = np.nan
        found += here
    return found


def standardised_change(x0: Numbers, x1: Numbers, growth: Numbers, variation: Numbers) -> Numbers:
    """Return the change from `growth` times x0 to x1 in standard deviations.

    `variation` is the relative standard deviation beyond chance; arrays broadcast.
    """
    expected = growth * x0
    middle = (x1 + expected) / 2
    spread = np.sqrt((1 + growth) / 4 + middle * variation**2 / 4)
    return (np.sqrt(x1 + 0.375) - np.sqrt(expected + 0.375)) / spread


def _last_usable(grid: Grid, usable: Numbers, t: int) -> Numbers:
    """Return for each area and metric the latest usable number of the years before."""
    before = np.full(usable.shape[1:], np.nan)
    places = {period: place for place, period in enumerate(grid.periods)}
    period = grid.periods[t]
    for _ in range(_YEARS_BACK):
        period = year_before(period)
        if period in places:
            before = np.where(np.isnan(before), usable[places[period]], before)
    return before


def _growth(x0: Numbers, x1: Numbers) -> Numbers:
    """Return the median growth of each metric over areas, shape (metrics,)."""
    enough = np.nan_to_num(x0 + x1) >= _EVENTS_FOR_GROWTH
    logs = np.log((np.nan_to_num(x1) + 0.5) / (np.nan_to_num(x0) + 0.5))
    growth = np.exp(median_of_known(logs, enough))
    return np.where(enough.sum(axis=0) >= _FEWEST_FOR_GROWTH, growth, 1.0)


def median_of_known(numbers: Numbers, known: NDArray[np.bool_]) -> Numbers:
    """Return the median of the known numbers of each column, zero where there are none."""
    ordered = np.sort(np.where(known, numbers, np.inf), axis=0)
    n = known.sum(axis=0)
    low, high = (
        np.take_along_axis(ordered, np.maximum(at, 0)[np.newaxis], axis=0)[0]
        for at in ((n - 1) // 2, n // 2)
    )
    return np.where(n > 0, (np.where(n > 0, low, 0.0) + np.where(n > 0, high, 0.0)) / 2.0, 0.0)


def _variation(grid: Grid) -> Numbers:
    """Return the usual relative variation of each metric beyond chance, shape (metrics,).

    It is the one with which the median of all absolute standardised changes is that of a normal
    variable.
    """
    x0, x1 = grid.before, grid.numbers
    known = np.isfinite(x0) & np.isfinite(x1) & (np.nan_to_num(x0 + x1) > 0)
    growth = np.array([_growth(x0[t], x1[t]) for t in range(len(x1))])[:, np.newaxis, :]
    low, high = np.zeros(x1.shape[2]), np.full(x1.shape[2], _MOST_VARIATION)
    x0, x1 = np.where(known, x0, 0), np.where(known, x1, 0)
    flat = (-1, x1.shape[2])
    for _ in range(20):
        middle = (low + high) / 2
        scores = np.abs(standardised_change(x0, x1, growth, middle))
        wide = median_of_known(scores.reshape(flat), known.reshape(flat)) > _MEDIAN_OF_NORMAL
        low, high = np.where(wide, middle, low), np.where(wide, high, middle)
    few = known.sum(axis=(0, 1)) < _FEWEST_CHANGES
    summed = grid.metrics["quantity"].isin(["days", "ages"]).to_numpy()
    usual = np.where(summed, _USUAL_VARIATION_OF_SUMS, _USUAL_VARIATION)
    return np.where(few, usual, np.maximum((low + high) / 2, _LEAST_VARIATION))


def _diagnose_year(
    grid: Grid,
    t: int,
    before: Numbers,
    variation: Numbers,
    percentages: dict[int, tuple[int, ...]],
) -> list[Diagnosis]:
    now = grid.numbers[t]
    growth = _growth(before, now)
    scores = np.nan_to_num(standardised_change(before, now, growth, variation))
    sections = list(grid.sections.values())
    section_of = np.zeros(len(grid.references), dtype=int)
    for number, places in enumerate(sections):
        section_of[places] = number
    found = []
    for a, k in np.argwhere(np.abs(scores) >= _ODD):
        year = _Year(now[a], before[a], growth, variation, scores[a], section_of)
        slip, other = _slip(year, k, percentages.get(int(k), ()))
        if slip or abs(scores[a, k]) >= IMPLAUSIBLE:
            found.append(
                Diagnosis(t, int(a), int(k), before[a, k], scores[a, k], slip, float(other))
            )
    return found


class _Year(NamedTuple):
    """One authority's row of a year, of the year before, and how metrics usually change."""

    now: Numbers
    before: Numbers
    growth: Numbers
    variation: Numbers
    scores: Numbers
    section_of: NDArray[np.int64]

    def score_of(self, k: int, number: float, of: int | None = None) -> float:
        """Return how odd `number` would be in the row of metric k."""
        at = k if of is None else of
        return float(
            standardised_change(self.before[at], number, self.growth[at], self.variation[at])  # type: ignore[arg-type]
        )


def _slip(year: _Year, k: int, base: tuple[int, ...]) -> tuple[str, float]:
    """Return which slip makes the number a usual one, and the number without it."""
    number, score = year.now[k], year.scores[k]
    if other := _nought(year, k):
        return "nought", other
    for neighbour in (k - 1, k + 1):
        if _exchanged(year, k, neighbour):
            return "neighbour", year.now[neighbour]
    if base and _LEAST_SHARE <= number <= 100 and score < 0:
        share = 100 * year.before[k] / year.before[list(base)].sum()
        if np.isfinite(share) and abs(number - share) <= 3:
            return "percentage", share
    if abs(score) >= IMPLAUSIBLE and number >= 10:
        for other in swapped_digits(number):
            if abs(year.score_of(k, other)) < _FITS:
                return "swap", other
    return "", np.nan


def _nought(year: _Year, k: int) -> float:
    """Return the number without a nought too many or too few, 0 where that explains nothing."""
    number, score = year.now[k], year.scores[k]
    if score > 0 and number % 10 == 0 and abs(year.score_of(k, number / 10)) < _FITS:
        return float(number / 10)
    lost = score < 0 and number > 0 and year.before[k] >= _SMALL_LAST_YEAR
    if lost and abs(year.score_of(k, number * 10)) < _FITS:
        return float(number * 10)
    return 0.0


def _exchanged(year: _Year, k: int, other: int) -> bool:
    """Return whether the numbers of two neighbouring rows fit once they change places."""
    if not 0 <= other < len(year.now) or year.section_of[k] != year.section_of[other]:
        return False
    if abs(year.scores[other]) < _ODD:
        return False
    return (
        abs(year.score_of(k, year.now[other])) < _FITS_EXCHANGED
        and abs(year.score_of(other, year.now[k])) < _FITS_EXCHANGED
    )


def bases_of_percentages(grid: Grid, measures: list[tuple[str, str]]) -> dict[int, tuple[int, ...]]:
    """Return for each metric that is a numerator the places of its denominator's terms."""
    places = grid.places
    found: dict[int, tuple[int, ...]] = {}
    for numerator, denominator in measures:
        terms = parsed(denominator).references
        if numerator in places and all(term in places for term in terms):
            found.setdefault(places[numerator], tuple(places[term] for term in terms))
    return found
