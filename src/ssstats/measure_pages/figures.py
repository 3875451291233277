"""Figures as pages show them: the texts of all measures and counts of a release, made at once.

Hundreds of thousands of cells: texts are made in long columns and never cell by cell from frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import NamedTuple

import numpy as np
import pandas as pd

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.passages import rounding_sentence
from ssstats.chapters.release import Release
from ssstats.disclosure.release_tables import AS_PUBLISHED, HIDDEN, NO_VALUE, ROUNDED, ZERO
from ssstats.expressions import parse_expression
from ssstats.formatting import format_number

# What the policy's sentence says of all figures of a page; further rules stand beside theirs.
_BETWEEN_PERIODS = ";"
# How the chapter of an authority is named: with the name of its address behind it.
_OF_AUTHORITY = "authority-"
_SAID_ONCE = {ROUNDED, ZERO, HIDDEN, NO_VALUE, AS_PUBLISHED}
PARTS = ("value", "lower", "upper", "numerator", "denominator")


class Figure(NamedTuple):
    """One published value of a measure: its texts, what to know of it, its numbers.

    Numbers are NaN where there is none; so are `answered` and `expected` but for Wales.
    """

    area: str
    period: str
    value_text: str
    lower_text: str
    upper_text: str
    numerator_text: str
    denominator_text: str
    remark: str
    value: float
    lower: float
    upper: float
    flags: str
    method: str
    no_limits: str
    answered: float
    expected: float

    @property
    def texts(self) -> tuple[str, ...]:
        """Value, limits, numerator and denominator as cells show them."""
        return self[2:7]  # type: ignore[return-value]


class Count(NamedTuple):
    """One published count: its text, the rule that made it, its flags, its number."""

    text: str
    rule: str
    flags: str
    number: float


@dataclass(frozen=True)
class Figures:
    """The texts of a release's figures in its language."""

    release: Release

    @cached_property
    def counts(self) -> Mapping[tuple[str, str, str, str], Count]:
        """Every count without a breakdown by edition, reference, area and year."""
        counts = self.release.tables.counts
        whole = counts[counts["breakdown"] == ""]
        numbers = _numbers(whole["value"])
        texts = [
            f"[{marker}]" if marker else count_text(number)
            for number, marker in zip(numbers, whole["marker"].tolist(), strict=True)
        ]
        keys = zip(
            *(whole[c].tolist() for c in ("edition", "reference", "area", "period")), strict=True
        )
        rows = zip(texts, whole["rule"].tolist(), whole["flags"].tolist(), numbers, strict=True)
        return {key: Count(*row) for key, row in zip(keys, rows, strict=True)}

    @cached_property
    def protection(self) -> str:
        """What the policy does to counts, in a sentence or two."""
        return rounding_sentence(self.release)

    @cached_property
    def places(self) -> Mapping[str, tuple[int, int]]:
        """Column and row of each authority on the map of tiles."""
        grid = self.release.catalogue.tile_grid
        columns, rows = grid["tile_column"].astype(int), grid["tile_row"].astype(int)
        return dict(zip(grid["area"], zip(columns, rows, strict=True), strict=True))

    @cached_property
    def _periods(self) -> Mapping[str, set[str]]:
        """The years in which the release has each metric, up to its own."""
        held: dict[str, set[str]] = {}
        for edition, reference, _, period in self.counts:
            if edition == METRIC_EDITION and period <= str(self.release.period):
                held.setdefault(reference, set()).add(period)
        return held

    def periods_of(self, references: Iterable[str]) -> list[str]:
        """Return the years in which the release has any of some metrics, in order."""
        return sorted(set().union(*(self._periods.get(name, set()) for name in references)))

    @cached_property
    def measures(self) -> Mapping[str, list[Figure]]:
        """Every measure's figures in geographic order, the years of each area in order."""
        release = self.release
        order = dict(zip(release.areas["area"], release.areas["display_order"], strict=True))
        rows = release.estimates[release.estimates["period"] <= str(release.period)]
        rows = rows.assign(order=rows["area"].map(order))
        rows = rows.sort_values(["measure", "order", "period"], ignore_index=True)
        columns = [
            *(rows[name].tolist() for name in ("area", "period")),
            *(_part_texts(rows, part) for part in PARTS),
            self._remarks(rows),
            *(_numbers(rows[name]) for name in ("value", "lower", "upper")),
            *(rows[name].tolist() for name in ("flags", "method", "no_limits")),
            *(_numbers(rows[name]) for name in ("answered", "expected")),
        ]
        by_measure: dict[str, list[Figure]] = {}
        for measure, row in zip(rows["measure"].tolist(), zip(*columns, strict=True), strict=True):
            by_measure.setdefault(measure, []).append(Figure(*row))
        return by_measure

    @cached_property
    def chapters(self) -> Mapping[tuple[str, str, str], list[str]]:
        """The titles of the chapters whose sentences speak of a figure, by item, area and year."""
        titles: dict[tuple[str, str, str], dict[str, None]] = {}
        for row in self.release.commentary.to_dict("records"):
            for period in row["periods"].split(_BETWEEN_PERIODS):
                of_figure = titles.setdefault((row["item"], row["area"], period), {})
                of_figure[self._title_of(row["chapter"])] = None
        return {figure: list(own) for figure, own in titles.items()}

    def _title_of(self, chapter: str) -> str:
        slug = chapter.removeprefix(_OF_AUTHORITY)
        if slug == chapter:
            return self.release.words.say(f"chapter.{chapter}.title")
        areas = {own: area for area, own in self.release.slugs.items()}
        return self.release.name(areas[slug])

    def said_of(self, item: str, area: str) -> list[tuple[str, str]]:
        """Return name and text of each sentence about an item of an area, each text once."""
        return [(name, text) for text, name in self._said.get((item, area), {}).items()]

    @cached_property
    def _said(self) -> Mapping[tuple[str, str], dict[str, str]]:
        """The sentences about each item and area: text to name, the last one where two agree."""
        said: dict[tuple[str, str], dict[str, str]] = {}
        if self.release.commentary.empty:
            return said
        columns = ("item", "area", "sentence", f"text_{self.release.words.language}")
        rows = zip(*(self.release.commentary[name].tolist() for name in columns), strict=True)
        for item, area, name, text in rows:
            if text:
                said.setdefault((item, area), {})[text] = name
        return said

    @cached_property
    def crosswalk(self) -> Mapping[str, list[tuple[str, str]]]:
        """How each measure compares with printed ones of 2016: comparability and number."""
        own = self.release.catalogue.crosswalk
        columns = (own[name] for name in ("measure_2020", "comparability", "measure_printed"))
        related: dict[str, list[tuple[str, str]]] = {}
        for measure, comparability, printed in zip(*columns, strict=True):
            related.setdefault(measure, []).append((comparability, printed))
        return related

    def in_sentences(self, item: str, area: str, period: str) -> list[str]:
        """Return a remark that names the chapters with a sentence about a figure, or none."""
        titles = self.chapters.get((item, area, period))
        if not titles:
            return []
        return [self.release.words.say("measure-page.sentences", chapters=", ".join(titles))]

    def _remarks(self, rows: pd.DataFrame) -> list[str]:
        sides = self._sides
        known = self.counts
        remarks = []
        for measure, edition, area, period, flags, answered, expected in zip(
            *(rows[c].tolist() for c in ("measure", "edition", "area", "period", "flags")),
            *(_numbers(rows[c]) for c in ("answered", "expected")),
            strict=True,
        ):
            said = [self._flags[flag] for flag in flags]
            if answered < expected:
                said.append(self._coverage(int(answered), int(expected)))
            for side, reference in zip(("numerator", "denominator"), sides[measure], strict=True):
                count = known.get((edition, reference, area, period))
                if count is not None and count.rule not in _SAID_ONCE:
                    said.append(self._rule_of(side, count.rule))
            said += self.in_sentences(measure, area, period)
            remarks.append("; ".join(said))
        return remarks

    @cached_property
    def _sides(self) -> Mapping[str, tuple[str, str]]:
        """References of numerator and denominator by measure, as the counts write them."""
        measures = self.release.catalogue.measures
        return {
            row.measure: (_written(row.numerator), _written(row.denominator))
            for row in measures.itertuples()
        }

    @cached_property
    def _flags(self) -> Mapping[str, str]:
        say = self.release.words.say
        texts = {flag: say(f"output.flag.{flag}") for flag in ("b", "r")}
        return {**texts, "u": say("remark.low-reliability")}

    def _coverage(self, answered: int, expected: int) -> str:
        return self.release.words.say("coverage.authorities", answered=answered, expected=expected)

    def _rule_of(self, side: str, rule: str) -> str:
        words = self.release.words
        return words.say(f"measure-page.{side}-rule", rule=self.rule_text(rule))

    def rule_text(self, rule: str) -> str:
        """Return what disclosure control did to a figure, in words."""
        return self.release.words.say(f"rule.{rule.replace(' ', '-')}")

    def remark_of_counts(self, references: Sequence[str], area: str, period: str) -> str:
        """Return what to know of some counts of an area and year beyond what all have."""
        said = []
        for reference in references:
            count = self.counts.get((METRIC_EDITION, reference, area, period))
            if count is None:
                continue
            texts = [self._flags[flag] for flag in count.flags if flag in self._flags]
            if count.rule not in _SAID_ONCE:
                texts.append(self.rule_text(count.rule))
            said += [
                self.release.words.say("measure-page.reference-rule", reference=reference, rule=t)
                for t in texts
            ]
            said += self.in_sentences(reference, area, period)
        return "; ".join(said)


def count_text(number: float) -> str:
    """Return a count, or a whole-time equivalent with its one decimal."""
    return format_number(number, 0 if number.is_integer() else 1)


def _part_texts(rows: pd.DataFrame, part: str) -> list[str]:
    numbers = _numbers(rows[part])
    if part in ("numerator", "denominator"):
        return [
            f"[{marker}]" if marker else "[x]" if isnan(number) else count_text(number)
            for number, marker in zip(numbers, rows[f"{part}_marker"].tolist(), strict=True)
        ]
    sign = np.where(rows["kind"] == "percentage", "%", "").tolist()
    decimals = rows["decimals"].to_numpy(dtype="int64").tolist()
    return [
        # No limits belong to the measure: the page says why.
        f"[{marker}]" if marker else "[z]" if isnan(number) else format_number(number, places) + end
        for number, marker, places, end in zip(numbers, rows["marker"], decimals, sign, strict=True)
    ]


def _numbers(column: Iterable[object]) -> list[float]:
    return pd.Series(column).to_numpy(dtype="float64", na_value=np.nan).tolist()


def _written(expression: str) -> str:
    return str(parse_expression(expression)) if expression else ""
