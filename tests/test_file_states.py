"""What was read of files is kept while they stay as they are, and no longer."""

from __future__ import annotations

import shutil

import pytest
from small_returns import PROJECT

from ssstats.catalogue import read_catalogue
from ssstats.errors import CatalogueError
from ssstats.file_states import states_of
from ssstats.words import read_words, word_table


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(PROJECT / "data" / "catalogue", tmp_path / "catalogue")
    return tmp_path / "catalogue"


def test_a_changed_a_new_and_a_lost_file_change_the_state_of_a_folder(tmp_path):
    (tmp_path / "deep").mkdir()
    file = tmp_path / "deep" / "a.csv"
    seen = {states_of(tmp_path)}
    for change in (lambda: file.write_text("1"), lambda: file.write_text("12"), file.unlink):
        change()
        seen.add(states_of(tmp_path))
    assert len(seen) == 3
    assert states_of(tmp_path / "nowhere") == ()


def test_a_catalogue_is_read_once_while_its_files_stay_as_they_are(folder):
    first = read_catalogue(folder)
    assert read_catalogue(folder) is first
    areas = folder / "areas.csv"
    areas.write_text(areas.read_text("utf-8").replace("Powys", "Powys."), "utf-8")
    assert "Powys." in read_catalogue(folder).areas.to_string()
    areas.write_text("", "utf-8")
    with pytest.raises(CatalogueError, match=r"areas\.csv"):
        read_catalogue(folder)


def test_words_are_read_again_when_a_text_changes(folder):
    words = folder / "words.csv"
    text = read_words(folder, "en").texts["period.year"]
    words.write_text(words.read_text("utf-8").replace(text, "Otherwise", 1), "utf-8")
    assert read_words(folder, "en").texts["period.year"] == "Otherwise"


def test_a_table_of_words_that_one_reader_changes_stays_as_it_is_for_the_next(folder):
    table = word_table(folder)
    table["en"] = ""
    assert (word_table(folder)["en"] != "").any()
