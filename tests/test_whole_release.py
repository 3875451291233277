"""The whole demonstration release, as the README's command builds it: every authority reviewed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ssstats.catalogue import read_catalogue
from ssstats.project import find_project

pytestmark = pytest.mark.slow

PROJECT = find_project(Path(__file__).parent)
LANGUAGES = ("en", "cy")


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "ssstats.cli", *map(str, arguments)]
    return subprocess.run(program, cwd=PROJECT.root, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The release of all authorities in both languages; nobody may change it."""
    out = tmp_path_factory.mktemp("whole")
    ended = command("release", "--languages", ",".join(LANGUAGES), "--out", out)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return out / "2024-25"


def test_every_authority_has_its_page_its_notebook_and_its_document_in_both_languages(whole):
    areas = read_catalogue(PROJECT.catalogue).areas
    slugs = set(areas.loc[areas["level"] == "authority", "slug"])
    assert len(slugs) == 22
    for language in LANGUAGES:
        pages = {path.stem for path in (whole / "site" / language).glob("authority-*.html")}
        books = {path.stem for path in (whole / "notebooks" / language).glob("authority-*.ipynb")}
        documents = {path.stem for path in (whole / "authorities").glob(f"*-{language}.pdf")}
        assert pages == books == {f"authority-{slug}" for slug in slugs}
        assert documents == {f"{slug}-{language}" for slug in slugs}


def test_no_protected_count_of_the_whole_release_can_be_worked_out(whole):
    audit = json.loads((whole / "audit.json").read_text(encoding="utf-8"))
    assert audit["figures"] > 70_000
    assert sum(row["figures"] for row in audit["protected"]) > 9_000
    assert audit["is_protected"]
    assert audit["open_figures"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_review_of_every_authority_says_identical(whole, language):
    ended = command("review", whole, "--all", "--language", language)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.count("identical") >= 22
