"""The quality chapter: coverage, exceptions, breaks, checks, disclosure control, method."""

from __future__ import annotations

from datetime import date
from typing import Any

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.commentary import added, opening, statements
from ssstats.chapters.passages import (
    heading,
    join,
    recent_periods,
    shorthand,
)
from ssstats.chapters.release import INTRODUCTION, Release
from ssstats.chapters.templates import sentence_templates, translation
from ssstats.tables import Column, Table, escape, markdown_of_table
from ssstats.words import date_words


def quality_introduction(release: Release) -> str:
    """Return what the chapter is for and what the shorthand means."""
    return join(
        opening(release, "quality", INTRODUCTION, release.words.say("quality.lead")),
        shorthand(release),
        _summary(release),
    )


def quality_coverage(release: Release) -> str:
    """Return which authorities did not answer which metrics."""
    return _titled(release, "coverage", _coverage(release))


def quality_exceptions(release: Release) -> str:
    """Return the recorded exceptions and what was decided."""
    return _titled(release, "exceptions", _exceptions(release), _accepted_errors(release))


def quality_breaks(release: Release) -> str:
    """Return where a series cannot be compared with the year before."""
    return _titled(release, "breaks", _breaks(release))


def quality_checks(release: Release) -> str:
    """Return how many rules were applied to the returns and what they gave."""
    return _titled(release, "checks", _checks(release))


def quality_methods(release: Release) -> str:
    """Return how limits are computed and which populations rates stand on."""
    words = release.words
    return join(
        _titled(release, "limits", words.say("quality.limits-text")),
        _titled(release, "populations", words.say("quality.populations-text")),
        translation(release),
        sentence_templates(release),
    )


def _summary(release: Release) -> str:
    """Return the chapter's numbers in short."""
    lines = [f"- {text}" for text in statements(release, "quality", "summary")]
    return _titled(release, "summary", "\n".join(lines)) if lines else ""


def _titled(release: Release, part: str, *passages: str) -> str:
    title = heading(2, release.words.say(f"quality.{part}"), f"quality-{part}")
    return join(title, *passages, added(release, "quality", part))


def _coverage(release: Release) -> str:
    words, period = release.words, str(release.period)
    coverage = release.tables.coverage
    gaps = coverage[
        (coverage["edition"] == METRIC_EDITION)
        & (coverage["period"] == period)
        & (coverage["answered"] < coverage["expected"])
    ]
    if not len(gaps):
        return words.say("quality.coverage-full")
    metrics = release.catalogue.metrics
    facts = metrics[metrics["edition"] == METRIC_EDITION].set_index("reference")
    gaps = gaps[gaps["reference"].isin(facts.index)]
    domains = gaps["reference"].map(facts["domain"])
    orders = gaps["reference"].map(facts["section_order"])
    rows = []
    for (domain, order, absent), group in gaps.groupby([domains, orders, "absent"], sort=True):
        names = ", ".join(release.name(code) for code in str(absent).split(";"))
        rows.append(
            (
                words.say(f"domain.{domain}"),
                words.say(f"section.{domain}.{order}"),
                str(len(group)),
                names,
            )
        )
    columns = (
        Column(words.say("table.group"), width=18),
        Column(words.say("table.section"), width=30),
        Column(words.say("table.metrics-missing"), numeric=True, width=14),
        Column(words.say("table.not-returned-by"), width=38),
    )
    caption = words.say("quality.coverage-caption", period=period)
    return join(
        words.say("quality.coverage-lead"),
        markdown_of_table(Table("quality-coverage", caption, columns, tuple(rows))),
    )


def _exceptions(release: Release) -> str:
    words = release.words
    exceptions = release.tables.exceptions
    if not len(exceptions):
        return words.say("quality.exceptions-none")
    rows = tuple(
        (
            row.period,
            release.name(row.area),
            row.reference,
            words.say(f"decision.{row.decision}"),
            _day(row.decided_on, words.language),
        )
        for row in exceptions.sort_values(
            ["period", "area", "reference"], ascending=[False, True, True]
        ).itertuples()
    )
    columns = (
        Column(words.say("table.year"), width=12),
        Column(words.say("table.authority"), width=26),
        Column(words.say("table.reference"), width=16),
        Column(words.say("table.decision"), width=22),
        Column(words.say("table.decided-on"), width=16),
    )
    caption = words.say("quality.exceptions-caption")
    return join(
        words.say("quality.exceptions-lead"),
        markdown_of_table(Table("quality-exceptions", caption, columns, rows)),
    )


def _day(written: str, language: str) -> str:
    """Return the day of a decision in words, where one was made."""
    return date_words(date.fromisoformat(written), language) if written else "[z]"


def _accepted_errors(release: Release) -> str:
    """Return which broken rules somebody answers for, and who; blank where there are none."""
    accepted: Any = release.tables.facts.get("accepted_errors")
    if not accepted:
        return ""
    words = release.words
    rows = tuple(
        (
            error["period"],
            release.name(error["area"]) if error["area"] else "[z]",
            error["reference"] or "[z]",
            error["rule"],
        )
        for error in accepted["errors"]
    )
    columns = (
        Column(words.say("table.year"), width=14),
        Column(words.say("table.authority"), width=30),
        Column(words.say("table.reference"), width=16),
        Column(words.say("table.broken-rule"), width=40),
    )
    caption = words.say("quality.accepted-errors-caption")
    said = words.say("quality.accepted-errors", by=accepted["by"], reason=accepted["reason"])
    return join(escape(said), markdown_of_table(Table("quality-accepted", caption, columns, rows)))


def _breaks(release: Release) -> str:
    words, breaks = release.words, release.tables.breaks
    if not len(breaks):
        return words.say("quality.breaks-none")
    lines = [
        "- "
        + words.say(
            "quality.break",
            item=row.reference or words.say("quality.all-metrics"),
            period=row.period,
            reason=getattr(row, f"reason_{words.language}"),
        )
        for row in breaks.itertuples()
    ]
    return join(words.say("quality.breaks-lead"), "\n".join(lines))


def _checks(release: Release) -> str:
    words, checks = release.words, release.tables.checks
    if not len(checks):
        return words.say("quality.checks-none")
    rows = tuple(
        (row.period, words.say(f"severity.{row.severity}"), str(row.rules), str(row.found))
        for row in checks[
            checks["period"].isin(recent_periods(release, METRIC_EDITION))
        ].itertuples()
    )
    columns = (
        Column(words.say("table.year"), width=20),
        Column(words.say("table.severity"), width=30),
        Column(words.say("table.rules"), numeric=True, width=20),
        Column(words.say("table.found"), numeric=True, width=20),
    )
    caption = words.say("quality.checks-caption")
    return join(
        words.say("quality.checks-lead"),
        markdown_of_table(Table("quality-checks", caption, columns, rows)),
    )
