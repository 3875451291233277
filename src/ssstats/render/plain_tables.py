"""Tables whose cells are plain text, read and written without pandoc.

A release has hundreds of tables with tens of thousands of cells, and pandoc with the theme's
filter takes two thirds of its time for them. What is read and written here is what they would read
and write (`theme/release.lua`); a table that holds anything else is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ssstats.render.paper_tables import column_widths, fits_page, lines_of_rows
from ssstats.render.plain_text import MoreThanPlainError, plain_text
from ssstats.render.tree import Node, raw, text_of

_RULE_CELL = re.compile(r":?-+:?")
# The second line, between head and body.
_RULE = 1
_HTML_SIGNS = re.compile(r"[<>&\"']")
_PAGE = re.compile(r"[\w/-]+\.html(?:#[\w-]+)?")
_TYPST_SIGNS = re.compile(r'[\\"]')
_TYPST_SIDES = {"AlignRight": "right", "AlignCenter": "center"}
_NO_ATTRIBUTES: list[Any] = ["", [], []]
_PLAIN_CELL = [_NO_ATTRIBUTES, {"t": "AlignDefault"}, 1, 1]
_ALIGNMENTS = {(True, True): "AlignCenter", (True, False): "AlignLeft", (False, True): "AlignRight"}


def read_table(lines: Sequence[str]) -> Node:
    """Return a pipe table as pandoc's tree, each cell's text as one node.

    Columns have no widths: the theme takes them from pages, and works out its own on paper.

    Raises
    ------
    MoreThanPlainError
        If a cell is more than plain text, or the lines are no table with a head.
    """
    rule, rows = _ruled_rows(lines)
    columns = [
        [
            {"t": _ALIGNMENTS.get((cell[0] == ":", cell[-1] == ":"), "AlignDefault")},
            {"t": "ColWidthDefault"},
        ]
        for cell in rule
    ]
    first, *others = (_row(row) for row in rows)
    head_rows, body_rows = [_NO_ATTRIBUTES, [first]], [[_NO_ATTRIBUTES, 0, [], others]]
    foot: list[Any] = [_NO_ATTRIBUTES, []]
    # Walks through a tree enter lists: nothing that they look for stands in these cells.
    return {
        "t": "Table",
        "c": (_NO_ATTRIBUTES, [None, []], columns, head_rows, body_rows, foot),
    }


def _ruled_rows(lines: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Return the rule under the head, and head and body as plain texts."""
    bars = {(line[:2], line[-2:]) for place, line in enumerate(lines) if place != _RULE}
    if len(lines) <= _RULE + 1 or bars != {("| ", " |")}:
        raise MoreThanPlainError
    rule = lines[_RULE][1:-1].split("|")
    texts = [line[2:-2].split(" | ") for place, line in enumerate(lines) if place != _RULE]
    # The cells of a table are read as one text, each a line of it.
    whole = "\n".join(chain.from_iterable(texts))
    cells = iter(plain_text(whole).split("\n"))
    rows = [[next(cells) for _ in row] for row in texts]
    even = all(len(row) == len(rule) for row in rows)
    headed = all(rows[0]) and all(_RULE_CELL.fullmatch(cell) for cell in rule)
    padded = "\n " in whole or " \n" in whole or whole != whole.strip(" ")
    if padded or not (even and headed):
        raise MoreThanPlainError
    return rule, rows


def _row(cells: Sequence[str]) -> list[Any]:
    return [_NO_ATTRIBUTES, [_cell(cell) for cell in cells]]


def _cell(text: str) -> list[Any]:
    blocks = [{"t": "Plain", "c": [{"t": "Str", "c": text}]}] if text else []
    return [*_PLAIN_CELL, blocks]


@dataclass(frozen=True)
class _Parts:
    """What a table is made of: alignments of columns, and rows of inline nodes by cell."""

    alignments: list[str]
    caption: list[Node]
    head: list[list[Node]]
    body: list[list[list[Node]]]


def html_of_table(table: Node) -> Node:
    """Return a table as HTML, or the table itself where it holds more than text and links."""
    try:
        return raw("html", _html_table(_parts(table)))
    except MoreThanPlainError:
        return table


def typst_of_table(table: Node, *, on_whole_lines: bool = False) -> Node:
    """Return a table as Typst, or the table itself where it holds more than text.

    A table that stands on whole lines of the page says how many lines its rows have.
    """
    try:
        return raw("typst", _typst_table(_parts(table), on_whole_lines))
    except MoreThanPlainError:
        return table


