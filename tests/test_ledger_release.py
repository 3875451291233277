"""A release built on the ledger of the one before: both together tell nothing more."""

from __future__ import annotations

import pytest
from small_build import REFERENCES, build_small, write_small_returns

from ssstats.disclosure.ledger import read_ledger
from ssstats.disclosure.release_tables import read_release_tables
from ssstats.periods import ReportingYear

pytestmark = pytest.mark.slow

# Counts of a few people, and parts of them.
SMALL = (*REFERENCES, "CA/033", "CA/034", "CA/036a", "CA/036b", "AD/032", "AD/033")
KEY = ["edition", "period", "area", "reference", "breakdown"]


def test_this_years_release_and_last_years_are_protected_together(ssstats, tmp_path):
    returns, ledger = write_small_returns(tmp_path / "returns", SMALL), tmp_path / "ledger"
    options = {"policy": "suppress", "languages": ("en",)}
    earlier = ReportingYear.parse("2023-24")
    first = build_small(returns, tmp_path / "reports", period=earlier, **options).folder
    assert ssstats("enter", first, "--ledger", ledger)[0] == 0
    assert [folder.name for folder in read_ledger(ledger)] == ["0001-2023-24"]
    second = build_small(returns, tmp_path / "reports", ledger=ledger, **options).folder
    code, out, err = ssstats("attack", second, "--earlier", first)
    assert (code, err) == (0, "")
    assert "the earlier releases, as they were published" in out
    assert out.endswith("protected\n")
    before, now = (
        read_release_tables(folder / "data").counts.set_index(KEY) for folder in (first, second)
    )
    hidden = before.index[before["marker"] == "c"]
    assert len(hidden)
    # What was hidden last year is hidden in this year's series too.
    assert (now.loc[hidden, "marker"] == "c").all()
    assert len(now) > len(before)
