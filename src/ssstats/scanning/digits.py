"""The runs of digits of a text, all at once as arrays: where they stand, and a name for each.

Runs are of ASCII digits, as files write them. Two runs of the same digits have the same name; two
others of up to 16 digits hardly ever share one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]
Names = NDArray[np.uint64]
Flags = NDArray[np.bool_]

_WORD = 8
# The first bytes of a word, by how many.
_FIRST = np.array([(1 << 8 * count) - 1 for count in range(_WORD + 1)], np.uint64)
_ZEROS = np.frombuffer(b"0" * _WORD, "<u8")[0]
# An odd number without a pattern: what is multiplied by it spreads over the high bits.
MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Digits:
    """The bytes of a text and, in order, where each run of digits starts and ends in them."""

    text: NDArray[np.uint8]
    starts: Places
    ends: Places

    def names(self) -> Names:
        """Return a name for each run; none is zero."""
        return self.names_of(self.starts, self.ends)

    def names_of(self, starts: Places, ends: Places) -> Names:
        """Return a name for each stretch of digits: of long ones by their two ends."""
        words, length = self._words(), ends - starts
        names = words[starts] & _FIRST[np.minimum(length, _WORD)]
        long = np.flatnonzero(length > _WORD)
        ended = names[long] * MIX + words[ends[long] - _WORD]
        # Twice the length, since the last bit says nothing: it keeps the name from being zero.
        names[long] = (ended * MIX + 2 * length[long].astype(np.uint64)) | np.uint64(1)
        return names

    def are_zeros(self, runs: Places) -> Flags:
        """Return which of some runs are zeros alone; of long ones, by their two ends."""
        words, starts, ends = self._words(), self.starts[runs], self.ends[runs]
        first = _FIRST[np.minimum(ends - starts, _WORD)]
        last = (ends - starts <= _WORD) | (words[ends - _WORD] == _ZEROS)
        return (words[starts] & first == _ZEROS & first) & last

    def preceded_by(self, sign: str) -> Places:
        """Return the runs that an ASCII sign stands before."""
        return np.flatnonzero(self.text[self.starts - 1] == ord(sign))

    def up_to_999(self, runs: Places) -> Places:
        """Return the number that each of some runs of three digits at most says."""
        ends, worth = self.ends[runs], np.array([100, 10, 1])
        places = ends[..., None] - [3, 2, 1]
        digits = self.text[places] - np.uint8(ord("0"))
        digits[places < self.starts[runs][..., None]] = 0
        number: Places = digits @ worth
        return number

    def _words(self) -> Names:
        """Return the eight bytes that start at each place of the text."""
        return np.ndarray(len(self.text) - _WORD + 1, "<u8", self.text.data, strides=(1,))


def digits_in(text: bytes) -> Digits:
    """Return the runs of digits of a text in UTF-8."""
    # Room on both sides, so that a word may be read at every run's start and before its end.
    room = b" " * _WORD
    padded = np.frombuffer(room + text + room, np.uint8)
    is_digit = padded - np.uint8(ord("0")) < 10
    edges = np.flatnonzero(is_digit[1:] != is_digit[:-1]) + 1
    return Digits(padded, edges[::2], edges[1::2])
