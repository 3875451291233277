"""Decisions on recorded exceptions: what they do to values, and how they are written down."""

from __future__ import annotations

import json
import shutil
import stat
from dataclasses import replace

import pandas as pd
import pytest
from small_release import small_tables
from small_returns import AUTHORITIES, CATALOGUE, PROJECT, WALES, everywhere, returns_of

from ssstats.chapters import Release, quality_exceptions
from ssstats.checks import (
    AcceptedErrors,
    check_returns,
    effects_of_exceptions,
    refuse_open_errors,
)
from ssstats.checks.listing import csv_of_exceptions, json_of_exceptions, lines_of_exceptions
from ssstats.errors import ChecksError, ReturnsError, UsageError
from ssstats.measures import measure_quantities
from ssstats.periods import ReportingYear
from ssstats.returns import (
    EXCEPTION_COLUMNS,
    Decision,
    apply_decisions,
    decide_exception,
    exception_ids,
    exceptions_to_decide,
    read_returns,
)
from ssstats.whole_files import write_private
from ssstats.words import read_words

YEAR, POWYS = "2024-25", "W06000023"
HEADER = (
    "edition,period,area,reference,amount,reason,evidence,author,decision,decided_by,decided_on"
)
JUNE = Decision.checked("accepted", by="A Statistician", on="2025-06-12", why="Case files seen")


def exception(reference="AD/025", amount=5.0, decision="pending", *, area=POWYS, period=YEAR):
    who, when = ("", "") if decision == "pending" else ("Somebody", "2025-06-12")
    return dict(
        zip(
            EXCEPTION_COLUMNS,
            ("2020-proposed", period, area, reference, amount, f"Reason for {reference}", "File",
             "Author", decision, who, when, ""),
            strict=True,
        )
    )  # fmt: skip


def with_exceptions(values, *rows):
    frame = pd.DataFrame(rows, columns=list(EXCEPTION_COLUMNS)).astype({"amount": "Float64"})
    return replace(returns_of(values), exceptions=frame)


def returned(decision, **others):
    """Reviews due and in time, ten and eight in each authority; Powys has an exception of 5."""
    values = {(YEAR, "AD/024"): everywhere(10), (YEAR, "AD/025"): everywhere(8)}
    return with_exceptions(values, exception(decision=decision, **others))


def in_powys(returns, reference="AD/025"):
    values = returns.values
    own = values[(values["area"] == POWYS) & (values["reference"] == reference)]
    return float(own["value"].iloc[0])


@pytest.mark.parametrize(("decision", "stands"), [("pending", 8), ("accepted", 8), ("reversed", 3)])
def test_only_a_reversed_exception_takes_its_amount_off(decision, stands):
    assert in_powys(apply_decisions(returned(decision))) == stands


def test_a_return_that_counts_too_few_grows_when_its_exception_is_reversed():
    assert in_powys(apply_decisions(returned("reversed", amount=-2.0))) == 10


def test_wales_is_added_up_after_the_amount_is_taken_off():
    quantities = measure_quantities(apply_decisions(returned("reversed")), CATALOGUE)
    wales = quantities[(quantities["area"] == WALES) & (quantities["reference"] == "AD/025")]
    assert wales["value"].tolist() == [22 * 8 - 5]


def test_two_reversed_exceptions_about_one_value_are_both_taken_off():
    rows = [exception(amount=5.0, decision="reversed"), exception(amount=2.0, decision="reversed")]
    rows[1]["reason"] = "Another reason"
    values = {(YEAR, "AD/024"): everywhere(10), (YEAR, "AD/025"): everywhere(8)}
    assert in_powys(apply_decisions(with_exceptions(values, *rows))) == 1


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (everywhere(8, a23="x"), "no unprotected number"),
        (everywhere(4), "more than the value"),
    ],
)
def test_a_reversal_that_cannot_be_done_names_the_place_and_no_number(values, what):
    found = with_exceptions({(YEAR, "AD/025"): values}, exception(decision="reversed"))
    with pytest.raises(ReturnsError, match=what) as refused:
        apply_decisions(found)
    assert f"{POWYS} {YEAR} AD/025" in str(refused.value)
    assert not {"4", "5", "8"} & set(str(refused.value).split())


