"""Sheets of measures: one row a measure and year or area; limits in columns of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ssstats.outputs.book import Book, framed_sheet
from ssstats.outputs.figures import cells_of, measured
from ssstats.outputs.plan import SheetPlan
from ssstats.outputs.sheets import Cell, Sheet, SheetColumn

# Which notes of the catalogue belong to a kind of measure.
_NOTED = {"percentage": ("percentages",), "rate": (), "mean": ("means",), "ratio": ()}
_DECIMALS = {"ratio": 2}


def measures_sheet(book: Book, plan: SheetPlan) -> Sheet | None:
    """Return a sheet of measures, None where the release has none of that kind."""
    figures = _figures(book, plan)
    if figures.empty:
        return None
    kind = plan.kinds[0]
    columns = _columns(book, plan, _DECIMALS.get(kind, 1))
    notes = ("rates", *_NOTED[kind])
    return framed_sheet(book, plan, columns, list(_rows(book, plan, figures)), notes)


def _figures(book: Book, plan: SheetPlan) -> pd.DataFrame:
    """Return measures in the order of the guidance, then of years or of geography."""
    own = book.own_estimates
    chosen = own["kind"].isin(plan.kinds)
    chosen &= own["period"].isin(book.periods if plan.years == "all" else [book.period])
    if plan.areas == "wales":
        chosen &= own["area"].eq(book.areas[0])
    own = own[chosen]
    places = {area: place for place, area in enumerate(book.areas)}
    own = own.assign(place=own["area"].map(places))
    return own.sort_values(["order", "period", "place"], kind="stable")


def _columns(book: Book, plan: SheetPlan, decimals: int) -> list[SheetColumn]:
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
        *(SheetColumn(say(f"table.{part}"), 11, decimals) for part in ("value", "lower", "upper")),
        *(SheetColumn(say(f"table.{part}"), 13) for part in ("numerator", "denominator")),
        SheetColumn(say("table.remark"), 34),
    ]


def _rows(book: Book, plan: SheetPlan, figures: pd.DataFrame) -> Iterator[tuple[Cell, ...]]:
    measures = book.measures
    keys = zip(measures["measure"], measures["domain"], measures["section"], strict=True)
    heads = {
        measure: (measure, book.labels.section(domain, section), book.labels.measure(measure))
        for measure, domain, section in keys
    }
    columns = [
        figures["measure"].to_list(),
        figures["period"].to_list(),
        figures["area"].to_list(),
        measured(figures, "value"),
        measured(figures, "lower"),
        measured(figures, "upper"),
        cells_of(figures["numerator"], figures["numerator_marker"]),
        cells_of(figures["denominator"], figures["denominator_marker"]),
        _remarks(book, figures),
    ]
    of_wales = plan.areas == "wales"
    for measure, period, area, *cells in zip(*columns, strict=True):
        place = (period,) if of_wales else (area, book.labels.area(area))
        yield (*heads[measure], *place, *cells)


def _remarks(book: Book, figures: pd.DataFrame) -> list[Cell]:
    """Return flags, why there are no limits, and how many authorities answered if not all."""
    remarks: list[Cell] = []
    names = ("flags", "no_limits", "answered", "expected")
    for flags, reason, answered, expected in zip(
        *(figures[name].to_list() for name in names), strict=True
    ):
        said = [f"[{flag}]" for flag in flags]
        if reason:
            said.append(book.words.say(f"remark.{reason}"))
        if pd.notna(answered) and answered < expected:
            said.append(
                book.words.say("coverage.authorities", answered=answered, expected=expected)
            )
        remarks.append("; ".join(said))
    return remarks
