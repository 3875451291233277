"""Series of counts: small ones stand everywhere by chance, several of them in order do not.

Knows numbers alone: in which orders counts may stand, and which of them are published otherwise, is
said by whoever looks for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Parts of series as they are written, by their first numbers.
Part = tuple[str, ...]
Series = Mapping[Part, tuple[Part, ...]]

# Digits between signs; of a number with decimals that say something, nothing.
_NUMBER = re.compile(r"(?<![\d.])(\d+)(?:\.0+)?(?![\d.]\d|\d)|\d+\.\d+", re.ASCII)
# One number of up to n stands in a given place by chance in 1 of n + 1 cases at most; a release
# holds ten million numbers, and some hundred thousand series are looked for.
_CHANCES = 10**14
FEWEST = 4
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
    found: dict[Part, set[Part]] = {}
    for run in runs:
        ways = _ways_of_writing(run.counts)
        for start in range(len(run.counts) - FEWEST + 1):
            if end := _end_of_unlikely(run, start):
                for written in ways:
                    part = tuple(digits for count in written[start:end] for digits in count)
                    found.setdefault(part[:FEWEST], set()).add(part)
    return {first: tuple(sorted(parts)) for first, parts in found.items()}


def _end_of_unlikely(run: Run, start: int) -> int:
    """Return where the shortest part from a start ends that is unlikely enough, 0 without one."""
    chances, nowhere, before = 1, 0, -1
    if run.as_value[start]:
        return 0
    for place in range(start, len(run.counts)):
        count, as_value = run.counts[place], run.as_value[place]
        # References and rows count up, so the next whole number is no chance at all.
        if not (as_value or (place > start and count == before + 1)):
            chances *= count + 1
        before = count
        nowhere += not (as_value or run.as_end[place])
        is_long = place - start + 1 >= FEWEST
        if is_long and chances >= _CHANCES and nowhere >= _FEWEST_NOWHERE:
            return place + 1
    return 0


def _ways_of_writing(counts: Sequence[int]) -> list[list[Part]]:
    """Return counts as digits, and as what stands between signs where thousands are set apart."""
    plain: list[Part] = [(str(count),) for count in counts]
    apart: list[Part] = [tuple(f"{count:,}".split(",")) for count in counts]
    return [plain] if plain == apart else [plain, apart]


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
