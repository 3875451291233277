"""What Typst leaves undone in a tagged PDF: heads of table rows, and the file's size.

Typst tags the first row of a table as heads. Here the first cell of every other row becomes a
head too, with its scope, as on the site; PDF/UA-1 (ISO 14289-1, 7.5) asks for heads with a scope.
"""

from __future__ import annotations

import io

import pikepdf


def with_row_heads(pdf: bytes) -> bytes:
    """Return the PDF with the first cell of every table row tagged as the row's head.

    Objects are packed into compressed streams, which takes the tags of long tables to a fifth of
    their size. The same bytes in give the same bytes out.
    """
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for element in document.objects:
            if isinstance(element, pikepdf.Dictionary) and element.get("/S") == "/TR":
                _tag_row(_children(element))
        document.save(
            packed,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )
    return packed.getvalue()


def _children(element: pikepdf.Object) -> list[pikepdf.Object]:
    return _as_list(element, "/K")


def _as_list(element: pikepdf.Object, key: str) -> list[pikepdf.Object]:
    """Return what stands under a key: in PDF one entry may stand without its array."""
    if key not in element:
        return []
    entry = element[key]
    return list(entry.as_list()) if isinstance(entry, pikepdf.Array) else [entry]


def _tag_row(cells: list[pikepdf.Object]) -> None:
    for cell in cells:
        for attributes in _table_attributes(cell):
            # A list of heads would silence the scope of the row's head.
            if "/Headers" in attributes:
                del attributes["/Headers"]
    if cells and cells[0].S == "/TD":
        cells[0].S = pikepdf.Name.TH
        scope = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row)
        others = [a for a in _attributes(cells[0]) if a.get("/O") != "/Table"]
        cells[0].A = pikepdf.Array([scope, *others])


def _attributes(cell: pikepdf.Object) -> list[pikepdf.Object]:
    return _as_list(cell, "/A")


def _table_attributes(cell: pikepdf.Object) -> list[pikepdf.Object]:
    return [a for a in _attributes(cell) if a.get("/O") == "/Table"]
