"""One truth: reads every figure of a finished release back and holds it against its tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.chapters import open_release
from ssstats.chapters.release import COMMENTARY_FILE, Release
from ssstats.outputs.dfe import FOLDERS
from ssstats.outputs.errors import OutputsError
from ssstats.outputs.labels import own_measures, own_metrics
from ssstats.outputs.plan import read_plan
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
from ssstats.outputs.truth.workbook_files import check_workbook, expected_figures
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
    result.differences += _missing_files(folder, project.root, catalogue, truth, set(readers))
    result.differences += _data_files(folder, catalogue, tidy, truth, readers)
    result.differences += _workbooks(folder, project.root, catalogue, truth, readers)
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
    folder: Path, root: Path, catalogue: Catalogue, truth: Truth, languages: set[str]
) -> Iterator[Difference]:
    """Give a difference for each file that a subject with figures must have and has not."""
    needed = ["data/counts.parquet", "data/measures.parquet"]
    for subject in read_plan(root / "data" / "outputs").subjects:
        if any(True for _ in truth.of_items({*own_metrics(catalogue, subject)["reference"]})):
            needed += [
                f"tables/social-services-{subject.name}-{language}.{kind}"
                for language in sorted(languages)
                for kind in ("ods", "xlsx")
            ]
            needed += [
                f"statswales/{subject.name}/data.csv",
                *(
                    f"data/{FOLDERS[language]}/{subject.name}-metrics.csv"
                    for language in sorted(languages)
                ),
            ]
    for name in needed:
        if not (folder / name).is_file():
            yield difference(name, "file", "its figures", "")


def _data_files(
    folder: Path,
    catalogue: Catalogue,
    tidy: TidyFiles,
    truth: Truth,
    readers: Mapping[str, Reader],
) -> Iterator[Difference]:
    measures = set(catalogue.measures["measure"])
    for path in sorted((folder / "data").glob("*.parquet")):
        with reading(path):
            yield from check_parquet(path, tidy[path.with_suffix(".csv").name])
    with reading(tidy.folder):
        yield from check_repeated_figures(tidy, truth)
    for upload in sorted((folder / "statswales").glob("*")):
        with reading(upload):
            yield from check_upload_figures(upload, truth, measures)
    for path in sorted((folder / "site" / "data").glob("*.csv")):
        with reading(path):
            yield from check_data_of_page(path, truth)
    for language, reader in readers.items():
        limits = {label.lower(): part for label, part in reader.parts.items()}
        for path in sorted((folder / "data" / FOLDERS[language]).glob("*.csv")):
            if not path.name.endswith(".meta.csv"):
                with reading(path):
                    yield from check_pair_figures(path, truth, limits, dict(reader.groups))


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
        with reading(path):
            yield from check_workbook(path, truth, readers[named[2]], expected[named[1]])