def test_a_value_that_came_protected_has_nothing_taken_off():
    found = returned("reversed")
    protected = replace(found, values=found.values.assign(protection="rounded"))
    with pytest.raises(ReturnsError, match="no unprotected number"):
        apply_decisions(protected)


def test_an_exception_keeps_its_name_when_it_is_decided_or_moves():
    before, after = returned("pending").exceptions, returned("reversed").exceptions
    assert exception_ids(before).tolist() == exception_ids(after).tolist()
    both = pd.concat([returned("pending", reference="AD/024").exceptions, before])
    assert exception_ids(both).tolist()[1] == exception_ids(before).tolist()[0]


def effects_by_item(found):
    effects = effects_of_exceptions(found, CATALOGUE)
    return effects.set_index(["kind", "item", "of_period", "of_area"])[["returned", "without"]]


def test_an_effect_is_shown_on_the_value_the_measure_and_the_identity():
    effects = effects_by_item(returned("pending"))
    assert tuple(effects.loc[("metric", "AD/025", YEAR, POWYS)]) == (8, 3)
    assert tuple(effects.loc[("metric", "AD/025", YEAR, WALES)]) == (176, 171)
    assert tuple(effects.loc[("measure", "AD-29", YEAR, POWYS)]) == (80, 30)
    national = tuple(effects.loc[("measure", "AD-29", YEAR, WALES)])
    assert national == pytest.approx((80, 100 * 171 / 220))
    assert tuple(effects.loc[("identity", "R039", YEAR, POWYS)]) == (-2, -7)


def test_an_exception_about_a_letter_is_followed_into_the_sums_it_stands_in():
    values = {(YEAR, r): everywhere(10) for r in ("AD/001", "AD/002a", "AD/002b", "AD/003")}
    effects = effects_by_item(with_exceptions(values, exception("AD/002b", amount=4.0)))
    assert tuple(effects.loc[("sum", "AD/002a + AD/002b", YEAR, POWYS)]) == (20, 16)
    assert tuple(effects.loc[("sum", "AD/002a + AD/002b", YEAR, WALES)]) == (440, 436)
    assert tuple(effects.loc[("measure", "AD-02", YEAR, POWYS)]) == (50, 62.5)


def test_an_exception_about_a_stock_is_followed_into_the_next_year():
    values = {
        (year, reference): everywhere(10)
        for year in ("2023-24", YEAR)
        for reference in ("CH/041", "CH/039", "CH/047")
    }
    effects = effects_by_item(
        with_exceptions(values, exception("CH/041", amount=5.0, period="2023-24"))
    )
    # Returned home over last year's children looked after and those who came.
    assert tuple(effects.loc[("measure", "CH-49", YEAR, POWYS)]) == pytest.approx((50, 1000 / 15))
    assert ("metric", "CH/041", YEAR, POWYS) not in effects.index


def test_an_exception_without_an_amount_has_no_effect_that_can_be_told():
    assert not len(effects_of_exceptions(returned("pending", amount=None), CATALOGUE))


@pytest.fixture
def folder(tmp_path):
    """A folder of returns: one value, and two exceptions with a blank line between them."""
    (tmp_path / "returns.csv").write_text(
        f"edition,period,area,reference,value,marker\n2020-proposed,{YEAR},{POWYS},AD/025,8,\n",
        encoding="utf-8",
    )
    first = f'2020-proposed,{YEAR},Powys,AD/025,5,"Held late, in hospital",Log,Author,,,'
    second = f"2020-proposed,{YEAR},{POWYS},AD/024,1,Counted twice,Log,Author,pending,,"
    lines = [HEADER, first, "", second]
    (tmp_path / "exceptions.csv").write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig")
    return tmp_path


def names_in(folder):
    found = exceptions_to_decide(folder, CATALOGUE)
    return dict(zip(found["reference"], exception_ids(found), strict=True))


