"""How pages are used in a browser: with the keys, with larger text, on paper. Each tells faults."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOT_SIDEWAYS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
_FOCUSED = """(() => {
  const e = document.activeElement;
  if (e === document.body) return null;
  const s = getComputedStyle(e), b = e.getBoundingClientRect();
  return [s.outlineStyle, parseFloat(s.outlineWidth), b.width * b.height, e.outerHTML];
})()"""
# What is hidden from the eye alone is cut on purpose.
_CUT = """[...document.querySelectorAll('h1, h2, h3, p, li, dt, dd, summary, caption')].filter(e =>
  !e.closest('.quiet') && e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1
  && getComputedStyle(e).overflowX !== 'visible').map(e => e.outerHTML.slice(0, 100))"""
_NOT_ON_PAPER = ".contents, .on-this-page, .search, .filter, .downloads, .page-turners, .skip-link"
_SEEN = f"""[...document.querySelectorAll('{_NOT_ON_PAPER}')].filter(e =>
  e.getClientRects().length > 0).map(e => e.className)"""
_HELD_BACK = """[...document.querySelectorAll('.table-region, .chart-region, .scroll')].filter(e =>
  getComputedStyle(e).overflowX !== 'visible').length"""
# One walk of a page with a table of 22 authorities and all its contents takes about 200 presses.
_PRESSES = 900
_TEXT_TWICE = "212.5%"


@contextmanager
def opened_browser() -> Iterator[Any]:
    """Open Chromium; the test is skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api")
    if PROGRAM is None:
        pytest.skip("chromium is not on the PATH")
    with playwright.sync_playwright() as program:
        started = program.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield started
        started.close()


def open_page(browser: Any, path: Path, width: int, *, scripts: bool = True) -> Any:
    """Open a page of a folder; `requested` of the page lists the addresses it asks for."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts
    )
    page = context.new_page()
    page.requested = []
    page.on("request", lambda request: page.requested.append(request.url))
    page.goto(path.as_uri())
    return page


def broken_rules(page: Any) -> list[tuple[str, list[str]]]:
    """Return each broken rule of WCAG with the first place that breaks it."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [(rule["id"], rule["nodes"][0]["target"]) for rule in found]


def walk_with_keys(page: Any) -> tuple[int, list[str]]:
    """Press Tab to the end of a page; return the places and those whose focus is not seen."""
    unseen: list[str] = []
    for presses in range(_PRESSES):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused is None:
            return presses, unseen
        style, width, size, markup = focused
        if style == "none" or (style != "auto" and width < 2) or size == 0:
            unseen.append(markup[:100])
    return _PRESSES, [*unseen, "the walk does not end"]


def lost_by_larger_text(page: Any) -> list[str]:
    """Set text twice as large and return what is cut, and whether the page scrolls sideways."""
    page.evaluate(f"document.documentElement.style.fontSize = '{_TEXT_TWICE}'")
    sideways = [] if page.evaluate(NOT_SIDEWAYS) else ["the page scrolls sideways"]
    return [*sideways, *page.evaluate(_CUT)]


def faults_on_paper(page: Any) -> list[str]:
    """Return what paper shows that only a screen needs, and what it holds back."""
    page.emulate_media(media="print")
    faults = [f"{name} is printed" for name in page.evaluate(_SEEN)]
    if page.evaluate(_HELD_BACK):
        faults.append("a table or chart is cut at the edge of the paper")
    if not page.locator("main h1").is_visible():
        faults.append("the title is not printed")
    return faults
