"""Which texts a build takes, and when it refuses them before any work."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_commentary import CATALOGUE, COUNT, RULES, WORDS, pair
from small_release import PROJECT

from ssstats.chapters import front_page
from ssstats.commentary import commentary_table, compose_commentary
from ssstats.errors import CatalogueError, UsageError
from ssstats.periods import ReportingYear
from ssstats.release import ReleaseOptions
from ssstats.release.texts import check_texts, folder_by_hand, texts_awaiting

OPTIONS = ReleaseOptions(
    period=ReportingYear.parse("2024-25"), returns=PROJECT.demonstration, out=PROJECT.root
)
BOTH = replace(OPTIONS, languages=("en", "cy"))


def test_welsh_that_awaits_a_translator_is_refused_where_it_is_to_be_strict():
    check_texts(BOTH, PROJECT)
    with pytest.raises(CatalogueError, match=r"\d+ Welsh texts await a translator"):
        check_texts(replace(BOTH, strict_welsh=True), PROJECT)


def test_strict_welsh_of_a_release_in_english_is_a_slip():
    with pytest.raises(UsageError, match="add cy to the languages"):
        check_texts(replace(OPTIONS, strict_welsh=True), PROJECT)


def test_a_release_in_english_waits_for_no_translator():
    assert texts_awaiting(OPTIONS, PROJECT) is None
    waiting = texts_awaiting(BOTH, PROJECT)
    assert waiting is not None and "A" not in set(waiting["grade"])


def test_texts_by_hand_stand_in_a_folder_a_period_or_where_the_option_says(tmp_path):
    assert folder_by_hand(OPTIONS, PROJECT) == PROJECT.root / "commentary" / "2024-25"
    assert folder_by_hand(replace(OPTIONS, commentary=tmp_path), PROJECT) == tmp_path
    with pytest.raises(UsageError, match="no folder is here"):
        check_texts(replace(OPTIONS, commentary=tmp_path / "none"), PROJECT)


@pytest.mark.parametrize(("languages", "said"), [(("en",), True), (("en", "cy"), False)])
def test_a_release_in_english_only_says_so_on_its_first_page(languages, said):
    release = pair(COUNT, 100, 120, verdict="rose").release
    words = {language: WORDS[language] for language in languages}
    table = commentary_table(compose_commentary(release, RULES), words, CATALOGUE.areas)
    page = front_page(replace(release, commentary=table))
    assert ("published in English only" in page) is said
