"""What a release says of itself: one file, both languages, refused where something is missing."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from small_release import PROJECT, opened_small

from ssstats.chapters import about_release, self_assessment
from ssstats.errors import CatalogueError
from ssstats.furniture import read_furniture


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return Path(shutil.copy(PROJECT.furniture, tmp_path / "release.toml"))


def test_day_and_time_of_publication_are_said_in_the_language(own: Path):
    english, welsh = read_furniture(own, "en"), read_furniture(own, "cy")
    assert (english.day, english.hour) == ("29 January 2026", "9:30")
    assert welsh.day == "29 Ionawr 2026"
    assert welsh.statutory_basis != english.statutory_basis


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("time =", "publication.time"),
        ("date =", "publication.date"),
        ('address = "statistics', "contact.address"),
        ("language_cy", "contact.language_cy"),
        ("access = []", "pre_release.access"),
        ('title_cy = "StatsCymru', "related 1: title_cy"),
    ],
)
def test_what_is_missing_is_refused_by_its_name(own: Path, line: str, named: str):
    lines = own.read_text(encoding="utf-8").splitlines()
    kept = [text for text in lines if not text.startswith(line)]
    assert len(kept) == len(lines) - 1
    own.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"release\.toml: .*" + named):
        read_furniture(own, "en")


def test_a_file_that_is_no_toml_is_refused(own: Path):
    own.write_text("date = = 1", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"release\.toml cannot be read"):
        read_furniture(own, "en")


def test_the_chapter_names_those_who_had_access_before_publication(own: Path):
    text = own.read_text(encoding="utf-8").replace(
        "access = []",
        '[[pre_release.access]]\npost_en = "Director"\npost_cy = "Cyfarwyddwr"\n'
        'organisation_en = "An office"\norganisation_cy = "Swyddfa"',
    )
    own.write_text(text, encoding="utf-8")
    assert read_furniture(own, "cy").access == ["Cyfarwyddwr, Swyddfa"]


def test_the_chapter_says_basis_symbols_revisions_and_contact():
    text = about_release(opened_small())
    assert "section 145" in text
    assert "29 January 2026 at 9:30" in text
    assert "\\[c\\]: confidential information" in text
    assert "statistics@example.wales" in text
    assert "Nobody had access before publication." in text


def test_every_criterion_of_the_self_assessment_is_met_by_what_the_project_holds():
    text = self_assessment(opened_small())
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 12
    assert {row[2].strip() for row in rows} == {"yes"}


def test_a_release_that_rounds_nothing_has_no_mark_for_what_rounds_to_zero():
    rounded = opened_small()
    policy = {**rounded.tables.facts["policy"], "base": 1}
    tables = dataclasses.replace(rounded.tables, facts={**rounded.tables.facts, "policy": policy})
    exact = dataclasses.replace(rounded, tables=tables)
    assert "rounds to zero" in about_release(rounded)
    assert "rounds to zero" not in about_release(exact)
    assert "confidential" in about_release(exact)
