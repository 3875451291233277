"""Chapters of the plain form that the release's own notebooks write, read without pandoc.

A title; headings with an identifier; divisions; tables, charts and paragraphs; lists of one line
an item. Lines hold plain text, bold text, links, and sentences with the name of a record. A
chapter that holds anything else is left to pandoc as a whole: what a sign means may be said far
away from it.
"""

from __future__ import annotations

import re

from ssstats.render.plain_tables import read_table
from ssstats.render.plain_text import MoreThanPlainError, plain_text
from ssstats.render.tree import Node, div, link, plain

_TITLE = re.compile(r'---\ntitle: "([^"\n]+)"\n---\n')
_BETWEEN = re.compile(r"\n{2,}")
# Divisions that mean nothing to pandoc or to the theme's filter but a place and a look.
_OPENING = re.compile(
    r"::: \{(?:#((?:tbl|fig)-[\w-]+)|\.(notes|shorthand|main-points|summary|synthetic-notice))\}"
)
_CLOSING = ":::"
_HEADING = re.compile(r"(#{2,6}) ([^\n]*[^\n ]) \{#([\w-]+)\}")
# Text in square brackets leads to a heading of the same words; marks have up to four letters.
_SHORTEST_HEADING = 5
_CHART = re.compile(
    r"!\[\]\((data:image/svg\+xml;base64,[A-Za-z0-9+/=]*)\)"
    r'\{fig-alt="([^"\\&\n]*)"(?: data-csv="(data:text/csv;base64,[A-Za-z0-9+/=]*)")?\}'
)
_ITEM = "- "
# What would open a numbered list, a caption or a definition.
_OPENS = re.compile(r"\(?(?:\d+|[A-Za-z]|[ivxlcdmIVXLCDM]+)[.)](?: |\Z)|[Tt]able:|[^\w\[\\*<]|_")
_PIECE = re.compile(
    r"\*\*(?P<strong>[^ *<][^*<]*)\*\*(?= |\Z)"
    r"|\[(?P<said>[^ \[\]\\](?:[^\[\]\\]|\\[\[\]])*)\]\{\.said"
    r"(?P<pairs>(?: data-[a-z]+=\"[\w./: ;,+-]*\")+)\}(?= |\Z)"
    r"|\[(?P<shown>[^ \[\]\\]+(?: [^ \[\]\\]+)*)\]\((?P<address>[\w./:-]+)\)(?= |\Z)"
    r"|<(?P<mail>[\w.-]+@[\w.-]+\w)>(?= |\Z)"
    r"|(?P<text>(?:[^*\[<\\]|\\[\[\]]|\[[a-z]{1,4}\](?![\[({:]))+)"
)
_PAIR = re.compile(r'(data-[a-z]+)="([^"]*)"')


def read_plain_chapter(text: str) -> Node | None:
    """Return the tree of a chapter's Markdown, or None where it is left to pandoc.

    Text between two other things is one node here, with its spaces; otherwise the tree is
    pandoc's own.
    """
    title = _TITLE.match(text)
    if title is None:
        return None
    try:
        return {
            "meta": {"title": {"t": "MetaInlines", "c": _line(title[1])}},
            "blocks": _blocks(_BETWEEN.split(text[title.end() :].strip("\n"))),
        }
    except MoreThanPlainError:
        return None


def _blocks(pieces: list[str]) -> list[Node]:
    levels: list[list[Node]] = [[]]
    for piece in pieces:
        if opening := _OPENING.fullmatch(piece):
            inner: list[Node] = []
            classes = [opening[2]] if opening[2] else []
            levels[-1].append(div(inner, opening[1] or "", *classes))
            levels.append(inner)
        elif piece == _CLOSING and len(levels) > 1:
            levels.pop()
        else:
            _add(_block(piece), levels[-1])
    if len(levels) > 1:
        raise MoreThanPlainError
    return levels[0]


def _add(block: Node, blocks: list[Node]) -> None:
    # Two lists with only a blank line between them would be one.
    if blocks and block["t"] == blocks[-1]["t"] == "BulletList":
        raise MoreThanPlainError
    blocks.append(block)


def _block(piece: str) -> Node:
    if piece[:2] == _ITEM:
        items = [_item(line) for line in piece.split("\n")]
        return {"t": "BulletList", "c": items}
    if piece[:1] == "#":
        return _heading(piece)
    if piece[:1] == "|":
        return read_table(piece.split("\n"))
    if piece[:1] == "!":
        return _chart(piece)
    return {"t": "Para", "c": _line(piece)}


def _item(line: str) -> list[Node]:
    # A mark at the start of an item would be a box to tick.
    if line[:2] != _ITEM or re.match(r"- \[ ?[xX ]?\]", line):
        raise MoreThanPlainError
    return [{"t": "Plain", "c": _line(line[2:])}]


def _heading(piece: str) -> Node:
    found = _HEADING.fullmatch(piece)
    if not found or len(found[2]) < _SHORTEST_HEADING:
        raise MoreThanPlainError
    return {"t": "Header", "c": [len(found[1]), [found[3], [], []], _line(found[2])]}


def _chart(piece: str) -> Node:
    found = _CHART.fullmatch(piece)
    if not found:
        raise MoreThanPlainError
    pairs = [["fig-alt", found[2]]] + ([["data-csv", found[3]]] if found[3] else [])
    image = {"t": "Image", "c": [["", [], pairs], [], [found[1], ""]]}
    return {"t": "Para", "c": [image]}


def _line(text: str) -> list[Node]:
    """Return the inline nodes of one line."""
    if not text or _OPENS.match(text) or "\n" in text or text[-1] == " ":
        raise MoreThanPlainError
    nodes: list[Node] = []
    place = 0
    while place < len(text):
        found = _PIECE.match(text, place)
        if found is None:
            raise MoreThanPlainError
        if found.lastgroup != "text" and place and text[place - 1] != " ":
            raise MoreThanPlainError
        nodes.append(_inline(found))
        place = found.end()
    return nodes


def _inline(found: re.Match[str]) -> Node:
    kind = found.lastgroup
    if kind == "text":
        return {"t": "Space"} if found[0] == " " else plain(plain_text(found[0]))
    if kind == "pairs":
        pairs = [[key, said] for key, said in _PAIR.findall(found["pairs"])]
        # Walks through a tree enter lists: nothing that they look for stands in a sentence.
        return {"t": "Span", "c": (["", ["said"], pairs], _inner(found["said"]))}
    if kind == "strong":
        return {"t": "Strong", "c": _inner(found["strong"])}
    if kind == "mail":
        return link([plain(found["mail"])], f"mailto:{found['mail']}", "email")
    return link(_inner(found["shown"]), found["address"])


def _inner(text: str) -> list[Node]:
    if text[-1] == " " or _OPENS.match(text):
        raise MoreThanPlainError
    return [plain(plain_text(text))]
