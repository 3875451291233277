"""Every page of a release in one browser: rules of WCAG 2.2 AA, width, requests, and size.

    python benchmarks/pages.py reports/2024-25 [--every 40] [--from 0]

Needs Chromium and the packages of the development lock. Prints each page that breaks a rule,
scrolls sideways at 320 px, asks for a file of another host or is over its budget, then the totals
and the largest pages; ends with exit code 1 where anything was found.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

# All levels of WCAG up to AA, and the practices that axe adds.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Naming every element that keeps a rule takes most of the time, and nobody reads it.
_OPTIONS = {
    "runOnly": RULES,
    "resultTypes": ["violations"],
}
KILOBYTES_A_PAGE = 300
_WIDE, _NARROW = (1280, 900), (320, 800)
_LARGEST = 10


def main() -> None:
    """Go over the pages of one release and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("release", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take each n-th page only")
    parser.add_argument("--from", type=int, default=0, dest="first", help="place of the first page")
    given = parser.parse_args()
    site = (given.release / "site").resolve()
    pages = sorted(site.rglob("*.html"))[given.first :: given.every]
    started = time.perf_counter()
    found = list(_faults(site, pages))
    took = time.perf_counter() - started
    print(f"{len(pages)} pages in {took:.0f} s: {len(found)} faults")
    for path in sorted(pages, key=lambda own: -own.stat().st_size)[:_LARGEST]:
        print(f"{path.stat().st_size / 1000:7.0f} kB  {path.relative_to(site).as_posix()}")
    sys.exit(bool(found))


def _faults(site: Path, pages: list[Path]) -> Iterator[str]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        asked: list[str] = []
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        for path in pages:
            asked.clear()
            for fault in _faults_of(page, path):
                line = f"{path.relative_to(site).as_posix()}: {fault}"
                print(line, flush=True)
                yield line
            for url in asked:
                if not url.startswith((site.as_uri(), "data:")):
                    print(path.name, url)
                    yield url
        browser.close()


def _faults_of(page: Any, path: Path) -> Iterator[str]:
    """Yield what is wrong with one page."""
    if path.stat().st_size > 1000 * KILOBYTES_A_PAGE:
        yield f"larger than {KILOBYTES_A_PAGE} kB"
    page.set_viewport_size(dict(zip(("width", "height"), _WIDE, strict=True)))
    page.goto(path.as_uri())
    for rule in Axe().run(page, options=_OPTIONS).response["violations"]:
        yield f"{rule['id']} at {rule['nodes'][0]['target']} and {len(rule['nodes']) - 1} more"
    page.set_viewport_size(dict(zip(("width", "height"), _NARROW, strict=True)))
    root = "document.documentElement"
    if not page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"):
        yield "scrolls sideways at 320 px"


if __name__ == "__main__":
    main()
