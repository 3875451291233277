"""What pages of measures show in every language: texts of figures, what made them, who asks what.

Hundreds of thousands of cells: texts are made in long columns, each different one once, and never
cell by cell from frames. Nothing here knows a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, product
from math import isnan
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.release import Release
from ssstats.chapters.rows import Row
from ssstats.disclosure.release_tables import AS_PUBLISHED, HIDDEN, NO_VALUE, ROUNDED, ZERO
from ssstats.expressions import parse_expression
from ssstats.formatting import format_number
from ssstats.measure_pages.addresses import Question, own_measures, questions_of
from ssstats.measure_pages.markup import cell

# What the policy's sentence says of all figures of a page; further rules stand beside theirs.
_SAID_ONCE = {ROUNDED, ZERO, HIDDEN, NO_VALUE, AS_PUBLISHED}
_BETWEEN_PERIODS = ";"
# What stands where a metric was not asked for in a year.
NOT_ASKED = "[x]"
_Shown = TypeVar("_Shown")
_OF_SHARES = (
    "measure", "area", "period", "value", "lower", "upper", "marker", "kind", "decimals",
)  # fmt: skip
PARTS = ("value", "lower", "upper", "numerator", "denominator")


class Figure(NamedTuple):
    """One published value of a measure: its text, its cells, its numbers, what to know of it.

    `cells` hold value, limits, numerator and denominator as a table's markup. Numbers are NaN where
    there is none; so are `answered` and `expected` but for Wales. `rules` made numerator and
    denominator, blank where the policy's sentence says them. `chapters` have sentences about it.
    """

    area: str
    period: str
    value_text: str
    cells: str
    value: float
    lower: float
    upper: float
    flags: str
    method: str
    no_limits: str
    answered: float
    expected: float
    rules: tuple[str, str]
    chapters: tuple[str, ...]


class Share(NamedTuple):
    """What a part is of its whole in one area and year, with its limits, as texts."""

    area: str
    period: str
    value: str
    lower: str
    upper: str


class CountRow(NamedTuple):
    """All counts of a question in an area and year: their cells, and which have remarks."""

    area: str
    period: str
    cells: str
    remarked: tuple[str, ...]


class CountNote(NamedTuple):
    """What to know of one count: its flags, and its rule where no sentence says it of all."""

    flags: str
    rule: str


@dataclass(frozen=True)
class SharedFigures:
    """The figures of a release as its pages show them, whatever their language."""

    release: Release

    @cached_property
    def measures_with_pages(self) -> Sequence[Row]:
        """The measures that have a page, rows of the catalogue."""
        return [self.release.measures_by_id[name] for name in own_measures(self.release)]

    @cached_property
    def questions(self) -> Sequence[Question]:
        """The questions of the guidance that have a page."""
        return questions_of(self.release)

    @cached_property
    def _whole(self) -> pd.DataFrame:
        counts = self.release.tables.counts
        return counts[counts["breakdown"] == ""]

    @cached_property
    def _current(self) -> pd.DataFrame:
        return self._whole[self._whole["edition"] == METRIC_EDITION]

    @cached_property
    def counts(self) -> Mapping[str, Mapping[tuple[str, str], str]]:
        """The texts of every metric's counts without a breakdown, by area and year."""
        own = self._current
        texts = map(cache(_count_text), _numbers(own["value"]), own["marker"].tolist())
        places = _keys(own, "area", "period")
        held = _by_first(own["reference"].tolist(), zip(places, texts, strict=True))
        return {reference: dict(figures) for reference, figures in held.items()}

    @cached_property
    def _notes(self) -> Mapping[tuple[str, str, str, str], CountNote]:
        """What to know of counts, by edition, reference, area and year; most have nothing."""
        own = self._whole
        said = own["rule"].isin(_SAID_ONCE)
        own = own[~said | (own["flags"] != "")]
        rules = ("" if rule in _SAID_ONCE else rule for rule in own["rule"].tolist())
        notes = map(CountNote, own["flags"].tolist(), rules)
        return dict(zip(_keys(own, "edition", "reference", "area", "period"), notes, strict=True))

    @cached_property
    def count_notes(self) -> Mapping[tuple[str, str, str], CountNote]:
        """What to know of counts of the current edition, by reference, area and year."""
        return {key[1:]: note for key, note in self._notes.items() if key[0] == METRIC_EDITION}

    @cached_property
    def rows_of_counts(self) -> Callable[[tuple[str, ...]], list[CountRow]]:
        """Return the rows of some references, areas in geographic order, their years in order."""
        return cache(self._rows_of_counts)

    def _rows_of_counts(self, references: tuple[str, ...]) -> list[CountRow]:
        counts = [self.counts.get(reference, {}) for reference in references]
        remarked = {name: self._remarked[name] for name in references if name in self._remarked}
        return [
            CountRow(
                *place,
                "".join([cell(own.get(place, NOT_ASKED)) for own in counts]),
                tuple([name for name, places in remarked.items() if place in places]),
            )
            for place in product(self.release.areas["area"].tolist(), self.periods_of(references))
        ]

    @cached_property
    def _remarked(self) -> Mapping[str, set[tuple[str, str]]]:
        """The areas and years in which there is something to know of a metric's count."""
        spoken_of = (
            (item, area, period)
            for item, area, period in self.chapters
            if (area, period) in self.counts.get(item, ())
        )
        found: dict[str, set[tuple[str, str]]] = {}
        for reference, area, period in chain(self.count_notes, spoken_of):
            found.setdefault(reference, set()).add((area, period))
        return found

    @cached_property
    def places(self) -> Mapping[str, tuple[int, int]]:
        """Column and row of each authority on the map of tiles."""
        grid = self.release.catalogue.tile_grid
        columns, rows = grid["tile_column"].astype(int), grid["tile_row"].astype(int)
        return dict(zip(grid["area"], zip(columns, rows, strict=True), strict=True))

    @cached_property
    def _periods(self) -> Mapping[str, set[str]]:
        """The years in which the release has each metric, up to its own."""
        own = self._current[["reference", "period"]].drop_duplicates()
        own = own[own["period"] <= str(self.release.period)]
        held = _by_first(own["reference"].tolist(), own["period"].tolist())
        return {reference: set(periods) for reference, periods in held.items()}

    def periods_of(self, references: Iterable[str]) -> list[str]:
        """Return the years in which the release has any of some metrics, in order."""
        return sorted(set().union(*(self._periods.get(name, set()) for name in references)))

    @cached_property
    def _estimates(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Measures with a page and those without: areas in geographic order, years in order."""
        release, rows = self.release, self.release.estimates
        order = dict(zip(release.areas["area"], release.areas["display_order"], strict=True))
        places = np.asarray([order[area] for area in rows["area"].tolist()])
        codes = [pd.factorize(rows[name], sort=True)[0] for name in ("period", "measure")]
        sorted_rows = np.lexsort([codes[0], places, codes[1]])
        held = (rows["period"] <= str(release.period)).to_numpy()
        with_page = rows["measure"].isin({row["measure"] for row in self.measures_with_pages})
        own, others = (held & chosen for chosen in (with_page, ~with_page))
        return (
            rows.iloc[sorted_rows[own[sorted_rows]]],
            rows[list(_OF_SHARES)].iloc[sorted_rows[others[sorted_rows]]],
        )

    @cached_property
    def measures(self) -> Mapping[str, list[Figure]]:
        """Every figure of each measure that has a page."""
        rows, _ = self._estimates
        texts = [_part_texts(rows, part) for part in PARTS]
        columns = (
            *(rows[name].tolist() for name in ("area", "period")),
            texts[0],
            map("".join, zip(*(map(cell, part) for part in texts), strict=True)),
            *(_numbers(rows[name]) for name in ("value", "lower", "upper")),
            *(rows[name].tolist() for name in ("flags", "method", "no_limits")),
            *(_numbers(rows[name]) for name in ("answered", "expected")),
            self._rules(rows),
            (self.chapters.get(key, ()) for key in _keys(rows, "measure", "area", "period")),
        )
        return _by_first(rows["measure"].tolist(), map(Figure, *columns))

    @cached_property
    def shares(self) -> Mapping[str, list[Share]]:
        """Every figure of each measure that has no page of its own."""
        _, rows = self._estimates
        columns = (
            *(rows[name].tolist() for name in ("area", "period")),
            *(_part_texts(rows, part) for part in ("value", "lower", "upper")),
        )
        return _by_first(rows["measure"].tolist(), map(Share, *columns))

    def _rules(self, rows: pd.DataFrame) -> list[tuple[str, str]]:
        """Return the rules that made numerator and denominator of each row."""
        said = {figure: note.rule for figure, note in self._notes.items() if note.rule}
        if not said:
            return [("", "")] * len(rows)
        keys = _keys(rows, "measure", "edition", "area", "period")
        return [
            (
                said.get((edition, self._sides[measure][0], area, period), ""),
                said.get((edition, self._sides[measure][1], area, period), ""),
            )
            for measure, edition, area, period in keys
        ]

    @cached_property
    def _sides(self) -> Mapping[str, tuple[str, str]]:
        """References of numerator and denominator by measure, as the counts write them."""
        return {
            row["measure"]: (_written(row["numerator"]), _written(row["denominator"]))
            for row in self.measures_with_pages
        }

    @cached_property
    def chapters(self) -> Mapping[tuple[str, str, str], tuple[str, ...]]:
        """The chapters whose sentences speak of a figure, by item, area and year."""
        named: dict[tuple[str, str, str], dict[str, None]] = {}
        commentary = self.release.commentary
        columns = (commentary[name].tolist() for name in ("item", "area", "periods", "chapter"))
        for item, area, periods, chapter in zip(*columns, strict=True):
            for period in periods.split(_BETWEEN_PERIODS):
                named.setdefault((item, area, period), {})[chapter] = None
        return {figure: tuple(own) for figure, own in named.items()}

    @cached_property
    def crosswalk(self) -> Mapping[str, list[tuple[str, str]]]:
        """How each measure compares with printed ones of 2016: comparability and number."""
        own = self.release.catalogue.crosswalk
        columns = (own[name].tolist() for name in ("comparability", "measure_printed"))
        return _by_first(own["measure_2020"].tolist(), zip(*columns, strict=True))

    @cached_property
    def users(self) -> Mapping[str, Sequence[Row]]:
        """The measures of the release that name a metric in numerator or denominator."""
        users: dict[str, list[Row]] = {}
        held = set(self.release.estimates["measure"].unique())
        for name, row in self.release.measures_by_id.items():
            if name not in held or row["edition"] != METRIC_EDITION:
                continue
            sides = [side for side in (row["numerator"], row["denominator"]) if side]
            for reference in {r for side in sides for r in parse_expression(side).references}:
                users.setdefault(reference, []).append(row)
        return users

    def users_of(self, references: Iterable[str]) -> list[Row]:
        """Return the measures that name any of some metrics, in the catalogue's order."""
        named = {row["measure"] for name in references for row in self.users.get(name, ())}
        return [row for name, row in self.release.measures_by_id.items() if name in named]


def _part_texts(rows: pd.DataFrame, part: str) -> list[str]:
    """Return a part of measures as cells show it."""
    numbers = _numbers(rows[part])
    if part in ("numerator", "denominator"):
        return list(map(cache(_side_text), numbers, rows[f"{part}_marker"].tolist()))
    ends = np.where(rows["kind"] == "percentage", "%", "").tolist()
    places = rows["decimals"].to_numpy(dtype="int64").tolist()
    return list(map(cache(_measure_text), numbers, rows["marker"].tolist(), places, ends))


def _measure_text(number: float, marker: str, places: int, end: str) -> str:
    if marker:
        return f"[{marker}]"
    # No limits belong to the measure: the page says why.
    return "[z]" if isnan(number) else format_number(number, places) + end


def _side_text(number: float, marker: str) -> str:
    return "[x]" if isnan(number) and not marker else _count_text(number, marker)


def _count_text(number: float, marker: str) -> str:
    """Return a count, or a whole-time equivalent with its one decimal."""
    if marker:
        return f"[{marker}]"
    return format_number(number, 0 if number.is_integer() else 1)


def _by_first(names: Iterable[str], rows: Iterable[_Shown]) -> dict[str, list[_Shown]]:
    found: dict[str, list[_Shown]] = {}
    for name, row in zip(names, rows, strict=True):
        found.setdefault(name, []).append(row)
    return found


def _keys(rows: pd.DataFrame, *names: str) -> Iterable[tuple[Any, ...]]:
    return zip(*(rows[name].tolist() for name in names), strict=True)


def _numbers(column: pd.Series) -> list[float]:
    return column.to_numpy(dtype="float64", na_value=np.nan).tolist()


def _written(expression: str) -> str:
    return str(parse_expression(expression)) if expression else ""
