"""The site in a browser, as it is read from a folder: WCAG rules, narrow screens, search."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_use import (
    NOT_SIDEWAYS,
    broken_rules,
    faults_on_paper,
    lost_by_larger_text,
    open_page,
    opened_browser,
    walk_with_keys,
)
from render_pages import fixture_tree
from small_release import opened_small

from ssstats.measure_pages import destinations_of, write_measure_pages
from ssstats.render import render_book

_WIDTHS = (1400, 900, 320)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    tree, release = fixture_tree(folder / "book"), opened_small()
    rendered = render_book(
        tree, folder / "out", language="en", words=dict(release.words.texts), engine="embedded",
        destinations=destinations_of(release),
    )  # fmt: skip
    write_measure_pages(release, rendered.frame)
    return rendered.site


def pages_of(site: Path) -> list[Path]:
    """Return every chapter, and of the pages of measures one of each kind."""
    names = ("index", "ad-02", "metric-ad-002")
    return [*sorted(site.glob("*.html")), *(site / "measures" / f"{name}.html" for name in names)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with opened_browser() as started:
        yield started


@pytest.mark.parametrize("width", _WIDTHS)
def test_no_page_breaks_a_rule_of_wcag(browser: Any, site: Path, width: int) -> None:
    for path in pages_of(site):
        page = open_page(browser, path, width)
        assert broken_rules(page) == [], path.name


@pytest.mark.parametrize("width", _WIDTHS)
def test_no_page_scrolls_sideways(browser: Any, site: Path, width: int) -> None:
    for path in pages_of(site):
        page = open_page(browser, path, width)
        assert page.evaluate(NOT_SIDEWAYS), path.name


def test_pages_ask_for_nothing_but_their_own_files(browser: Any, site: Path) -> None:
    page = open_page(browser, site / "adults.html", 1400)
    page.fill("#search-field", "plan")
    page.wait_for_selector(".search-results a")
    assert [url for url in page.requested if not url.startswith(site.as_uri())] == []
    assert len(page.requested) >= 4


def test_text_is_set_in_the_releases_family_when_read_from_a_folder(
    browser: Any, site: Path
) -> None:
    page = open_page(browser, site / "adults.html", 1400)
    loaded = "document.fonts.ready.then(() => document.fonts.check('16px \"IBM Plex Sans\"'))"
    assert page.evaluate(loaded)


def test_search_finds_a_word_without_its_accents(browser: Any, site: Path) -> None:
    page = open_page(browser, site / "index.html", 1400)
    page.fill("#search-field", "ynys mon")
    page.wait_for_selector(".search-results a")
    assert page.locator(".search-results a").first.get_attribute("href") == (
        "authority-ynys-mon.html"
    )
    assert "sections found" in page.inner_text(".search [role=status]")
    page.fill("#search-field", "zebra")
    assert page.inner_text(".search [role=status]") == "Nothing found"


def test_contents_and_tables_are_there_without_scripts(browser: Any, site: Path) -> None:
    page = open_page(browser, site / "adults.html", 1400, scripts=False)
    assert page.locator(".contents a").count() == 5
    assert page.locator(".contents a").first.is_visible()
    assert not page.locator(".search").is_visible()
    assert page.locator("tbody tr").count() == 22


def test_what_one_presses_is_at_least_24_pixels_high(browser: Any, site: Path) -> None:
    page = open_page(browser, site / "adults.html", 320)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    for pressed in page.locator("nav a, nav summary, .search input").all():
        box = pressed.bounding_box()
        assert box is not None
        assert box["height"] >= 24, pressed.inner_text()


def test_focus_is_seen(browser: Any, site: Path) -> None:
    page = open_page(browser, site / "adults.html", 1400)
    page.keyboard.press("Tab")
    style = "getComputedStyle(document.activeElement)"
    assert page.evaluate(f"{style}.outlineStyle") == "solid"
    assert page.evaluate(f"parseFloat({style}.outlineWidth) >= 2")


@pytest.mark.parametrize("path", ["adults.html", "measures/ad-02.html"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    browser: Any, site: Path, path: str
) -> None:
    places, unseen = walk_with_keys(open_page(browser, site / path, 1400))
    assert unseen == []
    assert places > 20


@pytest.mark.parametrize("path", ["adults.html", "measures/ad-02.html"])
def test_text_twice_as_large_loses_nothing(browser: Any, site: Path, path: str) -> None:
    assert lost_by_larger_text(open_page(browser, site / path, 1280)) == []


def test_paper_shows_the_chapter_alone_and_whole_tables(browser: Any, site: Path) -> None:
    assert faults_on_paper(open_page(browser, site / "measures" / "ad-02.html", 1000)) == []


def test_a_table_is_sorted_by_a_press_and_says_so(browser: Any, site: Path) -> None:
    page = open_page(browser, site / "measures" / "metric-ca-001.html", 1400)
    region = page.locator("#tbl-authorities")
    own = [row.inner_text() for row in region.locator("tbody tr").all()]
    button = region.locator("thead button").nth(1)
    button.focus()
    page.keyboard.press("Enter")
    assert region.locator("thead th").nth(1).get_attribute("aria-sort") == "ascending"
    numbers = [cell.inner_text() for cell in region.locator("tbody td").all()]
    assert numbers[-1] == "[c]"
    counts = [int(number.replace(",", "")) for number in numbers[:-1]]
    assert counts == sorted(counts)
    status = page.locator("[role=status]").filter(has_text="Sorted")
    assert status.inner_text() == "Sorted by CA/001, rising"
    button.click()
    falling = [cell.inner_text() for cell in region.locator("tbody td").all()]
    assert falling == [*reversed(numbers[:-1]), "[c]"]
    button.click()
    assert region.locator("thead th").nth(1).get_attribute("aria-sort") is None
    assert [row.inner_text() for row in region.locator("tbody tr").all()] == own


def test_a_filter_shows_the_rows_with_a_word_and_counts_them(browser: Any, site: Path) -> None:
    page = open_page(browser, site / "measures" / "ad-02.html", 1400)
    page.get_by_label("Show rows with").nth(1).fill("powys")
    shown = page.locator("#tbl-made tbody tr:visible")
    assert [row.locator("th").inner_text() for row in shown.all()] == ["Powys", "Powys"]
    assert page.locator("[role=status]").filter(has_text="2 of 46 rows shown").count() == 1


@pytest.mark.parametrize(("kind", "opening"), [("SVG", b"<svg"), ("PNG", b"\x89PNG")])
def test_a_chart_is_saved_as_a_file(browser: Any, site: Path, kind: str, opening: bytes) -> None:
    page = open_page(browser, site / "measures" / "ad-02.html", 1400)
    with page.expect_download() as waiting:
        page.locator("#fig-map").get_by_text(f"Save as {kind}").click()
    assert waiting.value.suggested_filename == f"fig-map.{kind.lower()}"
    saved = waiting.value.path().read_bytes()
    assert saved.startswith(opening)
    assert len(saved) > 3000


def test_a_link_from_a_table_leads_to_the_figures_of_the_authority(
    browser: Any, site: Path
) -> None:
    page = open_page(browser, site / "measures" / "ad-02.html", 1400)
    page.locator("#tbl-authorities").get_by_text("Powys").click()
    assert page.url.endswith("#powys-2024-25")
    assert page.locator(":target").locator("td").first.inner_text() == "2024-25"


def test_search_leads_from_a_page_of_a_measure_to_a_chapter(browser: Any, site: Path) -> None:
    page = open_page(browser, site / "measures" / "ad-02.html", 1400)
    page.fill("#search-field", "ynys mon")
    page.locator(".search-results a").first.click()
    page.wait_for_url("**/authority-ynys-mon.html")
