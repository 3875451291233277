"""Names of areas, metrics, measures, groups and sections in one language.

What has no words in the language is named all at once before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import CatalogueError, listed
from ssstats.outputs.plan import Plan, Subject
from ssstats.words import Words

FRAMEWORK = "framework"
CROSS = "cross"


@dataclass(frozen=True)
class Labels:
    """The catalogue's items in the language of `words`."""

    catalogue: Catalogue
    words: Words

    @cached_property
    def _areas(self) -> Mapping[str, str]:
        areas = self.catalogue.areas
        return dict(zip(areas["area"], areas[f"name_{self.words.language}"], strict=True))

    @cached_property
    def _english_metrics(self) -> Mapping[tuple[str, str], str]:
        metrics = self.catalogue.metrics
        keys = zip(metrics["edition"], metrics["reference"], strict=True)
        return dict(zip(keys, metrics["label"], strict=True))

    @cached_property
    def _english_measures(self) -> Mapping[str, str]:
        measures = self.catalogue.measures
        return dict(zip(measures["measure"], measures["label"], strict=True))

    @cached_property
    def _groups(self) -> Mapping[tuple[str, str], str]:
        codes = self.catalogue.breakdowns
        keys = zip(codes["dimension"], codes["code"], strict=True)
        return dict(zip(keys, codes[f"label_{self.words.language}"], strict=True))

    @cached_property
    def _section_orders(self) -> Mapping[tuple[str, str], int]:
        metrics = self.catalogue.metrics
        keys = zip(metrics["domain"], metrics["section"], strict=True)
        return dict(zip(keys, metrics["section_order"], strict=True))

    def area(self, code: str) -> str:
        """Return the name of an area."""
        return self._areas[code]

    def metric(self, edition: str, reference: str) -> str:
        """Return the label of a metric."""
        if self.words.language == "en":
            return self._english_metrics[(edition, reference)]
        return self.words.say(f"metric.{edition}.{reference}")

    def measure(self, measure: str) -> str:
        """Return the label of a measure."""
        if self.words.language == "en":
            return self._english_measures[measure]
        return self.words.say(f"measure.{measure}")

    def group(self, breakdown: str) -> str:
        """Return a group of people in words: 18 to 64 years, Female."""
        parts = [tuple(part.split("=", 1)) for part in breakdown.split(";")]
        return ", ".join(self._groups[part] for part in parts)  # type: ignore[index]

    def section(self, domain: str, section: str) -> str:
        """Return the title of a section of the guidance."""
        return self.words.say(self.section_key(domain, section))

    def section_key(self, domain: str, section: str) -> str:
        """Return the key of a section's title in the words tables."""
        if domain == CROSS:
            return "output.cross-domain"
        order = self._section_orders[(domain, section)]
        return f"standard.{order}" if domain == FRAMEWORK else f"section.{domain}.{order}"


def own_metrics(catalogue: Catalogue, subject: Subject) -> pd.DataFrame:
    """Return the catalogue's collected metrics of a subject, in the order of the guidance."""
    metrics = catalogue.metrics
    chosen = (
        metrics["edition"].eq(subject.edition)
        & metrics["domain"].isin(subject.domains)
        & metrics["collected"].eq("yes")
    )
    return metrics[chosen]


def own_measures(catalogue: Catalogue, subject: Subject, tier: str = "core") -> pd.DataFrame:
    """Return the catalogue's measures of a subject, those of one tier."""
    measures = catalogue.measures
    chosen = (
        measures["edition"].eq(subject.edition)
        & measures["domain"].isin(subject.domains)
        & measures["tier"].eq(tier)
    )
    return measures[chosen]


def check_labels(catalogue: Catalogue, plan: Plan, words: Words) -> None:
    """Raise where any label that the outputs print has no words in a language.

    Raises
    ------
    CatalogueError
        Naming the keys, and what to do about them.
    """
    if words.language == "en":
        return
    missing = [key for key in _needed(catalogue, plan, words) if not words.has(key)]
    if missing:
        raise CatalogueError(
            f"words.csv: {len(missing)} labels of spreadsheets and uploads have no words in "
            f"language {words.language!r} ({listed(missing, most=5)}); have them translated, or "
            "write the outputs in English only"
        )


def _needed(catalogue: Catalogue, plan: Plan, words: Words) -> Iterable[str]:
    labels = Labels(catalogue, words)
    for subject in plan.subjects:
        yield subject.title_key
        metrics, measures = own_metrics(catalogue, subject), own_measures(catalogue, subject)
        for reference in metrics["reference"]:
            yield f"metric.{subject.edition}.{reference}"
        for measure in measures["measure"]:
            yield f"measure.{measure}"
        sections = {*zip(metrics["domain"], metrics["section"], strict=True)}
        sections |= {*zip(measures["domain"], measures["section"], strict=True)}
        yield from sorted(labels.section_key(*section) for section in sections)
    yield from (measure.words_key for measure in plan.upload_measures)
