"""Every place that a file of texts by hand may name is shown on its page, marked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from small_release import POWYS
from test_signals_chapters import opened

from ssstats import chapters
from ssstats.chapters.release import CHAPTERS, HANDWRITTEN_COLUMNS, INTRODUCTION
from ssstats.chapters.sections import section_identities
from ssstats.commentary.places import ADD, BEFORE, NATIONAL, NOTE, REPLACE, places_of

AUTHORITY = "authority-powys"
SAYS_NOTHING = "Powys has given no note on these figures."


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("release"), "en")


def page_of(release, chapter):
    """The whole text of a chapter, as its notebook shows it."""
    if chapter == AUTHORITY:
        made = ("introduction", "beside_wales", "signals", "changes", "years", "gaps")
        return "".join(getattr(chapters, f"authority_{name}")(release, POWYS) for name in made)
    if chapter in CHAPTERS:
        sections = [identity.rpartition("-") for identity in section_identities(release, chapter)]
        return "".join([
            chapters.chapter_introduction(release, chapter),
            *(chapters.section(release, d.replace("-", "_"), int(n)) for d, _, n in sections),
            chapters.chapter_changes(release, chapter),
            chapters.chapter_signals(release, chapter),
        ])  # fmt: skip
    quality = (
        "introduction",
        "coverage",
        "exceptions",
        "breaks",
        "checks",
        "protection",
        "methods",
    )
    parts = {
        "index": lambda: chapters.front_page(release),
        "framework-2016": lambda: "".join([
            chapters.chapter_introduction(release, chapter), chapters.framework_reading(release),
            *(chapters.framework_section(release, standard) for standard in range(1, 7)),
        ]),
        "about": lambda: chapters.about_release(release),
        "dictionary": lambda: chapters.dictionary_introduction(release),
        "quality": lambda: "".join(
            getattr(chapters, f"quality_{part}")(release) for part in quality
        ),
    }  # fmt: skip
    return parts[chapter]()


def text_of(place):
    return f"Someone wrote this at {place}."


def with_texts(release, chapter, action, places, item=""):
    rows = [
        dict.fromkeys(HANDWRITTEN_COLUMNS, "") | {
            "chapter": chapter, "action": action, "place": place, "item": item, "position": "0",
            "written": "2025-09-01", "author_en": "A. Writer", "text_en": text_of(place),
        }
        for place in places
    ]  # fmt: skip
    return replace(release, handwritten=pd.DataFrame(rows, dtype="str"))


@pytest.mark.parametrize("chapter", [*NATIONAL, AUTHORITY])
def test_every_place_that_may_be_named_is_shown_once_and_says_by_whom(release, chapter):
    known = places_of(chapter, release)
    assert INTRODUCTION in known[ADD] and INTRODUCTION in known[REPLACE]
    plain = Counter(page_of(release, chapter).splitlines())
    for action in (ADD, REPLACE):
        places = [place for place in known[action] if place in known[ADD]]
        page = page_of(with_texts(release, chapter, action, places), chapter)
        assert [place for place in places if page.count(text_of(place)) != 1] == []
        assert page.count("Written by hand: A. Writer, 1 September 2025") == len(places)
        # What is added leaves every line that stood there; what replaces takes one away.
        gone = plain - Counter(page.splitlines()) - Counter([SAYS_NOTHING])
        assert gone.total() == (len(places) if action == REPLACE else 0)


def test_texts_stand_before_and_after_the_paragraph_of_a_figure(release):
    items = places_of(AUTHORITY, release)[BEFORE]
    assert items and items == places_of(AUTHORITY, release)[NOTE]
    item = items[0]
    for action, comes_first in ((BEFORE, True), (NOTE, False)):
        page = page_of(with_texts(release, AUTHORITY, action, ["measures"], item), AUTHORITY)
        said = page.index(f'data-sentence="{AUTHORITY}.measures.{item.replace("/", "_")}.')
        assert (page.index(text_of("measures")) < said) == comes_first