def _parts(table: Node) -> _Parts:
    """Return the parts of a table with one head row, one body and cells of one line each."""
    attributes, (_, caption), columns, (_, heads), bodies, (_, foot) = table["c"]
    alone = len(heads) == len(bodies) == 1 and not foot and not any(bodies[0][1:3])
    if attributes != _NO_ATTRIBUTES or not alone:
        raise MoreThanPlainError
    head, *body = ([_content(cell) for cell in row[1]] for row in (heads[0], *bodies[0][3]))
    return _Parts([column[0]["t"] for column in columns], _inlines(caption), head, body)


def _content(cell: list[Any]) -> list[Node]:
    if cell[:4] != _PLAIN_CELL:
        raise MoreThanPlainError
    return _inlines(cell[4])


def _inlines(blocks: list[Node]) -> list[Node]:
    if not blocks:
        return []
    if len(blocks) > 1 or blocks[0]["t"] != "Plain":
        raise MoreThanPlainError
    return list(blocks[0]["c"])


def _html_table(parts: _Parts) -> str:
    of_words = "AlignRight" not in parts.alignments
    caption = f"<caption>{_html(parts.caption)}</caption>\n" if parts.caption else ""
    heads = "".join(
        _html_head(_html(cell), alignment)
        for cell, alignment in zip(parts.head, parts.alignments, strict=True)
    )
    openings = [
        "<td>" if of_words or alignment == "AlignRight" else '<td class="text">'
        for alignment in parts.alignments
    ]
    body = "".join(
        f'<tr>\n<th scope="row">{_html(first)}</th>\n'
        + "".join(
            f"{opening}{_html(cell)}</td>\n"
            for opening, cell in zip(openings[1:], others, strict=True)
        )
        + "</tr>\n"
        for first, *others in parts.body
    )
    opening = '<table class="words">' if of_words else "<table>"
    return (
        f"{opening}\n{caption}<thead>\n<tr>\n{heads}</tr>\n</thead>\n"
        f"<tbody>\n{body}</tbody>\n</table>"
    )


def _html_head(text: str, alignment: str) -> str:
    # A year such as 2024-25 must not break at its hyphen.
    classes = ["number"] * (alignment == "AlignRight") + ["unbroken"] * (" " not in text)
    look = f' class="{" ".join(classes)}"' if classes else ""
    return f'<th{look} scope="col">{text}</th>\n'


def _html(inlines: Sequence[Node]) -> str:
    return "".join(_html_inline(node) for node in inlines)


def _html_inline(node: Node) -> str:
    kind = node["t"]
    if kind == "Space":
        return " "
    if kind == "Str" and not _HTML_SIGNS.search(node["c"]):
        return str(node["c"])
    if kind == "Span" and node["c"][0][1] != ["marker"] and not node["c"][0][2]:
        (identity, classes, _), inner = node["c"]
        name = f' id="{identity}"' if identity else ""
        look = f' class="{" ".join(classes)}"' if classes else ""
        return f"<span{name}{look}>{_html(inner)}</span>"
    if kind == "Link" and node["c"][0] == _NO_ATTRIBUTES and _PAGE.fullmatch(node["c"][2][0]):
        return f'<a href="{node["c"][2][0]}">{_html(node["c"][1])}</a>'
    raise MoreThanPlainError


def _typst_table(parts: _Parts, on_whole_lines: bool) -> str:
    rows = [[_text(cell) for cell in row] for row in (parts.head, *parts.body)]
    widths = column_widths(rows)
    shares = ", ".join(f"{width}fr" for width in widths)
    sides = ", ".join(_TYPST_SIDES.get(alignment, "left") for alignment in parts.alignments)
    head, *body = (", ".join(map(_typst_cell, row)) for row in rows)
    whole = "true" if fits_page(rows, widths) else "false"
    lines = lines_of_rows(rows[1:], widths) if on_whole_lines else []
    counted = f"  lines: ({', '.join(str(n or 'auto') for n in lines)},),\n" if any(lines) else ""
    return (
        f"#release-table(\n  ({shares},),\n  ({sides},),\n  ({head},),\n  whole: {whole},\n"
        f"{counted}  {', '.join(body)}\n)"
    )


def _text(inlines: Sequence[Node]) -> str:
    if len(inlines) == 1 and inlines[0]["t"] == "Str":
        return str(inlines[0]["c"])
    if any(node["t"] not in ("Str", "Space") for node in inlines):
        raise MoreThanPlainError
    return text_of(inlines)


def _typst_cell(text: str) -> str:
    # A string is one text for Typst; in markup each escaped sign would make it several.
    return '"' + _TYPST_SIGNS.sub(r"\\\g<0>", text) + '"'
