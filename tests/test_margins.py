"""Any table in one CSV: its totals are found or added, and the protected table is written."""

from __future__ import annotations

import csv

import pytest

from ssstats.disclosure.margins import HIDDEN, protect_table, read_margins
from ssstats.errors import DisclosureError

PLAIN = """area,age,count
North,0-4,3
North,5-9,9
North,10-15,12
South,0-4,9
South,5-9,14
South,10-15,7
West,0-4,8
West,5-9,6
West,10-15,21
"""
HIERARCHY = """parent,child
Wales,Upper
Wales,West
Upper,North
Upper,South
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(PLAIN)
    return path


def protect_here(table, **options):
    out = table.with_name("out.csv")
    result = protect_table(table, dimensions=["area", "age"], measure="count", out=out, **options)
    rows = list(csv.DictReader(out.read_text().splitlines()))
    return result, {(row["area"], row["age"]): row["count"] for row in rows}


def test_missing_totals_are_added_and_the_small_count_gets_three_secondaries(table):
    result, shown = protect_here(table)
    assert shown["Total", "Total"] == "89"
    assert shown["North", "0-4"] == HIDDEN
    assert sum(value == HIDDEN for value in shown.values()) == 4
    assert result.cost == 23


def test_totals_in_the_table_are_found_by_their_sums(table):
    _, first = protect_here(table)
    read = [f"{area},{age},{count}" for (area, age), count in first.items()]
    counts = read_margins(table, dimensions=["area", "age"], measure="count").model
    values = dict(zip(counts.cell_ids, counts.values, strict=True))
    lines = [f"{area},{age},{values[f'{area} | {age}']}" for area, age in first]
    renamed = "\n".join(["area,age,count", *lines]).replace("Total", "All")
    assert len(read) == 16
    table.write_text(renamed)
    _, second = protect_here(table)
    assert {key: v for key, v in second.items() if "All" not in key} == {
        key: v for key, v in first.items() if "Total" not in key
    }
    assert len(second) == 16


def test_a_hierarchy_adds_its_subtotals_and_protects_through_them(table):
    (table.parent / "hierarchy.csv").write_text(HIERARCHY)
    result, shown = protect_here(table, hierarchy=table.parent / "hierarchy.csv")
    assert shown["Wales", "Total"] == "89"
    assert ("Upper", "0-4") in shown
    assert len(shown) == 5 * 4
    assert result.is_secondary.sum() >= 3


def test_zeros_stay_shown(table):
    table.write_text(PLAIN.replace("South,10-15,7", "South,10-15,0"))
    _, shown = protect_here(table)
    assert shown["South", "10-15"] == "0"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("West,10-15,21\n", "", "the cell West | 10-15 is missing"),
        ("West,5-9,6", "West,0-4,6", "row 9: the cell West | 0-4 stands in the table twice"),
        ("West,5-9,6", "West,5-9,few", "row 9: count is not a whole number"),
        ("West,5-9,6", "West,5-9", "row 9: the row has more or fewer fields"),
        ("area,age,count", "area,age,number", "column count is missing; the columns are"),
        ("West,", "Total,", "'Total' of dimension area is not the sum of the other codes"),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(table, old, new, message):
    table.write_text(table.read_text().replace(old, new))
    with pytest.raises(DisclosureError) as caught:
        protect_here(table)
    assert message in str(caught.value)
    assert not table.with_name("out.csv").exists()


@pytest.mark.parametrize(
    ("hierarchy", "message"),
    [
        ("parent,child\nUpper,North\nUpper,South\n", "code West of dimension area is not in the"),
        (HIERARCHY + "Wales,East\n", "code East belongs to no dimension"),
        (HIERARCHY + "North,Wales\n", "is its own ancestor"),
        ("parent\nWales\n", "column child is missing"),
    ],
)
def test_a_wrong_hierarchy_is_refused(table, hierarchy, message):
    path = table.with_name("hierarchy.csv")
    path.write_text(hierarchy)
    with pytest.raises(DisclosureError) as caught:
        protect_here(table, hierarchy=path)
    assert message in str(caught.value)
