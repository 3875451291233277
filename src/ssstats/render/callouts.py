"""Callouts: divisions of class callout-note, -tip, -important, -warning and -caution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ssstats.render.tree import Node
from ssstats.render.tree import words as spaced

_TITLE = ["", ["callout-title"], []]

KINDS = ("note", "tip", "important", "warning", "caution")


@dataclass(frozen=True)
class Callout:
    """A callout's kind, its title (the kind's word where it has none) and what it says."""

    kind: str
    title: list[Node]
    blocks: list[Node]


def split_callout(block: Node, words: Mapping[str, str]) -> Callout | None:
    """Return the callout that a division is, or None where it is another division."""
    (_, classes, pairs), blocks = block["c"]
    kind = next((kind for kind in KINDS if f"callout-{kind}" in classes), None)
    if kind is None:
        return None
    if blocks and blocks[0]["t"] == "Div" and blocks[0]["c"][0] == _TITLE:
        return Callout(kind, blocks[0]["c"][1][0]["c"], blocks[1:])
    return Callout(kind, spaced(dict(pairs).get("title", words[f"render.callout.{kind}"])), blocks)


def with_quiet_title(block: Node) -> Node:
    """Return a callout whose heading is a title only: no section of the chapter, no number."""
    attributes, blocks = block["c"]
    if not is_callout(block) or not blocks or blocks[0]["t"] != "Header":
        return block
    title = {"t": "Div", "c": [_TITLE, [{"t": "Plain", "c": blocks[0]["c"][2]}]]}
    return {"t": "Div", "c": [attributes, [title, *blocks[1:]]]}


def is_callout(block: Node) -> bool:
    """Say whether a division is a callout."""
    return any(f"callout-{kind}" in block["c"][0][1] for kind in KINDS)
