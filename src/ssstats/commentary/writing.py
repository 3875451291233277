"""Writes a release's commentary beside its tables: one row a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ssstats.chapters.release import COMMENTARY_FILE, Release
from ssstats.commentary.composing import compose_commentary
from ssstats.commentary.records import commentary_table
from ssstats.commentary.rules import read_commentary_rules
from ssstats.disclosure.release_tables import write_csv
from ssstats.words import Words


def write_commentary(
    release: Release, folder: Path, *, rules: Path, languages: Mapping[str, Words]
) -> None:
    """Write commentary.csv into a release's data folder.

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

    Raises
    ------
    CatalogueError
        If the rules cannot be read, or a language lacks a text.
    """
    said = compose_commentary(release, read_commentary_rules(rules))
    write_csv(commentary_table(said, languages, release.areas), folder / COMMENTARY_FILE)
