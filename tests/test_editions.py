"""Editions side by side: series that cross from one to the other, and an edition added as data."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from small_returns import AUTHORITIES, CATALOGUE, PROJECT, WALES, everywhere, returns_of

from ssstats.catalogue import read_catalogue
from ssstats.chapters import framework_series, open_release
from ssstats.checks import check_returns
from ssstats.disclosure.gate import pass_gate
from ssstats.disclosure.policy import read_policy
from ssstats.disclosure.release_attack_report import attack_release, require_protected
from ssstats.disclosure.release_tables import write_csv, write_release_tables
from ssstats.estimates import estimate_measures
from ssstats.measures import coverage_of, measure_quantities
from ssstats.periods import ReportingYear
from ssstats.release.tables import publish_tables
from ssstats.returns import read_returns

POLICY = read_policy("round-5", PROJECT / "data" / "policy")


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> Path:
    """Release tables of two years of each edition: measure 24, which goes on as CH-13, and 35."""
    folder = tmp_path_factory.mktemp("both")
    old = {
        (year, f"PM/{number}.{side}"): everywhere(count)
        for year in ("2018-19", "2019-20")
        for number, side, count in (("24", "n", 80), ("24", "d", 100), ("35", "n", 30),
                                    ("35", "d", 100))
    }  # fmt: skip
    new = {
        (year, reference): everywhere(count)
        for year in ("2020-21", "2021-22")
        for reference, count in (("CH/012", 90), ("CH/006", 100), ("CH/052", 20), ("CH/053b", 60),
                                 ("CH/053d", 40))
    }  # fmt: skip
    parts = [returns_of(old, edition="2016-code"), returns_of(new)]
    values = pd.concat([part.values for part in parts], ignore_index=True)
    returns = type(parts[0])(values, parts[0].exceptions, ("test.csv",))
    tables = pass_gate(
        measure_quantities(returns, CATALOGUE),
        POLICY,
        catalogue=CATALOGUE,
        coverage=coverage_of(returns, AUTHORITIES),
        exceptions=returns.exceptions,
        breaks=CATALOGUE.breaks,
        checks=pd.DataFrame(columns=["period", "severity", "rules", "found"]),
        facts={"period": "2021-22", "protected_at_source": False, "origins": ["test"]},
    )
    write_release_tables(tables, folder)
    write_csv(estimate_measures(tables, CATALOGUE), folder / "measures.csv")
    for name in ("changes", "signals"):
        write_csv(pd.DataFrame(columns=["measure", "edition", "area"]), folder / f"{name}.csv")
    return folder


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_series_goes_on_where_both_editions_agree_well_and_marks_the_break(both, language):
    page = framework_series(open_release(str(both), period="2021-22", language=language))
    good = page.split("#tbl-series-good")[1].split("\n:::")[0]
    lines = [line.split("|")[1:-1] for line in good.splitlines() if line.startswith("| 20")]
    years = ["2018-19", "2019-20", "2020-21 \\[b\\]", "2021-22"]
    assert [line[0].strip() for line in lines] == years
    assert [line[1].strip() for line in lines] == ["80.0%", "80.0%", "90.0%", "90.0%"]


def test_nothing_is_joined_where_the_editions_agree_weakly_or_not_at_all(both):
    page = framework_series(open_release(str(both), period="2021-22", language="en"))
    crosswalk, series = page.split("#tbl-series-good")
    assert "(PM35) |" in crosswalk
    assert "(CH-52) | weak |" in crosswalk
    assert "(PM35)" not in series


def test_the_chart_of_a_series_is_cut_at_the_break(both):
    page = framework_series(open_release(str(both), period="2021-22", language="en"))
    assert page.count("#fig-series-") == 1
    assert "cut at the break between two editions. Before the break: 80.0% in 2018-19" in page


def test_years_of_one_edition_alone_have_no_series_across(both):
    release = open_release(str(both), period="2021-22", language="en")
    release = replace(release, period=ReportingYear.parse("2019-20"))
    assert framework_series(release) == ""


THIRD = "2030-tiny"


@pytest.fixture(scope="module")
def third(tmp_path_factory):
    """A catalogue with a third edition: two counts, a percentage of them and an identity."""
    folder = tmp_path_factory.mktemp("third") / "catalogue"
    shutil.copytree(PROJECT / "data" / "catalogue", folder)
    source = {"source": "Made up for a test", "note": ""}
    _add(folder / "editions.csv", "2020-proposed", {
        "edition": THIRD, "title_en": "Tiny", "title_cy": "Bach", "first_period": "2030-31",
        "last_period": "", "visibility": "public", **source,
    })  # fmt: skip
    for reference in ("AD/001", "AD/002a"):
        _add(folder / "metrics.csv", reference, {
            "edition": THIRD, "reference": reference, "number": reference, "letter": "",
            "item_type": "standalone", "parent_reference": "", "relation": "none",
            "exclusive": "", "exhaustive": "",
        })  # fmt: skip
        _add(folder / "words-metrics.csv", f"metric.2020-proposed.{reference}",
             {"key": f"metric.{THIRD}.{reference}"})  # fmt: skip
    _add(folder / "measures.csv", "AD-02", {"measure": "TY-01", "edition": THIRD,
         "numerator": "AD/002a", "denominator": "AD/001"})  # fmt: skip
    _add(folder / "words-measures.csv", "measure.AD-02", {"key": "measure.TY-01"})
    _add(folder / "identities.csv", "R040", {"edition": THIRD, "id": "R901", "left": "AD/002a",
         "right": "AD/001"})  # fmt: skip
    return read_catalogue(folder)


def _add(path: Path, like: str, other: dict[str, str]) -> None:
    """Append a row like the first one that holds a cell, with other cells."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    row = dict(zip(header, next(row for row in rows if like in row[:3]), strict=True))
    cells = {**row, **{name: text for name, text in other.items() if name in row}}
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(cells.values())


def _write_returns(path: Path, of_first: int) -> Path:
    rows = [
        (THIRD, "2030-31", area, reference, count)
        for place, area in enumerate(AUTHORITIES)
        for reference, count in (("AD/001", 100), ("AD/002a", 40 if place else of_first))
    ]
    frame = pd.DataFrame(rows, columns=["edition", "period", "area", "reference", "value"])
    frame.to_csv(path, index=False)
    return path


def test_a_return_of_an_edition_added_as_data_is_checked_by_its_own_identities(third, tmp_path):
    returns = read_returns(_write_returns(tmp_path / "tiny.csv", 140), third)
    results, _ = check_returns(returns, third)
    broken = results[results["rule"] == "R901"]
    assert broken[["period", "area"]].to_numpy().tolist() == [["2030-31", AUTHORITIES[0]]]


def test_a_return_of_an_edition_added_as_data_passes_the_gate_and_stands_the_attack(
    third, tmp_path
):
    path = _write_returns(tmp_path / "tiny.csv", 3)
    tables = publish_tables(
        path,
        period=ReportingYear.parse("2030-31"),
        policy=POLICY,
        catalogue=third,
        folder=tmp_path / "data",
    )
    counts = tables.counts.set_index(["reference", "area"])
    assert counts.loc[("AD/002a", AUTHORITIES[0]), "marker"] == "c"
    assert counts.loc[("AD/001", WALES), "value"] == 2200
    shares = pd.read_csv(tmp_path / "data" / "measures.csv")
    own = shares[(shares["measure"] == "TY-01") & (shares["area"] == AUTHORITIES[1])]
    assert own["value"].tolist() == [40.0]
    require_protected(attack_release(tmp_path / "data", third))
