"""Pieces of Markdown that several chapters share: shorthand, counts and measures of Wales."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from ssstats.chapters.coverage import coverage_notes, is_partial
from ssstats.chapters.release import Release
from ssstats.chapters.rows import Row
from ssstats.tables import Column, Table, escape, markdown_of_table

# As many years as fit a page beside a metric's label.
YEARS_SHOWN = 5
# From this many years on, one metric is a table with a row a year.
LONG_SERIES = 10
MARKERS = ("c", "x", "z", "u", "low")


def join(*passages: str) -> str:
    """Return passages one below the other, leaving out the empty ones."""
    return "\n\n".join(passage for passage in passages if passage) + "\n"


def heading(level: int, text: str, identity: str) -> str:
    """Return a heading that can be referred to as @sec-<identity>."""
    return f"{'#' * level} {escape(text)} {{#sec-{identity}}}"


def shorthand(release: Release) -> str:
    """Return what the markers in tables mean: stands above the first table of each chapter."""
    words = release.words
    lines = [
        f"- {escape(f'[{marker}]')}: {words.say(f'marker.{marker}')}"
        for marker in MARKERS
        if marker in release.markers
    ]
    return join(
        "::: {.shorthand}",
        f"**{words.say('shorthand.title')}**",
        "\n".join(lines),
        rounding_sentence(release),
        ":::",
    )


def rounding_sentence(release: Release) -> str:
    """Return in one sentence what the policy does to counts, or that they came protected."""
    policy = release.tables.facts["policy"]
    if release.tables.facts["protected_at_source"]:
        return release.words.say("rounding.at-source")
    largest = policy["threshold"] - 1  # type: ignore[index]
    if policy["base"] == 1:  # type: ignore[index]
        key = "rounding.exact" if policy["public"] else "rounding.none"  # type: ignore[index]
        return release.words.say(key, largest=largest)
    # Where larger figures are hidden for the sake of small ones, the mark says less.
    return release.words.say(
        "rounding.policy-further" if release.hides_for_others else "rounding.policy",
        base=policy["base"],  # type: ignore[index]
        largest=largest,
    )


def recent_periods(release: Release, edition: str) -> list[str]:
    """Return the last years of an edition up to the release's own."""
    return [p for p in release.periods_of(edition) if p <= str(release.period)][-YEARS_SHOWN:]


def counts_table(
    release: Release,
    *,
    identity: str,
    caption: str,
    edition: str,
    references: Sequence[str],
    area: str,
) -> str:
    """Return a table of metrics by year for one area, with coverage in the case of Wales."""
    periods = recent_periods(release, edition)
    words, latest = release.words, periods[-1]
    answers = [coverage_text(release, edition, reference, latest) for reference in references]
    # A column of equal entries tells less than a sentence, and leaves less room for the figures.
    with_answers = area == release.wales and len(set(answers)) > 1
    rows = []
    for reference, answered in zip(references, answers, strict=True):
        label = f"{release.label(edition, reference)} ({reference})"
        cells = [release.count_text(edition, reference, area, period) for period in periods]
        rows.append((label, *cells, *([answered] if with_answers else [])))
    columns = [
        Column(words.say("table.metric"), width=40),
        *(Column(period, numeric=True, width=10) for period in periods),
    ]
    notes = _break_notes(release, edition, references, periods)
    if with_answers:
        columns.append(Column(words.say("table.answered"), width=13))
    if area == release.wales:
        # A column tells of the latest year; earlier years stand in the notes.
        told = periods[:-1] if with_answers else periods
        figures = [
            (f"{reference}, {period}", release.count(edition, reference, area, period))
            for reference in references
            for period in told
        ]
        notes = coverage_notes(release, figures, remarked=with_answers) + notes
    return markdown_of_table(Table(identity, caption, tuple(columns), tuple(rows), tuple(notes)))


