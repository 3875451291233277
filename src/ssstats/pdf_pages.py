"""The texts of a PDF's pages, as a reader of the PDF is given them."""

from __future__ import annotations

from functools import lru_cache

import pypdfium2


# A build reads the same documents twice: to search them, and to compare their figures.
@lru_cache(maxsize=512)
def texts_of_pages(document: bytes) -> tuple[str, ...]:
    """Return the text of each page of a PDF file.

    Raises
    ------
    pypdfium2.PdfiumError
        If the file is no PDF, or a damaged one.
    """
    opened = pypdfium2.PdfDocument(document)
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
