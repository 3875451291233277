"""The attack's own reader of pages: does a page tell a figure that the data files do not?

Everything that the attack proves rests on the data files that it read. Here each number in the
tables of the HTML pages is held against those files: the figures of the item and the area that
its row, column, caption or page names, to the printed decimal. A number that is none of them is
something that was let out beside the gate.
"""

from __future__ import annotations

import csv
import html
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ssstats.catalogue import Catalogue
from ssstats.errors import DisclosureError, listed
from ssstats.words import Words

_TABLE = re.compile(r"<table\b[^>]*>(.*?)</table>", re.DOTALL)
_CAPTION = re.compile(r"<caption\b[^>]*>(.*?)</caption>", re.DOTALL)
_ROW = re.compile(r"<tr\b[^>]*>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
_TITLE = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
_NUMBERING = re.compile(r'<span class="heading-number">.*?</span>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_NUMBER = re.compile(r"[-\u2212]?\d{1,3}(?:,\d{3})+(?:\.\d+)?%?|[-\u2212]?\d+(?:\.\d+)?%?")
_REFERENCE = re.compile(r"[A-Z]{2}/[\dA-Za-z./]+")
_LABEL = re.compile(r"^\S+ [\dA-Z.]+:\s*")
# What may follow the name of an item in a caption.
_ENDS = re.compile(r"[:,]")
_PERIOD = re.compile(r"\d{4}-\d{2}")
_STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
# Columns of a measure's row that are figures.
_PARTS = ("value", "lower", "upper", "numerator", "denominator")


@dataclass(frozen=True)
class PagesRead:
    """How many pages were read, how many numbers of their tables are figures of the data files.

    `worked_out` are numbers in columns of another kind, such as shares and steps per 100, which
    pages work out from those figures.
    """

    pages: int
    figures: int
    worked_out: int


@dataclass(frozen=True)
class _Page:
    """The title of a page, and the caption and the rows of each of its tables."""

    title: str
    tables: list[tuple[str, list[list[str]]]]


def check_pages(
    release: Path, catalogue: Catalogue, languages: Mapping[str, Words]
) -> PagesRead | None:
    """Hold the tables of a release's pages against its data files; None where it has no pages.

    Parameters
    ----------
    release : Path
        Folder of a release, with `data` and `site/<language>`.
    languages : mapping
        The words of each language that the release may have.

    Raises
    ------
    DisclosureError
        If a page shows a number that no file gives for its item and area; tables are named,
        numbers never.
    """
    figures = _read_figures(release / "data")
    pages, compared, worked_out, strange = 0, 0, 0, []
    for language, words in sorted(languages.items()):
        site = release / "site" / language
        names = _Names.of(catalogue, words)
        for path in sorted([*site.glob("*.html"), *site.glob("measures/*.html")]):
            pages += 1
            own = _compare(_read(path), names, figures)
            compared, worked_out = compared + own[0], worked_out + own[1]
            strange += [f"{path.relative_to(release).as_posix()}: {place}" for place in own[2]]
    if strange:
        raise DisclosureError(
            f"{len(strange)} numbers of pages are not those of the data files: "
            f"{listed(dict.fromkeys(strange))}; only the gate makes figures of a release: build it "
            "anew"
        )
    return PagesRead(pages, compared, worked_out) if pages else None


def describe_pages(read: PagesRead | None) -> list[str]:
    """Return in lines to print what was read of pages."""
    if read is None:
        return ["no pages: the data files alone were read"]
    return [
        f"{read.pages} pages: {read.figures:,} numbers in their tables are those of the data "
        f"files, {read.worked_out:,} are worked out from them"
    ]


@dataclass(frozen=True)
class _Names:
    """What readers know items, areas and columns by, in one language."""

    areas: Mapping[str, str]
    items: Mapping[str, frozenset[str]]
    columns: frozenset[str]
    wales: str

    @classmethod
    def of(cls, catalogue: Catalogue, words: Words) -> _Names:
        items: dict[str, set[str]] = defaultdict(set)
        for code in (*catalogue.measures["measure"], *catalogue.measures_2016["number"]):
            if words.has(f"measure.{code}"):
                items[_plain(words.say(f"measure.{code}"))].add(str(code))
        metrics = catalogue.metrics
        for edition, reference in zip(metrics["edition"], metrics["reference"], strict=True):
            if words.has(f"metric.{edition}.{reference}"):
                items[_plain(words.say(f"metric.{edition}.{reference}"))].add(str(reference))
        names = catalogue.area_names
        wales = catalogue.areas.loc[catalogue.areas["level"] == "wales", "area"]
        return cls(
            areas=dict(zip(names["variant"].map(_plain), names["area"], strict=True)),
            items={label: frozenset(codes) for label, codes in items.items()},
            columns=frozenset(
                [
                    *(_plain(words.say(f"table.{part}")) for part in _PARTS),
                    *catalogue.breakdowns[f"label_{words.language}"].map(_plain),
                ]
            ),
            wales=str(wales.iloc[0]),
        )

    def items_in(self, text: str) -> frozenset[str]:
        """Return the measures and metrics that a heading names, by reference or by its words."""
        named = frozenset(_REFERENCE.findall(text))
        ends = [len(text), *(found.start() for found in _ENDS.finditer(text))]
        for end in sorted(ends, reverse=True):
            if text[:end] in self.items:
                return named | self.items[text[:end]]
        return named

    def is_figure(self, heading: str) -> bool:
        """Return whether a column holds figures of items, and not what pages work out."""
        return (
            heading in self.columns
            or heading in self.areas
            or bool(_PERIOD.fullmatch(heading) or _REFERENCE.fullmatch(heading))
        )


@dataclass(frozen=True)
class _About:
    """The items and the area that a page, a table, a row or a cell is about."""

    items: frozenset[str]
    area: str

    def of(self, heading: str, names: _Names) -> _About:
        """Return what a part under this heading is about: what it names, else as the whole."""
        return _About(names.items_in(heading) or self.items, names.areas.get(heading, self.area))

    def is_share(self, text: str) -> bool:
        """Return whether a number under metrics is a share: their own figures are counts."""
        return text.endswith("%") and all("/" in item for item in self.items)


def _compare(
    page: _Page, names: _Names, figures: Mapping[tuple[str, str], frozenset[str]]
) -> tuple[int, int, list[str]]:
    """Return how many numbers are figures, how many are worked out, and the places of others."""
    compared, worked_out, strange = 0, 0, []
    about = _About(names.items_in(page.title), names.areas.get(page.title, names.wales))
    for number, (caption, rows) in enumerate(page.tables, start=1):
        of_table = about.of(caption, names)
        for row in rows[1:]:
            of_row = of_table.of(row[0], names)
            for heading, text in zip(rows[0][1:], row[1:], strict=False):
                if not _NUMBER.fullmatch(text):
                    continue
                of_cell = of_row.of(heading, names)
                if not of_cell.items or not names.is_figure(heading) or of_cell.is_share(text):
                    worked_out += 1
                elif any(
                    _bare(text) in figures.get((item, of_cell.area), ()) for item in of_cell.items
                ):
                    compared += 1
                else:
                    strange.append(f"table {number}, row {row[0]!r}, column {heading!r}")
    return compared, worked_out, strange


def _read(path: Path) -> _Page:
    text = path.read_text(encoding="utf-8")
    title = _TITLE.search(text)
    tables = []
    for table in _TABLE.findall(text):
        caption = _CAPTION.search(table)
        rows = [
            [_plain(_words(cell)) for cell in _CELL.findall(row)] for row in _ROW.findall(table)
        ]
        name = _LABEL.sub("", _plain(_words(caption[1]))) if caption else ""
        tables.append((name, [row for row in rows if row]))
    heading = _NUMBERING.sub("", title[1]) if title else ""
    return _Page(_plain(_words(heading)), tables)


def _words(markup: str) -> str:
    return html.unescape(_TAG.sub(" ", markup))


def _plain(text: str) -> str:
    # Rendering turns straight quotation marks into curly ones.
    return " ".join(text.translate(_STRAIGHT).split())


def _bare(text: str) -> str:
    """Return a number without what pages add to it: signs of thousands, per cent, final zeros."""
    number = text.replace(",", "").replace("\u2212", "-").rstrip("%")
    return number.rstrip("0").rstrip(".") if "." in number else number


def _read_figures(data: Path) -> dict[tuple[str, str], frozenset[str]]:
    """Return the numbers that the data files give for each item and area."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, item, columns in (
        ("counts.csv", "reference", ("value",)),
        ("local.csv", "reference", ("value",)),
        ("measures.csv", "measure", _PARTS),
    ):
        for row in _rows(data / name):
            numbers = {_bare(row[column]) for column in columns if row[column]}
            found[row[item], row["area"]] |= numbers
    return {key: frozenset(numbers) for key, numbers in found.items()}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as handle:
            yield from csv.DictReader(handle)
