"""The page of a measure: Wales through the years, a map, authorities, how figures were made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan

from markupsafe import Markup

from ssstats.chapters.release import Release
from ssstats.charts import Point, Tile, series_with_limits, tile_map
from ssstats.measure_pages.definitions import facts_of_measure
from ssstats.measure_pages.figures import Figures
from ssstats.measure_pages.markup import (
    Head,
    figure,
    link,
    named,
    sentences,
    table_of_figures,
)
from ssstats.measure_pages.shared import PARTS, Figure


@dataclass(frozen=True)
class Passage:
    """A section of a page: its name in links, its heading, its markup."""

    identifier: str
    title: str
    body: Markup


@dataclass(frozen=True)
class Page:
    """What stands on one page under its title."""

    title: str
    facts: list[tuple[str, Markup]]
    passages: list[Passage]


def page_of(figures: Figures, measure: str) -> Page:
    """Return the page of a measure."""
    release, rows = figures.release, figures.shared.measures[measure]
    words, label = release.words, release.measure_label(measure)
    latest = max(row.period for row in rows)
    return Page(
        title=label,
        facts=facts_of_measure(figures, measure, rows),
        passages=[
            Passage("of-wales", release.name(release.wales), _wales(figures, measure, label, rows)),
            Passage(
                "authorities",
                words.say("part.authorities"),
                _authorities(figures, label, [row for row in rows if row.period == latest]),
            ),
            Passage("made", words.say("measure-page.made"), _made(figures, label, rows)),
        ],
    )


def _wales(figures: Figures, measure: str, label: str, rows: Sequence[Figure]) -> Markup:
    """Return what is said of Wales, and its series as a drawing and as a table."""
    release = figures.release
    words, own = release.words, [row for row in rows if row.area == release.wales]
    periods = [row.period for row in own]
    names = {"area": release.name(release.wales), "first": periods[0], "last": periods[-1]}
    caption = words.say("figure.through-years", metric=label, **names)
    points = [
        Point(row.period, row.value_text, row.value, row.lower, row.upper, "b" in row.flags)
        for row in own
    ]
    gaps = sum(isnan(row.value) for row in own)
    label_of_figure = f"{words.say('render.figure')} 1"
    drawing = series_with_limits(
        points,
        identity="fig-series",
        title=f"{label_of_figure}: {caption}",
        description=words.say("measure-page.series-alt", measure=label, gaps=gaps, **names),
    )
    body = [(named(row.period), row.cells, figures.remark(row), "") for row in own]
    said = sentences(figures.said_of(measure, release.wales))
    return (
        said
        + figure("fig-series", label_of_figure, caption, drawing)
        + table_of_figures(
            "tbl-wales", _numbered(release, 1), caption, _heads(release, "table.year"), body
        )
    )


def _heads(release: Release, *first: str) -> list[Head]:
    words = release.words
    return [
        *(Head(words.say(key), of_words=True, unbroken=key == "table.year") for key in first),
        *(Head(words.say(f"table.{part}")) for part in PARTS),
        Head(words.say("table.remark"), of_words=True),
    ]


def _numbered(release: Release, number: int) -> str:
    return f"{release.words.say('render.table')} {number}"


def _authorities(figures: Figures, label: str, rows: Sequence[Figure]) -> Markup:
    """Return the latest year as a map of tiles and as a table."""
    release = figures.release
    words, period = release.words, rows[0].period
    caption = words.say("measure-page.map-caption", measure=label, period=period)
    own = [row for row in rows if row.area != release.wales]
    shown = sum(not isnan(row.value) for row in own)
    label_of_figure = f"{words.say('render.figure')} 2"
    drawing = tile_map(
        list(_tiles(figures, own)),
        identity="fig-map",
        title=f"{label_of_figure}: {caption}",
        description=words.say(
            "measure-page.map-alt",
            measure=label, period=period, shown=shown, hidden=len(own) - shown,
        ),
    )  # fmt: skip
    body = [
        (
            link(f"#{_name(release, row)}", release.name(row.area)),
            row.cells,
            figures.remark(row),
            "",
        )
        for row in rows
    ]
    return figure(
        "fig-map", label_of_figure, caption, drawing, words.say("measure-page.map-note")
    ) + table_of_figures(
        "tbl-authorities",
        _numbered(release, 2),
        words.say("table.by-authority", measure=label, period=period),
        _heads(release, "table.authority"),
        body,
    )


def _tiles(figures: Figures, rows: Sequence[Figure]) -> Iterator[Tile]:
    for row in rows:
        name = figures.release.name(row.area)
        yield Tile(*figures.shared.places[row.area], name, row.value_text, row.value)


def _name(release: Release, row: Figure) -> str:
    """Return the name in links of one figure: powys-2024-25."""
    return f"{release.slugs[row.area]}-{row.period}"


def _made(figures: Figures, label: str, rows: Sequence[Figure]) -> Markup:
    """Return every figure of all years with what it was made from."""
    release = figures.release
    words, latest = release.words, max(row.period for row in rows)
    heads, years = figures.heads, figures.year_cells
    body = [
        (
            heads[row.area, row.period == latest],
            years[row.period] + row.cells,
            figures.remark(row),
            _name(release, row),
        )
        for row in rows
    ]
    text = f"{words.say('measure-page.made-measure')} {figures.protection}"
    return Markup("<p>{}</p>").format(text) + table_of_figures(
        "tbl-made",
        _numbered(release, 3),
        words.say("measure-page.made-caption", measure=label),
        _heads(release, "table.authority", "table.year"),
        body,
    )
