"""The whole commentary of a release: which sentences stand where, as records in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ssstats.catalogue.names import CODE_EDITION
from ssstats.chapters.release import CHAPTERS, FRAMEWORK, PARAGRAPHS, Release
from ssstats.commentary.changing import change, stands_alone
from ssstats.commentary.figures import is_metric
from ssstats.commentary.records import Place, Said
from ssstats.commentary.rules import CommentaryRules
from ssstats.commentary.selecting import (
    candidates,
    main_points,
    measures_of_code,
    measures_of_sections,
    own_main_items,
    standing_out,
)
from ssstats.commentary.statements import (
    Commented,
    absent,
    beside_wales,
    level,
    longer_view,
    reliability,
)
from ssstats.commentary.tallies import AuthorityTallies, release_tallies

MAIN_POINTS = "main-points"


def compose_commentary(
    release: Release, rules: CommentaryRules, *, awaiting: int = 0
) -> list[Said]:
    """Return the records of every sentence of a release, in the order of its pages.

    Parameters
    ----------
    release : Release
        Published tables; its language changes nothing.
    rules : CommentaryRules
        How many points, from which base, from which year.
    awaiting : int
        How many texts of the release await a translator.
    """
    told = Commented(release, rules)
    if not told.period:
        return []
    records = [*_front(told), *_national(told), *_of_code(release, rules)]
    records += release_tallies(told, awaiting=awaiting)
    items, tallies = own_main_items(told), AuthorityTallies.of(told)
    for authority in release.authorities:
        records += _authority(told, authority, items, tallies)
    return records


def _front(told: Commented) -> Iterator[Said]:
    for chapter in CHAPTERS:
        wales = told.release.wales
        places = candidates(told, "index", chapter, wales, f"front.{chapter}")
        for place in main_points(told, places):
            yield from level(told, place, template=f"point.{place.item}")
            yield from change(told, place)
            yield from longer_view(told, place)


def _national(told: Commented) -> Iterator[Said]:
    for chapter, domains in CHAPTERS.items():
        for place in measures_of_sections(told, chapter, domains):
            yield from _level_and_change(told, place)
            yield from absent(told, place)


def _of_code(release: Release, rules: CommentaryRules) -> Iterator[Said]:
    """Return what is said of the measures of the 2016 code, for the last year that it stood."""
    told = Commented(release, rules, CODE_EDITION)
    if not told.period:
        return
    for place in measures_of_code(told, FRAMEWORK):
        yield from _level_and_change(told, place)
        yield from longer_view(told, place)
        yield from absent(told, place)


def _authority(
    told: Commented, authority: str, items: Sequence[str], tallies: AuthorityTallies
) -> Iterator[Said]:
    areas = told.release.areas
    slug = str(areas.loc[areas["area"] == authority, "slug"].iloc[0])
    chapter = f"authority-{slug}"
    points = [Place(chapter, MAIN_POINTS, authority, item) for item in items]
    for place in standing_out(told, points):
        yield from _level_and_change(told, place)
    for place in (Place(chapter, PARAGRAPHS, authority, item) for item in items):
        yield from _level_and_change(told, place)
        if is_metric(place.item):
            yield from longer_view(told, place)
    yield from tallies.said(chapter, authority)


def _level_and_change(told: Commented, place: Place) -> Iterator[Said]:
    """Return the figure, how it changed, where it lies beside Wales, and how reliable it is."""
    # A sentence that gives both ends says the figure: it is not said twice.
    whole = stands_alone(told, place)
    if not whole:
        yield from level(told, place)
    yield from change(told, place, whole=whole)
    if place.area != told.release.wales:
        yield from beside_wales(told, place)
    yield from reliability(told, place)
