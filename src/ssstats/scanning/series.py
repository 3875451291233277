"""Series of counts: small ones stand everywhere by chance, several of them in order do not.

Knows numbers alone: in which orders counts may stand, and which of them are published otherwise, is
said by whoever looks for them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from ssstats.stretches import Places, stretches

# A part of a series as it is written, number after number.
Part = tuple[str, ...]

# Digits between signs; of a number with decimals that say something, nothing.
_NUMBER = re.compile(r"(?<![\d.])(\d+)(?:\.0+)?(?![\d.]\d|\d)|\d+\.\d+", re.ASCII)
# One number of up to n stands in a given place by chance in 1 of n + 1 cases at most; a release
# holds ten million numbers, and some hundred thousand series are looked for.
_CHANCES = 10**14
FEWEST = 4
# From here on thousands may be set apart.
_THOUSAND = 1000
# A part with fewer counts that stand nowhere is what is published, but for one of them.
_FEWEST_NOWHERE = 2


@dataclass(frozen=True)
class Runs:
    """Counts in the orders of series, run after run, and which of them a release prints there.

    `ends` says where in the counts each run ends. `as_value` marks those that are published as they
    are, `as_end` those that are an end of the range that a published value may come from.
    """

    counts: NDArray[np.int64]
    as_value: NDArray[np.bool_]
    as_end: NDArray[np.bool_]
    ends: Places


@dataclass(frozen=True)
class Series:
    """Parts of series: where each starts and ends in the numbers of all.

    Numbers are places in a list of them as they are written, which may have one twice.
    """

    written: tuple[str, ...]
    numbers: Places
    starts: Places
    ends: Places

    @cached_property
    def by_beginning(self) -> Mapping[Part, Collection[Part]]:
        """Return the parts by their first numbers, as many as the shortest has."""
        found: dict[Part, set[Part]] = {}
        numbers = [self.written[place] for place in self.numbers.tolist()]
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            part = tuple(numbers[start:end])
            found.setdefault(part[:FEWEST], set()).add(part)
        return found


def series_of(parts: Iterable[Part]) -> Series:
    """Return the series that parts are written out of."""
    own = list(parts)
    written = tuple(chain.from_iterable(own))
    ends = np.cumsum([0, *map(len, own)])
    return Series(written, np.arange(len(written)), ends[:-1], ends[1:])


NO_SERIES = series_of(())


def series_to_find(runs: Runs) -> Series:
    """Return the shortest parts of runs that no text holds by chance, in all ways of writing.

    Counts that are published as they are say nothing, nor do counts that are one more than the one
    before: they do not make a part less likely.
    """
    starts, ends = _unlikely_parts(runs)
    distinct, numbers = np.unique(runs.counts, return_inverse=True)
    # As between signs where thousands are set apart: places of groups, and where they start.
    apart = [f"{count:,}".split(",") for count in distinct.tolist()]
    written = (*map(str, distinct.tolist()), *chain.from_iterable(apart))
    groups = np.array([*map(len, apart)], np.intp)
    first = len(distinct) + np.cumsum(groups) - groups
    size = groups[numbers]
    at = np.append(0, np.cumsum(size))
    in_groups = stretches(first[numbers], size)
    thousands = np.append(0, np.cumsum(runs.counts >= _THOUSAND))
    several = thousands[ends] > thousands[starts]
    return Series(
        written,
        np.concatenate([numbers, in_groups]),
        np.concatenate([starts, len(numbers) + at[starts[several]]]),
        np.concatenate([ends, len(numbers) + at[ends[several]]]),
    )


def _unlikely_parts(runs: Runs) -> tuple[Places, Places]:
    """Return where parts start and end that are unlikely enough, the shortest from each start.

    All parts grow together, by one count at a time.
    """
    counts, as_value, as_end = runs.counts.astype(np.float64), runs.as_value, runs.as_end
    # References and rows count up, so the next whole number is no chance at all.
    counts_up = np.append(False, counts[1:] == counts[:-1] + 1)
    length_of_run = np.diff(runs.ends, prepend=0)
    end_of_run = np.repeat(runs.ends, length_of_run)
    starts = np.flatnonzero(~as_value & (np.arange(len(counts)) + FEWEST <= end_of_run))
    place, chances, nowhere = starts, np.ones(len(starts)), np.zeros(len(starts), np.intp)
    found = [(starts[:0], starts[:0])]
    for length in range(1, int(length_of_run.max(initial=0)) + 1):
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
    every, ends = zip(*found, strict=True)
    return np.concatenate(every), np.concatenate(ends)


def holds_series(text: str, series: Series) -> bool:
    """Return whether a part of a series stands in a text, number after number."""
    if not series.starts.size:
        return False
    parts = series.by_beginning
    numbers = _NUMBER.findall(text)
    ahead = [numbers[place:] for place in range(FEWEST)]
    # Most texts end here: this runs through millions of numbers a second.
    if parts.keys().isdisjoint(zip(*ahead, strict=False)):
        return False
    return any(
        tuple(numbers[start : start + len(part)]) == part
        for start, first in enumerate(zip(*ahead, strict=False))
        for part in parts.get(first, ())
    )
