"""The site and documents of a whole release, both languages: budgets, links, figures, WCAG."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_use import NOT_SIDEWAYS, broken_rules, opened_browser
from pdf_tags import faults_of

from ssstats.catalogue import read_catalogue
from ssstats.formatting import format_number
from ssstats.outputs.truth.pages import numbers_of
from ssstats.pdf_pages.libraries import read_with_libraries
from ssstats.pdf_pages.reading import PdfTexts, read_plainly
from ssstats.project import find_project

pytestmark = pytest.mark.slow

LANGUAGES = ("en", "cy")
KILOBYTES_A_PAGE = 300
# One page of each kind, the smallest: the rules are slow where a page has thousands of cells.
_KINDS = ("index", "workforce", "framework-2016", "authority-powys", "about", "quality",
          "measures/index", "measures/ad-29", "measures/metric-ad-024")  # fmt: skip
_HREF = re.compile(r'(?:href|src)="([^"]*)"')
_ID = re.compile(r'\bid="([^"]+)"')
_ROW = re.compile(r'<tr id="([a-z-]+)-(\d{4}-\d{2})"><th scope="row">.*?</th>(.*?)</tr>')
_CELL = re.compile(r"<td[^>]*>(.*?)</td>")


@pytest.fixture(scope="module")
def folder(demonstration_release: Any) -> Path:
    return demonstration_release.folder


def pages_of(folder: Path) -> list[Path]:
    return sorted((folder / "site").rglob("*.html"))


def opened_pages(folder: Path, language: str) -> list[Path]:
    """Return one page of each kind."""
    return [folder / "site" / language / f"{kind}.html" for kind in _KINDS]


def test_no_page_is_larger_than_its_budget(folder: Path, capsys: pytest.CaptureFixture[str]):
    sizes = {path.relative_to(folder / "site").as_posix(): path.stat().st_size / 1000
             for path in pages_of(folder)}  # fmt: skip
    chapters = {name: size for name, size in sizes.items() if "/measures/" not in name}
    measures = [size for name, size in sizes.items() if "/measures/" in name]
    with capsys.disabled():
        for name, size in sorted(chapters.items(), key=lambda one: -one[1]):
            print(f"{size:7.0f} kB  {name}")
        print(f"{max(measures):7.0f} kB  the largest of {len(measures)} pages of measures")
    assert {n: s for n, s in sizes.items() if s > KILOBYTES_A_PAGE} == {}


def test_every_page_forbids_inline_scripts_and_asks_no_other_host(folder: Path):
    for path in pages_of(folder):
        text = path.read_text(encoding="utf-8")
        assert "default-src 'none'" in text, path.name
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", text), path.name
        loaded = re.findall(r'<(?:script|img|link)[^>]*(?:src|href)="([^"]*)"', text)
        assert not [target for target in loaded if "//" in target], path.name


def test_every_link_leads_to_a_file_and_a_place_in_it(folder: Path):
    pages = pages_of(folder)
    names = {path: set(_ID.findall(path.read_text(encoding="utf-8"))) for path in pages}
    wrong = set()
    for path in pages:
        for target in set(_HREF.findall(path.read_text(encoding="utf-8"))):
            if target.startswith(("http", "mailto:", "data:")):
                continue
            address, _, place = target.partition("#")
            there = (path.parent / address).resolve() if address else path
            if not there.is_file() or (place and place not in names.get(there, ())):
                wrong.add((path.name, target))
    assert sorted(wrong)[:10] == []


def test_pages_of_measures_hold_every_published_value_and_no_other(folder: Path):
    with (folder / "data" / "measures.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    areas = read_catalogue(find_project(Path(__file__).parent).catalogue).areas
    slugs = dict(zip(areas["area"], areas["slug"], strict=True))
    published = {
        (row["measure"].lower(), slugs[row["area"]], row["period"]): shown(row) for row in rows
    }
    found = {}
    for path in (folder / "site" / "en" / "measures").glob("*.html"):
        if path.stem == "index" or path.stem.startswith("metric-"):
            continue
        for slug, period, cells in _ROW.findall(path.read_text(encoding="utf-8")):
            found[(path.stem, slug, period)] = _CELL.findall(cells)[1]
    assert len(found) > 30_000
    assert {key: text for key, text in found.items() if published[key] != text} == {}
    pages = {measure for measure, _, _ in found}
    assert {key for key in published if key[0] in pages} == set(found)


def shown(row: dict[str, str]) -> str:
    if row["marker"]:
        return f"[{row['marker']}]"
    text = format_number(float(row["value"]), int(row["decimals"]))
    return f"{text}%" if row["kind"] == "percentage" else text


def test_every_document_reads_aloud_without_a_fault(folder: Path):
    documents = sorted(folder.rglob("*.pdf"))
    assert len(documents) == 6
    assert [(path.name, faults_of(path)[:3]) for path in documents if faults_of(path)] == []


def test_every_document_is_read_without_a_library_as_libraries_read_it(folder: Path):
    for path in folder.rglob("*.pdf"):
        content = path.read_bytes()
        plain, library = read_plainly(content), PdfTexts(*read_with_libraries(content))
        assert list(map(numbers_of, plain.pages)) == list(map(numbers_of, library.pages)), path.name
        assert set(plain.strings) >= set(library.strings)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with opened_browser() as started:
        yield started


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_breaks_a_rule_of_wcag_or_scrolls_sideways(
    browser: Any, folder: Path, language: str
):
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    for path in opened_pages(folder, language):
        page.set_viewport_size({"width": 1400, "height": 900})
        page.goto(path.as_uri())
        assert broken_rules(page) == [], path.name
        assert page.get_attribute("html", "lang") == language
        page.set_viewport_size({"width": 320, "height": 800})
        assert page.evaluate(NOT_SIDEWAYS), path.name
