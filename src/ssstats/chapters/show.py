"""Hands Markdown to a notebook as the only content of a cell's output."""

from __future__ import annotations

from IPython.display import display


def show(markdown: str) -> None:
    """Display Markdown text, if there is any; nothing else is in the output."""
    if markdown.strip():
        display({"text/markdown": markdown}, raw=True)
