"""Notebooks and the attack on a Dask cluster: the same files, also where a worker is lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time

import pytest
from notebook_samples import jobs_of, write_template
from small_gate import DUE, REVIEWED, released
from small_returns import CATALOGUE

from ssstats.disclosure.release_tables import write_release_tables
from ssstats.errors import NotebookError, UsageError
from ssstats.notebooks import run_notebooks
from ssstats.notebooks.clusters import run_on_cluster
from ssstats.project import Project, find_project
from ssstats.release.auditing import audit_tables

pytest.importorskip("distributed", reason="Dask is an extra")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def cluster(tmp_path_factory):
    """A scheduler and two workers, each a process of its own."""
    folder = tmp_path_factory.mktemp("dask")
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    scheduler = subprocess.Popen(
        [*dask, "--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
        env=environment, stderr=subprocess.PIPE, text=True, cwd=folder,
    )  # fmt: skip
    address = ""
    for line in scheduler.stderr:
        if found := re.search(r"tcp://127\.0\.0\.1:\d+", line):
            address = found[0]
            break
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_worker", address, *options],
            env=environment, stderr=subprocess.DEVNULL, cwd=folder,
        )
        for _ in range(2)
    ]  # fmt: skip
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()
    scheduler.stderr.close()


@pytest.mark.slow
def test_a_cluster_gives_the_same_files_and_a_lost_worker_costs_none(cluster, tmp_path):
    address, workers = cluster
    template = write_template(tmp_path / "t.ipynb", "import time\ntime.sleep(1)\nprint(name)")
    names = [f"n{number}" for number in range(6)]
    here, there = (jobs_of(template, tmp_path / place, names) for place in ("here", "there"))
    run_notebooks(here, workers=2)
    finished = []

    def kill_one(job):
        finished.append(job)
        if len(finished) == 1:
            workers[0].send_signal(signal.SIGKILL)

    run_on_cluster(there, address, done=kill_one)
    assert workers[0].wait(10) == -signal.SIGKILL
    assert sorted(job.output.name for job in finished) == [f"{name}.ipynb" for name in names]
    for own, other in zip(here, there, strict=True):
        assert own.output.read_bytes() == other.output.read_bytes()


@pytest.mark.slow
def test_the_attack_on_a_cluster_proves_the_same_though_its_worker_is_lost(
    cluster, tmp_path, monkeypatch
):
    from distributed import Client

    address, workers = cluster
    counts = {DUE: [40, 57, 103, 23, 81], REVIEWED: [3, 52, 99, 2, 78]}
    write_release_tables(released(counts), tmp_path / "data")
    audits = {place: tmp_path / f"{place}.json" for place in ("here", "there")}

    def audit(place: str, scheduler: str) -> None:
        monkeypatch.setattr(Project, "memory", property(lambda own: tmp_path / place))
        audit_tables(
            tmp_path / "data", audits[place], catalogue=CATALOGUE, project=find_project(),
            scheduler=scheduler,
        )  # fmt: skip

    def kill_its_worker() -> None:
        with Client(address, set_as_default=False) as client:
            for _ in range(600):
                if busy := [worker for worker, tasks in client.processing().items() if tasks]:
                    pids = client.run(os.getpid, workers=busy)
                    os.kill(pids[busy[0]], signal.SIGKILL)
                    return
                time.sleep(0.01)

    audit("here", "")
    killer = threading.Thread(target=kill_its_worker)
    killer.start()
    audit("there", address)
    killer.join()
    assert [worker.poll() for worker in workers].count(-signal.SIGKILL) == 1
    assert audits["there"].read_bytes() == audits["here"].read_bytes()


@pytest.mark.slow
def test_a_failing_notebook_on_a_cluster_is_named(cluster, tmp_path):
    template = write_template(tmp_path / "t.ipynb", "raise ValueError('planted')")
    with pytest.raises(NotebookError, match=r"t\.ipynb \(Title n\): cell \d failed"):
        run_on_cluster(jobs_of(template, tmp_path, ["n"]), cluster[0])


def test_a_scheduler_that_does_not_answer_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("ssstats.clusters._CONNECT_SECONDS", 1)
    with pytest.raises(UsageError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        run_on_cluster([], "tcp://127.0.0.1:9")
