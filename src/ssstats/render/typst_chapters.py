"""A chapter's blocks in Typst: headings, floats with their numbers, callouts, charts as files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from ssstats.fonts import FAMILY, PAPER_FAMILY
from ssstats.render.callouts import split_callout
from ssstats.render.documents import Document, Float
from ssstats.render.plain_tables import typst_of_table
from ssstats.render.plain_typst import typst_of_blocks
from ssstats.render.references import Target, with_references
from ssstats.render.tree import Node, map_blocks, raw
from ssstats.render.vector import svg_bytes
from ssstats.render.writing import write_chapters

# Quarto names its kinds of figure so; the template sets both engines' figures by them.
_KINDS = {"tbl": "quarto-float-tbl", "fig": "quarto-float-fig"}

# Where text is broken in its source; a space that holds words together is none.
_BREAK = re.compile(r"[ \t\r\n]+")


def chapters_typst(
    documents: Sequence[Document],
    *,
    targets: Mapping[str, Target],
    address: Mapping[str, str],
    folder: Path,
    theme: Path,
    words: Mapping[str, str],
) -> list[str]:
    """Return chapters in Typst, each with its title first; their charts are written into `folder`.

    `address` gives where links lead, by identifier and by stem.
    """
    return write_chapters(
        [
            with_references(blocks, targets, address) if document.refers else blocks
            for document in documents
            for blocks in [_chapter_blocks(document, folder, words)]
        ],
        typst_of_blocks,
        writes="typst",
        names=[document.name for document in documents],
        filter_by=theme / "release.lua",
    )


def escaped_typst(text: str) -> str:
    """Return plain text so that Typst reads it as that text."""
    return "".join(f"\\{sign}" if sign in "\\#$*_`<>@[]~/" else sign for sign in text)


def quoted_typst(text: str) -> str:
    """Return plain text in one line as a string of Typst, which is that text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_BREAK.sub(" ", escaped).strip(" ")}"'


def _chapter_blocks(document: Document, folder: Path, words: Mapping[str, str]) -> list[Node]:
    title = _heading(1, document.identifier, document.title, document.number)
    change = partial(_paper_block, document=document, folder=folder, words=words)
    blocks: list[Node] = []
    for block in document.blocks:
        found = _float_of(block, document)
        if found:
            # A table in a box or a list has less than the page's width.
            blocks += _float(found, document, folder, on_whole_lines=True)
        else:
            blocks += map_blocks([block], change)
    return [title, *blocks]


def _float_of(block: Node, document: Document) -> Float | None:
    return document.floats.get(block["c"][0][0]) if block["t"] == "Div" else None


def _paper_block(
    block: Node, *, document: Document, folder: Path, words: Mapping[str, str]
) -> list[Node] | None:
    if block["t"] == "Header":
        level, (identifier, _, _), inlines = block["c"]
        numbers = {section.identifier: section.number for section in document.sections}
        return [_heading(level, identifier, inlines, numbers[identifier])]
    if block["t"] == "Table":
        return [typst_of_table(block)]
    if block["t"] != "Div":
        return None
    found = _float_of(block, document)
    if found:
        return _float(found, document, folder)
    callout = split_callout(block, words)
    if callout is None:
        return None
    change = partial(_paper_block, document=document, folder=folder, words=words)
    return [
        raw("typst", f'#release-callout("{callout.kind}", ['),
        {"t": "Plain", "c": callout.title},
        raw("typst", "], ["),
        *map_blocks(callout.blocks, change),
        raw("typst", "])"),
    ]


def _heading(level: int, identifier: str, inlines: list[Node], number: str) -> Node:
    """Return a heading with its number, so that Typst need not lay pages out to count it."""
    numbering = f'(..) => "{number}"' if number else "none"
    opening = f"#heading(level: {level}, numbering: {numbering})["
    return {"t": "Para", "c": [_raw_inline(opening), *inlines, _raw_inline(f"] <{identifier}>")]}


def _raw_inline(text: str) -> Node:
    return {"t": "RawInline", "c": ["typst", text]}


def _float(
    found: Float, document: Document, folder: Path, *, on_whole_lines: bool = False
) -> list[Node]:
    label = escaped_typst(found.label.replace("\u00a0", " "))
    opening = (
        f'#figure(kind: "{_KINDS[found.kind]}", supplement: [{label}], numbering: none, caption: ['
    )
    if found.kind == "tbl":
        content = typst_of_table(found.body, on_whole_lines=on_whole_lines)
    else:
        content = _chart(found, document, folder)
    return [
        raw("typst", opening),
        {"t": "Plain", "c": found.caption},
        raw("typst", "], ["),
        content,
        raw("typst", f"]) <{found.identifier}>"),
        *found.notes,
    ]


def _chart(found: Float, document: Document, folder: Path) -> Node:
    name = f"{found.identifier}.svg"
    where = f"{document.name}: {found.identifier}"
    drawing = svg_bytes(found.body["c"][2][0], where)
    (folder / name).write_bytes(drawing.replace(FAMILY.encode(), PAPER_FAMILY.encode()))
    description = dict(found.body["c"][0][2])["fig-alt"]
    return raw("typst", f'#image("{name}", width: 100%, alt: {quoted_typst(description)})')
