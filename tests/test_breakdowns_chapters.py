"""Age and gender from filled workbooks through checks and gate to what is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from small_returns import AUTHORITIES, CATALOGUE, PROJECT, through_gate

from ssstats.changes import change_table
from ssstats.chapters import open_release
from ssstats.chapters.breakdowns import breakdown_tables, category_table
from ssstats.checks import check_returns
from ssstats.disclosure.policy import read_policy
from ssstats.disclosure.release_tables import write_csv, write_release_tables
from ssstats.estimates import estimate_measures
from ssstats.returns import read_returns, write_template
from ssstats.signals import signal_table
from ssstats.words import read_words

POLICY = read_policy("round-5", PROJECT / "data" / "policy")
NOW, EDITION = "2024-25", "2020-proposed"
FIRST, SECOND = AUTHORITIES[:2]
PARTS = [100, 60, 3, 80, 120, 0, 75, 90, 5, 40, 85, 2]  # four ages by three genders: 660
BY_GENDER = {"male": 300, "female": 355, "other": 5}


def filled(folder: Path, area: str) -> Path:
    """A template with AD/021a by age and gender, and AD/021b by gender alone."""
    words = read_words(PROJECT / "data" / "catalogue", "en")
    path = folder / f"{area}.xlsx"
    write_template(path, CATALOGUE, words, area=area, edition=EDITION, period=NOW)
    book = load_workbook(path)
    for row in book["Return"].iter_rows(min_row=8):
        if row[0].value in ("AD/021a", "AD/021b"):
            row[5].value = 660
    sheet = book["Age and gender"]
    rows = list(sheet.iter_rows(min_row=8))
    for row, value in zip((r for r in rows if r[0].value == "AD/021a"), PARTS, strict=True):
        row[5].value = value
    own = [row for row in rows if row[0].value == "AD/021b"]
    for row, (gender, value) in zip(own[:3], BY_GENDER.items(), strict=True):
        row[2].value, row[3].value, row[5].value = None, gender, value
    for row in own[3:]:
        row[0].value = row[2].value = row[3].value = None
    book.save(path)
    return path


@pytest.fixture(scope="module")
def returns(tmp_path_factory):
    folder = tmp_path_factory.mktemp("returns")
    for area in (FIRST, SECOND):
        filled(folder, area)
    return read_returns(folder, CATALOGUE)


@pytest.fixture(scope="module")
def release(returns, tmp_path_factory):
    tables = through_gate(
        returns, POLICY, facts={"period": NOW, "protected_at_source": False, "origins": ["test"]}
    )
    folder = tmp_path_factory.mktemp("release")
    estimates = estimate_measures(tables, CATALOGUE)
    write_release_tables(tables, folder)
    write_csv(estimates, folder / "measures.csv")
    write_csv(change_table(tables, estimates, CATALOGUE), folder / "changes.csv")
    write_csv(signal_table(tables, estimates, CATALOGUE), folder / "signals.csv")
    return open_release(str(folder), period=NOW, language="en")


def lines_of(markdown: str) -> dict[str, list[str]]:
    rows = [line.strip("|").split("|") for line in markdown.splitlines() if line.startswith("|")]
    return {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in rows}


def test_parts_that_add_up_break_no_rule(returns):
    results, _ = check_returns(returns, CATALOGUE)
    assert not results["rule"].str.startswith("check_breakdown").any()


def test_an_authority_reads_ages_down_and_genders_across_with_small_counts_hidden(release):
    table = category_table(release, "AD/021a", FIRST, NOW, "t")
    assert "by age and gender" in table
    lines = lines_of(table)
    assert lines["Category"] == [
        "18 to 64 years",
        "65 to 74 years",
        "75 to 84 years",
        "85 and over",
    ]
    assert lines["Male"] == ["100", "80", "75", "40"]
    assert lines["Other or not stated"][0] == "\\[c\\]"
    assert lines["Other or not stated"][1] in ("0", "\\[c\\]")


def test_an_authority_reads_a_metric_by_one_dimension_with_its_total(release):
    table = category_table(release, "AD/021b", FIRST, NOW, "t")
    assert "by gender" in table and "age" not in table.splitlines()[-1]
    lines = lines_of(table)
    assert (lines["Male"], lines["Female"], lines["All"]) == (["300"], ["355"], ["660"])


def test_a_chapter_shows_authorities_by_one_dimension_and_by_two(release):
    crossed = breakdown_tables(release, ["AD/021a"], "s")
    assert len(crossed) == 4
    alone = breakdown_tables(release, ["AD/021b"], "s")
    assert len(alone) == 1
    lines = lines_of(alone[0])
    assert lines["Local authority"] == ["Male", "Female", "Other or not stated", "All"]
    assert lines[release.name(SECOND)][:2] == ["300", "355"]
    assert lines[release.name(AUTHORITIES[2])] == ["\\[x\\]"] * 4
