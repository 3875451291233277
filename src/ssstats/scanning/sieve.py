"""Which texts may hold a number or a series that is looked for; most texts end here.

Never says no of a text that holds one. What it says yes of is read number by number, as `canaries`
and `series` do.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ssstats.scanning.canaries import BETWEEN, numbers_in
from ssstats.scanning.digits import MIX, Digits, Flags, Names, Places, digits_in
from ssstats.scanning.series import FEWEST, Series
from ssstats.scanning.tables import Text
from ssstats.stretches import stretches

_NO_NUMBER = np.uint64(0)
_GROUP = 3
# Bytes of the widest sign between thousands, and the last bytes that such signs have.
_WIDEST = max(len(sign.encode()) for sign in BETWEEN)
_MAY_PART = np.isin(np.arange(256), [sign.encode()[-1] for sign in BETWEEN])
_MILLION = 10**6
_LINE, _ZERO = b"\n0"
# So many bytes at a time, and what is worked out about them, stay at hand.
_BLOCK = 1 << 19
# And so many numbers.
_WINDOWS = 1 << 14
# Signs that neither stand in a number nor say that digits beside them are none.
_APART = re.compile(rb"[^\w.,'\x80-\xff]")
# Longer than any number, with what makes a part of a number of it.
_FAR = 1000
# Two to this is some forty times what is looked for, and little enough to stay at hand.
_TABLE = 22
_SHIFT = np.uint64(64 - _TABLE)


@dataclass(frozen=True)
class _Known:
    """Names that are looked for, sorted, and which slots of a table they fall into."""

    names: Names
    slots: Flags

    @staticmethod
    def of(names: Names) -> _Known:
        return _Known(np.sort(names), _flags(1 << _TABLE, names * MIX >> _SHIFT))

    def places_in(self, names: Names) -> Places:
        """Return where names stand that are looked for."""
        slots = names * MIX
        slots >>= _SHIFT
        near = np.flatnonzero(self.slots[slots.view(np.intp)])
        return near[_among(names[near], self.names)]


@dataclass(frozen=True)
class _Length:
    """Names of what parts of series begin with, in one length, and of the parts that end there."""

    begun: Names
    ended: Names


class Sieve:
    """What is looked for, as arrays: single numbers as `plain_number`, and parts of series."""

    def __init__(self, canaries: Collection[str], series: Series) -> None:
        self._canaries = frozenset(canaries)
        wholes = [number.partition(".")[0] for number in canaries]
        self._shortest = min(map(len, wholes), default=0)
        self._written = _Known.of(digits_in(" ".join(wholes).encode()).names())
        # What the last two groups of thousands may say.
        said = np.array([int(whole[-2 * _GROUP :]) for whole in wholes], np.intp)
        self._grouped = _flags(_MILLION, said)
        self._lengths = _lengths_of(series)
        self._first = _Known.of(self._lengths[0].begun if self._lengths else np.zeros(0, np.uint64))

    def may_hold(self, texts: Sequence[Text]) -> bool:
        """Return whether a number or a part of a series may stand in texts one after another."""
        is_table = any(text.is_table for text in texts)
        of_blocks, lines_of_blocks, before = [], [], 0
        for block in _blocks(b"\n".join(text.content for text in texts)):
            digits = digits_in(block)
            names = digits.names()
            if self._canaries and self._holds_canary(digits, names):
                return True
            numbers, starts = _numbers_of(digits, names)
            of_blocks.append(numbers)
            if is_table:
                lines = np.cumsum(digits.text == _LINE, dtype=np.int32)
                lines_of_blocks.append(lines[starts] + before)
                before += int(lines[-1])
        if not self._lengths:
            return False
        numbers = np.concatenate(of_blocks)
        if self._may_hold_series(numbers):
            return True
        if not is_table:
            return False
        orders = np.concatenate([*_other_orders(texts, np.concatenate(lines_of_blocks))])
        return self._may_hold_series(numbers[orders])

    def _holds_canary(self, digits: Digits, names: Names) -> bool:
        return any(
            not numbers_in(_stretch(digits.text, place)).isdisjoint(self._canaries)
            for place in self._near_canaries(digits, names).tolist()
        )

    def _near_canaries(self, digits: Digits, names: Names) -> Places:
        """Return where runs start that are a canary's digits, or its last two groups."""
        long = np.flatnonzero(digits.ends - digits.starts >= self._shortest)
        starts, names = digits.starts[long], names[long]
        padded = np.flatnonzero(digits.text[starts] == _ZERO)
        ends = digits.ends[long[padded]]
        names[padded] = digits.names_of(_without_zeros(digits, starts[padded], ends), ends)
        groups, said = _last_groups(digits)
        near = groups[self._grouped[said]]
        return np.concatenate([starts[self._written.places_in(names)], digits.starts[near]])

    def _may_hold_series(self, numbers: Names) -> bool:
        at, names = self._beginnings(numbers)
        for length, known in enumerate(self._lengths, FEWEST):
            here = _among(names, known.begun)
            at, names = at[here], names[here]
            if _among(names, known.ended).any():
                return True
            at, names = at[goes_on := at + length < len(numbers)], names[goes_on]
            if not at.size:
                break
            names = _longer(names, numbers[at + length])
        return False

    def _beginnings(self, numbers: Names) -> tuple[Places, Names]:
        """Return where as many numbers stand as parts begin with, and their names."""
        found, named = [np.zeros(0, np.intp)], [numbers[:0]]
        for start in range(0, len(numbers) - FEWEST + 1, _WINDOWS):
            some = numbers[start : start + _WINDOWS + FEWEST - 1]
            windows = len(some) - FEWEST + 1
            names = some[:windows].copy()
            for place in range(1, FEWEST):
                names *= MIX
                names += some[place : place + windows]
            at = self._first.places_in(names)
            found.append(start + at)
            named.append(names[at])
        return np.concatenate(found), np.concatenate(named)


