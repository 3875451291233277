"""PDFs as a release writes them are read without a library as libraries read them."""

from __future__ import annotations

import io
import json
import zlib

import pikepdf
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from ssstats.fonts import font_folder
from ssstats.outputs.truth.pages import numbers_of
from ssstats.pdf_pages import libraries
from ssstats.pdf_pages.objects import OtherPdfError, read_objects
from ssstats.pdf_pages.reading import PdfTexts, read_pdf, read_plainly
from ssstats.pdf_pages.shown import texts_shown
from ssstats.render.pdf_tags import with_row_heads

HEAD = """\
#set document(title: "Ffigurau (a) \\"ŵ\\"", date: none)
#set text(lang: "en", font: "IBM Plex Sans", size: 10pt)
#set page(footer: context [Page #counter(page).display() of 2,024])
#let large(it) = text(size: 14pt, it)
#title[T]
"""
DRAWING = """\
#figure(
  image(bytes("<svg xmlns='http://www.w3.org/2000/svg' width='300' height='90'>
  <path d='M 0 0 L 12345 67'/><text x='9' y='20' font-size='9'>12,345 of 1.5 fi 2024-25</text>
  <text transform='rotate(-90 40 80)' x='40' y='80' font-size='9'>8,317 up</text></svg>"),
  format: "svg"), alt: "up to 31,763 (of 40,000)", caption: [The chart of 7,654])
"""
PAGES = {
    "table": "#table(columns: 3, table.header([A], [B], [C]), ..range(400).map(n => [#(n * 37)]))",
    "drawing": DRAWING,
    "number in several types": "It was 4#strong[3],#emph[7]#text(size: 14pt)[99]. 5 #strong[6]",
    "sizes beside each other": "12#super[3] of 45#sub[67] and 8#h(1pt)9#h(9pt)10",
    "small capitals, signs and ligatures": "fi ffi office AVATAR 1.5% £2,000 (12) 'x' \\\\ a–b …",
    "contents": "#outline()\n= One 1,234\n#pagebreak()\n= Two 5,678",
    "empty page": "a 12\n#pagebreak()\n#pagebreak()\nb 34",
    "links": '#link("https://example.org/?n=98765")[a], @one\n#heading(numbering: "1.")[H] <one>',
}  # fmt: skip


def document(source: str, **settings) -> bytes:
    """Return a PDF as a release writes it."""
    compiler = typst.Compiler(
        (HEAD + source).encode(), font_paths=[font_folder()], ignore_system_fonts=True
    )
    return with_row_heads(compiler.compile(format="pdf", timestamp=0, **settings))


def read_with_libraries(content: bytes) -> PdfTexts:
    return PdfTexts(*libraries.read_with_libraries(content))


def saved(pdf: pikepdf.Pdf, **settings) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, **settings)
    return buffer.getvalue()


def assert_read_alike(content: bytes) -> None:
    plain, library = read_plainly(content), read_with_libraries(content)
    assert [numbers_of(page) for page in plain.pages] == [numbers_of(p) for p in library.pages]
    assert set(plain.strings) >= set(library.strings)
    assert plain.attached == library.attached == ()


@pytest.mark.parametrize("name", PAGES)
def test_numbers_of_pages_and_strings_are_those_that_libraries_read(name):
    assert_read_alike(document(PAGES[name], pdf_standards=["ua-1"]))


def test_numbers_that_stand_in_a_drawing_are_read_letter_by_letter():
    (page,) = read_plainly(document(DRAWING)).pages
    assert {"12,345", "1.5", "2024-25", "8,317", "7,654"} <= set(numbers_of(page))


texts = st.text("0123456789,.-% ()'\"aAfiVT£ŵ–", min_size=1, max_size=12)


@given(
    st.lists(st.tuples(texts, st.sampled_from(["text", "strong", "emph", "large"])), max_size=12)
)
@settings(max_examples=25, deadline=None)
def test_texts_in_any_types_beside_each_other_are_read_as_libraries_read_them(parts):
    said = (f"#{kind}({json.dumps(text, ensure_ascii=False)})" for text, kind in parts)
    assert_read_alike(document("".join(said)))


def with_file(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["a.txt"] = pikepdf.AttachedFileSpec(pdf, b"n = 8317263")


def with_form(pdf: pikepdf.Pdf) -> None:
    form = pikepdf.Stream(pdf, b"BT /f0 9 Tf (\\000\\001) Tj ET", Type=pikepdf.Name.XObject,
                          Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9])  # fmt: skip
    pdf.pages[0].Resources.XObject = pikepdf.Dictionary(x0=pdf.make_indirect(form))


@pytest.mark.parametrize("change", [with_file, with_form, lambda pdf: None])
def test_a_pdf_that_is_written_otherwise_is_read_with_libraries(change):
    with pikepdf.open(io.BytesIO(document("12,345"))) as pdf:
        change(pdf)
        content = saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    with pytest.raises(OtherPdfError):
        read_plainly(content)
    assert read_pdf(content) == read_with_libraries(content)


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b"%%EOF\n", b"%%EOF\n% 8317263\n"),
        (b"\nendobj\n", b"\nendobj\n% 8317263\n"),
        (b"startxref\n", b"startxref\n1"),
        (b"/Type/XRef", b"/Type/XRef/Prev 12"),
        (b"%PDF-1.7", b"%PDG-1.7"),
    ],
)
def test_a_file_with_anything_between_its_objects_is_refused(written, instead):
    with pytest.raises(OtherPdfError):
        read_objects(document("12,345").replace(written, instead, 1))


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b"\nBT 0 Tr", b"\nBT 3 Tr"),
        (b"\nET\n", b"\nET\nBT/f0 9 Tf(\\000\\001)Tj ET\n"),
        (b"/Span<</MCID 0", b"/Span<</ActualText(12,345)/MCID 0"),
        (b"(\\000", b"(\\001"),
        (b"(\\000", b"(\\000\\000"),
        (b"(\\000", b"(\\q00"),
        (b")Tj", b") 12 Tj"),
    ],
)
def test_a_page_that_shows_texts_in_another_way_is_refused(written, instead):
    objects = read_objects(document("12,345"))
    assert "12,345" in texts_shown(objects)[0]
    for number, (said, _) in objects.streams.items():
        content = objects.stream(number)
        if b"\nBT 0 Tr" in content:
            assert written in content
            objects.streams[number] = said, zlib.compress(content.replace(written, instead, 1))
    with pytest.raises(OtherPdfError):
        texts_shown(objects)
