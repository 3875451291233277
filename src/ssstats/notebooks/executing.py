"""Runs one notebook through papermill in a kernel of its own and returns its published form."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import nbformat

from ssstats.errors import NotebookError
from ssstats.notebooks.finishing import finished, text_of_notebook
from ssstats.notebooks.forking import ADDRESS

# The name of our papermill engine among the entry points of pyproject.toml.
WARM_ENGINE = "ssstats-warm"
_KERNEL = "python3"
_CELL_TIMEOUT_SECONDS = 600
_SHOWN_LINES = 4


@dataclass(frozen=True)
class NotebookJob:
    """One notebook to run: template, where the executed copy goes, parameters, title."""

    template: Path
    output: Path
    parameters: Mapping[str, object]
    title: str

    @property
    def name(self) -> str:
        """The notebook and what it is about, as messages name it."""
        return f"{self.template.name} ({self.title})"


class LostKernelError(NotebookError):
    """A kernel was killed, or could not be started: the notebook is not at fault, so far."""


def run_one(job: NotebookJob, *, folders: str = "") -> float:
    """Run one job and write the executed notebook in its published form.

    The kernel is forked from the warm parent where the environment names one, else it is started
    as Jupyter does. Safe in several threads: neither the working directory nor the environment of
    this process is touched.

    Parameters
    ----------
    folders : str
        Where the kernel's private folder is made; blank means the temporary folder.

    Returns
    -------
    float
        Seconds that it took.

    Raises
    ------
    LostKernelError
        If the kernel died.
    NotebookError
        If a cell fails or takes too long.
    """
    started = perf_counter()
    notebook = _executed(job, folders)
    text = text_of_notebook(finished(notebook, title=job.title))
    _write(text, job.output)
    return perf_counter() - started


def _executed(job: NotebookJob, folders: str) -> nbformat.NotebookNode:
    # Here, not at the top: importing papermill takes a third of a second that no other command
    # needs to pay.
    from nbclient.exceptions import CellTimeoutError
    from papermill import PapermillExecutionError

    job.output.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _event_loop():
            return _through_papermill(job, folders)
    except PapermillExecutionError as failure:
        raise NotebookError(_failed(job, failure)) from None
    except CellTimeoutError:
        raise NotebookError(
            f"{job.name}: a cell took more than {_CELL_TIMEOUT_SECONDS} seconds; make it shorter"
        ) from None
    except (ConnectionError, RuntimeError) as loss:
        # Jupyter's own errors for a kernel that died, never came up or does not answer.
        raise LostKernelError(f"{job.name}: its kernel was lost ({loss})") from None


def _through_papermill(job: NotebookJob, folders: str) -> nbformat.NotebookNode:
    """Let papermill fill in the parameters and its engine run the cells.

    Step by step, as papermill would also make the text of two files that nobody wants.
    """
    from papermill.engines import papermill_engines
    from papermill.execute import raise_for_execution_errors
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook
    from traitlets.config import Config

    from ssstats.notebooks.kernels import PrivateKernelManager

    warm = bool(os.environ.get(ADDRESS))
    placed = {"folders": folders}
    template = load_notebook_node(str(job.template.resolve()))
    prepared = parameterize_notebook(template, dict(job.parameters), kernel_name=_KERNEL)
    executed = papermill_engines.execute_notebook_with_engine(
        WARM_ENGINE if warm else None,
        prepared,
        kernel_name=_KERNEL,
        progress_bar=False,
        record_timing=False,
        execution_timeout=_CELL_TIMEOUT_SECONDS,
        kernel_manager_class=PrivateKernelManager,
        config=Config(PrivateKernelManager=placed, ForkedNotebookClient=placed),
        # Not papermill's cwd, which moves the whole process.
        resources={"metadata": {"path": str(job.output.parent.resolve())}},
        # A kernel's own log is noise to the statistician; a failing cell is reported.
        extra_arguments=["--log-level=50"],
    )
    raise_for_execution_errors(executed, None)
    return executed


@contextmanager
def _event_loop() -> Iterator[None]:
    """Give this thread the event loop that Jupyter would make and leave open."""
    from jupyter_core.utils import ensure_event_loop

    loop = ensure_event_loop()
    try:
        yield
    finally:
        # Somebody else's where it runs, such as that of a notebook that calls us.
        if not loop.is_running():
            loop.close()
            asyncio.set_event_loop(None)


def _failed(job: NotebookJob, failure: object) -> str:
    """Return which cell failed, its first lines and the error, without a traceback."""
    source = str(getattr(failure, "source", "")).strip().splitlines()
    shown = "\n".join(f"    {line}" for line in source[:_SHOWN_LINES])
    ename, evalue = getattr(failure, "ename", "error"), getattr(failure, "evalue", "")
    number = getattr(failure, "exec_count", None)
    return f"{job.name}: cell {number} failed:\n{shown}\n{ename}: {evalue}"


def part_of(output: Path) -> Path:
    """Return where an output is written before it is complete."""
    return output.with_name(f".{output.name}.part")


def _write(text: str, output: Path) -> None:
    """Write the whole file or nothing: a killed process leaves no half of it under its name."""
    part = part_of(output)
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(output)
