"""The PDF: all chapters as one Typst document, tagged, the same bytes from the same sources."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ssstats.fonts import paper_fonts
from ssstats.render.book import Book, front_facts
from ssstats.render.documents import Document
from ssstats.render.pdf_tags import with_row_heads
from ssstats.render.references import Target
from ssstats.render.tree import text_of
from ssstats.render.typst_chapters import chapters_typst, escaped_typst, quoted_typst
from ssstats.typesetting import typeset

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
        template = (book.theme / "typst-template.typ").read_text(encoding="utf-8")
        sources = [_source(book, one, words, template) for one in whole]
        names = [one.path.name for one in whole]
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


def _source(book: Book, whole: _Whole, words: Mapping[str, str], template: str) -> str:
    """Return a whole document in Typst: the template, its call with what the front says, the body.

    For Quarto `typst-show.typ` makes the same call.
    """
    front = book.front
    texts = {
        "title": whole.title,
        "language": book.language,
        "contents": words["render.contents"] if whole.has_contents else "",
        "publisher": front.publisher,
        "period": front.period,
        "designation": front.designation,
        "summary": front.summary,
        "notice": front.notice,
    }
    given = [f"  {name}: {quoted_typst(text)},\n" for name, text in texts.items() if text]
    facts = [
        f"    ({quoted_typst(label)}, {quoted_typst(text)}),\n"
        for label, text in front_facts(front, words)
    ]
    call = f"#show: release.with(\n{''.join(given)}  facts: (\n{''.join(facts)}  ),\n)\n"
    return f"{template}\n{call}{whole.body}"
