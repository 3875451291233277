"""The sentences of commentary.csv as Markdown, and what people wrote beside or instead of them.

Each sentence is a span that carries its record's ids, so that a reader of the page's source can
find the record that it was made from. A text written by hand says so, by whom and when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from ssstats.chapters.release import PARAGRAPHS, Release
from ssstats.tables import escape
from ssstats.words import date_words

_ATTRIBUTES = ("sentence", "area", "item", "periods", "verdict", "template")


def points(release: Release, chapter: str, place: str, *, labelled: bool = False) -> str:
    """Return the main points of a place as a list; with `labelled` each opens with its figure."""
    return "\n".join(
        f"- {_opened(release, item, labelled=labelled)}{text}"
        for item, text in _texts(release, chapter, place)
    )


def paragraphs(release: Release, chapter: str, items: Iterable[str]) -> str:
    """Return a paragraph for each figure that the commentary speaks of, with texts around it."""
    wanted = set(items)
    before, notes = (
        {row["item"]: [_division(release, row)] for row in release.written_by_hand(chapter, action)}
        for action in ("before", "note")
    )
    return "\n\n".join(
        passage
        for item, text in _texts(release, chapter, PARAGRAPHS)
        if item in wanted
        for passage in (
            *before.get(item, []),
            _opened(release, item, labelled=True) + text,
            *notes.get(item, []),
        )
    )


def statements(release: Release, chapter: str, place: str) -> list[str]:
    """Return the sentences of a place that are about no single figure, each by itself."""
    return [said(release, row) for row in release.sentences(chapter, place)]


def added(release: Release, chapter: str, place: str) -> str:
    """Return what people wrote for a place of a chapter, blank where they wrote nothing."""
    return "\n\n".join(
        _division(release, row)
        for row in release.written_by_hand(chapter, "add")
        if row["place"] == place
    )


def opening(release: Release, chapter: str, place: str, text: str) -> str:
    """Return what opens a place: its text or what a person wrote instead, and what was added."""
    instead = [
        _division(release, row)
        for row in release.written_by_hand(chapter, "replace")
        if row["place"] == place and not row["item"]
    ]
    passages = [*(instead or [text]), added(release, chapter, place)]
    return "\n\n".join(passage for passage in passages if passage)


def said(release: Release, row: Mapping[str, str]) -> str:
    """Return one sentence as a span with the ids of its record."""
    ids = " ".join(f'data-{name}="{row[name]}"' for name in _ATTRIBUTES if row[name])
    return f"[{escape(row[f'text_{release.words.language}'])}]{{.said {ids}}}"


def _texts(release: Release, chapter: str, place: str) -> Iterator[tuple[str, str]]:
    """Return each figure of a place with its sentences or what replaces them, in order."""
    sentences: dict[str, list[str]] = {}
    order: dict[str, int] = {}
    for row in release.sentences(chapter, place):
        sentences.setdefault(row["item"], []).append(said(release, row))
        order.setdefault(row["item"], int(row["position"]))
    for row in release.written_by_hand(chapter, "replace"):
        if row["place"] == place and row["item"]:
            sentences[row["item"]] = [row[f"text_{release.words.language}"], _mark(release, row)]
            order[row["item"]] = int(row["position"])
    for item in sorted(order, key=lambda own: order[own]):
        yield item, " ".join(sentences[item])


def _opened(release: Release, item: str, *, labelled: bool) -> str:
    return f"**{escape(release.item_label(item))}.** " if labelled else ""


def _division(release: Release, row: Mapping[str, str]) -> str:
    text = row[f"text_{release.words.language}"]
    return f"::: {{.handwritten}}\n\n{_mark(release, row)}\n\n{text}\n\n:::"


def _mark(release: Release, row: Mapping[str, str]) -> str:
    words = release.words
    day = date_words(date.fromisoformat(row["written"]), words.language)
    mark = words.say("handwritten.mark", author=row[f"author_{words.language}"], day=day)
    return f"[{escape(mark)}]{{.by-hand}}"
