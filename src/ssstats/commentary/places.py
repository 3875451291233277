"""Where texts written by hand may stand: places of chapters, and figures with sentences."""

from __future__ import annotations

from ssstats.chapters import (
    authority_changes,
    authority_signals,
    chapter_changes,
    chapter_signals,
)
from ssstats.chapters.release import CHAPTERS, FRAMEWORK, INTRODUCTION, PARAGRAPHS, Release
from ssstats.chapters.sections import section_identities

ADD, REPLACE, BEFORE, NOTE = "add", "replace", "before", "note"
ACTIONS = (ADD, REPLACE, BEFORE, NOTE)
INDEX, AUTHORITY = "index", "authority-"
_READING = "reading"
# Chapters that a file may be named after, beside those of authorities.
NATIONAL = (INDEX, *CHAPTERS, FRAMEWORK, "about", "quality", "dictionary")
_COMPARED = {"changes": chapter_changes, "signals": chapter_signals}
_OF_AUTHORITY = ("main-points", "measures", "years", "gaps")
# Parts of an authority's page that are left out where it has nothing to show in them.
_COMPARED_OF_AUTHORITY = {
    "signals": authority_signals, "context": authority_signals, "changes": authority_changes,
}  # fmt: skip
# Places that open with a paragraph, which may be replaced; every introduction is one.
_PARAGRAPHS_OF_AUTHORITY = ("main-points", "measures")
_OF_CHAPTER = {
    FRAMEWORK: (*(f"standard-{number}" for number in range(1, 7)), _READING),
    "quality": ("summary", "coverage", "exceptions", "breaks", "checks", "disclosure", "limits",
                "populations"),
}  # fmt: skip


def places_of(chapter: str, release: Release) -> dict[str, list[str]]:
    """Return what may be named after each action in a chapter.

    Of a finished release, figures whose sentences a text has replaced already are among them.
    """
    added, opening = _places(chapter, release)
    figures = _figures(chapter, release)
    # A list of main points has no room between its points.
    around = [] if chapter == INDEX else figures
    return {ADD: added, REPLACE: [*opening, *figures], BEFORE: around, NOTE: around}


def _places(chapter: str, release: Release) -> tuple[list[str], list[str]]:
    """Return the places of a chapter, and those of them that open with a paragraph."""
    if chapter.startswith(AUTHORITY):
        slug = chapter.removeprefix(AUTHORITY)
        area = next(area for area, own in release.slugs.items() if own == slug)
        shown = [name for name, part in _COMPARED_OF_AUTHORITY.items() if part(release, area)]
        return [INTRODUCTION, *_OF_AUTHORITY, *shown], [INTRODUCTION, *_PARAGRAPHS_OF_AUTHORITY]
    if chapter in CHAPTERS:
        shown = [name for name, part in _COMPARED.items() if part(release, chapter)]
        own = [INTRODUCTION, *section_identities(release, chapter), *shown]
        return own, own
    if chapter == INDEX:
        points = release.commentary.loc[release.commentary["chapter"] == INDEX, "place"]
        return [INTRODUCTION, *dict.fromkeys(points), _READING], [INTRODUCTION, _READING]
    own = [INTRODUCTION, *_OF_CHAPTER.get(chapter, ())]
    return own, [place for place in own if place in (INTRODUCTION, _READING)]


def _figures(chapter: str, release: Release) -> list[str]:
    sentences = release.commentary[release.commentary["chapter"] == chapter]
    if chapter != INDEX:
        sentences = sentences[sentences["place"] == PARAGRAPHS]
    replaced = [row["item"] for row in release.written_by_hand(chapter, REPLACE)]
    items = [*replaced, *sentences["item"]]
    return [item for item in dict.fromkeys(items) if item]
