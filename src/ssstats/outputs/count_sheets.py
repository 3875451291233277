"""Sheets of counts: one row a metric, or a metric and group; one column a year or an area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from ssstats.matched import PREFIX
from ssstats.outputs.book import Book, framed_sheet, note_markers
from ssstats.outputs.figures import NOT_AVAILABLE, cells_of, flags_of, matrix_of
from ssstats.outputs.plan import SheetPlan
from ssstats.outputs.sheets import Cell, Sheet, SheetColumn

_ROW_KEY = ["reference", "breakdown"]


def counts_sheet(book: Book, plan: SheetPlan) -> Sheet | None:
    """Return a sheet of counts, None where the release has none of that kind."""
    column, names = _across(book, plan)
    figures = _figures(book, plan)
    if figures.empty:
        return None
    grouped = plan.content == "groups"
    words = book.words
    columns = [
        SheetColumn(words.say("table.reference"), 11),
        SheetColumn(words.say("table.section"), 26),
        SheetColumn(words.say("table.metric"), 60),
        *([SheetColumn(words.say("table.group"), 24)] if grouped else []),
        *(SheetColumn(name, 13) for name in names.values()),
        *([] if grouped else _answered_columns(book)),
        SheetColumn(words.say("table.remark"), 30),
    ]
    cells = matrix_of(figures, _ROW_KEY, column, list(names))
    flags = flags_of(figures, _ROW_KEY, column, names)
    rows = list(_rows(book, cells, flags, grouped=grouped))
    return framed_sheet(book, plan, columns, rows, ("counts",))


def _across(book: Book, plan: SheetPlan) -> tuple[str, dict[str, str]]:
    """Return what stands across the sheet: the column of counts, and its codes with names."""
    if plan.areas == "wales":
        return "period", {period: period for period in book.periods}
    return "area", {area: book.labels.area(area) for area in book.areas}


def _figures(book: Book, plan: SheetPlan) -> pd.DataFrame:
    counts = book.counts
    grouped = plan.content == "groups"
    chosen = counts["breakdown"].ne("") if grouped else counts["breakdown"].eq("")
    if plan.areas == "wales":
        chosen &= counts["area"].eq(book.areas[0])
    if plan.years == "latest":
        chosen &= counts["period"].eq(book.period)
    own = counts[chosen]
    # Totals over the authorities that also answered something else are in the open data alone.
    return own[~own["breakdown"].str.startswith(PREFIX)] if grouped else own


def _rows(
    book: Book,
    cells: Mapping[tuple[str, ...], list[Cell]],
    flags: Mapping[tuple[str, ...], str],
    *,
    grouped: bool,
) -> Iterator[tuple[Cell, ...]]:
    """Give rows in the order of the guidance."""
    answered = {} if grouped else _answered(book)
    keys: dict[str, list[tuple[str, ...]]] = {}
    for key in cells:
        keys.setdefault(key[0], []).append(key)
    metrics = (book.metrics[name] for name in ("edition", "reference", "domain", "section"))
    for edition, reference, domain, section in zip(*metrics, strict=True):
        for key in keys.get(reference, []):
            notes = [note_markers(book, book.notes.of_metric(reference)), flags.get(key, "")]
            yield (
                reference,
                book.labels.section(domain, section),
                book.labels.metric(edition, reference),
                *([book.labels.group(key[1])] if grouped else []),
                *cells[key],
                *([] if grouped else answered.get(reference, [NOT_AVAILABLE] * 2)),
                " ".join(text for text in notes if text),
            )


def _answered_columns(book: Book) -> list[SheetColumn]:
    return [
        SheetColumn(book.words.say(f"output.column.{part}", period=book.period), 14)
        for part in ("answered", "expected")
    ]


def _answered(book: Book) -> dict[str, list[Cell]]:
    """Return for each metric how many authorities answered, and of how many, in the last year."""
    counts = book.counts
    wales = counts[
        counts["area"].eq(book.areas[0])
        & counts["period"].eq(book.period)
        & counts["breakdown"].eq("")
    ]
    rows = wales[["reference", "answered", "expected"]].itertuples(index=False, name=None)
    return {reference: cells_of(parts, ["", ""]) for reference, *parts in rows}
