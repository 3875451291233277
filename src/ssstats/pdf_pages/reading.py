"""Reads a PDF: without a library where it is written as a release's are, else with two."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

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
    DamagedPdfError
        If the file is no PDF, or a damaged one.
    """
    try:
        return read_plainly(content)
    except OtherPdfError:
        # The libraries take longer to load than a release's own documents take to read.
        from ssstats.pdf_pages.libraries import read_with_libraries

        return PdfTexts(*read_with_libraries(content))


def read_plainly(content: bytes) -> PdfTexts:
    """Return what can be read in a PDF that is written as those of a release are.

    Raises
    ------
    OtherPdfError
        If it is written in any other way.
    """
    objects = read_objects(content)
    return PdfTexts(texts_shown(objects), strings_of(objects))
