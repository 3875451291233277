"""What a release publishes, read anew from its tidy files: the truth all else is held against."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ssstats.catalogue import Catalogue
from ssstats.matched import PREFIX
from ssstats.outputs.errors import OutputsError
from ssstats.outputs.truth.columns import Columns

COUNTS, MEASURES = "counts.csv", "measures.csv"
# Counts of metrics that authorities keep for themselves.
LOCAL = "local.csv"
# What a figure shows that nobody was asked about.
NOT_AVAILABLE = "[x]"
PARTS = ("value", "lower", "upper", "numerator", "denominator")

# A count or a part of a measure through all years and areas: item, group and part.
Series = tuple[str, str, str]
# Year and area of a figure.
Place = tuple[str, str]
# Texts of figures, or what else there is of each.
Figures = Mapping[Series, Mapping[Place, str]]


class Figure(NamedTuple):
    """The key of one published figure; `part` is value for a count, or a part of a measure."""

    item: str
    period: str
    area: str
    breakdown: str = ""
    part: str = "value"

    def __str__(self) -> str:
        named = (self.item, self.period, self.area, self.breakdown, self.part)
        return " ".join(word for word in named if word and word != "value")


def figure_of(series: Series, place: Place) -> Figure:
    """Return the key of the figure of a series in a year and area."""
    item, breakdown, part = series
    return Figure(item, *place, breakdown, part)


@dataclass(frozen=True)
class Truth:
    """Every published figure: its text as a number without commas, or its marker in brackets."""

    figures: Figures
    editions: Mapping[str, str]
    periods: Mapping[str, tuple[str, ...]]
    # How many authorities answered, of how many, by item and year of a figure of Wales.
    answered: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    @cached_property
    def amounts(self) -> Mapping[Series, Mapping[Place, float | str]]:
        """What each figure says, as `amount_of` returns it."""
        return {
            series: dict(zip(texts, map(amount_of, texts.values()), strict=True))
            for series, texts in self.figures.items()
        }

    @cached_property
    def breakdowns(self) -> frozenset[str]:
        """The groups of all figures; blank for a total."""
        return frozenset(group for _, group, _ in self.figures)

    @cached_property
    def shown_groups(self) -> frozenset[str]:
        """The groups that are shown as such, totals among them; not the totals by answer."""
        return frozenset(group for group in self.breakdowns if not group.startswith(PREFIX))

    def of_items(self, items: Collection[str]) -> Iterator[Series]:
        """Give all series of some items."""
        return (series for series in self.figures if series[0] in items)

    def of_parts(
        self, parts: Iterable[tuple[str, str]], groups: Collection[str] = ("",)
    ) -> dict[Series, Set[Place]]:
        """Return where figures of some parts of items stand, by series; totals, or of groups."""
        named = ((item, group, part) for item, part in parts for group in groups)
        return {series: self.figures[series].keys() for series in named if series in self.figures}

    def text_of(self, figure: Figure) -> str:
        """Return the text of a figure; what nobody was asked about is not available."""
        series = (figure.item, figure.breakdown, figure.part)
        return self.figures.get(series, {}).get((figure.period, figure.area), NOT_AVAILABLE)

    def latest_of(self, item: str) -> str:
        """Return the last year of an item's edition; blank where the release has none of either."""
        return self.periods.get(self.editions.get(item, ""), ("",))[-1]


class TidyFiles:
    """The tidy files of a release, each read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read = cache(Columns)

    def __getitem__(self, name: str) -> Columns:
        """Return the columns of a file; raises as `Columns` does."""
        return self._read(self.folder / name)


def read_truth(tidy: TidyFiles, catalogue: Catalogue) -> Truth:
    """Return the published figures of a release.

    Raises
    ------
    OutputsError
        If the tidy files are missing, or hold a figure twice or a row without value and marker.
    """
    counts, measures, local = tidy[COUNTS], tidy[MEASURES], tidy[LOCAL]
    editions = dict(zip(catalogue.measures["measure"], catalogue.measures["edition"], strict=True))
    editions.update(zip(counts["reference"], counts["edition"], strict=True))
    periods: dict[str, set[str]] = {}
    for own, year in {*counts.rows("edition", "period")}:
        periods.setdefault(own, set()).add(year)
    wales = str(catalogue.areas.loc[catalogue.areas["level"].eq("wales"), "area"].iloc[0])
    return Truth(
        {
            **_figures(counts, COUNTS, "reference", "breakdown"),
            **_figures(measures, MEASURES, "measure"),
            **_figures(local, LOCAL, "reference"),
        },
        editions,
        {own: tuple(sorted(found)) for own, found in periods.items()},
        {
            **_answered(counts, wales, "reference", "breakdown"),
            **_answered(measures, wales, "measure"),
        },
    )


def _figures(columns: Columns, file: str, *names: str) -> Figures:
    """Return the figures of a tidy file by item and, where they have any, group."""
    places = columns.each(lambda *place: place, "period", "area")
    parts = PARTS if "lower" in columns else ("value",)
    texts = {part: _texts_of(columns, part) for part in parts}
    figures: dict[Series, dict[Place, str]] = {}
    for (item, *group), rows in columns.rows_by(*names):
        own_places = places[rows].tolist()
        for part, own in texts.items():
            series = (item, "".join(group), part)
            figures[series] = dict(zip(own_places, own[rows].tolist(), strict=True))
            _require_whole(series, figures[series], own_places, file)
    return figures


def _texts_of(columns: Columns, part: str) -> NDArray[np.object_]:
    """Return one part of every row as it is compared."""
    side = part in ("numerator", "denominator")
    # A shown value without limits: they do not apply. A rate of a population has no such counts.
    blank = "" if part == "value" else "[x]" if side else "[z]"
    return columns.each(
        lambda value, marker: shown(value, marker) or blank,
        part,
        f"{part}_marker" if side else "marker",
    )


def shown(value: str, marker: str) -> str:
    """Return a figure as it is compared: a marker in brackets or a plain number."""
    return f"[{marker}]" if marker else value


def _require_whole(
    series: Series, figures: Mapping[Place, str], places: Sequence[Place], file: str
) -> None:
    if len(figures) != len(places):
        again = figure_of(series, next(place for place in places if places.count(place) > 1))
        raise OutputsError(f"data/{file}: {again} stands twice; build the release anew")
    if "" in figures.values():
        empty = figure_of(series, next(place for place, text in figures.items() if not text))
        raise OutputsError(
            f"data/{file}: {empty} has neither a value nor a marker; build the release anew"
        )


def _answered(
    columns: Columns, wales: str, *names: str
) -> Mapping[tuple[str, str], tuple[str, str]]:
    """Return on how many authorities each total of Wales stands."""
    rows = columns.rows("period", "area", "answered", "expected", *names)
    return {
        (item, period): (answered, of)
        for period, area, answered, of, item, *group in rows
        if area == wales and answered and not any(group)
    }


@cache
def number_of(text: str) -> float | None:
    """Return the number of a cell, without commas and percent sign; None where it is none."""
    plain = text.strip().removesuffix("%").replace(",", "").replace("\N{MINUS SIGN}", "-")
    try:
        return float(plain)
    except ValueError:
        return None


@cache
def amount_of(text: str) -> float | str:
    """Return the number of a cell, and the text itself of a cell that holds none."""
    number = number_of(text)
    return text if number is None else number
