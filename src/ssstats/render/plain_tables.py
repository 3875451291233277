"""Tables whose cells are plain text, read and written without pandoc.

A release has hundreds of tables with tens of thousands of cells, and pandoc with the theme's
filter takes two thirds of its time for them. What is read and written here is what they would read
and write (`theme/release.lua`); a table that holds anything else is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ssstats.render.paper_tables import column_widths, fits_page, lines_of_rows
from ssstats.render.plain_html import html_of_inlines
from ssstats.render.plain_text import MoreThanPlainError, plain_text
from ssstats.render.tree import Node, link, plain, raw, text_of

_RULE_CELL = re.compile(r":?-+:?")
# The second line, between head and body.
_RULE = 1
# What HTML or a string of Typst has to write in another way.
_SIGNS = re.compile(r"[<>&\"'\\]")
_PAGE = re.compile(r"[\w/-]+\.html(?:#[\w-]+)?")
_TYPST_SIDES = {"AlignRight": "right", "AlignCenter": "center"}
_NO_ATTRIBUTES: list[Any] = ["", [], []]
_PLAIN_CELL = [_NO_ATTRIBUTES, {"t": "AlignDefault"}, 1, 1]
_ALIGNMENTS = {(True, True): "AlignCenter", (True, False): "AlignLeft", (False, True): "AlignRight"}


@dataclass(frozen=True)
class PlainTable:
    """What a table's node holds instead of pandoc's lists where its cells are plain text.

    `alignments` are pandoc's words for them, a column each. `pages` are where the rows lead, blank
    for those that lead nowhere; a table whose rows lead nowhere has none.
    """

    alignments: Sequence[str]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: Sequence[Node] = ()
    pages: Sequence[str] = ()


def read_table(lines: Sequence[str]) -> Node:
    """Return a pipe table as a node.

    Columns have no widths: the theme takes them from pages, and works out its own on paper.

    Raises
    ------
    MoreThanPlainError
        If a cell is more than plain text, or the lines are no table with a head.
    """
    rule, (head, *rows) = _ruled_rows(lines)
    sides = [_ALIGNMENTS.get((cell[0] == ":", cell[-1] == ":"), "AlignDefault") for cell in rule]
    return {"t": "Table", "c": PlainTable(sides, head, rows)}


def _ruled_rows(lines: Sequence[str]) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the rule under the head, and head and body as plain texts."""
    texts = [line for place, line in enumerate(lines) if place != _RULE]
    if len(texts) <= _RULE or {(line[:2], line[-2:]) for line in texts} != {("| ", " |")}:
        raise MoreThanPlainError
    rule = lines[_RULE][1:-1].split("|")
    inner = [line[2:-2] for line in texts]
    # The cells of a table are read as one text, each a line of it.
    whole = "\n".join(inner).replace(" | ", "\n")
    padded = "\n " in whole or " \n" in whole or whole != whole.strip(" ")
    even = {line.count(" | ") + 1 for line in inner} == {len(rule)}
    if padded or not even or not all(map(_RULE_CELL.fullmatch, rule)):
        raise MoreThanPlainError
    cells = iter(plain_text(whole).split("\n"))
    rows = list(zip(*[cells] * len(rule), strict=True))
    if not all(rows[0]):
        raise MoreThanPlainError
    return rule, rows


def plain_table(table: Node) -> Node:
    """Return a table as pandoc reads it with plain content, or itself where it holds more."""
    try:
        attributes, (_, caption), columns, (_, heads), bodies, (_, foot) = table["c"]
        alone = len(heads) == len(bodies) == 1 and not foot and not any(bodies[0][1:3])
        if attributes != _NO_ATTRIBUTES or caption or not alone:
            return table
        head, *rows = ([_text(cell) for cell in row[1]] for row in (heads[0], *bodies[0][3]))
    except MoreThanPlainError:
        return table
    return {"t": "Table", "c": PlainTable([column[0]["t"] for column in columns], head, rows)}


def _text(cell: list[Any]) -> str:
    """Return the text of a cell of one line."""
    blocks = cell[4]
    if cell[:4] != _PLAIN_CELL or len(blocks) > 1:
        raise MoreThanPlainError
    inlines = blocks[0]["c"] if blocks and blocks[0]["t"] == "Plain" else []
    text = text_of(inlines)
    if len(inlines) < len(blocks) or any(node["t"] not in ("Str", "Space") for node in inlines):
        raise MoreThanPlainError
    if _SIGNS.search(text):
        raise MoreThanPlainError
    return text


