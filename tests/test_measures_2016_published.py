"""The published Wales figures of the 2016 measures come out of the pipeline to the printed digit.

Numerators, denominators and figures: StatsWales, quantitative social services performance
measures, 2018-19, tables last updated 26 September 2019.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from small_returns import AUTHORITIES, CATALOGUE, WALES, returns_of, through_gate

from ssstats.disclosure.policy import read_policy
from ssstats.estimates import estimate_measures
from ssstats.words import read_words

POLICY = read_policy("none", Path(__file__).resolve().parents[1] / "data" / "policy")
YEAR = "2018-19"
PUBLISHED = {
    "19": (1395, 286_647, "4.87"),
    "20a": (3077, 7003, "43.9"),
    "20b": (6434, 9634, "66.8"),
    "21": (6_239_421, 7489, "833.1"),
    "22": (338_227, 4012, "84.3"),
    "23": (34_464, 55_117, "62.5"),
    "24": (36_696, 41_267, "88.9"),
    "25": (12_550, 19_396, "64.7"),
    "26": (814, 8515, "9.6"),
}


def shared_out(total: int) -> dict[str, int]:
    """A total over the authorities, what does not divide in the last one."""
    each = total // len(AUTHORITIES)
    shares = dict.fromkeys(AUTHORITIES, each)
    shares[AUTHORITIES[-1]] += total - each * len(AUTHORITIES)
    return shares


@pytest.fixture(scope="module")
def estimates():
    values = {}
    for number, (top, bottom, _) in PUBLISHED.items():
        values[(YEAR, f"PM/{number}.n")] = shared_out(top)
        values[(YEAR, f"PM/{number}.d")] = shared_out(bottom)
    returns = returns_of(values, edition="2016-code")
    tables = through_gate(returns, POLICY, facts={"period": YEAR})
    return estimate_measures(tables, CATALOGUE).set_index(["measure", "area"])


@pytest.mark.parametrize("number", PUBLISHED)
def test_the_published_wales_figure_is_reproduced_to_the_printed_digit(estimates, number):
    row = estimates.loc[(f"PM{number}", WALES)]
    figure = PUBLISHED[number][2]
    assert row["marker"] == ""
    assert f"{row['value']:.{int(row['decimals'])}f}" == figure


def test_all_35_measures_have_a_standard_an_outcome_and_their_values():
    facts = CATALOGUE.measures_2016
    assert {n.rstrip("ab") for n in facts["number"]} == {str(n) for n in range(1, 36)}
    # Measure 20 is a stem: its parts 20a and 20b carry the standard.
    valued = facts[facts["number"] != "20"]
    assert set(valued["standard_tag"]) == {1, 2, 3, 4, 5, 6}
    assert facts["annex_a_outcomes"].ne("").all()
    of_edition = CATALOGUE.measures[CATALOGUE.measures["edition"] == "2016-code"]
    printed = {m.removeprefix("PM").split("-")[0] for m in of_edition["measure"]}
    assert set(valued["number"]) == printed


def test_the_outcomes_that_the_chapter_prints_are_those_of_the_code():
    table = CATALOGUE.standards_outcomes
    outcomes = table[table["type"] == "outcome"]
    folder = Path(__file__).resolve().parents[1] / "data" / "catalogue"
    words = read_words(folder, "en")
    assert [words.say(f"outcome.{key}") for key in outcomes["id"]] == list(outcomes["text"])
