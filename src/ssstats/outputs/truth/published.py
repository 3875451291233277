"""What a release publishes, read anew from its tidy CSV files: the truth all else is held against.

Reads the files by itself, so that a mistake of the writers cannot hide in a reader they share.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from ssstats.catalogue import Catalogue
from ssstats.outputs.errors import OutputsError

COUNTS, MEASURES, FACTS = "counts.csv", "measures.csv", "release.json"
PARTS = ("value", "lower", "upper", "numerator", "denominator")


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


@dataclass(frozen=True)
class Difference:
    """A figure that one file shows otherwise than the release tables do, lacks, or adds."""

    source: str
    place: str
    published: str
    found: str

    def __str__(self) -> str:
        return f"{self.source}: {self.place}: published {self.published}, found {self.found}"


@dataclass(frozen=True)
class Truth:
    """Every published figure: its text as a number without commas, or its marker in brackets."""

    figures: Mapping[Figure, str]
    editions: Mapping[str, str]
    periods: Mapping[str, tuple[str, ...]]

    @cached_property
    def _of_items(self) -> Mapping[str, list[Figure]]:
        of_items: dict[str, list[Figure]] = {}
        for key in self.figures:
            of_items.setdefault(key.item, []).append(key)
        return of_items

    def of_items(self, items: Iterable[str]) -> Iterator[Figure]:
        """Give the keys of all figures of some items."""
        for item in items:
            yield from self._of_items.get(item, [])

    def latest(self, edition: str) -> str:
        """Return the last year of an edition."""
        return self.periods[edition][-1]


def read_truth(folder: Path, catalogue: Catalogue) -> Truth:
    """Return the published figures of a release folder.

    Raises
    ------
    OutputsError
        If the tidy files are missing, or hold a figure twice or a row without value and marker.
    """
    figures: dict[Figure, str] = {}
    periods: dict[str, set[str]] = {}
    editions = dict(zip(catalogue.measures["measure"], catalogue.measures["edition"], strict=True))
    for row in read_rows(folder / COUNTS):
        key = Figure(row["reference"], row["period"], row["area"], row["breakdown"])
        _keep(figures, key, shown(row["value"], row["marker"]), COUNTS)
        editions[row["reference"]] = row["edition"]
        periods.setdefault(row["edition"], set()).add(row["period"])
    for row in read_rows(folder / MEASURES):
        for part in PARTS:
            key = Figure(row["measure"], row["period"], row["area"], "", part)
            _keep(figures, key, _part(row, part), MEASURES)
    years = {edition: tuple(sorted(own)) for edition, own in periods.items()}
    return Truth(figures, editions, years)


def _part(row: Mapping[str, str], part: str) -> str:
    if part in ("numerator", "denominator"):
        return shown(row[part], row[f"{part}_marker"]) or "[x]"
    text = shown(row[part], row["marker"])
    # A shown value without limits: they do not apply.
    return text or ("[z]" if part != "value" else "")


def shown(value: str, marker: str) -> str:
    """Return a figure as it is compared: a marker in brackets or a plain number."""
    return f"[{marker}]" if marker else value


def _keep(figures: dict[Figure, str], key: Figure, text: str, file: str) -> None:
    if key in figures or not text:
        fault = "stands twice" if key in figures else "has neither a value nor a marker"
        raise OutputsError(f"data/{file}: {key} {fault}; build the release anew")
    figures[key] = text


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Give the rows of a CSV file by column."""
    if not path.is_file():
        raise OutputsError(
            f"{path.parent.parent.name}/{path.parent.name}/{path.name} is missing; "
            "give the folder of a release"
        )
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        header = next(lines, [])
        for line in lines:
            yield dict(zip(header, line, strict=True))


def same(published: str, found: str) -> bool:
    """Return whether two texts are the same number or the same marker."""
    if published == found:
        return True
    one, other = number_of(published), number_of(found)
    return one is not None and one == other


def number_of(text: str) -> float | None:
    """Return the number of a cell, without commas and percent sign; None where it is none."""
    plain = text.strip().removesuffix("%").replace(",", "").replace("\N{MINUS SIGN}", "-")
    try:
        return float(plain)
    except ValueError:
        return None


def difference(source: str, place: object, published: str, found: str) -> Difference:
    """Return a difference in words that never carry a number where none is published."""
    hidden = published.startswith("[") or published == "nothing"
    said = "a number" if hidden and number_of(found) is not None else found
    return Difference(source, str(place), published, said or "nothing")


def compare(
    source: str, truth: Truth, found: Mapping[Figure, str], expected: set[Figure]
) -> list[Difference]:
    """Return what differs between the figures found in a source and those expected there."""
    differences = [
        difference(source, key, truth.figures[key], text)
        for key, text in found.items()
        if key in truth.figures and not same(truth.figures[key], text)
    ]
    differences += [
        difference(source, key, "nothing", text)
        for key, text in found.items()
        # A year or area that nobody was asked about may be shown as not available.
        if key not in truth.figures and text != "[x]"
    ]
    missing = expected - set(found)
    differences += [difference(source, key, truth.figures[key], "nothing") for key in missing]
    return differences