def long_series_table(
    release: Release, identity: str, edition: str, reference: str, areas: Sequence[str]
) -> str:
    """Return one metric over many years with a row a year and a column an area."""
    words = release.words
    periods = [p for p in release.periods_of(edition) if p <= str(release.period)]
    rows = tuple(
        (period, *(release.count_text(edition, reference, area, period) for area in areas))
        for period in periods
    )
    columns = (
        Column(words.say("table.year"), width=20),
        *(Column(release.name(area), numeric=True, width=20) for area in areas),
    )
    caption = words.say(
        "table.long-series",
        metric=release.label(edition, reference),
        areas=", ".join(release.name(area) for area in areas),
    )
    of_wales = [
        (period, release.count(edition, reference, release.wales, period))
        for period in (periods if release.wales in areas else [])
    ]
    notes = tuple(coverage_notes(release, of_wales))
    return markdown_of_table(Table(identity, caption, columns, rows, notes))


def coverage_text(release: Release, edition: str, reference: str, period: str) -> str:
    """Return on how many authorities a Wales figure stands: 21 of 22."""
    found = release.count(edition, reference, release.wales, period)
    if found is None or pd.isna(found["answered"]):
        return "[x]"
    return release.words.say(
        "coverage.of", answered=int(found["answered"]), expected=int(found["expected"])
    )


def _break_notes(
    release: Release, edition: str, references: Iterable[str], periods: Sequence[str]
) -> list[str]:
    notes = []
    for reference in references:
        for period in periods:
            # A break of a whole edition is said once, in the quality chapter.
            domain = release.domains.get(reference, "")
            reason = release.break_reason(edition, reference, domain, period, own=True)
            if reason:
                notes.append(
                    release.words.say(
                        "note.break", reference=reference, period=period, reason=reason
                    )
                )
            found = release.count(edition, reference, release.wales, period)
            if found is not None and "r" in found["flags"]:
                notes.append(release.words.say("note.revised", reference=reference, period=period))
    return notes


def measures_table(
    release: Release,
    *,
    identity: str,
    caption: str,
    measures: Sequence[str],
    area: str,
    period: str,
) -> str:
    """Return a table of measures of one area: value, limits, and Wales or the year before."""
    words = release.words
    previous = str(release.period.back()) if period == str(release.period) else ""
    beside_wales = area != release.wales
    rows, remarks, of_wales = [], set(), []
    for measure in measures:
        estimate = release.estimate(measure, area, period)
        other = (
            release.estimate(measure, release.wales, period)
            if beside_wales
            else release.estimate(measure, area, previous)
        )
        remark = remark_of(release, estimate)
        remarks.add(remark)
        label = release.measure_label(measure)
        if beside_wales:
            of_wales.append((label, other))
        else:
            of_wales += [(f"{label}, {previous}", other), *_unremarked(label, estimate)]
        rows.append(
            (
                label,
                *(release.estimate_text(estimate, part) for part in ("value", "lower", "upper")),
                release.estimate_text(other),
                remark,
            )
        )
    columns = [
        Column(words.say("table.measure"), width=40),
        Column(release.name(area) if beside_wales else period, numeric=True, width=14),
        Column(words.say("table.lower"), numeric=True, width=10),
        Column(words.say("table.upper"), numeric=True, width=10),
        Column(release.name(release.wales) if beside_wales else previous, True, width=11),
        Column(words.say("table.remark"), width=15),
    ]
    if remarks <= {""}:
        columns.pop()
        rows = [row[:-1] for row in rows]
    notes = coverage_notes(release, of_wales, remarked=not beside_wales and len(remarks) > 1)
    return markdown_of_table(Table(identity, caption, tuple(columns), tuple(rows), tuple(notes)))


def _unremarked(label: str, estimate: Row | None) -> list[tuple[str, Row | None]]:
    """Return a Wales figure whose coverage its remark does not give already."""
    told = estimate is not None and not estimate["marker"] and is_partial(estimate)
    return [] if told else [(label, estimate)]


def remark_of(release: Release, estimate: Row | None) -> str:
    """Return in words what a reader must know of a measure's value: reliability, no limits."""
    if estimate is None or estimate["marker"]:
        return ""
    remarks = []
    if "u" in estimate["flags"]:
        remarks.append(release.words.say("remark.low-reliability"))
    if estimate["no_limits"]:
        remarks.append(release.words.say(f"remark.{estimate['no_limits']}"))
    if is_partial(estimate):
        remarks.append(
            release.words.say(
                "coverage.authorities",
                answered=int(estimate["answered"]),
                expected=int(estimate["expected"]),
            )
        )
    return "; ".join(remarks)
