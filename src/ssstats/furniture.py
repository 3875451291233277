"""What a release says of itself beside its figures, from data/catalogue/release.toml.

One place for publication, contact, statutory basis, revisions, related links and those who had
access before publication. What is missing there stops a build before it starts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from ssstats.errors import CatalogueError, listed
from ssstats.words import LANGUAGES, Words, date_words

# Sections of the file with the texts that each must hold in every language.
_TEXTS = {
    "contact": ("name", "language"),
    "statutory_basis": ("text",),
    "revisions": ("text",),
    "next_update": ("text",),
    "pre_release": ("text",),
}
_PLAIN = {"publication": ("date", "time", "designation"), "contact": ("address",)}


@dataclass(frozen=True)
class Link:
    """A title and where it leads."""

    title: str
    address: str


@dataclass(frozen=True)
class Furniture:
    """What a release says of itself in one language."""

    language: str
    published_on: date
    published_at: time
    designation: str
    contact: str
    contact_address: str
    welcome: str
    statutory_basis: str
    revisions: str
    next_update: str
    pre_release: str
    access: Sequence[str]
    related: Sequence[Link]

    @property
    def day(self) -> str:
        """The day of publication in words."""
        return date_words(self.published_on, self.language)

    @property
    def hour(self) -> str:
        """The time of publication as releases print it: 9:30."""
        return f"{self.published_at.hour}:{self.published_at.minute:02d}"


def read_furniture(path: Path, language: str) -> Furniture:
    """Return what a release says of itself in a language.

    Raises
    ------
    CatalogueError
        If the file is missing, is no TOML, or lacks something; all that it lacks is named.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise CatalogueError(f"{path.name} cannot be read ({problem}); restore it") from None
    if lacking := sorted(_lacking(given)):
        raise CatalogueError(
            f"{path.name}: {listed(lacking, most=20)} must be given; a release says so of itself"
        )
    texts = {
        f"{section}.{key}": str(given[section][f"{key}_{language}"])
        for section, keys in _TEXTS.items()
        for key in keys
    }
    return Furniture(
        language=language,
        published_on=given["publication"]["date"],
        published_at=time.fromisoformat(given["publication"]["time"]),
        designation=given["publication"]["designation"],
        contact=texts["contact.name"],
        contact_address=given["contact"]["address"],
        welcome=texts["contact.language"],
        statutory_basis=texts["statutory_basis.text"],
        revisions=texts["revisions.text"],
        next_update=texts["next_update.text"],
        pre_release=texts["pre_release.text"],
        access=[_post(row, language) for row in given["pre_release"]["access"]],
        related=[Link(row[f"title_{language}"], row["address"]) for row in given["related"]],
    )


def with_contact(words: Words, path: Path) -> Words:
    """Return words that name the contact of the release, as workbooks and metadata print it."""
    own = read_furniture(path, words.language)
    return words.saying(release_contact=f"{own.contact}, {own.contact_address}")


def _post(row: Mapping[str, str], language: str) -> str:
    return f"{row[f'post_{language}']}, {row[f'organisation_{language}']}"


def _lacking(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield the name of each thing that the file must say and does not, or says in other form."""
    for section, keys in _TEXTS.items():
        for key in keys:
            for language in LANGUAGES:
                if not given.get(section, {}).get(f"{key}_{language}"):
                    yield f"{section}.{key}_{language}"
    for section, keys in _PLAIN.items():
        for key in keys:
            if not given.get(section, {}).get(key):
                yield f"{section}.{key}"
    publication = given.get("publication", {})
    if not isinstance(publication.get("date"), date):
        yield "publication.date (a day such as 2026-01-29)"
    if not _is_time(publication.get("time")):
        yield 'publication.time (such as "09:30")'
    yield from _lacking_in_rows(given.get("related"), "related", ("title",), ("address",))
    access = given.get("pre_release", {}).get("access")
    yield from _lacking_in_rows(access, "pre_release.access", ("post", "organisation"), ())


def _lacking_in_rows(
    rows: object, name: str, texts: Sequence[str], plain: Sequence[str]
) -> Iterator[str]:
    if not isinstance(rows, list):
        yield f"{name} (a list, which may be empty)"
        return
    wanted = [*(f"{text}_{language}" for text in texts for language in LANGUAGES), *plain]
    for place, row in enumerate(rows, start=1):
        for key in wanted:
            if not row.get(key):
                yield f"{name} {place}: {key}"


def _is_time(text: object) -> bool:
    try:
        time.fromisoformat(str(text))
    except ValueError:
        return False
    return isinstance(text, str)
