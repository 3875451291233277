"""Slow answers to check fast ones by: exact tail sums and plain bisection, one cell at a time.

Nothing of the product is used here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable


def binomial(x: int, n: int, p: float) -> float:
    return math.comb(n, x) * p**x * (1 - p) ** (n - x)


def poisson(x: int, mean: float) -> float:
    return math.exp(x * math.log(mean) - mean - math.lgamma(x + 1)) if mean > 0 else float(x == 0)


def poisson_below(x: int, mean: float) -> float:
    """P(X < x)."""
    return math.fsum(poisson(k, mean) for k in range(x))


def bisected(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where `function` changes sign between `low` and `high`."""
    sign = math.copysign(1, function(low))
    for _ in range(200):
        middle = (low + high) / 2
        if math.copysign(1, function(middle)) == sign:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def binomial_limits(x: int, n: int, alpha: float, share_of_x: float) -> tuple[float, float]:
    """Limits that leave alpha / 2 beyond x, counting `share_of_x` of the chance of x itself."""

    def above(p: float) -> float:
        return math.fsum(binomial(k, n, p) for k in range(x + 1, n + 1)) + share_of_x * binomial(
            x, n, p
        )

    def below(p: float) -> float:
        return math.fsum(binomial(k, n, p) for k in range(x)) + share_of_x * binomial(x, n, p)

    lower = 0.0 if x == 0 else bisected(lambda p: above(p) - alpha / 2, 0.0, 1.0)
    upper = 1.0 if x == n else bisected(lambda p: below(p) - alpha / 2, 0.0, 1.0)
    return lower, upper


def poisson_limits(x: int, alpha: float, share_of_x: float) -> tuple[float, float]:
    def above(mean: float) -> float:
        return 1 - poisson_below(x, mean) - (1 - share_of_x) * poisson(x, mean)

    def below(mean: float) -> float:
        return poisson_below(x, mean) + share_of_x * poisson(x, mean)

    top = 10 + 3 * x + 12 * math.sqrt(x + 1)
    lower = 0.0 if x == 0 else bisected(lambda mean: above(mean) - alpha / 2, 0.0, top)
    return lower, bisected(lambda mean: below(mean) - alpha / 2, 0.0, top)


def score_limit(x: int, n: int, z: float, low: float, high: float) -> float:
    """Wilson's limit between `low` and `high` as the root of the score test it inverts."""
    return bisected(lambda p: (x - n * p) ** 2 - z * z * n * p * (1 - p), low, high)


def hypergeometric(x: int, n: int, successes: int, people: int) -> float:
    if x > successes or n - x > people - successes:
        return 0.0
    return math.comb(successes, x) * math.comb(people - successes, n - x) / math.comb(people, n)


def people_possible(x: int, n: int, people: int, alpha: float) -> tuple[int, int]:
    """All totals that neither exact tail rejects, by trying each."""
    kept = [
        m
        for m in range(x, people - n + x + 1)
        if math.fsum(hypergeometric(k, n, m, people) for k in range(x, n + 1)) > alpha / 2
        and math.fsum(hypergeometric(k, n, m, people) for k in range(x + 1)) > alpha / 2
    ]
    return min(kept), max(kept)


def fitted_second_share(
    first_of: Callable[[float], float], x1: int, n1: int, x2: int, n2: int, low: float, high: float
) -> float:
    """Return the likeliest second share when the first is `first_of` it, by ternary search."""

    def term(count: int, share: float) -> float:
        if count == 0:
            return 0.0
        return count * math.log(share) if share > 0 else -math.inf

    def likelihood(p2: float) -> float:
        p1 = min(max(first_of(p2), 0.0), 1.0)
        return term(x1, p1) + term(n1 - x1, 1 - p1) + term(x2, p2) + term(n2 - x2, 1 - p2)

    for _ in range(200):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if likelihood(left) < likelihood(right):
            low = left
        else:
            high = right
    return (low + high) / 2


def adjusted(ordered: Iterable[float]) -> list[float]:
    """Benjamini-Hochberg as its definition says: the smallest p_j m / j over j from i on."""
    p = list(ordered)
    m = len(p)
    return [min(min(p[j] * m / (j + 1) for j in range(i, m)), 1.0) for i in range(m)]
