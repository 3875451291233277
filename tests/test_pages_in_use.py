"""Each kind of page is used with the keys alone, with text twice as large, and on paper."""

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
from small_returns import CATALOGUE, everywhere, returns_of

from ssstats.checks import check_returns, write_check_report
from ssstats.review import Difference, Review, page_of_reviews

pytestmark = pytest.mark.slow

# Of the site, in Welsh where words are longest; then the pages that only the producers see.
_SITE = (
    "index",
    "about",
    "quality",
    "dictionary",
    "adults",
    "framework-2016",
    "authority-powys",
    "measures/index",
    "measures/ad-02",
    "measures/metric-ad-002",
)
_REPORTS = ("check/index", "check/swansea", "review/review")
_KINDS = (*(f"site/cy/{name}" for name in _SITE), "site/index", *_REPORTS)


@pytest.fixture(scope="module")
def folder(demonstration_release: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a release beside the reports of a check and of a review."""
    together = tmp_path_factory.mktemp("in-use")
    (together / "site").symlink_to(demonstration_release.folder / "site")
    returns = returns_of({("2024-25", "AD/001"): everywhere(100, a11=90)})
    results, applied = check_returns(returns, CATALOGUE)
    write_check_report(results, applied, returns, CATALOGUE, together / "check")
    write_review(together / "review" / "review.html")
    return together


def write_review(path: Path) -> None:
    changed = Difference(3, "table", "tbl-powys-counts, row Contacts, column 2024-25", "10", "15")
    reviews = [Review("Gwynedd", "en", path, ()), Review("Powys", "en", path, (changed,))]
    path.parent.mkdir()
    path.write_text(page_of_reviews("Review of 2024-25", reviews), encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with opened_browser() as started:
        yield started


@pytest.fixture(params=_KINDS)
def path(request: pytest.FixtureRequest, folder: Path) -> Path:
    return folder / f"{request.param}.html"


def test_every_place_is_reached_with_the_keys_and_shown(browser: Any, path: Path) -> None:
    places, unseen = walk_with_keys(open_page(browser, path, 1280))
    assert unseen == []
    assert places > 0


def test_text_twice_as_large_loses_nothing(browser: Any, path: Path) -> None:
    assert lost_by_larger_text(open_page(browser, path, 1280)) == []


def test_paper_holds_the_page_alone_and_all_of_it(browser: Any, path: Path) -> None:
    assert faults_on_paper(open_page(browser, path, 1000)) == []


@pytest.mark.parametrize("name", _REPORTS)
@pytest.mark.parametrize("width", [1280, 320])
def test_reports_for_producers_keep_the_rules_of_wcag(
    browser: Any, folder: Path, name: str, width: int
) -> None:
    page = open_page(browser, folder / f"{name}.html", width)
    assert broken_rules(page) == []
    assert page.evaluate(NOT_SIDEWAYS)
