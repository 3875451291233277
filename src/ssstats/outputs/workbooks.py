"""The workbooks of a release: cover, contents, notes, areas and one table a sheet.

By the Government Analysis Function's guidance "Releasing statistics in spreadsheets". Knows no
file format.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.outputs.figures import cells_of, flags_of, matrix_of, measured, years_of
from ssstats.outputs.labels import Labels, own_measures, own_metrics
from ssstats.outputs.notes import Notes, notes_of
from ssstats.outputs.plan import Plan, SheetPlan, Subject
from ssstats.outputs.sheets import Cell, Link, Sheet, SheetColumn, Workbook
from ssstats.periods import ReportingYear
from ssstats.words import Words

_MARKERS = ("c", "x", "z", "u", "low")
_FLAGS = ("b", "r", "u")
_SLUG = "social-services"


@dataclass(frozen=True)
class Book:
    """What the sheets of one workbook are made from."""

    subject: Subject
    tables: ReleaseTables
    estimates: pd.DataFrame
    labels: Labels
    published: str

    @property
    def words(self) -> Words:
        """The words of the workbook's language."""
        return self.labels.words

    @cached_property
    def period(self) -> str:
        """The last year of the subject's edition that the release holds."""
        return self.periods[-1]

    @cached_property
    def periods(self) -> list[str]:
        """The years of the subject's edition."""
        return years_of(self.tables.counts, self.subject.edition, str(self.tables.facts["period"]))

    @cached_property
    def areas(self) -> list[str]:
        """Area codes in geographic order, Wales first."""
        areas = self.labels.catalogue.areas.sort_values("display_order")
        return list(areas["area"])

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """The subject's metrics."""
        return own_metrics(self.labels.catalogue, self.subject)

    @cached_property
    def measures(self) -> pd.DataFrame:
        """The subject's measures of the guidance."""
        return own_measures(self.labels.catalogue, self.subject)

    @cached_property
    def notes(self) -> Notes:
        """The numbered notes of the workbook."""
        return notes_of(self.labels.catalogue, self.subject, self.words.language)

    @cached_property
    def counts(self) -> pd.DataFrame:
        """Published counts of the subject's metrics."""
        counts = self.tables.counts
        return counts[
            counts["edition"].eq(self.subject.edition)
            & counts["reference"].isin(self.metrics["reference"])
        ]

    @cached_property
    def own_estimates(self) -> pd.DataFrame:
        """Published measures of the subject, with the order of the guidance."""
        order = {measure: place for place, measure in enumerate(self.measures["measure"])}
        own = self.estimates[self.estimates["measure"].isin(order)]
        return own.assign(order=own["measure"].map(order))


def workbook_of(
    subject: Subject,
    plan: Plan,
    tables: ReleaseTables,
    estimates: pd.DataFrame,
    catalogue: Catalogue,
    words: Words,
    *,
    published: str = "",
) -> Workbook | None:
    """Return the workbook of a subject in one language, None where the release has no data on it.

    Parameters
    ----------
    published : str
        Date of publication in words; blank for a draft.
    """
    book = Book(subject, tables, estimates, Labels(catalogue, words), published)
    if book.counts.empty:
        return None
    sheets = [sheet for own in plan.sheets if (sheet := _sheet(book, own)) is not None]
    title = words.say(subject.title_key)
    year = ReportingYear.parse(str(tables.facts["period"]))
    name = words.say("output.workbook-title", release=words.say("release.title"), subject=title)
    furniture = [_notes(book), _areas(book)]
    cover = _cover(book, name)
    return Workbook(
        name=f"{_SLUG}-{subject.name}-{words.language}",
        title=name,
        summary=words.say("release.summary"),
        author=words.say("release.contact"),
        language=words.language,
        year_end=year.end,
        sheets=(cover, _contents(book, [*furniture, *sheets]), *furniture, *sheets),
    )


def _year_words(book: Book, first: str, last: str = "") -> str:
    """Return April 2020 to March 2025 for 2020-21 to 2024-25."""
    start, end = ReportingYear.parse(first), ReportingYear.parse(last or first)
    return book.words.say("period.year", start=start.start, end=end.end)


def _cover(book: Book, title: str) -> Sheet:
    words, facts = book.words, book.tables.facts
    policy = facts["policy"]["titles"][words.language]  # type: ignore[index]
    if facts["synthetic"]:
        designation = words.say("release.designation-synthetic")
    elif facts["protected_at_source"]:
        designation = words.say("release.designation-source")
    else:
        designation = words.say("release.designation")
    lines: list[Cell] = [
        *([words.say("render.synthetic")] if facts["synthetic"] else []),
        words.say("output.cover.summary", years=_year_words(book, book.periods[0], book.period)),
        words.say("output.cover.release", title=words.say("release.title"),
                  year=_year_words(book, str(facts["period"]))),
        words.say("output.cover.geography"),
        words.say("output.cover.source", source=words.say("release.summary")),
        words.say("output.cover.designation", designation=designation),
        words.say("output.cover.published", date=book.published or words.say("release.draft")),
        words.say("output.cover.next"),
        words.say("output.cover.status"),
        words.say("output.cover.protection", policy=policy),
        words.say("output.cover.sums"),
        words.say("output.cover.limits"),
        words.say("output.cover.contact", contact=words.say("release.contact")),
        words.say("output.cover.licence", licence=words.say("release.licence")),
        words.say("output.cover.codes"),
        *_shorthand(book, dict.fromkeys((*_MARKERS, *_FLAGS))),
    ]  # fmt: skip
    return Sheet(words.say("output.sheet.cover"), title, tuple(lines))


