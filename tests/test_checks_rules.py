"""Every rule finds the fault of its smallest bad file, and no rule is left unwired."""

from __future__ import annotations

import inspect
import pkgutil
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

import ssstats.checks
from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.checks import RESULT_COLUMNS, blocking, check_returns, summary_of
from ssstats.checks.checked import Checked
from ssstats.checks.identities import check_identities
from ssstats.checks.results import SEVERITIES, read_rules
from ssstats.checks.running import RULES
from ssstats.returns import Returns, read_returns
from ssstats.returns.exceptions import no_exceptions

ROOT = Path(__file__).resolve().parents[1]
BAD = ROOT / "tests" / "fixtures" / "returns"
NAMES = [rule.__name__ for rule in RULES]
# A workbook's own faults have their bad files in test_returns_workbooks.py; the fraction in a value
# that did not come through a reader is made below.
ELSEWHERE = {"check_reading_formulas", "check_reading_hidden", "check_structure_fractions"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "data" / "catalogue")


@pytest.fixture(scope="module")
def demonstration(catalogue) -> Returns:
    return read_returns(ROOT / "data" / "synthetic", catalogue)


@pytest.fixture(scope="module")
def found(demonstration, catalogue) -> pd.DataFrame:
    return check_returns(demonstration, catalogue)[0]


def bad_file(rule: str) -> Path:
    folder = BAD / rule
    return folder if folder.is_dir() else BAD / f"{rule}.csv"


@pytest.mark.parametrize("rule", sorted(set(NAMES) - ELSEWHERE))
def test_a_rule_finds_the_fault_of_its_smallest_bad_file_once(catalogue, rule):
    results, applied = check_returns(read_returns(bad_file(rule), catalogue), catalogue)
    own = results[results["rule"] == rule]
    # Two rows that changed places are two results, and so are two copies of one section.
    pairs = ("check_change_neighbours_row", "check_repeat_other_authority")
    assert len(own) == (2 if rule in pairs else 1)
    assert rule in set(applied["rule"])
    assert (own[["severity", "found", "why", "action"]] != "").all(axis=None)


def test_every_rule_function_is_wired_and_described():
    written = {
        name
        for module in pkgutil.iter_modules(ssstats.checks.__path__)
        for name, _ in inspect.getmembers(
            import_module(f"ssstats.checks.{module.name}"), inspect.isfunction
        )
        if name.startswith("check_")
    }
    assert written == {*NAMES, "check_returns", "check_identities"}
    assert list(read_rules()) == sorted(read_rules(), key=list(read_rules()).index)
    assert set(read_rules()) == set(NAMES)
    assert len(NAMES) == len(set(NAMES))
    assert {rule.severity for rule in read_rules().values()} <= set(SEVERITIES)


def test_every_rule_has_a_bad_file():
    assert {rule for rule in NAMES if bad_file(rule).exists()} == set(NAMES) - ELSEWHERE


def test_a_fraction_among_counts_is_an_error(demonstration, catalogue):
    values = demonstration.values.iloc[:1].assign(value=pd.array([12.5], dtype="Float64"))
    results, _ = check_returns(replace(demonstration, values=values), catalogue)
    assert "check_structure_fractions" in set(results["rule"])


def bad_identities() -> pd.DataFrame:
    """Return the smallest bad rows of all identities, those of each in two years of their own."""
    table = pd.read_csv(BAD / "identities.csv", dtype=str, keep_default_na=False)
    places = {identity: place for place, identity in enumerate(table["identity"].unique())}
    starts = 1000 + 2 * table["identity"].map(places) + (table["period"] == "2024-25")
    return table.assign(
        period=[f"{start}-{(start + 1) % 100:02d}" for start in starts],
        value=pd.to_numeric(table["value"]).astype("Float64"),
        flags="",
        protection="",
        origin="",
        file="bad.csv",
        row=2,
    )


def test_all_302_identities_are_broken_by_their_smallest_bad_rows_and_hold_with_zeros(catalogue):
    table = bad_identities()
    assert table["identity"].nunique() == 302
    assert set(table["identity"]) == set(catalogue.identities["id"])
    years = {(row.identity, row.period) for row in table.itertuples()}
    severities = dict(
        zip(catalogue.identities["id"], catalogue.identities["severity"], strict=True)
    )
    bad = Returns(table.drop(columns="identity"), no_exceptions(), ("bad.csv",))
    broken = {
        (rule.name, found.period)
        for rule, breaks, _ in check_identities(Checked.of(bad, catalogue))
        for found in breaks
        if rule.severity == severities[rule.name]
    }
    assert {identity for identity, _ in broken & years} == set(table["identity"])
    good = replace(bad, values=bad.values.assign(value=bad.values["value"] * 0))
    held = list(check_identities(Checked.of(good, catalogue)))
    assert not [found for _, breaks, _ in held for found in breaks]
    assert {rule.name for rule, _, tested in held if tested} == set(table["identity"])


def test_checking_the_demonstration_finds_the_nine_planted_faults_and_no_other(found):
    faults = pd.read_csv(ROOT / "data/demonstration/faults.csv", dtype=str, keep_default_na=False)
    assert len(faults) == 9
    told = found[found["severity"] != "info"]
    places = set(zip(told["period"], told["area"], strict=True))
    assert places == set(zip(faults["period"], faults["area"], strict=True))
    identities = set(told.loc[~told["rule"].str.startswith("check_"), "rule"])
    assert identities == {"R093", "R056", "R041", "R237", "R040", "R272", "R288"}
    others = told[told["rule"].str.startswith("check_")]
    assert others[["rule", "area", "reference"]].values.tolist() == [
        ["check_change_digit_slip", "W06000004", "CH/028"],
        ["check_repeat_section_of_last_year", "W06000009", "CH/006"],
        ["check_change_digit_slip", "W06000022", "WF/007a"],
    ]


def test_what_an_authority_declares_it_cannot_return_is_information_only(found):
    declared = found[found["rule"] == "check_coverage_declared_gaps"]
    sections = declared["found"].str.contains("Assessments") & (declared["period"] == "2024-25")
    assert declared.loc[sections, "area"].tolist() == ["W06000019"]
    assert set(declared["severity"]) == {"info"}


def test_an_exception_about_a_term_speaks_for_the_break_of_its_identity(found):
    decided = found[found["exception"] != ""]
    by_rule = dict(zip(decided["rule"], decided["exception"], strict=True))
    assert (by_rule["R040"], by_rule["R272"], by_rule["R288"]) == (
        "accepted",
        "accepted",
        "pending",
    )
    assert (by_rule["R093"], by_rule["R237"]) == ("accepted", "accepted")


def test_an_accepted_exception_lets_an_error_pass_and_a_pending_one_does_not(found):
    assert not len(blocking(found))
    pending = found.assign(exception=found["exception"].replace("accepted", "pending"))
    assert set(blocking(pending)["rule"]) == {"R093", "R056", "R041", "R237", "R040"}


def test_results_come_in_one_order_and_the_summary_holds_no_value(found, demonstration, catalogue):
    assert list(found.columns) == list(RESULT_COLUMNS)
    turned = replace(demonstration, values=demonstration.values.iloc[::-1].reset_index(drop=True))
    again, applied = check_returns(turned, catalogue)
    pd.testing.assert_frame_equal(found, again)
    assert list(summary_of(found, applied).columns) == ["period", "severity", "rules", "found"]


def test_values_that_came_protected_are_not_checked(demonstration, catalogue):
    values = demonstration.values.assign(protection="rounded")
    results, applied = check_returns(replace(demonstration, values=values), catalogue)
    assert not len(results)
    assert not len(applied)
