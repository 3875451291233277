"""What the commands share: where they print, how they show progress, options that recur."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)

Period = Annotated[str, typer.Option(help="Reporting year, for example 2024-25.")]
ReturnsPath = Annotated[
    Path | None,
    typer.Option(help="File or folder of compiled returns [default: the synthetic demonstration]."),
]


class Named:
    """A step without parts, for the progress display."""

    def __init__(self, name: str) -> None:
        self.name, self.done, self.total = name, 0, 0


@contextmanager
def shown_progress() -> Iterator[Callable[..., None]]:
    """Show steps as they come: a bar on a terminal, one line a step elsewhere."""
    if not ERR.is_terminal:
        said: set[str] = set()

        def line(step) -> None:  # type: ignore[no-untyped-def]
            if step.name not in said:
                said.add(step.name)
                ERR.print(f"{step.name} ...", markup=False)

        yield line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=ERR, transient=True) as bars:
        tasks: dict[str, object] = {}

        def bar(step) -> None:  # type: ignore[no-untyped-def]
            if step.name not in tasks:
                tasks[step.name] = bars.add_task(step.name, total=step.total or None)
            bars.update(tasks[step.name], completed=step.done, total=step.total or None)  # type: ignore[arg-type]

        yield bar


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
