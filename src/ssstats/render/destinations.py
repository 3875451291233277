"""Where tables lead: pages that stand beside the chapters, such as one for each measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ssstats.render.plain_tables import PlainTable, row_heads
from ssstats.render.tree import Node, link, nodes_of, text_of

_STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")


def nowhere(stem: str, caption: str, head: str) -> str:
    """Return no address for any row."""
    return ""


@dataclass(frozen=True)
class Destinations:
    """Pages beside the chapters, and which of them a row of a table leads to.

    `pages` are named in the contents of every page: title to address; `found` are those that
    search finds by their title alone. `of_row` gets a chapter's stem, a table's caption and the
    head of one of its rows, and returns an address or a blank.
    """

    pages: Mapping[str, str] = field(default_factory=dict)
    found: Sequence[tuple[str, str]] = ()
    of_row: Callable[[str, str, str], str] = nowhere


def with_row_links(table: Node, stem: str, caption: str, destinations: Destinations) -> Node:
    """Return a table whose row heads lead to their pages, where they have one."""
    content = table["c"]
    if isinstance(content, PlainTable):
        pages = [_page(head, stem, caption, destinations) for head in row_heads(table)]
        return {"t": "Table", "c": replace(content, pages=pages)} if any(pages) else table
    attributes, own_caption, columns, head, bodies, foot = content
    linked = [
        [*body[:3], [_linked(row, stem, caption, destinations) for row in body[3]]]
        for body in bodies
    ]
    return {"t": "Table", "c": [attributes, own_caption, columns, head, linked, foot]}


def _linked(row: list[Any], stem: str, caption: str, destinations: Destinations) -> list[Any]:
    attributes, (first, *others) = row
    blocks = first[4]
    address = _page(text_of(blocks), stem, caption, destinations)
    if not address or len(blocks) != 1 or any(nodes_of(blocks, "Link")):
        return row
    inner = {**blocks[0], "c": [link(blocks[0]["c"], address)]}
    return [attributes, [[*first[:4], [inner]], *others]]


def _page(head: str, stem: str, caption: str, destinations: Destinations) -> str:
    return destinations.of_row(stem, caption, head.translate(_STRAIGHT).strip())