def _shorthand(book: Book, codes: Iterable[str]) -> list[Cell]:
    """Return what each code means; `u` is both a marker and a flag, said once for both."""
    return [
        f"[{code}]: "
        + book.words.say(f"output.flag.{code}" if code in _FLAGS else f"marker.{code}")
        for code in codes
    ]


def _contents(book: Book, sheets: list[Sheet]) -> Sheet:
    words = book.words
    return Sheet(
        words.say("output.sheet.contents"),
        words.say("output.contents.title"),
        (words.say("output.one-table"),),
        "contents",
        (
            SheetColumn(words.say("output.column.sheet"), 34),
            SheetColumn(words.say("output.column.title"), 90),
        ),
        tuple((Link(sheet.name, sheet.name), sheet.title) for sheet in sheets),
    )


def _notes(book: Book) -> Sheet:
    words = book.words
    return Sheet(
        words.say("output.sheet.notes"),
        words.say("output.notes.title"),
        (words.say("output.one-table"),),
        "notes",
        (
            SheetColumn(words.say("output.column.note"), 12),
            SheetColumn(words.say("output.column.note-text"), 110),
        ),
        tuple((f"[note {place}]", text) for place, text in enumerate(book.notes.texts, start=1)),
    )


def _areas(book: Book) -> Sheet:
    words, areas = book.words, book.labels.catalogue.areas.sort_values("display_order")
    return Sheet(
        words.say("output.sheet.areas"),
        words.say("output.areas.title"),
        (words.say("output.one-table"),),
        "areas",
        (
            SheetColumn(words.say("output.column.area-code"), 14),
            SheetColumn(words.say("output.column.area-en"), 26),
            SheetColumn(words.say("output.column.area-cy"), 26),
        ),
        tuple(zip(areas["area"], areas["name_en"], areas["name_cy"], strict=True)),
    )


def _sheet(book: Book, plan: SheetPlan) -> Sheet | None:
    if plan.content == "measures":
        return _measures_sheet(book, plan)
    return _counts_sheet(book, plan)


def _frame(
    book: Book, plan: SheetPlan, columns: list[SheetColumn], rows: list[tuple[Cell, ...]],
    kinds: tuple[str, ...],
) -> Sheet:  # fmt: skip
    """Return the sheet with its title, the shorthand that its cells use, and its notes."""
    words = book.words
    texts = {text for row in rows for text in row if isinstance(text, str)}
    codes = [
        code
        for code in dict.fromkeys((*_MARKERS, *_FLAGS))
        if any(f"[{code}]" in text for text in texts)
    ]
    general = " ".join(f"[note {place}]" for place in book.notes.of_kinds(kinds))
    shorthand = _shorthand(book, codes)
    if shorthand:
        shorthand = [words.say("shorthand.title"), *shorthand]
    lines: list[Cell] = [
        *([words.say("render.synthetic")] if book.tables.facts["synthetic"] else []),
        words.say("output.one-table"),
        *([words.say("output.notes-for-sheet", notes=general)] if general else []),
        *([words.say("output.empty-notes")] if any(row[-1] == "" for row in rows) else []),
        *shorthand,
    ]
    first = book.period if plan.years == "latest" else book.periods[0]
    title = words.say(
        f"output.title.{plan.name}",
        subject=words.say(book.subject.title_key),
        year=_year_words(book, first, book.period),
    )
    return Sheet(
        words.say(f"output.sheet.{plan.name}"),
        title,
        tuple(lines),
        plan.name.replace("-", "_"),
        tuple(columns),
        tuple(rows),
    )


