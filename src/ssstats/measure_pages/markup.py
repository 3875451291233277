"""The markup that pages of measures share: tables with captions, scopes and names, lists of facts.

Texts are escaped here; what a cell holds as `Markup` is taken as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

# Names of areas and years stand in one line; labels of metrics are longer.
_LONGEST_NAME = 26


@dataclass(frozen=True)
class Head:
    """The head of a column; `of_words` where its cells hold text, `unbroken` in one line."""

    label: str
    of_words: bool = False
    unbroken: bool = False


@dataclass(frozen=True)
class Row:
    """A row of a table: its head, its cells, and the name that links to it use."""

    head: str | Markup
    cells: Sequence[str | Markup]
    identity: str = ""


def table(
    identity: str, label: str, caption: str, heads: Sequence[Head], rows: Iterable[Row]
) -> Markup:
    """Return a table in a region that the keyboard reaches, because a wide one scrolls.

    The first of `heads` stands over the heads of the rows. `label` is Table 1 and the like. A
    last column that is blank in every row is left out.
    """
    rows = list(rows)
    if not any(row.cells[-1] for row in rows):
        heads = heads[:-1]
    openings = [_opening_of(head) for head in heads[1:]]
    lines = [
        _line(
            _escaped(row.head),
            "".join(
                f"{opening}{_escaped(own)}</td>"
                for opening, own in zip(openings, row.cells, strict=False)
            ),
            row.identity,
        )
        for row in rows
    ]
    of_names = all(_is_name(row.head) for row in rows)
    return _table(identity, label, caption, heads, lines, of_names=of_names)


def table_of_figures(
    identity: str,
    label: str,
    caption: str,
    heads: Sequence[Head],
    rows: Sequence[tuple[str, str, str, str]],
) -> Markup:
    """Return the same of rows whose cells are written: for tables of thousands of figures.

    A row is the markup of its head, that of its cells, its remark as text, and the name that links
    to it use, which may be blank. The remark is its last cell.
    """
    of_names = all(_is_name(Markup(head)) for head in {row[0] for row in rows})
    if any(remark for _, _, remark, _ in rows):
        opening = _opening_of(heads[-1])
        lines = [
            _line(head, f"{cells}{opening}{_escaped(remark)}</td>", name)
            for head, cells, remark, name in rows
        ]
    else:
        heads = heads[:-1]
        lines = [_line(head, cells, name) for head, cells, _, name in rows]
    return _table(identity, label, caption, heads, lines, of_names=of_names)


def _table(
    identity: str,
    label: str,
    caption: str,
    heads: Sequence[Head],
    lines: Iterable[str],
    *,
    of_names: bool,
) -> Markup:
    first, *others = heads
    columns = f'<th scope="col">{escape(first.label)}</th>' + "".join(
        f'<th scope="col"{_look_of(head)}>{escape(head.label)}</th>' for head in others
    )
    body = "\n".join(lines)
    opening = '<table class="names">' if of_names else "<table>"
    return Markup(
        f'<div class="table-region" id="{identity}" role="region" tabindex="0" '
        f'aria-label="{escape(label)}">{opening}<caption><span class="caption-text">'
        f'<span class="caption-label">{escape(label)}:</span> {escape(caption)}</span></caption>'
        f"<thead><tr>{columns}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )


def _line(head: str, cells: str, name: str) -> str:
    opening = f'<tr id="{name}">' if name else "<tr>"
    return f'{opening}<th scope="row">{head}</th>{cells}</tr>'


# A year or a number stands in thousands of cells.
@lru_cache(maxsize=1 << 16, typed=True)
def cell(text: str, *, of_words: bool = False, unbroken: bool = False) -> str:
    """Return the cell of a text as markup; the cells of a column look as its head says."""
    return f"{_opening_of(Head('', of_words, unbroken))}{escape(text)}</td>"


def named(name: str, anchor: str = "") -> Markup:
    """Return the head of a row, with the anchor that other pages lead to."""
    return Markup('<span id="{}">{}</span>').format(anchor, name) if anchor else escape(name)


# The same figures stand in many cells. A text and markup of the same signs are two things.
@lru_cache(maxsize=1 << 16, typed=True)
def _escaped(cell: str | Markup) -> str:
    return str(escape(cell))


@lru_cache(maxsize=1 << 12, typed=True)
def _is_name(head: str | Markup) -> bool:
    return len(Markup(head).striptags()) <= _LONGEST_NAME


def _look_of(head: Head) -> str:
    """Return the class of a column's head; a year or a reference must not break."""
    classes = [
        *([] if head.of_words else ["number"]),
        *([] if " " in head.label else ["unbroken"]),
    ]
    return f' class="{" ".join(classes)}"' if classes else ""


def _opening_of(head: Head) -> str:
    """Return the tag that opens the cells of a column."""
    if not head.of_words:
        return "<td>"
    return '<td class="text unbroken">' if head.unbroken else '<td class="text">'


def figure(identity: str, label: str, caption: str, drawing: str, note: str = "") -> Markup:
    """Return a drawing with its caption and, below, what to know for reading it."""
    below = f'<p class="notes">{escape(note)}</p>' if note else ""
    return Markup(
        f'<figure id="{identity}"><figcaption><span class="caption-label">{escape(label)}:</span> '
        f'{escape(caption)}</figcaption><div class="chart-region" role="region" tabindex="0" '
        f'aria-label="{escape(label)}">{drawing}</div>{below}</figure>'
    )


# Every page leads to the same areas.
@lru_cache(maxsize=1 << 12)
def link(address: str, text: str) -> Markup:
    """Return a link with its text escaped."""
    return Markup(f'<a href="{address}">{escape(text)}</a>')


def in_english(text: str, language: str) -> Markup:
    """Return a text that exists in English only, marked so on a page of another language."""
    if language == "en":
        return escape(text)
    return Markup(f'<span lang="en">{escape(text)}</span>')


def sentences(said: Iterable[tuple[str, str]]) -> Markup:
    """Return a paragraph of sentences, each with the name of the record that it is made from."""
    spans = [
        Markup('<span class="said" data-sentence="{}">{}</span>').format(name, text)
        for name, text in said
    ]
    return Markup("<p>{}</p>").format(Markup(" ").join(spans)) if spans else Markup("")
