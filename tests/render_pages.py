"""What the tests of the renderers share: a book to render, and a reader of pages."""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import yaml

from ssstats.fonts import font_files

ROOT = Path(__file__).resolve().parents[1]
FIXTURE = ROOT / "tests" / "fixtures" / "book"
_VOID = {"meta", "link", "input", "br", "hr", "img", "col", "wbr"}


def render_words(language: str = "en") -> dict[str, str]:
    """Return the words of pages in one language."""
    with (ROOT / "data" / "catalogue" / "words-render.csv").open(encoding="utf-8") as file:
        return {row["key"]: row[language] for row in csv.DictReader(file)}


def fixture_tree(folder: Path) -> Path:
    """Copy the fixture book with the project's theme into `folder` and return it."""
    shutil.copytree(FIXTURE, folder)
    shutil.copytree(ROOT / "theme", folder / "theme")
    return folder


def quarto_tree(folder: Path) -> Path:
    """Copy the fixture book with the settings that Quarto takes from the project's definition."""
    fixture_tree(folder)
    settings = yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))
    own = yaml.safe_load((folder / "_quarto.yml").read_text(encoding="utf-8"))
    definition = yaml.safe_dump({**settings, **own}, allow_unicode=True, sort_keys=False)
    (folder / "_quarto.yml").write_text(definition, encoding="utf-8")
    (folder / "fonts").mkdir()
    for font in font_files():
        shutil.copyfile(font, folder / "fonts" / font.name)
    return folder


@dataclass
class Element:
    """One element of a page with all the text inside it."""

    tag: str
    attributes: dict[str, str]
    parents: tuple[str, ...]
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return normal("".join(self.texts))

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


class Page(HTMLParser):
    """A page as a flat list of elements in reading order; it must be well nested."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)
        self.close()
        assert not self._open, [element.tag for element in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parents = tuple(element.tag for element in self._open)
        element = Element(tag, {key: value or "" for key, value in attrs}, parents)
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.texts.append(data)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements of a tag that carry these attributes."""
        return [
            element
            for element in self.elements
            if element.tag == tag
            and all(element.attributes.get(k.rstrip("_")) == v for k, v in attributes.items())
        ]

    def with_class(self, name: str) -> list[Element]:
        """Return the elements of a class."""
        return [element for element in self.elements if name in element.classes]

    @property
    def identifiers(self) -> list[str]:
        return [e.attributes["id"] for e in self.elements if "id" in e.attributes]


def normal(text: str) -> str:
    """Return text with every run of white space as one plain space."""
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ")).strip()
