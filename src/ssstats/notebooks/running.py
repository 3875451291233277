"""Runs many notebooks at once, each in its own kernel, and reports the cell that failed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import nbformat

from ssstats.errors import NotebookError
from ssstats.notebooks.finishing import finished, text_of_notebook
from ssstats.notebooks.parameters import check_parameters

# A kernel's environment: what could make two machines differ is fixed.
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "SOURCE_DATE_EPOCH": "0",
    # papermill asks whether the frontend of its debugger is there; it slows every start.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_CELL_TIMEOUT_SECONDS = 600
_SHOWN_LINES = 4


@dataclass(frozen=True)
class NotebookJob:
    """One notebook to run: template, where the executed copy goes, parameters, title."""

    template: Path
    output: Path
    parameters: Mapping[str, object]
    title: str


def run_notebooks(
    jobs: Sequence[NotebookJob],
    *,
    workers: int,
    done: Callable[[NotebookJob], None] = lambda job: None,
    executor: Executor | None = None,
) -> None:
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
        Runs the jobs instead of a pool of this machine's processes.

    Raises
    ------
    NotebookError
        If a parameter is wrong or a cell fails; names notebook, title and cell. Notebooks that
        have not started are not run any more.
    """
    for job in jobs:
        check_parameters(job.template, job.parameters)
    if executor is not None:
        _run_in(executor, jobs, done)
        return
    with _pool(max(1, min(workers, len(jobs)))) as pool:
        _run_in(pool, jobs, done)


def _pool(workers: int) -> ProcessPoolExecutor:
    # Started fresh: a forked worker would share this process's threads and open files.
    return ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_settle_environment
    )


def _settle_environment() -> None:
    os.environ.update(_ENVIRONMENT)


def _run_in(
    executor: Executor, jobs: Sequence[NotebookJob], done: Callable[[NotebookJob], None]
) -> None:
    running = {executor.submit(run_one, job): job for job in jobs}
    try:
        for future in as_completed(running):
            future.result()
            done(running[future])
    except BaseException:
        for future in running:
            future.cancel()
        raise


def run_one(job: NotebookJob) -> None:
    """Run one job in this process's own kernel and write the executed notebook.

    Raises
    ------
    NotebookError
        If a cell fails, takes too long, or the kernel dies.
    """
    # Here, not at the top: importing papermill takes a third of a second that no other command
    # needs to pay.
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    job.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        executed = Path(folder) / "executed.ipynb"
        # Start-up files of the user's own IPython are none of the release's business.
        os.environ["IPYTHONDIR"] = folder
        try:
            papermill.execute_notebook(
                str(job.template),
                str(executed),
                parameters=dict(job.parameters),
                cwd=str(job.output.parent),
                kernel_name="python3",
                progress_bar=False,
                record_timing=False,
                execution_timeout=_CELL_TIMEOUT_SECONDS,
                # A kernel's own log is noise to the statistician; a failing cell is reported.
                extra_arguments=["--log-level=50"],
            )
        except papermill.PapermillExecutionError as failure:
            raise NotebookError(_failed(job, failure)) from None
        except CellTimeoutError:
            raise NotebookError(
                f"{_name(job)}: a cell took more than {_CELL_TIMEOUT_SECONDS} seconds"
            ) from None
        except DeadKernelError:
            raise NotebookError(f"{_name(job)}: its kernel died; run it again") from None
        notebook = nbformat.read(executed, as_version=4)
    job.output.write_text(text_of_notebook(finished(notebook, title=job.title)), encoding="utf-8")


def _name(job: NotebookJob) -> str:
    return f"{job.template.name} ({job.title})"


def _failed(job: NotebookJob, failure: object) -> str:
    """Return which cell failed, its first lines and the error, without a traceback."""
    source = str(getattr(failure, "source", "")).strip().splitlines()
    shown = "\n".join(f"    {line}" for line in source[:_SHOWN_LINES])
    ename, evalue = getattr(failure, "ename", "error"), getattr(failure, "evalue", "")
    number = getattr(failure, "exec_count", None)
    return f"{_name(job)}: cell {number} failed:\n{shown}\n{ename}: {evalue}"


def executed_cells(path: Path) -> Iterator[nbformat.NotebookNode]:
    """Return the code cells of an executed notebook."""
    notebook = nbformat.read(path, as_version=4)
    return (cell for cell in notebook.cells if cell.cell_type == "code")
