"""The words by which readers know columns, areas, items and groups, in one language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ssstats.catalogue import Catalogue
from ssstats.errors import CatalogueError
from ssstats.expressions import parse_expression
from ssstats.matched import PREFIX
from ssstats.outputs.labels import Labels
from ssstats.outputs.truth.published import Truth
from ssstats.words import Words

_PERIOD = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True)
class Reader:
    """Labels of one language turned round: from what is printed to what it names."""

    wales: str
    areas: Mapping[str, str]
    groups: Mapping[str, str]
    measures: Mapping[str, tuple[str, ...]]
    metrics: Mapping[str, tuple[str, ...]]
    # Measures by the short labels of charts.
    short: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, str]
    dated_parts: Mapping[str, tuple[str, str]]
    # Measures that are a metric's share of its whole, by the metric.
    shares: Mapping[str, str]
    # Metric and measure of each step of a process by its label.
    steps: Mapping[str, tuple[str, str]]
    # Measures of 2020 that take a series on, by the measure of 2016.
    goes_on_as: Mapping[str, str]
    reference: str
    measure: str
    measure_code: str
    area_code: str
    authority: str
    year: str
    group: str
    step: str
    changed: str
    limits_of_change: str
    smallest_change: str
    answered: str
    remark: str
    within: str
    peers: str

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Labels of measures and metrics by what they name."""
        return {
            item: label
            for known in (self.measures, self.metrics)
            for label, items in known.items()
            for item in items
        }

    @property
    def first_headers(self) -> set[str]:
        """Headers that open a table of figures in a workbook."""
        return {self.reference, self.measure_code}

    def is_period(self, label: str) -> bool:
        """Return whether a header is a reporting year."""
        return _PERIOD.fullmatch(label) is not None


def reader_of(catalogue: Catalogue, words: Words, truth: Truth) -> Reader:
    """Return what turns the printed labels of one language round."""
    labels = Labels(catalogue, words)
    areas = catalogue.areas
    groups = {
        labels.group(text): text for text in truth.breakdowns if text and PREFIX not in text
    } | {
        "": "",
        words.say("output.pair.total"): "",
    }
    metrics = catalogue.metrics[catalogue.metrics["collected"].eq("yes")]
    measures, steps = catalogue.measures, catalogue.process_steps
    shares, followed = measures[measures["tier"].ne("core")], catalogue.crosswalk
    return Reader(
        wales=str(areas.loc[areas["level"].eq("wales"), "area"].iloc[0]),
        areas=dict(zip(areas[f"name_{words.language}"], areas["area"], strict=True)),
        groups=groups,
        measures=_turned(labels.measure, [(m,) for m in catalogue.measures["measure"]]),
        metrics=_turned(
            labels.metric, list(zip(metrics["edition"], metrics["reference"], strict=True))
        ),
        short={
            words.say(key): (measure,)
            for measure in measures["measure"]
            if words.has(key := f"short.{measure}")
        },
        parts={
            words.say(f"table.{part}"): part
            for part in ("value", "lower", "upper", "numerator", "denominator")
        },
        dated_parts={
            words.say(f"table.{part}-of", period=period): (part, period)
            for part in ("lower", "upper")
            for own in truth.periods.values()
            for period in own
        },
        shares=dict(zip(shares["numerator"], shares["measure"], strict=True)),
        steps={
            label: (str(parse_expression(reference)), measure)
            for label, reference, measure in zip(
                steps[f"label_{words.language}"], steps["reference"], steps["measure"], strict=True
            )
        },
        goes_on_as=dict(zip(followed["measure"], followed["measure_2020"], strict=True)),
        reference=words.say("table.reference"),
        measure=words.say("table.measure"),
        measure_code=words.say("output.column.measure-code"),
        area_code=words.say("output.column.area-code"),
        authority=words.say("table.authority"),
        year=words.say("table.year"),
        group=words.say("table.group"),
        step=words.say("process.step"),
        changed=words.say("changes.figure"),
        limits_of_change=words.say("changes.limits"),
        smallest_change=words.say("changes.smallest"),
        answered=words.say("table.answered"),
        remark=words.say("table.remark"),
        within=words.say("signals.within-column"),
        peers=words.say("signals.peers-column"),
    )


def _turned(
    label_of: Callable[..., str], keys: Iterable[tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return the last parts of keys by their label, which two editions may share.

    Keys without words are left out.
    """
    turned: dict[str, tuple[str, ...]] = {}
    for key in keys:
        try:
            label = label_of(*key)
        except CatalogueError:
            continue
        turned[label] = (*turned.get(label, ()), key[-1])
    return turned
