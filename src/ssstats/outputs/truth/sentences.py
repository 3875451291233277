"""Sentences of pages against their rows in commentary.csv, and rows against their templates."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ssstats.chapters.release import Release
from ssstats.commentary import sentences_that_differ
from ssstats.outputs.truth.comparing import Difference, difference
from ssstats.words import Words

_SAID = re.compile(r'<span class="said" data-sentence="([^"]+)"[^>]*>(.*?)</span>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_QUOTES = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{NO-BREAK SPACE}": " "})


def check_sentences(
    folder: Path, release: Release, languages: Mapping[str, Words]
) -> Iterator[Difference]:
    """Give a difference for each sentence that its row does not give, or that a page changes."""
    for sentence in sentences_that_differ(release, languages):
        yield difference("data/commentary.csv", sentence, "what its row gives", "other")
    for language in languages:
        commentary = release.commentary
        rows = dict(zip(commentary["sentence"], commentary[f"text_{language}"], strict=True))
        yield from _of_pages(folder, language, rows)


def sentences_without_rows(folder: Path, languages: Iterable[str]) -> Iterator[Difference]:
    """Give a difference for each sentence of a release that has no commentary.csv."""
    for language in languages:
        yield from _of_pages(folder, language, {})


def _of_pages(folder: Path, language: str, rows: Mapping[str, str]) -> Iterator[Difference]:
    for path in sorted((folder / "site" / language).glob("*.html")):
        for sentence, shown in _SAID.findall(path.read_text(encoding="utf-8")):
            if rows.get(sentence) != _plain(shown):
                source = f"site/{language}/{path.name}"
                yield difference(source, sentence, "its row of commentary.csv", "other")


def _plain(shown: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", shown)).translate(_QUOTES).split())
