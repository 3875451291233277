"""The PDF: all chapters as one Typst document, tagged, the same bytes from the same sources."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import typst

from ssstats.errors import RenderError
from ssstats.fonts import font_folder
from ssstats.render.book import Book, front_facts
from ssstats.render.documents import Document
from ssstats.render.pandoc import write_trees
from ssstats.render.pdf_tags import with_row_heads
from ssstats.render.references import Target
from ssstats.render.tree import Node, raw, text_of
from ssstats.render.typst_chapters import chapters_typst, escaped_typst

# PDF/UA-1 (ISO 14289-1) is what assistive technology can rely on.
_STANDARD: Literal["ua-1"] = "ua-1"


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
        text = typst_source(book, documents, targets, Path(folder), words=words)
        _compile(text, Path(folder), path)
    return path


def write_chapter_pdfs(
    book: Book,
    documents: Sequence[Document],
    targets: Mapping[str, Target],
    paths: Sequence[Path],
    *,
    words: Mapping[str, str],
) -> None:
    """Write each chapter as a PDF/UA-1 document of its own, to the path in its place.

    Numbers are those that a chapter has in the book; what it refers to in other chapters is text.

    Raises
    ------
    RenderError
        If Typst refuses a document; the message is Typst's own.
    """
    with tempfile.TemporaryDirectory() as folder:
        folders = [Path(folder) / document.chapter.stem for document in documents]
        for own in folders:
            own.mkdir()
        texts = chapters_typst(
            documents, targets=targets, theme=book.theme, words=words, folders=folders,
            addresses=[_address_alone(document, targets) for document in documents],
        )  # fmt: skip
        wholes = [
            _tree_alone(book, document, text, words)
            for document, text in zip(documents, texts, strict=True)
        ]
        names = [path.name for path in paths]
        for source, own, path in zip(_sources(book, wholes, names), folders, paths, strict=True):
            _compile(source, own, path)


def _address_alone(document: Document, targets: Mapping[str, Target]) -> dict[str, str]:
    """Return where links lead in a document that is one chapter: nowhere outside it."""
    stem = document.chapter.stem
    address = {target.stem: "" for target in targets.values()}
    address |= {n: f"#{n}" if target.stem == stem else "" for n, target in targets.items()}
    return {**address, stem: f"#{stem}--title"}


def _tree_alone(book: Book, document: Document, text: str, words: Mapping[str, str]) -> Node:
    blocks = [raw("typst", text)]
    if document.number:
        # The chapter keeps the number that its tables have on the site and in the book.
        blocks.insert(0, raw("typst", f"#counter(heading).update({int(document.number) - 1})"))
    front = replace(book.front, title=f"{text_of(document.title)}: {book.front.title}")
    return _whole_tree(replace(book, front=front), blocks, words, contents=False)


def _compile(text: str, folder: Path, path: Path) -> None:
    source = folder / "release.typ"
    source.write_text(text, encoding="utf-8")
    try:
        compiler = typst.Compiler(
            source, root=str(folder), font_paths=[font_folder()], ignore_system_fonts=True
        )
        content = compiler.compile(format="pdf", pdf_standards=[_STANDARD], timestamp=0)
    except typst.TypstError as problem:
        raise RenderError(_message(problem, str(folder), path.name)) from problem
    if not isinstance(content, bytes):
        raise RenderError(f"{path.name}: Typst wrote no document")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(with_row_heads(content))


def typst_source(
    book: Book,
    documents: Sequence[Document],
    targets: Mapping[str, Target],
    folder: Path,
    *,
    words: Mapping[str, str],
) -> str:
    """Return the book in Typst; its charts are written into `folder`."""
    address = {name: f"#{name}" for name in targets}
    address |= {document.chapter.stem: f"#{document.identifier}" for document in documents}
    texts = chapters_typst(
        documents, targets=targets, theme=book.theme, words=words,
        addresses=[address] * len(documents), folders=[folder] * len(documents),
    )  # fmt: skip
    blocks, part = [], ""
    for document, text in zip(documents, texts, strict=True):
        if document.chapter.part != part:
            part = document.chapter.part
            blocks.append(raw("typst", f"#part[{escaped_typst(part)}]"))
        blocks.append(raw("typst", text))
    whole = _whole_tree(book, blocks, words, contents=True)
    return _sources(book, [whole], [f"{book.folder.name} (PDF)"])[0]


def _whole_tree(
    book: Book, blocks: list[Node], words: Mapping[str, str], *, contents: bool
) -> Node:
    meta = _metadata(book, words, contents=contents)
    return {"pandoc-api-version": [1, 23, 1], "meta": meta, "blocks": blocks}


def _sources(book: Book, wholes: Sequence[Node], names: Sequence[str]) -> list[str]:
    """Return whole documents in Typst, with the template's head."""
    return write_trees(
        wholes,
        writes="typst",
        names=names,
        template=book.theme / "book.typ",
        variables={"lang": book.language},
        wrap="wrap-auto",
    )


def _metadata(book: Book, words: Mapping[str, str], *, contents: bool) -> Node:
    front = book.front
    texts = {
        "contents": words["render.contents"] if contents else "",
        "publisher": front.publisher,
        "period": front.period,
        "designation": front.designation,
        "summary": front.summary,
        "notice": front.notice,
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


def _message(problem: typst.TypstError, folder: str, name: str) -> str:
    hints = "; ".join(str(hint) for hint in problem.hints)
    text = str(problem).replace(folder, "").strip()
    return f"{name}: Typst refused the document: {text}" + (f" ({hints})" if hints else "")
