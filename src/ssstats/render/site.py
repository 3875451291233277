"""The site: one static page per chapter, which works from a folder and without scripts.

Every page may load only what lies beside it; a policy in each page's head says so. The look is
the theme's: this module fills its page template and writes no markup of the page's frame.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2

from ssstats.errors import RenderError
from ssstats.render.book import Book
from ssstats.render.callouts import split_callout
from ssstats.render.documents import Document, Float, Section, Target, with_labels, with_references
from ssstats.render.pandoc import write_tree
from ssstats.render.tree import (
    Node,
    div,
    map_blocks,
    nodes_of,
    plain,
    raw,
    span,
    text_of,
)
from ssstats.render.vector import inline_svg, svg_bytes

# Enough of a section to find it by its words; the page itself holds the rest.
_SEARCHED_CHARACTERS = 1200


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
) -> list[Path]:
    """Write the pages, the search index and the theme's files into `folder`; return the pages.

    `downloads` names the release's other files: words of the link to address, relative to the
    site's folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_assets(book.theme, folder)
    bodies = _bodies(documents, targets, book.theme, words)
    frame = _frame(book, documents, words, downloads)
    template = _template(book.theme, "page.html")
    pages = []
    for position, (document, body) in enumerate(zip(documents, bodies, strict=True)):
        page = folder / f"{document.chapter.stem}.html"
        page.write_text(
            template.render(frame | _page(document, body, position, frame["pages"])),
            encoding="utf-8",
        )
        pages.append(page)
    index = json.dumps(_search_index(documents, targets), ensure_ascii=False, separators=(",", ":"))
    (folder / "assets" / "search-index.js").write_text(
        f"window.releaseIndex={index};\n", encoding="utf-8"
    )
    return pages


def _write_assets(theme: Path, folder: Path) -> None:
    assets = folder / "assets"
    assets.mkdir(exist_ok=True)
    for name in ("release.css", "release.js"):
        shutil.copyfile(theme / name, assets / name)
    shutil.copytree(theme / "fonts", assets / "fonts", dirs_exist_ok=True)


def _template(theme: Path, name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(theme),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    try:
        return environment.get_template(name)
    except jinja2.TemplateError as problem:
        raise RenderError(f"{theme / name} cannot be read: {problem}") from problem


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


def _bodies(
    documents: Sequence[Document],
    targets: Mapping[str, Target],
    theme: Path,
    words: Mapping[str, str],
) -> list[str]:
    stems = [document.chapter.stem for document in documents]
    write = partial(_body, targets=targets, stems=stems, theme=theme, words=words)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(write, documents))


def _body(
    document: Document,
    targets: Mapping[str, Target],
    stems: Sequence[str],
    theme: Path,
    words: Mapping[str, str],
) -> str:
    stem = document.chapter.stem
    address = {
        name: f"#{name}" if target.stem == stem else f"{target.stem}.html#{name}"
        for name, target in targets.items()
    }
    address |= {page: f"{page}.html" for page in stems}
    numbers = {section.identifier: section for section in document.sections}
    change = partial(_page_block, document=document, numbers=numbers, words=words)
    blocks = with_references(map_blocks(document.blocks, change), targets, address)
    tree = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": blocks}
    body = write_tree(
        tree,
        writes="html5",
        what=document.name,
        options=("--lua-filter", str(theme / "release.lua"), "--wrap=none", "--no-highlight"),
    )
    if ' style="' in body:
        raise RenderError(
            f"{document.name} sets a style attribute, which pages do not allow; use a class"
        )
    return body


def _page_block(
    block: Node, *, document: Document, numbers: Mapping[str, Section], words: Mapping[str, str]
) -> list[Node] | None:
    if block["t"] == "RawBlock":
        raise RenderError(f"{document.name} holds raw {block['c'][0]}; write Markdown")
    if block["t"] == "Header":
        return [_numbered_heading(block, numbers[block["c"][1][0]])]
    if block["t"] == "Table":
        return [_scrolling(block, "", text_of(document.title))]
    if block["t"] != "Div":
        return None
    identifier = block["c"][0][0]
    found = document.floats.get(identifier)
    if found:
        return _figure(found, document) if found.kind == "fig" else _table(found)
    callout = split_callout(block, words)
    if callout is None:
        return None
    change = partial(_page_block, document=document, numbers=numbers, words=words)
    title = div([{"t": "Plain", "c": callout.title}], "", "callout-title")
    inner = [title, *map_blocks(callout.blocks, change)]
    return [div(inner, "", "callout", f"callout-{callout.kind}", role="note")]


