"""Sentences of the commentary, read without pandoc: spans of plain text with the name of a record.

They are four fifths of what pandoc would have to read of a release. A sentence that holds anything
but text is left to it, and so is one beside which something else stands than other sentences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ssstats.render.plain_tables import OTHER_MARKUP, PLAIN_TEXT, inlines_of
from ssstats.render.tree import Node, nodes_of

# After the start of a line or of a list's item, bold text or another sentence, and before a space
# or the line's end.
_SENTENCE = re.compile(
    r"(?:(?<=\n)|(?<=\n- )|(?<=\*\* )|(?<=\} )|(?<=\ue001 ))"
    r"\[(?! )([^\[\]\n\\]*)(?<! )\]"
    r"\{\.said((?: data-[a-z]+=\"[\w./: ;,+-]*\")+)\}(?=[ \n]|\Z)"
)
# What may stand beside sentences that are taken out, bold text and names of records apart: no sign
# of it can open something that ends beyond a sentence, as quotation marks and mathematics do.
_HARMLESS = re.compile(
    r"(?:[^\W_]|[ \n.,:;()%/+\[\]{}–—−’\ue001-]|(?<=[^\W_])'(?=[^\W_])|\\[\[\]])*"
)
_APART = re.compile(r"\*\*|\]\{\.said[^\n}]*\}")
_BLOCK = re.compile(r"(?=\n\n)")
_PAIR = re.compile(r'(data-[a-z]+)="([^"]*)"')
_PLACE = "\ue001{}\ue001"


def without_sentences(text: str) -> tuple[str, dict[str, Node]]:
    """Return Markdown with a short word in place of each plain sentence.

    Returns
    -------
    text : str
        The Markdown.
    sentences : dict
        Each sentence as pandoc would have read it, by the word in its place.
    """
    sentences: dict[str, Node] = {}
    if OTHER_MARKUP.search(text) or _PLACE[0] in text:
        return text, sentences

    def short(found: re.Match[str]) -> str:
        if not _is_plain(found):
            return found[0]
        place = _PLACE.format(len(sentences))
        pairs = [[key, said] for key, said in _PAIR.findall(found[2])]
        sentences[place] = {"t": "Span", "c": [["", ["said"], pairs], inlines_of(found[1])]}
        return place

    return "".join(
        _SENTENCE.sub(short, block) if _has_harmless_rest(block) else block
        for block in _BLOCK.split(text)
    ), sentences


def _is_plain(found: re.Match[str]) -> bool:
    return bool(found[1]) and PLAIN_TEXT.fullmatch(found[1]) is not None


def _has_harmless_rest(block: str) -> bool:
    """Return whether nothing beside a block's plain sentences can reach over one of them."""
    rest = _SENTENCE.sub(lambda found: "" if _is_plain(found) else found[0], block)
    return _HARMLESS.fullmatch(_APART.sub("", rest)) is not None


def put_sentences_back(blocks: list[Node], sentences: Mapping[str, Node]) -> None:
    """Put sentences, in place, where `without_sentences` left a word."""
    if not sentences:
        return
    for word in list(nodes_of(blocks, "Str")):
        if sentence := sentences.get(word["c"]):
            word.update(sentence)
