"""Callouts: divisions of class callout-note, -tip, -important, -warning and -caution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ssstats.render.tree import Node, words as spaced

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
    title = spaced(dict(pairs).get("title", words[f"render.callout.{kind}"]))
    if blocks and blocks[0]["t"] == "Header":
        return Callout(kind, blocks[0]["c"][2], blocks[1:])
    return Callout(kind, title, blocks)
