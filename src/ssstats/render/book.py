"""The book as a folder: its definition, its chapters, and what the release says of itself.

A book tree holds one language and is complete in itself: `_quarto.yml`, the executed notebooks
and the theme. Quarto and the embedded engine read the same tree. Nothing here renders.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from ssstats.errors import RenderError, listed
from ssstats.fonts import font_files

DEFINITION = "_quarto.yml"
_SUFFIXES = (".ipynb", ".qmd")


@dataclass(frozen=True)
class FrontMatter:
    """What title page, page head and page foot say; every text is in the book's language.

    `notice` is what to show on every page, or empty where the returns are real.
    `issued` is day and time of publication as metadata writes them: 2026-01-29T09:30.
    `languages` are those in which the release appears, in the order of the language switch.
    """

    title: str
    period: str
    designation: str
    published: str
    contact: str
    licence: str
    made: str
    notice: str = ""
    publisher: str = ""
    summary: str = ""
    next_update: str = ""
    issued: str = ""
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True)
class Chapter:
    """One chapter; `part` is empty before the first part."""

    source: Path
    part: str

    @property
    def stem(self) -> str:
        """The file's name without its ending: the name of the chapter's page."""
        return self.source.stem


@dataclass(frozen=True)
class Book:
    """A book tree as its definition describes it."""

    folder: Path
    language: str
    front: FrontMatter
    chapters: tuple[Chapter, ...]
    output: str

    @property
    def theme(self) -> Path:
        """Styles, scripts, filters and templates."""
        return self.folder / "theme"


def read_book(folder: Path) -> Book:
    """Return the book whose tree stands in `folder`.

    Raises
    ------
    RenderError
        If the definition is missing or incomplete, or a chapter it lists is not there.
    """
    definition = _read_yaml(folder / DEFINITION)
    book = definition.get("book") or {}
    front = _front_matter(book.get("title", ""), definition.get("release"), folder / DEFINITION)
    chapters = tuple(
        Chapter(folder / name, part) for name, part in _listed_chapters(book.get("chapters", []))
    )
    if not chapters or chapters[0].stem != "index":
        raise RenderError(f"{folder / DEFINITION}: the first chapter is index.ipynb or index.qmd")
    missing = [chapter.source.name for chapter in chapters if not chapter.source.exists()]
    if missing:
        raise RenderError(
            f"{folder / DEFINITION} lists {listed(missing)}, which the folder does not hold"
        )
    stems = [chapter.stem for chapter in chapters]
    twice = {stem for stem in stems if stems.count(stem) > 1}
    if twice:
        raise RenderError(f"{folder / DEFINITION} lists {listed(twice)} more than once")
    output = definition.get("project", {}).get("output-dir", "_book")
    return Book(folder, definition.get("lang", "en"), front, chapters, output)


def lay_out_book(
    definition: Path,
    chapters: Mapping[str, Sequence[Path]],
    book: Path,
    *,
    language: str,
    front: FrontMatter,
    words: Mapping[str, str],
) -> Book:
    """Write a book tree into `book` from the project's definition and return it.

    Parameters
    ----------
    definition : Path
        The project's `_quarto.yml`; the profile `_quarto-<language>.yml` beside it is merged in.
    chapters : mapping of str to paths
        For each chapter as the definition lists it ("notebooks/adults.ipynb"), the executed
        notebooks that stand in its place, in order: one, or one per authority. A chapter that is
        not named here is copied where it is a `.qmd` and left out where it is a notebook.
    book : Path
        The folder to write; it must not exist or be empty.
    words : mapping
        Words of the language; `render.part.<part>` gives the title of each part.

    Raises
    ------
    RenderError
        If a chapter is not in the definition, two have one name, or a word is missing.
    """
    settings = _definition_for(definition, language)
    names = [name for name, _ in _listed_chapters(settings["book"]["chapters"])]
    unknown = set(chapters) - set(names)
    if unknown:
        raise RenderError(
            f"{definition} lists no chapter {listed(unknown)}; it has {listed(names)}"
        )
    if book.exists() and any(book.iterdir()):
        raise RenderError(f"{book} is not empty; a book is laid out in a new folder")
    shutil.copytree(definition.parent / "theme", book / "theme")
    (book / "fonts").mkdir()
    for font in font_files():
        shutil.copyfile(font, book / "fonts" / font.name)
    entries: list[dict[str, Any] | str] = []
    for entry in settings["book"]["chapters"]:
        entries += _laid_out(entry, chapters, definition.parent, book, language, words)
    settings["book"] = {**settings["book"], "title": front.title, "chapters": entries}
    settings["lang"] = language
    release = {key: text for key, text in asdict(front).items() if key != "title"}
    settings["release"] = {**release, "languages": list(front.languages)}
    settings["release"]["contents"] = words["render.contents"]
    settings["release"]["facts"] = [
        {"label": label, "text": text} for label, text in front_facts(front, words)
    ]
    if front.notice:
        banner = {"content": front.notice, "dismissable": False, "type": "warning"}
        settings["book"]["announcement"] = banner
    text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
    (book / DEFINITION).write_text(text, encoding="utf-8")
    return read_book(book)


def front_facts(front: FrontMatter, words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return label and text of what stands at the foot of the title page."""
    facts = (
        ("render.published", front.published),
        ("render.next-update", front.next_update),
        ("render.contact", front.contact),
        ("render.licence", front.licence),
        ("render.made", front.made),
    )
    return [(words[key], text) for key, text in facts if text]


