"""The release's first page: what it is, and the main points."""

from __future__ import annotations

import pandas as pd

from ssstats.chapters.passages import heading, join, rounding_sentence
from ssstats.chapters.release import Release
from ssstats.formatting import format_count
from ssstats.tables import escape

_EDITION = "2020-proposed"
_DOMAINS = ("adults", "children", "carers", "workforce")
# Guidance on writing about statistics: no more than six headlines a section.
_MOST_POINTS = 6
_MOST_TOPICS = 4


def front_page(release: Release) -> str:
    """Return title matter and main points; a point whose figure is not published is left out."""
    words = release.words
    points = []
    for domain in _DOMAINS:
        lines = _points(release, domain)
        if lines:
            points.append(
                join(
                    heading(3, words.say(f"chapter.{domain}.title"), f"main-points-{domain}"),
                    "\n".join(f"- {line}" for line in lines[:_MOST_POINTS]),
                )
            )
    return join(
        words.say(
            "front.lead", year=release.year_words(str(release.period)), topics=topics(release)
        ),
        words.say("front.source", origins="; ".join(_origins(release))),
        heading(2, words.say("front.main-points"), "main-points"),
        "::: {.main-points}",
        *points,
        ":::",
        heading(2, words.say("front.reading"), "reading"),
        rounding_sentence(release),
        words.say("front.limits"),
        words.say("front.absent"),
        _left_out(release),
    )


def _points(release: Release, domain: str) -> list[str]:
    featured = release.catalogue.featured
    chosen = featured[(featured["place"] == f"front.{domain}") & (featured["kind"] == "point")]
    lines = (_point(release, str(item)) for item in chosen["item"])
    return [line for line in lines if line]


def _point(release: Release, item: str) -> str:
    if "/" in item:
        return _count_point(release, item)
    return _measure_point(release, item)


def _count_point(release: Release, reference: str) -> str:
    """Return a sentence on one count: the figure, its base, last year's as a fact beside it."""
    words, period = release.words, str(release.period)
    found = release.count(_EDITION, reference, release.wales, period)
    if found is None or found["marker"]:
        return ""
    text = words.say(
        f"point.{reference}",
        value=format_count(found["value"], ""),
        year=release.period.end,
    )
    return text + _last_year(release, reference) + _coverage(release, found) + "."


def _last_year(release: Release, reference: str) -> str:
    words = release.words
    previous = str(release.period.back())
    before = release.count(_EDITION, reference, release.wales, previous)
    metrics = release.catalogue.metrics
    domain = metrics.loc[metrics["reference"] == reference, "domain"].iloc[0]
    broken = release.break_reason(_EDITION, reference, domain, str(release.period))
    if before is None or before["marker"] or broken:
        return ""
    return words.say("point.last-year", value=format_count(before["value"], ""))


def _coverage(release: Release, row: pd.Series) -> str:
    if pd.isna(row["answered"]) or row["answered"] == row["expected"]:
        return ""
    return " " + release.words.say(
        "point.coverage", answered=int(row["answered"]), expected=int(row["expected"])
    )


def _measure_point(release: Release, measure: str) -> str:
    period = str(release.period)
    found = release.estimate(measure, release.wales, period)
    if found is None or found["marker"]:
        return ""
    text = release.words.say(
        f"point.{measure}", value=release.estimate_text(found), year=release.period.end
    )
    if pd.notna(found["lower"]):
        text += " " + release.words.say(
            "point.limits",
            lower=release.estimate_text(found, "lower"),
            upper=release.estimate_text(found, "upper"),
        )
    return text + _coverage(release, found) + "."


def topics(release: Release) -> str:
    """Return what the release holds: its sections where they are few, else its groups."""
    words = release.words
    held = _sections(release, held=True)
    names = [words.say(f"section.{domain}.{order}") for domain, order in held]
    if len(held) > _MOST_TOPICS:
        names = [words.say(f"domain.{domain}") for domain in dict.fromkeys(d for d, _ in held)]
    return "; ".join(name[:1].lower() + name[1:] for name in names)


def _origins(release: Release) -> list[str]:
    """Return where the returns came from, in words where the words tables have some."""
    words = release.words
    origins: list[str] = release.tables.facts["origins"] or ["authority"]  # type: ignore[assignment]
    return [
        words.say(f"origin.{origin}") if words.has(f"origin.{origin}") else escape(origin)
        for origin in origins
    ]


def _left_out(release: Release) -> str:
    """Return which sections of the guidance have no data in this release."""
    lines = [
        f"- {escape(release.words.say(f'domain.{domain}'))}: "
        f"{escape(release.words.say(f'section.{domain}.{order}'))}"
        for domain, order in _sections(release, held=False)
    ]
    if not lines:
        return ""
    return join(
        heading(2, release.words.say("front.left-out"), "left-out"),
        release.words.say("front.left-out-lead"),
        "\n".join(lines),
    )


def _sections(release: Release, *, held: bool) -> list[tuple[str, int]]:
    """Return domain and order of the guidance's sections that the release holds, or does not."""
    metrics = release.catalogue.metrics
    collected = metrics[(metrics["edition"] == _EDITION) & (metrics["collected"] == "yes")]
    return [
        (domain, order)
        for (domain, order), rows in collected.groupby(["domain", "section_order"], sort=False)
        if release.holds(_EDITION, list(rows["reference"])) is held
    ]
