"""The sheets that every workbook has: cover, contents, notes, and areas with their codes."""

from __future__ import annotations

from ssstats.outputs.book import SHORTHAND, Book, note_markers, shorthand, year_words
from ssstats.outputs.sheets import Cell, Link, Sheet, SheetColumn


def cover_of(book: Book, title: str) -> Sheet:
    words, facts = book.words, book.tables.facts
    policy = facts["policy"]["titles"][words.language]  # type: ignore[index]
    if facts["synthetic"]:
        designation = words.say("release.designation-synthetic")
    elif facts["protected_at_source"]:
        designation = words.say("release.designation-source")
    else:
        designation = words.say("release.designation")
    # Without rounding nothing rounds to zero.
    is_exact = facts["policy"]["base"] == 1  # type: ignore[index]
    codes = [code for code in SHORTHAND if not (is_exact and code == "low")]
    lines: list[Cell] = [
        *([words.say("render.synthetic")] if facts["synthetic"] else []),
        words.say("output.cover.summary",
                  years=year_words(book, book.figures.periods[0], book.figures.period)),
        words.say("output.cover.release", title=words.say("release.title"),
                  year=year_words(book, str(facts["period"]))),
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
        *shorthand(book, codes),
    ]  # fmt: skip
    return Sheet(words.say("output.sheet.cover"), title, tuple(lines))


def contents_of(book: Book, sheets: list[Sheet]) -> Sheet:
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


def notes_sheet(book: Book) -> Sheet:
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
        tuple(
            (note_markers(book, [place]), text)
            for place, text in enumerate(book.notes.texts, start=1)
        ),
    )


def areas_sheet(book: Book) -> Sheet:
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
