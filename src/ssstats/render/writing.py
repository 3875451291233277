"""Trees of chapters as text: by our own writers where they are plain, else by pandoc."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ssstats.render.pandoc import write_trees
from ssstats.render.tree import Node


def write_chapters(
    chapters: Sequence[list[Node]],
    plainly: Callable[[list[Node]], str | None],
    *,
    writes: str,
    names: Sequence[str],
    filter_by: Path,
) -> list[str]:
    """Return the blocks of each chapter as text.

    Parameters
    ----------
    chapters : sequence of lists of blocks
        Pandoc's nodes.
    plainly : function
        What writes blocks as pandoc and the filter would, or returns None where it does not.
    writes : str
        Pandoc's name of the format.

    Raises
    ------
    RenderError
        As `write_trees`.
    """
    plain = [plainly(blocks) for blocks in chapters]
    left = [place for place, text in enumerate(plain) if text is None]
    trees = [
        {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": chapters[place]} for place in left
    ]
    written = iter(
        write_trees(
            trees, writes=writes, names=[names[place] for place in left], filter_by=filter_by
        )
    )
    return [next(written) if text is None else text for text in plain]
