"""Sets of rows and columns that entries join, beside walking from each to all that it reaches."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from ssstats.disclosure.joined import joined_sets

ROWS, COLUMNS = 6, 7


def reached_from(start, entries):
    found, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        for row, column in entries:
            ends = ("row", row), ("column", column)
            for here, there in (ends, ends[::-1]):
                if here == at and there not in found:
                    found.add(there)
                    waiting.append(there)
    return found


@pytest.mark.parametrize("kind", [sp.csr_matrix, sp.csc_matrix])
@settings(max_examples=60, deadline=None)
@given(
    entries=st.sets(st.tuples(st.integers(0, ROWS - 1), st.integers(0, COLUMNS - 1))),
    left_out=st.sets(st.integers(0, COLUMNS - 1)),
)
def test_two_rows_or_columns_are_in_one_set_just_where_one_is_reached_from_the_other(
    kind, entries, left_out
):
    matrix = kind(
        (np.ones(len(entries)), tuple(zip(*entries, strict=True)) or ([], [])), (ROWS, COLUMNS)
    )
    is_used = ~np.isin(np.arange(COLUMNS), list(left_out))
    of_row, of_column = joined_sets(matrix, is_used)
    sets = {("row", k): own for k, own in enumerate(of_row.tolist())}
    sets |= {("column", k): own for k, own in enumerate(of_column.tolist())}
    used = [(row, column) for row, column in entries if column not in left_out]
    for start, own in sets.items():
        assert reached_from(start, used) == {other for other in sets if sets[other] == own}
    firsts = list(dict.fromkeys(sets.values()))
    assert firsts == sorted(firsts)
