"""Answers to the survey, counted by hand."""

from __future__ import annotations

import pytest
from record_files import CARDIFF, CATALOGUE, FACTS, POWYS, counted, values_of

from ssstats.importers import RecordsError
from ssstats.periods import ReportingYear

OF_CODE = ReportingYear(2019)


def questionnaire(name, group="adult", returned="yes", authority="Powys", **answers):
    said = {f"measure_{n}": answer for n, answer in (answers or {"measure_3": ""}).items()}
    answers = {name.replace("measure_measure_", "measure_"): text for name, text in said.items()}
    return {
        "authority": authority,
        "respondent_id": name,
        "respondent_group": group,
        "returned": returned,
        **answers,
    }


def imported(folder, rows, period=OF_CODE):
    return counted(folder, "survey", rows, period=period)


def test_yes_agrees_and_no_and_sometimes_answer_and_nothing_else_does(tmp_path):
    answers = ["yes", "yes", "Sometimes", "no", "don't know", "not applicable", ""]
    answers[4] = "dont-know"
    rows = [questionnaire(str(n), measure_3=text) for n, text in enumerate(answers)]
    rows.append(questionnaire("9", returned="no"))
    found = imported(tmp_path, rows)
    values = values_of(found)
    assert (values["PM/3.n"], values["PM/3.d"]) == (2, 4)
    assert (values["PM/2.n"], values["PM/2.d"]) == ("x", "x")
    assert set(found.values["edition"]) == {"2016-code"}
    response = found.response.set_index(["authority", "measure"]).loc[(POWYS, "3")]
    assert response.tolist() == [8, 7, 4, 2, "87.5", "57.1"]


def test_a_measure_counts_those_whom_it_is_asked_of(tmp_path):
    rows = [
        questionnaire("1", "carer", measure_15="yes", measure_3="yes"),
        questionnaire("2", "adult", measure_15="yes", measure_3="no"),
        questionnaire("3", "child", measure_15="", measure_3="no"),
    ]
    found = imported(tmp_path, rows)
    values = values_of(found)
    assert (values["PM/15.n"], values["PM/15.d"]) == (1, 1)
    assert (values["PM/3.n"], values["PM/3.d"]) == (0, 2)
    assert found.notes.loc[found.notes["kind"] == "group", "rows"].tolist() == [2]


def test_where_nobody_was_asked_a_measure_is_not_available_and_where_nobody_answered_zero(tmp_path):
    rows = [
        questionnaire("1", "adult", measure_3="yes", measure_6=""),
        questionnaire("1", "child", returned="no", authority="Cardiff"),
    ]
    found = imported(tmp_path, rows)
    assert values_of(found)["PM/6.d"] == "x"
    assert values_of(found, CARDIFF)["PM/6.d"] == 0


def total(measure, answered, agreed, **said):
    counts = {"measure": measure, "answered": answered, "agreed": agreed}
    return {"authority": "Powys", **{name: str(n) for name, n in {**counts, **said}.items()}}


def test_totals_are_taken_as_they_are(tmp_path):
    rows = [total(3, 120, 90, sample=300, respondents=150), total(17, 0, 0)]
    found = imported(tmp_path, rows)
    values = values_of(found)
    assert (values["PM/3.n"], values["PM/3.d"], values["PM/17.d"]) == (90, 120, 0)
    assert values["PM/1.n"] == "x"
    assert found.response["response_percentage"].tolist() == ["50.0", ""]
    assert found.response["answered_percentage"].tolist() == ["80.0", ""]


@pytest.mark.parametrize(
    ("rows", "row", "column"),
    [
        ([total(3, 5, 6)], 2, "agreed"),
        ([total(3, 5, 4, respondents=4)], 2, "answered"),
        ([total(3, 5, 4, sample=7, respondents=8)], 2, "respondents"),
        ([total(3, 5, 4), total(3, 6, 4)], 3, "measure"),
        ([total(18, 5, 4)], 2, "measure"),
        ([total(3, "", 4)], 2, "answered"),
        ([total(3, 5.5, 4)], 2, "answered"),
        ([questionnaire("1", measure_3="maybe")], 2, "measure_3"),
        ([questionnaire("1", returned="no", measure_3="yes")], 2, "returned"),
        ([questionnaire("1"), questionnaire("1")], 3, "respondent_id"),
        ([questionnaire("1", "neighbour")], 2, "respondent_group"),
    ],
)
def test_what_is_not_understood_is_named_by_row(tmp_path, rows, row, column):
    with pytest.raises(RecordsError) as refused:
        imported(tmp_path, rows)
    assert (refused.value.problems[0].row, refused.value.problems[0].column) == (row, column)


def test_a_year_in_which_the_code_was_not_in_force_is_noted(tmp_path):
    rows = [total(3, 5, 4)]
    assert not len(imported(tmp_path, rows).notes)
    late = imported(tmp_path, rows, period=ReportingYear(2024)).notes
    assert late["found"].tolist() == ["edition 2016-code, in force from 2016-17 to 2019-20"]


def test_the_17_measures_are_the_qualitative_ones_of_the_code():
    of_code = CATALOGUE.measures_2016
    numbers = of_code.loc[of_code["kind"] == "qualitative", "number"]
    assert FACTS.survey_measures["measure"].tolist() == numbers.tolist()
    assert len(numbers) == 17
