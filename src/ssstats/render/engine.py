"""One book tree to site and PDF, by the engine that the caller chooses.

Where Quarto is on the PATH it renders the tree; elsewhere the embedded engine does: pandoc and
Typst from the lock. Both read the same sources, filters and templates.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ssstats.errors import RenderError, UsageError
from ssstats.render.book import Book, read_book
from ssstats.render.destinations import Destinations
from ssstats.render.documents import read_documents
from ssstats.render.pdf import write_pdfs
from ssstats.render.site import SiteFrame, site_frame, write_site
from ssstats.render.sources import check_executed

_NOWHERE = Destinations()
ENGINES = ("auto", "quarto", "embedded")


@dataclass(frozen=True)
class Rendered:
    """What one rendering of a book wrote."""

    engine: str
    site: Path
    pages: tuple[Path, ...]
    pdf: Path | None
    frame: SiteFrame


def render_book(
    book: Path,
    out: Path,
    *,
    language: str,
    words: Mapping[str, str],
    engine: str = "auto",
    pdf_name: str | None = None,
    downloads: Mapping[str, str] | None = None,
    destinations: Destinations = _NOWHERE,
    chapter_pdfs: Mapping[str, str] | None = None,
) -> Rendered:
    """Render the book tree `book` into `out/site/<language>/` and `out/<pdf_name>`.

    Parameters
    ----------
    words : mapping
        The fixed words of pages, by keys that start with `render.`, in the book's language.
    engine : str
        `quarto`, `embedded`, or `auto`: Quarto where it is on the PATH, else embedded.
    pdf_name : str or None
        File name of the PDF; None renders the site alone.
    downloads : mapping or None
        Further files to offer on the first page: words of the link to address relative to the
        site's folder. The PDF is offered anyway.
    destinations : Destinations
        Pages beside the chapters that contents and tables lead to.
    chapter_pdfs : mapping or None
        Chapters that are a document of their own too: stem to the PDF's address in `out`.

    Raises
    ------
    RenderError
        If the tree is incomplete, a notebook was not executed, or a program fails.
    UsageError
        If the engine is not known, or is Quarto and not installed.
    """
    chosen = chosen_engine(engine)
    tree = read_book(book)
    if tree.language != language:
        raise RenderError(f"{book} is a book in {tree.language!r}, not in {language!r}")
    site = out / "site" / language
    if site.exists():
        raise RenderError(f"{site} exists; a site is written to a new folder")
    if chosen == "quarto":
        for chapter in tree.chapters:
            check_executed(chapter.source)
    shown = {words["render.pdf"]: f"../../{pdf_name}"} if pdf_name else {}
    documents, targets = read_documents(tree, words)
    own_words = {key: text for key, text in words.items() if key.startswith("render.")}
    offered = {**shown, **(downloads or {})}
    alone = {stem: out / address for stem, address in (chapter_pdfs or {}).items()}
    if chosen == "quarto":
        made, pdf = _render_with_quarto(tree, site, out, pdf_name)
        frame = site_frame(
            tree, documents, site, words=own_words, downloads=offered, destinations=destinations
        )
        write_pdfs(tree, documents, targets, None, alone, words=words)
        return Rendered(chosen, site, made, pdf, frame)
    # Typst compiles while pandoc writes pages: neither waits for the other.
    with ThreadPoolExecutor(max_workers=2) as pool:
        making = pool.submit(
            write_site, tree, documents, targets, site,
            words=own_words, downloads=offered, destinations=destinations,
            chapter_pdfs={stem: f"../../{path}" for stem, path in (chapter_pdfs or {}).items()},
        )  # fmt: skip
        pdf = out / pdf_name if pdf_name else None
        write_pdfs(tree, documents, targets, pdf, alone, words=words)
        frame, pages = making.result()
    return Rendered(chosen, site, tuple(pages), pdf, frame)


def chosen_engine(engine: str) -> str:
    """Return `quarto` or `embedded` for an engine as it is asked for.

    Raises
    ------
    UsageError
        If the engine is not known, or is Quarto and not installed.
    """
    if engine not in ENGINES:
        raise UsageError(f"engine {engine!r} is not known; use one of {', '.join(ENGINES)}")
    installed = shutil.which("quarto") is not None
    if engine == "quarto" and not installed:
        raise UsageError(
            "Quarto is not on the PATH; install it, or use engine embedded, which needs nothing"
        )
    if engine == "auto":
        return "quarto" if installed else "embedded"
    return engine


def _render_with_quarto(
    book: Book, site: Path, out: Path, pdf_name: str | None
) -> tuple[tuple[Path, ...], Path | None]:
    output = book.folder / book.output
    _run_quarto(book, "html")
    shutil.copytree(output, site, ignore=shutil.ignore_patterns("*.pdf", "*.typ"))
    pdf = None
    if pdf_name:
        # A render of the whole project cleans its output, so the pages were copied first.
        _run_quarto(book, "typst")
        made = sorted(output.glob("*.pdf"))
        if len(made) != 1:
            raise RenderError(
                f"Quarto wrote {len(made)} PDF files for {book.folder}; one is wanted"
            )
        pdf = out / pdf_name
        shutil.copyfile(made[0], pdf)
    return tuple(sorted(site.glob("*.html"))), pdf


def _run_quarto(book: Book, target: str) -> None:
    program = shutil.which("quarto")
    done = subprocess.run(
        [str(program), "render", str(book.folder), "--to", target, "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RenderError(
            f"Quarto could not render {book.folder} as {target}: {done.stderr.strip()}"
        )
