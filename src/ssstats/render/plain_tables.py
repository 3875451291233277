"""Tables whose cells are plain text, read and written without pandoc.

A release has hundreds of tables with tens of thousands of cells, and pandoc with the theme's
filter takes two thirds of its time for them. What is read and written here is what they would read
and write (`theme/release.lua`); a table that holds anything else is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ssstats.render.paper_tables import column_widths, fits_page
from ssstats.render.tree import Node, nodes_of, raw, text_of, words

# A float's opening, its table, and no caption in pandoc's own way behind it.
_FLOAT_TABLE = re.compile(
    r"^(::: \{#tbl-[\w-]+\}\n\n)((?:\|.*\|\n){3,})(?=\n(?!:(?!::)|[Tt]able:))", re.MULTILINE
)
# Where lines that look like a table may be something else.
OTHER_MARKUP = re.compile(r"^(?:```|~~~)|<!--", re.MULTILINE)
_RULE_CELL = re.compile(r":?-+:?")
# Text in which nothing is markup: words, figures, apostrophes, escaped signs. A full stop before a
# space may end an abbreviation, to which pandoc ties the next word.
PLAIN_TEXT = re.compile(
    r"(?:[^\W_]|[ ,:;()%/+–—−]|-(?!-)|\.(?![ .])|(?<=[^\W_])'(?=[^\W_])|\\[\[\]])*"
)
_ESCAPED = re.compile(r"\\([\[\]])")
_PLACE = "\ue000{}\ue000"
# Pandoc's --columns: a table with a longer line has columns with shares of the page's width.
_LONGEST_LINE = 72
_HTML_SIGNS = re.compile(r"[<>&\"']")
_PAGE = re.compile(r"[\w/-]+\.html(?:#[\w-]+)?")
_TYPST_SIGNS = re.compile(r"[\\#$*_`<>@\[\]~/+=\"'-]")
_TYPST_NUMBER = re.compile(r"^(\d+)\.")
_TYPST_SIDES = {"AlignRight": "right", "AlignCenter": "center"}
_NO_ATTRIBUTES: list[Any] = ["", [], []]
_ALIGNMENTS = {(True, True): "AlignCenter", (True, False): "AlignLeft", (False, True): "AlignRight"}


def without_tables(text: str) -> tuple[str, dict[str, Node]]:
    """Return Markdown with a short paragraph in place of each plain table of a float.

    Returns
    -------
    text : str
        The Markdown.
    tables : dict
        Each table as pandoc would have read it, by the text of the paragraph in its place.
    """
    tables: dict[str, Node] = {}
    if OTHER_MARKUP.search(text) or _PLACE[0] in text:
        return text, tables

    def short(found: re.Match[str]) -> str:
        table = _read_table(found[2].splitlines())
        if table is None:
            return found[0]
        place = _PLACE.format(len(tables))
        tables[place] = table
        return f"{found[1]}{place}\n"

    return _FLOAT_TABLE.sub(short, text), tables


def put_tables_back(blocks: list[Node], tables: Mapping[str, Node]) -> None:
    """Put tables, in place, where `without_tables` left a paragraph."""
    if not tables:
        return
    for paragraph in nodes_of(blocks, "Para"):
        if table := tables.get(text_of(paragraph)):
            paragraph.update(table)


def inlines_of(text: str) -> list[Node]:
    """Return plain text (`PLAIN_TEXT`) as pandoc reads it."""
    return words(_ESCAPED.sub(r"\1", text).replace("'", "\u2019"))


def _read_table(lines: Sequence[str]) -> Node | None:
    """Return a pipe table as pandoc's tree, or None where a cell is more than plain text."""
    head, rule, *body = (line[1:-1].split("|") for line in lines)
    rows = [[cell.strip() for cell in row] for row in (head, *body)]
    plain = all(PLAIN_TEXT.fullmatch(cell) for row in rows for cell in row)
    even = all(len(row) == len(rule) for row in rows)
    headed = all(rows[0]) and all(_RULE_CELL.fullmatch(cell) for cell in rule)
    if not (plain and even and headed):
        return None
    wide = any(len(line) > _LONGEST_LINE for line in lines)
    total = sum(map(len, rule))
    columns = [
        [
            {"t": _ALIGNMENTS.get((cell[0] == ":", cell[-1] == ":"), "AlignDefault")},
            {"t": "ColWidth", "c": len(cell) / total} if wide else {"t": "ColWidthDefault"},
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


def _row(cells: Sequence[str]) -> list[Any]:
    return [_NO_ATTRIBUTES, [_cell(cell) for cell in cells]]


def _cell(text: str) -> list[Any]:
    blocks = [{"t": "Plain", "c": inlines_of(text)}] if text else []
    return [_NO_ATTRIBUTES, {"t": "AlignDefault"}, 1, 1, blocks]


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
    except _MoreThanTextError:
        return table


def typst_of_table(table: Node) -> Node:
    """Return a table as Typst, or the table itself where it holds more than text."""
    try:
        return raw("typst", _typst_table(_parts(table)))
    except _MoreThanTextError:
        return table


class _MoreThanTextError(Exception):
    """A table holds what is left to pandoc."""


def _parts(table: Node) -> _Parts:
    """Return the parts of a table with one head row, one body and cells of one line each."""
    attributes, (_, caption), columns, (_, heads), bodies, (_, foot) = table["c"]
    alone = len(heads) == len(bodies) == 1 and not foot and not any(bodies[0][1:3])
    if attributes != _NO_ATTRIBUTES or not alone:
        raise _MoreThanTextError
    head, *body = ([_content(cell) for cell in row[1]] for row in (heads[0], *bodies[0][3]))
    return _Parts([column[0]["t"] for column in columns], _inlines(caption), head, body)


def _content(cell: list[Any]) -> list[Node]:
    if cell[:4] != [_NO_ATTRIBUTES, {"t": "AlignDefault"}, 1, 1]:
        raise _MoreThanTextError
    return _inlines(cell[4])


def _inlines(blocks: list[Node]) -> list[Node]:
    if not blocks:
        return []
    if len(blocks) > 1 or blocks[0]["t"] != "Plain":
        raise _MoreThanTextError
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
    raise _MoreThanTextError


def _typst_table(parts: _Parts) -> str:
    rows = [[_text(cell) for cell in row] for row in (parts.head, *parts.body)]
    widths = column_widths(rows)
    shares = ", ".join(f"{width}fr" for width in widths)
    sides = ", ".join(_TYPST_SIDES.get(alignment, "left") for alignment in parts.alignments)
    head, *body = (", ".join(map(_typst_cell, row)) for row in rows)
    whole = "true" if fits_page(rows, widths) else "false"
    return (
        f"#release-table(\n  ({shares},),\n  ({sides},),\n  ({head},),\n  whole: {whole},\n"
        f"  {', '.join(body)}\n)"
    )


def _text(inlines: Sequence[Node]) -> str:
    if any(node["t"] not in ("Str", "Space") for node in inlines):
        raise _MoreThanTextError
    return text_of(inlines)


def _typst_cell(text: str) -> str:
    # "1." at the start would open a numbered list.
    return "[" + _TYPST_NUMBER.sub(r"\1\.", _TYPST_SIGNS.sub(r"\\\g<0>", text)) + "]"
