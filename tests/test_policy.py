"""Disclosure policies are data, and a policy that leaves a choice out is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ssstats.disclosure.policy import read_policy
from ssstats.errors import CatalogueError, UsageError

POLICIES = Path(__file__).resolve().parents[1] / "data" / "policy"


def changed(tmp_path, old, new):
    text = (POLICIES / "round-5.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "round-5.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return tmp_path


def test_round_5_hides_1_to_4_and_rounds_to_5():
    policy = read_policy("round-5", POLICIES)
    assert (policy.threshold, policy.base, policy.public) == (5, 5, True)


def test_every_shipped_policy_can_be_read():
    for path in POLICIES.glob("*.toml"):
        assert read_policy(path.stem, POLICIES).name == path.stem


def test_an_unknown_policy_names_those_that_are_known():
    with pytest.raises(UsageError, match="round-5"):
        read_policy("nonsense", POLICIES)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("threshold = 5\n", "", "threshold is missing"),
        ("threshold = 5", "threshold = 2", "3 or more"),
        ("threshold = 5", 'threshold = "5"', "wrong type"),
        ("threshold = 5", "threshold = true", "wrong type"),
        ("base = 5", "base = 0", "1 or more"),
        ("fewest_possible = 3\n", "", "fewest_possible is missing"),
        ("fewest_possible = 3", "fewest_possible = 5", "fewer than threshold"),
        ("fewest_possible = 3", "fewest_possible = 1", "2 or more"),
        ("whole_told_from = 20\n", "", "whole_told_from is missing"),
        ("whole_told_from = 20", "whole_told_from = 0", "1 or more"),
        ("confidence = 0.95", "confidence = 95.0", "below 1"),
        ('zero = "shown"', 'zero = "hidden"', "shown"),
        ("[rates]", "[rate]", "not known"),
        ("base = 5", "base = 5\nseed = 1", "seed is not known"),
        ('name = "round-5"', 'name = "other"', "file's name"),
        ("[counts]", "[counts", "TOML"),
    ],
)
def test_a_policy_with_one_fault_is_refused_and_the_fault_named(tmp_path, old, new, message):
    with pytest.raises(CatalogueError, match=message):
        read_policy("round-5", changed(tmp_path, old, new))
