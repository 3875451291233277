"""Rules on repetition: a section that is last year's, or another authority's, value for value."""

from __future__ import annotations

import numpy as np

from ssstats.checks.checked import Checked
from ssstats.checks.grids import Grid
from ssstats.checks.results import Found

# Log of the chance, below which all values of a section do not agree by accident: one in ten
# million, so that thousands of sections over many years raise no false alarm.
_LEAST_LOG_CHANCE = np.log(1e-7)
_FEWEST_VALUES = 3


def check_repeat_section_of_last_year(checked: Checked) -> list[Found]:
    """A section is last year's, value for value."""
    found = []
    for grid in checked.grids:
        for (domain, order, section), places in grid.sections.items():
            same = _same(grid.numbers[:, :, places], grid.before[:, :, places])
            for t, a in np.argwhere(same):
                found.append(
                    _result(grid, t, a, places, f"{section} ({domain} {order}) is last year's")
                )
    return found


def check_repeat_other_authority(checked: Checked) -> list[Found]:
    """A section is another authority's of the same year, value for value."""
    found = []
    for grid in checked.grids:
        for (domain, order, section), places in grid.sections.items():
            here = grid.numbers[:, :, places]
            for shift in range(1, len(grid.areas)):
                same = _same(here, np.roll(here, shift, axis=1))
                for t, a in np.argwhere(same):
                    other = grid.areas[(a - shift) % len(grid.areas)]
                    words = f"{section} ({domain} {order}) is that of {other}"
                    found.append(_result(grid, t, a, places, words))
    return found


def _same(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return where all values agree beyond chance; the last axis runs over values.

    Two independent Poisson counts with mean m agree with a chance of about 1 / sqrt(4 pi m).
    """
    known = np.isfinite(one) & np.isfinite(other)
    equal = np.all(np.where(known, one == other, True), axis=2)
    if not equal.any():
        return equal
    positive = known & (np.nan_to_num(one) > 0)
    means = np.where(positive, np.nan_to_num(one), 1)
    log_chance = np.where(positive, np.minimum(-0.5 * np.log(4 * np.pi * means), 0), 0).sum(axis=2)
    return equal & (log_chance < _LEAST_LOG_CHANCE) & (positive.sum(axis=2) >= _FEWEST_VALUES)


def _result(grid: Grid, t: int, a: int, places: np.ndarray, words: str) -> Found:
    given = np.isfinite(grid.numbers[t, a, places])
    first = grid.references[places[np.argmax(given)]]
    return Found(grid.edition, grid.periods[t], grid.areas[a], first, f"{words} ({first} and on)")
