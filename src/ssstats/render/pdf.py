"""The PDF: all chapters as one Typst document, tagged, the same bytes from the same sources."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Literal

import typst

from ssstats.errors import RenderError
from ssstats.fonts import font_folder
from ssstats.render.book import Book, front_facts
from ssstats.render.callouts import split_callout
from ssstats.render.documents import Document, Float
from ssstats.render.pandoc import write_tree
from ssstats.render.pdf_tags import with_row_heads
from ssstats.render.references import Target, with_references
from ssstats.render.tree import Node, map_blocks, raw
from ssstats.render.vector import svg_bytes

# PDF/UA-1 (ISO 14289-1) is what assistive technology can rely on.
_STANDARD: Literal["ua-1"] = "ua-1"
_KINDS = {"tbl": "quarto-float-tbl", "fig": "quarto-float-fig"}


def write_pdf(
    book: Book,
    documents: Sequence[Document],
    targets: Mapping[str, Target],
    path: Path,
    *,
    words: Mapping[str, str],
) -> Path:
    """Write the book as one PDF/UA-1 document and return its path.

    Raises
    ------
    RenderError
        If Typst refuses the document; the message is Typst's own.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "release.typ"
        text = typst_source(book, documents, targets, Path(folder), words=words)
        source.write_text(text, encoding="utf-8")
        try:
            compiler = typst.Compiler(
                source, root=folder, font_paths=[font_folder()], ignore_system_fonts=True
            )
            content = compiler.compile(format="pdf", pdf_standards=[_STANDARD], timestamp=0)
        except typst.TypstError as problem:
            raise RenderError(_message(problem, folder, path.name)) from problem
    if not isinstance(content, bytes):
        raise RenderError(f"{path.name}: Typst wrote no document")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(with_row_heads(content))
    return path


def typst_source(
    book: Book,
    documents: Sequence[Document],
    targets: Mapping[str, Target],
    folder: Path,
    *,
    words: Mapping[str, str],
) -> str:
    """Return the book in Typst; its charts are written into `folder`."""
    blocks: list[Node] = []
    address = {name: f"#{name}" for name in targets}
    address |= {document.chapter.stem: f"#{document.identifier}" for document in documents}
    for part, chapters in groupby(documents, key=lambda document: document.chapter.part):
        if part:
            blocks.append(raw("typst", f"#part[{_escaped(part)}]"))
        for document in chapters:
            blocks += _chapter_blocks(document, folder, words)
    blocks = with_references(blocks, targets, address)
    tree = {
        "pandoc-api-version": [1, 23, 1],
        "meta": _metadata(book, words),
        "blocks": blocks,
    }
    options = (
        "--lua-filter",
        str(book.theme / "release.lua"),
        "--template",
        str(book.theme / "book.typ"),
        "--wrap=none",
        "--variable",
        f"lang={book.language}",
    )
    return write_tree(tree, writes="typst", what=f"{book.folder.name} (PDF)", options=options)


def _metadata(book: Book, words: Mapping[str, str]) -> Node:
    front = book.front
    texts = {
        "contents": words["render.contents"],
        "publisher": front.publisher,
        "period": front.period,
        "designation": front.designation,
        "summary": front.summary,
        "synthetic": front.synthetic,
    }
    release = {key: _meta_text(text) for key, text in texts.items() if text}
    facts = front_facts(book.front, words)
    release["facts"] = {
        "t": "MetaList",
        "c": [
            {"t": "MetaMap", "c": {"label": _meta_text(label), "text": _meta_text(text)}}
            for label, text in facts
        ],
    }
    return {"title": _meta_text(front.title), "release": {"t": "MetaMap", "c": release}}


def _meta_text(text: str) -> Node:
    return {"t": "MetaInlines", "c": [{"t": "Str", "c": text}]}


def _chapter_blocks(document: Document, folder: Path, words: Mapping[str, str]) -> list[Node]:
    classes = [] if document.number else ["unnumbered"]
    title = {"t": "Header", "c": [1, [document.identifier, classes, []], document.title]}
    change = partial(_paper_block, document=document, folder=folder, words=words)
    return [title, *map_blocks(document.blocks, change)]


def _paper_block(
    block: Node, *, document: Document, folder: Path, words: Mapping[str, str]
) -> list[Node] | None:
    if block["t"] == "Header" and not document.number:
        level, (identifier, classes, pairs), inlines = block["c"]
        return [
            {"t": "Header", "c": [level, [identifier, [*classes, "unnumbered"], pairs], inlines]}
        ]
    if block["t"] != "Div":
        return None
    identifier = block["c"][0][0]
    found = document.floats.get(identifier)
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


def _float(found: Float, document: Document, folder: Path) -> list[Node]:
    supplement, _, number = found.label.partition("\u00a0")
    opening = (
        f'#figure(kind: "{_KINDS[found.kind]}", supplement: [{_escaped(supplement)}], '
        f'numbering: _ => "{number}", caption: ['
    )
    content = found.body if found.kind == "tbl" else _chart(found, document, folder)
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
    (folder / name).write_bytes(svg_bytes(found.body["c"][2][0], where))
    description = dict(found.body["c"][0][2])["fig-alt"]
    return raw("typst", f'#image("{name}", width: 100%, alt: {_quoted(description)})')


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\#$*_`<>@[]~" else sign for sign in text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{" ".join(escaped.split())}"'


def _message(problem: typst.TypstError, folder: str, name: str) -> str:
    hints = "; ".join(str(hint) for hint in problem.hints)
    text = str(problem).replace(folder, "").strip()
    return f"{name}: Typst refused the document: {text}" + (f" ({hints})" if hints else "")
