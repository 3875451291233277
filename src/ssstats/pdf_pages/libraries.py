"""Reads any PDF with two libraries: one for the texts of pages, one for everything else."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
import pypdfium2

from ssstats.pdf_pages.objects import DamagedPdfError


def read_with_libraries(
    content: bytes,
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, bytes], ...]]:
    """Return the texts of pages, all strings, and names and files attached of any PDF file.

    Raises
    ------
    DamagedPdfError
        If the file is no PDF, or a damaged one.
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            attached = tuple(
                (str(file.filename), file.get_file().read_bytes())
                for file in pdf.attachments.values()
            )
            return _texts_of_pages(content), tuple(_strings(pdf)), attached
    except (pikepdf.PdfError, pypdfium2.PdfiumError) as damage:
        raise DamagedPdfError(str(damage)) from damage


def _texts_of_pages(content: bytes) -> tuple[str, ...]:
    opened = pypdfium2.PdfDocument(content)
    try:
        return tuple(_text_of_page(opened, number) for number in range(len(opened)))
    finally:
        opened.close()


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
