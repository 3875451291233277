"""Hands Markdown to a notebook as the only content of a cell's output."""

from __future__ import annotations

from IPython.display import display


def show(markdown: str) -> None:
    """Display Markdown text; nothing else is in the output, so nothing else is published."""
    display({"text/markdown": markdown}, raw=True)  # type: ignore[no-untyped-call]
