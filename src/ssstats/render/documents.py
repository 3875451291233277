"""Chapters as numbered documents: titles, sections and floats.

Both outputs of the embedded engine start here, so a table has the same number in each. A float
is a division whose identifier starts with tbl- or fig-; its last paragraph is its caption.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ssstats.errors import RenderError, listed
from ssstats.render.book import Book, Chapter
from ssstats.render.callouts import is_callout, with_quiet_title
from ssstats.render.reading import read_chapters
from ssstats.render.references import Target, references_of
from ssstats.render.sources import chapter_markdown
from ssstats.render.tree import Node, map_blocks, nodes_of, text_of

# Chapters and their sections are numbered; what stands deeper is not.
NUMBERED_DEPTH = 2

_FLOAT = re.compile(r"(tbl|fig)-")
_REFERENCE = re.compile(r"(tbl|fig|sec)-")
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


@dataclass
class Document:
    """A chapter after reading: blocks without the title, identifiers unique in the book.

    `refers` says whether any of it leads elsewhere; most chapters hold no reference and no link.
    """

    chapter: Chapter
    title: list[Node]
    identifier: str
    number: str
    blocks: list[Node]
    sections: list[Section] = field(default_factory=list)
    floats: dict[str, Float] = field(default_factory=dict)
    refers: bool = False

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
    texts = [chapter_markdown(chapter.source) for chapter in book.chapters]
    trees = read_chapters(texts, names=[chapter.source.name for chapter in book.chapters])
    documents = list(map(_document, book.chapters, trees))
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


def _document(chapter: Chapter, tree: Node) -> Document:
    title, identifier, classes, blocks = _split_title(tree, chapter.source.name)
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
    leading = list(nodes_of([document.title, document.blocks], "Cite", "Link"))
    document.refers = bool(leading)
    missing = {name for name in references_of(leading) if name not in targets}
    if missing:
        raise RenderError(
            f"{document.name} refers to {listed(missing)}, which no chapter of the book holds"
        )
