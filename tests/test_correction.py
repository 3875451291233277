"""A draft becomes final, is corrected after a return changed, and is withdrawn."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from fault_driver import change_one_value
from small_build import PROJECT, build_small, write_small_returns

from ssstats.errors import UsageError
from ssstats.manifest import MANIFEST, checksum
from ssstats.outputs import check_release
from ssstats.release.differences import compare_releases
from ssstats.release.states import REGISTER, Wish, sign, withdraw
from ssstats.release.verifying import verify_release

pytestmark = pytest.mark.slow

FINAL = Wish("final", "2025-10-08")
WHY, WHY_WELSH = "Anglesey returned 40 contacts too few", "Roedd 40 cyswllt ar goll o Ynys Môn"
CORRECTION = Wish("correction", "2025-11-03", "Ann Other", WHY, WHY_WELSH)


@dataclass(frozen=True)
class Story:
    """What stood in the releases' folder at each point, and what was refused."""

    place: Path
    kept: Path
    corrected: Path
    refused: tuple[str, ...]
    rows: list[dict[str, str]]


def signed(folder: Path, register: Path) -> None:
    for person in ("Ann Other", "Ben Jones"):
        sign(folder, register, by=person, role="statistician", on="2025-10-06")


@pytest.fixture(scope="module")
def story(tmp_path_factory) -> Story:
    folder = tmp_path_factory.mktemp("correction")
    returns, out = write_small_returns(folder / "returns"), folder / "reports"
    languages, refused = {"languages": ("en", "cy")}, []

    def build(place: Path, wish: Wish | None = None) -> Path:
        more = {} if wish is None else {"wish": wish}
        return build_small(returns, place, **languages, **more).folder

    def refuses(place: Path, wish: Wish) -> None:
        with pytest.raises(UsageError) as found:
            build(place, wish)
        refused.append(str(found.value))

    draft = build(out)
    refuses(out, FINAL)
    signed(draft, out)
    place = build(out, FINAL)
    first = checksum(place / MANIFEST)
    change_one_value(returns)
    refuses(out, Wish())
    refuses(out, CORRECTION)
    signed(build(out / "drafts"), out)
    place = build(out, CORRECTION)
    kept = out / "replaced" / f"2024-25-{first[:12]}"
    corrected = withdraw(place, by="Ann Other", why="Wrong year", on="2025-12-01")
    with (out / REGISTER).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Story(place, kept, corrected, tuple(refused), rows)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_nothing_is_final_unsigned_and_nothing_final_is_written_over(story):
    unsigned, over, changed = story.refused
    assert unsigned.startswith("0 of 2 people")
    assert "a final release stands here" in over
    assert changed.startswith("0 of 2 people")


def test_the_first_release_is_kept_as_it_was_published(story):
    for folder in (story.kept, story.corrected):
        assert verify_release(folder, PROJECT).as_published
        assert check_release(folder) == []
    page = (story.kept / "site" / "en" / "index.html").read_text(encoding="utf-8")
    assert "Draft" not in page and "Corrected" not in page


def test_every_page_of_the_correction_says_when_and_why_in_its_language(story):
    for language, said in (("en", f"Corrected on 3 November 2025: {WHY}"), ("cy", WHY_WELSH)):
        pages = list((story.corrected / "site" / language).rglob("*.html"))
        assert len(pages) > 10
        for page in pages:
            assert said in page.read_text(encoding="utf-8"), page.name


def test_what_changed_is_told_in_a_file_and_on_a_page_in_each_language(story):
    told = rows_of(story.corrected / "data" / "corrections.csv")
    moved = {(row["area"], row["figure"]) for row in told if row["file"] == "counts.csv"}
    assert {("W06000001", "AD/001"), ("W92000004", "AD/001")} == moved
    for language in ("en", "cy"):
        site = story.corrected / "site" / language
        page = (site / "corrections" / "index.html").read_text(encoding="utf-8")
        assert page.count('<tr><th scope="row"') == len(told)
        assert story.kept.name[-12:] in page
        assert 'href="../corrections/index.html"' in next(
            (site / "measures").glob("*.html")
        ).read_text(encoding="utf-8")
    assert not (story.kept / "data" / "corrections.csv").exists()


def test_the_difference_of_both_is_what_the_correction_tells(story):
    found = compare_releases(story.kept, story.corrected)
    told = rows_of(story.corrected / "data" / "corrections.csv")
    assert found.figures.to_dict("records") == told
    assert "the returns: synthetic-returns-2024-25.csv" in found.causes
    assert {row["what"] for row in told} == {"revised"}


def test_revised_facts_of_the_upload_are_marked_and_no_other_is(story):
    before, now = (
        {
            tuple(value for name, value in row.items() if name not in ("Data", "NoteCodes")): row
            for row in rows_of(folder / "statswales" / "adults" / "data.csv")
        }
        for folder in (story.kept, story.corrected)
    )
    assert set(before) == set(now)
    moved = {
        key for key in now if float(before[key]["Data"] or -1) != float(now[key]["Data"] or -1)
    }
    marked = {key for key in now if "r" in now[key]["NoteCodes"].split(",")}
    assert moved and marked == moved
    assert not any("r" in row["NoteCodes"].split(",") for row in before.values())


def test_the_register_tells_all_of_it_in_order(story):
    assert [(row["state"], row["on"], row["why"]) for row in story.rows] == [
        ("final", "2025-10-08", ""),
        ("correction", "2025-11-03", WHY),
        ("withdrawn", "2025-12-01", "Wrong year"),
    ]
    final, correction, withdrawn = story.rows
    assert correction["replaces"] == final["manifest"] == checksum(story.kept / MANIFEST)
    assert withdrawn["replaces"] == correction["manifest"] == checksum(story.corrected / MANIFEST)


def test_a_page_stands_where_the_withdrawn_release_stood(story):
    assert sorted(path.name for path in story.place.rglob("*") if path.is_file()) == [
        "index.html",
        "withdrawn.json",
    ]
    page = (story.place / "site" / "index.html").read_text(encoding="utf-8")
    assert re.search(r"Withdrawn on .*: Wrong year", page)
    assert json.loads((story.place / "withdrawn.json").read_text())["by"] == "Ann Other"
