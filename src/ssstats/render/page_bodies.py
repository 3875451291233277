"""What stands between a page's head and foot: a chapter's blocks as HTML.

Tables stand in regions that the keyboard reaches, because wide ones scroll; charts are drawings
in the page, with title and description. No style leaves this module: pages forbid it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from ssstats.errors import RenderError
from ssstats.render.callouts import split_callout
from ssstats.render.chart_files import chart_links
from ssstats.render.destinations import Destinations, with_row_links
from ssstats.render.documents import Document, Float, Section
from ssstats.render.plain_html import html_of_blocks
from ssstats.render.plain_tables import html_of_table, with_caption
from ssstats.render.references import Target, with_references
from ssstats.render.tree import Node, div, map_blocks, plain, raw, span, text_of
from ssstats.render.vector import inline_svg, svg_bytes
from ssstats.render.writing import write_chapters


def page_bodies(
    documents: Sequence[Document],
    targets: Mapping[str, Target],
    theme: Path,
    words: Mapping[str, str],
    destinations: Destinations,
) -> list[str]:
    """Return the HTML of each chapter without its title, in order.

    Raises
    ------
    RenderError
        If a chapter sets a style, or a chart is not plain SVG.
    """
    stems = [document.chapter.stem for document in documents]
    chapters = [_blocks(document, targets, stems, words, destinations) for document in documents]
    bodies = write_chapters(
        chapters,
        html_of_blocks,
        writes="html5",
        names=[document.name for document in documents],
        filter_by=theme / "release.lua",
    )
    for document, body in zip(documents, bodies, strict=True):
        if ' style="' in body:
            raise RenderError(
                f"{document.name} sets a style attribute, which pages do not allow; use a class"
            )
    return bodies


def _blocks(
    document: Document,
    targets: Mapping[str, Target],
    stems: Sequence[str],
    words: Mapping[str, str],
    destinations: Destinations,
) -> list[Node]:
    stem = document.chapter.stem
    address = {
        name: f"#{name}" if target.stem == stem else f"{target.stem}.html#{name}"
        for name, target in targets.items()
    }
    address |= {page: f"{page}.html" for page in stems}
    numbers = {section.identifier: section for section in document.sections}
    change = partial(
        _page_block, document=document, numbers=numbers, words=words, destinations=destinations
    )
    blocks = map_blocks(document.blocks, change)
    return with_references(blocks, targets, address) if document.refers else blocks


def _page_block(
    block: Node,
    *,
    document: Document,
    numbers: Mapping[str, Section],
    words: Mapping[str, str],
    destinations: Destinations,
) -> list[Node] | None:
    if block["t"] == "Header":
        return [_numbered_heading(block, numbers[block["c"][1][0]])]
    if block["t"] == "Table":
        return [_scrolling(html_of_table(block), "", text_of(document.title))]
    if block["t"] != "Div":
        return None
    identifier = block["c"][0][0]
    found = document.floats.get(identifier)
    if found:
        return (
            _figure(found, document, words)
            if found.kind == "fig"
            else _table(found, document, destinations)
        )
    callout = split_callout(block, words)
    if callout is None:
        return None
    change = partial(
        _page_block, document=document, numbers=numbers, words=words, destinations=destinations
    )
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


def _table(found: Float, document: Document, destinations: Destinations) -> list[Node]:
    said = text_of(found.caption)
    body = with_row_links(found.body, document.chapter.stem, said, destinations)
    caption = span(_caption(found), f"{found.identifier}-caption", "caption-text")
    table = with_caption(body, [caption])
    return [_scrolling(html_of_table(table), found.identifier, found.label), *found.notes]


def _scrolling(table: Node, identifier: str, name: str) -> Node:
    """A region that the keyboard can reach, because a wide table scrolls inside it."""
    return div([table], identifier, "table-region", role="region", tabindex="0", aria_label=name)


def _figure(found: Float, document: Document, words: Mapping[str, str]) -> list[Node]:
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
    offers = div([chart_links(found, words)], "", "downloads")
    return [*figure, offers, raw("html", "</figure>")]
