"""Reads tables and numbers back from HTML pages and executed notebooks."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Protocol
from xml.etree import ElementTree

_FLOAT = re.compile(r"^::: \{#(tbl-[^}\s]+)[^}]*\}\s*$(.*?)^:::\s*$", re.MULTILINE | re.DOTALL)
_RULE = re.compile(r"\|(:?-+:?\|)+")
_BARS = re.compile(r"(?<!\\)\|")
_ESCAPED = re.compile(r"\\([^A-Za-z0-9\s])")
_LABEL = re.compile(r"^\S+ [\dA-Z.]+:\s*")
# A reporting year, a number with thousands commas, or a plain one: also where a PDF's text runs
# two of them together.
NUMBER = re.compile(r"\d{4}-\d{2}|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
_CELLS = {"td", "th"}
# What describes a chart to those who do not see it.
_ALTERNATIVES = {"title", "desc"}
# Texts in these begin a line.
_LINES = {"p", "li", "td", "th", "tr", "h1", "h2", "h3", "div", "br", "text"}
_NO_TEXT = re.compile(r"<!doctype[^>]*>|<!--.*?-->|<(script|style)\b.*?</\1>", re.DOTALL)
# Of a tag what stands between its brackets, where attributes may hold one.
_TAG_APART = re.compile(r'<([^\s<>"][^<>"]*(?:"[^"<]*"[^<>"]*)*)>')
_IDENTITY = re.compile(r'\bid="([^"]*)"')
_UNSEEN = {"head", "script", "style", "nav", "header", "footer", "template", "noscript"}


class ReadTable:
    """A table as it stands in a page: its name and caption, and its texts by row or by column.

    The header is the first row, and the first text of each column.
    """

    def __init__(
        self,
        identity: str,
        caption: str = "",
        rows: Sequence[Sequence[str]] | None = None,
        *,
        columns: Sequence[Sequence[str]] | None = None,
    ) -> None:
        self.identity, self.caption = identity, caption
        # Either is turned round where the other is asked for.
        if columns is None:
            self.rows = rows or ()
        else:
            self.columns = columns

    @cached_property
    def rows(self) -> Sequence[Sequence[str]]:
        """The texts row by row."""
        return [*zip(*self.columns, strict=True)]

    @cached_property
    def columns(self) -> Sequence[Sequence[str]]:
        """The texts column by column; raises ValueError where rows are not equally long."""
        return [*zip(*self.rows, strict=True)]

    @property
    def header(self) -> list[str]:
        """The texts of the first row."""
        return [column[0] for column in self.columns]


@dataclass
class ReadPage:
    """A page of the book: its tables, the captions of its charts, what is seen, what describes."""

    tables: list[ReadTable]
    captions: dict[str, str]
    text: str
    alternatives: str


@dataclass
class _Table:
    """A table while it is read."""

    identity: str
    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)


class _Page:
    """Collects tables by the name of what holds them, and the text a reader sees."""

    def __init__(self) -> None:
        self.tables: list[_Table] = []
        self.texts: list[str] = []
        self.alternatives: list[str] = []
        self._identity, self._unseen, self._cell, self._caption = "", 0, False, False
        self._alternative, self._figure, self._figcaption = False, "", False
        self.captions: dict[str, str] = {}

    def start(self, tag: str, attributes: str) -> None:
        """Take note that an element begins."""
        identity = _identity(attributes) if attributes else ""
        if identity.startswith("tbl-") and not identity.endswith("-caption"):
            self._identity = identity
        if tag in _CELLS:
            if self.tables:
                self.tables[-1].rows[-1].append("")
                self._cell = True
        elif tag == "tr":
            if self.tables:
                self.tables[-1].rows.append([])
        elif tag == "table":
            self.tables.append(_Table(self._identity))
        elif tag == "figure":
            self._figure = identity
        elif tag in _UNSEEN:
            self._unseen += 1
        else:
            self._turn(tag, True)
        if tag in _LINES:
            self.texts.append("\n")

    def end(self, tag: str) -> None:
        """Take note that an element ends."""
        if tag in _CELLS:
            self._cell = False
        elif tag in _UNSEEN:
            self._unseen -= 1
        else:
            self._turn(tag, False)

    def _turn(self, tag: str, on: bool) -> None:
        """Take note that texts begin, or end, to be those of a caption or an alternative."""
        if tag == "caption":
            self._caption = on
        elif tag == "figcaption":
            self._figcaption = on
        elif tag in _ALTERNATIVES:
            self._alternative = on

    def text(self, text: str) -> None:
        """Take a text that stands between two tags."""
        if self._unseen:
            return
        if self._alternative:
            self.alternatives.append(text)
            return
        self.texts.append(text)
        if self._figcaption:
            self.captions[self._figure] = self.captions.get(self._figure, "") + text
        elif self._caption and self.tables:
            self.tables[-1].caption += text
        elif self._cell:
            self.tables[-1].rows[-1][-1] += text


def read_page(path: Path) -> ReadPage:
    """Return what stands in a page of the book.

    Raises
    ------
    ValueError
        As `read_marks`.
    """
    page = _Page()
    read_marks(path.read_text(encoding="utf-8"), page)
    tables = [
        ReadTable(
            table.identity,
            named_of(table.caption),
            [[plain_of(cell) for cell in row] for row in table.rows],
        )
        for table in page.tables
    ]
    captions = {identity: named_of(text) for identity, text in page.captions.items()}
    return ReadPage(tables, captions, "".join(page.texts), "\n".join(page.alternatives))


class Hears(Protocol):
    """Takes note of the tags and texts of a page, one after another."""

    def start(self, tag: str, attributes: str) -> None: ...
    def end(self, tag: str) -> None: ...
    def text(self, text: str) -> None: ...


def read_marks(page: str, hears: Hears) -> None:
    """Tell of each tag and text of an HTML page as a release writes it, but for its scripts.

    Raises
    ------
    ValueError
        If a tag or a quotation mark is left open.
    """
    markup = _NO_TEXT.sub("", page)
    opening, *rest = _TAG_APART.split(markup)
    if opening.strip() or markup.count("<") != len(rest) // 2:
        raise ValueError("a page is written in another way")
    for tag, text in zip(rest[::2], rest[1::2], strict=True):
        name, attributes, starts, ends = _mark(tag)
        if starts:
            hears.start(name, attributes)
        if ends:
            hears.end(name)
        if text:
            hears.text(html.unescape(text) if "&" in text else text)


@cache
def _mark(tag: str) -> tuple[str, str, bool, bool]:
    """Return the name of a tag, its attributes, and whether it starts and ends an element."""
    name, *attributes = tag.split(None, 1)
    if name[0] == "/":
        return name[1:], "", False, True
    return name.rstrip("/"), "".join(attributes), True, tag[-1] == "/"


@cache
def _identity(attributes: str) -> str:
    named = _IDENTITY.search(attributes)
    return named[1] if named else ""


def read_drawing(path: Path) -> str:
    """Return the texts of a chart in a file of its own, with those that describe it."""
    return "\n".join(ElementTree.parse(path).getroot().itertext())


def read_notebook(path: Path) -> list[ReadTable]:
    """Return the tables that the cells of an executed notebook put out."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    tables: list[ReadTable] = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            markdown = "".join(output.get("data", {}).get("text/markdown", ""))
            tables += pipe_tables(markdown)
    return tables


