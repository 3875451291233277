"""An independent reading of a PDF's tags: what assistive technology is told of a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdf


@dataclass
class Tag:
    """One element of the structure tree with the elements inside it, in reading order."""

    kind: str
    entry: Any
    children: list[Tag] = field(default_factory=list)

    def all(self, *kinds: str) -> Iterator[Tag]:
        """Yield this element and those below it that are of a kind."""
        if self.kind in kinds:
            yield self
        for child in self.children:
            yield from child.all(*kinds)


def tags_of(path: Path) -> Tag:
    """Return the root of a PDF's structure tree."""
    reader = pypdf.PdfReader(path)
    root = reader.trailer["/Root"]["/StructTreeRoot"]
    return Tag("root", root, [_read(child) for child in _kids(root)])


def faults_of(path: Path) -> list[str]:
    """Return a sentence for each thing that is amiss with a document's tags."""
    reader, root = pypdf.PdfReader(path), tags_of(path)
    catalogue = reader.trailer["/Root"]
    faults = []
    if not catalogue.get("/Lang"):
        faults.append("the document says no language")
    if not reader.outline:
        faults.append("the document has no bookmarks")
    faults += _headings(root)
    for figure in root.all("Figure"):
        if not str(figure.entry.get("/Alt", "")).strip():
            faults.append("a figure has no alternative text")
    for number, table in enumerate(root.all("Table"), start=1):
        faults += [f"table {number}: {fault}" for fault in _table(table)]
    return faults


def _headings(root: Tag) -> Iterator[str]:
    levels = [int(tag.kind[1:]) for tag in root.all(*(f"H{level}" for level in range(1, 7)))]
    if not levels:
        yield "no heading is tagged"
    before = 0
    for place, level in enumerate(levels):
        if level > before + 1:
            yield f"heading {place} of level {level} comes after level {before}"
        before = level


def _table(table: Tag) -> Iterator[str]:
    rows = list(table.all("TR"))
    widths = {len(row.children) for row in rows}
    if len(widths) != 1:
        yield f"rows have {sorted(widths)} cells"
    first, *others = rows
    if {cell.kind for cell in first.children} != {"TH"}:
        yield "the first row is no row of heads"
    for row in others:
        if row.children[0].kind != "TH" or "Row" not in _scopes(row.children[0]):
            yield "a row has no head of its own"


def _scopes(cell: Tag) -> str:
    return " ".join(re.findall(r"/Scope': '/(\w+)'", str(cell.entry.get("/A", ""))))


def _read(entry: Any) -> Tag:
    kids = [kid for kid in _kids(entry) if isinstance(kid, dict) and "/S" in kid]
    return Tag(str(entry["/S"])[1:], entry, [_read(kid) for kid in kids])


def _kids(entry: Any) -> list[Any]:
    kids = entry.get("/K", [])
    found = kids if isinstance(kids, list) else [kids]
    return [kid.get_object() for kid in found if hasattr(kid, "get_object")]
