"""Places of stretches, against a loop."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ssstats.stretches import stretches


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 5))))
def test_places_are_those_of_each_stretch_in_turn(given_stretches):
    starts, sizes = np.array(given_stretches, dtype=np.int64).reshape(-1, 2).T
    one_by_one = [place for a, n in given_stretches for place in range(a, a + n)]
    assert stretches(starts, sizes).tolist() == one_by_one
