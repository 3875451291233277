"""Notebooks on a Dask cluster: each is one task of the cluster, its kernel beside the worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ssstats.clusters import cluster_at
from ssstats.notebooks.executing import NotebookJob
from ssstats.notebooks.running import NotebookTiming, run_notebooks


def run_on_cluster(
    jobs: Sequence[NotebookJob],
    scheduler: str,
    *,
    done: Callable[[NotebookJob], None] = lambda job: None,
) -> list[NotebookTiming]:
    """Run all jobs on the workers of the Dask scheduler at an address such as tcp://host:8786.

    Raises
    ------
    ReleaseError
        As `cluster_at` and `run_notebooks`.
    """
    with cluster_at(scheduler) as executor:
        # Kernels are counted by the cluster's threads, not by workers of this machine.
        return run_notebooks(jobs, workers=1, done=done, executor=executor)
