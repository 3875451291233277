"""Plain HTML pages that stand alone: a title, marked lines, tables. For packs and reports.

Not for the release's site, which has an engine of its own. Knows no figures and no words.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_STYLE = (
    "body{font-family:sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;line-height:1.5;"
    "color:#1a1a1a;background:#fff}table{border-collapse:collapse;width:100%}"
    "caption{text-align:left;font-weight:bold;padding:.5rem 0}"
    "th,td{text-align:left;vertical-align:top;padding:.4rem;border-bottom:1px solid #767676}"
    "td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}"
    "a{color:#0b4f8a}.scroll{overflow-x:auto}figure{margin:1.5rem 0}img{max-width:100%}"
    ".whole{white-space:nowrap}"
    ".marking{font-weight:bold;border:2px solid #b10e1e;padding:.4rem .6rem}"
    # On a narrow screen a row becomes a block, each cell under the name of its column.
    "@media (max-width:40rem){.scroll{overflow-x:visible}"
    "table,caption,tbody,tr,th,td{display:block}"
    "thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
    "tr{border-bottom:2px solid #767676;padding:.4rem 0}th,td{border:0;padding:.15rem 0}"
    "td.number{text-align:left}td:empty{display:none}"
    'td::before{content:attr(data-column) ": ";font-weight:bold}}'
    "@media print{.scroll{overflow:visible}table{page-break-inside:auto}}"
)


def page(title: str, body: str, *, marking: str = "", language: str = "en") -> str:
    """Return a page; `body` is markup already, `marking` stands at its head and at its foot."""
    marked = f'<p class="marking">{escape(marking)}</p>' if marking else ""
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><main>"
        f"{marked}\n<h1>{escape(title)}</h1>\n{body}\n{marked}</main></body></html>\n"
    )


def table(
    caption: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numeric: frozenset[int] = frozenset(),
) -> str:
    """Return a table; cells are markup already, `numeric` are the columns of numbers."""
    classes = [' class="number"' if place in numeric else "" for place in range(len(header))]
    head = "".join(
        f'<th scope="col" role="columnheader"{own}>{escape(name)}</th>'
        for name, own in zip(header, classes, strict=True)
    )
    body = "".join(
        f'<tr role="row"><th scope="row" role="rowheader">{row[0]}</th>'
        + "".join(
            f'<td role="cell"{own} data-column="{escape(name)}">{cell}</td>'
            for cell, own, name in zip(row[1:], classes[1:], header[1:], strict=True)
        )
        + "</tr>\n"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        # Roles keep it a table for those who hear it where a narrow screen shows blocks.
        f'<table role="table"><caption>{escape(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n'
        f'<tbody role="rowgroup">{body}</tbody></table></div>\n'
    )
