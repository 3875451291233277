"""Every word that a release prints, in its language, from data/catalogue/words*.csv.

A key that is missing, or has no text in the asked language, stops the build: nothing falls back
to another language behind the reader's back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ssstats.catalogue.reading import read_table
from ssstats.catalogue.schema import check_table, read_schema
from ssstats.errors import CatalogueError, UsageError, listed

LANGUAGES = ("en", "cy")


@dataclass(frozen=True)
class Words:
    """The words of one language by key."""

    language: str
    texts: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """Return the text of a key with its places filled.

        Raises
        ------
        CatalogueError
            If the key is not known or a place of its text is not given.
        """
        if key not in self.texts:
            raise CatalogueError(
                f"words.csv: key {key!r} has no text in language {self.language!r}; add it"
            )
        try:
            return self.texts[key].format(**values)
        except (KeyError, IndexError) as place:
            raise CatalogueError(f"words.csv, {key}: nothing is given for {place}") from None

    def has(self, key: str) -> bool:
        """Return whether the key has a text in this language."""
        return key in self.texts


def read_words(folder: Path, language: str) -> Words:
    """Return the words of one language from all words*.csv of a catalogue folder.

    Raises
    ------
    UsageError
        If the language is not known.
    CatalogueError
        If a file's columns are wrong or a key stands twice.
    """
    if language not in LANGUAGES:
        raise UsageError(f"language {language!r} is not known; use {listed(LANGUAGES)}")
    schema = read_schema(folder / "schemas" / "words.json")
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("words*.csv")):
        frame = read_table(path, schema)
        if offences := list(check_table(frame, schema)):
            raise CatalogueError("\n".join(offences))
        for key, text in zip(frame["key"], frame[language], strict=True):
            if key in texts:
                raise CatalogueError(f"{path.name}: key {key!r} stands twice; keep one")
            texts[key] = text
    return Words(language, MappingProxyType({k: text for k, text in texts.items() if text}))


def missing_words(folder: Path, language: str) -> list[str]:
    """Return the keys that have English text but none in `language`, sorted."""
    english = read_words(folder, "en")
    other = read_words(folder, language)
    return sorted(set(english.texts) - set(other.texts))
