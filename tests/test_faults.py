"""Whatever goes wrong while a release is built, no release is lost, none is half, and the next
build is right."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

KILLS = 50


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> list[dict]:
    tests = Path(__file__).parent
    ended = subprocess.run(
        [sys.executable, tests / "fault_driver.py", tmp_path_factory.mktemp("faults"), str(KILLS)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tests), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_no_fault_loses_a_release_or_leaves_half_of_one(outcomes):
    first, last = outcomes[0]["release"], outcomes[-1]["release"]
    assert first != last
    wrong = [told for told in outcomes if told["release"] not in (first, last)]
    counted = Counter(
        (told["fault"].partition(" ")[0], str(told["ended"]), told["release"] == last)
        for told in outcomes
    )
    for (fault, ended, replaced), number in sorted(counted.items()):
        stands = "the new release stands" if replaced else "the old release stands"
        print(f"{fault}: ended {ended}: {stands}: {number}")
    assert not wrong


def test_at_least_fifty_faults_struck(outcomes):
    struck = [told for told in outcomes if told["ended"] in ("killed", 3)]
    assert len(struck) >= KILLS * 0.8
    assert len(outcomes) >= KILLS + 15


def test_no_process_outlives_its_build(outcomes):
    assert [told for told in outcomes if told["processes"]] == []


def test_a_build_after_any_fault_equals_one_made_elsewhere_from_nothing(outcomes):
    last = outcomes[-1]["release"]
    unharmed = ("none, after", "kept ")
    after = [told for told in outcomes if told["fault"].startswith(unharmed)]
    assert len(after) == 5
    assert {(told["ended"], told["release"]) for told in after} == {(0, last)}


def test_a_full_disk_is_refused_and_leaves_the_release(outcomes):
    first = outcomes[0]["release"]
    refused = [told for told in outcomes if told["fault"].startswith("disk")]
    assert {(told["ended"], told["release"]) for told in refused} == {(3, first)}


def test_returns_that_vanish_stop_a_build_that_has_not_read_them_and_spoil_no_other(outcomes):
    first, elsewhere = outcomes[0]["release"], outcomes[-1]["release"]
    gone = [told for told in outcomes if told["fault"].startswith("returns")]
    ends = {(told["ended"], told["release"]) for told in gone}
    assert (3, first) in ends
    assert ends <= {(3, first), (0, elsewhere)}
