"""One published figure as sentences need it: its text, its number, its limits, its cell.

A figure that is hidden or absent is none: no sentence can be made of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.release import Release
from ssstats.formatting import format_number

NUMBER, AVERAGE, RATE = "number", "average", "rate"
_NOUNS = {"mean": AVERAGE}


@dataclass(frozen=True)
class Figure:
    """A figure as published; `lower` and `upper` are blank where it has no limits.

    `per` is the population that a rate is given for: 10,000.
    """

    noun: str
    text: str
    value: float
    decimals: int
    cell: str
    lower: str = ""
    upper: str = ""
    per: str = ""
    low_reliability: bool = False
    answered: int = 0
    expected: int = 0

    @property
    def partial(self) -> bool:
        """Whether fewer authorities answered than were asked."""
        return self.answered < self.expected


def figure_of(release: Release, item: str, area: str, period: str) -> Figure | None:
    """Return the published figure of a metric or measure, or None where none is shown."""
    return (_count if is_metric(item) else _measure)(release, item, area, period)


def is_metric(item: str) -> bool:
    """Return whether an item is a metric such as AD/001, and not a measure such as AD-02."""
    return "/" in item


def cell_of(file: str, **keys: str) -> str:
    """Return which row of which file a value stands in."""
    return " ".join([file, *(f"{name}={value}" for name, value in keys.items())])


def size_of(new: Figure, old: Figure) -> str:
    """Return the size of the difference, blank where it cannot be read off both figures."""
    if new.decimals != old.decimals:
        return ""
    return format_number(abs(round(new.value - old.value, new.decimals)), new.decimals)


def _count(release: Release, reference: str, area: str, period: str) -> Figure | None:
    found = release.count(METRIC_EDITION, reference, area, period)
    if found is None or found["marker"] or pd.isna(found["value"]):
        return None
    value = float(found["value"])
    answered, expected = _coverage(found)
    return Figure(
        noun=NUMBER,
        text=release.count_text(METRIC_EDITION, reference, area, period),
        value=value,
        decimals=0 if value.is_integer() else 1,
        cell=cell_of("counts.csv", period=period, area=area, reference=reference),
        answered=answered,
        expected=expected,
    )


def _measure(release: Release, measure: str, area: str, period: str) -> Figure | None:
    found = release.estimate(measure, area, period)
    if found is None or found["marker"] or pd.isna(found["value"]):
        return None
    limited = pd.notna(found["lower"])
    kind = str(found["kind"])
    answered, expected = _coverage(found)
    return Figure(
        noun=_NOUNS.get(kind, kind),
        text=release.estimate_text(found),
        value=float(found["value"]),
        decimals=int(found["decimals"]),
        cell=cell_of("measures.csv", period=period, area=area, measure=measure),
        lower=release.estimate_text(found, "lower") if limited else "",
        upper=release.estimate_text(found, "upper") if limited else "",
        per=format_number(float(release.measures_by_id[measure]["multiplier"])),
        low_reliability="u" in found["flags"],
        answered=answered,
        expected=expected,
    )


def _coverage(found: pd.Series) -> tuple[int, int]:
    """Return how many authorities answered and were asked; none of either below Wales."""
    if pd.isna(found["answered"]):
        return 0, 0
    return int(found["answered"]), int(found["expected"])


def highest_and_lowest(figures: list[Figure]) -> tuple[Figure, Figure]:
    """Return the figure with the lowest value and that with the highest."""
    values = np.array([figure.value for figure in figures])
    return figures[int(values.argmin())], figures[int(values.argmax())]
