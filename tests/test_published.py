"""The model of everything published: relations hold for the returns, or are listed as broken."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from small_returns import AUTHORITIES, CATALOGUE, WALES, everywhere, returns_of

from ssstats.disclosure.published import broken_identities, published_view
from ssstats.errors import DisclosureError
from ssstats.measures import measure_quantities

YEAR = "2024-25"
AREA = "W06000001"


def quantities(values):
    return measure_quantities(returns_of(values), CATALOGUE)


def exact(frame):
    return frame.assign(lowest=frame["value"], highest=frame["value"])


def test_relations_hold_for_the_quantities_they_were_made_of():
    frame = quantities({(YEAR, "AD/024"): everywhere(30), (YEAR, "AD/025"): everywhere(20)})
    view = published_view(exact(frame), CATALOGUE)
    sums = view.relations @ view.lowest
    assert (sums >= view.row_lowest).all()
    assert (sums <= view.row_highest).all()
    # Two totals of Wales and one identity for each of 22 authorities.
    assert view.relations.shape[0] == 2 + 22


def test_an_identity_that_fails_is_listed_with_its_side_and_without_its_amount():
    values = {(YEAR, "AD/024"): everywhere(30), (YEAR, "AD/025"): everywhere(20, a01=33)}
    broken = broken_identities(quantities(values), CATALOGUE)
    assert broken[["rule", "period", "area", "left_is"]].to_numpy().tolist() == [
        ["R039", YEAR, AREA, "more"]
    ]
    assert not broken.astype(str).apply(lambda column: column.str.contains("33")).any().any()


def test_the_intruder_counts_on_a_listed_identity_to_fail():
    values = {(YEAR, "AD/024"): everywhere(30), (YEAR, "AD/025"): everywhere(20, a01=33)}
    frame = quantities(values)
    view = published_view(exact(frame), CATALOGUE, broken=broken_identities(frame, CATALOGUE))
    sums = view.relations @ view.lowest
    assert (sums >= view.row_lowest).all()
    assert (sums <= view.row_highest).all()
    assert (view.row_lowest == 1).sum() == 1


def test_a_sum_of_wales_over_fewer_authorities_is_no_relation_to_its_parts():
    # The sum stands on the authorities that answered both parts.
    values = {
        (YEAR, "AD/002a"): everywhere(30),
        (YEAR, "AD/002b"): everywhere(20, a02="x"),
        (YEAR, "AD/003"): everywhere(10),
    }
    frame = quantities(values)
    assert not len(broken_identities(frame, CATALOGUE))
    place = frame.index[(frame["area"] == WALES) & (frame["reference"] == "AD/002a + AD/002b")]
    assert len(place) == 1


def test_a_wrong_total_of_wales_stops_everything_and_its_amount_is_not_told():
    frame = quantities({(YEAR, "AD/024"): everywhere(30)})
    frame.loc[frame["area"] == WALES, "value"] = 661
    with pytest.raises(DisclosureError, match="AD/024") as caught:
        broken_identities(frame, CATALOGUE)
    assert "661" not in str(caught.value)
    assert "660" not in str(caught.value)


def test_an_unknown_side_of_a_broken_identity_is_refused():
    frame = quantities({(YEAR, "AD/024"): everywhere(30), (YEAR, "AD/025"): everywhere(20)})
    broken = pd.DataFrame(
        [["2020-proposed", "R039", YEAR, AREA, "other"]],
        columns=["edition", "rule", "period", "area", "left_is"],
    )
    with pytest.raises(DisclosureError, match="use less, more"):
        published_view(exact(frame), CATALOGUE, broken=broken)


def test_whole_time_equivalents_are_whole_numbers_of_tenths():
    frame = quantities({(YEAR, "WF/003a"): everywhere(12.5)})
    view = published_view(exact(frame), CATALOGUE)
    assert np.array_equal(np.unique(view.lowest), [125.0, 125.0 * len(AUTHORITIES)])