def decided_in(folder):
    found = read_returns(folder, CATALOGUE).exceptions.set_index("reference")
    return found[["decision", "decided_by", "decided_on", "decided_why"]]


def test_a_decision_is_read_back_with_who_when_and_why(folder):
    decide_exception(folder, names_in(folder)["AD/024"], JUNE, CATALOGUE)
    decided = decided_in(folder)
    assert tuple(decided.loc["AD/024"]) == (
        "accepted", "A Statistician", "2025-06-12", "Case files seen",
    )  # fmt: skip
    assert tuple(decided.loc["AD/025"]) == ("pending", "", "", "")


def test_the_rest_of_the_file_stays_as_it_was_typed(folder):
    file = folder / "exceptions.csv"
    file.chmod(0o640)
    before = file.read_bytes().decode("utf-8-sig").split("\r\n")
    decide_exception(folder, names_in(folder)["AD/024"], JUNE, CATALOGUE)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    after = file.read_bytes().decode("utf-8-sig").split("\r\n")
    assert after[0] == before[0] + ",decided_why"
    assert after[1:3] == [before[1] + ",", ""]
    assert after[3].startswith(before[3].removesuffix("pending,,"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert {path.name for path in folder.iterdir()} == {"returns.csv", "exceptions.csv"}


def test_a_second_decision_needs_again(folder):
    name = names_in(folder)["AD/025"]
    decide_exception(folder, name, JUNE, CATALOGUE)
    other = Decision.checked("reversed", by="Another", on="2025-06-13")
    with pytest.raises(UsageError, match="was accepted already; give --again"):
        decide_exception(folder, name, other, CATALOGUE)
    decide_exception(folder, name, other, CATALOGUE, again=True)
    assert tuple(decided_in(folder).loc["AD/025"]) == ("reversed", "Another", "2025-06-13", "")
    assert in_powys(apply_decisions(read_returns(folder, CATALOGUE))) == 3


def test_an_unknown_name_is_refused_and_the_file_left_alone(folder):
    before = (folder / "exceptions.csv").read_bytes()
    with pytest.raises(UsageError, match="'nothing' stands in no CSV file"):
        decide_exception(folder, "nothing", JUNE, CATALOGUE)
    assert (folder / "exceptions.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"decision": "pending"}, "use accepted, reversed"),
        ({"by": " "}, "nobody made the decision"),
        ({"on": "12/06/2025"}, "is not a date"),
        ({"why": "=HYPERLINK(1)"}, "formula"),
    ],
)
def test_a_decision_that_cannot_be_written_down_is_refused(said, what):
    parts = {"decision": "accepted", "by": "A Statistician", "on": "2025-06-12", **said}
    with pytest.raises(UsageError, match=what):
        Decision.checked(parts.pop("decision"), **parts)


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ("reversed,Somebody,2025-06-12", "reversed without an amount"),
        ("accepted,Somebody,12 adults in June", "decided_on is not a date"),
        ("reversed,Somebody,", "decided without decided_by and decided_on"),
    ],
)
def test_a_recorded_decision_that_says_too_little_or_too_much_is_refused(folder, cells, what):
    row = f"2020-proposed,{YEAR},{POWYS},AD/025,,Reason,Log,Author,{cells}"
    (folder / "exceptions.csv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    with pytest.raises(ReturnsError, match=f"exceptions.csv, row 2: {what}"):
        read_returns(folder, CATALOGUE)


def test_an_exception_recorded_in_two_files_is_refused(folder):
    shutil.copy(folder / "exceptions.csv", folder / "more-exceptions.csv")
    with pytest.raises(ReturnsError, match="recorded more than once"):
        read_returns(folder, CATALOGUE)


def test_the_list_says_that_it_is_for_statisticians_only_and_how_each_exception_stands():
    found = returned("reversed")
    exceptions = found.exceptions.assign(exception=exception_ids(found.exceptions))
    effects = effects_of_exceptions(found, CATALOGUE)
    text = "\n".join(lines_of_exceptions(exceptions, effects, {POWYS: "Powys"}, most=1))
    assert text.startswith("Official-sensitive: unprotected counts. For statisticians only")
    assert "Powys AD/025" in text
    assert "reversed; the amount is taken off (Somebody, 2025-06-12)" in text
    assert f"and {len(effects) - 1} more" in text


def test_json_and_csv_hold_every_effect_and_files_are_private(tmp_path):
    found = returned("pending")
    exceptions = found.exceptions.assign(
        exception=exception_ids(found.exceptions), reason="=1+1", author=AUTHORITIES[0]
    )
    effects = effects_of_exceptions(found, CATALOGUE)
    told = json.loads(json_of_exceptions(exceptions, effects))
    assert [len(row["effects"]) for row in told["exceptions"]] == [len(effects)]
    path = write_private(tmp_path / "list.csv", csv_of_exceptions(exceptions, effects))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert len(table) == len(effects)
    assert set(table["reason"]) == {"'=1+1"}


def broken():
    """Powys says that more reviews were in time than were due."""
    values = {(YEAR, "AD/024"): everywhere(10), (YEAR, "AD/025"): everywhere(8, a23=17)}
    return with_exceptions(values, exception(amount=9.0))


def test_a_release_of_returns_that_break_a_rule_is_refused_by_place_and_rule_without_counts():
    results, _ = check_returns(broken(), CATALOGUE)
    with pytest.raises(ChecksError) as refused:
        refuse_open_errors(results, CATALOGUE)
    assert f"{YEAR} Powys AD/025: R039" in str(refused.value)
    assert "17" not in str(refused.value)


@pytest.mark.parametrize("decision", ["accepted", "reversed"])
def test_an_accepted_and_a_reversed_exception_let_the_release_pass(decision):
    found = broken()
    decided = replace(found, exceptions=found.exceptions.assign(decision=decision))
    results, _ = check_returns(apply_decisions(decided), CATALOGUE)
    assert refuse_open_errors(results, CATALOGUE) == []


def test_errors_that_somebody_answers_for_are_told_without_what_was_found():
    results, _ = check_returns(broken(), CATALOGUE)
    said = AcceptedErrors.checked("The authority sends its return\n late", "A Statistician")
    assert said.reason == "The authority sends its return late"
    passed = refuse_open_errors(results, CATALOGUE, said)
    assert {"period": YEAR, "area": POWYS, "reference": "AD/025", "rule": "R039"} in passed


@pytest.mark.parametrize("texts", [("", "Somebody"), ("Reason", ""), ("All 17 are right", "Me")])
def test_an_answer_without_reason_or_name_or_with_a_number_is_refused(texts):
    with pytest.raises(UsageError):
        AcceptedErrors.checked(*texts)


def test_the_demonstration_has_no_error_that_stops_a_release():
    returns = read_returns(PROJECT / "data" / "synthetic", CATALOGUE)
    results, _ = check_returns(apply_decisions(returns), CATALOGUE)
    assert refuse_open_errors(results, CATALOGUE) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "A Statistician answers for this."), ("cy", "A Statistician sy'n ateb dros hyn.")],
)
def test_the_quality_chapter_says_who_answers_for_broken_rules_and_which(language, words):
    said = {
        "reason": "The authority sends its return late",
        "by": "A Statistician",
        "errors": [{"period": YEAR, "area": POWYS, "reference": "AD/025", "rule": "R039"}],
    }
    nothing = pd.DataFrame()
    release = Release(
        tables=small_tables(CATALOGUE, accepted_errors=said),
        estimates=nothing,
        changes=nothing,
        signals=nothing,
        commentary=nothing,
        handwritten=pd.DataFrame({"chapter": [], "action": []}, dtype="str"),
        catalogue=CATALOGUE,
        words=read_words(PROJECT / "data" / "catalogue", language),
        period=ReportingYear.parse(YEAR),
    )
    page = quality_exceptions(release)
    assert words in page
    assert "The authority sends its return late" in page
    assert f"| {YEAR} | Powys | AD/025 | R039 |" in page
