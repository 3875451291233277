"""Reads the tables of pages of measures back: they are many, and written without pandoc.

What is written in another way than these pages are is refused, never passed over.
"""

from __future__ import annotations

import html
import re
from functools import cache
from itertools import repeat
from pathlib import Path

from ssstats.outputs.truth.pages import ReadTable, named_of, plain_of

_OPENS_TABLE = re.compile(
    rb'<div [^>]*\bid="(?P<identity>tbl-[^"]+)"[^>]*>\s*<table\b[^>]*>\s*'
    rb"<caption\b[^>]*>(?P<caption>.*?)</caption>",
    re.DOTALL,
)
_PARTS = re.compile(
    rb"\s*<thead><tr>((?:<th\b[^>]*>[^<]*</th>)+)</tr></thead>\s*<tbody>(.*)</tbody>\s*", re.DOTALL
)
_ONE_CELL = re.compile(rb">([^<]*)</th>")
# Rows and cells without the letters that they are split at.
_OPENS_ROWS = re.compile(rb"(?:r(?: [^<>]*)?>)*")
_CELL = re.compile(rb"[hd](?: [^<>]*)?>([^<]*(?:<(?!/?t)[^<]*)*)</t[hd]>")
_TAG = re.compile(r"<[^>]*>")


def read_plain_tables(path: Path) -> list[ReadTable]:
    """Return the tables of a page of measures.

    Raises
    ------
    ValueError
        If a table is written in another way, or its rows have not as many cells each.
    """
    # Most of a page is not read, and what is read recurs: it is decoded cell by cell.
    page = path.read_bytes()
    tables = [
        ReadTable(
            found["identity"].decode(),
            named_of(_bare(found["caption"])),
            columns=_columns_of(page[found.end() : page.index(b"</table>", found.end())]),
        )
        for found in _OPENS_TABLE.finditer(page)
    ]
    if len(tables) != page.count(b"<table"):
        raise ValueError("a table is written in another way")
    return tables


def _columns_of(table: bytes) -> list[list[str]]:
    """Return the texts of the cells of a table, column by column."""
    parts = _PARTS.fullmatch(table)
    if parts is None:
        raise ValueError("a table is written in another way")
    names = _ONE_CELL.findall(parts[1])
    # Few cells are unlike each other: what they say is found once.
    before, *cells = parts[2].split(b"<t")
    rows = cells[:: len(names) + 1]
    if before or len(cells) != len(rows) * (len(names) + 1):
        raise ValueError("a row has other cells than the header")
    if not _OPENS_ROWS.fullmatch(b"".join(rows)):
        raise ValueError("a row is written in another way")
    of_cells = [*repeat(_cell, len(names) - 1), _last_cell]
    return [
        [_bare(name), *map(of_cell, cells[place :: len(names) + 1])]
        for place, (name, of_cell) in enumerate(zip(names, of_cells, strict=True), start=1)
    ]


@cache
def _cell(cell: bytes) -> str:
    """Return the text of a cell."""
    found = _CELL.fullmatch(cell)
    if found is None:
        raise ValueError("a cell is written in another way")
    return _bare(found[1])


@cache
def _last_cell(cell: bytes) -> str:
    """Return the text of the last cell of a row."""
    cell, end, rest = cell.partition(b"</tr>")
    if not end or rest.strip():
        raise ValueError("a row is written in another way")
    return _cell(cell)


def _bare(markup: bytes) -> str:
    """Return what is left of markup without its tags."""
    return plain_of(html.unescape(_TAG.sub(" ", markup.decode())))
