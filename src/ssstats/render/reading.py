"""Markdown of chapters as trees: by our own reader where it is plain, else by pandoc."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ssstats.errors import RenderError
from ssstats.render.pandoc import read_markdowns
from ssstats.render.plain_chapters import read_plain_chapter
from ssstats.render.plain_tables import plain_table
from ssstats.render.tree import Node, map_blocks, nodes_of, without_comments

_CHART = re.compile(
    r"(?<=\]\()data:image/svg\+xml;base64,[A-Za-z0-9+/=]*(?=\))"
    r"|(?<=data-csv=\")data:text/csv;base64,[A-Za-z0-9+/=]*(?=\")"
)


def read_chapters(texts: Sequence[str], *, names: Sequence[str]) -> list[Node]:
    """Return the tree of each chapter: pandoc's nodes under `blocks`, a title under `meta`.

    Raises
    ------
    RenderError
        If pandoc cannot read a chapter, or it holds something else than Markdown.
    """
    plain = {name: read_plain_chapter(text) for name, text in zip(names, texts, strict=True)}
    left = {n: text for n, text in zip(names, texts, strict=True) if plain[n] is None}
    read = dict(zip(left, read_by_pandoc(list(left.values()), names=list(left)), strict=True))
    return [plain[name] or read[name] for name in names]


def read_by_pandoc(texts: Sequence[str], *, names: Sequence[str]) -> list[Node]:
    """Return the tree of each chapter as pandoc reads it; raises as `read_chapters`."""
    shortened = list(map(_without_charts, texts))
    trees = read_markdowns([text for text, _ in shortened], names=names)
    for tree, (text, charts), name in zip(trees, shortened, names, strict=True):
        if "<!--" in text:
            tree["blocks"] = without_comments(tree["blocks"])
        for image in nodes_of(tree["blocks"], "Image"):
            _, _, target = image["c"]
            target[0] = charts.get(target[0], target[0])
            for pair in image["c"][0][2]:
                pair[1] = charts.get(pair[1], pair[1])
        _check_markdown_only(tree["blocks"], name)
        tree["blocks"] = map_blocks(tree["blocks"], _with_plain_table)
    return trees


def _with_plain_table(block: Node) -> list[Node] | None:
    return [plain_table(block)] if block["t"] == "Table" else None


def _without_charts(text: str) -> tuple[str, dict[str, str]]:
    """Return Markdown with a short address in place of each chart and its figures, and these.

    Charts are most of a chapter's text, and nothing that pandoc need read.
    """
    charts: dict[str, str] = {}

    def short(found: re.Match[str]) -> str:
        address = f"chart:{len(charts)}"
        charts[address] = found[0]
        return address

    return _CHART.sub(short, text), charts


def _check_markdown_only(blocks: list[Node], name: str) -> None:
    for node in nodes_of(blocks, "RawBlock", "RawInline"):
        raise RenderError(
            f"{name} holds raw {node['c'][0]}, {node['c'][1][:40]!r}; write Markdown, "
            "with classes where it needs a look"
        )
