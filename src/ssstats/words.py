"""Every word that a release prints, in its language, from data/catalogue/words*.csv.

A key that is missing, or has no text in the asked language, stops the build: nothing falls back
to another language behind the reader's back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import pandas as pd
from babel import Locale
from babel.dates import format_date

from ssstats.catalogue.reading import read_table
from ssstats.catalogue.schema import check_table, read_schema
from ssstats.errors import CatalogueError, UsageError, listed
from ssstats.file_states import State, states_of

LANGUAGES = ("en", "cy")
_EXACT = "exact."


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

    def say_counted(self, key: str, number: int, **values: object) -> str:
        """Return the text of `key.one`, `key.two` and so on, as the language counts; {number} too.

        A form that stands nowhere is that of `key.other`. Forms are those of the Unicode CLDR:
        English has one and other; Welsh has zero, one, two, few (3), many (6) and other.
        """
        return self.say(self.counted_key(key, number), number=number, **values)

    def counted_key(self, key: str, number: int) -> str:
        """Return the key of the form that the language counts `number` with."""
        form = Locale(self.language).plural_form(number)
        return f"{key}.{form}" if self.has(f"{key}.{form}") else f"{key}.other"

    def of_release(self, facts: Mapping[str, object]) -> Words:
        """Return the words as a release with these facts says them.

        Where it publishes counts as they were counted, texts under exact.KEY take the place of
        those under KEY, which speak of rounding.
        """
        policy = facts["policy"]
        if facts.get("protected_at_source") or policy["base"] != 1:  # type: ignore[index]
            return self
        own = {
            key.removeprefix(_EXACT): text
            for key, text in self.texts.items()
            if key.startswith(_EXACT)
        }
        return Words(self.language, MappingProxyType({**self.texts, **own}))

    def saying(self, **texts: str) -> Words:
        """Return the words with other texts under some keys, whose points are written as _."""
        own = {key.replace("_", "."): text for key, text in texts.items()}
        return Words(self.language, MappingProxyType({**self.texts, **own}))

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
    check_language(language)
    return _words_once(folder, language, states_of(folder))


@lru_cache(maxsize=4)
def _words_once(folder: Path, language: str, states: tuple[State, ...]) -> Words:
    table = word_table(folder)
    said = table[table[language] != ""]
    return Words(language, MappingProxyType(dict(zip(said["key"], said[language], strict=True))))


def word_table(folder: Path) -> pd.DataFrame:
    """Return all words*.csv below one another, with the file that each row stands in.

    Raises
    ------
    CatalogueError
        If a file breaks its schema or a key stands twice.
    """
    return _table_once(folder, states_of(folder)).copy(deep=False)


@lru_cache(maxsize=2)
def _table_once(folder: Path, states: tuple[State, ...]) -> pd.DataFrame:
    schema = read_schema(folder / "schemas" / "words.json")
    parts = []
    for path in sorted(folder.glob("words*.csv")):
        frame = read_table(path, schema)
        if offences := check_table(frame, schema):
            raise CatalogueError("\n".join(offences))
        parts.append(frame.assign(file=path.name))
    if not parts:
        raise CatalogueError("no words*.csv is in the catalogue; restore them")
    table = pd.concat(parts, ignore_index=True)
    again = table[table["key"].duplicated()]
    if len(again):
        first = again.iloc[0]
        raise CatalogueError(f"{first['file']}: key {first['key']!r} stands twice; keep one")
    return table


def missing_words(folder: Path, language: str) -> list[str]:
    """Return the keys that have English text but none in `language`, sorted."""
    check_language(language)
    table = word_table(folder)
    return sorted(table.loc[table[language] == "", "key"])


def date_words(day: date, language: str) -> str:
    """Return a day as releases print it: 31 March 2025, 31 Mawrth 2025."""
    check_language(language)
    return format_date(day, "d MMMM y", locale=language)


def joined_words(
    names: Sequence[str], language: str, *, with_and: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return names as a list in words: Powys, Cardiff and Newport; Powys, Caerdydd a Chasnewydd.

    Parameters
    ----------
    names : sequence of str
        In the order in which they are said.
    language : str
        en or cy.
    with_and : mapping of str to str
        In Welsh, the last name with its conjunction, which mutates: areas.csv, column and_cy.

    Raises
    ------
    CatalogueError
        If a Welsh list ends with a name whose form after a or ac is not given.
    """
    check_language(language)
    if len(names) < 2:
        return "".join(names)
    *first, last = names
    if language == "en":
        return f"{', '.join(first)} and {last}"
    if last not in with_and:
        raise CatalogueError(
            f"{last!r} has no form after a or ac; give it (areas.csv, column and_cy)"
        )
    return f"{', '.join(first)} {with_and[last]}"


def check_language(language: str) -> None:
    """Raise if the language is not one that releases are written in."""
    if language not in LANGUAGES:
        raise UsageError(f"language {language!r} is not known; use {listed(LANGUAGES)}")