def _numbered_heading(block: Node, section: Section) -> Node:
    level, attributes, inlines = block["c"]
    if section.number:
        number = span([plain(section.number)], "", "heading-number")
        inlines = [number, {"t": "Space"}, *inlines]
    return {"t": "Header", "c": [level, attributes, inlines]}


def _caption(found: Float) -> list[Node]:
    label = span([plain(f"{found.label}:")], "", "caption-label")
    return [label, {"t": "Space"}, *found.caption]


def _table(found: Float) -> list[Node]:
    attributes, _, *rest = found.body["c"]
    inner = span(_caption(found), f"{found.identifier}-caption", "caption-text")
    caption = [None, [{"t": "Plain", "c": [inner]}]]
    table = {"t": "Table", "c": [attributes, caption, *rest]}
    return [_scrolling(table, found.identifier, found.label), *found.notes]


def _scrolling(table: Node, identifier: str, name: str) -> Node:
    """A region that the keyboard can reach, because a wide table scrolls inside it."""
    return div([table], identifier, "table-region", role="region", tabindex="0", aria_label=name)


def _figure(found: Float, document: Document) -> list[Node]:
    where = f"{document.name}: {found.identifier}"
    pairs, (address, _) = dict(found.body["c"][0][2]), found.body["c"][2]
    drawing = inline_svg(
        svg_bytes(address, where),
        found.identifier,
        f"{found.label}: {text_of(found.caption)}",
        pairs["fig-alt"],
        where,
    )
    caption = [{"t": "Plain", "c": _caption(found)}]
    region = div(
        [raw("html", drawing)],
        "",
        "chart-region",
        role="region",
        tabindex="0",
        aria_label=found.label,
    )
    figure = [raw("html", f'<figure id="{found.identifier}">'), raw("html", "<figcaption>")]
    figure += [*caption, raw("html", "</figcaption>"), region, *found.notes]
    return [*figure, raw("html", "</figure>")]


def _search_index(documents: Sequence[Document], targets: Mapping[str, Target]) -> list[list[str]]:
    """Return page address, chapter title, section title and text of each section."""
    entries = []
    for document in documents:
        blocks = with_labels(document.blocks, targets)
        title, page = text_of(document.title), f"{document.chapter.stem}.html"
        sections = {section.identifier: section.title for section in document.sections}
        address, heading, texts = page, "", list[str]()
        for block in blocks:
            if block["t"] == "Header":
                entries.append([address, title, heading, _searched(texts)])
                address = f"{page}#{block['c'][1][0]}"
                heading, texts = sections[block["c"][1][0]], []
            else:
                texts.append(_searchable(block))
        entries.append([address, title, heading, _searched(texts)])
    return entries


def _searchable(block: Node) -> str:
    """Return a block's text; of a table, its row heads and its caption rather than figures."""
    tables = list(nodes_of(block, "Table"))
    if not tables:
        return text_of(block)
    heads = [text_of(row[1][0][4]) for table in tables for body in table["c"][4] for row in body[3]]
    captions = [text_of(inner) for inner in block["c"][1][1:]] if block["t"] == "Div" else []
    return " ".join([*captions, *heads])


def _searched(texts: Sequence[str]) -> str:
    text = " ".join(" ".join(texts).split())
    return text[:_SEARCHED_CHARACTERS]


def write_front_door(
    theme: Path, folder: Path, languages: Mapping[str, tuple[str, Mapping[str, str]]]
) -> Path:
    """Write the page that offers the release's languages, beside their folders; return it.

    Parameters
    ----------
    theme : Path
        The project's theme.
    folder : Path
        The folder that holds the site of each language.
    languages : mapping
        The release's title and its words by language code, in the order of the page.
    """
    shown = [
        {
            "code": code,
            "title": title,
            "name": words[f"render.language.{code}"],
            "choose": words["render.choose-language"],
        }
        for code, (title, words) in languages.items()
    ]
    page = folder / "index.html"
    page.write_text(_template(theme, "front-door.html").render(languages=shown), encoding="utf-8")
    return page
