"""What people write themselves: a Markdown file a chapter and an authority, in each language.

A file opens with who wrote it and when; each heading says where the text under it goes:

    ---
    author: A. Statistician
    written: 2025-09-01
    ---

    ## add introduction
    ## replace AD-02
    ## before AD-02
    ## note AD-02

Nothing here knows of figures: what a file may say is checked by `checking`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ssstats.chapters.release import HANDWRITTEN_COLUMNS, PARAGRAPHS, Release
from ssstats.commentary.places import ACTIONS, ADD, AUTHORITY, INDEX, NATIONAL, REPLACE, places_of
from ssstats.errors import WordingError, listed
from ssstats.words import LANGUAGES

_FACTS = ("author", "written")
_LOOKED_AGAIN = "looked-again"
_HEADING = re.compile(r"##\s+(?P<action>\S+)(?:\s+(?P<target>\S+))?\s*$")
_CODE = re.compile(r"authority-(?P<code>W\d{8})$")


@dataclass(frozen=True)
class Passage:
    """A text under one heading of a file, with the lines of both, counted from one.

    `area` is whose chapter it is, `item` the figure that its heading names, if it names one, and
    `looked_again` who says that numbers stand where they belong although it cannot be told.
    """

    file: str
    line: int
    first_line: int
    chapter: str
    area: str
    action: str
    target: str
    item: str
    author: str
    written: str
    looked_again: str
    text: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What a passage has in common with that of the other language."""
        return self.chapter, self.action, self.target


def read_handwritten(folder: Path, language: str, release: Release) -> list[Passage]:
    """Return the passages of one language in the order of files and headings.

    Parameters
    ----------
    folder : Path
        Holds a folder a language; none are read where it does not exist.
    language : str
        en or cy.
    release : Release
        Its chapters, sections, figures and authorities are the places that may be named.

    Raises
    ------
    WordingError
        If a file is none of a chapter, is not UTF-8, lacks author or date, or has a heading that
        names no action or no place of the chapter, or the same one twice.
    """
    passages: list[Passage] = []
    for path in handwritten_files(folder, language):
        passages += passages_of(path, release)
    return passages


def handwritten_files(folder: Path, language: str) -> list[Path]:
    """Return the Markdown files of one language, sorted."""
    return sorted((folder / language).glob("*.md"))


def passages_of(path: Path, release: Release) -> list[Passage]:
    """Return the passages of one file, in order."""
    chapter = _chapter_of(path, release)
    lines = _lines(path)
    facts, start = _front_matter(path, lines)
    known = places_of(chapter, release)
    found = [
        Passage(
            _name(path),
            line,
            first,
            chapter,
            _area_of(chapter, release),
            action,
            target,
            "" if target in known[ADD] else target,
            facts["author"],
            facts["written"],
            facts.get(_LOOKED_AGAIN, ""),
            text,
        )
        for line, first, action, target, text in _parts(path, lines, start, known)
    ]
    keys = [passage.key for passage in found]
    if again := {" ".join(key[1:]) for key in keys if keys.count(key) > 1}:
        raise WordingError(
            f"{_name(path)}: headings stand twice: {listed(again)}; put the texts under one"
        )
    return found


def handwritten_table(
    passages: Mapping[str, Sequence[Passage]], commentary: pd.DataFrame
) -> pd.DataFrame:
    """Return the passages of each language beside one another, one row a heading.

    A passage that replaces sentences takes their position in the commentary.

    Raises
    ------
    WordingError
        If a passage stands in one of the languages and not in another, or with another day.
    """
    by_key = {language: {p.key: p for p in own} for language, own in passages.items()}
    _check_every_language(by_key)
    _check_same_day(by_key)
    first = by_key[next(iter(by_key))] if by_key else {}
    rows = [
        (
            *_placed(passage, commentary), passage.written,
            *(by_key[own][key].author if own in by_key else "" for own in LANGUAGES),
            *(by_key[own][key].text if own in by_key else "" for own in LANGUAGES),
        )
        for key, passage in first.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(HANDWRITTEN_COLUMNS), dtype="str")


def replaced_sentences(commentary: pd.DataFrame, chapter: str, item: str) -> pd.Series:
    """Return which sentences a passage replaces: a point of the first page, else a paragraph."""
    own = (commentary["chapter"] == chapter) & (commentary["item"] == item)
    return own & ((chapter == INDEX) | (commentary["place"] == PARAGRAPHS))


def _placed(passage: Passage, commentary: pd.DataFrame) -> tuple[str, str, str, str, str]:
    """Return chapter, action, place, item and position of a passage."""
    chapter, action, target = passage.key
    own = commentary[replaced_sentences(commentary, chapter, target)]
    if action == ADD or own.empty:
        return chapter, action, target, "", ""
    first = own.iloc[0]
    return chapter, action, str(first["place"]), target, str(first["position"])


