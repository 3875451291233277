"""Records of sentences: what is said, of which figures, by which test, in which template.

A sentence is made from its record alone, in every language, so that anyone can make it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from ssstats.words import LANGUAGES, Words, joined_words

TEXT = "text_"
# `values` is a JSON object of texts as published, `cells` names the rows that they stand in.
RECORD_COLUMNS = (
    "sentence",
    "chapter",
    "place",
    "position",
    "area",
    "edition",
    "item",
    "periods",
    "values",
    "verdict",
    "test",
    "cells",
    "template",
)
COMMENTARY_COLUMNS = (*RECORD_COLUMNS, *(f"{TEXT}{language}" for language in LANGUAGES))


@dataclass(frozen=True)
class Place:
    """Where a sentence stands: chapter, part of the chapter, the area and item that it is about."""

    chapter: str
    part: str
    area: str
    item: str = ""


@dataclass(frozen=True)
class Said:
    """The record of one sentence.

    `role` tells it from other sentences at the same place; `template` is a key of the words, or
    several joined by a plus sign that follow one another in the sentence.
    """

    place: Place
    role: str
    template: str
    values: Mapping[str, str] = field(default_factory=dict)
    edition: str = ""
    periods: tuple[str, ...] = ()
    verdict: str = ""
    test: str = ""
    cells: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The sentence's own id, which stays the same from build to build."""
        place = self.place
        item = place.item.replace("/", "_") or place.area
        return ".".join((place.chapter, place.part, item, self.role))


def commentary_table(
    said: Iterable[Said], languages: Mapping[str, Words], areas: pd.DataFrame
) -> pd.DataFrame:
    """Return records below one another with their text in each language.

    Parameters
    ----------
    said : iterable of Said
        In the order in which pages show them.
    languages : mapping of str to Words
        The words of each language that is built.
    areas : DataFrame
        The catalogue's areas: names, and forms after a conjunction.

    Returns
    -------
    DataFrame
        Columns `COMMENTARY_COLUMNS`; the text of a language that is not built is blank.
    """
    records = list(said)
    rows = [_row(record, position) for position, record in enumerate(records, start=1)]
    table = pd.DataFrame(rows, columns=list(RECORD_COLUMNS))
    facts = areas.set_index("area")
    for language in LANGUAGES:
        words = languages.get(language)
        table[f"{TEXT}{language}"] = [
            "" if words is None else sentence_text(r.template, r.values, words=words, areas=facts)
            for r in records
        ]
    return table


def sentence_of_row(row: Mapping[str, object], *, words: Words, areas: pd.DataFrame) -> str:
    """Return the sentence of one row of commentary.csv, made again from what the row holds.

    `areas` are the catalogue's, by their code.
    """
    values = json.loads(str(row["values"]))
    return sentence_text(str(row["template"]), values, words=words, areas=areas)


def sentence_text(
    template: str, values: Mapping[str, str], *, words: Words, areas: pd.DataFrame
) -> str:
    """Return the sentence of a template and its values, with a full stop.

    `areas` are the catalogue's, by their code.

    Raises
    ------
    CatalogueError
        If a template has no text in the language or a value is missing.
    """
    filled = {**values, **_in_language(values, words, areas)}
    parts = (_part(key, filled, words) for key in template.split("+"))
    return " ".join(parts).replace(" ,", ",").rstrip(".") + "."


def _part(key: str, values: Mapping[str, str], words: Words) -> str:
    if not words.has(key):
        key = words.counted_key(key, int(values["number"].replace(",", "")))
    return words.say(key, **values)


def _in_language(values: Mapping[str, str], words: Words, areas: pd.DataFrame) -> dict[str, str]:
    """Return what a value names and each language says its own way: areas and reasons."""
    said = {}
    if "areas" in values:
        codes = values["areas"].split(";")
        names = [str(areas.loc[code, f"name_{words.language}"]) for code in codes]
        joined = dict(zip(names, (str(areas.loc[code, "and_cy"]) for code in codes), strict=True))
        said["areas"] = joined_words(names, words.language, with_and=joined)
    if "reason" in values:
        said["reason"] = words.say(f"reason.{values['reason']}")
    return said


def _row(record: Said, position: int) -> dict[str, object]:
    place = record.place
    return {
        "sentence": record.sentence,
        "chapter": place.chapter,
        "place": place.part,
        "position": position,
        "area": place.area,
        "edition": record.edition,
        "item": place.item,
        "periods": ";".join(record.periods),
        "values": json.dumps(dict(record.values), ensure_ascii=False, sort_keys=True),
        "verdict": record.verdict,
        "test": record.test,
        "cells": "; ".join(record.cells),
        "template": record.template,
    }
