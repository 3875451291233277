"""Strings of glyphs as a PDF of Typst writes them, signs escaped, read as arrays.

A glyph is two bytes (ISO 32000-1, 9.7.6.2), of which the first is zero: fonts hold no letter but
those that a document shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ssstats.pdf_pages.objects import OtherPdfError

# By how much glyphs stand nearer to each other, in thousandths of their size: no text.
MOVED = re.compile(rb"\)-?\d*\.?\d+\(")
_BETWEEN = b"\n"
_FIRST_BYTE = b"\\000"
_ESCAPE, _LINE = b"\\\n"
_ZERO, _BASE = ord("0"), 8
_NO_SIGN = 0
# What stands for a sign after the escape.
_SIGNS = np.full(256, _NO_SIGN, np.uint8)
for _written, _sign in zip(b"nrtbf()", b"\n\r\t\b\f()", strict=True):
    _SIGNS[_written] = _sign


def glyphs_of(runs: Sequence[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Return the glyphs of all runs, and how many are of each.

    Raises
    ------
    OtherPdfError
        If a run is no string of glyphs of two bytes, or one of them has another first byte.
    """
    # An escape that is escaped itself becomes a number as others are.
    joined = (_BETWEEN.join(runs) + _BETWEEN).replace(b"\\\\", b"\\134")
    seconds = joined.replace(_FIRST_BYTE, b"")
    firsts = (len(joined) - len(seconds)) // len(_FIRST_BYTE)
    glyphs, ends = _unescaped(np.frombuffer(MOVED.sub(b"", seconds), np.uint8))
    if len(ends) != len(runs) or len(glyphs) != firsts + len(ends):
        raise OtherPdfError("a text is no string of glyphs")
    return np.delete(glyphs, ends), np.diff(ends, prepend=-1) - 1


def _unescaped(written: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Return single bytes, and where among them runs end."""
    escapes = np.flatnonzero(written == _ESCAPE)
    after = written[escapes + 1]
    of_number = after - np.uint8(_ZERO) < _BASE
    numbers, others = escapes[of_number], escapes[~of_number]
    last = len(written) - 1
    digits = [written[np.minimum(numbers + n, last)] - np.uint8(_ZERO) for n in (1, 2, 3)]
    signs = _SIGNS[after[~of_number]]
    if (signs == _NO_SIGN).any() or any((digit >= _BASE).any() for digit in digits):
        raise OtherPdfError("a sign of a text is written in another way")
    single = written.copy()
    single[numbers] = (digits[0] * _BASE + digits[1]) * _BASE + digits[2]
    single[others] = signs
    kept = np.ones(len(written), np.bool_)
    for more in (escapes + 1, numbers + 2, numbers + 3):
        kept[more] = False
    return single[kept], np.flatnonzero((written == _LINE)[kept])