def pandoc_table(table: PlainTable) -> list[Any]:
    """Return the content of a table's node as pandoc's lists."""
    columns = [[{"t": side}, {"t": "ColWidthDefault"}] for side in table.alignments]
    pages = table.pages or [""] * len(table.rows)
    rows = [_pandoc_row(row, page) for row, page in zip(table.rows, pages, strict=True)]
    caption = [{"t": "Plain", "c": list(table.caption)}] if table.caption else []
    return [
        _NO_ATTRIBUTES,
        [None, caption],
        columns,
        [_NO_ATTRIBUTES, [_pandoc_row(table.head)]],
        [[_NO_ATTRIBUTES, 0, [], rows]],
        [_NO_ATTRIBUTES, []],
    ]


def _pandoc_row(cells: Sequence[str], page: str = "") -> list[Any]:
    lines = [[plain(text)] if text else [] for text in cells]
    if page:
        lines[0] = [link(lines[0], page)]
    blocks = ([{"t": "Plain", "c": line}] if line else [] for line in lines)
    return [_NO_ATTRIBUTES, [[*_PLAIN_CELL, own] for own in blocks]]


def row_heads(table: Node) -> list[str]:
    """Return the text of the first cell of each row."""
    content = table["c"]
    if isinstance(content, PlainTable):
        return [row[0] for row in content.rows]
    return [text_of(row[1][0][4]) for body in content[4] for row in body[3]]


def with_caption(table: Node, caption: list[Node]) -> Node:
    """Return a table with a caption of inline nodes."""
    content = table["c"]
    if isinstance(content, PlainTable):
        return {"t": "Table", "c": replace(content, caption=caption)}
    attributes, _, *rest = content
    return {"t": "Table", "c": [attributes, [None, [{"t": "Plain", "c": caption}]], *rest]}


def html_of_table(table: Node) -> Node:
    """Return a table as HTML, or the table itself where it holds more than text and links."""
    if not isinstance(table["c"], PlainTable):
        return table
    try:
        return raw("html", _html_table(table["c"]))
    except MoreThanPlainError:
        return table


def typst_of_table(table: Node, *, on_whole_lines: bool = False) -> Node:
    """Return a table as Typst, or the table itself where it holds more than text.

    A table that stands on whole lines of the page says how many lines its rows have.
    """
    if not isinstance(table["c"], PlainTable):
        return table
    return raw("typst", _typst_table(table["c"], on_whole_lines))


def _html_table(table: PlainTable) -> str:
    of_words = "AlignRight" not in table.alignments
    caption = f"<caption>{html_of_inlines(table.caption)}</caption>\n" if table.caption else ""
    heads = "".join(map(_html_head, table.head, table.alignments))
    openings = [
        "<td>" if of_words or alignment == "AlignRight" else '<td class="text">'
        for alignment in table.alignments[1:]
    ]
    written = "".join(
        [
            '<tr>\n<th scope="row">%s</th>\n',
            *(f"{opening}%s</td>\n" for opening in openings),
            "</tr>\n",
        ]
    )
    body = "".join([written % tuple(row) for row in _rows_with_links(table)])
    opening = '<table class="words">' if of_words else "<table>"
    return (
        f"{opening}\n{caption}<thead>\n<tr>\n{heads}</tr>\n</thead>\n"
        f"<tbody>\n{body}</tbody>\n</table>"
    )


def _rows_with_links(table: PlainTable) -> Sequence[Sequence[str]]:
    if not table.pages:
        return table.rows
    if not all(map(_PAGE.fullmatch, filter(None, table.pages))):
        raise MoreThanPlainError
    return [
        (f'<a href="{page}">{head}</a>' if page else head, *others)
        for page, (head, *others) in zip(table.pages, table.rows, strict=True)
    ]


def _html_head(text: str, alignment: str) -> str:
    # A year such as 2024-25 must not break at its hyphen.
    classes = ["number"] * (alignment == "AlignRight") + ["unbroken"] * (" " not in text)
    look = f' class="{" ".join(classes)}"' if classes else ""
    return f'<th{look} scope="col">{text}</th>\n'


def _typst_table(table: PlainTable, on_whole_lines: bool) -> str:
    rows = [table.head, *table.rows]
    widths = column_widths(rows)
    shares = ", ".join(f"{width}fr" for width in widths)
    sides = ", ".join(_TYPST_SIDES.get(alignment, "left") for alignment in table.alignments)
    head, *body = map(_typst_row, rows)
    whole = "true" if fits_page(rows, widths) else "false"
    lines = lines_of_rows(rows, widths) if on_whole_lines else []
    counted = f"  lines: ({', '.join(str(n or 'auto') for n in lines)},),\n" if any(lines) else ""
    return (
        f"#release-table(\n  ({shares},),\n  ({sides},),\n  ({head},),\n  whole: {whole},\n"
        f"{counted}  {', '.join(body)}\n)"
    )


def _typst_row(cells: Sequence[str]) -> str:
    # A string is one text for Typst; in markup each escaped sign would make it several.
    return '"' + '", "'.join(cells) + '"'
