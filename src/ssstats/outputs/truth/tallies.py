"""Counts again what the quality chapter says of the release itself: hidden figures, rules, checks.

Its tables are made anew from the data files, in the same way as its notebook made them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ssstats.chapters import (
    quality_checks,
    quality_comparisons,
    quality_coverage,
    quality_exceptions,
    quality_protection,
)
from ssstats.chapters.release import Release
from ssstats.errors import CatalogueError
from ssstats.outputs.truth.comparing import Difference, difference
from ssstats.outputs.truth.pages import ReadTable, pipe_tables

CHAPTER = "quality"
_PASSAGES = (
    quality_coverage,
    quality_exceptions,
    quality_checks,
    quality_protection,
    quality_comparisons,
)


def tallies_of(release: Release) -> list[ReadTable]:
    """Return the tables of the quality chapter as the data files give them.

    Raises
    ------
    ValueError
        If the data files name an edition or a rule that there are no words for.
    """
    try:
        return [table for passage in _PASSAGES for table in pipe_tables(passage(release))]
    except CatalogueError as fault:
        raise ValueError(str(fault)) from fault


def check_tallies(
    source: str, shown: list[ReadTable], counted: list[ReadTable]
) -> Iterator[Difference]:
    """Give a difference for each cell, row or table that is not as it was counted again."""
    pages = {table.identity: table for table in shown}
    for table in counted:
        page = pages.get(table.identity)
        if page is None:
            yield difference(source, table.identity, "a table", "nothing")
        else:
            yield from same_rows(source, page, table, "the data files' rows")


def same_rows(source: str, page: ReadTable, other: ReadTable, whose: str) -> Iterator[Difference]:
    """Compare a table of a page with the same table elsewhere, cell by cell."""
    if [len(row) for row in page.rows] != [len(row) for row in other.rows]:
        yield difference(source, page.identity, whose, "other rows")
        return
    for line, (row, own) in enumerate(zip(page.rows, other.rows, strict=True)):
        for cell, text in zip(row, own, strict=True):
            if cell != text:
                yield difference(source, f"{page.identity}, row {line}", text, cell)
