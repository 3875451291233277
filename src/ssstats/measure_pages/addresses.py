"""Where the page of a measure or metric stands, and which measures and metrics have one."""

from __future__ import annotations

import re

import pandas as pd

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.release import Release
from ssstats.render import Destinations

FOLDER = "measures"
_CORE = "core"


_REFERENCE = re.compile(r"\(([A-Z]{2}/[^\s)]+)\)$")
_AUTHORITY = "authority-"


def destinations_of(release: Release) -> Destinations:
    """Return the index of the pages, and where each row of a chapter's table leads.

    A measure or metric leads to its page, on an authority's own page to its figures there; an
    authority leads to its figures on the page of the measure that the table is about.
    """
    named = [(release.measure_label(m), m) for m in own_measures(release)["measure"]]
    labels = {label: page_of_measure(measure) for label, measure in named}
    longest_first = sorted(labels, key=len, reverse=True)
    metrics = own_metrics(release)
    questions = dict(zip(metrics["reference"], metrics["number"], strict=True))
    slugs = {release.name(area): slug for area, slug in release.slugs.items()}

    def of_row(stem: str, caption: str, head: str) -> str:
        own = f"#{stem.removeprefix(_AUTHORITY)}" if stem.startswith(_AUTHORITY) else ""
        if head in labels:
            return f"{FOLDER}/{labels[head]}{own}"
        if (found := _REFERENCE.search(head)) and found[1] in questions:
            return f"{FOLDER}/{page_of_metric(questions[found[1]])}{own}"
        if head in slugs:
            about = next((label for label in longest_first if caption.startswith(label)), "")
            return f"{FOLDER}/{labels[about]}#{slugs[head]}" if about else ""
        return ""

    index = release.words.say("measure-page.title")
    found = [(f"{label} ({measure})", f"{FOLDER}/{labels[label]}") for label, measure in named]
    found += [
        (title_of(release, letters), f"{FOLDER}/{page_of_metric(str(number))}")
        for number, letters in metrics.groupby("number", sort=False)
    ]
    return Destinations({index: f"{FOLDER}/index.html"}, found, of_row)


def page_of_measure(measure: str) -> str:
    """Return the file name of a measure's page: ad-29.html."""
    return f"{measure.lower()}.html"


def page_of_metric(number: str) -> str:
    """Return the file name of the page of a question of the guidance: metric-ad-024.html."""
    return f"metric-{number.lower().replace('/', '-')}.html"


def own_measures(release: Release) -> pd.DataFrame:
    """Return the catalogue's measures that have figures in the release, without distributions."""
    measures = release.catalogue.measures
    held = measures["measure"].isin(release.estimates["measure"].unique())
    return measures[held & (measures["tier"] == _CORE)]


def own_metrics(release: Release) -> pd.DataFrame:
    """Return the collected metrics of the guidance of 2020 that have figures in the release.

    Reference, number, domain and whether it counts a stock or a flow: pages take rows of this for
    each question, which costs by the column.
    """
    metrics, counts = release.catalogue.metrics, release.tables.counts
    held = counts.loc[counts["edition"] == METRIC_EDITION, "reference"].unique()
    own = (
        (metrics["edition"] == METRIC_EDITION)
        & (metrics["collected"] == "yes")
        & metrics["reference"].isin(held)
    )
    return metrics.loc[own, ["reference", "number", "domain", "stock_or_flow"]]


def title_of(release: Release, letters: pd.DataFrame) -> str:
    """Return the label of a question: that of its one metric, or what its letters share."""
    labels = [release.label(METRIC_EDITION, reference) for reference in letters["reference"]]
    number = letters["number"].iloc[0]
    if len(labels) == 1:
        return f"{labels[0]} ({number})"
    shared = {label.split(": ")[0] for label in labels}
    return f"{shared.pop() if len(shared) == 1 else labels[0]} ({number})"
