"""Words on their way to a translator and back."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest

from ssstats.errors import UsageError
from ssstats.wording import (
    awaiting_translator,
    export_words,
    import_words,
    read_signoffs,
    sentence_templates,
)
from ssstats.wording.tables import translated_texts
from ssstats.words import read_words, word_table

CATALOGUE = Path(__file__).resolve().parents[1] / "data" / "catalogue"
SIGNED_ON = date(2025, 10, 1)
KEY = "coverage.of"


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "catalogue"
    (copy / "schemas").mkdir(parents=True)
    for name in ("words.csv", "words-render.csv", "signoffs.csv"):
        shutil.copy(CATALOGUE / name, copy / name)
    for name in ("words.json", "signoffs.json"):
        shutil.copy(CATALOGUE / "schemas" / name, copy / "schemas" / name)
    return copy


@pytest.fixture
def exported(folder, tmp_path):
    path = tmp_path / "words-for-translator.csv"
    export_words(folder, path)
    return path


def changed(path, key, /, **values):
    """The exported file with other values in one row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["key"] == key:
            row.update(values)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def take_in(path, folder):
    return import_words(path, folder, signed_by="A Translator", signed_on=SIGNED_ON)


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}


def test_an_export_holds_every_key_with_both_languages(folder, tmp_path):
    target = tmp_path / "out.csv"
    assert export_words(folder, target) == len(word_table(folder))
    header = target.read_text(encoding="utf-8-sig").splitlines()[0]
    assert header == "key,English,Welsh,grade,signed"


def test_an_export_that_comes_back_unchanged_changes_no_byte(folder, exported):
    before = bytes_of(folder)
    done = take_in(exported, folder)
    assert (done.changed, done.signed) == ((), ())
    assert bytes_of(folder) == before


def test_changed_welsh_is_taken_in_and_is_ours_again(folder, exported):
    welsh = "{answered} allan o'r {expected}"
    done = take_in(changed(exported, KEY, Welsh=welsh), folder)
    assert done.changed == (KEY,)
    assert read_words(folder, "cy").texts[KEY] == welsh
    row = word_table(folder).set_index("key").loc[KEY]
    assert (row["grade"], row["source"]) == ("C", "Written by a translator for this release")


def test_a_signed_text_waits_for_no_translator(folder, exported):
    assert KEY in set(awaiting_translator(folder)["key"])
    done = take_in(changed(exported, KEY, signed="yes"), folder)
    assert done.signed == (KEY,)
    assert KEY not in set(awaiting_translator(folder)["key"])
    signoff = read_signoffs(folder).iloc[0]
    assert (signoff["key"], signoff["signed_by"], signoff["signed_on"]) == (
        KEY,
        "A Translator",
        "2025-10-01",
    )


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_text_that_changes_after_it_was_signed_loses_its_signature(folder, exported, language):
    take_in(changed(exported, KEY, signed="yes"), folder)
    words = (folder / "words.csv").read_text(encoding="utf-8")
    old = {"en": "{answered} of {expected},", "cy": "{answered} o'r {expected},"}[language]
    (folder / "words.csv").write_text(words.replace(old, old[:-1] + "!,", 1), encoding="utf-8")
    assert KEY in set(awaiting_translator(folder)["key"])


def test_taking_back_the_yes_takes_back_the_signature(folder, exported):
    take_in(changed(exported, KEY, signed="yes"), folder)
    done = take_in(changed(exported, KEY, signed=""), folder)
    assert done.unsigned == (KEY,)
    assert len(read_signoffs(folder)) == 0


def test_a_text_seen_in_a_public_source_waits_for_no_translator(folder):
    assert "A" not in set(awaiting_translator(folder)["grade"])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"key": "coverage.off"}, "coverage.off: this key is not known"),
        ({"English": "{answered} from {expected}"}, "the English is not that of the catalogue"),
        ({"Welsh": "{answered} o'r cyfan"}, "places missing from the Welsh: {expected}"),
        (
            {"Welsh": "{answered} o'r {expected} {year}"},
            "places that the English does not have: {year}",
        ),
        ({"Welsh": "{answered} o'r {expected"}, "write each place as in the English"),
        ({"Welsh": "{} o'r {expected}"}, "a pair of braces is empty"),
        ({"Welsh": ""}, "the Welsh is blank where a text stood"),
        ({"Welsh": " {answered} o'r {expected}"}, "has blanks around it"),
        ({"signed": "maybe"}, "signed is 'maybe'; write yes, or leave it blank"),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused_whole_and_the_row_is_named(
    folder, exported, values, message
):
    before = bytes_of(folder)
    changed(exported, "coverage.authorities", Welsh="{answered} o {expected} awdurdod lleol")
    with pytest.raises(UsageError) as refusal:
        take_in(changed(exported, KEY, **values), folder)
    assert message in str(refusal.value)
    assert "words-for-translator.csv, line " in str(refusal.value)
    assert bytes_of(folder) == before


