"""Reads numbers back from the PDF and compares them with those of the pages."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from ssstats.outputs.truth.comparing import Difference, difference
from ssstats.outputs.truth.pages import numbers_of
from ssstats.pdf_pages import read_pdf

# What numbers pages, sections, tables and figures, and short numbers beside them in charts.
_STRUCTURE = re.compile(r"\d{1,3}|\d{1,2}\.\d{1,2}|(19|20)\d\d(-\d\d)?")


def read_document(path: Path) -> str:
    """Return the text of a PDF, page by page."""
    return "\n".join(read_pdf(path.read_bytes()).pages)


def check_document(
    path: Path, cells: Counter[str], seen: set[str], described: set[str]
) -> list[Difference]:
    """Compare the numbers of a PDF with those of the same language's pages.

    Parameters
    ----------
    cells : Counter
        Every number in the cells of the pages' tables, with how often it is printed.
    seen : set of str
        Every number that the pages show anywhere.
    described : set of str
        Every number of the pages' alternative texts, which are no text of the PDF.

    Returns
    -------
    list of Difference
        Numbers of tables that the PDF prints less often than the pages do, numbers of sentences
        and charts that it lacks, and numbers of the PDF that no page shows. Numbers that look
        like those of pages and sections are left out of the second and third part.
    """
    source = path.name
    printed = Counter(numbers_of(read_document(path)))
    short = [
        difference(source, "tables", f"{text} printed {times} times", f"{printed[text]} times")
        for text, times in sorted(cells.items())
        if printed[text] < times
    ]
    lacking = [
        difference(source, "text", text, "nothing")
        for text in sorted(seen - set(printed) - set(cells))
        if not _STRUCTURE.fullmatch(text)
    ]
    foreign = [
        difference(source, "text", "nothing", text)
        for text in sorted(set(printed) - seen - described)
        if not _STRUCTURE.fullmatch(text)
    ]
    return [*short, *lacking, *foreign]
