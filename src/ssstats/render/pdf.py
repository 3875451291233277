"""The PDF: all chapters as one Typst document, tagged, the same bytes from the same sources."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ssstats.fonts import paper_fonts
from ssstats.render.book import Book, front_facts
from ssstats.render.documents import Document
from ssstats.render.pandoc import write_trees
from ssstats.render.pdf_tags import with_row_heads
from ssstats.render.plain_typst import typst_of_blocks
from ssstats.render.references import Target
from ssstats.render.tree import Node, plain, raw, text_of
from ssstats.render.typst_chapters import chapters_typst, escaped_typst
from ssstats.render.writing import write_chapters
from ssstats.typesetting import typeset

# What stands in a head until it is known which document it opens; the first is a private sign.
_TITLE, _PLACE = "\ue000", "// The chapters stand here.\n"
# A link inside the document, as pandoc writes it.
_LINK = re.compile(r"#link\(<([\w-]+)>\)")


def write_pdfs(
    book: Book,
    documents: Sequence[Document],
    targets: Mapping[str, Target],
    path: Path | None,
    alone: Mapping[str, Path],
    *,
    words: Mapping[str, str],
) -> None:
    """Write the book as one PDF/UA-1 document, and chapters as documents of their own.

    Numbers are those that a chapter has in the book; what it refers to in other chapters is text
    in its own document.

    Parameters
    ----------
    path : Path or None
        The book's document; None where only chapters are wanted.
    alone : mapping
        The document of each chapter that has one of its own, by the chapter's stem.

    Raises
    ------
    RenderError
        If Typst refuses a document; the message is Typst's own.
    """
    own = [document for document in documents if document.chapter.stem in alone]
    wanted = documents if path else own
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = _texts(wanted, targets, _address(documents, targets), book, folder, words)
        whole = [_whole_book(book, documents, texts, path)] if path else []
        texts |= _texts_without_links_outside(own, targets, texts, book, folder, words)
        whole += [_chapter_alone(book, d, texts[d.chapter.stem], alone) for d in own]
        sources, names = _sources(book, whole, words), [one.path.name for one in whole]
        made = typeset(sources, folder, names=names, fonts=paper_fonts())
    for one, content in zip(whole, made, strict=True):
        one.path.parent.mkdir(parents=True, exist_ok=True)
        one.path.write_bytes(with_row_heads(content))


def _texts(
    documents: Sequence[Document],
    targets: Mapping[str, Target],
    address: Mapping[str, str],
    book: Book,
    folder: Path,
    words: Mapping[str, str],
) -> dict[str, str]:
    """Return chapters in Typst by stem; their charts are written into `folder`."""
    texts = chapters_typst(
        documents, targets=targets, address=address, folder=folder, theme=book.theme, words=words
    )
    stems = (document.chapter.stem for document in documents)
    return dict(zip(stems, texts, strict=True))


def _address(documents: Sequence[Document], targets: Mapping[str, Target]) -> dict[str, str]:
    """Return where links lead in the book, by identifier and by stem."""
    address = {name: f"#{name}" for name in targets}
    return address | {document.chapter.stem: f"#{document.identifier}" for document in documents}


def _texts_without_links_outside(
    documents: Sequence[Document],
    targets: Mapping[str, Target],
    texts: Mapping[str, str],
    book: Book,
    folder: Path,
    words: Mapping[str, str],
) -> dict[str, str]:
    """Return anew the chapters that lead to other chapters, with text in place of those links."""
    anew: dict[str, str] = {}
    for document in documents:
        stem = document.chapter.stem
        named = [targets[n].stem for n in _LINK.findall(texts[stem]) if n in targets]
        if any(other != stem for other in named):
            address = {target.stem: "" for target in targets.values()}
            address |= {n: f"#{n}" if target.stem == stem else "" for n, target in targets.items()}
            address[stem] = f"#{document.identifier}"
            anew |= _texts([document], targets, address, book, folder, words)
    return anew


@dataclass(frozen=True)
class _Whole:
    """A document as it will be compiled: its title, its chapters in Typst, and where it goes."""

    path: Path
    title: str
    body: str
    has_contents: bool


def _whole_book(
    book: Book, documents: Sequence[Document], texts: Mapping[str, str], path: Path
) -> _Whole:
    bodies, part = [], ""
    for document in documents:
        if document.chapter.part != part:
            part = document.chapter.part
            bodies.append(f"#part[{escaped_typst(part)}]\n")
        bodies.append(texts[document.chapter.stem])
    return _Whole(path, book.front.title, "".join(bodies), has_contents=True)


def _chapter_alone(book: Book, document: Document, text: str, alone: Mapping[str, Path]) -> _Whole:
    title = f"{text_of(document.title)}: {book.front.title}"
    return _Whole(alone[document.chapter.stem], title, text, has_contents=False)


def _sources(book: Book, whole: Sequence[_Whole], words: Mapping[str, str]) -> list[str]:
    """Return whole documents in Typst, with the template's head."""
    # Titles and chapters take their places afterwards: the rest of a head is the same in many.
    heads = _heads(book, words, {one.has_contents for one in whole})
    names = [one.path.name for one in whole]
    titles = write_chapters(
        [[{"t": "Plain", "c": [plain(one.title)]}] for one in whole],
        typst_of_blocks,
        writes="typst",
        names=names,
        filter_by=book.theme / "release.lua",
    )
    return [
        heads[one.has_contents].replace(_TITLE, title.rstrip("\n")).replace(_PLACE, one.body)
        for one, title in zip(whole, titles, strict=True)
    ]


def _heads(book: Book, words: Mapping[str, str], kinds: Iterable[bool]) -> dict[bool, str]:
    """Return the head of documents with contents, without, or both."""
    wanted = sorted(kinds)
    trees = [
        {
            "pandoc-api-version": [1, 23, 1],
            "meta": _metadata(book, words, has_contents=has_contents),
            "blocks": [raw("typst", _PLACE.removesuffix("\n"))],
        }
        for has_contents in wanted
    ]
    heads = write_trees(
        trees,
        writes="typst",
        names=[book.front.title] * len(wanted),
        template=book.theme / "book.typ",
        variables={"lang": book.language},
        wrap="wrap-auto",
    )
    return dict(zip(wanted, heads, strict=True))


def _metadata(book: Book, words: Mapping[str, str], *, has_contents: bool) -> Node:
    front = book.front
    texts = {
        "contents": words["render.contents"] if has_contents else "",
        "publisher": front.publisher,
        "period": front.period,
        "designation": front.designation,
        "summary": front.summary,
        "notice": front.notice,
    }
    release = {key: _meta_text(text) for key, text in texts.items() if text}
    facts = front_facts(front, words)
    release["facts"] = {
        "t": "MetaList",
        "c": [
            {"t": "MetaMap", "c": {"label": _meta_text(label), "text": _meta_text(text)}}
            for label, text in facts
        ],
    }
    return {"title": _meta_text(_TITLE), "release": {"t": "MetaMap", "c": release}}


def _meta_text(text: str) -> Node:
    return {"t": "MetaInlines", "c": [{"t": "Str", "c": text}]}
