"""Returned counts are looked for as they came: single where large, in series where small."""

from __future__ import annotations

import csv
import io
import json
import random
from itertools import chain
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_release import PROJECT
from small_returns import AUTHORITIES, CATALOGUE

from ssstats.disclosure.policy import read_policy
from ssstats.disclosure.release_tables import read_release_tables
from ssstats.errors import DisclosureError
from ssstats.periods import ReportingYear
from ssstats.release.leaks import require_no_returned_count, returned_counts
from ssstats.release.standing import StandingReturns
from ssstats.release.tables import publish_returns
from ssstats.returns import read_returns
from ssstats.scanning.series import Runs, holds_series, series_to_find

YEAR = ReportingYear.parse("2024-25")
POLICY = read_policy("round-5", PROJECT.policies)
POWYS = "W06000023"
# None is an end of the range that a rounded count may come from: those are published.
OWN, BEFORE_REVERSAL, AMOUNT, ACCEPTED = 31_846, 52_961, 11_012, 44_781
SMALL = dict(zip(AUTHORITIES, random.Random(4).choices(range(1, 100), k=22), strict=True))
DRAWN = [SMALL[area] for area in AUTHORITIES]


@pytest.fixture(scope="module")
def returns(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("returns")
    rows = [["edition", "period", "area", "reference", "value", "marker", "note"]]
    for area in AUTHORITIES:
        first = {POWYS: BEFORE_REVERSAL, AUTHORITIES[0]: ACCEPTED}.get(area, 3_000)
        for reference, value in (("AD/001", first), ("CH/041", SMALL[area])):
            rows.append(["2020-proposed", "2024-25", area, reference, str(value), "", ""])
    rows.append(["2020-proposed", "2024-25", POWYS, "LO/1", str(OWN), "", "own"])
    with (folder / "returns.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    common = {"edition": "2020-proposed", "period": "2024-25", "reference": "AD/001",
              "evidence": "", "author": "A", "decided_by": "B",
              "decided_on": "2025-06-01"}  # fmt: skip
    told = [
        {**common, "area": POWYS, "amount": AMOUNT, "reason": "x", "decision": "reversed"},
        {**common, "area": AUTHORITIES[0], "amount": 21, "reason": "y", "decision": "accepted"},
    ]
    pd.DataFrame(told).to_csv(folder / "exceptions.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def release(returns, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    publish_returns(
        StandingReturns(read_returns(returns, CATALOGUE), YEAR, CATALOGUE),
        policy=POLICY, folder=folder / "data",
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def wanted(returns, release):
    return returned_counts(
        read_release_tables(release / "data"),
        StandingReturns(read_returns(returns, CATALOGUE), YEAR, CATALOGUE),
        policy=POLICY, project=PROJECT,
    )  # fmt: skip


def test_the_release_itself_holds_none_of_them(release, wanted):
    assert len(wanted.series.by_beginning) > 5
    require_no_returned_count(release, wanted)


@pytest.mark.parametrize(
    "count", [OWN, BEFORE_REVERSAL, BEFORE_REVERSAL - AMOUNT, AMOUNT, ACCEPTED]
)
def test_a_count_is_looked_for_as_it_was_returned_and_as_it_stands(wanted, tmp_path, count):
    (tmp_path / "page.html").write_text(f'<p title="{count:,}">Contacts</p>', encoding="utf-8")
    with pytest.raises(DisclosureError, match=r"1 places: page\.html") as found:
        require_no_returned_count(tmp_path, wanted)
    assert str(count) not in str(found.value)


def table_by_row() -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([area, count, count + 200] for area, count in SMALL.items())
    return text.getvalue().encode()


def workbook() -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["CH/041", *DRAWN])
    book.save(content)
    return content.getvalue()


def parquet() -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.table({"exact": [float(count) for count in DRAWN]}), content)
    return content.getvalue()


def notebook() -> bytes:
    table = "\n".join(f"| {area} | {count} |" for area, count in SMALL.items())
    bare = "|" + "|".join(map(str, DRAWN)) + "|"
    return json.dumps({"cells": [{"outputs": [{"text/markdown": table + bare}]}]}).encode()


