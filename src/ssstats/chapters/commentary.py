"""The sentences of commentary.csv as Markdown: points, and a paragraph a figure.

Each sentence is a span that carries its record's ids, so that a reader of the page's source can
find the record that it was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from ssstats.chapters.release import Release
from ssstats.tables import escape

_ATTRIBUTES = ("sentence", "area", "item", "periods", "verdict", "template")


def points(release: Release, chapter: str, place: str, *, labelled: bool = False) -> str:
    """Return the main points of a place as a list; with `labelled` each opens with its figure."""
    return "\n".join(
        f"- {_paragraph(release, item, rows, labelled=labelled)}"
        for item, rows in _by_item(release.sentences(chapter, place))
    )


def paragraphs(release: Release, chapter: str, place: str, items: Iterable[str]) -> str:
    """Return a paragraph for each of the figures that the commentary speaks of."""
    wanted = set(items)
    return "\n\n".join(
        _paragraph(release, item, rows, labelled=True)
        for item, rows in _by_item(release.sentences(chapter, place))
        if item in wanted
    )


def _by_item(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for item, own in rows.groupby("item", sort=False):
        yield str(item), own


def _paragraph(release: Release, item: str, rows: pd.DataFrame, *, labelled: bool) -> str:
    text = " ".join(said(release, row) for row in rows.to_dict("records"))
    return f"**{escape(release.item_label(item))}.** {text}" if labelled else text


def said(release: Release, row: dict[str, str]) -> str:
    """Return one sentence as a span with the ids of its record."""
    ids = " ".join(f'data-{name}="{row[name]}"' for name in _ATTRIBUTES if row[name])
    return f"[{escape(row[f'text_{release.words.language}'])}]{{.said {ids}}}"
