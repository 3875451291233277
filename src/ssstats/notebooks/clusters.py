"""Notebooks on a Dask cluster, for users who outgrow one machine.

The cluster's workers need the same installation, and the folders of templates, tables and results
under the same paths. Dask gives what a lost worker had to another one; nothing here schedules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ssstats.errors import NotebookError, UsageError
from ssstats.notebooks.executing import NotebookJob
from ssstats.notebooks.running import NotebookTiming, run_notebooks

_CONNECT_SECONDS = 20


def run_on_cluster(
    jobs: Sequence[NotebookJob],
    scheduler: str,
    *,
    done: Callable[[NotebookJob], None] = lambda job: None,
) -> list[NotebookTiming]:
    """Run all jobs on the workers of the Dask scheduler at an address such as tcp://host:8786.

    Raises
    ------
    UsageError
        If Dask is not installed, or no scheduler answers at the address.
    NotebookError
        As `run_notebooks`, or if the notebook's worker was lost again and again.
    """
    try:
        from distributed import Client, KilledWorker
    except ImportError:
        raise UsageError(
            "--scheduler needs Dask, which is not installed; install the extra 'dask'"
        ) from None
    try:
        client = Client(scheduler, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as problem:
        raise UsageError(
            f"no Dask scheduler answers at {scheduler} ({type(problem).__name__}); start one, or "
            "leave --scheduler out"
        ) from None
    with client, client.get_executor(pure=False) as executor:
        try:
            # Kernels are counted by the cluster's threads, not by workers of this machine.
            return run_notebooks(jobs, workers=1, done=done, executor=executor)
        except KilledWorker as loss:
            raise NotebookError(
                f"a notebook was lost with each worker that ran it ({loss.task}); run it alone"
            ) from None
