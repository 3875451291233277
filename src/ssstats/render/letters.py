"""In how many lines text stands on paper, from the widths of the release's own letters.

Widths are those of upright letters of usual weight, in thousandths of the letters' size, with the
kerning and the ligature that Typst sets too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

from fontTools.ttLib import TTFont

from ssstats.fonts import paper_fonts

# Two letters that the family sets as one.
_PAIR, _LIGATURE = "fi", "\ufb01"
# Behind a sign that is no letter or digit a line may end; often it may not.
_PARTS = re.compile(r"[^\W_]+|[\W_]")
# What is left to rounding, as a share of a line.
_SLACK = 0.01


def lines_of(text: str, room: float) -> int | None:
    """Return in how many lines a text stands; None where that cannot be told for certain.

    Certain is that a line may end at a space, and never between two letters or digits; so a word
    with other signs must fit a line.

    Parameters
    ----------
    room : float
        The width of a line, in thousandths of the letters' size.
    """
    if not text:
        return 0
    words = []
    for word in text.split(" "):
        parts = _widths(word)
        if parts is None or (len(parts) > 2 and parts[0] > room * (1 - _SLACK)):
            return None
        words.append(parts)
    most = _filled([parts[:1] for parts in words], room * (1 - _SLACK))
    if most == 1 or most == _filled([parts[1:] for parts in words], room * (1 + _SLACK)):
        return most
    return None


def _filled(words: Sequence[Sequence[float]], room: float) -> int:
    """Return how many lines are filled by words that may be parted between their parts."""
    space, lines, left = _advances()[" "], 1, room
    for word in words:
        for part in word:
            if part > left and left < room:
                lines, left = lines + 1, room
            left -= part
        left -= space
    return lines


@cache
def _widths(word: str) -> tuple[float, ...] | None:
    """Return the width of a word and those of its parts; None where the family lacks a letter."""
    letters, advances = word.replace(_PAIR, _LIGATURE), _advances()
    if any(letter not in advances for letter in letters):
        return None
    parts = _PARTS.findall(letters)
    # A part is kerned with the next one where that makes both narrower: they may stay together.
    ends = [min(0, _kerning(one[-1], next_one[0])) for one, next_one in pairwise(parts)]
    widths = [_width(part) + end for part, end in zip(parts, [*ends, 0], strict=True)]
    return (_width(letters), *widths)


def _width(letters: str) -> float:
    advances = sum(_advances()[letter] for letter in letters)
    return advances + sum(_kerning(*pair) for pair in pairwise(letters))


@lru_cache(maxsize=1)
def _font() -> TTFont:
    # Only the tables that are asked for are read.
    return TTFont(paper_fonts()[0] / "ReleaseSans-Regular.ttf", lazy=True)


@lru_cache(maxsize=1)
def _advances() -> dict[str, int]:
    """Return how far each letter takes the next one."""
    widths = _font()["hmtx"].metrics
    return {chr(sign): widths[glyph][0] for sign, glyph in _font().getBestCmap().items()}


@cache
def _kerning(first: str, second: str) -> int:
    """Return how much further from each other two neighbours stand than the first one's advance."""
    names = _font().getBestCmap()
    own, other = names[ord(first)], names[ord(second)]
    # Letters for paper are cut so that one table of classes has all pairs (OpenType, GPOS).
    (table,) = _font()["GPOS"].table.LookupList.Lookup[0].SubTable
    if own not in table.Coverage.glyphs:
        return 0
    seconds = table.Class1Record[table.ClassDef1.classDefs.get(own, 0)].Class2Record
    return int(seconds[table.ClassDef2.classDefs.get(other, 0)].Value1.XAdvance)
