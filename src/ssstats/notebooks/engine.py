"""Our papermill engine: a forked kernel where there is a warm parent, and few writes to disk.

papermill loads every registered engine whenever it is imported, so this module imports as little
as it can and only from parts of papermill that are complete by then.
"""

from __future__ import annotations

from time import monotonic
from typing import Any

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager
from papermill.log import logger

_SAVE_EVERY_SECONDS = 2.0
# papermill hands these to every engine; the client does not know them.
_NOT_THE_CLIENTS = ("input_path", "timeout", "startup_timeout")


class WarmEngine(NBClientEngine):
    """papermill's own engine with another way to start, reach and end a kernel."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        **options: Any,
    ) -> Any:
        from ssstats.notebooks.kernels import WarmKernelManager

        _save_seldom(nb_man)
        for name in _NOT_THE_CLIENTS:
            options.pop(name, None)
        client = PapermillNotebookClient(
            nb_man,
            **{"kernel_manager_class": WarmKernelManager, **options},
            timeout=execution_timeout,
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            log=logger,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
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
