"""What an earlier build found is used again only where nothing that decides it has changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from small_returns import AUTHORITIES, CATALOGUE, everywhere, returns_of

from ssstats.disclosure.gate import pass_gate, protect_quantities
from ssstats.disclosure.policy import read_policy
from ssstats.errors import DisclosureError
from ssstats.measures import coverage_of, measure_quantities
from ssstats.release.memory import fingerprint, recall, remember

POLICY = read_policy("round-5", Path(__file__).resolve().parents[1] / "data" / "policy")
RETURNS = returns_of({("2024-25", "AD/001"): everywhere(10, a01=3)})
QUANTITIES = measure_quantities(RETURNS, CATALOGUE)


def passed(proved):
    return pass_gate(
        QUANTITIES,
        POLICY,
        catalogue=CATALOGUE,
        coverage=coverage_of(RETURNS, AUTHORITIES),
        exceptions=RETURNS.exceptions,
        breaks=CATALOGUE.breaks.iloc[:0],
        checks=pd.DataFrame(),
        facts={"period": "2024-25", "periods": ["2024-25"]},
        proved=proved,
    )


def test_what_is_kept_comes_back_as_it_was(tmp_path):
    counts = protect_quantities(QUANTITIES, POLICY)
    remember(tmp_path, "key", counts)
    pd.testing.assert_frame_equal(recall(tmp_path, "key"), counts)


def test_nothing_comes_back_under_another_key_or_from_a_damaged_file(tmp_path):
    assert recall(tmp_path, "key") is None
    remember(tmp_path, "key", protect_quantities(QUANTITIES, POLICY))
    kept = tmp_path / "key"
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(bytes(content))
    assert recall(tmp_path, "key") is None


def test_one_count_more_or_another_policy_is_another_key():
    key = fingerprint(QUANTITIES, POLICY, CATALOGUE)
    more = QUANTITIES.assign(value=QUANTITIES["value"] + 1)
    assert fingerprint(more, POLICY, CATALOGUE) != key
    assert fingerprint(QUANTITIES, replace(POLICY, threshold=10), CATALOGUE) != key
    assert fingerprint(QUANTITIES, POLICY, CATALOGUE) == key


def test_results_that_show_what_must_be_hidden_are_refused():
    counts = protect_quantities(QUANTITIES, POLICY)
    shown = counts.assign(marker="", value=5.0)
    with pytest.raises(DisclosureError, match="earlier build"):
        passed(shown)


def test_results_of_other_figures_are_refused():
    counts = protect_quantities(QUANTITIES, POLICY)
    with pytest.raises(DisclosureError, match="earlier build"):
        passed(counts.iloc[1:].reset_index(drop=True))


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder", encoding="utf-8")
    remember(blocked, "key", protect_quantities(QUANTITIES, POLICY))


def test_kept_results_hold_no_hidden_count(tmp_path):
    remember(tmp_path, "key", passed(None).counts)
    kept = recall(tmp_path, "key")
    assert kept.loc[kept["marker"] == "c", "value"].isna().all()
