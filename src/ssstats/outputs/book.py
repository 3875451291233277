"""What the sheets of one workbook are made from, and how each of them is framed.

Knows no file format.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.outputs.figures import years_of
from ssstats.outputs.labels import Labels, own_measures, own_metrics
from ssstats.outputs.notes import Notes, notes_of
from ssstats.outputs.plan import SheetPlan, Subject
from ssstats.outputs.sheets import Cell, Sheet, SheetColumn
from ssstats.periods import ReportingYear
from ssstats.words import Words

# Shorthand in the order in which it is explained: markers, then flags of shown figures.
_FLAGS = ("b", "r")
SHORTHAND = ("c", "x", "z", "u", "low", "b", "r")


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
        is_exact = self.tables.facts["policy"]["base"] == 1  # type: ignore[index]
        return notes_of(self.labels.catalogue, self.subject, self.words.language, is_exact=is_exact)

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
    first = book.period if plan.years == "latest" else book.periods[0]
    title = words.say(
        f"output.title.{plan.name}",
        subject=words.say(book.subject.title_key),
        year=year_words(book, first, book.period),
    )
    return Sheet(
        words.say(f"output.sheet.{plan.name}"),
        title,
        tuple(lines),
        plan.name.replace("-", "_"),
        tuple(columns),
        tuple(rows),
    )
