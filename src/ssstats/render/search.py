"""The search index of a site: a script, because pages read from a folder may request nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from ssstats.render.documents import Document
from ssstats.render.plain_tables import row_heads
from ssstats.render.references import Target, with_labels
from ssstats.render.tree import Node, nodes_of, text_of

# Enough of a section to find it by its words; the page itself holds the rest.
_SEARCHED_CHARACTERS = 1200


def write_search_index(
    documents: Sequence[Document],
    targets: Mapping[str, Target],
    path: Path,
    *,
    further: Sequence[tuple[str, str]] = (),
) -> None:
    """Write page address, chapter title, section title and text of each section.

    Of `further` pages, title and address, search knows the title alone.
    """
    entries = [entry for document in documents for entry in _entries(document, targets)]
    entries += [[address, title, "", ""] for title, address in further]
    index = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    path.write_text(f"window.releaseIndex={index};\n", encoding="utf-8")


def _entries(document: Document, targets: Mapping[str, Target]) -> list[list[str]]:
    title, page = text_of(document.title), f"{document.chapter.stem}.html"
    sections = {section.identifier: section.title for section in document.sections}
    entries, address, heading, texts = [], page, "", list[str]()
    blocks = with_labels(document.blocks, targets) if document.refers else document.blocks
    for block in blocks:
        if block["t"] == "Header":
            entries.append([address, title, heading, _searched(texts)])
            address = f"{page}#{block['c'][1][0]}"
            heading, texts = sections[block["c"][1][0]], []
        else:
            texts.append(_searchable(block))
    return [*entries, [address, title, heading, _searched(texts)]]


def _searchable(block: Node) -> str:
    """Return a block's text; of a table, its row heads and its caption rather than figures."""
    tables = list(nodes_of(block, "Table"))
    if not tables:
        return text_of(block)
    heads = [head for table in tables for head in row_heads(table)]
    captions = [text_of(inner) for inner in block["c"][1][1:]] if block["t"] == "Div" else []
    return " ".join([*captions, *heads])


def _searched(texts: Sequence[str]) -> str:
    text = " ".join(" ".join(texts).split())
    return text[:_SEARCHED_CHARACTERS]