def pipe_tables(markdown: str) -> Iterator[ReadTable]:
    """Give the tables of a passage of Markdown."""
    for found in _FLOAT.finditer(markdown):
        caption, rows = "", []
        for line in found[2].strip().splitlines():
            if _RULE.fullmatch(line):
                continue
            if line.startswith("|"):
                cells = _BARS.split(line)[1:-1]
                rows.append([*map(_piped, cells)])
            elif line.strip():
                caption = _piped(line)
        yield ReadTable(found[1], caption, rows)


@cache
def _piped(markdown: str) -> str:
    """Return the text of a cell as Markdown escapes it."""
    return plain_of(_ESCAPED.sub(r"\1", markdown))


def named_of(caption: str) -> str:
    """Return a caption without the number that opens it."""
    return _LABEL.sub("", plain_of(caption))


@cache
def plain_of(text: str) -> str:
    """Return a text as it is compared: with single spaces and straight quotation marks."""
    # Rendering turns straight quotation marks into curly ones.
    return " ".join(text.translate(_STRAIGHT).split())


def numbers_of(text: str) -> list[str]:
    """Return the numbers of a text as they are printed."""
    return NUMBER.findall(text)


@cache
def numbers_of_cell(text: str) -> tuple[str, ...]:
    """Return the numbers of a cell, of which few are unlike each other."""
    return tuple(numbers_of(text))
