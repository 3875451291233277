"""Round numbers for the ticks of an axis from zero, those that matplotlib's MaxNLocator chooses.

Knows of no chart; the tests hold it against matplotlib, bit by bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log10

# Steps from one tick to the next, in tens of any power.
_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_STAIRS = (*(0.1 * step for step in _STEPS[:-1]), *map(float, _STEPS), 10 * _STEPS[1])
# How far beyond the axis's end a tick may lie, as a part of its length.
_CLOSE = 1e-10


def ticks_up_to(highest: float, *, most: int, fewest: int = 2, whole: bool = False) -> list[float]:
    """Return round numbers from zero to the highest, in at most `most` steps.

    Parameters
    ----------
    highest : float
        The end of the axis, above zero.
    fewest : int
        There are more steps where there would be fewer ticks than that.
    whole : bool
        Whether only whole numbers are wanted, as long as `fewest` of them are there.
    """
    ticks: list[float] = []
    for step in _steps(highest, most=most, whole=whole):
        if whole and highest >= fewest - 1:
            step = max(1.0, step)
        ticks = [number * step for number in range(int(highest // step) + 2)]
        if sum(tick <= highest for tick in ticks) >= fewest:
            break
    return [tick for tick in ticks if tick <= highest + highest * _CLOSE]


def _steps(highest: float, *, most: int, whole: bool) -> Iterator[float]:
    """Yield the smallest step that is large enough, and then ever smaller ones."""
    wanted = highest / most
    scale = 10 ** (log10(wanted) // 1)
    stairs = [stair * scale for stair in _STAIRS]
    if whole:
        stairs = [stair for stair in stairs if stair < 1 or abs(stair - round(stair)) < 0.001]
    first = next((at for at, stair in enumerate(stairs) if stair >= wanted), len(stairs) - 1)
    yield from stairs[first::-1]
