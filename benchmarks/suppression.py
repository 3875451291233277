"""Suppression beside pytauargus on the same tables: time, memory, cost and what the attack finds.

Each run is a process of its own, one after the other, in a scratch folder: pytauargus leaves logs
where it is started. Every pattern is judged by the same attack, which nobody's own audit replaces.

    python benchmarks/suppression.py FOLDER [FOLDER ...] [--synthetic 1 3 10] [--methods ours,MOD]

A folder holds cells.csv and constraints.csv, and inner.csv and hier.csv for pytauargus. --synthetic
writes tables of 200 areas x 50 types with this many years and a total over the years.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from suppression_tables import THRESHOLD, write_table

METHODS = ("ours", "MOD", "OPT")
_SUPPRESS = {"MOD": "MOD(1,5,1,0,0)", "OPT": "OPT(1,5)"}


def main() -> None:
    arguments = _arguments()
    if arguments.one:
        method, folder, pattern = arguments.one
        print(json.dumps(_measured(method, Path(folder), Path(pattern))))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(folder).resolve() for folder in arguments.folders]
        for years in arguments.synthetic:
            folders.append(Path(scratch) / f"synthetic-{years}-years")
            write_table(
                folders[-1], seed=7, areas=200, area_groups=22, types=50, type_groups=5, years=years
            )
        print(
            f"{'table':22}{'method':8}{'wall s':>8}{'cpu s':>8}{'MB':>6}{'cost':>9}{'bound':>9}",
            end="",
        )
        print(f"{'failing':>9}{'exact':>7}{'attack s':>10}")
        for folder in folders:
            for method in arguments.methods.split(","):
                _compare(method, folder, Path(scratch) / "pattern.csv", arguments.timeout)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--synthetic", nargs="*", type=int, default=[])
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--timeout", type=int, default=900, help="seconds allowed for one run")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


def _compare(method: str, folder: Path, pattern: Path, timeout: int) -> None:
    pattern.unlink(missing_ok=True)
    command = [
        sys.executable, str(Path(__file__).resolve()), "--one", method, str(folder), str(pattern)
    ]  # fmt: skip
    started = time.perf_counter()
    label = f"{folder.name:22}{method:8}"
    try:
        run = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            cwd=pattern.parent,
        )
    except subprocess.TimeoutExpired:
        print(f"{label} no result in {timeout} s", flush=True)
        return
    wall = time.perf_counter() - started
    if run.returncode or not pattern.exists():
        reason = (run.stderr.strip().splitlines() or ["no pattern"])[-1]
        print(f"{label} failed: {reason[:90]}", flush=True)
        return
    found = json.loads(run.stdout.strip().splitlines()[-1])
    judged = _judged(folder, pattern)
    print(
        f"{label}{wall:8.1f}{found['cpu']:8.1f}{found['megabytes']:6d}{judged['cost']:9d}"
        f"{found['bound']:9.0f}{judged['failing']:9d}{judged['exact']:7d}{judged['seconds']:10.1f}",
        flush=True,
    )


def _measured(method: str, folder: Path, pattern: Path) -> dict[str, float]:
    bound = _run_ours(folder, pattern) if method == "ours" else _run_tau(method, folder, pattern)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "cpu": used.ru_utime + used.ru_stime,
        "megabytes": used.ru_maxrss // 1024,
        "bound": bound,
    }


def _run_ours(folder: Path, pattern: Path) -> float:
    from ssstats.disclosure.suppression_instance import protect_instance

    result = protect_instance(folder / "cells.csv", folder / "constraints.csv", pattern=pattern)
    return result.lower_bound


def _run_tau(method: str, folder: Path, pattern: Path) -> float:
    """Protect the table with pytauargus from one record a person, under the same threshold."""
    from pytauargus import protect

    inner = list(csv.DictReader((folder / "inner.csv").open(encoding="utf-8")))
    dimensions = [name for name in inner[0] if name != "freq"]
    repeated = [row for row in inner for _ in range(int(row["freq"]))]
    people = {name: [row[name] for row in repeated] for name in dimensions}
    people["persons"] = [1] * len(repeated)
    with tempfile.TemporaryDirectory() as scratch:
        hierarchies = _write_hierarchies(folder, dimensions, Path(scratch))
        result = protect(
            people,
            [dimensions],
            response="persons",
            safety_rules=f"FREQ({THRESHOLD},20)",
            suppress=_SUPPRESS[method],
            hrc=hierarchies or None,
            workdir=scratch,
        )
        rows = result.tables[0].rows
    _write_pattern(folder, dimensions, rows, pattern)
    return 0.0


def _write_hierarchies(folder: Path, dimensions: list[str], scratch: Path) -> dict[str, str]:
    """Write a .hrc file for each dimension with more than two levels."""
    rows = list(csv.DictReader((folder / "hier.csv").open(encoding="utf-8")))
    written = {}
    for name in dimensions:
        levels = [(int(row["level"]), row["code"]) for row in rows if row["dim"] == name]
        if max(level for level, _ in levels) < 3:
            continue
        path = scratch / f"{name}.hrc"
        path.write_text("".join("@" * (level - 2) + code + "\n" for level, code in levels[1:]))
        written[name] = str(path)
    return written


def _write_pattern(folder: Path, dimensions: list[str], rows: list[dict], pattern: Path) -> None:
    roots = {
        row["dim"]: row["code"]
        for row in csv.DictReader((folder / "hier.csv").open(encoding="utf-8"))
        if row["level"] == "1"
    }
    hidden = set()
    for row in rows:
        codes = tuple(
            roots[name] if str(row[name]).strip() in ("", "Total") else str(row[name]).strip()
            for name in dimensions
        )
        # The status is S for safe, E and Z for empty, U for primary and M for secondary.
        if str(row["status"]).strip() not in ("S", "E", "Z"):
            hidden.add(codes)
    with pattern.open("w", encoding="utf-8") as file:
        file.write("cell_id,suppressed\n")
        for cell in csv.DictReader((folder / "cells.csv").open(encoding="utf-8")):
            codes = tuple(cell[name] for name in dimensions)
            file.write(f"{cell['cell_id']},{int(codes in hidden and cell['freq'] != '0')}\n")


def _judged(folder: Path, pattern: Path) -> dict[str, float]:
    from ssstats.disclosure.attack_instance import attack_instance

    started = time.perf_counter()
    report = attack_instance(folder / "cells.csv", folder / "constraints.csv", pattern)
    seconds = time.perf_counter() - started
    hidden = {
        row["cell_id"]
        for row in csv.DictReader(pattern.open(encoding="utf-8"))
        if row["suppressed"] == "1"
    }
    cost = sum(
        int(row["freq"])
        for row in csv.DictReader((folder / "cells.csv").open(encoding="utf-8"))
        if row["cell_id"] in hidden and row["status"] != "u"
    )
    return {
        "cost": cost,
        "failing": len(report.failing),
        "exact": int(report.is_known_exactly.sum()),
        "seconds": seconds,
    }


if __name__ == "__main__":
    main()
