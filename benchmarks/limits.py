"""Limits per second for a million cells, beside statsmodels in a loop and on whole arrays.

Run `python benchmarks/limits.py [cells]`. The loop runs on a part of the cells and is scaled up;
all figures come from one run on one machine, so only their ratios carry over to another.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson

from ssstats.comparison import limits_of_difference
from ssstats.intervals import envelope_of_percentage, limits_of_count, limits_of_percentage

_LOOPED = 2_000
_LEAST_SECONDS = 0.2


def main(cells: int) -> None:
    rng = np.random.default_rng(20_241)
    n = rng.integers(10, 2_000, cells)
    x = rng.binomial(n, rng.beta(2, 3, cells))
    n2 = rng.integers(10, 2_000, cells)
    x2 = rng.binomial(n2, rng.beta(2, 3, cells))
    print(f"{cells:,} cells; loops on {_LOOPED:,} of them, scaled up")
    print(f"{'limits':<30}{'ours/s':>14}{'loop/s':>12}{'ratio':>8}{'arrays/s':>14}{'ratio':>8}")
    for name, method, theirs in (
        ("percentage, Wilson", "wilson", "wilson"),
        ("percentage, Clopper-Pearson", "clopper-pearson", "beta"),
        ("percentage, Jeffreys", "jeffreys", "jeffreys"),
        ("percentage, Agresti-Coull", "agresti-coull", "agresti_coull"),
    ):
        report(
            name,
            cells,
            lambda method=method: limits_of_percentage(x, n, method=method),
            lambda i, theirs=theirs: proportion_confint(x[i], n[i], method=theirs),
            lambda theirs=theirs: proportion_confint(x, n, method=theirs),
        )
    for name, method, theirs in (
        ("count, Garwood", "garwood", "exact-c"),
        ("count, score", "score", "score"),
    ):
        report(
            name,
            cells,
            lambda method=method: limits_of_count(x, method=method),
            lambda i, theirs=theirs: confint_poisson(x[i], 1, method=theirs),
            lambda theirs=theirs: confint_poisson(x, np.ones(cells), method=theirs),
        )
    report(
        "difference, Newcombe",
        cells,
        lambda: limits_of_difference(x, n, x2, n2),
        lambda i: confint_proportions_2indep(x[i], n[i], x2[i], n2[i], method="newcomb"),
        lambda: confint_proportions_2indep(x, n, x2, n2, method="newcomb"),
    )
    low, high = np.maximum(x - 2, 0), np.minimum(x + 2, n + 2)
    for name, ours in (
        ("percentage, mid-P", lambda: limits_of_percentage(x, n, method="mid-p")),
        ("count, mid-P", lambda: limits_of_count(x, method="mid-p")),
        ("envelope of a percentage", lambda: envelope_of_percentage(low, high, n - 2, n + 2)),
    ):
        print(f"{name:<30}{cells / seconds(ours):>14,.0f}")


def report(
    name: str,
    cells: int,
    ours: Callable[[], object],
    one: Callable[[int], object],
    arrays: Callable[[], object],
) -> None:
    def loop() -> None:
        for i in range(_LOOPED):
            one(i)

    mine, looped, whole = cells / seconds(ours), _LOOPED / seconds(loop), cells / seconds(arrays)
    print(
        f"{name:<30}{mine:>14,.0f}{looped:>12,.0f}{mine / looped:>8.0f}"
        f"{whole:>14,.0f}{mine / whole:>8.2f}"
    )


def seconds(call: Callable[[], object]) -> float:
    """Return the best time of at least two calls, repeated until they fill a moment."""
    best, spent, calls = float("inf"), 0.0, 0
    while calls < 2 or spent < _LEAST_SECONDS:
        begun = time.perf_counter()
        call()
        taken = time.perf_counter() - begun
        best, spent, calls = min(best, taken), spent + taken, calls + 1
    return best


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
