"""One truth: reads every figure of a finished release back and holds it against its tables."""

from __future__ import annotations

import csv
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.chapters import open_release
from ssstats.chapters.release import COMMENTARY_FILE
from ssstats.disclosure.release_tables import read_release_tables
from ssstats.outputs.errors import OutputsError
from ssstats.outputs.labels import own_measures, own_metrics
from ssstats.outputs.plan import read_plan
from ssstats.outputs.truth.data_files import (
    check_pair_figures,
    check_parquet,
    check_repeated_figures,
    check_upload_figures,
)
from ssstats.outputs.truth.documents import check_document
from ssstats.outputs.truth.page_figures import check_table
from ssstats.outputs.truth.pages import (
    ReadTable,
    numbers_of,
    read_notebook,
    read_page,
    read_plain_tables,
)
from ssstats.outputs.truth.published import Difference, Truth, difference, read_truth
from ssstats.outputs.truth.readers import Reader, reader_of
from ssstats.outputs.truth.sentences import check_sentences, sentences_without_rows
from ssstats.outputs.truth.workbook_files import check_workbook, expected_figures
from ssstats.project import find_project
from ssstats.words import LANGUAGES, read_words

_WORKBOOK = re.compile(r"social-services-(.+)-(en|cy)")
_AUTHORITY = "authority-"
_MOST_NAMED = 20


@dataclass
class Comparison:
    """What differs, and how many figures were read by source."""

    differences: list[Difference] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)


def check_release(folder: Path) -> list[Difference]:
    """Return every figure that a file of a release shows otherwise than its release tables.

    Reads data files, uploads, workbooks, notebooks, pages and PDF. A number that is in one and
    missing from another where it belongs is a difference. No text of a difference carries a
    number where the release publishes none.

    Raises
    ------
    OutputsError
        If the folder is no release.
    """
    return compare_release(folder).differences


def require_one_truth(folder: Path, *, pages: bool = True) -> None:
    """Stop a build whose files do not all say the same.

    Parameters
    ----------
    pages : bool
        Whether the pages are those of the embedded engine. Quarto's mark-up of captions and charts
        is its own and is not read back here; its data files and workbooks are.

    Raises
    ------
    OutputsError
        Naming files and places.
    """
    differences = compare_release(folder, pages=pages).differences
    if differences:
        lines = [str(difference) for difference in differences[:_MOST_NAMED]]
        more = len(differences) - len(lines)
        if more:
            lines.append(f"and {more} more")
        raise OutputsError(
            "files of the release do not say the same; nothing was put in place:\n"
            + "\n".join(lines)
        )


def compare_release(folder: Path, *, pages: bool = True) -> Comparison:
    """Return the differences of a release and how many figures were compared by source."""
    project = find_project()
    catalogue = read_catalogue(project.catalogue)
    truth = read_truth(folder / "data", catalogue)
    readers = {
        language: reader_of(catalogue, read_words(project.catalogue, language), truth)
        for language in LANGUAGES
        if language == "en" or (folder / "site" / language).is_dir()
    }
    result = Comparison()
    result.differences += _missing_files(folder, project.root, catalogue, truth, set(readers))
    result.differences += _data_files(folder, catalogue, truth, readers["en"])
    result.differences += _workbooks(folder, project.root, catalogue, truth, readers)
    with _reading(folder / "data"):
        result.differences += _sentences(folder, project.catalogue, set(readers))
    if pages:
        for language, reader in readers.items():
            _pages(folder, language, catalogue, truth, reader, result)
    return result


def _sentences(folder: Path, catalogue: Path, languages: set[str]) -> list[Difference]:
    data = folder / "data"
    if not (data / COMMENTARY_FILE).is_file():
        return list(sentences_without_rows(folder, languages))
    period = str(read_release_tables(data).facts["period"])
    release = open_release(str(data), period=period, language="en")
    words = {language: read_words(catalogue, language) for language in sorted(languages)}
    return list(check_sentences(folder, release, words))


def _missing_files(
    folder: Path, root: Path, catalogue: Catalogue, truth: Truth, languages: set[str]
) -> Iterator[Difference]:
    """Give a difference for each file that a subject with figures must have and has not."""
    needed = ["data/counts.parquet", "data/measures.parquet"]
    for subject in read_plan(root / "data" / "outputs").subjects:
        if any(True for _ in truth.of_items(own_metrics(catalogue, subject)["reference"])):
            needed += [
                f"tables/social-services-{subject.name}-{language}.{kind}"
                for language in sorted(languages)
                for kind in ("ods", "xlsx")
            ]
            needed += [
                f"statswales/{subject.name}/data.csv",
                f"data/dfe/{subject.name}-metrics.csv",
            ]
    for name in needed:
        if not (folder / name).is_file():
            yield difference(name, "file", "its figures", "")