def _check_every_language(by_key: Mapping[str, Mapping[tuple[str, str, str], Passage]]) -> None:
    missing = [
        f"{passage.file}, line {passage.line}: {' '.join(key[1:])!r} is not in language "
        f"{language!r}; write it in {language}/{Path(passage.file).name}, or build in English only"
        for own in by_key.values()
        for key, passage in own.items()
        for language, other in by_key.items()
        if key not in other
    ]
    if missing:
        raise WordingError("\n".join(missing))


def _check_same_day(by_key: Mapping[str, Mapping[tuple[str, str, str], Passage]]) -> None:
    days: dict[tuple[str, str, str], set[str]] = {}
    for own in by_key.values():
        for key, passage in own.items():
            days.setdefault(key, set()).add(passage.written)
    differing = {f"{key[0]}: {' '.join(key[1:])}" for key, known in days.items() if len(known) > 1}
    if differing:
        raise WordingError(
            f"texts by hand carry another day in each language: {listed(differing)}; write the "
            "same day"
        )


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _chapter_of(path: Path, release: Release) -> str:
    """Return the chapter that a file is about: adults, or authority-powys for its code."""
    code = _CODE.match(path.stem)
    slugs = dict(zip(release.areas["area"], release.areas["slug"], strict=True))
    if code and code["code"] in release.authorities:
        return f"authority-{slugs[code['code']]}"
    if path.stem in NATIONAL:
        return path.stem
    raise WordingError(
        f"{_name(path)}: is the file of no chapter; name it after one of {listed(NATIONAL)}, or "
        "authority-CODE.md with the code of a local authority"
    )


def _area_of(chapter: str, release: Release) -> str:
    """Return the area that a chapter is about: an authority, or Wales."""
    slug = chapter.removeprefix(AUTHORITY)
    return next((area for area, own in release.slugs.items() if own == slug), release.wales)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise WordingError(f"{_name(path)}: is not UTF-8; save it so") from None


def _front_matter(path: Path, lines: list[str]) -> tuple[dict[str, str], int]:
    """Return author and date, and the number of the first line under them."""
    ends = [number for number, line in enumerate(lines) if line.strip() == "---"]
    if len(ends) < 2 or ends[0] != 0:
        raise WordingError(
            f"{_name(path)}, line 1: author and date are missing; open the file with ---, "
            "author: NAME, written: 2025-09-01, ---"
        )
    pairs = (line.partition(":") for line in lines[1 : ends[1]] if line.strip())
    facts = {name.strip(): value.strip() for name, _, value in pairs}
    if set(facts) - {_LOOKED_AGAIN} != set(_FACTS) or not all(facts.values()):
        raise WordingError(
            f"{_name(path)}: between the lines of dashes stand {listed(facts)}; write "
            f"{' and '.join(_FACTS)}, each with its value, and {_LOOKED_AGAIN} where numbers were "
            "looked at again"
        )
    try:
        date.fromisoformat(facts["written"])
    except ValueError:
        raise WordingError(
            f"{_name(path)}: written is {facts['written']!r}; write a day as 2025-09-01"
        ) from None
    return facts, ends[1] + 1


def _parts(
    path: Path, lines: list[str], start: int, known: Mapping[str, Sequence[str]]
) -> Iterator[tuple[int, int, str, str, str]]:
    """Return line, first line of the text, action, target and text of each heading."""
    heads = [number for number in range(start, len(lines)) if lines[number].startswith("#")]
    first = heads[0] if heads else len(lines)
    if not heads or any(line.strip() for line in lines[start:first]):
        raise WordingError(
            f"{_name(path)}, line {start + 1}: text must stand under a heading that says where it "
            "goes, such as ## add introduction"
        )
    for number, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        action, target = _head(path, lines[number], number + 1, known)
        text = "\n".join(lines[number + 1 : end]).strip("\n")
        if not text.strip():
            raise WordingError(
                f"{_name(path)}, line {number + 1}: nothing stands under this heading; write a "
                "text or remove the heading"
            )
        if action == REPLACE and "\n\n" in text:
            raise WordingError(
                f"{_name(path)}, line {number + 1}: a text that replaces another is one "
                "paragraph; add the others as a note"
            )
        blank = next(n for n, line in enumerate(lines[number + 1 : end]) if line.strip())
        yield (
            number + 1,
            number + 2 + blank,
            action,
            target,
            "\n".join(lines[number + 1 + blank : end]).rstrip(),
        )


def _head(
    path: Path, line: str, number: int, known: Mapping[str, Sequence[str]]
) -> tuple[str, str]:
    match = _HEADING.match(line)
    if match is None or match["action"] not in ACTIONS:
        raise WordingError(
            f"{_name(path)}, line {number}: {line!r} says not where its text goes; write "
            "## add PLACE, ## replace PLACE or FIGURE, ## before FIGURE or ## note FIGURE"
        )
    action, target = match["action"], match["target"] or ""
    if target not in known[action]:
        raise WordingError(
            f"{_name(path)}, line {number}: {target!r} is no place for {action} in this chapter; "
            f"use one of {listed(known[action], most=20)}"
        )
    return action, target
