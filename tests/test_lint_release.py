"""A whole release in both languages says nothing that the check of wording finds."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from ssstats.chapters import open_release
from ssstats.commentary import (
    commentary_table,
    compose_commentary,
    read_commentary,
    read_commentary_rules,
    sentences_that_differ,
)
from ssstats.project import find_project
from ssstats.wording import (
    awaiting_translator,
    lint_release,
    lint_text,
    read_figures,
    text_of_markdown,
    text_of_notebook,
)
from ssstats.words import read_words, word_table

pytestmark = pytest.mark.slow

PROJECT = find_project(Path(__file__).parent)
LANGUAGES = ("en", "cy")


@pytest.fixture(scope="module")
def built(demonstration_release):
    return demonstration_release


@pytest.fixture(scope="module")
def figures(built):
    words = word_table(PROJECT.catalogue)
    return read_figures(built.folder / "data", wording=[*words["en"], *words["cy"]])


def chapters(built, language):
    return sorted((built.folder / "notebooks" / language).rglob("*.ipynb"))


def test_no_chapter_breaks_a_rule_or_holds_a_number_that_is_not_published(built):
    assert lint_release(built.folder, PROJECT.catalogue) == {}
    assert all(chapters(built, language) for language in LANGUAGES)


def test_a_number_changed_by_hand_in_a_chapter_is_found(built, figures):
    index = next(path for path in chapters(built, "en") if path.name == "index.ipynb")
    text = text_of_notebook(index)
    forged = text.replace("\n", "\nThere were 7,203,417 contacts.\n", 1)
    rules = {found.rule for found in lint_text(forged, language="en", release=figures)}
    assert rules == {"number-not-in-release"}


def test_both_languages_give_the_same_figures_in_the_same_tables(built):
    def tables(language):
        return {
            path.name: [
                [cell.strip() for cell in line.split("|")][2:]
                for cell in nbformat.read(path, as_version=4).cells
                for output in cell.get("outputs", [])
                for line in output["data"]["text/markdown"].splitlines()
                if line.startswith("|") and any(digit in line for digit in "0123456789")
            ]
            for path in chapters(built, language)
        }

    english, welsh = tables("en"), tables("cy")
    assert english.keys() == welsh.keys()
    for name in english:
        assert len(english[name]) == len(welsh[name]), name


def test_no_english_sentence_stands_in_the_welsh_chapters(built):
    english = read_words(PROJECT.catalogue, "en").texts
    welsh = read_words(PROJECT.catalogue, "cy").texts
    sentences = {
        text
        for key, text in english.items()
        if len(text) > 40 and "{" not in text and welsh[key] != text
    }
    for path in chapters(built, "cy"):
        shown = text_of_notebook(path)
        assert [sentence for sentence in sentences if sentence in shown] == [], path.name


def test_words_of_markdown_hold_alternative_texts_and_no_cells():
    markdown = (
        "::: {#tbl-a}\n| Metric |\n|:-|\n| 12 |\n\nA caption\n:::\n"
        '![](data:x){fig-alt="A chart"}\n## Head {#sec-a}\n- \\[c\\]: hidden'
    )
    assert text_of_markdown(markdown) == "A caption\nA chart\nHead\n- [c]: hidden"


def test_every_sentence_of_the_release_is_made_again_from_its_row(built):
    release = open_release(str(built.folder / "data"), period="2024-25", language="en")
    words = {language: read_words(PROJECT.catalogue, language) for language in LANGUAGES}
    assert len(release.commentary) > 1000
    assert release.commentary["sentence"].is_unique
    assert sentences_that_differ(release, words) == []


def test_the_same_tables_give_the_same_commentary(built):
    release = open_release(str(built.folder / "data"), period="2024-25", language="cy")
    rules = read_commentary_rules(PROJECT.commentary_rules)
    waiting = len(awaiting_translator(PROJECT.catalogue))
    records = compose_commentary(release, rules, awaiting=waiting)
    words = {language: read_words(PROJECT.catalogue, language) for language in LANGUAGES}
    again = commentary_table(records, words, release.areas).astype("str")
    pd.testing.assert_frame_equal(again, release.commentary, check_dtype=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_a_page_carries_the_ids_of_a_row(built, language):
    rows = read_commentary(built.folder / "data").set_index("sentence")
    for page in ("index", "adults", "quality", "authority-powys"):
        html = (built.folder / "site" / language / f"{page}.html").read_text(encoding="utf-8")
        shown = set(re.findall(r'class="said" data-sentence="([^"]+)"', html))
        assert shown == set(rows.index[rows["chapter"] == page]) - _of_welsh_only(language, page)


def _of_welsh_only(language, page):
    english = language == "en" and page == "quality"
    return {"quality.translation.W92000004.awaiting"} if english else set()