def _counts_sheet(book: Book, plan: SheetPlan) -> Sheet | None:
    """One row a metric (and group), one column a year or an area."""
    words, grouped = book.words, plan.content == "groups"
    of_wales = plan.areas == "wales"
    breakdowns = book.counts["breakdown"]
    figures = book.counts[
        (breakdowns.ne("") & ~breakdowns.str.startswith("answered=")) if grouped
        else breakdowns.eq("")
    ]  # fmt: skip
    if of_wales:
        figures = figures[figures["area"].eq(book.areas[0])]
        down, across = "period", book.periods
        names = {period: period for period in across}
    else:
        figures = figures[figures["period"].eq(book.period)]
        down, across = "area", book.areas
        names = {area: book.labels.area(area) for area in across}
    if figures.empty:
        return None
    row_key = ["reference", "breakdown"]
    cells = matrix_of(figures, row_key, down, across)
    flags = flags_of(figures, row_key, down, names)
    answered = _answered(book, figures)
    rows = []
    for metric in book.metrics.itertuples():
        for key in ([k for k in cells if k[0] == metric.reference] if grouped
                    else [(metric.reference, "")]):  # fmt: skip
            if key not in cells:
                continue
            notes = [book.notes.markers_of(metric.reference), flags.get(key, "")]
            rows.append(
                (
                    metric.reference,
                    book.labels.section(metric.domain, metric.section),
                    book.labels.metric(metric.edition, metric.reference),
                    *([book.labels.group(key[1])] if grouped else []),
                    *cells[key],
                    *([] if grouped else answered[metric.reference]),
                    " ".join(text for text in notes if text),
                )
            )
    columns = [
        SheetColumn(words.say("table.reference"), 11),
        SheetColumn(words.say("table.section"), 26),
        SheetColumn(words.say("table.metric"), 60),
        *([SheetColumn(words.say("table.group"), 24)] if grouped else []),
        *(SheetColumn(names[place], 13) for place in across),
        *([] if grouped else _answered_columns(book)),
        SheetColumn(words.say("table.remark"), 30),
    ]
    return _frame(book, plan, columns, rows, ("counts",))


def _answered_columns(book: Book) -> list[SheetColumn]:
    return [
        SheetColumn(book.words.say(f"output.column.{part}", period=book.period), 14)
        for part in ("answered", "expected")
    ]


def _answered(book: Book, figures: pd.DataFrame) -> dict[str, list[Cell]]:
    """Return for each metric how many authorities answered, and of how many, in the last year."""
    wales = book.counts[
        book.counts["area"].eq(book.areas[0])
        & book.counts["period"].eq(book.period)
        & book.counts["breakdown"].eq("")
    ]
    found = {
        reference: cells_of(parts, ["", ""])
        for reference, *parts in wales[["reference", "answered", "expected"]].itertuples(
            index=False, name=None
        )
    }
    return {ref: found.get(ref, ["[x]", "[x]"]) for ref in figures["reference"].unique()}


def _measures_sheet(book: Book, plan: SheetPlan) -> Sheet | None:
    """One row a measure and year or area; limits stand in columns of their own."""
    words, of_wales = book.words, plan.areas == "wales"
    figures = book.own_estimates
    figures = figures[figures["kind"].isin(plan.kinds)]
    if of_wales:
        figures = figures[
            figures["area"].eq(book.areas[0]) & figures["period"].isin(book.periods)
        ].sort_values(["order", "period"], kind="stable")
    else:
        places = {area: place for place, area in enumerate(book.areas)}
        figures = figures[figures["period"].eq(book.period)]
        figures = figures.assign(place=figures["area"].map(places)).sort_values(
            ["order", "place"], kind="stable"
        )
    if figures.empty:
        return None
    sections = {
        row.measure: book.labels.section(row.domain, row.section)
        for row in book.measures.itertuples()
    }
    rows = []
    for row, value, lower, upper, numerator, denominator in zip(
        figures.itertuples(),
        measured(figures, "value"),
        measured(figures, "lower"),
        measured(figures, "upper"),
        cells_of(figures["numerator"], figures["numerator_marker"]),
        cells_of(figures["denominator"], figures["denominator_marker"]),
        strict=True,
    ):
        head = [row.period] if of_wales else [row.area, book.labels.area(row.area)]
        rows.append(
            (
                row.measure, sections[row.measure], book.labels.measure(row.measure),
                *head, value, lower, upper, numerator, denominator,
                _remark(book, row),
            )
        )  # fmt: skip
    decimals = 2 if plan.kinds == ("ratio",) else 1
    columns = [
        SheetColumn(words.say("output.column.measure-code"), 11),
        SheetColumn(words.say("table.section"), 26),
        SheetColumn(words.say("table.measure"), 60),
        *(
            [SheetColumn(words.say("table.year"), 10)]
            if of_wales
            else [
                SheetColumn(words.say("output.column.area-code"), 12),
                SheetColumn(words.say("output.column.area"), 20),
            ]
        ),
        SheetColumn(words.say("table.value"), 11, decimals),
        SheetColumn(words.say("table.lower"), 11, decimals),
        SheetColumn(words.say("table.upper"), 11, decimals),
        SheetColumn(words.say("table.numerator"), 13),
        SheetColumn(words.say("table.denominator"), 13),
        SheetColumn(words.say("table.remark"), 34),
    ]
    return _frame(book, plan, columns, rows, ("rates", *_NOTED[plan.kinds[0]]))


# Which notes of the catalogue belong to a kind of measure.
_NOTED = {"percentage": ("percentages",), "rate": (), "mean": ("means",), "ratio": ()}


def _remark(book: Book, row) -> str:  # type: ignore[no-untyped-def]
    remarks = [f"[{flag}]" for flag in row.flags]
    if row.no_limits:
        remarks.append(book.words.say(f"remark.{row.no_limits}"))
    if pd.notna(row.answered) and row.answered < row.expected:
        remarks.append(
            book.words.say(
                "coverage.authorities", answered=int(row.answered), expected=int(row.expected)
            )
        )
    return "; ".join(remarks)
