"""What readers read of a chapter: sentences, headings, captions and alternative texts.

Tables are left out: their cells come from the release and hold no sentences.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from ssstats.errors import UsageError

_FENCE = re.compile(r"^:::+.*$")
_ALTERNATIVE = re.compile(r'fig-alt="([^"]*)"')
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)(?:\{[^}]*\})?")
# A sentence of the commentary, which carries the ids of its record.
_SPAN = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\{\.said [^}]*\}")
_ATTRIBUTES = re.compile(r"\s*\{#[^}]*\}")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>|#$@^~.-])")


def text_of_notebook(path: Path) -> str:
    """Return the words that an executed notebook shows, a paragraph a line.

    Raises
    ------
    UsageError
        If the file is no notebook.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        passages = [passage for cell in cells for passage in _passages(cell)]
    except (ValueError, KeyError, TypeError) as wrong:
        raise UsageError(f"{path.name}: is no notebook; give an executed notebook") from wrong
    return "\n".join(text_of_markdown(passage) for passage in passages)


def _passages(cell: dict) -> list[str]:
    if cell["cell_type"] == "markdown":
        return ["".join(cell["source"])]
    return [
        "".join(output["data"]["text/markdown"])
        for output in cell.get("outputs", [])
        if "text/markdown" in output.get("data", {})
    ]


def text_of_markdown(markdown: str) -> str:
    """Return the words of Markdown without tables, fences, attributes and escapes."""
    lines = []
    for line in markdown.splitlines():
        if _FENCE.match(line) or line.lstrip().startswith("|"):
            continue
        lines += _ALTERNATIVE.findall(line)
        plain = _ATTRIBUTES.sub("", _SPAN.sub(r"\1", _IMAGE.sub("", line))).lstrip("#").strip()
        if plain:
            lines.append(_ESCAPED.sub(r"\1", plain))
    return "\n".join(lines)
