"""Small notebooks for tests, and what may not be left behind when they have run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import nbformat

from ssstats.notebooks import NotebookJob


def write_template(path: Path, *cells: str, parameters: str | None = 'name = "a"') -> Path:
    """Write a template with a front matter cell, a parameters cell and code cells."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {
        "display_name": "Python 3", "language": "python", "name": "python3",
    }  # fmt: skip
    notebook.cells.append(nbformat.v4.new_raw_cell('---\ntitle: "T"\n---'))
    if parameters is not None:
        cell = nbformat.v4.new_code_cell(parameters)
        cell.metadata["tags"] = ["parameters"]
        notebook.cells.append(cell)
    notebook.cells += [nbformat.v4.new_code_cell(source) for source in cells]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return path


def jobs_of(template: Path, folder: Path, names: Sequence[str]) -> list[NotebookJob]:
    """Return one job a name, each with its own parameter and output."""
    return [
        NotebookJob(template, folder / f"{name}.ipynb", {"name": name}, f"Title {name}")
        for name in names
    ]


def printed(path: Path) -> str:
    """Return all that an executed notebook's cells printed or showed as text."""
    texts = []
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            texts.append(output.get("text", "") or output.get("data", {}).get("text/plain", ""))
    return "".join(texts)


def processes_naming(text: str) -> list[int]:
    """Return the ids of processes, zombies apart, whose command line holds a text."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
        except OSError:
            # It has ended since the folder was listed.
            continue
        if text.encode() in command:
            found.append(int(entry.name))
    return found
