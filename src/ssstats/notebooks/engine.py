"""Our papermill engine: a forked kernel where there is a warm parent, and few writes to disk.

papermill loads every registered engine whenever it is imported, so this module imports as little
as it can and only from parts of papermill that are complete by then.
"""

from __future__ import annotations

import os
from datetime import datetime
from time import monotonic
from typing import Any

from nbformat import NotebookNode
from papermill.engines import NBClientEngine, NotebookExecutionManager
from papermill.log import logger

from ssstats.notebooks.forking import ADDRESS

_SAVE_EVERY_SECONDS = 2.0
# papermill hands these to every engine; the client does not know them.
_NOT_THE_CLIENTS = ("input_path", "timeout", "startup_timeout", "start_timeout")


class WarmEngine(NBClientEngine):
    """papermill's own engine with another way to start, reach and end a kernel.

    Without a warm parent, or for another kind of kernel, it is started as usual: the result is the
    same file, later.
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        **options: Any,
    ) -> Any:
        from ssstats.notebooks.forked_kernels import ForkedNotebookClient
        from ssstats.notebooks.kernels import PrivateKernelManager, is_ipykernel

        _save_seldom(nb_man)
        _time_cells(nb_man)
        address = os.environ.get(ADDRESS)
        if not address or not is_ipykernel(kernel_name):
            return super().execute_managed_notebook(
                nb_man, kernel_name, **{"kernel_manager_class": PrivateKernelManager, **options}
            )
        timeout = options.pop("execution_timeout", None)
        for name in _NOT_THE_CLIENTS:
            options.pop(name, None)
        client = ForkedNotebookClient(
            nb_man, **options, address=address, timeout=timeout, kernel_name=kernel_name, log=logger
        )
        return client.execute()


def _save_seldom(nb_man: NotebookExecutionManager) -> None:
    """Let papermill write the notebook every few seconds instead of before and after each cell."""
    save, last = nb_man.save, monotonic()

    def save_if_due(**options: Any) -> None:
        nonlocal last
        if nb_man.end_time is not None or monotonic() - last > _SAVE_EVERY_SECONDS:
            save(**options)
            last = monotonic()

    nb_man.save = save_if_due


def _time_cells(nb_man: NotebookExecutionManager) -> None:
    """Let papermill note a cell's duration without reading its start from the text of it."""
    complete = nb_man.cell_complete

    def cell_complete(cell: NotebookNode, **options: Any) -> None:
        started = cell.metadata.papermill.pop("start_time")
        complete(cell, **options)
        noted = cell.metadata.papermill
        ended = datetime.fromisoformat(noted["end_time"])
        noted["start_time"] = started
        noted["duration"] = (ended - datetime.fromisoformat(started)).total_seconds()

    nb_man.cell_complete = cell_complete
