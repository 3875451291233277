"""Runs jobs in workers forked from a warm parent, and starts anew what was lost on the way.

One thread waits for all workers. A notebook whose kernel, worker or parent was killed is run once
more; when it is lost again, the whole run fails with its name. Closing ends every process and
removes every file that is not a result.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import socket
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ssstats.errors import NotebookError
from ssstats.notebooks.executing import NotebookJob, part_of
from ssstats.notebooks.forking import ADDRESS, ForkedProcess, WarmParent
from ssstats.notebooks.kernels import kernel_environment, private_folder
from ssstats.notebooks.worker import FOLDERS, line_of

_MOST_ATTEMPTS = 2
# Parameters by which a notebook says which release it opens.
_RELEASE_PARAMETERS = ("release_tables", "period", "language")


@dataclass
class _Attempt:
    job: NotebookJob
    place: int
    number: int = 1


class Supervisor:
    """A warm parent with its workers; use it in a `with` statement."""

    def __init__(self, jobs: Sequence[NotebookJob], workers: int) -> None:
        self._jobs = jobs
        self._count = workers
        self._folders: list[Path] = []
        self._selector = selectors.DefaultSelector()
        self._workers: list[_Worker] = []
        self._parent: WarmParent | None = None

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in list(self._workers):
            self._dismiss(worker)
        self._selector.close()
        if self._parent is not None:
            self._parent.close()
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        for job in self._jobs:
            part_of(job.output).unlink(missing_ok=True)

    def run_more(self, jobs: Sequence[NotebookJob]) -> None:
        """Run further jobs with the same warm parent, which knows the first jobs' release.

        Raises
        ------
        NotebookError
            As `run`; nothing of the failed run is left, and more may follow.
        """
        self._jobs = jobs
        try:
            self.run(lambda job: None)
        finally:
            for worker in list(self._workers):
                self._dismiss(worker)

    def run(self, done: Callable[[NotebookJob], None]) -> list[tuple[float, int]]:
        """Run all jobs; return seconds and number of attempts of each, in their order.

        Raises
        ------
        NotebookError
            If a notebook fails, or is lost twice.
        """
        waiting = deque(_Attempt(job, place) for place, job in enumerate(self._jobs))
        results: dict[int, tuple[float, int]] = {}
        while len(results) < len(self._jobs):
            while waiting and len(self._workers) < self._count:
                self._employed().take(waiting.popleft())
            for key, _ in self._selector.select():
                worker: _Worker = key.data
                attempt, answer = worker.attempt, worker.answer()
                if "seconds" in answer:
                    results[attempt.place] = answer["seconds"], attempt.number
                    done(attempt.job)
                elif "failed" in answer:
                    raise NotebookError(answer["failed"])
                else:
                    waiting.appendleft(_again(attempt))
                if "gone" in answer or not waiting:
                    self._dismiss(worker)
                else:
                    worker.take(waiting.popleft())
        return [results[place] for place in range(len(self._jobs))]

    def _employed(self) -> _Worker:
        """Return a new worker, of a new warm parent where there is none any more."""
        reason = ""
        for _ in range(_MOST_ATTEMPTS):
            try:
                if self._parent is None:
                    self._parent = self._warm_parent()
                worker = _Worker(self._parent.address, self._environment(), str(self._folders[-1]))
            except ConnectionError as problem:
                reason = str(problem)
                if self._parent is not None:
                    self._parent.close()
                self._parent = None
                continue
            self._workers.append(worker)
            self._selector.register(worker.channel, selectors.EVENT_READ, worker)
            return worker
        raise NotebookError(
            f"the notebooks' kernels could not be started ({reason}); set SSSTATS_STOCK_KERNELS=1 "
            "to start them as Jupyter does"
        )

    def _warm_parent(self) -> WarmParent:
        self._folders.append(private_folder())
        parent = WarmParent(
            self._folders[-1], self._environment(), preparations=_preparations(self._jobs)
        )
        try:
            parent.wait_until_warm()
        except BaseException:
            # Whatever it was, Ctrl-C included, nobody else knows of this process yet.
            parent.close()
            raise
        return parent

    def _environment(self) -> dict[str, str]:
        # Without what an outer run may have left: a kernel belongs to this parent.
        outer = {
            name: value for name, value in os.environ.items() if name not in (ADDRESS, FOLDERS)
        }
        environment = kernel_environment(outer)
        if self._parent is not None:
            environment[ADDRESS] = self._parent.address
            environment[FOLDERS] = str(self._folders[-1])
        return environment

    def _dismiss(self, worker: _Worker) -> None:
        self._selector.unregister(worker.channel)
        self._workers.remove(worker)
        worker.close()


class _Worker:
    """A worker process and the job that it has."""

    attempt: _Attempt

    def __init__(self, address: str, environment: Mapping[str, str], folder: str) -> None:
        self.channel, theirs = socket.socketpair()
        try:
            self._process = ForkedProcess(
                address,
                "worker",
                environment=environment,
                folder=folder,
                stdout=subprocess.DEVNULL,
                channel=theirs,
            )
        except ConnectionError:
            self.channel.close()
            raise
        finally:
            theirs.close()
        self._lines = self.channel.makefile("rb")

    def take(self, attempt: _Attempt) -> None:
        self.attempt = attempt
        try:
            self.channel.sendall(line_of(attempt.job))
        except OSError:
            # It died since its last answer: the channel's end says so next.
            return

    def answer(self) -> dict[str, Any]:
        """Return what the worker said, `gone` if it ended instead."""
        try:
            line = self._lines.readline()
        except OSError:
            line = b""
        return json.loads(line) if line.endswith(b"\n") else {"gone": True}

    def close(self) -> None:
        self._lines.close()
        self.channel.close()
        self._process.close()


def _again(attempt: _Attempt) -> _Attempt:
    """Return the next attempt at a lost notebook.

    Raises
    ------
    NotebookError
        If there is none.
    """
    if attempt.number >= _MOST_ATTEMPTS:
        raise NotebookError(
            f"{attempt.job.name}: its kernel died in {_MOST_ATTEMPTS} attempts; run it alone, and "
            "look at what the notebook does and at how much memory is free"
        )
    return _Attempt(attempt.job, attempt.place, attempt.number + 1)


def _preparations(jobs: Sequence[NotebookJob]) -> list[dict[str, Any]]:
    """Return the releases that the jobs open, each once, as seen from where a notebook runs."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for job in jobs:
        given = {name: job.parameters.get(name) for name in _RELEASE_PARAMETERS}
        if not all(isinstance(value, str) for value in given.values()):
            continue
        folder = job.output.parent
        folder.mkdir(parents=True, exist_ok=True)
        texts = {name: str(value) for name, value in given.items()}
        tables = str((folder / texts["release_tables"]).resolve())
        key = tables, texts["period"], texts["language"]
        one = found.setdefault(key, {"folder": str(folder.resolve()), **texts, "templates": []})
        if (template := str(job.template.resolve())) not in one["templates"]:
            one["templates"].append(template)
    return list(found.values())
