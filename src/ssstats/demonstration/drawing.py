"""Random counts of 22 authorities that keep to a total: pure functions of numbers.

Arrays have one entry an authority. Nothing here knows of references, periods or files. Weights
and probabilities are rounded before they are drawn from, so that the last bit of a logarithm,
which differs between processors, cannot change a count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]

# Nobody stays on a register or in one service longer than 18 years of days.
LONGEST_STAY = 6575
# A hundred years of days: no bound for stays in a home.
LONGEST_LIFE = 36_525

_DECIMALS = 9
_RAKING_STEPS = 60


def draw_total(rng: np.random.Generator, total: int, weights: Numbers) -> Counts:
    """Return counts that sum to `total`, expected in proportion to the weights."""
    if total == 0 or weights.sum() == 0:
        return np.zeros(len(weights), dtype=np.int64)
    return rng.multinomial(total, _proportions(weights))


def draw_among(rng: np.random.Generator, among: Counts, total: int, odds: Numbers) -> Counts:
    """Return counts within `among` that sum to `total`; `odds` lean each authority's share.

    Raises
    ------
    ValueError
        If `total` is more than there is.
    """
    if total > among.sum():
        raise ValueError(f"a total of {total} does not fit into {among.sum()}")
    drawn = rng.binomial(among, share_by_authority(among, total / max(among.sum(), 1), odds))
    return _settle(rng, drawn, among, total)


def share_by_authority(of: Counts, share: float, odds: Numbers) -> Numbers:
    """Return each authority's probability, leaning by `odds`, that gives `share` over all."""
    if share <= 0 or share >= 1:
        return np.full(len(of), float(share))
    weights = np.column_stack([odds * share, np.full(len(of), 1 - share)])
    return _rake(weights, of, np.array([share, 1 - share]))[:, 0]


def draw_division(
    rng: np.random.Generator, of: Counts, shares: Numbers, leanings: Numbers
) -> NDArray[np.int64]:
    """Divide each authority's count into parts.

    Parameters
    ----------
    of : counts, shape (n,)
    shares : share of each part over all authorities, shape (k,), summing to one
    leanings : how many times as likely a part is in an authority, shape (n, k)

    Returns
    -------
    counts of shape (n, k) whose rows sum to `of`
    """
    return rng.multinomial(of, _rake(leanings * shares, of, shares))


def carry_stock(
    rng: np.random.Generator, previous: Counts, total: int, weights: Numbers, turnover: float
) -> Counts:
    """Return this year's stock: those who stayed of `previous`, and new ones up to `total`."""
    stayed = rng.binomial(previous, 1 - turnover)
    wanted = total - int(stayed.sum())
    if wanted < 0:
        return _settle(rng, stayed, previous, total)
    expected = total * _proportions(weights)
    gap = np.maximum(expected - (1 - turnover) * previous, 0.05 * expected)
    return stayed + draw_total(rng, wanted, gap)


def draw_entries(
    rng: np.random.Generator, previous: Counts, current: Counts, total: int, weights: Numbers
) -> Counts:
    """Return entries that sum to `total` and leave no authority with fewer than no exits.

    Raises
    ------
    ValueError
        If the stocks grew by more than `total` in the authorities where they grew.
    """
    grown = np.maximum(current - previous, 0)
    if grown.sum() > total:
        raise ValueError(f"stocks grew by {grown.sum()}, more than {total} entries")
    return grown + draw_total(rng, total - int(grown.sum()), weights)


def draw_days(
    rng: np.random.Generator, people: Counts, mean: Numbers, shape: float, longest: int
) -> Counts:
    """Return the sum of each authority's days: gamma with `shape` for each person."""
    days = np.rint(rng.standard_gamma(shape * people) * mean / shape).astype(np.int64)
    return np.minimum(days, longest * people)


def scale_to_total(numbers: Counts, total: int) -> Counts:
    """Return the numbers scaled to sum to `total`, largest remainders rounded up."""
    if numbers.sum() == 0:
        return numbers
    exact = np.round(numbers * (total / numbers.sum()), _DECIMALS)
    scaled = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - scaled), kind="stable")
    scaled[order[: total - int(scaled.sum())]] += 1
    return scaled


def _settle(rng: np.random.Generator, drawn: Counts, most: Counts, total: int) -> Counts:
    """Add or take away at random until the counts sum to `total`, between zero and `most`."""
    gap = total - int(drawn.sum())
    room = most - drawn if gap > 0 else drawn
    change = rng.multivariate_hypergeometric(room, abs(gap))
    return drawn + (change if gap > 0 else -change)


def _rake(weights: Numbers, of: Counts, shares: Numbers) -> Numbers:
    """Fit the columns to the shares over all authorities, each row summing to one."""
    total = of.sum()
    for _ in range(_RAKING_STEPS if total else 0):
        weights = weights / weights.sum(axis=1, keepdims=True)
        over_all = of @ weights
        weights = weights * np.divide(
            shares * total, over_all, out=np.zeros_like(shares), where=over_all > 0
        )
    return _proportions(weights)


def _proportions(weights: Numbers) -> Numbers:
    """Return the weights as proportions of their row, rounded, summing to at most one."""
    rounded = np.floor(weights / weights.sum(axis=-1, keepdims=True) * 10**_DECIMALS)
    return rounded / rounded.sum(axis=-1, keepdims=True)
