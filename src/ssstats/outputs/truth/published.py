"""What a release publishes, read anew from its tidy CSV files: the truth all else is held against.

Reads the files by itself, so that a mistake of the writers cannot hide in a reader they share.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.csv as arrow_csv

from ssstats.catalogue import Catalogue
from ssstats.outputs.errors import OutputsError

COUNTS, MEASURES = "counts.csv", "measures.csv"
# Counts of metrics that authorities keep for themselves.
LOCAL = "local.csv"
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
    editions = dict(zip(catalogue.measures["measure"], catalogue.measures["edition"], strict=True))
    named = ("edition", "reference", "period", "area", "breakdown", "value", "marker")
    edition, *key, values, markers = read_columns(folder / COUNTS, named)
    _keep(
        figures, [Figure(*own) for own in zip(*key, strict=True)], _shown(values, markers), COUNTS
    )
    editions.update(zip(key[0], edition, strict=True))
    periods: dict[str, set[str]] = {}
    for own, year in set(zip(edition, key[1], strict=True)):
        periods.setdefault(own, set()).add(year)
    measures, years_of, areas = read_columns(folder / MEASURES, ("measure", "period", "area"))
    for part in PARTS:
        _keep(
            figures,
            [
                Figure(measure, year, area, "", part)
                for measure, year, area in zip(measures, years_of, areas, strict=True)
            ],
            _part(folder / MEASURES, part),
            MEASURES,
        )
    *key, values, markers = read_columns(
        folder / LOCAL, ("reference", "period", "area", "value", "marker")
    )
    own_metrics = [Figure(*own) for own in zip(*key, strict=True)]
    _keep(figures, own_metrics, _shown(values, markers), LOCAL)
    years = {own: tuple(sorted(found)) for own, found in periods.items()}
    return Truth(figures, editions, years)


def _part(path: Path, part: str) -> list[str]:
    """Return one part of every measure as it is compared."""
    side = part in ("numerator", "denominator")
    texts = _shown(*read_columns(path, (part, f"{part}_marker" if side else "marker")))
    if side:
        return [text or "[x]" for text in texts]
    # A shown value without limits: they do not apply.
    return texts if part == "value" else [text or "[z]" for text in texts]


def _shown(values: list[str], markers: list[str]) -> list[str]:
    return [f"[{m}]" if m else value for value, m in zip(values, markers, strict=True)]


def shown(value: str, marker: str) -> str:
    """Return a figure as it is compared: a marker in brackets or a plain number."""
    return f"[{marker}]" if marker else value


def _keep(figures: dict[Figure, str], keys: list[Figure], texts: list[str], file: str) -> None:
    before = len(figures)
    figures.update(zip(keys, texts, strict=True))
    if len(figures) != before + len(keys):
        seen: set[Figure] = set()
        again = next(key for key in keys if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise OutputsError(f"data/{file}: {again} stands twice; build the release anew")
    if "" in texts:
        empty = keys[texts.index("")]
        raise OutputsError(
            f"data/{file}: {empty} has neither a value nor a marker; build the release anew"
        )


def read_columns(path: Path, names: Sequence[str]) -> list[list[str]]:
    """Return columns of a CSV file as texts, a blank as an empty one.

    Raises
    ------
    OutputsError
        If the file is missing.
    ValueError, LookupError
        If it is no CSV file, or lacks a column.
    """
    _check_there(path)
    table = arrow_csv.read_csv(
        path,
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=list(names),
            strings_can_be_null=False,
        ),
    )
    return [table.column(name).to_pylist() for name in names]


def _check_there(path: Path) -> None:
    if not path.is_file():
        raise OutputsError(
            f"{path.parent.parent.name}/{path.parent.name}/{path.name} is missing; "
            "give the folder of a release"
        )


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Give the rows of a CSV file by column."""
    _check_there(path)
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
