"""Executed notebooks without what differs from run to run: times, paths, random ids.

The same template, parameters and release tables give the same bytes in another folder, at
another time and on another machine.
"""

from __future__ import annotations

import re

import nbformat

# Written by papermill and by kernels; none of it is part of what was published.
_RUN_METADATA = ("papermill", "execution", "widgets")
_LANGUAGE_VERSION = "version"
# The file that a warning names for a cell holds the kernel's process id.
_CELL_FILE = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py")


def finished(notebook: nbformat.NotebookNode, *, title: str) -> nbformat.NotebookNode:
    """Return the executed notebook in its published form.

    Parameters
    ----------
    notebook : NotebookNode
        As papermill wrote it.
    title : str
        The chapter's title, put into the front matter of the first cell.
    """
    for key in _RUN_METADATA:
        notebook.metadata.pop(key, None)
    notebook.metadata.get("language_info", {}).pop(_LANGUAGE_VERSION, None)
    for place, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{place:03d}"
        for key in _RUN_METADATA:
            cell.metadata.pop(key, None)
        # papermill's own cell is an input like the template's parameters: not shown to readers.
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.metadata["tags"] = ["injected-parameters", "remove-input"]
            cell["source"] = "#| echo: false\n" + cell["source"].removeprefix("# Parameters\n")
        if "outputs" in cell:
            cell["outputs"] = _without_run(cell["outputs"])
    _set_title(notebook, title)
    return notebook


def _without_run(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Return outputs without process numbers; text that came in several parts is one again."""
    kept: list[nbformat.NotebookNode] = []
    for output in outputs:
        output.get("metadata", {}).clear()
        if output.output_type == "stream":
            output["text"] = _CELL_FILE.sub("<cell>", output["text"])
            # How a kernel cuts what is printed into messages is a matter of timing.
            if kept and kept[-1].get("name") == output["name"]:
                kept[-1]["text"] += output["text"]
                continue
        kept.append(output)
    return kept


def _set_title(notebook: nbformat.NotebookNode, title: str) -> None:
    front = notebook.cells[0]
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    front["source"] = f'---\ntitle: "{quoted}"\n---'


def text_of_notebook(notebook: nbformat.NotebookNode) -> str:
    """Return the notebook as the text of its file."""
    return nbformat.writes(notebook, version=4) + "\n"
