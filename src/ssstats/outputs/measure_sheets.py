"""Sheets of measures: one row a measure and year or area; limits in columns of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial

from ssstats.outputs.book import Book, framed_sheet
from ssstats.outputs.plan import SheetPlan
from ssstats.outputs.sheets import Cell, Sheet, SheetColumn
from ssstats.outputs.subject_figures import MeasuredRow

# Which notes of the catalogue belong to a kind of measure.
_NOTED = {"percentage": ("percentages",), "rate": (), "mean": ("means",), "ratio": ()}


def measures_sheet(book: Book, plan: SheetPlan) -> Sheet | None:
    """Return a sheet of measures, None where the release has none of that kind."""
    measured = book.figures.measures_on(plan)
    if not measured:
        return None
    kind = plan.kinds[0]
    columns = _columns(book, plan)
    notes = ("rates", *_NOTED[kind])
    return framed_sheet(book, plan, columns, list(_rows(book, plan, measured)), notes)


def _columns(book: Book, plan: SheetPlan) -> list[SheetColumn]:
    say = book.words.say
    if plan.areas == "wales":
        head = [SheetColumn(say("table.year"), 10)]
    else:
        head = [
            SheetColumn(say("output.column.area-code"), 12),
            SheetColumn(say("output.column.area"), 20),
        ]
    return [
        SheetColumn(say("output.column.measure-code"), 11),
        SheetColumn(say("table.section"), 26),
        SheetColumn(say("table.measure"), 60),
        *head,
        *(SheetColumn(say(f"table.{part}"), 11) for part in ("value", "lower", "upper")),
        *(SheetColumn(say(f"table.{part}"), 13) for part in ("numerator", "denominator")),
        SheetColumn(say("table.remark"), 34),
    ]


def _rows(
    book: Book, plan: SheetPlan, measured: Sequence[MeasuredRow]
) -> Iterator[tuple[Cell, ...]]:
    measures = book.figures.measures
    keys = zip(measures["measure"], measures["domain"], measures["section"], strict=True)
    heads = {
        measure: (measure, book.labels.section(domain, section), book.labels.measure(measure))
        for measure, domain, section in keys
    }
    # Most rows have the same few remarks.
    remark = cache(partial(_remark, book))
    of_wales = plan.areas == "wales"
    for row in measured:
        place = (row.period,) if of_wales else (row.area, book.labels.area(row.area))
        said = remark(row.flags, row.no_limits, row.coverage)
        yield (*heads[row.measure], *place, *row.cells, said)


def _remark(book: Book, flags: str, no_limits: str, coverage: tuple[int, int] | None) -> str:
    """Return flags, why there are no limits, and how many authorities answered if not all."""
    said = [f"[{flag}]" for flag in flags]
    if no_limits:
        said.append(book.words.say(f"remark.{no_limits}"))
    if coverage:
        answered, expected = coverage
        said.append(book.words.say("coverage.authorities", answered=answered, expected=expected))
    return "; ".join(said)