KINDS = {
    "table.csv": table_by_row(),
    "chart.json": json.dumps({"values": DRAWN}).encode(),
    "page.html": f"<svg data-points='{','.join(map(str, DRAWN))}'></svg>".encode(),
    "part.html": "".join(f"<td>{count}</td>" for count in DRAWN[5:20]).encode(),
    "text.txt": "; ".join(map(str, DRAWN)).encode(),
    "book.xlsx": workbook(),
    "data.parquet": parquet(),
    "run.ipynb": notebook(),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_series_of_small_counts_is_found_in_each_kind_of_file(wanted, tmp_path, name):
    (tmp_path / name).write_bytes(KINDS[name])
    with pytest.raises(DisclosureError, match="series of counts"):
        require_no_returned_count(tmp_path, wanted)


def test_rounded_counts_and_counts_in_another_order_are_no_finding(wanted, tmp_path):
    rounded = [5 * round(count / 5) for count in DRAWN]
    (tmp_path / "a.txt").write_text(" ".join(map(str, rounded)), encoding="utf-8")
    (tmp_path / "b.txt").write_text(" ".join(map(str, sorted(DRAWN))), encoding="utf-8")
    (tmp_path / "c.txt").write_text(" ".join(map(str, DRAWN[:4])), encoding="utf-8")
    require_no_returned_count(tmp_path, wanted)


NOWHERE = [False] * 22


def runs_of(*runs) -> Runs:
    """Return runs out of counts, which of them are published, and which are an end of a range."""
    columns = list(zip(*runs, strict=True)) or [[], [], []]
    counts, *marks = (list(chain.from_iterable(column)) for column in columns)
    ends = np.cumsum([len(counts) for counts, *_ in runs], dtype=np.intp)
    return Runs(np.array(counts, np.int64), *(np.array(own, np.bool_) for own in marks), ends)


def parts_to_find(*runs) -> set[tuple[str, ...]]:
    return set().union(*series_to_find(runs_of(*runs)).by_beginning.values())


def test_counts_that_are_published_as_they_are_make_no_series():
    assert parts_to_find((range(100, 166, 3), [True] * 22, NOWHERE)) == set()


def test_counts_that_count_up_as_references_do_make_no_series():
    assert parts_to_find(([*range(40, 58), 3, 60, 61, 62], NOWHERE, NOWHERE)) == set()
    assert parts_to_find((range(40, 84, 2), NOWHERE, NOWHERE)) != set()


def test_what_a_file_prints_but_for_one_count_is_no_series():
    run = (range(100, 166, 3), NOWHERE, [place != 9 for place in range(22)])
    assert parts_to_find(run) == set()


def unlikely_parts(counts, published, ends) -> set[tuple[str, ...]]:
    """Return the parts of a run that are looked for, worked out one after another."""
    parts = set()
    for start in range(len(counts) - 3):
        if published[start]:
            continue
        chances, nowhere = 1, 0
        for place in range(start, len(counts)):
            count, as_value = counts[place], published[place]
            if not as_value and (place == start or count != counts[place - 1] + 1):
                chances *= count + 1
            nowhere += not (as_value or ends[place])
            if place >= start + 3 and chances >= 10**14 and nowhere >= 2:
                own = counts[start : place + 1]
                parts |= {tuple(map(str, own)), tuple(" ".join(f"{c:,}" for c in own)
                                                      .replace(",", " ").split())}  # fmt: skip
                break
    return parts


@given(
    st.lists(
        st.lists(
            st.tuples(
                st.one_of(st.integers(0, 12), st.integers(0, 300_000)),
                st.booleans(),
                st.booleans(),
            ),
            max_size=22,
        ),
        max_size=4,
    )
)
@settings(max_examples=100, deadline=None)
def test_the_series_looked_for_are_those_that_no_text_holds_by_chance(drawn):
    runs = [list(map(list, zip(*own, strict=True))) or [[], [], []] for own in drawn]
    found = series_to_find(runs_of(*runs)).by_beginning
    assert set().union(*found.values()) == set().union(*(unlikely_parts(*run) for run in runs))
    assert all(part[:4] == first for first, parts in found.items() for part in parts)


@given(
    run=st.lists(
        st.tuples(st.integers(0, 5000), st.booleans(), st.booleans()), min_size=4, max_size=22
    ),
    before=st.lists(st.integers(0, 99), max_size=5),
)
@settings(max_examples=60, deadline=None)
def test_what_is_looked_for_is_found_in_the_run_that_it_comes_of(run, before):
    counts, as_value, as_end = (list(parts) for parts in zip(*run, strict=True))
    series = series_to_find(runs_of((counts, as_value, as_end)))
    for form in ("{}", "{:,}", "{}.0"):
        text = " ".join(form.format(count) for count in [*before, *counts])
        assert holds_series(text, series) == bool(series.by_beginning)
