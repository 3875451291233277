"""The site in a browser, as it is read from a folder: WCAG rules, narrow screens, search."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from render_pages import fixture_tree, render_words

from ssstats.render import render_book

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

_PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_WIDTHS = (1400, 900, 320)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(_PROGRAM is None, reason="chromium is not on the PATH"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    tree = fixture_tree(folder / "book")
    rendered = render_book(
        tree, folder / "out", language="en", words=render_words(), engine="embedded"
    )
    return rendered.site


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as program:
        started = program.chromium.launch(executable_path=_PROGRAM, args=["--no-sandbox"])
        yield started
        started.close()


def open_page(browser: Any, path: Path, width: int, *, scripts: bool = True) -> Any:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts
    )
    page = context.new_page()
    page.requested = []
    page.on("request", lambda request: page.requested.append(request.url))
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("width", _WIDTHS)
def test_no_page_breaks_a_rule_of_wcag(browser: Any, site: Path, width: int) -> None:
    for path in sorted(site.glob("*.html")):
        page = open_page(browser, path, width)
        found = axe.Axe().run(page, options={"runOnly": _RULES}).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["target"]) for rule in found] == [], path.name


@pytest.mark.parametrize("width", _WIDTHS)
def test_no_page_scrolls_sideways(browser: Any, site: Path, width: int) -> None:
    for path in sorted(site.glob("*.html")):
        page = open_page(browser, path, width)
        root = "document.documentElement"
        assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), path.name


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
    assert page.locator(".contents a").count() == 4
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
