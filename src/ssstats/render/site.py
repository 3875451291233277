"""The site: one static page per chapter, which works from a folder and without scripts.

Every page may load only what lies beside it; a policy in each page's head says so. The look is
the theme's: this module fills its page template and writes no markup of the page's frame.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from ssstats.render.book import Book, FrontMatter
from ssstats.render.chart_files import write_charts
from ssstats.render.destinations import Destinations
from ssstats.render.documents import Document
from ssstats.render.page_bodies import page_bodies
from ssstats.render.references import Target
from ssstats.render.search import write_search_index
from ssstats.render.tree import text_of


@dataclass(frozen=True)
class SiteFrame:
    """What all pages of a site share: head, contents and foot, and the templates that hold them."""

    folder: Path
    templates: jinja2.Environment
    shared: Mapping[str, Any]
    _made_contents: dict[tuple[str, str, str], Markup] = field(default_factory=dict)

    def write(self, template: str, address: str, title: str, **content: Any) -> Path:
        """Write a page and return its path.

        Parameters
        ----------
        template : str
            A file of the theme.
        address : str
            The page, relative to the site's folder.
        title : str
            What the page is about, as its title says.
        content : values
            What the template asks for besides the frame.
        """
        path = self.folder / address
        page = {"page": PageLink(address, "", title), "part": "", "sections": []}
        values = {**self.shared, "root": "../" * address.count("/"), **page, **content}
        current = address if address in self._listed else ""
        values["contents"] = self._contents(values["root"], values["part"], current)
        path.write_bytes(self.templates.get_template(template).render(values).encode())
        return path

    @cached_property
    def _listed(self) -> set[str]:
        """The pages that the site's contents name."""
        own = (link.address for link in self.shared["pages"])
        return {*own, *self.shared["further"].values()}

    def _contents(self, root: str, part: str, current: str) -> Markup:
        """Return the site's contents; hundreds of pages that it does not name share one."""
        key = (root, part, current)
        if key not in self._made_contents:
            values = {**self.shared, "root": root, "part": part, "current": current}
            text = self.templates.get_template("contents.html").render(values)
            self._made_contents[key] = Markup(text)
        return self._made_contents[key]


@dataclass(frozen=True)
class PageLink:
    """A page as contents and page turners show it."""

    address: str
    number: str
    title: str


def write_site(
    book: Book,
    documents: Sequence[Document],
    targets: Mapping[str, Target],
    folder: Path,
    *,
    words: Mapping[str, str],
    downloads: Mapping[str, str],
    destinations: Destinations,
    chapter_pdfs: Mapping[str, str],
) -> tuple[SiteFrame, list[Path]]:
    """Write the pages, the search index and the theme's files into `folder`.

    `downloads` names the release's other files: words of the link to address, relative to the
    site's folder; `chapter_pdfs` the PDF of each chapter that has one of its own. Returns the
    frame, for pages that stand beside the chapters, and the chapters' pages.
    """
    frame = site_frame(
        book, documents, folder, words=words, downloads=downloads, destinations=destinations
    )
    write_charts(documents, folder)
    bodies = page_bodies(documents, targets, book.theme, words, destinations)
    links = frame.shared["pages"]
    pages = []
    for position, (document, body) in enumerate(zip(documents, bodies, strict=True)):
        link = links[position]
        content = _page(document, body, position, links)
        content["pdf"] = chapter_pdfs.get(document.chapter.stem, "")
        pages.append(frame.write("page.html", link.address, link.title, **content))
    write_search_index(
        documents, targets, folder / "assets" / "search-index.js", further=destinations.found
    )
    return frame, pages


def site_frame(
    book: Book,
    documents: Sequence[Document],
    folder: Path,
    *,
    words: Mapping[str, str],
    downloads: Mapping[str, str],
    destinations: Destinations,
) -> SiteFrame:
    """Make a site's folder with the files that all its pages use, and return their frame."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_assets(book.theme, folder)
    shared = _frame(book, documents, words, downloads)
    shared["further"] = destinations.pages
    templates = _templates(book.theme)
    shared["foot"] = Markup(templates.get_template("foot.html").render(shared))
    return SiteFrame(folder, templates, shared)


def write_front_door(
    theme: Path,
    folder: Path,
    fronts: Mapping[str, FrontMatter],
    words: Mapping[str, Mapping[str, str]],
) -> Path:
    """Write the page that offers the release's languages, beside their folders; return it.

    Parameters
    ----------
    theme : Path
        The project's theme.
    folder : Path
        The folder that holds the site of each language.
    fronts, words : mappings
        Front matter and words by language code; the order of `fronts` is the page's.
    """
    shown = [
        {
            "code": code,
            "front": front,
            "name": words[code][f"render.language.{code}"],
            "choose": words[code]["render.choose-language"],
        }
        for code, front in fronts.items()
    ]
    page = folder / "index.html"
    page.write_text(
        _templates(theme).get_template("front-door.html").render(languages=shown), encoding="utf-8"
    )
    return page


def _write_assets(theme: Path, folder: Path) -> None:
    assets = folder / "assets"
    assets.mkdir(exist_ok=True)
    for name in ("release.css", "release.js", "tables.js"):
        shutil.copyfile(theme / name, assets / name)
    shutil.copytree(theme / "fonts", assets / "fonts", dirs_exist_ok=True)


def _templates(theme: Path) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(theme),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # A theme stays as it is while its pages are written.
        auto_reload=False,
    )


def _frame(
    book: Book,
    documents: Sequence[Document],
    words: Mapping[str, str],
    downloads: Mapping[str, str],
) -> dict[str, Any]:
    pages = [
        PageLink(f"{document.chapter.stem}.html", document.number, text_of(document.title))
        for document in documents
    ]
    parts = groupby(zip(documents, pages, strict=True), key=lambda both: both[0].chapter.part)
    return {
        "front": book.front,
        "language": book.language,
        "words": {key.removeprefix("render."): text for key, text in words.items()},
        "pages": pages,
        "parts": [(title, [page for _, page in both]) for title, both in parts],
        "other_languages": [other for other in book.front.languages if other != book.language],
        "downloads": downloads,
    }


def _page(
    document: Document, body: str, position: int, pages: Sequence[PageLink]
) -> dict[str, Any]:
    return {
        "page": pages[position],
        "title_id": document.identifier,
        "part": document.chapter.part,
        "body": body,
        "sections": [section for section in document.sections if section.level == 2],
        "previous": pages[position - 1] if position else None,
        "next": pages[position + 1] if position + 1 < len(pages) else None,
    }