def _data_files(
    folder: Path, catalogue: Catalogue, truth: Truth, reader: Reader
) -> Iterator[Difference]:
    measures = set(catalogue.measures["measure"])
    limits = {label.lower(): part for label, part in reader.parts.items()}
    for path in sorted((folder / "data").glob("*.parquet")):
        with _reading(path):
            yield from check_parquet(path)
    with _reading(folder / "data"):
        yield from check_repeated_figures(folder / "data", truth)
    for upload in sorted((folder / "statswales").glob("*")):
        with _reading(upload):
            yield from check_upload_figures(upload, truth, measures)
    for path in sorted((folder / "data" / "dfe").glob("*.csv")):
        if not path.name.endswith(".meta.csv"):
            with _reading(path):
                yield from check_pair_figures(path, truth, limits, dict(reader.groups))


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what a file that was tampered with raises into a sentence about the file.

    Raises
    ------
    OutputsError
        If the file is not in the form in which a release writes it.
    """
    try:
        yield
    except (LookupError, ValueError, SyntaxError, OSError, zipfile.BadZipFile, csv.Error) as fault:
        raise OutputsError(
            f"{path.parent.name}/{path.name} cannot be read as a release writes it "
            f"({type(fault).__name__}); build the release anew"
        ) from fault


def _workbooks(
    folder: Path, root: Path, catalogue: Catalogue, truth: Truth, readers: dict[str, Reader]
) -> Iterator[Difference]:
    plan = read_plan(root / "data" / "outputs")
    expected = {
        subject.name: expected_figures(
            truth,
            {
                *own_metrics(catalogue, subject)["reference"],
                *own_measures(catalogue, subject)["measure"],
            },
            readers["en"].wales,
        )
        for subject in plan.subjects
    }
    for path in sorted((folder / "tables").glob("social-services-*")):
        named = _WORKBOOK.fullmatch(path.stem)
        if named is None or named[1] not in expected or named[2] not in readers:
            yield difference("tables", path.name, "no such workbook", "a file")
            continue
        with _reading(path):
            yield from check_workbook(path, truth, readers[named[2]], expected[named[1]])


@dataclass
class _Printed:
    """What the pages of a book print: numbers of cells with how often, and all that are seen."""

    cells: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)

    def add(self, other: _Printed) -> None:
        """Add what another page prints."""
        self.cells.update(other.cells)
        self.seen |= other.seen


def _pages(
    folder: Path,
    language: str,
    catalogue: Catalogue,
    truth: Truth,
    reader: Reader,
    result: Comparison,
) -> None:
    """Compare the notebooks, pages and PDF files of one language.

    A page without a notebook is no chapter of the book: its tables are compared with what is
    published, and the PDF need not print it.
    """
    slugs = dict(zip(catalogue.areas["slug"], catalogue.areas["area"], strict=True))
    site = folder / "site" / language
    # What a PDF may print beside its chapters: texts of charts in files, and of other pages.
    described = _numbers_of_charts(site)
    whole, chapters = _Printed(), dict[str, _Printed]()
    for path in sorted(site.glob("*/*.html")):
        with _reading(path):
            tables = read_plain_tables(path)
        source = f"site/{language}/{path.relative_to(site).as_posix()}"
        _compare_tables(source, tables, reader.wales, truth, reader, result)
    for path in sorted(site.glob("*.html")):
        with _reading(path):
            tables, text, alternatives = read_page(path)
        source = f"site/{language}/{path.name}"
        area = slugs.get(path.stem.removeprefix(_AUTHORITY), reader.wales)
        own = _Printed(seen=set(numbers_of(text)))
        described.update(numbers_of(alternatives))
        for table in tables:
            for row in table.rows[1:]:
                own.cells.update(number for cell in row for number in numbers_of(cell))
        _compare_tables(source, tables, area, truth, reader, result)
        notebook = folder / "notebooks" / language / f"{path.stem}.ipynb"
        if not notebook.is_file():
            described |= own.seen
            continue
        chapters[path.stem] = own
        whole.add(own)
        with _reading(notebook):
            result.differences += _same_tables(source, tables, read_notebook(notebook))
    for path in sorted(folder.rglob(f"*-{language}.pdf")):
        printed = chapters.get(_AUTHORITY + _slug_in(path, slugs), whole)
        allowed = described | whole.seen
        result.differences += check_document(path, printed.cells, printed.seen, allowed)
        result.figures[path.name] += sum(printed.cells.values())


def _compare_tables(
    source: str,
    tables: Iterable[ReadTable],
    area: str,
    truth: Truth,
    reader: Reader,
    result: Comparison,
) -> None:
    for table in tables:
        differences, named = check_table(source, table, area, truth, reader)
        result.differences += differences
        result.figures[source] += named


def _numbers_of_charts(site: Path) -> set[str]:
    """Return the numbers in charts that stand in files of their own."""
    numbers: set[str] = set()
    for path in sorted(site.rglob("*.svg")):
        with _reading(path):
            _, text, alternatives = read_page(path)
        numbers.update(numbers_of(text), numbers_of(alternatives))
    return numbers


def _slug_in(path: Path, slugs: Iterable[str]) -> str:
    """Return the authority that a PDF is about, blank for the whole release."""
    return next((slug for slug in slugs if re.search(rf"(^|-){slug}-", path.name)), "")


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
        one, other = pages[identity].rows, books[identity].rows
        if [len(row) for row in one] != [len(row) for row in other]:
            yield difference(source, identity, "the notebook's rows", "other rows")
            continue
        for line, (row, own) in enumerate(zip(one, other, strict=True)):
            for cell, text in zip(row, own, strict=True):
                if cell != text:
                    yield difference(source, f"{identity}, row {line}", text, cell)
