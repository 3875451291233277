"""A release as its chapters see it: rows by key, and indexes that both languages share."""

from __future__ import annotations

import inspect
import shutil
from functools import cached_property

import pandas as pd
from small_release import (
    POWYS,
    PROJECT,
    WALES,
    catalogue,
    opened_small,
    small_tables,
    words,
)

from ssstats.chapters import Release
from ssstats.chapters.reading import open_catalogue
from ssstats.chapters.rows import records, rows_by
from ssstats.disclosure.release_tables import read_release_tables, write_release_tables

FRAME = pd.DataFrame(
    {"area": ["b", "a", "b"], "period": ["1", "1", "2"], "value": [1.5, None, 3.0]}
).astype({"area": "str", "period": "str", "value": "Float64"})


def test_rows_by_key_are_those_that_the_frame_gives_for_the_key():
    for (area,), rows in rows_by(FRAME, ("area",)).items():
        own = FRAME[FRAME["area"] == area]
        for place, row in enumerate(rows):
            assert list(row) == list(FRAME.columns)
            assert all(
                pd.isna(cell) if pd.isna(plain := own[name].iloc[place]) else cell == plain
                for name, cell in row.items()
            )
        assert len(rows) == len(own)


def test_a_missing_number_stays_missing_in_a_row():
    assert records(FRAME)[1]["value"] is pd.NA


def test_no_index_of_a_release_looks_at_its_words():
    indexes = [own for own in vars(Release).values() if isinstance(own, cached_property)]
    assert len(indexes) > 10
    assert not [own.attrname for own in indexes if "words" in inspect.getsource(own.func)]


def test_a_release_in_other_words_is_the_same_one_and_says_welsh_names():
    english = opened_small("en")
    known = english.markers
    welsh = english.in_words(words("cy"))
    assert (english.name(WALES), welsh.name(WALES)) == ("Wales", "Cymru")
    assert english.words.language == "en"
    assert welsh.markers is known


def test_categories_of_an_area_are_those_of_its_counts():
    release = opened_small()
    counts = release.tables.counts
    own = counts[counts["area"].eq(POWYS) & counts["period"].eq("2024-25")]
    named = own[own["breakdown"].str.contains("=")]
    assert len(named)
    for reference in release.metrics_by_category("2020-proposed", "2024-25"):
        by_area = release.categories_of("2020-proposed", "2024-25", reference)
        wanted = named.loc[named["reference"] == reference, "breakdown"]
        assert by_area.get(POWYS, []) == list(wanted)


def test_what_an_area_did_not_return_is_what_has_the_marker_x():
    release = opened_small()
    counts = release.tables.counts
    for area in release.authorities:
        own = counts[counts["area"].eq(area) & counts["period"].eq("2024-25")]
        absent = own[own["marker"].eq("x") & own["breakdown"].eq("")]
        assert release.absent_of("2020-proposed", "2024-25", area) == set(absent["reference"])


def test_a_catalogue_is_read_again_when_one_of_its_files_changes(tmp_path):
    folder = tmp_path / "catalogue"
    shutil.copytree(PROJECT.catalogue, folder)
    first, _ = open_catalogue(folder, "en")
    again, welsh = open_catalogue(folder, "cy")
    assert again is first
    assert welsh.language == "cy"
    areas = folder / "areas.csv"
    areas.write_text(areas.read_text(encoding="utf-8").replace("Powys", "Bowys"), encoding="utf-8")
    changed, _ = open_catalogue(folder, "en")
    assert "Bowys" in set(changed.areas["name_en"])


def test_a_table_is_read_anew_when_its_file_changes_and_never_as_another_reader_changed_it(
    tmp_path,
):
    write_release_tables(small_tables(catalogue()), tmp_path)
    changed, first = read_release_tables(tmp_path).counts, read_release_tables(tmp_path).counts
    published = first["value"].iloc[0]
    changed.loc[0, "value"] = published + 1
    changed["area"] = POWYS
    for again in (first, read_release_tables(tmp_path).counts):
        assert again["value"].iloc[0] == published
        assert again["area"].nunique() > 1
    file = tmp_path / "counts.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(POWYS, WALES), encoding="utf-8")
    assert POWYS not in set(read_release_tables(tmp_path).counts["area"])
