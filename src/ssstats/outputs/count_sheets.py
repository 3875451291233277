"""Sheets of counts: one row a metric, or a metric and group; one column a year or an area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ssstats.outputs.book import Book, framed_sheet, note_markers
from ssstats.outputs.figures import NOT_AVAILABLE, said_of_flags
from ssstats.outputs.plan import SheetPlan
from ssstats.outputs.sheets import Cell, Sheet, SheetColumn


def counts_sheet(book: Book, plan: SheetPlan) -> Sheet | None:
    """Return a sheet of counts, None where the release has none of that kind."""
    counts = book.figures.counts_on(plan)
    if not counts.cells:
        return None
    grouped = plan.content == "groups"
    words = book.words
    names = {
        code: code if plan.areas == "wales" else book.labels.area(code) for code in counts.across
    }
    columns = [
        SheetColumn(words.say("table.reference"), 11),
        SheetColumn(words.say("table.section"), 26),
        SheetColumn(words.say("table.metric"), 60),
        *([SheetColumn(words.say("table.group"), 24)] if grouped else []),
        *(SheetColumn(name, 13) for name in names.values()),
        *([] if grouped else _answered_columns(book)),
        SheetColumn(words.say("table.remark"), 30),
    ]
    flags = {key: said_of_flags(own, names) for key, own in counts.flagged.items()}
    rows = list(_rows(book, counts.cells, flags, grouped=grouped))
    return framed_sheet(book, plan, columns, rows, ("counts",))


def _rows(
    book: Book,
    cells: Mapping[tuple[str, ...], list[Cell]],
    flags: Mapping[tuple[str, ...], str],
    *,
    grouped: bool,
) -> Iterator[tuple[Cell, ...]]:
    """Give rows in the order of the guidance."""
    answered = {} if grouped else book.figures.answered
    keys: dict[str, list[tuple[str, ...]]] = {}
    for key in cells:
        keys.setdefault(key[0], []).append(key)
    metrics = (book.figures.metrics[name] for name in ("edition", "reference", "domain", "section"))
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
        SheetColumn(book.words.say(f"output.column.{part}", period=book.figures.period), 14)
        for part in ("answered", "expected")
    ]
