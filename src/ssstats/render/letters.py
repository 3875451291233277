"""In how many lines text stands on paper, from the widths of the release's own letters.

Widths are those of upright letters, in thousandths of the letters' size, with the kerning and the
ligature that Typst sets too. Heads are semi-bold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from fontTools.ttLib import TTFont

from ssstats.fonts import paper_fonts

# Weights of letters on paper.
USUAL, SEMI_BOLD = "Regular", "SemiBold"
# Two letters that the family sets as one.
_PAIR, _LIGATURE = "fi", "\ufb01"
# Behind a sign that is no letter or digit a line may end; often it may not.
_PARTS = re.compile(r"[^\W_]+|[\W_]")
# What is left to rounding, as a share of a line.
_SLACK = 0.01


def lines_of(text: str, room: float, *, weight: str = USUAL) -> int | None:
    """Return in how many lines a text stands; None where that cannot be told for certain.

    Certain is that a line may end at a space, and never between two letters or digits; so a word
    with other signs must fit a line.

    Parameters
    ----------
    room : float
        The width of a line, in thousandths of the letters' size.
    weight : str
        `USUAL` or `SEMI_BOLD`.
    """
    if not text:
        return 0
    words, width = _words(text, weight)
    if words is None:
        return None
    if width <= room * (1 - _SLACK):
        return 1
    if any(len(parts) > 2 and parts[0] > room * (1 - _SLACK) for parts in words):
        return None
    space = _advances(weight)[" "]
    most = _filled([parts[:1] for parts in words], room * (1 - _SLACK), space)
    if most == 1 or most == _filled([parts[1:] for parts in words], room * (1 + _SLACK), space):
        return most
    return None


def _filled(words: Sequence[Sequence[float]], room: float, space: float) -> int:
    """Return how many lines are filled by words that may be parted between their parts."""
    lines, left = 1, room
    for word in words:
        for part in word:
            if part > left and left < room:
                lines, left = lines + 1, room
            left -= part
        left -= space
    return lines


# The same short texts stand in many cells.
@cache
def _words(text: str, weight: str) -> tuple[list[tuple[float, ...]] | None, float]:
    """Return the widths of a text's words and of the text in one line; None as `_widths`."""
    words = [_widths(word, weight) for word in text.split(" ")]
    known = [parts for parts in words if parts is not None]
    if len(known) < len(words):
        return None, 0
    spaces = _advances(weight)[" "] * (len(words) - 1)
    return known, sum(parts[0] for parts in known) + spaces


@cache
def _widths(word: str, weight: str) -> tuple[float, ...] | None:
    """Return the width of a word and those of its parts; None where the family lacks a letter."""
    letters, advances = word.replace(_PAIR, _LIGATURE), _advances(weight)
    if any(letter not in advances for letter in letters):
        return None
    parts = _PARTS.findall(letters)
    # A part is kerned with the next one where that makes both narrower: they may stay together.
    ends = [min(0, _kerning(one[-1], other[0], weight)) for one, other in pairwise(parts)]
    widths = [_width(part, weight) + end for part, end in zip(parts, [*ends, 0], strict=True)]
    return (_width(letters, weight), *widths)


def _width(letters: str, weight: str) -> float:
    advances = sum(map(_advances(weight).__getitem__, letters))
    return advances + sum(_kerning(*pair, weight) for pair in pairwise(letters))


@cache
def _font(weight: str) -> TTFont:
    # Only the tables that are asked for are read.
    return TTFont(paper_fonts()[0] / f"ReleaseSans-{weight}.ttf", lazy=True)


@cache
def _advances(weight: str) -> dict[str, int]:
    """Return how far each letter takes the next one."""
    widths = _font(weight)["hmtx"].metrics
    return {chr(sign): widths[glyph][0] for sign, glyph in _font(weight).getBestCmap().items()}


@cache
def _kerning(first: str, second: str, weight: str) -> int:
    """Return how much further from each other two neighbours stand than the first one's advance."""
    names = _font(weight).getBestCmap()
    own, other = names[ord(first)], names[ord(second)]
    # Letters for paper are cut so that one table of classes has all pairs (OpenType, GPOS).
    (table,) = _font(weight)["GPOS"].table.LookupList.Lookup[0].SubTable
    if own not in table.Coverage.glyphs:
        return 0
    seconds = table.Class1Record[table.ClassDef1.classDefs.get(own, 0)].Class2Record
    return int(seconds[table.ClassDef2.classDefs.get(other, 0)].Value1.XAdvance)
