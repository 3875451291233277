"""The same returns give the same bytes: whatever the folder, the time zone, the locale, the seed of
hashes and the number of notebooks at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_build import write_small_returns

from ssstats.manifest import checksum

pytestmark = pytest.mark.slow

BUILD = """
import sys
from pathlib import Path
from small_build import build_small
build_small(Path(sys.argv[1]), Path(sys.argv[2]), workers=int(sys.argv[3]),
            languages=("en", "cy"))
"""
CIRCUMSTANCES = {
    "here": ("1", {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"}),
    "another place/with spaces": (
        "2",
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "77"},
    ),
}


def build(folder: Path, workers: str, environment: dict[str, str]) -> dict[str, str]:
    """Build in a process of its own and return the checksum of every file of the release."""
    returns = write_small_returns(folder / "returns")
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    subprocess.run(
        [sys.executable, "-c", BUILD, returns, folder / "reports", workers],
        env={**os.environ, **environment, "PYTHONPATH": paths},
        check=True,
        capture_output=True,
    )
    release = folder / "reports" / "2024-25"
    return {
        path.relative_to(release).as_posix(): checksum(path)
        for path in sorted(release.rglob("*"))
        if path.is_file()
    }


def test_two_builds_under_different_circumstances_give_the_same_bytes(tmp_path):
    one, other = (
        build(tmp_path / place, *circumstances) for place, circumstances in CIRCUMSTANCES.items()
    )
    kinds = sorted({Path(name).suffix for name in one})
    print(f"{len(one)} files of the kinds {', '.join(kinds)}:", *sorted(one), sep="\n")
    assert {".csv", ".html", ".ipynb", ".json", ".ods", ".parquet", ".pdf", ".svg", ".xlsx"} <= set(
        kinds
    )
    assert sorted(one) == sorted(other)
    assert {name for name in one if one[name] != other[name]} == set()
