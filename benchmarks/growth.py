"""CPU and wall time of authorities' notebooks as authorities and years grow.

    python benchmarks/growth.py [--release reports/2024-25] [--authorities 22 44 88 176]

More authorities than there are take the tables of those that are, in turns; more years repeat the
published years under earlier ones. CPU is user and system time of the whole process tree.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import pandas as pd

WORKERS = 2
# The pages are about this edition.
_EDITION = "2020-proposed"
_WITH_YEARS = ("counts.csv", "measures.csv", "coverage.csv")


def main() -> None:
    """Run each size in a process of its own and print what it took a notebook."""
    options = _options()
    if options.run:
        _run(json.loads(options.run.read_text()), options.run.parent)
        return
    print(f"{'years':>6} {'notebooks':>10} {'CPU s':>8} {'each':>7} {'wall s':>8} {'growth':>8}")
    for years in options.years:
        with tempfile.TemporaryDirectory() as folder:
            tables = _with_years(options.release.resolve() / "data", Path(folder), years)
            first = 0.0
            for number in options.authorities:
                cpu, wall = _measured(tables, number)
                first = first or cpu / number
                print(
                    f"{years:6} {number:10} {cpu:8.1f} {cpu / number:7.2f} {wall:8.1f} "
                    f"{cpu / number / first:8.2f}"
                )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--release", type=Path, default=Path("reports/2024-25"))
    parser.add_argument("--authorities", type=int, nargs="+", default=[22, 44, 88, 176])
    parser.add_argument("--years", type=int, nargs="+", default=[5, 10])
    parser.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _with_years(source: Path, folder: Path, wanted: int) -> Path:
    """Return a copy of release tables that holds `wanted` years of the edition, or more."""
    tables = Path(shutil.copytree(source, folder / "data"))
    for name in _WITH_YEARS:
        frame = pd.read_csv(tables / name, dtype=str, keep_default_na=False)
        own = frame[frame["edition"] == _EDITION]
        known = own["period"].nunique()
        parts = [frame]
        for turn in range(1, -(-wanted // known)):
            parts.append(own.assign(period=[_earlier(p, turn * known) for p in own["period"]]))
        pd.concat(parts).to_csv(tables / name, index=False)
    return tables


def _earlier(period: str, years: int) -> str:
    start = int(period[:4]) - years
    return f"{start}-{(start + 1) % 100:02d}"


def _measured(tables: Path, number: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "asked.json"
        asked.write_text(json.dumps({"tables": str(tables), "number": number}))
        started = perf_counter()
        run = subprocess.Popen(
            [sys.executable, __file__, "--run", str(asked)],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stderr=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(run.pid, 0)
        if status or len(list(Path(folder).glob("*.ipynb"))) != number:
            sys.exit(f"{number} notebooks failed")
        return used.ru_utime + used.ru_stime, perf_counter() - started


def _run(asked: dict[str, object], out: Path) -> None:
    from ssstats.catalogue import read_catalogue
    from ssstats.notebooks import NotebookJob, run_notebooks
    from ssstats.project import find_project

    project = find_project()
    areas = read_catalogue(project.catalogue).areas
    authorities = list(areas.loc[areas["level"] == "authority", "area"])
    facts = json.loads((Path(str(asked["tables"])) / "release.json").read_text(encoding="utf-8"))
    common = {"period": facts["period"], "language": "en", "release_tables": str(asked["tables"])}
    jobs = [
        NotebookJob(
            project.notebooks / "authority.ipynb",
            out / f"{place:03d}.ipynb",
            {**common, "authority": authorities[place % len(authorities)]},
            str(place),
        )
        for place in range(int(str(asked["number"])))
    ]
    run_notebooks(jobs, workers=WORKERS)


if __name__ == "__main__":
    main()
