"""Which Welsh texts a translator has signed, and which still wait for one.

A signature belongs to a text, not to a key: where the Welsh or the English behind it changes,
the signature no longer counts.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd

from ssstats.catalogue.reading import read_table
from ssstats.catalogue.schema import check_table, read_schema
from ssstats.errors import CatalogueError
from ssstats.wording.tables import translated_texts

SIGNOFFS_FILE = "signoffs.csv"
LANGUAGE = "cy"
# Texts of this grade were seen word for word in a public Welsh source and need no signature.
SEEN = "A"
TEMPLATE_COLUMNS = ("key", "en", "cy", "source", "grade", "signed_by", "signed_on")
# Which texts are templates of sentences: those of records, and two that open a table.
_SENTENCES = ("said.", "point.")
_LEADS = ("signals.authority-lead", "changes.authority-lead")


def read_signoffs(folder: Path) -> pd.DataFrame:
    """Return the sign-offs of a catalogue folder as text.

    Raises
    ------
    CatalogueError
        If the table is missing or breaks its schema.
    """
    schema = read_schema(folder / "schemas" / "signoffs.json")
    table = read_table(folder / SIGNOFFS_FILE, schema)
    if offences := check_table(table, schema):
        raise CatalogueError("\n".join(offences))
    return table


def signed_keys(folder: Path) -> set[str]:
    """Return the keys whose Welsh text is the one that was signed."""
    return set(valid_signoffs(folder)["key"])


def valid_signoffs(folder: Path) -> pd.DataFrame:
    """Return the sign-offs whose text is still the one that was signed."""
    texts = translated_texts(folder)
    known = map(text_hash, texts["key"], texts["en"], texts["cy"])
    hashes = dict(zip(texts["key"], known, strict=True))
    signoffs = read_signoffs(folder)
    return signoffs[signoffs["key"].map(hashes) == signoffs["text_hash"]]


def awaiting_translator(folder: Path) -> pd.DataFrame:
    """Return the texts that no translator has signed and no public source shows word for word.

    Returns
    -------
    DataFrame
        Columns key, en, cy, grade, source, file: one row a text, in the order of the files.
    """
    words = translated_texts(folder)
    waiting = words[(words["grade"] != SEEN) & ~words["key"].isin(signed_keys(folder))]
    columns = ["key", "en", "cy", "grade", "source", "file"]
    return waiting[columns].reset_index(drop=True)


def sentence_templates(folder: Path) -> pd.DataFrame:
    """Return the templates of sentences, with the source of their Welsh and who signed it when.

    Returns
    -------
    DataFrame
        Columns `TEMPLATE_COLUMNS`, one row a template in the order of the files; a signature that
        fell because the text changed is blank.
    """
    texts = translated_texts(folder)
    own = texts[texts["key"].str.startswith(_SENTENCES) | texts["key"].isin(_LEADS)]
    signed = own.merge(valid_signoffs(folder), on="key", how="left")
    return signed[list(TEMPLATE_COLUMNS)].fillna("")


def text_hash(key: str, english: str, text: str) -> str:
    """Return what tells a pair of texts of a key from any other."""
    return hashlib.sha256(f"{key}\n{english}\n{text}".encode()).hexdigest()[:16]
