"""What pages say of change, signals, processes and the number of comparisons."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_returns import AUTHORITIES, CATALOGUE, everywhere, returns_of, through_gate

from ssstats.changes import change_table
from ssstats.chapters import (
    authority_changes,
    authority_signals,
    chapter_changes,
    chapter_signals,
    open_release,
    process_view,
    quality_comparisons,
)
from ssstats.commentary import write_commentary
from ssstats.disclosure.policy import read_policy
from ssstats.disclosure.release_tables import write_csv, write_release_tables
from ssstats.estimates import estimate_measures
from ssstats.project import find_project
from ssstats.signals import signal_table
from ssstats.words import read_words

POLICY = read_policy("round-5", Path(__file__).resolve().parents[1] / "data" / "policy")
PROJECT = find_project(Path(__file__).parent)
NOW, BEFORE = "2024-25", "2023-24"
ONE, TWO = AUTHORITIES[:2]


def values():
    """Reports up by half in one authority, hidden in another; enquiries low in the first."""
    return {
        (BEFORE, "AD/028"): everywhere(400),
        (NOW, "AD/028"): everywhere(400, a01=600, a02=3),
        (BEFORE, "AD/030"): everywhere(240),
        (NOW, "AD/030"): everywhere(240, a01=120, a02=2),
        (BEFORE, "AD/036"): everywhere(100),
        (NOW, "AD/036"): everywhere(100, a02=1),
        (BEFORE, "AD/025"): everywhere(500),
        (NOW, "AD/025"): everywhere(500, a01=700),
        (BEFORE, "AD/024"): everywhere(1000),
        (NOW, "AD/024"): everywhere(1000),
    }


def opened(folder: Path, language: str):
    returns = returns_of(values())
    tables = through_gate(
        returns, POLICY, facts={"period": NOW, "protected_at_source": False, "origins": ["test"]}
    )
    estimates = estimate_measures(tables, CATALOGUE)
    write_release_tables(tables, folder)
    write_csv(estimates, folder / "measures.csv")
    write_csv(change_table(tables, estimates, CATALOGUE), folder / "changes.csv")
    write_csv(signal_table(tables, estimates, CATALOGUE), folder / "signals.csv")
    with_words = {own: read_words(PROJECT.catalogue, own) for own in ("en", "cy")}
    write_commentary(
        open_release(str(folder), period=NOW, language="en"),
        folder,
        rules=PROJECT.commentary_rules,
        languages=with_words,
        handwritten=folder / "none",
    )
    return open_release(str(folder), period=NOW, language=language)


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("release"), "en")


@pytest.fixture(scope="module")
def welsh(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("datganiad"), "cy")


def row_with(markdown: str, text: str) -> str:
    return next(line for line in markdown.splitlines() if line.startswith("|") and text in line)


def test_a_chapter_says_in_words_how_its_figures_for_wales_changed(release):
    page = chapter_changes(release, "adults")
    # 22 times 400, and 200 more in one authority and 397 fewer in another.
    assert "| 8,800 | 8,605 |" in row_with(page, "AD/028")
    assert "little change" in row_with(page, "AD/028")
    assert "of last year's figure" in row_with(page, "proceeded to an enquiry")


def test_a_chapter_names_the_authorities_with_a_signal_in_geographic_order(release):
    page = chapter_signals(release, "adults")
    row = row_with(page, "reviewed within statutory timescales")
    assert "21 of 22" in row
    assert "Isle of Anglesey: higher than expected by chance" in row


def test_a_funnel_says_in_its_alternative_text_who_is_beyond_the_limits(release):
    page = chapter_signals(release, "adults")
    assert 'fig-alt="Funnel plot. Percentage of care and support plans' in page
    assert "Beyond the limits that allow for the spread between local authorities: Isle of" in page


def test_an_authority_reads_its_signals_and_what_to_look_at_next(release):
    page = authority_signals(release, ONE)
    assert "lower than expected by chance" in row_with(page, "proceeded to an enquiry")
    assert "### What to look at next" in page
    assert "- Reviews: Which reviews are due" in page
    assert "has given no note" in page


def test_an_authority_without_signals_is_asked_no_questions(release):
    page = authority_signals(release, AUTHORITIES[5])
    assert "No figure lies outside the expected range." in page
    assert "What to look at next" not in page


def test_an_authority_reads_only_the_changes_that_remain_among_all(release):
    page = authority_changes(release, ONE)
    assert "rose" in row_with(page, "AD/028")
    assert "No main figure changed" in authority_changes(release, AUTHORITIES[5])


def test_the_process_view_takes_no_side_and_shows_every_authority(release):
    page = process_view(release, "adults")
    assert "Neither a high nor a low share is good or bad" in page
    assert "| Isle of Anglesey | 100 | 20 | \\[x\\] | 17 |" in page
    # A hidden count has no share.
    assert "| Gwynedd | \\[x\\] | \\[x\\] | \\[x\\] | \\[x\\] |" in page
    assert "60 per 100" not in page


def test_a_process_of_which_nothing_was_returned_is_left_out(release):
    assert process_view(release, "children") == ""


def test_the_number_of_comparisons_is_printed_with_what_chance_would_give(release):
    page = quality_comparisons(release)
    changes = release.changes
    own = changes[(changes["area"] != release.wales) & (changes["eligible"] == "yes")]
    row = row_with(page, "Change on the year before, metrics of 2020")
    cells = [cell.strip() for cell in row.split("|")[2:-1]]
    assert cells[0] == str(len(own))
    assert float(cells[2]) == pytest.approx(0.05 * len(own), abs=0.6)
    assert cells[3] == str((own["called"] == "yes").sum())
    assert "percentages: 5 percentage points" in page


@pytest.mark.parametrize(
    "write",
    [
        lambda r: chapter_changes(r, "adults"),
        lambda r: chapter_signals(r, "adults"),
        lambda r: authority_signals(r, ONE),
        lambda r: authority_changes(r, ONE),
        lambda r: process_view(r, "adults"),
        quality_comparisons,
    ],
)
def test_every_passage_can_be_written_in_welsh(welsh, write):
    page = write(welsh)
    assert "Ynys Môn" in page or "Oedolion" in page or "Cymru" in page
    assert "expected" not in page
