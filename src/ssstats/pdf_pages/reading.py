"""Reads a PDF: without a library where it is written as a release's are, else with two."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pikepdf
import pypdfium2

from ssstats.pdf_pages.objects import OtherPdfError, read_objects
from ssstats.pdf_pages.shown import texts_shown
from ssstats.pdf_pages.strings import strings_of


@dataclass(frozen=True)
class PdfTexts:
    """Texts of a PDF: of each page, every string of its objects, and names and files attached."""

    pages: tuple[str, ...]
    strings: tuple[str, ...]
    attached: tuple[tuple[str, bytes], ...] = ()


# A build reads the same documents twice: to search them, and to compare their figures.
@lru_cache(maxsize=512)
def read_pdf(content: bytes) -> PdfTexts:
    """Return what can be read in a PDF file.

    Strings are titles, alternative texts and properties; metadata are among them.

    Raises
    ------
    pypdfium2.PdfiumError, pikepdf.PdfError
        If the file is no PDF, or a damaged one.
    """
    try:
        return read_plainly(content)
    except OtherPdfError:
        return read_with_libraries(content)


def read_plainly(content: bytes) -> PdfTexts:
    """Return what can be read in a PDF that is written as those of a release are.

    Raises
    ------
    OtherPdfError
        If it is written in any other way.
    """
    objects = read_objects(content)
    return PdfTexts(texts_shown(objects), strings_of(objects))


def read_with_libraries(content: bytes) -> PdfTexts:
    """Return what can be read in any PDF file.

    Raises
    ------
    pypdfium2.PdfiumError, pikepdf.PdfError
        As `read_pdf` does.
    """
    opened = pypdfium2.PdfDocument(content)
    try:
        pages = tuple(_text_of_page(opened, number) for number in range(len(opened)))
    finally:
        opened.close()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        attached = tuple(
            (str(file.filename), file.get_file().read_bytes()) for file in pdf.attachments.values()
        )
        return PdfTexts(pages, tuple(_strings(pdf)), attached)


def _text_of_page(opened: pypdfium2.PdfDocument, number: int) -> str:
    page = opened[number]
    words = page.get_textpage()
    try:
        text: str = words.get_text_bounded()
        return text
    finally:
        words.close()
        page.close()


def _strings(pdf: pikepdf.Pdf) -> Iterator[str]:
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and thing.get("/Type") == "/Metadata":
            yield thing.read_bytes().decode("utf-8", "replace")
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            yield from (str(value) for value in thing.values() if isinstance(value, pikepdf.String))
    yield from (str(value) for value in pdf.docinfo.values())