def _among(names: Names, known: Names) -> Flags:
    """Return which names are among known ones, which are sorted."""
    if not known.size:
        return np.zeros(len(names), np.bool_)
    found: Flags = known[np.searchsorted(known[:-1], names)] == names
    return found


def _longer(names: Names, numbers: Names) -> Names:
    """Return the names of stretches of numbers that go on with one number more."""
    return names * MIX + numbers


def _lengths_of(series: Series) -> tuple[_Length, ...]:
    """Return by length, from the fewest numbers of a part up, what parts begin and end with."""
    size = series.ends - series.starts
    longest_first = np.argsort(-size)
    size, starts = size[longest_first], series.starts[longest_first]
    numbers = digits_in(" ".join(series.written).encode()).names()[series.numbers]
    names = np.zeros(len(size), np.uint64)
    lengths = []
    for length in range(1, int(size.max(initial=0)) + 1):
        there = int((size >= length).sum())
        names = _longer(names[:there], numbers[starts[:there] + length - 1])
        if length >= FEWEST:
            lengths.append(_Length(np.sort(names), np.sort(names[size[:there] == length])))
    return tuple(lengths)


def _numbers_of(digits: Digits, names: Names) -> tuple[Names, Places]:
    """Return the names of numbers as `series` reads them, and where they start.

    The name of a number with decimals is zero.

    Zeros after a point say nothing, nor do digits after a point that no digit stands before.
    """
    pointed = digits.preceded_by(".")
    if not pointed.size:
        return names, digits.starts
    after = pointed[pointed > 0]
    after = after[digits.starts[after] - digits.ends[after - 1] == 1]
    is_pointed, is_after = (_flags(len(names) + 2, places) for places in (pointed, after))
    heads = after[~is_after[after - 1]] - 1
    # Neither the head of 1.0.3, which is a version, nor that of .5.0.
    alone = ~is_after[heads + 2] & ~is_pointed[heads]
    names = names.copy()
    names[heads[~(alone & digits.are_zeros(heads + 1))]] = _NO_NUMBER
    is_pointed[heads] = False
    own = np.flatnonzero(~is_pointed[: len(names)])
    return names[own], digits.starts[own]


def _blocks(text: bytes) -> Iterator[bytes]:
    """Give a text in parts that are small enough to stay at hand, cut where lines end."""
    start = 0
    while len(text) - start > _BLOCK:
        end = text.find(b"\n", start + _BLOCK) + 1 or len(text)
        yield text[start:end]
        start = end
    yield text[start:]


def _other_orders(texts: Sequence[Text], lines: Places) -> Iterator[Places]:
    """Give numbers of tables, by the lines they stand in, in the other orders they are read in."""
    ends = np.cumsum([text.content.count(b"\n") + 1 for text in texts])
    at = np.searchsorted(lines, ends).tolist()
    for text, first, start, end in zip(texts, [0, *ends.tolist()], [0, *at], at, strict=False):
        if text.columns > 1:
            # As small whole numbers, which are put in order by counting them.
            cells = (lines[start:end] - first) % text.columns
            small = np.uint16 if text.columns < 1 << 16 else np.int32
            yield start + np.argsort(cells.astype(small), kind="stable")
        if text.values is not None:
            size = np.bincount(lines[start:end] - first, minlength=text.content.count(b"\n") + 1)
            starts = start + np.cumsum(size) - size
            yield stretches(starts[text.values], size[text.values])


def _flags(size: int, places: Places | Names) -> Flags:
    flags = np.zeros(size, np.bool_)
    flags[places] = True
    return flags


def _without_zeros(digits: Digits, starts: Places, ends: Places) -> Places:
    """Return where runs start without the zeros that lead them."""
    starts = starts.copy()
    while (zeros := (digits.text[starts] == _ZERO) & (ends - starts > 1)).any():
        starts[zeros] += 1
    return starts


def _last_groups(digits: Digits) -> tuple[Places, Places]:
    """Return runs that may be a group of thousands, and what each says with the run before it."""
    length = digits.ends - digits.starts
    groups = np.flatnonzero(length[1:] == _GROUP) + 1
    groups = groups[_MAY_PART[digits.text[digits.starts[groups] - 1]]]
    before = groups - 1
    near = digits.starts[groups] - digits.ends[before] <= _WIDEST
    groups = groups[near & (length[before] <= _GROUP)]
    thousands, ones = digits.up_to_999(np.stack([groups - 1, groups]))
    return groups, thousands * 1000 + ones


def _stretch(text: NDArray[np.uint8], place: int) -> str:
    """Return what stands around a place, up to what no number goes on after."""
    before = _APART.split(text[max(place - _FAR, 0) : place].tobytes())[-1]
    after = _APART.split(text[place : place + _FAR].tobytes(), maxsplit=1)[0]
    return (before + after).decode(errors="replace")
