"""Chapters as Markdown: Quarto documents without code, and notebooks that were executed.

A notebook that was not executed renders without its figures and without a word of warning, so
it is refused here. Outputs are Markdown alone; code is never shown.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ssstats.errors import RenderError

_CODE_CELL = re.compile(r"^(```|~~~)+\s*\{(?!=)[a-zA-Z.=]", re.MULTILINE)
_HIDING_TAGS = {"remove-cell", "remove-output"}
_HIDING_OPTION = re.compile(r"^#\|\s*(include|output):\s*false\s*$", re.MULTILINE)


def chapter_markdown(path: Path) -> str:
    """Return the Markdown of a chapter, a `.qmd` or an executed `.ipynb` file.

    Raises
    ------
    RenderError
        If the file is missing or unreadable, a document holds a code cell, or a notebook was not
        executed, failed, or shows something else than Markdown.
    """
    if not path.exists():
        raise RenderError(f"chapter {path.name} is not in the book; write it or take it out")
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        return _notebook_markdown(_notebook(text, path.name), path.name)
    if _CODE_CELL.search(text):
        raise RenderError(
            f"{path.name} holds a code cell; only notebooks hold code, and they are executed "
            "before they are rendered"
        )
    return text


def check_executed(path: Path) -> None:
    """Raise a RenderError that names notebook and cell where a chapter was not executed."""
    chapter_markdown(path)


def _notebook(text: str, name: str) -> dict[str, Any]:
    try:
        notebook = json.loads(text)
        cells = notebook["cells"]
    except (ValueError, KeyError, TypeError) as problem:
        raise RenderError(f"{name} is not a notebook: {problem}") from problem
    if not isinstance(cells, list):
        raise RenderError(f"{name} is not a notebook: its cells are no list")
    return dict(notebook)


def _notebook_markdown(notebook: dict[str, Any], name: str) -> str:
    pieces: list[str] = []
    for position, cell in enumerate(notebook["cells"], start=1):
        source = "".join(cell.get("source", []))
        if cell["cell_type"] == "raw" and not source.startswith("---"):
            raise RenderError(f"{name}, cell {position} is raw text; write it as Markdown")
        if cell["cell_type"] != "code":
            pieces.append(source)
        elif source.strip():
            pieces += _outputs(cell, source, f"{name}, cell {position}")
    return "\n\n".join(piece.strip("\n") for piece in pieces if piece.strip()) + "\n"


def _outputs(cell: dict[str, Any], source: str, where: str) -> list[str]:
    if cell.get("execution_count") is None:
        raise RenderError(f"{where} was not executed; run the notebook before rendering it")
    shown = [_output(output, where) for output in cell.get("outputs", [])]
    hidden = _HIDING_TAGS & set(cell.get("metadata", {}).get("tags", []))
    return [] if hidden or _HIDING_OPTION.search(source) else shown


def _output(output: dict[str, Any], where: str) -> str:
    kind = output.get("output_type")
    if kind == "error":
        raise RenderError(
            f"{where} ended in an error ({output.get('ename', 'unknown')}); mend the notebook "
            "and run it again"
        )
    if kind == "stream":
        raise RenderError(
            f"{where} wrote to {output.get('name', 'a stream')}; a chapter shows Markdown only, "
            "so take the print or the warning away"
        )
    shown = output.get("data", {})
    if "text/markdown" not in shown:
        kinds = ", ".join(sorted(shown)) or "nothing"
        raise RenderError(f"{where} shows {kinds}; a chapter shows text/markdown only")
    return "".join(shown["text/markdown"])
