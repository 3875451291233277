"""Makes every sentence of a release again from its row, and looks its figures up in their cells."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.release import COMMENTARY_FILE, Release
from ssstats.chapters.rows import records
from ssstats.commentary.records import TEXT, sentence_of_row
from ssstats.errors import CatalogueError
from ssstats.words import Words

# Values of a record that stand in a cell of counts.csv or measures.csv.
_FIGURES = ("new", "old", "value", "wales", "lowest", "highest", "lower", "upper")
_KEY = re.compile(r"(\w+)=(\S+)")


def read_commentary(folder: Path) -> pd.DataFrame:
    """Return the rows of a release's commentary.csv as text."""
    return pd.read_csv(folder / COMMENTARY_FILE, dtype="str", keep_default_na=False)


def sentences_that_differ(release: Release, languages: Mapping[str, Words]) -> list[str]:
    """Return the ids of sentences that their rows do not give, or whose figures are not published.

    Parameters
    ----------
    release : Release
        With its commentary.
    languages : mapping of str to Words
        The words of each language that the release is in.

    Returns
    -------
    list of str
        Sorted; empty where every sentence is what its row, its template and its cells give.
    """
    areas = release.areas.set_index("area")
    return sorted(
        row["sentence"]
        for row in records(release.commentary)
        if not (
            all(_same_text(row, own, words, areas) for own, words in languages.items())
            and _figures_published(release, row)
        )
    )


def _same_text(row: Mapping[str, str], language: str, words: Words, areas: pd.DataFrame) -> bool:
    try:
        return sentence_of_row(row, words=words, areas=areas) == row[f"{TEXT}{language}"]
    except (CatalogueError, ValueError, KeyError):
        # A row that was tampered with gives no sentence at all.
        return False


def _figures_published(release: Release, row: Mapping[str, str]) -> bool:
    published: set[str] = set()
    for cell in row["cells"].split("; "):
        published |= _texts_of_cell(release, cell)
    values = json.loads(row["values"])
    return {values[name] for name in _FIGURES if name in values} <= published


def _texts_of_cell(release: Release, cell: str) -> set[str]:
    """Return what a cell of counts.csv or measures.csv shows: value and limits."""
    keys = dict(_KEY.findall(cell))
    if "reference" in keys:
        return {release.count_text(METRIC_EDITION, keys["reference"], keys["area"], keys["period"])}
    if cell.startswith("measures.csv"):
        estimate = release.estimate(keys["measure"], keys["area"], keys["period"])
        return {release.estimate_text(estimate, part) for part in ("value", "lower", "upper")}
    return set()
