"""Any table in one CSV: its totals are found or added, and the protected table is written."""

from __future__ import annotations

import csv

import pytest

from ssstats.disclosure.ad_hoc import HIDDEN, protect_table, round_table
from ssstats.disclosure.margins import read_margins
from ssstats.errors import DisclosureError, UsageError

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
    result, shown = protect_here(table, hierarchies=[("", table.parent / "hierarchy.csv")])
    assert shown["Wales", "Total"] == "89"
    assert ("Upper", "0-4") in shown
    assert len(shown) == 5 * 4
    assert result.is_secondary.sum() >= 3


def test_two_groupings_of_one_dimension_are_protected_together(table):
    folder = table.parent
    (folder / "sides.csv").write_text(
        "parent,child\nWales,Left\nLeft,North\nLeft,South\nWales,West\n"
    )
    (folder / "boards.csv").write_text("parent,child\nBoard,South\nBoard,West\n")
    files = [("area", folder / "sides.csv"), ("area", folder / "boards.csv")]
    _, shown = protect_here(table, hierarchies=files)
    assert {area for area, _ in shown} == {"North", "South", "West", "Left", "Wales", "Board"}
    assert shown["Board", "Total"] == "65"


def test_a_hierarchy_of_an_unknown_dimension_is_refused(table):
    with pytest.raises(UsageError, match=r"dimension 'sex' of hierarchy areas\.csv is not known"):
        protect_here(table, hierarchies=[("sex", table.with_name("areas.csv"))])


def test_a_rounded_table_adds_up_and_hides_nothing(table):
    out = table.with_name("out.csv")
    round_table(table, dimensions=["area", "age"], measure="count", out=out)
    shown = {
        (r["area"], r["age"]): int(r["count"]) for r in csv.DictReader(out.read_text().splitlines())
    }
    ages = ["0-4", "5-9", "10-15"]
    assert all(count % 5 == 0 for count in shown.values())
    assert shown["Total", "Total"] == sum(
        shown[a, b] for a in ("North", "South", "West") for b in ages
    )


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
        ("parent,child\nUpper,North\nUpper,South\n", "code West of dimension area is not in its"),
        (HIERARCHY + "Wales,East\n", "code East belongs to no dimension"),
        (HIERARCHY + "North,Wales\n", "is its own ancestor"),
        (HIERARCHY + "Wales,North\n", "code North of dimension area is counted twice under Wales"),
        ("parent\nWales\n", "column child is missing"),
    ],
)
def test_a_wrong_hierarchy_is_refused(table, hierarchy, message):
    path = table.with_name("hierarchy.csv")
    path.write_text(hierarchy)
    with pytest.raises(DisclosureError) as caught:
        protect_here(table, hierarchies=[("", path)])
    assert message in str(caught.value)
