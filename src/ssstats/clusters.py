"""A Dask cluster as an executor, for users who outgrow one machine.

The cluster's workers need the same installation, and the folders of a build under the same paths.
Dask gives what a lost worker had to another one; nothing here schedules.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from ssstats.errors import ReleaseError, UsageError

_CONNECT_SECONDS = 20


@contextmanager
def cluster_at(scheduler: str) -> Iterator[Executor]:
    """Give an executor of the workers of the Dask scheduler at an address: tcp://host:8786.

    Raises
    ------
    UsageError
        If Dask is not installed, or no scheduler answers at the address.
    ReleaseError
        If what is asked for was lost with its worker again and again.
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
            yield executor
        except KilledWorker as loss:
            raise ReleaseError(
                f"part of the work was lost with each worker that took it ({loss.task}); look at "
                "how much memory the workers have, or leave --scheduler out"
            ) from None
