"""Change on the year: verdicts from published counts, and reasons where there is none."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from small_returns import AUTHORITIES, CATALOGUE, WALES, everywhere, returns_of

from ssstats.changes import CHANGE_COLUMNS, change_table
from ssstats.comparison import (
    limits_of_difference,
    p_value_of_two_counts,
    verdicts_of_change,
)
from ssstats.disclosure.gate import pass_gate
from ssstats.disclosure.policy import read_policy
from ssstats.estimates import estimate_measures
from ssstats.measures import coverage_of, measure_quantities

POLICY = read_policy("round-5", Path(__file__).resolve().parents[1] / "data" / "policy")
NOW, BEFORE = "2024-25", "2023-24"
ONE, TWO, THREE = AUTHORITIES[:3]
NO_BREAKS = CATALOGUE.breaks.iloc[:0]


def changed(values, *, breaks=NO_BREAKS, exceptions=None, flags=None):
    """Changes by item and area from {(period, reference): {area: number}}."""
    returns = returns_of(values)
    for (period, area, reference), letters in (flags or {}).items():
        at = (
            (returns.values["period"] == period)
            & (returns.values["area"] == area)
            & (returns.values["reference"] == reference)
        )
        returns.values.loc[at, "flags"] = letters
    tables = pass_gate(
        measure_quantities(returns, CATALOGUE),
        POLICY,
        catalogue=CATALOGUE,
        coverage=coverage_of(returns, AUTHORITIES),
        exceptions=returns.exceptions if exceptions is None else exceptions,
        breaks=breaks,
        checks=pd.DataFrame(),
        facts={"period": NOW},
    )
    table = change_table(tables, estimate_measures(tables, CATALOGUE), CATALOGUE)
    assert tuple(table.columns) == CHANGE_COLUMNS
    return table.set_index(["item", "area"])


def years(reference, before, now, **options):
    """One metric in two years, the same in every authority but for those named."""
    return {
        (BEFORE, reference): everywhere(before, **options.get("then", {})),
        (NOW, reference): everywhere(now, **options.get("here", {})),
    }


def reviews(before, now):
    """Reviews in time of reviews due, as pairs of numbers."""
    return {
        (BEFORE, "AD/025"): everywhere(before[0]),
        (BEFORE, "AD/024"): everywhere(before[1]),
        (NOW, "AD/025"): everywhere(now[0]),
        (NOW, "AD/024"): everywhere(now[1]),
    }


def test_a_percentage_that_rose_by_more_than_chance_and_rounding_rose():
    row = changed(reviews((500, 1000), (650, 1000))).loc[("AD-29", ONE)]
    assert (row["verdict"], row["unit"], row["eligible"]) == ("rose", "points", "yes")
    assert row["lower"] > 0
    assert row["method"].startswith("Newcombe 10")


def test_a_percentage_that_hardly_moved_among_many_cases_shows_little_change():
    assert changed(reviews((5000, 10000), (5050, 10000))).loc[("AD-29", ONE), "verdict"] == (
        "little change"
    )


def test_a_percentage_of_few_cases_cannot_tell_and_says_what_it_could_have_seen():
    row = changed(reviews((20, 40), (25, 40))).loc[("AD-29", ONE)]
    assert row["verdict"] == "cannot tell"
    assert row["smallest_rise"] > 20


def test_the_smallest_rise_is_called_and_one_step_less_is_not():
    of_half = changed(reviews((200, 400), (200, 400))).loc[("AD-29", ONE)]
    needed = round(of_half["smallest_rise"] * 400 / 100)
    assert needed % 5 == 0
    values = reviews((200, 400), (200 + needed, 400))
    values[(NOW, "AD/025")][TWO] -= 5
    verdicts = changed(values).loc["AD-29"]["verdict"]
    assert (verdicts[ONE], verdicts[TWO]) == ("rose", "cannot tell")


def test_the_smallest_rise_of_a_count_is_called_and_one_step_less_is_not():
    quiet = changed(years("AD/028", 200, 200)).loc[("AD/028", ONE)]
    needed = round(quiet["smallest_rise"] * 200 / 100)
    values = years("AD/028", 200, 200 + needed, here={"a02": 195 + needed})
    verdicts = changed(values).loc["AD/028"]["verdict"]
    assert (verdicts[ONE], verdicts[TWO]) == ("rose", "cannot tell")


def test_a_count_of_events_is_judged_by_the_mid_p_of_the_counts_that_speak_least_for_a_change():
    row = changed(years("AD/028", 100, 150)).loc[("AD/028", ONE)]
    # 150 may be 148 and 100 may be 102.
    assert row["p"] == pytest.approx(p_value_of_two_counts(148, 102), rel=1e-3)
    assert row["verdict"] == "rose"


def behind(shown):
    return range(shown - 2, shown + 3)


FIGURES = st.tuples(*[st.integers(3, 30), st.integers(0, 20)] * 2)


@settings(max_examples=2, deadline=None)
@given(st.lists(FIGURES, min_size=len(AUTHORITIES), max_size=len(AUTHORITIES)))
def test_a_verdict_holds_for_every_set_of_counts_that_rounds_to_what_is_shown(figures):
    shown = {
        area: (5 * a, 5 * (a + b), 5 * c, 5 * (c + d))
        for area, (a, b, c, d) in zip(AUTHORITIES, figures, strict=True)
    }
    sides = ((NOW, "AD/025"), (NOW, "AD/024"), (BEFORE, "AD/025"), (BEFORE, "AD/024"))
    table = changed(
        {side: {a: counts[k] for a, counts in shown.items()} for k, side in enumerate(sides)}
    )
    for area, counts in shown.items():
        verdict = table.loc[("AD-29", area), "verdict"]
        if verdict in ("", "cannot tell"):
            continue
        cells = [
            cell
            for cell in product(*(behind(count) for count in counts))
            if cell[0] <= cell[1] and cell[2] <= cell[3]
        ]
        each = verdicts_of_change(*limits_of_difference(*np.array(cells).T), margin=0.05)
        assert set(each) == {verdict}


@settings(max_examples=2, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 200), st.integers(1, 200)),
        min_size=len(AUTHORITIES),
        max_size=len(AUTHORITIES),
    )
)
def test_a_verdict_on_a_change_and_its_p_value_never_contradict_each_other(counts):
    before, now = ({a: c[k] for a, c in zip(AUTHORITIES, counts, strict=True)} for k in (0, 1))
    table = changed({(BEFORE, "AD/028"): before, (NOW, "AD/028"): now}).loc["AD/028"]
    judged = table[table["reason"] == ""]
    called = judged["verdict"].isin(["rose", "fell"])
    assert (called == (judged["p"] < 0.05)).all()


def test_nothing_is_said_of_a_hidden_count():
    table = changed(years("AD/028", 200, 300, here={"a01": 3}))
    row = table.loc[("AD/028", ONE)]
    assert (row["new_marker"], row["verdict"], row["reason"]) == ("c", "", "hidden")
    assert row[["lower", "upper", "p", "smallest_rise", "smallest_fall"]].isna().all()


def test_people_on_a_day_are_judged_from_those_who_came_and_those_who_left():
    values = {
        **years("CH/026", 300, 400),
        **years("CH/036", 100, 100),
        **{
            (year, f"CH/023{letter}"): everywhere(200 if letter == "a" else 0)
            for year in (BEFORE, NOW)
            for letter in "abcdefghi"
        },
    }
    row = changed(values).loc[("CH/026", ONE)]
    assert row["verdict"] == "rose"
    assert row["method"].startswith("entries and exits")
    # 100 more people, 200 came and 100 left; each of four figures may be two more or less.
    assert (row["gap_lowest"], row["gap_highest"]) == (-8, 8)
    # 398 now at least and 302 before at most; 202 came and 102 left at most.
    assert row["p"] == pytest.approx(2 * norm.sf((398 - 302) / np.sqrt(304)), rel=1e-3)


def test_a_stock_whose_flows_are_not_collected_has_no_verdict():
    row = changed(years("AD/019", 300, 400)).loc[("AD/019", ONE)]
    assert (row["verdict"], row["reason"]) == ("", "stock-without-flows")


def test_a_stock_whose_flows_were_not_returned_has_no_verdict():
    row = changed(years("CH/041", 300, 400)).loc[("CH/041", ONE)]
    assert (row["verdict"], row["reason"]) == ("", "flows-not-known")


def test_more_people_than_there_were_and_came_is_a_contradiction_and_no_rise():
    values = {**years("CH/041", 300, 400), **years("CH/039", 50, 50)}
    assert changed(values).loc[("CH/041", ONE), "reason"] == "flows-contradict"


def test_a_percentage_of_mostly_the_same_people_has_no_verdict():
    values = {**years("CH/045", 50, 100), **years("CH/041", 500, 500)}
    row = changed(values).loc[("CH-47", ONE)]
    assert (row["verdict"], row["reason"]) == ("", "overlapping-stock")


def test_a_mean_of_totals_has_no_verdict():
    values = {**years("CH/035", 30000, 20000), **years("CH/036", 100, 100)}
    assert changed(values).loc[("CH-37", ONE), "reason"] == "totals-only"


def test_one_count_over_another_is_judged_as_an_odds_ratio_in_per_cent_of_last_year():
    values = {**years("AD/030", 100, 200), **years("AD/028", 300, 300)}
    row = changed(values).loc[("AD-32", ONE)]
    # 198 of 302 against 102 of 298 at the least.
    error = np.sqrt(1 / 198 + 1 / 302 + 1 / 102 + 1 / 298)
    log = np.log((198 / 302) / (102 / 298))
    assert (row["verdict"], row["unit"]) == ("rose", "relative")
    assert row["lower"] == pytest.approx(100 * (np.exp(log - 1.959964 * error) - 1), abs=0.006)
    assert row["p"] == pytest.approx(2 * norm.sf(log / error), rel=1e-3)


def test_people_on_a_day_over_events_of_the_year_have_no_verdict():
    values = {**years("CA/019", 300, 300), **years("CA/011", 300, 600)}
    assert changed(values).loc[("CA-20", ONE), "reason"] == "overlapping-stock"


def test_no_verdict_crosses_a_break_of_the_metric():
    breaks = pd.DataFrame(
        [{"edition": "2020-proposed", "reference": "AD/028", "domain": "adults", "period": NOW,
          "reason_en": "Counted anew", "reason_cy": "", "source": "", "note": ""}]
    )  # fmt: skip
    values = {**years("AD/028", 200, 400), **years("AD/006", 200, 400)}
    table = changed(values, breaks=breaks)
    assert (table.loc[("AD/028", ONE), "reason"], table.loc[("AD/028", ONE), "verdict"]) == (
        "break", "",
    )  # fmt: skip
    assert table.loc[("AD/006", ONE), "verdict"] == "rose"


def test_a_figure_marked_as_a_break_by_its_authority_has_no_verdict_there_alone():
    table = changed(years("AD/028", 200, 400), flags={(NOW, ONE, "AD/028"): "b"})
    assert table.loc[("AD/028", ONE), "reason"] == "break"
    assert table.loc[("AD/028", TWO), "verdict"] == "rose"


def test_a_revised_figure_keeps_its_verdict_and_says_so():
    table = changed(years("AD/028", 200, 400), flags={(BEFORE, ONE, "AD/028"): "r"})
    row = table.loc[("AD/028", ONE)]
    assert (row["verdict"], row["qualified"]) == ("rose", "revised")


def test_a_wales_figure_of_other_authorities_than_last_year_has_no_verdict():
    values = years("AD/028", 200, 400)
    del values[(NOW, "AD/028")][ONE]
    table = changed(values)
    assert table.loc[("AD/028", WALES), "reason"] == "coverage"
    assert table.loc[("AD/028", TWO), "verdict"] == "rose"


def test_a_wales_figure_of_the_same_authorities_in_both_years_is_judged_and_says_who_is_missing():
    values = years("AD/028", 200, 400)
    del values[(NOW, "AD/028")][ONE], values[(BEFORE, "AD/028")][ONE]
    row = changed(values).loc[("AD/028", WALES)]
    assert (row["verdict"], row["qualified"]) == ("rose", "partial-coverage")


def test_a_recorded_exception_qualifies_the_authoritys_own_figure_unless_it_was_reversed():
    exceptions = pd.DataFrame(
        [
            {"edition": "2020-proposed", "period": NOW, "area": ONE, "reference": "AD/028",
             "decision": "accepted", "decided_on": "2025-06-30"},
            {"edition": "2020-proposed", "period": NOW, "area": TWO, "reference": "AD/028",
             "decision": "reversed", "decided_on": "2025-06-30"},
        ]
    )  # fmt: skip
    table = changed(years("AD/028", 200, 400), exceptions=exceptions)
    assert table.loc[("AD/028", ONE), "qualified"] == "exception"
    assert table.loc[("AD/028", TWO), "qualified"] == ""


def test_comparisons_that_no_outcome_could_decide_are_not_counted_among_many():
    # Mid-P of 0 and 5 is 0.031; rounding of 5 and 5 leaves ten events, enough.
    table = changed(years("AD/028", 0, 0, here={"a02": 5}, then={"a02": 5}))
    eligible = table.loc["AD/028"]["eligible"]
    assert eligible[ONE] == "no"
    assert eligible[TWO] == "yes"


def test_adjusted_p_values_are_those_of_benjamini_and_hochberg_over_the_authorities():
    values = years("AD/028", 200, 200, here={"a01": 300, "a02": 250, "a03": 240})
    own = changed(values).loc["AD/028"].drop(index=WALES)
    p = own["p"].to_numpy(dtype=float)
    ordered = np.sort(p)
    expected = [
        min(ordered[k] * len(p) / (k + 1) for k in range(len(p)) if ordered[k] >= one) for one in p
    ]
    assert own["adjusted_p_item"].to_numpy(dtype=float) == pytest.approx(
        np.minimum(expected, 1.0), rel=1e-3
    )
    assert own.loc[ONE, "called"] == "yes"


def test_a_wales_headline_is_not_adjusted():
    row = changed(years("AD/028", 200, 400)).loc[("AD/028", WALES)]
    assert pd.isna(row["adjusted_p"])
    assert row["called"] == "yes"


def test_a_release_of_one_year_has_no_changes_and_says_why():
    table = changed({(NOW, "AD/028"): everywhere(200)})
    assert set(table["reason"]) <= {"no-year-before", "not-available", "not-applicable"}
    assert (table["verdict"] == "").all()
