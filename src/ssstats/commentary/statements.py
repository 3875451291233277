"""What is said of one figure beside its change: its level, its longer context, who is absent.

Number, direction, comparison, certainty, in that order; nothing is said of a hidden figure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import pandas as pd

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.release import Release
from ssstats.chapters.rows import Rows
from ssstats.commentary.figures import (
    RATE,
    Figure,
    cell_of,
    figure_of,
    highest_and_lowest,
    is_metric,
)
from ssstats.commentary.records import Place, Said
from ssstats.commentary.rules import CommentaryRules
from ssstats.expressions import parse_expression
from ssstats.formatting import format_number
from ssstats.periods import ReportingYear

CLEAR = ("rose", "fell")


@dataclass(frozen=True)
class Commented:
    """A release with the rules of its commentary, changes and signals of one edition by figure."""

    release: Release
    rules: CommentaryRules
    edition: str = METRIC_EDITION

    @cached_property
    def changes(self) -> Rows:
        """Rows of changes.csv by item and area."""
        return self._rows(self.release.changes, "item")

    @cached_property
    def signals(self) -> Rows:
        """Rows of signals.csv by measure and area."""
        return self._rows(self.release.signals, "measure")

    def _rows(self, table: pd.DataFrame, item: str) -> Rows:
        return Rows(table[table["edition"] == self.edition], (item, "area"))

    @cached_property
    def period(self) -> str:
        """The last year of the edition, up to the release's own."""
        return self.years[-1] if self.years else ""

    @cached_property
    def years(self) -> list[str]:
        """The years of the edition up to the release's own."""
        return [y for y in self.release.periods_of(self.edition) if y <= str(self.release.period)]

    @cached_property
    def domains(self) -> dict[str, str]:
        """The group of people that each metric is about."""
        metrics = self.release.catalogue.metrics
        return dict(zip(metrics["reference"], metrics["domain"], strict=True))

    @cached_property
    def stocks(self) -> frozenset[str]:
        """The metrics that count people on 31 March and not events of the year."""
        metrics = self.release.catalogue.metrics
        stocks = (metrics["edition"] == self.edition) & (metrics["stock_or_flow"] == "stock")
        return frozenset(metrics.loc[stocks, "reference"])

    @cached_property
    def margins(self) -> dict[tuple[str, str], float]:
        """The margins of little change by kind of figure and item, blank for any item."""
        table = self.release.catalogue.margins
        keys = zip(table["kind"], table["item"], strict=True)
        return dict(zip(keys, map(float, table["margin"]), strict=True))

    @cached_property
    def _figures(self) -> dict[tuple[str, str, str], Figure | None]:
        return {}

    def figure(self, place: Place, period: str = "") -> Figure | None:
        """Return the published figure of a place's item and area."""
        key = (place.item, place.area, period or self.period)
        if key not in self._figures:
            self._figures[key] = figure_of(self.release, *key)
        return self._figures[key]


def level(told: Commented, place: Place, *, template: str = "") -> list[Said]:
    """Return the figure with its limits; with `template` in the words of that key."""
    figure = told.figure(place)
    if figure is None:
        return []
    stock = place.item in told.stocks
    values = {"value" if template else "new": figure.text}
    # A main point names the day, or the year, or both, as its own words do.
    if stock or template:
        values["year"] = str(ReportingYear.parse(told.period).end)
    if template or not stock:
        values["period"] = told.period
    if figure.noun == RATE and not template:
        values["per"] = figure.per
    parts = [template or f"said.{figure.noun}.{'on-day' if stock else 'level'}"]
    if figure.lower:
        parts.append("point.limits")
        values |= {"lower": figure.lower, "upper": figure.upper, "confidence": _confidence(told)}
    if figure.partial and place.area == told.release.wales:
        parts.append("point.coverage")
        values |= {"answered": str(figure.answered), "expected": str(figure.expected)}
    return [
        Said(
            place,
            "level",
            "+".join(parts),
            values,
            told.edition,
            (told.period,),
            cells=(figure.cell,),
        )
    ]


def reliability(told: Commented, place: Place) -> list[Said]:
    """Return that the figure has low reliability, where it has."""
    figure = told.figure(place)
    if figure is None or not figure.low_reliability:
        return []
    return [
        Said(place, "reliability", "said.low-reliability", {}, told.edition, (told.period,),
             cells=(figure.cell,))
    ]  # fmt: skip


