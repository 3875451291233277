"""Compares the book of one language: its pages and those beside it, charts, notebooks and PDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain
from pathlib import Path

from ssstats.catalogue import Catalogue
from ssstats.chapters.release import Release
from ssstats.outputs.truth.charts import chart_data
from ssstats.outputs.truth.comparing import (
    Comparison,
    Difference,
    difference,
    lacking,
    reading,
)
from ssstats.outputs.truth.derived_figures import Worked, check_worked
from ssstats.outputs.truth.documents import check_document
from ssstats.outputs.truth.page_figures import Named, check_table
from ssstats.outputs.truth.pages import (
    ReadTable,
    numbers_of,
    numbers_of_cell,
    read_drawing,
    read_notebook,
    read_page,
)
from ssstats.outputs.truth.plain_tables import read_plain_tables
from ssstats.outputs.truth.published import Place, Series, Truth
from ssstats.outputs.truth.readers import Reader
from ssstats.outputs.truth.tallies import CHAPTER, check_tallies, same_rows, tallies_of

_AUTHORITY = "authority-"
_MEASURES = "measures"
# What a cell of figures opens with; words and years are none.
_FIGURE = re.compile(r"[\N{MINUS SIGN}-]?\d[\d,]*(\.\d+)?%?($| .*\d)")


@dataclass
class _Printed:
    """What the pages of a book print: numbers of cells with how often, and all that are seen."""

    cells: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)

    def add(self, other: _Printed) -> None:
        """Add what another page prints."""
        self.cells.update(other.cells)
        self.seen |= other.seen


@dataclass(frozen=True)
class Book:
    """The files of one language, and what they are held against."""

    folder: Path
    language: str
    catalogue: Catalogue
    truth: Truth
    reader: Reader
    worked: Worked

    @property
    def site(self) -> Path:
        """The folder of the language's pages."""
        return self.folder / "site" / self.language

    @cached_property
    def _slugs(self) -> dict[str, str]:
        areas = self.catalogue.areas
        return dict(zip(areas["slug"], areas["area"], strict=True))

    def compare(self, result: Comparison, release: Release | None) -> None:
        """Compare pages, charts, notebooks and PDF files, and add what differs.

        Parameters
        ----------
        release : Release or None
            The release with the words of the language, of which tallies are counted again; none
            where it has no sentences and so no chapters of its own.
        """
        self._pages_of_measures(result)
        # What a PDF may print beside its chapters: texts of charts in files, and of other pages.
        described = self._numbers_of_charts()
        whole, chapters, captions = _Printed(), dict[str, _Printed](), dict[str, tuple[str, str]]()
        for path in sorted(self.site.glob("*.html")):
            with reading(path):
                page = read_page(path)
            area = self._slugs.get(path.stem.removeprefix(_AUTHORITY), self.reader.wales)
            captions |= {chart: (text, area) for chart, text in page.captions.items()}
            described.update(numbers_of(page.alternatives))
            with reading(self.folder / "data"):
                counted = tallies_of(release) if release and path.stem == CHAPTER else []
            source = self._source(path)
            result.differences += check_tallies(source, page.tables, counted)
            with reading(path):
                self._tables(source, page.tables, area, result, {own.identity for own in counted})
            own = _printed(page.tables, page.text)
            notebook = self.folder / "notebooks" / self.language / f"{path.stem}.ipynb"
            if not notebook.is_file():
                # A page without a notebook is no chapter: the PDF need not print it.
                described |= own.seen
                continue
            chapters[path.stem] = own
            whole.add(own)
            with reading(notebook):
                tables = read_notebook(notebook)
            result.differences += _same_tables(source, page.tables, tables)
        self._charts(captions, result)
        self._documents(chapters, whole, described, result)

    def _source(self, path: Path) -> str:
        return f"site/{self.language}/{path.relative_to(self.site).as_posix()}"

    def _pages_of_measures(self, result: Comparison) -> None:
        """Compare the pages beside the book; together they show every value of what they name."""
        named: dict[Series, set[Place]] = {}
        for path in sorted(self.site.glob("*/*.html")):
            with reading(path):
                tables = read_plain_tables(path)
                own = self._tables(self._source(path), tables, self.reader.wales, result)
            if path.parent.name == _MEASURES:
                for series, places, _ in own:
                    named.setdefault(series, set()).update(places)
        expected = self.truth.of_parts(((item, "value") for item, _, _ in named))
        source = f"site/{self.language}/{_MEASURES}"
        result.differences += lacking(source, self.truth, named, expected)

    def _tables(
        self,
        source: str,
        tables: Iterable[ReadTable],
        area: str,
        result: Comparison,
        counted: Iterable[str] = (),
    ) -> list[Named]:
        """Compare tables with what is published; return the figures that they name."""
        every: list[Named] = []
        for table in tables:
            differences, named = check_table(source, table, area, self.truth, self.reader)
            more, cells = check_worked(source, table, area, self.truth, self.reader, self.worked)
            result.differences += [*differences, *more]
            read = sum(len(texts) for _, _, texts in named) + cells
            result.figures[source] += read
            every += named
            left = _figures_in(table) - read
            if left > 0 and table.identity not in counted:
                result.unnamed[f"{source}: {table.identity}"] += left
        return every

    def _charts(self, captions: dict[str, tuple[str, str]], result: Comparison) -> None:
        """Compare the data of charts, and that each stands beside a chart of a page."""
        for table in chart_data(self.site, {name: text for name, (text, _) in captions.items()}):
            source = f"site/{self.language}/charts/{table.identity}.csv"
            if table.identity not in captions:
                result.differences.append(difference(source, "file", "nothing", "no such chart"))
                continue
            with reading(self.site / "charts" / f"{table.identity}.csv"):
                self._tables(source, [table], captions[table.identity][1], result)

    def _numbers_of_charts(self) -> set[str]:
        """Return the numbers in charts that stand in files of their own."""
        numbers: set[str] = set()
        for path in sorted(self.site.rglob("*.svg")):
            with reading(path):
                numbers.update(numbers_of(read_drawing(path)))
        return numbers

    def _documents(
        self,
        chapters: dict[str, _Printed],
        whole: _Printed,
        described: set[str],
        result: Comparison,
    ) -> None:
        allowed = described | whole.seen
        for path in sorted(self.folder.rglob(f"*-{self.language}.pdf")):
            slug = next((s for s in self._slugs if re.search(rf"(^|-){s}-", path.name)), "")
            printed = chapters.get(_AUTHORITY + slug, whole)
            result.differences += check_document(path, printed.cells, printed.seen, allowed)
            result.figures[path.name] += sum(printed.cells.values())


def _printed(tables: Iterable[ReadTable], text: str) -> _Printed:
    own = _Printed(seen=set(numbers_of(text)))
    for table in tables:
        for row in table.rows[1:]:
            own.cells.update(chain.from_iterable(map(numbers_of_cell, row)))
    return own


def _figures_in(table: ReadTable) -> int:
    """Return how many cells of a table, but for its first column, look like figures."""
    return sum(sum(map(_is_figure, column[1:])) for column in table.columns[1:])


@cache
def _is_figure(cell: str) -> bool:
    return _FIGURE.match(cell) is not None


def _same_tables(
    source: str, tables: list[ReadTable], of_notebook: list[ReadTable]
) -> Iterator[Difference]:
    """Compare the tables of a page with those of its notebook, cell by cell."""
    pages = {table.identity: table for table in tables}
    books = {table.identity: table for table in of_notebook}
    for identity in sorted(set(pages) ^ set(books)):
        where = "the notebook alone" if identity in books else "the page alone"
        yield difference(source, identity, "a table in notebook and page", where)
    for identity in sorted(set(pages) & set(books)):
        yield from same_rows(source, pages[identity], books[identity], "the notebook's rows")
