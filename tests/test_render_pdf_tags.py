"""Heads of rows in the tags of a PDF: its bytes are changed as a library would change objects."""

from __future__ import annotations

import io

import pikepdf
import pytest
import typst

from ssstats.errors import RenderError
from ssstats.render.pdf_tags import with_row_heads

SOURCE = """\
#set document(title: "T")
#set text(lang: "en")
#title[T]
#table(columns: 3, table.header([A], [B], [C]), ..range(600).map(n => [#n (\\[x\\])]))
#table(columns: 2, [D], [E], table.cell(colspan: 2)[F])
#link("https://example.org")[a link]
"""


@pytest.fixture(scope="module")
def written() -> bytes:
    pdf = typst.Compiler(SOURCE.encode()).compile(format="pdf", pdf_standards=["ua-1"], timestamp=0)
    assert isinstance(pdf, bytes)
    return pdf


def as_list(entry) -> list:
    if entry is None:
        return []
    return list(entry) if isinstance(entry, pikepdf.Array) else [entry]


def elements(document: pikepdf.Pdf) -> list:
    """Return the structure elements in reading order."""
    found, waiting = [], as_list(document.Root.StructTreeRoot.K)
    while waiting:
        element = waiting.pop(0)
        if isinstance(element, pikepdf.Dictionary) and "/S" in element:
            found.append(element)
            waiting[:0] = as_list(element.get("/K"))
    return found


def said(document: pikepdf.Pdf) -> list[tuple]:
    """Return kind, attributes that say something, and identifier of each element."""
    return [
        (
            str(element.S),
            [
                sorted((key, bytes(value.unparse()) if hasattr(value, "unparse") else value)
                       for key, value in attributes.items())
                for attributes in as_list(element.get("/A"))
                if set(attributes.keys()) != {"/O"}
            ],
            str(element.get("/ID", "")),
        )
        for element in elements(document)
    ]  # fmt: skip


def tag_plainly(document: pikepdf.Pdf) -> None:
    for row in elements(document):
        if row.S != "/TR":
            continue
        cells = as_list(row.K)
        for cell in cells:
            for attributes in as_list(cell.get("/A")):
                if "/Headers" in attributes:
                    del attributes["/Headers"]
        if cells[0].S == "/TD":
            others = [a for a in as_list(cells[0].get("/A")) if a.get("/O") != "/Table"]
            scope = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row)
            cells[0].S, cells[0].A = pikepdf.Name.TH, pikepdf.Array([scope, *others])


def test_tags_are_those_that_a_library_would_write(written: bytes) -> None:
    ours = pikepdf.open(io.BytesIO(with_row_heads(written)))
    plain = pikepdf.open(io.BytesIO(written))
    tag_plainly(plain)
    assert said(ours) == said(plain)
    assert sum(kind == "/TH" for kind, *_ in said(ours)) > 200


def test_pages_are_the_same_and_the_file_is_sound_and_smaller(written: bytes) -> None:
    packed = with_row_heads(written)
    ours, plain = pikepdf.open(io.BytesIO(packed)), pikepdf.open(io.BytesIO(written))
    assert ours.check_pdf_syntax() == []
    assert [page.Contents.read_bytes() for page in ours.pages] == [
        page.Contents.read_bytes() for page in plain.pages
    ]
    assert len(packed) < len(written) / 2


def test_a_file_that_is_written_otherwise_is_refused(written: bytes) -> None:
    other = io.BytesIO()
    pikepdf.open(io.BytesIO(written)).save(
        other, object_stream_mode=pikepdf.ObjectStreamMode.generate
    )
    with pytest.raises(RenderError, match="otherwise than Typst writes it"):
        with_row_heads(other.getvalue())
