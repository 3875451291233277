"""Round numbers for the ticks of an axis, those that matplotlib's MaxNLocator chooses.

Knows of no chart; the tests hold it against matplotlib, bit by bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, copysign, floor, log10

# Steps from one tick to the next, in tens of any power.
_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_STAIRS = (*(0.1 * step for step in _STEPS[:-1]), *map(float, _STEPS), 10 * _STEPS[1])
# An axis is this many times as far from zero as it is long before a part of it is taken off first.
_FAR = 100
# How near to a tick an end is that lies upon it, in steps.
_NEAR = 1e-10
# How far beyond an axis's end a tick may lie, as a part of its length.
_CLOSE = 1e-10


def ticks_between(
    lowest: float, highest: float, *, most: int, fewest: int = 2, whole: bool = False
) -> list[float]:
    """Return round numbers from the lowest to the highest, in at most `most` steps.

    Parameters
    ----------
    lowest, highest : float
        The ends of the axis, the first below the second.
    fewest : int
        There are more steps where there would be fewer ticks than that.
    whole : bool
        Whether only whole numbers are wanted, as long as `fewest` of them are there.
    """
    offset = _offset(lowest, highest)
    ends = (lowest - offset, highest - offset)
    ticks: list[float] = []
    for step in _steps(*ends, most=most, whole=whole):
        if whole and floor(ends[1]) - ceil(ends[0]) >= fewest - 1:
            step = max(1.0, step)
        ticks = _multiples(step, *ends, offset)
        if sum(ends[0] <= tick <= ends[1] for tick in ticks) >= fewest:
            break
    close = (highest - lowest) * _CLOSE
    shifted = (tick + offset for tick in ticks)
    return [tick for tick in shifted if lowest - close <= tick <= highest + close]


def _offset(lowest: float, highest: float) -> float:
    """Return what is taken off first from numbers that are large beside their differences."""
    middle = (highest + lowest) / 2
    if abs(middle) / (highest - lowest) < _FAR:
        return 0.0
    return float(copysign(10 ** (log10(abs(middle)) // 1), middle))


def _steps(lowest: float, highest: float, *, most: int, whole: bool) -> Iterator[float]:
    """Yield the smallest step that is large enough, and then ever smaller ones."""
    scale = 10 ** (log10((highest - lowest) / most) // 1)
    stairs = [stair * scale for stair in _STAIRS]
    if whole:
        stairs = [stair for stair in stairs if stair < 1 or abs(stair - round(stair)) < 0.001]
    wanted = (highest - lowest) / most
    first = next((at for at, stair in enumerate(stairs) if stair >= wanted), len(stairs) - 1)
    yield from stairs[first::-1]


def _multiples(step: float, lowest: float, highest: float, offset: float) -> list[float]:
    """Return multiples of the step from the last one before the ends to the first one after."""
    start = (lowest // step) * step
    near = _NEAR
    if offset:
        near = min(0.4999, max(_NEAR, 10 ** (log10(abs(offset) / step) - 12)))
    below, left = divmod(lowest - start, step)
    first = below + 1 if abs(left / step - 1) < near else below
    above, left = divmod(highest - start, step)
    last = above if abs(left / step) < near else above + 1
    return [number * step + start for number in range(int(first), int(last) + 1)]
