"""The release's first page: what it is, and the main points."""

from __future__ import annotations

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.commentary import added, opening, points
from ssstats.chapters.passages import heading, join, rounding_sentence
from ssstats.chapters.release import INTRODUCTION, Release
from ssstats.chapters.sections import collected_metrics
from ssstats.tables import escape

_DOMAINS = ("adults", "children", "carers", "workforce")
_MOST_TOPICS = 4


def front_page(release: Release) -> str:
    """Return title matter and the main points."""
    words = release.words
    passages = []
    for domain in _DOMAINS:
        title = heading(3, words.say(f"chapter.{domain}.title"), f"main-points-{domain}")
        if own := points(release, "index", domain):
            passages.append(join(title, own, added(release, "index", domain)))
    return join(
        opening(
            release,
            "index",
            INTRODUCTION,
            words.say(
                "front.lead", year=release.year_words(str(release.period)), topics=topics(release)
            ),
        ),
        words.say("front.source", origins="; ".join(_origins(release))),
        words.say("front.english-only") if release.english_only else "",
        heading(2, words.say("front.main-points"), "main-points"),
        "::: {.main-points}",
        *passages,
        ":::",
        heading(2, words.say("front.reading"), "reading"),
        opening(release, "index", "reading", rounding_sentence(release)),
        words.say("front.limits"),
        words.say("front.absent"),
        _left_out(release),
    )


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
    return [
        section
        for section, rows in collected_metrics(release).items()
        if release.holds(METRIC_EDITION, [row["reference"] for row in rows]) is held
    ]
