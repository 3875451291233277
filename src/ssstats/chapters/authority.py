"""An authority's own page: its figures, its last years, beside Wales, and what is not known."""

from __future__ import annotations

from collections import Counter

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.breakdowns import category_table
from ssstats.chapters.commentary import added, opening, paragraphs, points, statements
from ssstats.chapters.local import local_metrics
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
from ssstats.chapters.pictures import count_through_years, measures_beside_wales
from ssstats.chapters.release import INTRODUCTION, Release
from ssstats.errors import UsageError, listed

_DOMAINS = ("adults", "children", "carers", "workforce")


def authority_introduction(release: Release, authority: str) -> str:
    """Return whose page it is and what the shorthand in its tables means.

    Raises
    ------
    UsageError
        If the code is not that of an authority.
    """
    if authority not in release.authorities:
        raise UsageError(
            f"authority {authority!r} is not known; use one of {listed(release.authorities)}"
        )
    year = release.year_words(_latest(release))
    chapter = f"authority-{_slug(release, authority)}"
    lead = release.words.say("authority.lead", area=release.name(authority), year=year)
    return join(
        opening(release, chapter, INTRODUCTION, lead),
        shorthand(release),
        _standing_out(release, authority),
    )


def authority_beside_wales(release: Release, authority: str) -> str:
    """Return the authority's measures with their limits beside those of Wales."""
    words, slug, period = release.words, _slug(release, authority), _latest(release)
    return join(
        heading(2, words.say("authority.beside-wales"), f"{slug}-measures"),
        opening(release, f"authority-{slug}", "measures", words.say("authority.limits-lead")),
        _percentages(release, authority, slug, period),
        *_domain_tables(release, authority, slug, period),
        _in_words(release, authority, "key"),
    )


def authority_years(release: Release, authority: str) -> str:
    """Return the authority's main counts over the years, as a table and as charts."""
    slug = _slug(release, authority)
    return join(
        heading(2, release.words.say("authority.years"), f"{slug}-years"),
        added(release, f"authority-{slug}", "years"),
        _years(release, authority, slug),
        _in_words(release, authority, "count"),
        *_series(release, authority, slug),
        *_details(release, authority, slug),
        local_metrics(release, authority, METRIC_EDITION, slug),
    )


def authority_gaps(release: Release, authority: str) -> str:
    """Return what the authority did not return and which exceptions it recorded."""
    slug = _slug(release, authority)
    return join(
        heading(2, release.words.say("authority.gaps"), f"{slug}-gaps"),
        " ".join(statements(release, f"authority-{slug}", "gaps")),
        _gaps(release, authority, _latest(release)),
        added(release, f"authority-{slug}", "gaps"),
    )


def _standing_out(release: Release, authority: str) -> str:
    """Return the main points of the page: what changed, or lies off Wales, beyond chance."""
    words, slug = release.words, _slug(release, authority)
    own = points(release, f"authority-{slug}", "main-points", labelled=True)
    return join(
        heading(2, words.say("commentary.stands-out"), f"{slug}-main-points"),
        opening(
            release,
            f"authority-{slug}",
            "main-points",
            words.say("commentary.stands-out-lead" if own else "commentary.stands-out-none"),
        ),
        own,
    )


def _in_words(release: Release, authority: str, kind: str) -> str:
    slug = _slug(release, authority)
    text = paragraphs(release, f"authority-{slug}", _chosen(release, kind))
    title = heading(3, release.words.say("commentary.measures"), f"{slug}-{kind}-words")
    return join(title, text) if text else ""


def _latest(release: Release) -> str:
    return recent_periods(release, METRIC_EDITION)[-1]


def _slug(release: Release, authority: str) -> str:
    return release.slugs[authority]


def _chosen(release: Release, kind: str, domain: str = "") -> list[str]:
    return [
        row["item"]
        for row in release.featured
        if row["kind"] == kind
        and row["place"].startswith("authority")
        and (not domain or row["place"] == f"authority.{domain}")
    ]


def _percentages(release: Release, authority: str, slug: str, period: str) -> str:
    return measures_beside_wales(
        release, _chosen(release, "key"), authority, period, f"{slug}-percentages"
    )


def _domain_tables(release: Release, authority: str, slug: str, period: str) -> list[str]:
    passages = []
    for domain in _DOMAINS:
        known = [
            measure
            for measure in _chosen(release, "key", domain)
            if release.estimate(measure, authority, period) is not None
        ]
        if not known:
            continue
        passages.append(
            measures_table(
                release,
                identity=f"{slug}-{domain}",
                caption=release.words.say(
                    "table.measures-of-authority",
                    title=release.words.say(f"chapter.{domain}.title"),
                    area=release.name(authority),
                    period=period,
                ),
                measures=known,
                area=authority,
                period=period,
            )
        )
    return passages


def _years(release: Release, authority: str, slug: str) -> str:
    references = [r for r in _chosen(release, "count") if release.holds(METRIC_EDITION, [r])]
    if not references:
        return ""
    if len(release.periods_of(METRIC_EDITION)) > LONG_SERIES and len(references) == 1:
        areas = [authority, release.wales]
        return long_series_table(release, f"{slug}-counts", METRIC_EDITION, references[0], areas)
    return counts_table(
        release,
        identity=f"{slug}-counts",
        caption=release.words.say("table.counts-of-authority", area=release.name(authority)),
        edition=METRIC_EDITION,
        references=references,
        area=authority,
    )


def _series(release: Release, authority: str, slug: str) -> list[str]:
    return [
        count_through_years(release, METRIC_EDITION, reference, authority, f"{slug}-{number}")
        for number, reference in enumerate(_chosen(release, "series"), start=1)
        if release.holds(METRIC_EDITION, [reference])
    ]


def _gaps(release: Release, authority: str, period: str) -> str:
    """Return which collected metrics the authority did not return, by section."""
    words = release.words
    absent = release.absent_of(METRIC_EDITION, period, authority)
    gaps = Counter(
        (row["domain"], row["section_order"])
        for row in release.metrics
        if row["reference"] in absent
    )
    lines = []
    for (domain, order), number in sorted(gaps.items()):
        title = words.say(f"section.{domain}.{order}")
        group = words.say(f"domain.{domain}")
        lines.append("- " + words.say_counted("gap.section", number, group=group, title=title))
    for row in release.rows_of("exceptions", authority, period):
        reference, decision = row["reference"], words.say(f"decision.{row['decision']}")
        lines.append("- " + words.say("gap.exception", reference=reference, decision=decision))
    return "\n".join(lines) or words.say("gap.none")


def _details(release: Release, authority: str, slug: str) -> list[str]:
    """Return one table a metric that was returned by category, such as age and gender."""
    period = _latest(release)
    own = [
        reference
        for reference in release.metrics_by_category(METRIC_EDITION, period)
        if authority in release.categories_of(METRIC_EDITION, period, reference)
    ]
    return [
        category_table(release, reference, authority, period, f"{slug}-detail-{number}")
        for number, reference in enumerate(own, start=1)
    ]
