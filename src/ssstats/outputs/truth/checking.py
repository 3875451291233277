"""One truth: reads every figure of a finished release back and holds it against its tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ssstats.catalogue import read_catalogue
from ssstats.chapters import open_release
from ssstats.chapters.release import COMMENTARY_FILE, Release
from ssstats.outputs.dfe import FOLDERS
from ssstats.outputs.errors import OutputsError
from ssstats.outputs.truth.book import Book
from ssstats.outputs.truth.comparing import Comparison, Difference, difference, reading
from ssstats.outputs.truth.data_files import (
    check_data_of_page,
    check_pair_figures,
    check_parquet,
    check_repeated_figures,
    check_upload_figures,
)
from ssstats.outputs.truth.derived_figures import read_worked
from ssstats.outputs.truth.published import TidyFiles, Truth, read_truth
from ssstats.outputs.truth.readers import Reader, reader_of
from ssstats.outputs.truth.sentences import check_sentences, sentences_without_rows
from ssstats.outputs.truth.subjects import Subject, subjects_of
from ssstats.outputs.truth.workbook_files import check_workbook
from ssstats.project import find_project
from ssstats.words import LANGUAGES, read_words

_WORKBOOK = re.compile(r"social-services-(.+)-(en|cy)")
_MOST_NAMED = 20


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
    tidy = TidyFiles(folder / "data")
    with reading(tidy.folder):
        truth, worked = read_truth(tidy, catalogue), read_worked(tidy)
    readers = {
        language: reader_of(catalogue, read_words(project.catalogue, language), truth)
        for language in LANGUAGES
        if language == "en" or (folder / "site" / language).is_dir()
    }
    result = Comparison()
    subjects = subjects_of(project.root, catalogue)
    result.differences += _missing_files(folder, subjects, truth, readers)
    result.differences += _data_files(folder, tidy, truth)
    result.differences += _uploads(folder, subjects, truth)
    for language, reader in readers.items():
        result.differences += _pairs(folder / "data" / FOLDERS[language], subjects, truth, reader)
    result.differences += _workbooks(folder, subjects, truth, readers)
    releases = _opened(folder, set(readers))
    with reading(folder / "data"):
        result.differences += _sentences(folder, releases)
    if pages:
        for language, reader in readers.items():
            book = Book(folder, language, catalogue, truth, reader, worked)
            book.compare(result, releases.get(language))
    return result


def _opened(folder: Path, languages: set[str]) -> dict[str, Release]:
    """Return the release as chapters see it in each language; empty where it has no sentences."""
    data = folder / "data"
    if not (data / COMMENTARY_FILE).is_file():
        return {}
    with reading(data):
        period = str(json.loads((data / "release.json").read_text(encoding="utf-8"))["period"])
        release = open_release(str(data), period=period, language="en")
        catalogue = find_project().catalogue
        return {
            language: replace(
                release, words=read_words(catalogue, language).of_release(release.tables.facts)
            )
            for language in sorted(languages)
        }


def _sentences(folder: Path, releases: Mapping[str, Release]) -> list[Difference]:
    if not releases:
        languages = [path.name for path in (folder / "site").glob("*") if path.name in LANGUAGES]
        return list(sentences_without_rows(folder, languages))
    words = {language: release.words for language, release in releases.items()}
    return list(check_sentences(folder, releases["en"], words))


def _missing_files(
    folder: Path, subjects: Sequence[Subject], truth: Truth, languages: Iterable[str]
) -> Iterator[Difference]:
    """Give a difference for each file that a subject with figures must have and has not."""
    needed = ["data/counts.parquet", "data/measures.parquet"]
    for subject in subjects:
        if any(True for _ in truth.of_items(subject.metrics)):
            needed += [
                f"tables/social-services-{subject.name}-{language}.{kind}"
                for language in sorted(languages)
                for kind in ("ods", "xlsx")
            ]
            needed.append(f"statswales/{subject.name}/data.csv")
    for name in needed:
        if not (folder / name).is_file():
            yield _missing(name)


def _missing(name: str) -> Difference:
    return difference(name, "file", "its figures", "")


def _data_files(folder: Path, tidy: TidyFiles, truth: Truth) -> Iterator[Difference]:
    """Compare the tidy files with each other, and the data of pages with them."""
    for path in sorted(tidy.folder.glob("*.parquet")):
        with reading(path):
            yield from check_parquet(path, tidy[path.with_suffix(".csv").name])
    with reading(tidy.folder):
        yield from check_repeated_figures(tidy, truth)
    for path in sorted((folder / "site" / "data").glob("*.csv")):
        with reading(path):
            yield from check_data_of_page(path, truth)


def _uploads(folder: Path, subjects: Sequence[Subject], truth: Truth) -> Iterator[Difference]:
    by_name = {subject.name: subject for subject in subjects}
    for upload in sorted((folder / "statswales").glob("*")):
        subject = by_name.get(upload.name)
        if subject is None:
            yield difference("statswales", upload.name, "no such upload", "a folder")
            continue
        with reading(upload):
            yield from check_upload_figures(upload, truth, subject)


def _pairs(
    folder: Path, subjects: Sequence[Subject], truth: Truth, reader: Reader
) -> Iterator[Difference]:
    limits = {label.lower(): part for label, part in reader.parts.items()}
    others = {path.name for path in folder.glob("*.csv") if not path.name.endswith(".meta.csv")}
    for subject in subjects:
        for kind, expected in subject.of_pairs(truth).items():
            path = folder / f"{subject.name}-{kind}.csv"
            others.discard(path.name)
            if path.is_file():
                with reading(path):
                    yield from check_pair_figures(path, truth, expected, limits, reader.groups)
            elif expected:
                yield _missing(f"data/{folder.name}/{path.name}")
    for name in sorted(others):
        yield difference(f"data/{folder.name}", name, "no such pair", "a file")


def _workbooks(
    folder: Path, subjects: Sequence[Subject], truth: Truth, readers: Mapping[str, Reader]
) -> Iterator[Difference]:
    wales = readers["en"].wales
    expected = {subject.name: subject.of_workbook(truth, wales) for subject in subjects}
    for path in sorted((folder / "tables").glob("social-services-*")):
        named = _WORKBOOK.fullmatch(path.stem)
        if named is None or named[1] not in expected or named[2] not in readers:
            yield difference("tables", path.name, "no such workbook", "a file")
            continue
        with reading(path):
            yield from check_workbook(path, truth, readers[named[2]], expected[named[1]])
