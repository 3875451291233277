"""The report on a check, and what recorded exceptions change."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.checks import (
    check_returns,
    effects_of_exceptions,
    feedback_by_reference,
    write_check_report,
)
from ssstats.returns import Returns, read_returns

ROOT = Path(__file__).resolve().parents[1]
WALES, NEATH, SWANSEA = "W92000004", "W06000012", "W06000011"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "data" / "catalogue")


@pytest.fixture(scope="module")
def returns(catalogue) -> Returns:
    return read_returns(ROOT / "data" / "synthetic", catalogue)


@pytest.fixture(scope="module")
def report(returns, catalogue, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    results, applied = check_returns(returns, catalogue)
    write_check_report(results, applied, returns, catalogue, folder)
    return folder


def test_an_exception_is_shown_with_its_effect_on_the_authority_and_on_wales(returns, catalogue):
    effects = effects_of_exceptions(returns, catalogue)
    own = effects[(effects["reference"] == "AD/027") & (effects["area"] == NEATH)]
    values = returns.values
    year = values[(values["period"] == "2024-25") & (values["breakdown"] == "")]
    cells = year.pivot(index="area", columns="reference", values="value")[["AD/026", "AD/027"]]
    done, due = float(cells.loc[NEATH, "AD/027"]), float(cells.loc[NEATH, "AD/026"])
    metric = own[(own["item"] == "AD/027") & (own["of_area"] == NEATH)].iloc[0]
    assert (metric["returned"], metric["without"]) == (done, done - 3)
    whole = own[(own["item"] == "AD/027") & (own["of_area"] == WALES)].iloc[0]
    assert whole["returned"] - whole["without"] == 3
    measures = own[own["item"] != "AD/027"]
    share = measures[measures["of_area"] == NEATH].iloc[0]
    assert share["returned"] == pytest.approx(100 * done / due)
    assert share["without"] == pytest.approx(100 * (done - 3) / due)
    national = measures[measures["of_area"] == WALES].iloc[0]
    both = cells.dropna().sum()
    assert national["returned"] == pytest.approx(100 * both["AD/027"] / both["AD/026"])


def test_feedback_counts_decisions_by_reference_and_holds_no_value(returns, catalogue):
    feedback = feedback_by_reference(returns.exceptions, catalogue)
    assert len(feedback) == 10
    own = feedback[feedback["reference"] == "AD/027"].iloc[0]
    assert (own["pending"], own["accepted"], own["reversed"]) == (0, 1, 0)
    assert own["reasons"] == "Three adults were reviewed twice in the year and counted twice"
    assert "amount" not in feedback


def test_the_report_has_one_page_an_authority_and_says_that_it_is_not_for_publication(report):
    pages = sorted(path.name for path in report.glob("*.html"))
    assert len(pages) == 23
    for name in pages:
        assert "Not for publication" in (report / name).read_text(encoding="utf-8")


def test_a_page_shows_the_result_and_the_exception_of_its_own_authority_only(report):
    page = (report / "neath-port-talbot.html").read_text(encoding="utf-8")
    assert "AD/027 is 334, compared with 331" in page
    assert "Three adults were reviewed twice" in page
    assert "R093" not in page
    assert "AD/027 is 334" not in (report / "swansea.html").read_text(encoding="utf-8")


def test_every_table_of_the_report_has_a_caption_and_headers(report):
    for path in report.glob("*.html"):
        page = path.read_text(encoding="utf-8")
        tables = page.count("<table ")
        assert page.count("<caption>") == tables
        assert page.count('<th scope="col" role="columnheader"') >= tables
        assert len(re.findall(r"<h1>", page)) == 1


def test_checks_json_holds_every_result_and_how_many_block(report, returns, catalogue):
    told = json.loads((report / "checks.json").read_text(encoding="utf-8"))
    results, _ = check_returns(returns, catalogue)
    assert told["results"] == results.to_dict("records")
    # Five errors stand; three of them have an accepted exception.
    assert told["blocking"] == 0


def test_what_a_return_holds_is_text_on_a_page_and_never_markup(tmp_path, catalogue):
    path = tmp_path / "r.csv"
    path.write_text(
        "edition,period,area,reference,value\n2020-proposed,2024-25,W06000011,AD/001,1\n"
    )
    (tmp_path / "exceptions.csv").write_text(
        "edition,period,area,reference,amount,reason,evidence,author,decision,decided_by,decided_on\n"
        "2020-proposed,2024-25,W06000011,AD/001,1,<script>x</script>,,,pending,,\n"
    )
    returns = read_returns(tmp_path, catalogue)
    results, applied = check_returns(returns, catalogue)
    write_check_report(results, applied, returns, catalogue, tmp_path / "report")
    page = (tmp_path / "report" / "swansea.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
