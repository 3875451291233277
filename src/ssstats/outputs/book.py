"""What the sheets of one workbook are made from, and how each of them is framed.

Knows no file format.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.outputs.labels import Labels
from ssstats.outputs.notes import Notes, notes_of
from ssstats.outputs.plan import SheetPlan, Subject
from ssstats.outputs.sheets import Cell, Sheet, SheetColumn
from ssstats.outputs.subject_figures import SubjectFigures
from ssstats.periods import ReportingYear
from ssstats.words import Words

# Shorthand in the order in which it is explained: markers, then flags of shown figures.
_FLAGS = ("b", "r")
SHORTHAND = ("c", "x", "z", "u", "low", "b", "r")


@dataclass(frozen=True)
class Book:
    """What the sheets of one workbook are made from."""

    figures: SubjectFigures
    labels: Labels
    published: str

    @property
    def subject(self) -> Subject:
        """What the workbook is about."""
        return self.figures.subject

    @property
    def tables(self) -> ReleaseTables:
        """What the gate let through."""
        return self.figures.tables

    @property
    def words(self) -> Words:
        """The words of the workbook's language."""
        return self.labels.words

    @cached_property
    def notes(self) -> Notes:
        """The numbered notes of the workbook."""
        is_exact = self.tables.facts["policy"]["base"] == 1  # type: ignore[index]
        return notes_of(self.labels.catalogue, self.subject, self.words.language, is_exact=is_exact)


def year_words(book: Book, first: str, last: str = "") -> str:
    """Return April 2020 to March 2025 for 2020-21 to 2024-25."""
    start, end = ReportingYear.parse(first), ReportingYear.parse(last or first)
    return book.words.say("period.year", start=start.start, end=end.end)


def shorthand(book: Book, codes: Iterable[str]) -> list[Cell]:
    """Return what each code means; `u` is both a marker and a flag, said once for both."""
    return [
        f"[{code}]: "
        + book.words.say(f"output.flag.{code}" if code in _FLAGS else f"marker.{code}")
        for code in codes
    ]


def note_markers(book: Book, numbers: Iterable[int]) -> str:
    """Return [note 1] [note 2] for the numbers of notes."""
    return " ".join(book.words.say("output.note-marker", number=number) for number in numbers)


def framed_sheet(
    book: Book, plan: SheetPlan, columns: list[SheetColumn], rows: list[tuple[Cell, ...]],
    kinds: tuple[str, ...],
) -> Sheet:  # fmt: skip
    """Return the sheet with its title, the shorthand that its cells use, and its notes."""
    words = book.words
    texts = {text for row in rows for text in row if isinstance(text, str)}
    codes = [code for code in SHORTHAND if any(f"[{code}]" in text for text in texts)]
    general = note_markers(book, book.notes.of_kinds(kinds))
    said = shorthand(book, codes)
    if said:
        said = [words.say("shorthand.title"), *said]
    lines: list[Cell] = [
        *([words.say("render.synthetic")] if book.tables.facts["synthetic"] else []),
        words.say("output.one-table"),
        *([words.say("output.notes-for-sheet", notes=general)] if general else []),
        *([words.say("output.empty-notes")] if any(row[-1] == "" for row in rows) else []),
        *said,
    ]
    first = book.figures.period if plan.years == "latest" else book.figures.periods[0]
    title = words.say(
        f"output.title.{plan.name}",
        subject=words.say(book.subject.title_key),
        year=year_words(book, first, book.figures.period),
    )
    return Sheet(
        words.say(f"output.sheet.{plan.name}"),
        title,
        tuple(lines),
        plan.name.replace("-", "_"),
        tuple(columns),
        tuple(rows),
    )
