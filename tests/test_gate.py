"""The gate: what goes in unprotected comes out hidden, rounded or as it may be shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_returns import CATALOGUE

from ssstats.disclosure.gate import pass_gate, protect_quantities
from ssstats.disclosure.policy import read_policy
from ssstats.disclosure.release_tables import read_release_tables, write_release_tables
from ssstats.errors import DisclosureError, UsageError

POLICY = read_policy("round-5", Path(__file__).resolve().parents[1] / "data" / "policy")


def quantities(*rows):
    """Rows of (reference, value, marker) with optional overrides as a dictionary."""
    frame = pd.DataFrame(
        [
            {
                "edition": "e",
                "period": "2024-25",
                "area": "W06000001",
                "reference": reference,
                "breakdown": "",
                "value": value,
                "marker": marker,
                "flags": "",
                "protection": "",
                "kind": "count",
                "protected": "yes",
                "follows": "",
                "answered": pd.NA,
                "expected": pd.NA,
                **(more[0] if more else {}),
            }
            for reference, value, marker, *more in rows
        ]
    )
    return frame.astype({"value": "Float64", "answered": "Int64", "expected": "Int64"})


def shown(*rows):
    out = protect_quantities(quantities(*rows), POLICY)
    return out.set_index("reference")


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_counts_from_1_to_4_are_hidden_and_nothing_of_them_is_left(count):
    row = shown(("A", count, "")).loc["A"]
    assert row["marker"] == "c"
    assert pd.isna(row["value"])
    assert (row["lowest"], row["highest"]) == (1, 4)


def test_all_hidden_counts_look_the_same():
    rows = [
        tuple(shown(("A", count, "")).loc["A"].drop("value").astype(str)) for count in (1, 2, 3, 4)
    ]
    assert len(set(rows)) == 1


def test_a_true_zero_is_shown_as_zero():
    row = shown(("A", 0, "")).loc["A"]
    assert (row["value"], row["marker"]) == (0, "")


@pytest.mark.parametrize(
    ("count", "published", "lowest", "highest"),
    [(5, 5, 5, 7), (7, 5, 5, 7), (8, 10, 8, 12), (12, 10, 8, 12), (13, 15, 13, 17)],
)
def test_counts_are_rounded_to_5_and_say_what_they_leave_possible(
    count, published, lowest, highest
):
    row = shown(("A", count, "")).loc["A"]
    assert (row["value"], row["lowest"], row["highest"]) == (published, lowest, highest)


@given(st.integers(0, 100_000))
@settings(max_examples=200, deadline=None)
def test_the_true_count_always_lies_within_what_is_left_possible(count):
    row = shown(("A", count, "")).loc["A"]
    assert row["lowest"] <= count <= row["highest"]


def test_days_are_hidden_with_the_count_they_belong_to():
    out = shown(("people", 3, ""), ("days", 412, "", {"kind": "days", "follows": "people"}))
    assert out.loc["days", "marker"] == "c"
    assert pd.isna(out.loc["days", "value"])


def test_days_of_a_shown_count_are_rounded_and_few_days_are_not_zero():
    out = shown(
        ("people", 6, ""),
        ("days", 412, "", {"kind": "days", "follows": "people"}),
        ("staff", 6, ""),
        ("few", 2, "", {"kind": "days", "follows": "staff"}),
    )
    assert out.loc["days", "value"] == 410
    assert out.loc["few", "marker"] == "low"


def test_absent_and_not_applicable_stay_what_they_are():
    out = shown(("A", None, "x"), ("B", None, "z"))
    assert list(out["marker"]) == ["x", "z"]


def test_an_unprotected_metric_is_shown_exactly():
    assert shown(("posts", 3, "", {"protected": "no"})).loc["posts", "value"] == 3


def test_values_that_came_protected_stay_as_they_were_published():
    source = {"protection": "statswales-rounded-5"}
    out = shown(("A", 25, "", source), ("B", None, "c", source))
    assert (out.loc["A", "value"], out.loc["A", "lowest"], out.loc["A", "highest"]) == (25, 23, 27)
    # StatsWales shows no zero: its mark hides 0 to 4.
    assert (out.loc["B", "marker"], out.loc["B", "lowest"], out.loc["B", "highest"]) == ("c", 0, 4)


def test_whole_time_equivalents_under_5_are_hidden():
    row = shown(("A", 4.9, "", {"kind": "wte"})).loc["A"]
    assert row["marker"] == "c"
    assert row["lowest"] <= 4.9 <= row["highest"]


def test_a_metric_without_a_decision_stops_the_gate():
    with pytest.raises(DisclosureError, match="AD/001"):
        shown(("AD/001", 3, "", {"protected": ""}))


def test_a_gap_without_a_marker_stops_the_gate():
    with pytest.raises(DisclosureError, match="AD/001"):
        shown(("AD/001", None, ""))


def test_no_message_of_the_gate_holds_a_count():
    with pytest.raises(DisclosureError) as caught:
        shown(("AD/001", 3, "", {"protected": ""}), ("AD/002", 4, ""))
    assert not any(digit in str(caught.value).replace("AD/001", "") for digit in "34")


def test_exceptions_pass_without_amount_and_without_free_text(tmp_path):
    exceptions = pd.DataFrame(
        {
            "edition": ["e"],
            "period": ["2024-25"],
            "area": ["W06000001"],
            "reference": ["A"],
            "amount": [3.0],
            "reason": ["three children were left out"],
            "evidence": ["letter"],
            "author": ["a person"],
            "decision": ["accepted"],
            "decided_by": ["b person"],
            "decided_on": ["2025-09-01"],
        }
    )
    tables = pass_gate(
        quantities(("AD/001", 25, ""), ("AD/002", 3, "")),
        POLICY,
        catalogue=CATALOGUE,
        coverage=pd.DataFrame({"edition": ["e"], "absent": [""]}),
        exceptions=exceptions,
        breaks=pd.DataFrame({"edition": ["e"]}),
        checks=pd.DataFrame({"period": ["2024-25"], "found": [0]}),
        facts={"period": "2024-25"},
    )
    write_release_tables(tables, tmp_path)
    text = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert "three children" not in text
    assert "person" not in text
    assert set(tables.exceptions.columns).isdisjoint({"amount", "reason", "evidence"})


def test_release_tables_are_read_back_as_they_were_written(tmp_path):
    tables = pass_gate(
        quantities(
            ("AD/001", 25, ""), ("AD/002", 3, ""), ("AD/003", 12.5, "", {"protected": "no"})
        ),
        POLICY,
        catalogue=CATALOGUE,
        coverage=pd.DataFrame({"edition": ["e"], "answered": [21], "absent": ["W06000002"]}),
        exceptions=pd.DataFrame(
            columns=["edition", "period", "area", "reference", "decision", "decided_on"]
        ),
        breaks=pd.DataFrame({"edition": ["e"]}),
        checks=pd.DataFrame({"period": ["2024-25"], "found": [0]}),
        facts={"period": "2024-25"},
    )
    write_release_tables(tables, tmp_path)
    back = read_release_tables(tmp_path)
    pd.testing.assert_frame_equal(back.counts, tables.counts, check_dtype=False)
    assert back.facts["policy"]["threshold"] == 5


def test_a_folder_without_release_tables_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"counts\.csv"):
        read_release_tables(tmp_path)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.randoms())
@settings(max_examples=50, deadline=None)
def test_the_order_of_rows_never_matters(counts, random):
    rows = [(f"R{place}", count, "") for place, count in enumerate(counts)]
    mixed = list(rows)
    random.shuffle(mixed)
    first, second = shown(*rows), shown(*mixed).loc[[row[0] for row in rows]]
    assert np.array_equal(first["marker"], second["marker"])
    assert first["value"].equals(second["value"])
