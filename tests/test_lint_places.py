"""True numbers in the wrong place: another unit, area, year or figure than the sentence names."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from small_commentary import CATALOGUE, count_rows, measure_rows
from small_release import (
    POWYS,
    WALES,
    catalogue,
    small_estimates,
    small_tables,
    write_small_data,
)

from ssstats.wording import lint_text, read_figures
from ssstats.wording.placing import misplaced_numbers, placed_figures
from ssstats.wording.published import Figures

LABELS = {
    "AD-32": ["Percentage of reports of an adult at risk that went on to an enquiry",
              "Canran yr adroddiadau am oedolion a aeth ymlaen i ymholiad"],
    "AD/028": ["Reports of an adult at risk received", "Adroddiadau am oedolion a dderbyniwyd"],
    "AD-31": ["Reports of an adult at risk per 10,000 adults",
              "Adroddiadau am oedolion fesul 10,000 o oedolion"],
    "CH/041": ["Children looked after on 31 March", "Plant sy'n derbyn gofal ar 31 Mawrth"],
}  # fmt: skip
NOW, BEFORE = "2024-25", "2023-24"


def placed():
    counts = [
        *count_rows({BEFORE: 25_490, NOW: 26_305}),
        *count_rows({BEFORE: 1_365, NOW: 1_495}, area=POWYS),
        *count_rows({NOW: 26_305}, item="CH/041", area=POWYS),
    ]
    measures = [
        *measure_rows({BEFORE: 59.1, NOW: 60.7}),
        *measure_rows({NOW: 68.9}, area=POWYS),
        *measure_rows({NOW: 102.5}, item="AD-31"),
    ]
    # A difference and a percentage change of the release's own sentences.
    said = [("number", "815"), ("percentage", "3.2")]
    return placed_figures(
        pd.DataFrame(counts), pd.DataFrame(measures), CATALOGUE.areas, said, LABELS
    )


PLACED = placed()


@pytest.mark.parametrize(
    "text",
    [
        "In 2024-25, 60.7% of reports in Wales went on to an enquiry.",
        "In 2024-25, 68.9% of reports in Powys went on to an enquiry, and 60.7% in Wales.",
        "There were 26,305 reports in 2024-25, 815 (3.2%) more than in 2023-24 (25,490).",
        "Reports were received at a rate of 102.5 per 10,000 adults.",
        "Ym Mhowys, aeth 68.9% o'r adroddiadau ymlaen i ymholiad yn 2024-25.",
        "Since 2023-24 the percentage of reports has ranged from 59.1% to 60.7%.",
        "Two offices were closed for 45 days.",
    ],
)
def test_a_number_at_its_place_passes(text):
    assert misplaced_numbers(text, PLACED) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("In 2024-25, 60.7% of reports in Powys went on to an enquiry.", "60.7"),
        ("In 2023-24, 60.7% of reports in Wales went on to an enquiry.", "60.7"),
        ("On 31 March 2024, 26,305 reports had been received.", "26,305"),
        ("Reports rose to 26,305% of what they were.", "26,305"),
        ("Reports were received at a rate of 60.7 per 10,000 adults.", "60.7"),
        ("Powys received 26,305 reports of an adult at risk in 2024-25.", "26,305"),
        ("Ym Mhowys, aeth 60.7% o'r adroddiadau ymlaen i ymholiad yn 2024-25.", "60.7"),
        ("Derbyniwyd 1,495 o adroddiadau yng Nghymru yn 2024-25.", "1,495"),
    ],
)
def test_a_true_number_in_the_wrong_place_is_found(text, number):
    (found,) = misplaced_numbers(text, PLACED)
    assert (found.rule, found.found) == ("number-of-another-place", number)
    assert found.instead.startswith("Look again")


def test_a_text_about_a_figure_holds_its_numbers_and_not_those_of_another():
    text = "The number was 26,305."
    assert misplaced_numbers(text, PLACED, area=WALES, item="AD/028") == []
    assert len(misplaced_numbers(text, PLACED, area=POWYS, item="AD/028")) == 1
    assert len(misplaced_numbers(text, PLACED, area=WALES, item="AD-32")) == 1


YEARS = pd.DataFrame([
    {"area": WALES, "value": 26_305.0, "last_year": 25_490.0, "at_break": False},
    {"area": POWYS, "value": 1_495.0, "last_year": 1_365.0, "at_break": False},
])  # fmt: skip
FIGURES = Figures(
    frozenset({"26,305", "25,490", "1,495", "1,365", "815", "130", "900", "595", "3.2", "9.5"}),
    YEARS, YEARS, PLACED, BEFORE,
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "This was 900 more than in 2023-24 (25,490)."),
        ("en", "Powys received 1,495 reports, 900 more than in 2023-24."),
        ("en", "Wales received 26,305 reports, 130 more than in 2023-24 (1,365)."),
        ("cy", "Roedd hyn 900 yn fwy nag yn 2023-24 (25,490)."),
    ],
)
def test_last_years_figure_is_looked_up_for_the_area_that_the_sentence_names(language, text):
    rules = {found.rule for found in lint_text(text, language=language, release=FIGURES)}
    assert rules & {"contradicts-last-year", "does-not-add-up"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "This was 815 (3.2%) more than in 2023-24 (25,490)."),
        ("en", "Powys received 1,495 reports, 130 (9.5%) more than in 2023-24 (1,365)."),
        ("cy", "Roedd hyn 815 (3.2%) yn fwy nag yn 2023-24 (25,490)."),
        ("en", "This was 900 more than in 2015-16 (595)."),
    ],
)
def test_a_change_that_agrees_with_the_published_years_passes(language, text):
    assert lint_text(text, language=language, release=FIGURES) == []


def test_an_earlier_releases_audit_that_tells_nothing_of_small_groups_is_read(tmp_path):
    own = catalogue()
    tables = small_tables(own)
    write_small_data(tables, small_estimates(tables, own), tmp_path)
    audit = {"figures": 71_055, "relations": 9, "tables_checked": 17_745, "protected": []}
    (tmp_path / "audit.json").write_text(json.dumps(audit))
    assert {"71,055", "17,745"} <= read_figures(tmp_path / "data").shown
