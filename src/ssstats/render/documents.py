"""Chapters as numbered documents: titles, sections, floats, and what a reference points at.

Both outputs of the embedded engine start here, so a table has the same number in each. A float
is a division whose identifier starts with tbl- or fig-; its last paragraph is its caption.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ssstats.errors import RenderError, listed
from ssstats.render.book import Book, Chapter
from ssstats.render.callouts import is_callout, with_quiet_title
from ssstats.render.pandoc import read_markdown
from ssstats.render.sources import chapter_markdown
from ssstats.render.tree import Node, map_blocks, map_inlines, nodes_of, plain, text_of

# Chapters and their sections are numbered; what stands deeper is not.
NUMBERED_DEPTH = 2

_FLOAT = re.compile(r"(tbl|fig)-")
_REFERENCE = re.compile(r"(tbl|fig|sec)-")
_CHAPTER_FILE = re.compile(r"([\w-]+)\.(?:qmd|ipynb)(?:#([\w-]+))?")
_FLOAT_WORDS = {"tbl": "render.table", "fig": "render.figure"}


@dataclass(frozen=True)
class Section:
    """A heading under a chapter's title; `number` is empty where it has none."""

    identifier: str
    level: int
    number: str
    title: str


@dataclass(frozen=True)
class Float:
    """A table or figure with its caption; `notes` stand between the two in the source."""

    identifier: str
    kind: str
    label: str
    body: Node
    notes: list[Node]
    caption: list[Node]


@dataclass(frozen=True)
class Target:
    """What a reference points at: the words of the reference and the page it stands on."""

    label: str
    stem: str


