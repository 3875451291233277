"""Where the page of a measure or metric stands, and which measures and metrics have one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.release import Release
from ssstats.chapters.rows import Row
from ssstats.render import Destinations

FOLDER = "measures"
_CORE = "core"

_REFERENCE = re.compile(r"\(([A-Z]{2}/[^\s)]+)\)$")
_AUTHORITY = "authority-"


@dataclass(frozen=True)
class Question:
    """A question of the guidance with its letters, such as AD/002 with AD/002a and AD/002b."""

    number: str
    domain: str
    stock_or_flow: str
    references: Sequence[str]


def destinations_of(release: Release) -> Destinations:
    """Return the index of the pages, and where each row of a chapter's table leads.

    A measure or metric leads to its page, on an authority's own page to its figures there; an
    authority leads to its figures on the page of the measure that the table is about.
    """
    named = [(release.measure_label(m), m) for m in own_measures(release)]
    labels = {label: page_of_measure(measure) for label, measure in named}
    longest_first = sorted(labels, key=len, reverse=True)
    questions = questions_of(release)
    numbers = {reference: own.number for own in questions for reference in own.references}
    slugs = {release.name(area): slug for area, slug in release.slugs.items()}

    @cache
    def label_of(caption: str) -> str:
        return next((label for label in longest_first if caption.startswith(label)), "")

    def of_row(stem: str, caption: str, head: str) -> str:
        own = f"#{stem.removeprefix(_AUTHORITY)}" if stem.startswith(_AUTHORITY) else ""
        if head in labels:
            return f"{FOLDER}/{labels[head]}{own}"
        if (found := _REFERENCE.search(head)) and found[1] in numbers:
            return f"{FOLDER}/{page_of_metric(numbers[found[1]])}{own}"
        if head in slugs:
            about = label_of(caption)
            return f"{FOLDER}/{labels[about]}#{slugs[head]}" if about else ""
        return ""

    index = release.words.say("measure-page.title")
    found = [(f"{label} ({measure})", f"{FOLDER}/{labels[label]}") for label, measure in named]
    found += [
        (title_of(release, question), f"{FOLDER}/{page_of_metric(question.number)}")
        for question in questions
    ]
    return Destinations({index: f"{FOLDER}/index.html"}, found, of_row)


def page_of_measure(measure: str) -> str:
    """Return the file name of a measure's page: ad-29.html."""
    return f"{measure.lower()}.html"


def page_of_metric(number: str) -> str:
    """Return the file name of the page of a question of the guidance: metric-ad-024.html."""
    return f"metric-{number.lower().replace('/', '-')}.html"


def own_measures(release: Release) -> list[str]:
    """Return the catalogue's measures that have figures in the release, without distributions."""
    held = set(release.estimates["measure"].unique())
    return [
        name
        for name, row in release.measures_by_id.items()
        if name in held and row["tier"] == _CORE
    ]


def questions_of(release: Release) -> list[Question]:
    """Return the questions of the guidance of 2020 that have figures in the release.

    Each with those of its metrics that are collected and have figures.
    """
    counts = release.tables.counts
    held = set(counts.loc[counts["edition"] == METRIC_EDITION, "reference"].unique())
    letters: dict[str, list[Row]] = {}
    for row in release.metrics:
        if row["collected"] == "yes" and row["reference"] in held:
            letters.setdefault(str(row["number"]), []).append(row)
    return [
        Question(
            number,
            own[0]["domain"],
            own[0]["stock_or_flow"],
            [row["reference"] for row in own],
        )
        for number, own in letters.items()
    ]


def title_of(release: Release, question: Question) -> str:
    """Return the label of a question: that of its one metric, or what its letters share."""
    labels = [release.label(METRIC_EDITION, reference) for reference in question.references]
    if len(labels) == 1:
        return f"{labels[0]} ({question.number})"
    shared = {label.split(": ")[0] for label in labels}
    return f"{shared.pop() if len(shared) == 1 else labels[0]} ({question.number})"
