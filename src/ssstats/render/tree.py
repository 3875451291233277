"""Small helpers for pandoc's syntax tree, as its JSON gives it: dictionaries with keys t and c."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Node = dict[str, Any]

# What holds other nodes; the rest are leaves.
_BRANCHES = (list, dict)
# Words and what stands between them: nearly all nodes of a book, with nothing inside.
_LEAVES = {"Str", "Space", "SoftBreak", "LineBreak"}
# Where a block keeps the blocks inside it: index into c, or None where c itself is the list.
_CONTAINERS: dict[str, int | None] = {"Div": 1, "BlockQuote": None, "Figure": 2}


def text_of(nodes: Any) -> str:
    """Return the plain text of any part of the tree; notes are left out."""
    return "".join(_texts(nodes))


def _texts(nodes: Any) -> Iterator[str]:
    if isinstance(nodes, list):
        for node in nodes:
            yield from _texts(node)
    elif isinstance(nodes, dict) and "t" in nodes:
        kind = nodes["t"]
        if kind == "Str":
            yield nodes["c"]
        elif kind in ("Space", "SoftBreak", "LineBreak"):
            yield " "
        elif kind in ("Code", "Math"):
            yield nodes["c"][1]
        elif kind not in ("Note", "RawInline", "RawBlock", "Image"):
            yield from _texts(_spoken(kind, nodes.get("c", [])))


def _spoken(kind: str, content: Any) -> Any:
    if kind == "Quoted":
        mark = "'" if content[0]["t"] == "SingleQuote" else '"'
        return [plain(mark), content[1], plain(mark)]
    if kind in ("Link", "Span", "Cite", "Div"):
        return content[1]
    return content[2] if kind == "Header" else content


def plain(text: str) -> Node:
    """Return a text node; its spaces do not break."""
    return {"t": "Str", "c": text}


def words(text: str) -> list[Node]:
    """Return text as inline nodes, broken at its spaces."""
    nodes: list[Node] = []
    for word in text.split():
        if nodes:
            nodes.append({"t": "Space"})
        nodes.append(plain(word))
    return nodes


def attributes(
    identifier: str = "", classes: tuple[str, ...] = (), **pairs: str
) -> list[str | list[str] | list[list[str]]]:
    """Return pandoc's attribute triple; underscores in names of pairs become hyphens."""
    return [
        identifier,
        list(classes),
        [[key.replace("_", "-"), text] for key, text in pairs.items()],
    ]


def div(blocks: list[Node], identifier: str = "", *classes: str, **pairs: str) -> Node:
    """Return a division of blocks."""
    return {"t": "Div", "c": [attributes(identifier, classes, **pairs), blocks]}


def span(inlines: list[Node], identifier: str = "", *classes: str) -> Node:
    """Return a span of inlines."""
    return {"t": "Span", "c": [attributes(identifier, classes), inlines]}


def link(inlines: list[Node], target: str, *classes: str) -> Node:
    """Return a link without a title."""
    return {"t": "Link", "c": [attributes("", classes), inlines, [target, ""]]}


def raw(language: str, text: str) -> Node:
    """Return a block that reaches only the writer of `language`, as it stands."""
    return {"t": "RawBlock", "c": [language, text]}


def map_blocks(blocks: list[Node], change: Callable[[Node], list[Node] | None]) -> list[Node]:
    """Return blocks with `change` applied from the outside in.

    `change` returns the blocks to put in a block's place, which are not entered again, or None
    to leave it and enter it.
    """
    changed: list[Node] = []
    for block in blocks:
        instead = change(block)
        if instead is not None:
            changed += instead
        elif block["t"] in _CONTAINERS:
            changed.append(_with_inner(block, change))
        else:
            changed.append(block)
    return changed


def _with_inner(block: Node, change: Callable[[Node], list[Node] | None]) -> Node:
    place = _CONTAINERS[block["t"]]
    if place is None:
        return {**block, "c": map_blocks(block["c"], change)}
    content = list(block["c"])
    content[place] = map_blocks(content[place], change)
    return {**block, "c": content}


def map_inlines(nodes: Any, change: Callable[[Node], Node | None]) -> Any:
    """Return any part of the tree with `change` applied to every node, from the outside in.

    A part in which nothing changes is handed back itself, not a copy of it.
    """
    if isinstance(nodes, list):
        inner = [map_inlines(n, change) if isinstance(n, _BRANCHES) else n for n in nodes]
        same = all(new is old for new, old in zip(inner, nodes, strict=True))
        return nodes if same else inner
    if not isinstance(nodes, dict):
        return nodes
    if "t" in nodes:
        instead = change(nodes)
        if instead is not None:
            return instead
    changed = {
        key: new
        for key, old in nodes.items()
        if isinstance(old, _BRANCHES) and (new := map_inlines(old, change)) is not old
    }
    return {**nodes, **changed} if changed else nodes


def without_comments(nodes: Any) -> Any:
    """Return any part of the tree without the HTML comments in it."""
    if isinstance(nodes, list):
        return [without_comments(node) for node in nodes if not _is_comment(node)]
    if isinstance(nodes, dict):
        return {key: without_comments(inner) for key, inner in nodes.items()}
    return nodes


def _is_comment(node: Any) -> bool:
    is_raw = isinstance(node, dict) and node.get("t") in ("RawBlock", "RawInline")
    return is_raw and re.fullmatch(r"<!--.*-->\s*", node["c"][1], re.DOTALL) is not None


def nodes_of(nodes: Any, *kinds: str) -> Iterator[Node]:
    """Yield every node of the given kinds, in reading order."""
    # A list of what is left instead of a generator a node: a book has a million nodes.
    passed = _LEAVES.difference(kinds)
    waiting = [nodes]
    while waiting:
        node = waiting.pop()
        inner: Iterable[Any] = node
        if isinstance(node, dict):
            if node.get("t") in kinds:
                yield node
            inner = node.values()
        waiting += [
            one
            for one in inner
            if isinstance(one, list) or (isinstance(one, dict) and one.get("t") not in passed)
        ][::-1]