@dataclass
class Document:
    """A chapter after reading: blocks without the title, identifiers unique in the book."""

    chapter: Chapter
    title: list[Node]
    identifier: str
    number: str
    blocks: list[Node]
    sections: list[Section] = field(default_factory=list)
    floats: dict[str, Float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The chapter's file, for messages."""
        return self.chapter.source.name


def read_documents(
    book: Book, words: Mapping[str, str]
) -> tuple[list[Document], dict[str, Target]]:
    """Return the book's chapters in order, numbered, and the targets of references by identifier.

    Raises
    ------
    RenderError
        If a chapter has no title, an identifier stands twice, a float has no caption or no
        content of its kind, or a reference has no target.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        documents = list(pool.map(_read_document, book.chapters))
    targets: dict[str, Target] = {}
    chapters = 0
    loose = {"tbl": 0, "fig": 0}
    for document in documents:
        if document.number:
            chapters += 1
            document.number = str(chapters)
        counts = {"tbl": 0, "fig": 0} if document.number else loose
        _number_sections(document)
        _number_floats(document, counts, words)
        for identifier, label in _labels(document, words):
            if identifier in targets:
                raise RenderError(
                    f"{document.name}: identifier {identifier!r} stands in "
                    f"{targets[identifier].stem} already; identifiers are unique in a book"
                )
            targets[identifier] = Target(label, document.chapter.stem)
    for document in documents:
        _check_references(document, targets)
    return documents, targets


def references_of(nodes: object) -> Iterator[tuple[Node, str]]:
    """Yield each citation that refers to a table, figure or section, with its identifier."""
    for cite in nodes_of(nodes, "Cite"):
        for citation in cite["c"][0]:
            yield cite, citation["citationId"]


def _read_document(chapter: Chapter) -> Document:
    name = chapter.source.name
    tree = read_markdown(chapter_markdown(chapter.source), what=name)
    title, identifier, classes, blocks = _split_title(tree, name)
    numbered = "unnumbered" not in classes and chapter.stem != "index"
    document = Document(chapter, title, identifier, "yes" if numbered else "", blocks)
    return _with_own_identifiers(document)


def _split_title(tree: Node, name: str) -> tuple[list[Node], str, list[str], list[Node]]:
    blocks = tree["blocks"]
    given = tree["meta"].get("title")
    if given:
        return given["c"], "", [], blocks
    for place, block in enumerate(blocks):
        if block["t"] == "Header" and block["c"][0] == 1:
            _, (identifier, classes, _), title = block["c"]
            return title, identifier, classes, blocks[:place] + blocks[place + 1 :]
    raise RenderError(f"{name} has no title; open it with a heading of the first level")


def _with_own_identifiers(document: Document) -> Document:
    """Prefix what pandoc named by itself: each authority's chapter has the same headings."""
    stem = document.chapter.stem

    def own(block: Node) -> list[Node] | None:
        if block["t"] == "Div" and is_callout(block):
            return [with_quiet_title(block)]
        if block["t"] != "Header":
            return None
        level, (identifier, classes, pairs), inlines = block["c"]
        if level == 1:
            raise RenderError(
                f"{document.name} has a second title, {text_of(inlines)!r}; use headings of the "
                "second level under the title"
            )
        if not _REFERENCE.match(identifier):
            identifier = f"{stem}--{identifier}"
        return [{"t": "Header", "c": [level, [identifier, classes, pairs], inlines]}]

    document.blocks = map_blocks(document.blocks, own)
    if not _REFERENCE.match(document.identifier):
        document.identifier = f"{stem}--title"
    return document


def _number_sections(document: Document) -> None:
    counter = 0
    deepest = 1
    for header in nodes_of(document.blocks, "Header"):
        level, (identifier, classes, _), inlines = header["c"]
        if level > deepest + 1:
            raise RenderError(
                f"{document.name}: heading {text_of(inlines)!r} skips a level; "
                f"level {deepest + 1} comes after level {deepest}"
            )
        deepest = level
        number = ""
        if level == NUMBERED_DEPTH and document.number and "unnumbered" not in classes:
            counter += 1
            number = f"{document.number}.{counter}"
        document.sections.append(Section(identifier, level, number, text_of(inlines)))


def _number_floats(document: Document, counts: dict[str, int], words: Mapping[str, str]) -> None:
    def number(block: Node) -> list[Node] | None:
        if block["t"] != "Div" or not _FLOAT.match(block["c"][0][0]):
            return None
        identifier, kind = block["c"][0][0], block["c"][0][0][:3]
        counts[kind] += 1
        digits = f"{document.number}.{counts[kind]}" if document.number else str(counts[kind])
        label = f"{words[_FLOAT_WORDS[kind]]}\u00a0{digits}"
        if identifier in document.floats:
            raise RenderError(f"{document.name}: identifier {identifier!r} stands twice")
        body, notes, caption = _split_float(block["c"][1], kind, f"{document.name}: {identifier}")
        document.floats[identifier] = Float(identifier, kind, label, body, notes, caption)
        return [block]

    map_blocks(document.blocks, number)


def _split_float(
    blocks: Sequence[Node], kind: str, where: str
) -> tuple[Node, list[Node], list[Node]]:
    *inner, last = blocks or [{"t": "Null"}]
    if last["t"] not in ("Para", "Plain") or not text_of(last).strip():
        raise RenderError(f"{where} has no caption; end the division with a paragraph")
    if not inner or (kind == "tbl" and inner[0]["t"] != "Table"):
        raise RenderError(f"{where} holds no {'table' if kind == 'tbl' else 'image'}")
    if kind == "tbl":
        return inner[0], inner[1:], last["c"]
    images = list(nodes_of(inner[0], "Image"))
    if len(images) != 1:
        raise RenderError(f"{where} holds {len(images)} images; a figure holds one")
    if not dict(images[0]["c"][0][2]).get("fig-alt", "").strip():
        raise RenderError(f"{where} has no alternative text; give its image fig-alt")
    return images[0], inner[1:], last["c"]


def _labels(document: Document, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    chapter = document.number and f"{words['render.chapter']}\u00a0{document.number}"
    yield document.identifier, chapter or text_of(document.title)
    for section in document.sections:
        label = f"{words['render.section']}\u00a0{section.number}"
        yield section.identifier, label if section.number else section.title
    for identifier, found in document.floats.items():
        yield identifier, found.label


def _check_references(document: Document, targets: Mapping[str, Target]) -> None:
    missing = {name for _, name in references_of(document.blocks) if name not in targets}
    if missing:
        raise RenderError(
            f"{document.name} refers to {listed(missing)}, which no chapter of the book holds"
        )


def with_references(
    nodes: list[Node], targets: Mapping[str, Target], address: Mapping[str, str]
) -> list[Node]:
    """Return nodes with each reference as a link that reads Table 3.1 and the like.

    `address` gives where a link leads, by identifier, and by stem for links to a chapter's file.
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
            links += [{"t": "Str", "c": ","}, {"t": "Space"}]
        label = [{"t": "Str", "c": targets[name].label}]
        links.append({"t": "Link", "c": [["", ["reference"], []], label, [address[name], ""]]})
    return {"t": "Span", "c": [["", [], []], links]}


def _chapter_link(link: Node, address: Mapping[str, str]) -> Node | None:
    """Lead a link to a chapter's source, as Quarto reads it, to where the chapter stands."""
    attributes, inlines, (target, title) = link["c"]
    found = _CHAPTER_FILE.fullmatch(target)
    if not found:
        return None
    place = address.get(found[2] or found[1])
    if place is None:
        raise RenderError(f"a link leads to {target}, which the book does not hold")
    return {"t": "Link", "c": [attributes, inlines, [place, title]]}
