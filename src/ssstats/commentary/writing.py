"""Writes a release's commentary beside its tables: a row a sentence, a row a text by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ssstats.chapters.release import (
    AWAITING_FILE,
    COMMENTARY_FILE,
    HANDWRITTEN_FILE,
    TEMPLATES_FILE,
    Release,
)
from ssstats.commentary.checking import findings_in_words, threshold_of
from ssstats.commentary.composing import compose_commentary
from ssstats.commentary.handwritten import (
    Passage,
    handwritten_table,
    read_handwritten,
    replaced_sentences,
)
from ssstats.commentary.places import REPLACE
from ssstats.commentary.records import commentary_table
from ssstats.commentary.rules import read_commentary_rules
from ssstats.disclosure.release_tables import write_csv
from ssstats.errors import WordingError
from ssstats.wording import read_figures
from ssstats.words import Words

_AWAITING = ("key", "en", "cy", "grade", "source")


def write_commentary(
    release: Release,
    folder: Path,
    *,
    rules: Path,
    languages: Mapping[str, Words],
    handwritten: Path,
    wording: Iterable[str] = (),
    templates: pd.DataFrame | None = None,
    awaiting: pd.DataFrame | None = None,
) -> None:
    """Write what a release says in sentences into its data folder.

    That is commentary.csv, handwritten.csv and, where templates are given, templates.csv. Where
    texts of a language that is built await a translator, awaiting-translator.csv lists them.

    Parameters
    ----------
    release : Release
        The tables that stand in the folder; its language changes nothing.
    folder : Path
        The release's data folder.
    rules : Path
        A TOML file as `read_commentary_rules` reads it.
    languages : mapping of str to Words
        The words of each language that is built.
    handwritten : Path
        Holds a folder a language with Markdown files; it need not exist.
    wording : iterable of str
        Texts of the release whose own numbers are no figures.
    templates : DataFrame, optional
        The templates of sentences, as `sentence_templates` gives them.
    awaiting : DataFrame, optional
        Texts that await a translator, as `awaiting_translator` gives them.

    Raises
    ------
    CatalogueError
        If the rules cannot be read, or a language lacks a text.
    WordingError
        If a text written by hand is in one language only, names no place, or breaks a rule.
    """
    waiting = 0 if awaiting is None else len(awaiting)
    if awaiting is not None:
        write_csv(awaiting[list(_AWAITING)], folder / AWAITING_FILE)
    if templates is not None:
        write_csv(templates, folder / TEMPLATES_FILE)
    said = compose_commentary(release, read_commentary_rules(rules), awaiting=waiting)
    table = commentary_table(said, languages, release.areas)
    write_csv(table, folder / COMMENTARY_FILE)
    composed = replace(release, commentary=table)
    passages = {own: read_handwritten(handwritten, own, composed) for own in languages}
    by_hand = handwritten_table(passages, table)
    _check(passages, release, folder, wording)
    write_csv(by_hand, folder / HANDWRITTEN_FILE)
    write_csv(_without_replaced(table, by_hand), folder / COMMENTARY_FILE)


def _check(
    passages: Mapping[str, Sequence[Passage]],
    release: Release,
    folder: Path,
    wording: Iterable[str],
) -> None:
    if not any(passages.values()):
        return
    catalogue = release.catalogue
    labels = {
        item: [label]
        for table, key in ((catalogue.measures, "measure"), (catalogue.metrics, "reference"))
        for item, label in zip(table[key], table["label"], strict=True)
    }
    found = findings_in_words(
        passages,
        figures=read_figures(folder, wording=wording, areas=release.areas, labels=labels),
        threshold=threshold_of(release),
    )
    if found:
        raise WordingError("\n".join(found))


def _without_replaced(table: pd.DataFrame, by_hand: pd.DataFrame) -> pd.DataFrame:
    figures = by_hand[(by_hand["action"] == REPLACE) & (by_hand["item"] != "")]
    for row in figures.itertuples():
        table = table[~replaced_sentences(table, str(row.chapter), str(row.item))]
    return table
