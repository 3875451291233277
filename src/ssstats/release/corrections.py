"""The page of a correction: why it was made, what it replaces, and which figures moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from ssstats.chapters import Release
from ssstats.measure_pages.markup import Head, Row, table
from ssstats.outputs.corrections import CORRECTIONS
from ssstats.release.states import State
from ssstats.render import Destinations, SiteFrame
from ssstats.words import Words, date_words

_ADDRESS = "corrections/index.html"
# From the page's folder to the release's data.
_DATA = "../../../data"
_SHOWN = 500
_DIGITS = 12


def with_correction(destinations: Destinations, words: Words) -> Destinations:
    """Return the pages that every page's contents name, the page of the correction first."""
    return replace(
        destinations, pages={words.say("correction.title"): _ADDRESS, **destinations.pages}
    )


def said_of_correction(state: State, words: Words) -> str:
    """Return when and why a release was corrected."""
    why = {"en": state.why, "cy": state.why_cy}[words.language]
    day = date_words(date.fromisoformat(state.on), words.language)
    return words.say("correction.why", on=day, why=why)


def write_correction_page(release: Release, state: State, frame: SiteFrame, data: Path) -> Path:
    """Write the page into a site and return its path.

    Parameters
    ----------
    data : Path
        The release's data folder, which holds corrections.csv.
    """
    words = release.words
    figures = pd.read_csv(data / CORRECTIONS, dtype=str, keep_default_na=False)
    (frame.folder / _ADDRESS).parent.mkdir()
    return frame.write(
        "correction.html",
        _ADDRESS,
        words.say("correction.title"),
        texts=[
            f"{said_of_correction(state, words)}.",
            words.say("correction.kept", manifest=state.replaces[:_DIGITS]),
        ],
        figures=_figures(release, figures),
        data=f"{_DATA}/{CORRECTIONS}",
        download=words.say("correction.download"),
    )


def _figures(release: Release, figures: pd.DataFrame) -> Markup:
    words = release.words
    if figures.empty:
        return Markup("<p>{}</p>").format(words.say("correction.none"))
    shown = figures.head(_SHOWN)
    heads = [
        Head(words.say("correction.column.figure"), of_words=True),
        Head(words.say("correction.column.area"), of_words=True),
        Head(words.say("table.year"), of_words=True),
        Head(words.say("correction.column.what"), of_words=True),
        Head(words.say("correction.column.before")),
        Head(words.say("correction.column.now")),
    ]
    title = words.say("correction.figures")
    number = words.say("correction.number", shown=f"{len(shown):,}", all=f"{len(figures):,}")
    return table("tbl-corrected", title, number, heads, _rows(release, shown))


def _rows(release: Release, figures: pd.DataFrame) -> Iterator[Row]:
    for row in figures.itertuples():
        name = _name(release, str(row.edition), str(row.figure))
        yield Row(
            f"{name} {row.breakdown}".strip(),
            [
                release.name(str(row.area)),
                str(row.period),
                release.words.say(f"correction.what.{row.what}"),
                _printed(str(row.before)),
                # A blank last column would be left out.
                _printed(str(row.now)) or "\u2013",
            ],
        )


def _name(release: Release, edition: str, figure: str) -> str:
    """Return the label of a metric or measure with its reference; of a sum, the reference."""
    if figure in set(release.catalogue.measures["measure"]):
        return f"{release.measure_label(figure)} ({figure})"
    metrics = release.catalogue.metrics
    known = metrics["edition"].eq(edition) & metrics["reference"].eq(figure)
    return f"{release.label(edition, figure)} ({figure})" if known.any() else figure


def _printed(text: str) -> str:
    """Return a number with thousands commas; a marker as it is."""
    whole, point, decimals = text.partition(".")
    return f"{int(whole):,}{point}{decimals}" if whole.lstrip("-").isdigit() else text
