"""Blocks of chapters as HTML, written as pandoc writes them.

What our own notebooks and the pages put into a chapter, and nothing else: a chapter with another
kind of node, class or attribute is left to pandoc and the theme's filter (`theme/release.lua`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ssstats.render.plain_text import MoreThanPlainError, line_of_item
from ssstats.render.tree import Node

_SIGNS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_SIGNS_OF_ATTRIBUTES = _SIGNS | str.maketrans({'"': "&quot;", "'": "&#39;"})
# Classes that mean nothing to pandoc or to the filter.
_CLASSES = {
    "caption-label", "caption-text", "chart-region", "downloads", "email", "heading-number",
    "main-points", "notes", "reference", "said", "shorthand", "summary", "synthetic-notice",
    "table-region",
}  # fmt: skip
# Keys of attributes that pages have, besides data-...: pandoc puts that before keys unknown to it.
_KEYS = {"aria-label", "download", "role", "tabindex"}


def html_of_blocks(blocks: Iterable[Node]) -> str | None:
    """Return blocks as HTML, a line's end behind each, or None where they are left to pandoc."""
    try:
        return _blocks(blocks)
    except MoreThanPlainError:
        return None


def html_of_inlines(inlines: Iterable[Node]) -> str:
    """Return inline nodes as HTML.

    Raises
    ------
    MoreThanPlainError
        If they are left to pandoc.
    """
    return "".join([_inline(node) for node in inlines])


def _blocks(blocks: Iterable[Node]) -> str:
    return "".join([_block(block) for block in blocks])


def _block(block: Node) -> str:
    kind, content = block["t"], block.get("c", [])
    if kind == "Para":
        return f"<p>{html_of_inlines(content)}</p>\n"
    if kind == "Plain":
        return f"{html_of_inlines(content)}\n"
    if kind == "RawBlock" and content[0] == "html":
        return f"{content[1]}\n"
    if kind == "Div" and content[1]:
        return f"<div{_attributes(content[0])}>\n{_blocks(content[1])}</div>\n"
    if kind == "Header":
        level, attributes, inlines = content
        return f"<h{level}{_attributes(attributes)}>{html_of_inlines(inlines)}</h{level}>\n"
    if kind == "BulletList":
        return f"<ul>\n{''.join(map(_item, content))}</ul>\n"
    raise MoreThanPlainError


def _item(blocks: list[Node]) -> str:
    return f"<li>{html_of_inlines(line_of_item(blocks))}</li>\n"


def _inline(node: Node) -> str:
    kind = node["t"]
    if kind == "Space":
        return " "
    content = node.get("c", [])
    if kind == "Str":
        return str(content.translate(_SIGNS))
    if kind == "Span":
        return f"<span{_attributes(content[0])}>{html_of_inlines(content[1])}</span>"
    if kind == "Strong":
        return f"<strong>{html_of_inlines(content)}</strong>"
    if kind == "Link" and not content[2][1]:
        address = content[2][0].translate(_SIGNS_OF_ATTRIBUTES)
        return f'<a href="{address}"{_attributes(content[0])}>{html_of_inlines(content[1])}</a>'
    raise MoreThanPlainError


def _attributes(attributes: list[Any]) -> str:
    identifier, classes, pairs = attributes
    if not _CLASSES.issuperset(classes):
        raise MoreThanPlainError
    text = f' id="{identifier.translate(_SIGNS_OF_ATTRIBUTES)}"' if identifier else ""
    if classes:
        text += f' class="{" ".join(classes)}"'
    for key, said in pairs:
        if not (key in _KEYS or key.startswith("data-")):
            raise MoreThanPlainError
        text += f' {key}="{said.translate(_SIGNS_OF_ATTRIBUTES)}"'
    return text
