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
from ssstats.words import word_table

SIGNOFFS_FILE = "signoffs.csv"
LANGUAGE = "cy"
# Texts of this grade were seen word for word in a public Welsh source and need no signature.
SEEN = "A"


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
    words = word_table(folder)
    hashes = dict(zip(words["key"], map(text_hash, words["key"], words["en"], words["cy"]),
                      strict=True))  # fmt: skip
    signoffs = read_signoffs(folder)
    return {
        key
        for key, signed in zip(signoffs["key"], signoffs["text_hash"], strict=True)
        if hashes.get(key) == signed
    }


def awaiting_translator(folder: Path) -> pd.DataFrame:
    """Return the texts that no translator has signed and no public source shows word for word.

    Returns
    -------
    DataFrame
        Columns key, en, cy, grade, source, file: one row a text, in the order of the files.
    """
    words = word_table(folder)
    waiting = words[(words["grade"] != SEEN) & ~words["key"].isin(signed_keys(folder))]
    columns = ["key", "en", "cy", "grade", "source", "file"]
    return waiting[columns].reset_index(drop=True)


def text_hash(key: str, english: str, text: str) -> str:
    """Return what tells a pair of texts of a key from any other."""
    return hashlib.sha256(f"{key}\n{english}\n{text}".encode()).hexdigest()[:16]
