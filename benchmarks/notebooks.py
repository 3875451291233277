"""CPU and wall time of four ways to run the same notebooks, side by side on this machine.

    python benchmarks/notebooks.py [--release reports/2024-25] [--notebooks 22] [--repeat 1]

`papermill` is its command, one notebook after the other; `pool` its Python function in a pool of
processes; `ssstats` is run_notebooks; `functions` is what the notebooks call, without notebooks,
in as many warm processes. CPU is user and system time of the whole process tree, start-up
included; it hardly depends on what else the machine does, while wall time does.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

WAYS = ("papermill", "pool", "ssstats", "functions")
WORKERS = 2


def main() -> None:
    """Run every way in a process of its own, in turns, and print what they took."""
    options = _options()
    if options.way:
        _WAYS[options.way](json.loads(options.jobs.read_text()), options.jobs.parent)
        return
    jobs = _jobs(options)
    # ssstats is what the others are compared with.
    ways = [way for way in WAYS if way in {*options.ways, "ssstats"}]
    taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(options.repeat):
        for way in ways:
            taken[way].append(_measured(way, jobs))
    cpu, wall = ({way: statistics.median(t[i] for t in taken[way]) for way in ways} for i in (0, 1))
    print(f"{options.notebooks} notebooks, {WORKERS} at a time, median of {options.repeat}")
    print(f"{'':10} {'CPU s':>8} {'each':>6} {'wall s':>8} {'CPU':>16} {'wall':>16}")
    for way in ways:
        beside = [f"{measure[way] / measure['ssstats']:.2f} x ssstats" for measure in (cpu, wall)]
        print(
            f"{way:10} {cpu[way]:8.1f} {cpu[way] / options.notebooks:6.2f} {wall[way]:8.1f} "
            f"{beside[0]:>16} {beside[1]:>16}"
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--release", type=Path, default=Path("reports/2024-25"))
    parser.add_argument("--notebooks", type=int, default=22, help="authorities, at most 22")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--jobs", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _measured(way: str, jobs: list[dict[str, str]]) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "jobs.json"
        listed.write_text(json.dumps(jobs))
        started = perf_counter()
        run = subprocess.Popen(
            [sys.executable, __file__, "--way", way, "--jobs", listed],
            # Nobody compiles the same modules again and again: it would be most of the difference.
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": ""},
            stderr=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(run.pid, 0)
        wall = perf_counter() - started
        done = len(list(Path(folder).glob("*.ipynb")))
    if status or (done != len(jobs) and way != "functions"):
        sys.exit(f"{way} failed")
    return used.ru_utime + used.ru_stime, wall


def _jobs(options: argparse.Namespace) -> list[dict[str, str]]:
    """Return the parameters of each authority's notebook."""
    from ssstats.catalogue import read_catalogue
    from ssstats.disclosure.release_tables import read_release_tables
    from ssstats.project import find_project

    tables = options.release.resolve() / "data"
    areas = read_catalogue(find_project().catalogue).areas
    authorities = areas.loc[areas["level"] == "authority", "area"].head(options.notebooks)
    period = str(read_release_tables(tables).facts["period"])
    common = {"period": period, "language": "en", "release_tables": str(tables)}
    return [{**common, "authority": authority} for authority in authorities]


def _template() -> Path:
    from ssstats.project import find_project

    return find_project().notebooks / "authority.ipynb"


def _by_command(jobs: list[dict[str, str]], out: Path) -> None:
    for job in jobs:
        command = [sys.executable, "-m", "papermill", str(_template())]
        given = [part for name, value in job.items() for part in ("-p", name, value)]
        output = str(out / f"{job['authority']}.ipynb")
        subprocess.run([*command, output, *given], check=True, capture_output=True)


def _in_pool(jobs: list[dict[str, str]], out: Path) -> None:
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        list(pool.map(_one_by_papermill, jobs, [out] * len(jobs)))


def _one_by_papermill(job: dict[str, str], out: Path) -> None:
    import papermill

    output = str(out / f"{job['authority']}.ipynb")
    papermill.execute_notebook(str(_template()), output, job, progress_bar=False)


def _by_ssstats(jobs: list[dict[str, str]], out: Path) -> None:
    from ssstats.notebooks import NotebookJob, run_notebooks

    template = _template()
    wanted = [
        NotebookJob(template, out / f"{job['authority']}.ipynb", job, job["authority"])
        for job in jobs
    ]
    run_notebooks(wanted, workers=WORKERS)


def _by_functions(jobs: list[dict[str, str]], out: Path) -> None:
    import nbformat

    cells = nbformat.read(_template(), as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    own = [cell.source for cell in code if "parameters" not in cell.metadata.get("tags", [])]
    script = out / "functions.py"
    script.write_text("\n".join(own), encoding="utf-8")
    with ProcessPoolExecutor(
        WORKERS, mp_context=get_context("spawn"), initializer=_without_notebook
    ) as pool:
        list(pool.map(_one_by_functions, jobs, [str(script)] * len(jobs)))


def _without_notebook() -> None:
    import ssstats.chapters

    ssstats.chapters.show = len  # type: ignore[assignment]


def _one_by_functions(job: dict[str, str], script: str) -> None:
    runpy.run_path(script, init_globals=dict(job))


_WAYS = {
    "papermill": _by_command,
    "pool": _in_pool,
    "ssstats": _by_ssstats,
    "functions": _by_functions,
}

if __name__ == "__main__":
    main()
