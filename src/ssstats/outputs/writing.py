"""Writes all files that re-users take into a release: spreadsheets, upload, open data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.errors import CatalogueError, UsageError, listed
from ssstats.outputs.changes import write_change_log
from ssstats.outputs.corrections import write_corrections
from ssstats.outputs.dfe import FOLDERS, write_pairs
from ssstats.outputs.errors import OutputsError
from ssstats.outputs.figures import with_plain_texts
from ssstats.outputs.labels import Labels, check_labels
from ssstats.outputs.ods import write_ods
from ssstats.outputs.open_data import write_descriptions, write_lookups, write_parquet
from ssstats.outputs.plan import Plan, read_plan
from ssstats.outputs.readme import write_readme
from ssstats.outputs.statswales import write_upload
from ssstats.outputs.subject_figures import SubjectFigures
from ssstats.outputs.workbooks import workbook_of
from ssstats.outputs.xlsx import write_xlsx
from ssstats.project import find_project
from ssstats.words import Words

DATA, TABLES = "data", "tables"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z-]+)*")
_LONGEST_NAME = 60


def write_outputs(
    tables: ReleaseTables,
    estimates: pd.DataFrame,
    catalogue: Catalogue,
    words_by_language: Mapping[str, Words],
    stage: Path,
    *,
    previous: Path | None = None,
    corrects: bool = False,
    published: str = "",
    plan_folder: Path | None = None,
) -> list[Path]:
    """Write spreadsheets, StatsWales uploads and open data into a release; return their paths.

    Parameters
    ----------
    tables, estimates
        What the gate let through, and the measures computed from it; their CSV files stand in
        `stage`/data already.
    words_by_language : mapping
        The words of each language that the release is written in; English is one of them.
    stage : Path
        The folder of the release.
    previous : Path
        Folder of the release before, for the change log and for StatsWales' `r`.
    corrects : bool
        Whether `previous` is the release that this one corrects; corrections.csv tells what.
    published : str
        Date of publication in words; blank for a draft.
    plan_folder : Path
        Where the plan of outputs stands; the project's own by default.

    Raises
    ------
    CatalogueError
        If a label has no words in one of the languages; the message names the keys.
    OutputsError
        If a file would break the rules of its format.
    UsageError
        If English is not among the languages.
    """
    if "en" not in words_by_language:
        raise UsageError("spreadsheets and open data need English among the release's languages")
    plan = read_plan(plan_folder or find_project().root / "data" / "outputs")
    _check_words(catalogue, plan, words_by_language)
    english, data = words_by_language["en"], stage / DATA
    tables = replace(tables, counts=with_plain_texts(tables.counts))
    estimates = with_plain_texts(estimates)
    catalogue = _with_plain_texts(catalogue)
    labels = [Labels(catalogue, words) for words in words_by_language.values()]
    written: list[Path] = []
    (stage / TABLES).mkdir(parents=True, exist_ok=True)
    for subject in plan.subjects:
        figures = SubjectFigures(subject, tables, estimates, catalogue)
        for own in labels:
            workbook = workbook_of(figures, plan, own, published=published)
            if workbook is not None:
                written += [write(workbook, stage / TABLES) for write in (write_ods, write_xlsx)]
        written += write_upload(figures, plan, words_by_language, stage, previous=previous)
        written += write_pairs(figures, labels, data)
    written += write_lookups(catalogue, plan, data)
    written.append(write_change_log(plan, tables, data, previous))
    if corrects and previous is not None:
        written.append(write_corrections(data, previous / DATA))
    written += write_descriptions(plan, tables, words_by_language, data)
    written += write_parquet(plan, tables, english, data)
    written.append(write_readme(plan, tables, catalogue, words_by_language, data))
    _check_names(written)
    return written


def _with_plain_texts(catalogue: Catalogue) -> Catalogue:
    return replace(
        catalogue,
        areas=with_plain_texts(catalogue.areas),
        metrics=with_plain_texts(catalogue.metrics),
        measures=with_plain_texts(catalogue.measures),
        breakdowns=with_plain_texts(catalogue.breakdowns),
    )


def _check_words(catalogue: Catalogue, plan: Plan, words_by_language: Mapping[str, Words]) -> None:
    """Raise before anything is written, naming every key without words."""
    keys = [key for key in words_by_language["en"].texts if key.startswith("output.")]
    for language, words in words_by_language.items():
        missing = [key for key in keys if not words.has(key)]
        if missing:
            raise CatalogueError(
                f"words-outputs.csv: {len(missing)} texts have no words in language "
                f"{language!r} ({listed(missing, most=5)}); have them translated, or write the "
                "outputs in English only"
            )
        check_labels(catalogue, plan, words)


def _check_names(paths: Iterable[Path]) -> None:
    """Raise where a file's name is long, has capitals, or signs other than dashes."""
    wrong = [
        path.name
        for path in paths
        if path.parent.name in (TABLES, *FOLDERS.values())
        and (len(path.name) > _LONGEST_NAME or not _NAME.fullmatch(path.name))
    ]
    if wrong:
        raise OutputsError(
            f"file names {listed(wrong)} break the rule of at most {_LONGEST_NAME} signs, "
            "lower-case letters, digits and dashes; rename the subject in data/outputs"
        )
