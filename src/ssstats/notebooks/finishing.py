"""Executed notebooks without what differs from run to run: times, paths, random ids.

The same template, parameters and release tables give the same bytes in another folder, at
another time and on another machine.
"""

from __future__ import annotations

import nbformat

# Written by papermill and by kernels; none of it is part of what was published.
_RUN_METADATA = ("papermill", "execution", "widgets")
_LANGUAGE_VERSION = "version"


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
        for output in cell.get("outputs", []):
            output.get("metadata", {}).clear()
    _set_title(notebook, title)
    return notebook


def _set_title(notebook: nbformat.NotebookNode, title: str) -> None:
    front = notebook.cells[0]
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    front["source"] = f'---\ntitle: "{quoted}"\n---'


def text_of_notebook(notebook: nbformat.NotebookNode) -> str:
    """Return the notebook as the text of its file."""
    return nbformat.writes(notebook, version=4) + "\n"