def _laid_out(
    entry: Any,
    chapters: Mapping[str, Sequence[Path]],
    root: Path,
    book: Path,
    language: str,
    words: Mapping[str, str],
) -> list[Any]:
    if isinstance(entry, dict):
        inner = [
            name
            for chapter in entry["chapters"]
            for name in _laid_out(chapter, chapters, root, book, language, words)
        ]
        return [{"part": _part_title(entry["part"], words), "chapters": inner}] if inner else []
    written = []
    for source in _sources(entry, chapters, root, language):
        target = book / _tree_name(source, language)
        if target.exists():
            raise RenderError(f"two chapters are called {target.name}; names are unique in a book")
        shutil.copyfile(source, target)
        written.append(target.name)
    return written


def _sources(
    entry: str, chapters: Mapping[str, Sequence[Path]], root: Path, language: str
) -> list[Path]:
    if entry in chapters:
        return list(chapters[entry])
    if entry.endswith(".ipynb"):
        return []
    own = (root / entry).with_suffix(f".{language}.qmd")
    return [own if own.exists() else root / entry]


def _tree_name(source: Path, language: str) -> str:
    return source.name.removesuffix(f".{language}.qmd") + (
        ".qmd" if source.name.endswith(f".{language}.qmd") else ""
    )


def _part_title(title: str, words: Mapping[str, str]) -> str:
    key = "render.part." + title.lower().replace(" ", "-")
    if key not in words:
        raise RenderError(f"part {title!r} of the book has no words; add {key} to the words tables")
    return words[key]


def _definition_for(definition: Path, language: str) -> dict[str, Any]:
    settings = _read_yaml(definition)
    profile = definition.with_name(f"_quarto-{language}.yml")
    if profile.exists():
        for key, setting in _read_yaml(profile).items():
            both = isinstance(setting, dict) and isinstance(settings.get(key), dict)
            settings[key] = {**settings[key], **setting} if both else setting
    settings.pop("profile", None)
    if not settings.get("book", {}).get("chapters"):
        raise RenderError(f"{definition} lists no chapters under book")
    return settings


def _read_yaml(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise RenderError(f"{path} was not found; a book needs its definition")
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as problem:
        raise RenderError(f"{path} is not valid YAML: {problem}") from problem
    if not isinstance(settings, dict):
        raise RenderError(f"{path} holds no settings")
    return settings


def _listed_chapters(entries: list[Any], part: str = "") -> Iterator[tuple[str, str]]:
    for entry in entries:
        if isinstance(entry, dict):
            yield from _listed_chapters(entry.get("chapters", []), entry["part"])
        elif Path(entry).suffix in _SUFFIXES:
            yield entry, part
        else:
            raise RenderError(f"chapter {entry!r} is neither .ipynb nor .qmd")


def _front_matter(title: str, release: Any, path: Path) -> FrontMatter:
    given = {**(release or {}), "title": title}
    required = ("title", "period", "designation", "published", "contact", "licence", "made")
    missing = [key for key in required if not given.get(key)]
    if missing:
        raise RenderError(f"{path} says nothing of {listed(missing)}; give it under release")
    known = {key: given[key] for key in FrontMatter.__dataclass_fields__ if key in given}
    return FrontMatter(**{**known, "languages": tuple(known.get("languages", ("en",)))})
