"""Words of both languages: keys, places, mutations, dates, lists and plural forms."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ssstats.catalogue import read_catalogue
from ssstats.errors import CatalogueError, UsageError
from ssstats.wording.exchange import places_of
from ssstats.words import (
    Words,
    date_words,
    joined_words,
    missing_words,
    read_words,
    word_table,
)

CATALOGUE = Path(__file__).resolve().parents[1] / "data" / "catalogue"
TABLE = word_table(CATALOGUE)
# After these words the form of a number depends on how it is said: ac 1.2, nag 1%.
PARTICLES = r"\b(?:a|ac|â|ag|na|nag|tuag?|gyda)"


def said(key, language):
    return TABLE.loc[TABLE["key"] == key, language].iloc[0]


@pytest.mark.parametrize(
    ("file", "column", "prefix"),
    [("metrics", "reference", "metric"), ("measures", "measure", "measure")],
)
def test_english_of_labels_is_that_of_the_catalogue(file, column, prefix):
    catalogue = read_catalogue(CATALOGUE)
    frame = getattr(catalogue, file)
    edition = frame["edition"] + "." if file == "metrics" else ""
    labels = dict(zip(prefix + "." + edition + frame[column], frame["label"], strict=True))
    own = TABLE[TABLE["key"].str.startswith(f"{prefix}.")]
    assert dict(zip(own["key"], own["en"], strict=True)) == labels


def test_every_unit_of_a_metric_has_its_words():
    metrics = read_catalogue(CATALOGUE).metrics
    units = metrics.loc[metrics["collected"] == "yes", "unit"].unique()
    keys = {f"unit.{unit.lower().replace(' ', '-')}" for unit in units}
    assert keys == set(TABLE.loc[TABLE["key"].str.startswith("unit."), "key"])


def test_no_text_lacks_its_welsh():
    assert missing_words(CATALOGUE, "cy") == []


def test_no_text_lacks_a_grade_and_a_source():
    lacking = TABLE[(TABLE["grade"] == "") | (TABLE["source"] == "")]
    assert list(lacking["key"]) == []


def test_english_and_welsh_of_a_key_have_the_same_places():
    different = [
        key
        for key, english, welsh in zip(TABLE["key"], TABLE["en"], TABLE["cy"], strict=True)
        if places_of(english) != places_of(welsh)
    ]
    assert different == []


def test_no_welsh_text_has_a_number_or_a_place_straight_after_a_particle():
    after = TABLE["cy"].str.contains(rf"{PARTICLES} (?:\d|\{{)", case=False, regex=True)
    assert list(TABLE.loc[after, "key"]) == []


def test_the_same_phrase_of_metrics_has_the_same_welsh_everywhere():
    labels = TABLE[TABLE["key"].str.startswith("metric.")]
    whole = dict(zip(labels["en"], labels["cy"], strict=True))
    for english, welsh in whole.items():
        head, colon, _ = english.partition(": ")
        if colon and head in whole:
            assert welsh.startswith(f"{whole[head]}: "), english


def test_a_distribution_is_named_after_the_metric_that_it_divides():
    metrics = TABLE[TABLE["key"].str.startswith("metric.2020-proposed.")]
    whole = dict(zip(metrics["en"], metrics["cy"], strict=True))
    shares = TABLE[TABLE["key"].str.startswith("measure.DS-")]
    for english, welsh in zip(shares["en"], shares["cy"], strict=True):
        metric, _, _ = english.rpartition(" (percentage of ")
        assert metric in whole, english
        assert welsh.startswith(f"{whole[metric]} (canran o"), english


@pytest.mark.parametrize("english", ["Child protection register", "Whole time equivalent"])
def test_no_two_words_stand_for_one_term(english):
    own = TABLE[TABLE["en"].str.contains(english, case=False)]
    term = {"Child protection register": r"[cg]ofrestr", "Whole time equivalent": r"[cg]yfwerth"}
    found = own["cy"].str.contains(term[english], case=False, regex=True)
    assert list(own.loc[~found, "key"]) == []


def test_welsh_has_no_straight_mistake_of_the_aspirate_after_a():
    # The relative pronoun a is followed by the soft mutation, so no c, p or t stands there either.
    found = TABLE["cy"].str.contains(r"(?<!\w)a [cpt](?!h)\w", regex=True)
    assert list(TABLE.loc[found, "key"]) == []


def test_a_date_is_said_in_words_of_its_language():
    assert date_words(date(2025, 3, 31), "en") == "31 March 2025"
    assert date_words(date(2025, 3, 31), "cy") == "31 Mawrth 2025"


def test_a_language_that_is_not_known_is_refused():
    with pytest.raises(UsageError, match="'fr' is not known; use cy, en"):
        date_words(date(2025, 3, 31), "fr")


def test_lists_of_authorities_mutate_after_a_as_the_catalogue_says():
    areas = read_catalogue(CATALOGUE).areas
    with_and = dict(zip(areas["name_cy"], areas["and_cy"], strict=True))
    names = ["Ynys Môn", "Caerffili", "Casnewydd"]
    assert joined_words(names, "cy", with_and=with_and) == "Ynys Môn, Caerffili a Chasnewydd"
    assert joined_words(names[1::-1], "cy", with_and=with_and) == "Caerffili ac Ynys Môn"
    assert joined_words(["Powys", "Cardiff", "Newport"], "en") == "Powys, Cardiff and Newport"
    assert joined_words(["Powys"], "cy") == "Powys"


def test_a_welsh_list_without_the_form_of_its_last_name_is_refused():
    with pytest.raises(CatalogueError, match="'Powys' has no form after a or ac"):
        joined_words(["Gwynedd", "Powys"], "cy")


def test_every_area_has_its_form_after_a_or_ac():
    areas = read_catalogue(CATALOGUE).areas
    assert areas["and_cy"].str.match(r"ac? \w").all()


def test_plural_forms_follow_the_language():
    forms = {"gap.one": "1 plan", "gap.other": "{number} plans"}
    english = Words("en", forms)
    assert [english.say_counted("gap", n) for n in (1, 2)] == ["1 plan", "2 plans"]
    years = {"y.one": "{number} flwyddyn", "y.two": "{number} flynedd", "y.few": "{number} blynedd",
             "y.other": "{number} mlynedd"}  # fmt: skip
    welsh = Words("cy", years)
    said = [welsh.say_counted("y", n) for n in (1, 2, 3, 5, 10)]
    assert said == ["1 flwyddyn", "2 flynedd", "3 blynedd", "5 mlynedd", "10 mlynedd"]


def test_a_place_that_is_not_filled_is_an_error():
    with pytest.raises(CatalogueError, match=r"period\.year: nothing is given for 'end'"):
        read_words(CATALOGUE, "cy").say("period.year", start=2024)


def test_a_key_that_stands_in_two_files_is_refused(tmp_path):
    (tmp_path / "schemas").mkdir()
    schema = (CATALOGUE / "schemas" / "words.json").read_text(encoding="utf-8")
    (tmp_path / "schemas" / "words.json").write_text(schema, encoding="utf-8")
    for name in ("words.csv", "words-more.csv"):
        pd.DataFrame({"key": ["a"], "en": ["A"], "cy": [""], "source": [""], "grade": [""]}).to_csv(
            tmp_path / name, index=False
        )
    with pytest.raises(CatalogueError, match="key 'a' stands twice"):
        read_words(tmp_path, "en")


def test_names_of_sections_are_those_of_the_act():
    assert said("section.adults.1", "cy") == "Gwybodaeth, cyngor a chynhorthwy"
    assert said("chapter.adults.title", "cy") == "Oedolion"
    assert re.match("Ar 31 Mawrth", said("point.CH/041", "cy"))
