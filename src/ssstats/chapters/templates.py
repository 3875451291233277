"""What the quality chapter says of the words: which sentences were signed off, what still waits."""

from __future__ import annotations

from datetime import date

from ssstats.chapters.commentary import statements
from ssstats.chapters.passages import heading, join
from ssstats.chapters.release import AWAITING_FILE, LINKED, TEMPLATES_FILE, Release
from ssstats.tables import Column, Table, markdown_of_table
from ssstats.wording.places import without_places
from ssstats.words import date_words

# What needs no signature: words seen in a public Welsh source.
_SEEN = "A"


def translation(release: Release) -> str:
    """Return that texts await a translator, where some do; English needs none."""
    words, waiting = release.words, statements(release, "quality", "translation")
    if words.language == "en" or not waiting:
        return ""
    return join(
        heading(2, words.say("quality.translation"), "quality-translation"),
        words.say("quality.translation-text"),
        *waiting,
        _link(release, AWAITING_FILE),
    )


def sentence_templates(release: Release) -> str:
    """Return each template of a sentence with the source of its Welsh and who signed it when.

    Blank where the release is in English only: there is nothing to sign.
    """
    if release.english_only or release.templates.empty:
        return ""
    words = release.words
    rows = tuple(
        (
            without_places(row[words.language]),
            words.say(f"templates.grade.{row['grade']}"),
            _signature(release, row),
        )
        for row in release.templates.to_dict("records")
    )
    columns = (
        Column(words.say("templates.text"), width=58),
        Column(words.say("templates.source"), width=24),
        Column(words.say("templates.signed"), width=18),
    )
    caption = words.say("templates.caption")
    return join(
        heading(2, words.say("templates.title"), "quality-templates"),
        words.say("templates.lead"),
        markdown_of_table(Table("quality-templates", caption, columns, rows)),
        _link(release, TEMPLATES_FILE),
    )


def _signature(release: Release, row: dict[str, str]) -> str:
    words = release.words
    if row["signed_by"]:
        day = date_words(date.fromisoformat(row["signed_on"]), words.language)
        return words.say("templates.signed-by", name=row["signed_by"], day=day)
    return words.say("templates.not-needed" if row["grade"] == _SEEN else "templates.not-signed")


def _link(release: Release, file: str) -> str:
    return f"[{release.words.say('templates.file', file=file)}](../{LINKED}/{file})"
