"""The sheets that only partners get: normalised values, quartiles, exceptions, coverage; marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from ssstats.outputs.book import SHORTHAND, Book, framed_sheet, shorthand, year_words
from ssstats.outputs.figures import NOT_AVAILABLE, measured, number
from ssstats.outputs.furniture import areas_sheet, contents_of, notes_sheet
from ssstats.outputs.plan import Plan, SheetPlan
from ssstats.outputs.sheets import Cell, Sheet, SheetColumn, Workbook
from ssstats.outputs.workbooks import sheets_of
from ssstats.periods import ReportingYear

_BENCHMARKS = ("lower_quartile", "median", "upper_quartile")


@dataclass(frozen=True)
class Comparison:
    """What partners compare: normalised counts and the quarters of measures, of the last year."""

    normalised: pd.DataFrame
    quartiles: pd.DataFrame


def partners_workbook(
    book: Book, plan: Plan, comparison: Comparison, *, recipient: str, made: str
) -> Workbook:
    """Return the marked workbook of one subject for partners."""
    words = book.words
    title = words.say(
        "output.workbook-title",
        release=words.say("pack.partners.title"),
        subject=words.say(book.subject.title_key),
    )
    own = [
        _normalised(book, comparison.normalised),
        _quartiles(book, comparison.quartiles),
        _exceptions(book),
        _coverage(book),
    ]
    sheets = [*sheets_of(book, plan), *(sheet for sheet in own if sheet.rows)]
    furniture = [notes_sheet(book), areas_sheet(book)]
    cover = _cover(book, title, recipient, made)
    contents = contents_of(book, [*furniture, *sheets])
    marking = words.say("pack.marking")
    return Workbook(
        name=f"official-sensitive-{book.subject.name}-{words.language}",
        title=title,
        summary=words.say("pack.partners.summary"),
        author=words.say("release.contact"),
        language=words.language,
        year_end=ReportingYear.parse(str(book.tables.facts["period"])).end,
        sheets=tuple(_marked(s, marking) for s in (cover, contents, *furniture, *sheets)),
        marking=marking,
    )


def _marked(sheet: Sheet, marking: str) -> Sheet:
    return replace(sheet, lines=(marking, *sheet.lines))


def _cover(book: Book, title: str, recipient: str, made: str) -> Sheet:
    words, facts = book.words, book.tables.facts
    policy = facts["policy"]["titles"][words.language]  # type: ignore[index]
    lines: list[Cell] = [
        *([words.say("render.synthetic")] if facts["synthetic"] else []),
        words.say("pack.recipient", recipient=recipient, made=made),
        words.say("pack.terms"),
        words.say(
            "output.cover.summary",
            years=year_words(book, book.figures.periods[0], book.figures.period),
        ),
        words.say("output.cover.geography"),
        words.say("output.cover.source", source=words.say("release.summary")),
        words.say("output.cover.protection", policy=policy),
        words.say("output.cover.limits"),
        words.say("output.cover.contact", contact=words.say("release.contact")),
        words.say("output.cover.codes"),
        *shorthand(book, SHORTHAND),
    ]
    return Sheet(words.say("output.sheet.cover"), title, tuple(lines))


def _of_last_year(name: str) -> SheetPlan:
    return SheetPlan(name, name, (), "all", "latest")


def _item_columns(book: Book, code: str, label: str) -> list[SheetColumn]:
    say = book.words.say
    return [
        SheetColumn(say(code), 11),
        SheetColumn(say("table.section"), 26),
        SheetColumn(say(label), 60),
    ]


def _normalised(book: Book, values: pd.DataFrame) -> Sheet:
    """One row a metric, one column an area, so many for each so many people."""
    say = book.words.say
    own = values[values["measure"].isin(book.figures.metrics["reference"])]
    shown = dict(
        zip(zip(own["measure"], own["area"], strict=True), measured(own, "value"), strict=True)
    )
    per = dict(zip(own["measure"], own["denominator"], strict=True))
    rows = [
        (
            metric.reference,
            book.labels.section(metric.domain, metric.section),
            book.labels.metric(metric.edition, metric.reference),
            *(shown.get((metric.reference, area), NOT_AVAILABLE) for area in book.figures.areas),
            "",
        )
        for metric in book.figures.metrics.itertuples()
        if metric.reference in per
    ]
    columns = [
        *_item_columns(book, "table.reference", "table.metric"),
        *(SheetColumn(book.labels.area(area), 13) for area in book.figures.areas),
        SheetColumn(say("table.remark"), 30),
    ]
    return framed_sheet(book, _of_last_year("normalised-authorities"), columns, rows, ("rates",))


def _quartiles(book: Book, values: pd.DataFrame) -> Sheet:
    """One row a measure: Wales, where the quarters divide, and each authority's quarter."""
    say = book.words.say
    order = {measure: place for place, measure in enumerate(book.figures.measures["measure"])}
    own = values[values["measure"].isin(order)]
    authorities = book.figures.areas[1:]
    rows = []
    for measure in book.figures.measures.itertuples():
        of_measure = own[own["measure"].eq(measure.measure)]
        if of_measure.empty:
            continue
        first = of_measure.iloc[0]
        quarter = dict(zip(of_measure["area"], of_measure["quartile"], strict=True))
        rows.append(
            (
                measure.measure,
                book.labels.section(measure.domain, measure.section),
                book.labels.measure(measure.measure),
                *map(number, [first["wales"], *(first[name] for name in _BENCHMARKS)]),
                *(number(quarter.get(area)) for area in authorities),
                "",
            )
        )
    columns = [
        *_item_columns(book, "output.column.measure-code", "table.measure"),
        SheetColumn(book.labels.area(book.figures.areas[0]), 11),
        *(SheetColumn(say(f"pack.column.{name.replace('_', '-')}"), 11) for name in _BENCHMARKS),
        *(SheetColumn(book.labels.area(area), 13) for area in authorities),
        SheetColumn(say("table.remark"), 30),
    ]
    return framed_sheet(book, _of_last_year("quartiles-authorities"), columns, rows, ("rates",))