def test_every_offending_row_is_named_not_the_first_alone(folder, exported):
    changed(exported, KEY, English="other")
    with pytest.raises(UsageError) as refusal:
        take_in(changed(exported, "table.metric", English="other"), folder)
    assert "coverage.of" in str(refusal.value)
    assert "table.metric" in str(refusal.value)


def test_other_columns_are_refused(folder, tmp_path):
    path = tmp_path / "wrong.csv"
    path.write_text("key,cy\na,b\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"line 1: columns are key, cy"):
        take_in(path, folder)


def test_an_import_without_a_name_is_refused(folder, exported):
    with pytest.raises(UsageError, match="name the translator"):
        import_words(exported, folder, signed_by=" ")


def test_an_export_of_what_is_awaited_leaves_out_what_was_signed(folder, exported, tmp_path):
    take_in(changed(exported, KEY, signed="yes"), folder)
    target = tmp_path / "awaited.csv"
    assert export_words(folder, target, only_awaiting=True) == len(awaiting_translator(folder))
    assert KEY not in target.read_text(encoding="utf-8-sig")


@pytest.fixture
def with_tables(folder):
    """The folder with a table that holds Welsh beside its English, and column descriptions."""
    shutil.copy(CATALOGUE / "breaks.csv", folder / "breaks.csv")
    shutil.copy(CATALOGUE / "schemas" / "breaks.json", folder / "schemas" / "breaks.json")
    (folder.parent / "outputs").mkdir()
    columns = folder.parent / "outputs" / "column_words.csv"
    columns.write_text("en,cy,source,grade\nArea.,Ardal.,Drafted,C\n", encoding="utf-8")
    return folder


REASON = "breaks.2020-proposed.AD/001.adults.2022-23.reason"


def test_welsh_in_other_tables_is_awaited_and_goes_to_a_translator_too(with_tables, tmp_path):
    waiting = awaiting_translator(with_tables).set_index("key")
    assert waiting.loc[REASON, "en"].startswith("Some authorities changed")
    assert waiting.loc["column.Area.", "cy"] == "Ardal."


def test_welsh_of_other_tables_comes_back_and_is_signed(with_tables, tmp_path):
    path = tmp_path / "to-a-translator.csv"
    export_words(with_tables, path)
    breaks = (with_tables / "breaks.csv").read_text(encoding="utf-8")
    was = awaiting_translator(with_tables).set_index("key").loc[REASON, "cy"]
    changed(path, REASON, Welsh="Rheswm arall.", signed="yes")
    done = take_in(changed(path, "column.Area.", Welsh="Y fro."), with_tables)
    assert (done.changed, done.signed) == ((REASON, "column.Area."), (REASON,))
    # The source of the row is that of its facts, and stays.
    assert (with_tables / "breaks.csv").read_text(encoding="utf-8") == breaks.replace(
        was, "Rheswm arall."
    )
    columns = (with_tables.parent / "outputs" / "column_words.csv").read_text(encoding="utf-8")
    assert columns.splitlines()[1] == "Area.,Y fro.,Written by a translator for this release,C"
    assert REASON not in set(awaiting_translator(with_tables)["key"])


def test_every_welsh_text_of_the_project_has_its_key():
    files = set(translated_texts(CATALOGUE)["file"])
    assert {"words.csv", "breaks.csv", "follow_ups.csv", "notes.csv", "markers.csv",
            "../outputs/column_words.csv"} <= files  # fmt: skip


def test_a_template_says_who_signed_it_and_loses_that_when_it_changes(folder, exported):
    template = "point.AD/001"
    before = sentence_templates(folder).set_index("key").loc[template]
    assert (before["signed_by"], before["signed_on"]) == ("", "")
    take_in(changed(exported, template, signed="yes"), folder)
    signed = sentence_templates(folder).set_index("key").loc[template]
    assert (signed["signed_by"], signed["signed_on"]) == ("A Translator", "2025-10-01")
    path = folder / "words.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            "received {value} contacts about adults", "had {value}"
        ),
        encoding="utf-8",
    )
    after = sentence_templates(folder).set_index("key").loc[template]
    assert (after["signed_by"], after["signed_on"]) == ("", "")
