"""Blocks of chapters as Typst, written as pandoc and the theme's filter write them.

What our own notebooks and the documents put into a chapter, and nothing else: a chapter with
another kind of node, class or attribute is left to pandoc (`theme/release.lua`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ssstats.render.plain_text import MoreThanPlainError, line_of_item
from ssstats.render.tree import Node

# Functions of the template that the filter puts around divisions of these classes.
_BOXES = {"main-points", "notes", "summary", "synthetic-notice"}
_PLAIN_DIVISIONS = {"shorthand"}
# Text that needs nothing but a backslash before brackets: no signs that mean more at its start.
_PLAIN = re.compile(r"(?!\d+\.(?: |\Z))[\w \[][\w ,.:;()%/+\u2212\u2019\u00a0?\[\]@-]*")
_DOUBLED = ("//", "--", "..", "_")
_SIGNS = str.maketrans({"[": "\\[", "]": "\\]", "@": "\\@", "\u2019": "'", "\u00a0": "~"})


def typst_of_blocks(blocks: Iterable[Node]) -> str | None:
    """Return blocks as Typst, ending with a line, or None where they are left to pandoc."""
    try:
        return _blocks(blocks).rstrip("\n") + "\n"
    except MoreThanPlainError:
        return None


def _blocks(blocks: Iterable[Node]) -> str:
    return "".join([_block(block) for block in blocks])


def _block(block: Node) -> str:
    kind, content = block["t"], block.get("c", [])
    if kind == "Para":
        return f"{_inlines(content)}\n\n"
    if kind == "Plain":
        return f"{_inlines(content)}\n"
    if kind == "RawBlock" and content[0] == "typst":
        return f"{content[1]}\n"
    if kind == "Div":
        return _division(block)
    if kind == "BulletList":
        return f"{''.join(map(_item, content))}\n"
    raise MoreThanPlainError


def _division(block: Node) -> str:
    (identifier, classes, pairs), blocks = block["c"]
    if identifier or pairs or len(classes) != 1 or not blocks:
        raise MoreThanPlainError
    if classes[0] in _BOXES:
        return f"#{classes[0]}[\n{_blocks(blocks)}]\n"
    if classes[0] in _PLAIN_DIVISIONS:
        return f"#block[\n{_blocks(blocks)}]\n"
    raise MoreThanPlainError


def _item(blocks: list[Node]) -> str:
    return f"- {_inlines(line_of_item(blocks))}\n"


def _inlines(nodes: Iterable[Node]) -> str:
    return "".join([_inline(node) for node in nodes])


def _inline(node: Node) -> str:
    kind = node["t"]
    if kind == "Space":
        return " "
    content = node.get("c", [])
    if kind == "Str":
        return _text(content)
    if kind == "RawInline" and content[0] == "typst":
        return str(content[1])
    if kind == "Strong":
        return f"#strong[{_inlines(content)}]"
    if kind == "Span":
        # What a sentence says of itself is for pages.
        if content[0][0] or content[0][1] != ["said"]:
            raise MoreThanPlainError
        return _inlines(content[1])
    if kind == "Link" and not content[2][0].startswith("#"):
        return f'#link("{content[2][0]}")[{_inlines(content[1])}]'
    raise MoreThanPlainError


def _text(text: str) -> str:
    if not _PLAIN.fullmatch(text) or any(sign in text for sign in _DOUBLED):
        raise MoreThanPlainError
    return text.translate(_SIGNS)
