"""Numbers of release tables are written bare: whole ones without a point, missing ones blank."""

from __future__ import annotations

import math

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from ssstats.disclosure.release_tables import write_csv


def plainly(number):
    if number is None or math.isnan(number):
        return '""'
    return str(int(number)) if float(number).is_integer() else repr(float(number))


@given(
    st.lists(st.one_of(st.none(), st.integers(-(10**6), 10**6), st.floats(-1e9, 1e9)), min_size=1)
)
def test_each_number_is_written_as_one_number_alone_would_be(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("numbers") / "numbers.csv"
    write_csv(pd.DataFrame({"value": pd.array(numbers, dtype="Float64")}), path)
    assert path.read_text(encoding="utf-8").splitlines() == ["value", *map(plainly, numbers)]
