"""CPU seconds of each step of a whole release, with all processes that it starts.

    python benchmarks/release.py                      both languages, nothing kept
    python benchmarks/release.py --languages en --again   then the same build a second time

The release is built in a new folder that is removed again, and from a `.cache` that is not that of
the checkout, so that nothing kept by an earlier build helps.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import tempfile
import time
from pathlib import Path

from ssstats.periods import ReportingYear
from ssstats.project import Project, find_project
from ssstats.release import ReleaseOptions, build_release


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("--period", default="2024-25")
    given.add_argument("--languages", default="en,cy")
    given.add_argument("--policy", default="round-5")
    given.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given.add_argument("--again", action="store_true", help="build a second time, with all kept")
    given.add_argument("--keep", type=Path, help="keep the release in this folder")
    asked = given.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="release-"))
    try:
        for title in ["nothing kept", *(["everything kept"] if asked.again else [])]:
            print(f"{title}, {asked.languages}, {asked.policy}, {asked.workers} workers")
            _build(asked, folder)
        if asked.keep:
            shutil.move(folder / "reports", asked.keep)
    finally:
        shutil.rmtree(folder)


def _build(asked: argparse.Namespace, folder: Path) -> None:
    project = type("ProjectWithoutMemory", (Project,), {"memory": folder / "cache"})(
        find_project().root
    )
    options = ReleaseOptions(
        period=ReportingYear.parse(asked.period),
        returns=project.demonstration,
        out=folder / "reports",
        languages=tuple(asked.languages.split(",")),
        workers=asked.workers,
        policy=asked.policy,
    )
    print(f"{'CPU s':>8} {'wall s':>8}")
    marks = [("Start", 0.0, time.perf_counter())]

    def note(name: str) -> None:
        before, cpu, wall = marks[-1]
        if name != before:
            marks.append((name, _cpu(), time.perf_counter()))
            taken = f"{marks[-1][1] - cpu:8.1f} {marks[-1][2] - wall:8.1f}"
            print(f"{taken}  {before}", flush=True)

    build_release(options, project, progress=lambda step: note(step.name))
    note("")
    print(f"{marks[-1][1]:8.1f} {marks[-1][2] - marks[0][2]:8.1f}  the whole", flush=True)


def _cpu() -> float:
    """Return the CPU seconds of this process and of all that it started and waited for."""
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
