"""A second build takes again what is still valid; a build that ends early costs no release."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from small_build import (
    PROJECT,
    build_small,
    project_with,
    raise_in_last_cell,
    small_options,
    write_small_returns,
)

from ssstats.errors import NotebookError
from ssstats.release import build_release

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A finished release; whoever changes it works on a copy."""
    folder = tmp_path_factory.mktemp("again")
    built = build_small(write_small_returns(folder / "returns"), folder / "reports")
    return folder, built


@pytest.fixture
def copied(first, tmp_path):
    """A copy of the first build: returns, release and kept steps."""
    shutil.copytree(first[0], tmp_path / "copy")
    return tmp_path / "copy"


def files_of(folder: Path) -> dict[str, str]:
    return json.loads((folder / "2024-25" / "manifest.json").read_text(encoding="utf-8"))["files"]


def made_anew(built) -> set[str]:
    return {step.name for step in built.steps if not step.reused}


def one_value_more(returns: Path, area: str, reference: str) -> None:
    path = returns / "synthetic-returns-2024-25.csv"
    values = pd.read_csv(path, dtype=str, keep_default_na=False)
    own = (values["area"] == area) & (values["reference"] == reference)
    values.loc[own, "value"] = str(int(values.loc[own, "value"].iloc[0]) + 40)
    values.to_csv(path, index=False)


def test_a_build_of_the_same_makes_nothing_and_gives_the_same_release(first, copied):
    built = build_small(copied / "returns", copied / "reports")
    assert made_anew(built) == set()
    assert files_of(copied / "reports") == files_of(first[0] / "reports")


def test_a_changed_return_makes_anew_what_depends_on_it_and_says_so(copied):
    one_value_more(copied / "returns", "W06000001", "AD/001")
    built = build_small(copied / "returns", copied / "reports")
    reasons = {step.name: step.reason for step in built.steps}
    assert reasons["tables"] == "changed: the returns in synthetic-returns-2024-25.csv"
    figures = "data/changes.csv, data/commentary.csv, data/counts.csv, data/measures.csv"
    assert reasons["notebook/en/adults"] == f"changed: {figures}, data/signals.csv"
    # Pages of measures are made from the tables themselves.
    assert reasons["pages/en"] == f"changed: {figures}, data/signals.csv, the notebooks"
    fresh = build_small(copied / "returns", copied / "fresh")
    assert made_anew(fresh) == {step.name for step in built.steps}
    assert files_of(copied / "reports") == files_of(copied / "fresh")


def test_a_damaged_file_among_the_kept_ones_is_made_anew(first, copied):
    kept = next((copied / "reports").glob(".2024-25-work/notebook--en--carers/**/carers.ipynb"))
    kept.write_bytes(kept.read_bytes().replace(b"Wales", b"Males", 1))
    built = build_small(copied / "returns", copied / "reports")
    assert made_anew(built) == {"notebook/en/carers"}
    assert files_of(copied / "reports") == files_of(first[0] / "reports")


def test_a_failing_notebook_leaves_the_release_and_keeps_the_notebooks_that_ran(first, copied):
    clone = project_with(copied / "clone", raise_in_last_cell)
    options = small_options(copied / "returns", copied / "reports", workers=1)
    shutil.rmtree(copied / "reports" / ".2024-25-work")
    with pytest.raises(NotebookError, match="planted"):
        build_release(options, clone)
    assert files_of(copied / "reports") == files_of(first[0] / "reports")
    shutil.copy(PROJECT.notebooks / "quality.ipynb", clone.notebooks)
    built = build_release(options, clone)
    assert {step.name for step in built.steps if step.reused} >= {"tables", "notebook/en/adults"}
    assert files_of(copied / "reports") == files_of(first[0] / "reports")


_KILLED = """
import os, signal, sys
from pathlib import Path
from small_build import PROJECT, small_options
from ssstats.release import build_release
def progress(step):
    if (step.name, step.done) == ({name!r}, {done}):
        os.kill(os.getpid(), signal.SIGKILL)
build_release(small_options(Path({returns!r}), Path({out!r})), PROJECT, progress=progress)
"""


@pytest.mark.parametrize(("name", "done"), [("Notebooks", 3), ("Pages and PDF (en)", 0)])
def test_a_killed_build_leaves_the_release_and_the_next_one_goes_on(first, copied, name, done):
    returns, out = copied / "returns", copied / "reports"
    shutil.rmtree(out / ".2024-25-work")
    script = _KILLED.format(name=name, done=done, returns=str(returns), out=str(out))
    tests = str(Path(__file__).parent)
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([tests, *sys.path])},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    assert files_of(out) == files_of(first[0] / "reports")
    built = build_small(returns, out)
    assert sum(step.reused for step in built.steps) > done
    assert files_of(out) == files_of(first[0] / "reports")
    assert not [path for path in out.glob(".2024-25-*") if path.name != ".2024-25-work"]
