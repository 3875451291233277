"""The workbooks of a release: cover, contents, notes, areas and one table a sheet.

By the Government Analysis Function's guidance "Releasing statistics in spreadsheets". Knows no
file format.
"""

from __future__ import annotations

from ssstats.outputs.book import Book
from ssstats.outputs.count_sheets import counts_sheet
from ssstats.outputs.furniture import areas_sheet, contents_of, cover_of, notes_sheet
from ssstats.outputs.labels import Labels
from ssstats.outputs.measure_sheets import measures_sheet
from ssstats.outputs.plan import Plan, SheetPlan
from ssstats.outputs.sheets import Sheet, Workbook
from ssstats.outputs.subject_figures import SubjectFigures
from ssstats.periods import ReportingYear

_SLUG = "social-services"


def workbook_of(
    figures: SubjectFigures,
    plan: Plan,
    labels: Labels,
    *,
    published: str = "",
) -> Workbook | None:
    """Return the workbook of a subject in one language, None where the release has no data on it.

    Parameters
    ----------
    published : str
        Date of publication in words; blank for a draft.
    """
    book, words, subject = Book(figures, labels, published), labels.words, figures.subject
    if book.figures.counts.empty:
        return None
    sheets = sheets_of(book, plan)
    title = words.say(subject.title_key)
    year = ReportingYear.parse(str(figures.tables.facts["period"]))
    name = words.say("output.workbook-title", release=words.say("release.title"), subject=title)
    furniture = [notes_sheet(book), areas_sheet(book)]
    cover = cover_of(book, name)
    return Workbook(
        name=f"{_SLUG}-{subject.name}-{words.language}",
        title=name,
        summary=words.say("release.summary"),
        author=words.say("release.contact"),
        language=words.language,
        year_end=year.end,
        sheets=(cover, contents_of(book, [*furniture, *sheets]), *furniture, *sheets),
    )


def sheets_of(book: Book, plan: Plan) -> list[Sheet]:
    """Return the sheets of figures that the plan asks for and the release can fill."""
    return [sheet for own in plan.sheets if (sheet := _sheet(book, own)) is not None]


def _sheet(book: Book, plan: SheetPlan) -> Sheet | None:
    make = measures_sheet if plan.content == "measures" else counts_sheet
    return make(book, plan)
