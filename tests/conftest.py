"""Options of the test run, and the one whole release that slow tests share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import settings

from ssstats import cli

# A slow machine is no failure: speed is shown by benchmarks.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

if TYPE_CHECKING:
    from ssstats.release import Built


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--vectors",
        type=Path,
        metavar="PATH",
        help="file of reference values for limits and tests, run by test_vectors.py",
    )


@pytest.fixture(scope="session")
def demonstration_release(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The demonstration release of two authorities in both languages; nobody may change it."""
    from ssstats.periods import ReportingYear
    from ssstats.project import find_project
    from ssstats.release import ReleaseOptions, build_release

    project = find_project(Path(__file__).parent)
    options = ReleaseOptions(
        period=ReportingYear.parse("2024-25"),
        returns=project.demonstration,
        out=tmp_path_factory.mktemp("reports"),
        languages=("en", "cy"),
        authorities=("powys", "W06000024"),
        engine="embedded",
    )
    return build_release(options, project)


class Ended(NamedTuple):
    """How a command ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def ssstats(monkeypatch, capfd):
    """Runs the command as the console script does, in this process."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["ssstats", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        printed = capfd.readouterr()
        return Ended(code, printed.out, printed.err)

    return run
