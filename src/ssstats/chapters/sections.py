"""National chapters: each section of the guidance with its counts, measures and charts."""

from __future__ import annotations

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.breakdowns import breakdown_tables
from ssstats.chapters.commentary import opening, paragraphs
from ssstats.chapters.passages import (
    LONG_SERIES,
    counts_table,
    heading,
    join,
    long_series_table,
    measures_table,
    recent_periods,
    shorthand,
)
from ssstats.chapters.pictures import count_through_years, measure_by_authority
from ssstats.chapters.release import CHAPTERS, INTRODUCTION, Release
from ssstats.chapters.rows import Row


def chapter_introduction(release: Release, chapter: str) -> str:
    """Return what the chapter is about and what the shorthand in its tables means."""
    words = release.words
    return join(
        opening(
            release,
            chapter,
            INTRODUCTION,
            words.say(f"chapter.{chapter}.lead", year=release.year_words(str(release.period))),
        ),
        shorthand(release),
    )


def section(release: Release, domain: str, order: int) -> str:
    """Return one section: counts of Wales by year, measures with limits, featured charts.

    A section without any data in the release is left out; the first page lists those.
    """
    identity = section_identity(domain, order)
    title = release.words.say(f"section.{domain}.{order}")
    chosen = collected_metrics(release).get((domain, order), [])
    known = [
        row["reference"] for row in chosen if release.holds(METRIC_EDITION, [row["reference"]])
    ]
    if not known:
        return ""
    at_source = release.tables.facts["protected_at_source"]
    lead = "section.source-lead" if at_source else "section.coverage-lead"
    chapter = _chapter_of(domain)
    return join(
        heading(2, title, identity),
        opening(release, chapter, identity, release.words.say(lead)),
        _counts(release, known, identity, title),
        *breakdown_tables(release, known, identity),
        _section_measures(release, domain, chosen[0]["section"], identity, title),
        _in_words(release, domain, chosen[0]["section"], known, identity),
        *_featured(release, domain, order, identity),
    )


def section_identity(domain: str, order: int) -> str:
    """Return the name of a section in addresses and in texts written by hand: carers-adult-16."""
    return f"{domain.replace('_', '-')}-{order}"


def section_identities(release: Release, chapter: str) -> list[str]:
    """Return the sections of a chapter that the release has data for."""
    return [
        section_identity(domain, order)
        for (domain, order), rows in collected_metrics(release).items()
        if domain in CHAPTERS[chapter]
        and release.holds(METRIC_EDITION, [row["reference"] for row in rows])
    ]


def collected_metrics(release: Release) -> dict[tuple[str, int], list[Row]]:
    """Return the metrics that each section of the guidance collects, in its order."""
    sections: dict[tuple[str, int], list[Row]] = {}
    for row in release.metrics:
        if row["collected"] == "yes":
            sections.setdefault((row["domain"], int(row["section_order"])), []).append(row)
    return sections


def _chapter_of(domain: str) -> str:
    return next(name for name, domains in CHAPTERS.items() if domain in domains)


def _counts(release: Release, known: list[str], identity: str, title: str) -> str:
    if len(known) == 1 and len(release.periods_of(METRIC_EDITION)) > LONG_SERIES:
        return long_series_table(
            release, f"{identity}-counts", METRIC_EDITION, known[0], [release.wales]
        )
    return counts_table(
        release,
        identity=f"{identity}-counts",
        caption=release.words.say("table.counts-of-wales", title=title),
        edition=METRIC_EDITION,
        references=known,
        area=release.wales,
    )


def _section_measures(
    release: Release, domain: str, section_name: str, identity: str, title: str
) -> str:
    period = recent_periods(release, METRIC_EDITION)[-1]
    known = [
        row["measure"]
        for row in _measures_of(release, domain, section_name)
        if row["edition"] == METRIC_EDITION
        and row["tier"] == "core"
        and release.estimate(row["measure"], release.wales, period) is not None
    ]
    if not known:
        return ""
    return measures_table(
        release,
        identity=f"{identity}-measures",
        caption=release.words.say("table.measures-of-wales", title=title, period=period),
        measures=known,
        area=release.wales,
        period=period,
    )


def _in_words(
    release: Release, domain: str, section_name: str, known: list[str], identity: str
) -> str:
    """Return a paragraph for each figure of the section that the commentary speaks of."""
    own = [row["measure"] for row in _measures_of(release, domain, section_name)]
    text = paragraphs(release, _chapter_of(domain), [*known, *own])
    title = heading(3, release.words.say("commentary.measures"), f"{identity}-words")
    return join(title, text) if text else ""


def _measures_of(release: Release, domain: str, section_name: str) -> list[Row]:
    return [
        row
        for row in release.measures_by_id.values()
        if row["domain"] == domain and row["section"] == section_name
    ]


def _featured(release: Release, domain: str, order: int, identity: str) -> list[str]:
    period = recent_periods(release, METRIC_EDITION)[-1]
    chosen = [
        (row["kind"], row["item"])
        for row in release.featured
        if row["place"] == f"{domain}.{order}" and row["kind"] in ("series", "authorities")
    ]
    passages = []
    for number, (kind, item) in enumerate(chosen, start=1):
        name = f"{identity}-{number}"
        if kind == "series" and release.holds(METRIC_EDITION, [item]):
            passages.append(count_through_years(release, METRIC_EDITION, item, release.wales, name))
        if kind == "authorities" and release.estimate(item, release.wales, period) is not None:
            passages.append(measure_by_authority(release, item, period, name))
    return passages
