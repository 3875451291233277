"""The 2016 code's measures: by quality standard, quantitative and from people's own reports."""

from __future__ import annotations

from ssstats.catalogue.names import CODE_EDITION
from ssstats.chapters.commentary import added, opening, paragraphs
from ssstats.chapters.coverage import coverage_notes, is_partial
from ssstats.chapters.passages import heading, join, remark_of
from ssstats.chapters.release import FRAMEWORK, Release
from ssstats.tables import Column, Table, escape, markdown_of_table


def framework_section(release: Release, standard: int) -> str:
    """Return the measures of one of the six quality standards, by year."""
    words = release.words
    title = words.say(f"standard.{standard}")
    measures = release.catalogue.measures_2016
    numbers = measures[measures["standard_tag"] == standard]
    ids = _measure_ids(release, list(numbers["number"]))
    known = [m for m in ids if _known(release, m)]
    if not known:
        return join(
            heading(2, title, f"standard-{standard}"),
            words.say("section.without-data", title=title),
            added(release, FRAMEWORK, f"standard-{standard}"),
        )
    return join(
        heading(2, title, f"standard-{standard}"),
        _outcomes(release, standard),
        added(release, FRAMEWORK, f"standard-{standard}"),
        _table(release, known, title, f"standard-{standard}"),
        _in_words(release, known, standard),
    )


def _in_words(release: Release, measures: list[str], standard: int) -> str:
    """Return a paragraph for each measure of a standard that the commentary speaks of."""
    text = paragraphs(release, FRAMEWORK, measures)
    title = heading(3, release.words.say("commentary.measures"), f"standard-{standard}-words")
    return join(title, text) if text else ""


def _outcomes(release: Release, standard: int) -> str:
    """Return the well-being outcomes of the code that a standard serves."""
    words, table = release.words, release.catalogue.standards_outcomes
    own = table[(table["type"] == "outcome") & (table["standard"] == standard)]
    lines = [f"- {escape(words.say(f'outcome.{outcome}'))}" for outcome in own["id"]]
    return join(words.say("framework.outcomes"), "\n".join(lines))


def framework_reading(release: Release) -> str:
    """Return what the measures stand on: returns for some, respondents for others."""
    words = release.words
    return join(
        heading(2, words.say("framework.reading"), "framework-reading"),
        opening(release, FRAMEWORK, "reading", words.say("framework.reading-text")),
    )


def _measure_ids(release: Release, numbers: list[str]) -> list[str]:
    """Return the measures of the printed numbers; 29 and 34 hold two values each."""
    ids = release.catalogue.measures
    own = ids[ids["edition"] == CODE_EDITION]["measure"]
    return [m for n in numbers for m in own if m.removeprefix("PM").split("-")[0] == n]


def _known(release: Release, measure: str) -> bool:
    return any(
        release.estimate(measure, release.wales, p) is not None
        for p in release.periods_of(CODE_EDITION)
    )


def _table(release: Release, measures: list[str], title: str, identity: str) -> str:
    words, periods = release.words, release.periods_of(CODE_EDITION)
    latest = periods[-1]
    rows = []
    for measure in measures:
        last = release.estimate(measure, release.wales, latest)
        rows.append(
            (
                release.measure_label(measure),
                *(
                    release.estimate_text(release.estimate(measure, release.wales, p))
                    for p in periods
                ),
                release.estimate_text(last, "lower"),
                release.estimate_text(last, "upper"),
                remark_of(release, last),
            )
        )
    columns = (
        Column(words.say("table.measure"), width=34),
        *(Column(period, numeric=True, width=10) for period in periods),
        Column(words.say("table.lower-of", period=latest), numeric=True, width=11),
        Column(words.say("table.upper-of", period=latest), numeric=True, width=11),
        Column(words.say("table.remark"), width=14),
    )
    caption = words.say("table.standard", title=title)
    figures = [
        (f"{release.measure_label(measure)}, {period}", found)
        for measure in measures
        for period in periods
        if (found := release.estimate(measure, release.wales, period)) is not None
        and not (period == latest and is_partial(found))
    ]
    notes = tuple(coverage_notes(release, figures, remarked=True))
    return markdown_of_table(Table(identity, caption, columns, tuple(rows), notes))
