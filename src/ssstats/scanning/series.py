"""Series of counts: small ones stand everywhere by chance, several of them in order do not.

Knows numbers alone: in which orders counts may stand, and which of them are published otherwise, is
said by whoever looks for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice

import numpy as np
from numpy.typing import NDArray

# Parts of series as they are written, by their first numbers.
Part = tuple[str, ...]
Series = Mapping[Part, tuple[Part, ...]]
Places = NDArray[np.intp]

# Digits between signs; of a number with decimals that say something, nothing.
_NUMBER = re.compile(r"(?<![\d.])(\d+)(?:\.0+)?(?![\d.]\d|\d)|\d+\.\d+", re.ASCII)
# One number of up to n stands in a given place by chance in 1 of n + 1 cases at most; a release
# holds ten million numbers, and some hundred thousand series are looked for.
_CHANCES = 10**14
FEWEST = 4
# Of a number with more, thousands may be set apart.
_DIGITS_TOGETHER = 3
# A part with fewer counts that stand nowhere is what is published, but for one of them.
_FEWEST_NOWHERE = 2


@dataclass(frozen=True)
class Run:
    """Counts in the order of a series, and which of them a release prints at their place.

    `as_value` marks those that are published as they are, `as_end` those that are an end of the
    range that a published value may come from.
    """

    counts: Sequence[int]
    as_value: Sequence[bool]
    as_end: Sequence[bool]


def series_to_find(runs: Iterable[Run]) -> Series:
    """Return the shortest parts of runs that no text holds by chance, by their first numbers.

    Counts that are published as they are say nothing, nor do counts that are one more than the one
    before: they do not make a part less likely.
    """
    own = list(runs)
    bounds = np.cumsum([0, *(len(run.counts) for run in own)])
    starts, ends = _unlikely_parts(own, bounds)
    found: dict[Part, set[Part]] = {}
    of_run = np.diff(np.searchsorted(starts, bounds)).tolist()
    of_own = np.repeat(bounds[:-1], of_run)
    places = zip((starts - of_own).tolist(), (ends - of_own).tolist(), strict=True)
    for run, number in zip(own, of_run, strict=True):
        own_places = list(islice(places, number))
        for written, at in _ways_of_writing(run.counts) if number else ():
            for start, end in own_places:
                part = written[at[start] : at[end]]
                found.setdefault(part[:FEWEST], set()).add(part)
    return {first: tuple(sorted(parts)) for first, parts in found.items()}


def _unlikely_parts(runs: Sequence[Run], bounds: Places) -> tuple[Places, Places]:
    """Return where parts start and end that are unlikely enough, the shortest from each start.

    Places are those of all runs one after another; `bounds` are the ends of runs, zero first. All
    parts grow together, by one count at a time.
    """
    counts = np.array([*chain.from_iterable(run.counts for run in runs)], np.float64)
    as_value, as_end = (
        np.array([*chain.from_iterable(marks)], np.bool_)
        for marks in ((run.as_value for run in runs), (run.as_end for run in runs))
    )
    # References and rows count up, so the next whole number is no chance at all.
    counts_up = np.append(False, counts[1:] == counts[:-1] + 1)
    end_of_run = np.repeat(bounds[1:], np.diff(bounds))
    starts = np.flatnonzero(~as_value & (np.arange(len(counts)) + FEWEST <= end_of_run))
    place, chances, nowhere = starts, np.ones(len(starts)), np.zeros(len(starts), np.intp)
    found = [(starts[:0], starts[:0])]
    for length in range(1, int(np.diff(bounds).max(initial=0)) + 1):
        says_nothing = as_value[place] | (counts_up[place] & (length > 1))
        grown = np.where(says_nothing, chances, chances * (counts[place] + 1))
        # No further: that many are enough, and all numbers up to them are exact.
        chances = np.minimum(grown, _CHANCES)
        nowhere = nowhere + ~(as_value | as_end)[place]
        enough = (length >= FEWEST) & (chances >= _CHANCES) & (nowhere >= _FEWEST_NOWHERE)
        found.append((starts[enough], place[enough] + 1))
        left = ~enough & (place + 1 < end_of_run[place])
        starts, place = starts[left], place[left] + 1
        chances, nowhere = chances[left], nowhere[left]
    every, ends = (np.concatenate(own) for own in zip(*found, strict=True))
    order = np.argsort(every)
    return every[order], ends[order]


def _ways_of_writing(counts: Sequence[int]) -> list[tuple[Part, Sequence[int]]]:
    """Return counts as digits, and as what stands between signs where thousands are set apart.

    Beside each way stands where in it the digits of each count start, and where all end.
    """
    plain = tuple(map(str, counts))
    ways: list[tuple[Part, Sequence[int]]] = [(plain, range(len(plain) + 1))]
    if max(map(len, plain), default=0) > _DIGITS_TOGETHER:
        apart = [f"{count:,}".split(",") for count in counts]
        starts = accumulate(map(len, apart), initial=0)
        ways.append((tuple(chain.from_iterable(apart)), list(starts)))
    return ways


def holds_series(text: str, series: Series) -> bool:
    """Return whether a part of a series stands in a text, number after number."""
    if not series:
        return False
    numbers = _NUMBER.findall(text)
    ahead = [numbers[place:] for place in range(FEWEST)]
    # Most texts end here: this runs through millions of numbers a second.
    if series.keys().isdisjoint(zip(*ahead, strict=False)):
        return False
    return any(
        tuple(numbers[start : start + len(part)]) == part
        for start, first in enumerate(zip(*ahead, strict=False))
        for part in series.get(first, ())
    )