def longer_view(told: Commented, place: Place) -> list[Said]:
    """Return the lowest and highest figure since the series began, where every year is shown.

    A number that rose or fell every year since a year that may be a base is said to have done so.
    """
    years = _years(told, place)
    figures = [told.figure(place, year) for year in years]
    known = [figure for figure in figures if figure is not None]
    if len(years) < told.rules.fewest_years or len(known) < len(years):
        return []
    every_year = _every_year(told, place, years, known)
    if every_year:
        return every_year
    lowest, highest = highest_and_lowest(known)
    if lowest.text == highest.text:
        return []
    values = {"first": years[0], "lowest": lowest.text, "highest": highest.text}
    return [
        Said(
            place, "longer-view", f"said.{lowest.noun}.range", values, told.edition, tuple(years),
            cells=(lowest.cell, highest.cell),
        )
    ]  # fmt: skip


def _years(told: Commented, place: Place) -> list[str]:
    """Return the years of a figure since its series last broke."""
    release = told.release
    years = told.years
    references = references_of(release, place.item)
    broken = [
        number
        for number, year in enumerate(years)
        if number
        and any(
            release.break_reason(told.edition, reference, told.domains.get(reference, ""), year)
            for reference in references
        )
    ]
    return years[broken[-1] if broken else 0 :]


def _every_year(
    told: Commented, place: Place, years: list[str], figures: list[Figure]
) -> list[Said]:
    """Return that a number rose or fell every year, by more than rounding can bring."""
    start = next((n for n, y in enumerate(years) if y not in told.rules.not_the_base), len(years))
    own = figures[start:]
    if not is_metric(place.item) or len(own) < told.rules.fewest_years:
        return []
    steps = [new.value - old.value for old, new in pairwise(own)]
    base = float(str(told.release.tables.facts["policy"]["base"]))  # type: ignore[index]
    for word, sign in (("rose", 1), ("fell", -1)):
        if all(sign * step >= base for step in steps):
            return [
                Said(
                    place, "longer-view", f"said.number.every-year-{word}",
                    {"first": years[start]}, told.edition, tuple(years[start:]),
                    cells=tuple(figure.cell for figure in own),
                )
            ]  # fmt: skip
    return []


def absent(told: Commented, place: Place) -> list[Said]:
    """Return by name who did not return a figure of Wales, where they are few."""
    figure = told.figure(place)
    if figure is None or not figure.partial or place.area != told.release.wales:
        return []
    coverage = told.release.tables.coverage
    own = coverage[
        (coverage["edition"] == told.edition)
        & (coverage["period"] == told.period)
        & coverage["reference"].isin(references_of(told.release, place.item))
    ]
    codes = {code for text in own["absent"] for code in str(text).split(";") if code}
    named = [code for code in told.release.authorities if code in codes]
    if len(named) != figure.expected - figure.answered or len(named) > told.rules.most_named:
        return []
    values = {"areas": ";".join(named), "number": str(len(named)), "period": told.period}
    return [
        Said(place, "absent", "said.absent", values, told.edition, (told.period,),
             cells=(cell_of("coverage.csv", period=told.period, item=place.item),))
    ]  # fmt: skip


def references_of(release: Release, item: str) -> tuple[str, ...]:
    """Return the metrics that a figure is made of."""
    if is_metric(item):
        return (item,)
    facts = release.measures_by_id[item]
    texts = [str(facts[side]) for side in ("numerator", "denominator") if facts[side]]
    return tuple(reference for text in texts for reference in parse_expression(text).references)


def beside_wales(told: Commented, place: Place) -> list[Said]:
    """Return where an authority's measure lies beside Wales, by its signal, or the Wales figure."""
    own = told.figure(place)
    wales = told.figure(replace(place, area=told.release.wales))
    if own is None or wales is None or is_metric(place.item):
        return []
    row = told.signals.get(place.item, place.area) or {}
    signal = str(row.get("signal", ""))
    where = cell_of("signals.csv", period=told.period, area=place.area, measure=place.item)
    return [
        Said(
            place, "beside-wales", f"said.signal.{signal or 'none'}", {"wales": wales.text},
            told.edition, (told.period,), signal, _FUNNEL if signal else "",
            (own.cell, wales.cell, *((where,) if signal else ())),
        )
    ]  # fmt: skip


_FUNNEL = "funnel limits, 95% and 99.8%, spread between authorities allowed for"


def _confidence(told: Commented) -> str:
    level_of_limits = float(str(told.release.tables.facts["policy"]["confidence"]))  # type: ignore[index]
    return format_number(100 * level_of_limits, 0 if (100 * level_of_limits).is_integer() else 1)
