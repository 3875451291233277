"""Text in which no sign is markup, read as pandoc would read it.

Words, figures, signs of sentences, apostrophes and marks such as [c]: what the release itself
writes is little else. Whatever may mean more is left to pandoc.
"""

from __future__ import annotations

import re

from ssstats.render.tree import Node

# Words that end in a full stop and to which pandoc ties the next word (its file "abbreviations").
ABBREVIATIONS = {
    "aet.", "aetat.", "al.", "Apr.", "Aug.", "bk.", "Bros.", "c.", "Capt.", "cf.", "ch.", "chap.",
    "chs.", "Co.", "col.", "Corp.", "cp.", "d.", "Dec.", "Dr.", "e.g.", "ed.", "eds.", "esp.",
    "f.", "fasc.", "Feb.", "ff.", "fig.", "fl.", "fol.", "fols.", "Fr.", "Gen.", "Gov.", "Hon.",
    "i.e.", "ill.", "Inc.", "incl.", "Jan.", "Jr.", "Jul.", "Jun.", "Ltd.", "M.A.", "M.D.",
    "Mar.", "Mr.", "Mrs.", "Ms.", "n.", "n.b.", "nn.", "No.", "Nov.", "Oct.", "p.", "Ph.D.",
    "pp.", "Pres.", "Prof.", "pt.", "q.v.", "Rep.", "Rev.", "s.v.", "s.vv.", "saec.", "sec.",
    "Sen.", "Sep.", "Sept.", "Sgt.", "Sr.", "St.", "univ.", "viz.", "vol.", "vs.",
}  # fmt: skip
_PLAIN = re.compile(r"[\w\n ,.:;()%/+–—−’…?'\\\[\]-]*")
_BRACKETS = re.compile(r"[\[\]\\]")
# A bracket with its backslash, or a mark: not where a link or a definition may follow it.
_BRACKETED = re.compile(r"\\[\[\]]|\[[a-z]{1,4}\](?![\[({:])")
_ESCAPED = re.compile(r"\\([\[\]])")
_LOOSE_APOSTROPHE = re.compile(r"(?<![^\W_])'|'(?![^\W_])")
_LAST_OF_SENTENCE = re.compile(r"([A-Za-z.]+)\. ")


class MoreThanPlainError(Exception):
    """A text, a table or a chapter holds what is left to pandoc."""


def plain_text(text: str) -> str:
    """Return text, of one line or of many apart, without backslashes and with curled apostrophes.

    Raises
    ------
    MoreThanPlainError
        If any of it may be markup.
    """
    doubled = "--" in text or ".." in text or "  " in text
    if doubled or "_" in text or not _PLAIN.fullmatch(text):
        raise MoreThanPlainError
    if _BRACKETS.search(text):
        if _BRACKETS.search(_BRACKETED.sub("", text)):
            raise MoreThanPlainError
        text = _ESCAPED.sub(r"\1", text)
    if "'" in text:
        if _LOOSE_APOSTROPHE.search(text):
            raise MoreThanPlainError
        text = text.replace("'", "\u2019")
    if ". " in text:
        ends = (f"{word}." for word in _LAST_OF_SENTENCE.findall(text))
        if not ABBREVIATIONS.isdisjoint(ends):
            raise MoreThanPlainError
    return text


def line_of_item(blocks: list[Node]) -> list[Node]:
    """Return the inline nodes of a list's item that is one line.

    Raises
    ------
    MoreThanPlainError
        If it is more.
    """
    if len(blocks) != 1 or blocks[0]["t"] != "Plain":
        raise MoreThanPlainError
    line: list[Node] = blocks[0]["c"]
    return line
