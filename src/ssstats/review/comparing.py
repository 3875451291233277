"""Two executed notebooks beside each other: cell by cell, table by table, sentence by sentence.

Reads the Markdown that cells show. Knows nothing of releases.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

import nbformat

from ssstats.errors import NotebookError

_FLOAT = re.compile(r"^::: \{#(tbl|fig)-([\w-]+)[^}]*\}\n(.*?)\n:::$", re.MULTILINE | re.DOTALL)
_CHART = re.compile(r'!\[\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]*)\)\{fig-alt="([^"]*)"\}')
_SVG_TEXT = re.compile(r"<text[^>]*>([^<]*)</text>")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_RULE = re.compile(r"\|[-:|]+\|")
ABSENT = "(not there)"


@dataclass(frozen=True)
class Difference:
    """One thing that differs: where it stands, what was published and what comes out now.

    `kind` is code, table, chart, sentence or notebook; `where` names the table or chart and, in a
    table, row and column.
    """

    cell: int
    kind: str
    where: str
    published: str
    now: str

    def __str__(self) -> str:
        place = f"cell {self.cell}, {self.kind}" + (f" {self.where}" if self.where else "")
        return f"{place}: published {self.published!r}, now {self.now!r}"


def compare_notebooks(published: Path, now: Path) -> tuple[Difference, ...]:
    """Return all that differs between two executed notebooks; nothing where their bytes agree.

    Raises
    ------
    NotebookError
        If one of the files is no notebook.
    """
    if published.read_bytes() == now.read_bytes():
        return ()
    pairs = zip_longest(_cells(published), _cells(now))
    found = [one for number, pair in enumerate(pairs, start=1) for one in _of_cell(number, *pair)]
    # The same cells in other bytes: metadata or the way of writing.
    return tuple(found) or (Difference(0, "notebook", "", "other metadata", "other metadata"),)


def _cells(path: Path) -> list[nbformat.NotebookNode]:
    try:
        return list(nbformat.read(path, as_version=4).cells)
    except Exception as problem:
        # nbformat raises its own, json's and jsonschema's errors for a damaged file.
        kind = type(problem).__name__
        raise NotebookError(f"{path.name}: is no notebook ({kind}); restore it") from None


def _of_cell(
    number: int, published: nbformat.NotebookNode | None, now: nbformat.NotebookNode | None
) -> Iterator[Difference]:
    before, after = _source(published), _source(now)
    if before != after:
        yield Difference(number, "code", "", before, after)
    texts = _shown(published), _shown(now)
    if texts[0] == texts[1]:
        return
    floats = [{(kind, name): body for kind, name, body in _FLOAT.findall(text)} for text in texts]
    for key in dict.fromkeys([*floats[0], *floats[1]]):
        old, new = floats[0].get(key), floats[1].get(key)
        if old == new:
            continue
        if old is None or new is None:
            kind = "table" if key[0] == "tbl" else "chart"
            said = [ABSENT if body is None else "there" for body in (old, new)]
            yield Difference(number, kind, key[1], *said)
        elif key[0] == "tbl":
            yield from _of_table(number, key[1], old, new)
        else:
            yield from _of_chart(number, key[1], old, new)
    yield from _of_sentences(number, *(_FLOAT.sub("", text) for text in texts))


def _source(cell: nbformat.NotebookNode | None) -> str:
    return ABSENT if cell is None else str(cell.source)


def _shown(cell: nbformat.NotebookNode | None) -> str:
    """Return the text that a cell shows: its own where it is no code."""
    if cell is None or cell.cell_type != "code":
        return ""
    return "\n\n".join(
        str(output.get("data", {}).get("text/markdown", "") or output.get("text", ""))
        for output in cell.get("outputs", [])
    )


def _of_table(number: int, name: str, published: str, now: str) -> Iterator[Difference]:
    before, after = _rows(published), _rows(now)
    for row in dict.fromkeys([*before, *after]):
        old, new = before.get(row, {}), after.get(row, {})
        for column in dict.fromkeys([*old, *new]):
            cells = old.get(column, ABSENT), new.get(column, ABSENT)
            if cells[0] != cells[1]:
                yield Difference(number, "table", f"{name}, row {row}, column {column}", *cells)
    yield from _of_sentences(number, _beside_rows(published), _beside_rows(now), f"of {name}")


def _rows(body: str) -> Mapping[str, Mapping[str, str]]:
    """Return a table's cells by row and column; rows of one name are told apart by a number."""
    lines = [line for line in body.splitlines() if line.startswith("|") and not _RULE.match(line)]
    if not lines:
        return {}
    header, *rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    named: dict[str, dict[str, str]] = {}
    for row in rows:
        name, number = row[0], 2
        while name in named:
            name, number = f"{row[0]} ({number})", number + 1
        named[name] = dict(zip(header, row, strict=False))
    return named


def _beside_rows(body: str) -> str:
    return "\n".join(line for line in body.splitlines() if not line.startswith("|"))


def _of_chart(number: int, name: str, published: str, now: str) -> Iterator[Difference]:
    old, new = _CHART.search(published), _CHART.search(now)
    if old and new:
        if old[2] != new[2]:
            yield Difference(number, "chart", f"{name}, alternative text", old[2], new[2])
        if old[1] != new[1]:
            texts = _drawn_texts(old[1]), _drawn_texts(new[1])
            said = texts if texts[0] != texts[1] else ("a drawing", "another drawing")
            yield Difference(number, "chart", f"{name}, drawing", *said)
    without = _CHART.sub("", published), _CHART.sub("", now)
    yield from _of_sentences(number, *without, f"of {name}")


def _drawn_texts(encoded: str) -> str:
    svg = base64.b64decode(encoded).decode("utf-8", errors="replace")
    return "; ".join(text.strip() for text in _SVG_TEXT.findall(svg))


def _of_sentences(number: int, published: str, now: str, where: str = "") -> Iterator[Difference]:
    before, after = _sentences(published), _sentences(now)
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for what, *(a, b, c, d) in matcher.get_opcodes():
        if what != "equal":
            for old, new in zip_longest(before[a:b], after[c:d], fillvalue=ABSENT):
                yield Difference(number, "sentence", where, old, new)


def _sentences(text: str) -> Sequence[str]:
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]
