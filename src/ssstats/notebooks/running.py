"""Runs many notebooks at once, each in its own kernel, and reports the cell that failed.

Where processes can be forked, kernels come from a warm parent (`supervising`); elsewhere, and
where the user sets SSSTATS_STOCK_KERNELS=1, from a pool of processes that run papermill as it is.
The files are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed, wait
from dataclasses import dataclass
from multiprocessing import get_context

from ssstats.errors import NotebookError, listed
from ssstats.notebooks.executing import LostKernelError, NotebookJob, part_of, run_one
from ssstats.notebooks.forking import can_fork
from ssstats.notebooks.parameters import check_given, parameters_of

_MOST_ATTEMPTS = 2


@dataclass(frozen=True)
class NotebookTiming:
    """How long a notebook took, kept apart from the notebook so that its bytes do not change."""

    name: str
    seconds: float
    attempts: int


def run_notebooks(
    jobs: Sequence[NotebookJob],
    *,
    workers: int,
    done: Callable[[NotebookJob], None] = lambda job: None,
    executor: Executor | None = None,
) -> list[NotebookTiming]:
    """Run all jobs and write their executed notebooks.

    Parameters
    ----------
    jobs : sequence of NotebookJob
        Parameters are checked for all of them before the first one runs.
    workers : int
        Notebooks at a time, 1 or more.
    done : callable
        Called with each job when it has finished.
    executor : Executor, optional
        Runs the jobs instead of processes of this machine; kernels are then started as Jupyter
        does. Threads will do: all work is in the kernels.

    Returns
    -------
    list of NotebookTiming
        One a job, in the order of the jobs.

    Raises
    ------
    NotebookError
        If a parameter is wrong, a cell fails, or a kernel died twice; names notebook, title and
        cell. Notebooks that have not started are not run any more.
    """
    known = {template: parameters_of(template) for template in {job.template for job in jobs}}
    for job in jobs:
        check_given(job.template, known[job.template], job.parameters)
    if not jobs:
        return []
    workers = max(1, min(workers, len(jobs)))
    if executor is not None:
        results = _run_in(executor, jobs, done)
    elif can_fork():
        from ssstats.notebooks.supervising import Supervisor

        with Supervisor(jobs, workers) as supervisor:
            results = supervisor.run(done)
    else:
        # Started fresh: a forked worker would share this process's threads and open files.
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            results = _run_in(pool, jobs, done)
    return [NotebookTiming(job.name, *result) for job, result in zip(jobs, results, strict=True)]


def _run_in(
    executor: Executor, jobs: Sequence[NotebookJob], done: Callable[[NotebookJob], None]
) -> list[tuple[float, int]]:
    running = {executor.submit(_run_twice, job): place for place, job in enumerate(jobs)}
    results: dict[int, tuple[float, int]] = {}
    try:
        for future in as_completed(running):
            place = running[future]
            results[place] = future.result()
            done(jobs[place])
    except BrokenExecutor:
        left = [job.name for place, job in enumerate(jobs) if place not in results]
        raise NotebookError(f"{listed(left)}: a process that ran notebooks was killed") from None
    finally:
        for future in running:
            future.cancel()
        # What runs by now cannot be called back; nothing may still write when this returns.
        wait(running)
        for job in jobs:
            part_of(job.output).unlink(missing_ok=True)
    return [results[place] for place in range(len(jobs))]


def _run_twice(job: NotebookJob) -> tuple[float, int]:
    """Run a job, once more if its kernel was lost; return seconds and number of attempts."""
    for attempt in range(1, _MOST_ATTEMPTS):
        try:
            return run_one(job), attempt
        except LostKernelError:
            continue
    try:
        return run_one(job), _MOST_ATTEMPTS
    except LostKernelError as loss:
        raise NotebookError(f"{loss} in {_MOST_ATTEMPTS} attempts; run it alone") from None
