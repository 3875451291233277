"""The texts that a build takes: Welsh that may await a translator, and what people wrote."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ssstats.errors import CatalogueError, UsageError, listed
from ssstats.project import Project
from ssstats.release.options import ReleaseOptions
from ssstats.wording import awaiting_translator

_WELSH = "cy"


def check_texts(options: ReleaseOptions, project: Project) -> None:
    """Raise before any work where the texts that the options ask for are not to be had.

    Raises
    ------
    UsageError
        If the folder of texts by hand is none, or strict Welsh is asked of a release in English.
    CatalogueError
        If strict Welsh is asked for and texts await a translator.
    """
    if options.commentary is not None and not options.commentary.is_dir():
        raise UsageError(
            f"{options.commentary}: no folder is here; give the folder that holds en/ and cy/ "
            "with texts written by hand"
        )
    if options.strict_welsh and _WELSH not in options.languages:
        raise UsageError("--strict-welsh is for releases in Welsh; add cy to the languages")
    waiting = texts_awaiting(options, project) if options.strict_welsh else None
    if waiting is not None and len(waiting):
        raise CatalogueError(
            f"{len(waiting)} Welsh texts await a translator ({listed(waiting['key'], most=5)}); "
            "ssstats words export --awaiting FILE writes them, ssstats words import takes them "
            "back signed; or build without --strict-welsh"
        )


def texts_awaiting(options: ReleaseOptions, project: Project) -> pd.DataFrame | None:
    """Return the texts that await a translator, None for a release in English alone."""
    return awaiting_translator(project.catalogue) if _WELSH in options.languages else None


def folder_by_hand(options: ReleaseOptions, project: Project) -> Path:
    """Return the folder of texts written by hand; it need not exist."""
    return options.commentary or project.handwritten / str(options.period)
