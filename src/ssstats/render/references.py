"""References: what @tbl-plans and its like point at, and what they read in each output."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ssstats.errors import RenderError
from ssstats.render.tree import Node, link, map_inlines, nodes_of, plain, span

_CHAPTER_FILE = re.compile(r"([\w-]+)\.(?:qmd|ipynb)(?:#([\w-]+))?")


@dataclass(frozen=True)
class Target:
    """What a reference points at: the words of the reference and the page it stands on."""

    label: str
    stem: str


def references_of(nodes: object) -> Iterator[str]:
    """Yield the identifier of every reference, in reading order."""
    for cite in nodes_of(nodes, "Cite"):
        for citation in cite["c"][0]:
            yield citation["citationId"]


def with_references(
    nodes: list[Node], targets: Mapping[str, Target], address: Mapping[str, str]
) -> list[Node]:
    """Return nodes with each reference as a link that reads Table 3.1 and the like.

    `address` gives where a link leads, by identifier, and by stem for links to a chapter's file;
    what is blank there is not in the document and becomes text.
    """

    def linked(node: Node) -> Node | None:
        if node["t"] == "Cite":
            return _reference_links(node, targets, address)
        if node["t"] == "Link":
            return _chapter_link(node, address)
        return None

    changed: list[Node] = map_inlines(nodes, linked)
    return changed


def with_labels(nodes: list[Node], targets: Mapping[str, Target]) -> list[Node]:
    """Return nodes with each reference as the words it reads, for text without links."""

    def labelled(node: Node) -> Node | None:
        if node["t"] != "Cite":
            return None
        return plain(", ".join(targets[cited["citationId"]].label for cited in node["c"][0]))

    changed: list[Node] = map_inlines(nodes, labelled)
    return changed


def _reference_links(cite: Node, targets: Mapping[str, Target], address: Mapping[str, str]) -> Node:
    links: list[Node] = []
    for citation in cite["c"][0]:
        name = citation["citationId"]
        if links:
            links += [plain(","), {"t": "Space"}]
        label = [plain(targets[name].label)]
        links.append(link(label, address[name], "reference") if address[name] else span(label))
    return span(links)


def _chapter_link(link: Node, address: Mapping[str, str]) -> Node | None:
    """Lead a link to a chapter's source, as Quarto reads it, to where the chapter stands."""
    attributes, inlines, (target, title) = link["c"]
    found = _CHAPTER_FILE.fullmatch(target)
    if not found:
        return None
    place = address.get(found[2] or found[1])
    if place is None:
        raise RenderError(f"a link leads to {target}, which the book does not hold")
    if not place:
        return span(inlines)
    return {"t": "Link", "c": [attributes, inlines, [place, title]]}
