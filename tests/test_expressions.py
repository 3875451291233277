"""The grammar of numerators, denominators and identities."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssstats.errors import CatalogueError
from ssstats.expressions import (
    Expression,
    Term,
    evaluate,
    expand,
    parse_condition,
    parse_expression,
)


def test_a_sum_over_letters_covers_both_ends():
    assert expand("AD/004a", "AD/004d") == ("AD/004a", "AD/004b", "AD/004c", "AD/004d")


def test_an_identity_across_years_reads_its_parts():
    parsed = parse_expression("CH/026@prev + sum(CH/023a..CH/023c) - CH/036")
    assert parsed.terms == (
        Term(1, "CH/026", previous=True),
        Term(1, "CH/023a"),
        Term(1, "CH/023b"),
        Term(1, "CH/023c"),
        Term(-1, "CH/036"),
    )
    assert parsed.previous
    assert parsed.references == ("CH/026", "CH/023a", "CH/023b", "CH/023c", "CH/036")


def test_integers_multiply_or_stand_alone():
    assert parse_expression("6575*CH/036") == Expression((Term(6575, "CH/036"),))
    assert parse_expression("0") == Expression((), 0)
    assert parse_expression("3 + AD/001 - 1") == Expression((Term(1, "AD/001"),), 2)


@pytest.mark.parametrize("reference", ["PM/18.n", "PM/20a.n", "PM/29.ks2.n", "PM/34.12.d"])
def test_references_of_the_2016_code_are_read(reference):
    assert parse_expression(reference).references == (reference,)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("AD/002a+AD/002b", "AD/002a + AD/002b"),
        ("CH/053a+CH/053b+CH/053d", "CH/053a + CH/053b + CH/053d"),
        ("AD/034a + AD/034b + AD/034c", "sum(AD/034a..AD/034c)"),
        ("AD/014-AD/015a-AD/015b-AD/015c", "AD/014 - sum(AD/015a..AD/015c)"),
        ("7+AD/001", "AD/001 + 7"),
        ("AD/001 - AD/001@prev", "AD/001 - AD/001@prev"),
    ],
)
def test_the_canonical_form_draws_letters_together(written, canonical):
    assert str(parse_expression(written)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AD001",
        "AD/001 +",
        "-AD/001",
        "AD/001 AD/002",
        "AD/001 a",
        "AD/001a..AD/001c",
        "sum(AD/004k..AD/004a)",
        "sum(AD/004a..AD/005c)",
        "sum(AD/004..AD/005)",
        "AD/001*2",
        "AD/001 = 0",
        "X@Wales",
        "AD/001@next",
    ],
)
def test_text_outside_the_grammar_is_refused(text):
    with pytest.raises(CatalogueError, match=r"write"):
        parse_expression(text)


def test_a_condition_is_an_expression_and_a_number():
    condition = parse_condition("CH/031 >= 1")
    assert (str(condition.expression), condition.operator, condition.value) == ("CH/031", ">=", 1)
    assert parse_condition("AD/023a = 0").operator == "="


@pytest.mark.parametrize("text", ["CH/031", "CH/031 > 1", "CH/031 = AD/001", "= 0", "CH031 = 0"])
def test_text_that_is_no_condition_is_refused(text):
    with pytest.raises(CatalogueError, match=r"write"):
        parse_condition(text)


def test_evaluation_adds_each_row():
    values = pd.DataFrame({"AD/002a": [3, 10], "AD/002b": [4, 20], "AD/001": [9, 50]})
    result = evaluate(parse_expression("2*AD/001 - AD/002a - AD/002b + 1"), values)
    assert result.tolist() == [12.0, 71.0]


def test_a_missing_value_makes_its_row_missing_only():
    values = pd.DataFrame({"AD/001": pd.array([1, None], "Int64"), "AD/002a": [1, 1]})
    result = evaluate(parse_expression("AD/001 + AD/002a"), values)
    assert result.isna().tolist() == [False, True]


def test_a_reference_that_nobody_returned_is_missing_everywhere():
    values = pd.DataFrame({"AD/001": [1, 2]})
    assert evaluate(parse_expression("AD/001 + AD/999"), values).isna().all()


def test_last_years_value_comes_from_the_same_area():
    this_year = pd.DataFrame({"CH/026": [12, 30]}, index=["W06000001", "W06000002"])
    last_year = pd.DataFrame({"CH/026": [25, 10]}, index=["W06000002", "W06000001"])
    result = evaluate(parse_expression("CH/026 - CH/026@prev"), this_year, last_year)
    assert result.to_dict() == {"W06000001": 2.0, "W06000002": 5.0}


def test_without_last_year_its_terms_are_missing():
    values = pd.DataFrame({"CH/026": [12]})
    assert evaluate(parse_expression("CH/026@prev"), values).isna().all()


_terms = st.builds(
    Term,
    st.integers(-9, 9).filter(bool),
    st.builds("AD/{:03d}{}".format, st.integers(1, 3), st.sampled_from(["", *"abcde"])),
    st.booleans(),
)
_expressions = st.builds(Expression, st.lists(_terms, max_size=8).map(tuple), st.integers(-9, 9))


@settings(max_examples=200, deadline=None)
@given(_expressions)
def test_what_an_expression_prints_reads_back_as_itself(expression):
    assert parse_expression(str(expression)) == expression


@settings(max_examples=50, deadline=None)
@given(_expressions, st.integers(0, 10**6))
def test_evaluation_agrees_with_adding_up_term_by_term(expression, seed):
    def value(reference, previous):
        return (seed + 31 * sum(map(ord, reference)) + 7 * previous) % 1009

    this_year = pd.DataFrame({name: [value(name, False)] for name in expression.references} or [{}])
    last_year = pd.DataFrame({name: [value(name, True)] for name in expression.references} or [{}])
    slow = expression.constant
    for term in expression.terms:
        slow += term.coefficient * value(term.reference, term.previous)
    assert evaluate(expression, this_year, last_year).tolist() == [float(slow)]