def _exceptions(book: Book) -> Sheet:
    """One row an exception that an authority recorded, in the order of the guidance."""
    say = book.words.say
    table = book.tables.exceptions
    labels = _labels_of(book)
    own = table[table["edition"].eq(book.subject.edition) & table["reference"].isin(labels)]
    places = {area: place for place, area in enumerate(book.figures.areas)}
    ordered = own.assign(place=own["area"].map(places)).sort_values(
        ["period", "place", "reference"], ascending=[False, True, True]
    )
    rows: list[tuple[Cell, ...]] = [
        (
            row.period,
            row.area,
            book.labels.area(str(row.area)),
            row.reference,
            labels[str(row.reference)],
            say(f"decision.{row.decision}"),
            row.decided_on or NOT_AVAILABLE,
            "",
        )
        for row in ordered.itertuples()
    ]
    columns = [
        SheetColumn(say("table.year"), 10),
        SheetColumn(say("output.column.area-code"), 12),
        SheetColumn(say("output.column.area"), 20),
        SheetColumn(say("table.reference"), 11),
        SheetColumn(say("table.metric"), 60),
        SheetColumn(say("pack.column.decision"), 18),
        SheetColumn(say("pack.column.decided-on"), 14),
        SheetColumn(say("table.remark"), 30),
    ]
    plan = SheetPlan("exceptions", "exceptions", (), "all", "all")
    return framed_sheet(book, plan, columns, rows, ("counts",))


def _labels_of(book: Book) -> dict[str, str]:
    return {
        str(metric.reference): book.labels.metric(str(metric.edition), str(metric.reference))
        for metric in book.figures.metrics.itertuples()
    }


def _coverage(book: Book) -> Sheet:
    """One row a metric: how many authorities answered in the last year, and which did not."""
    say = book.words.say
    table = book.tables.coverage
    own = table[table["edition"].eq(book.subject.edition) & table["period"].eq(book.figures.period)]
    known = {str(row.reference): row for row in own.itertuples()}
    rows: list[tuple[Cell, ...]] = []
    for metric in book.figures.metrics.itertuples():
        if (row := known.get(str(metric.reference))) is None:
            continue
        rows.append(
            (
                metric.reference,
                book.labels.section(metric.domain, metric.section),
                book.labels.metric(metric.edition, metric.reference),
                int(row.answered),
                int(row.expected),
                _names(book, str(row.absent).split(";")),
            )
        )
    columns = [
        *_item_columns(book, "table.reference", "table.metric"),
        SheetColumn(say("output.column.answered", period=book.figures.period), 14),
        SheetColumn(say("output.column.expected", period=book.figures.period), 14),
        SheetColumn(say("pack.column.absent"), 50),
    ]
    return framed_sheet(book, _of_last_year("coverage"), columns, rows, ("counts",))


def _names(book: Book, codes: Sequence[str]) -> str:
    known = [book.labels.area(code) for code in book.figures.areas if code in codes]
    return ", ".join(known) or book.words.say("pack.all-answered")
