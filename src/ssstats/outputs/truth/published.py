"""What a release publishes, read anew from its tidy CSV files: the truth all else is held against.

Reads the files by itself, so that a mistake of the writers cannot hide in a reader they share.
"""

from __future__ import annotations

import csv
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import product, repeat
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.csv as arrow_csv

from ssstats.catalogue import Catalogue
from ssstats.outputs.errors import OutputsError

COUNTS, MEASURES = "counts.csv", "measures.csv"
# Counts of metrics that authorities keep for themselves.
LOCAL = "local.csv"
# What a figure shows that nobody was asked about.
NOT_AVAILABLE = "[x]"
PARTS = ("value", "lower", "upper", "numerator", "denominator")


# A figure's key as a plain tuple, which equals the figure and is made much faster.
Key = tuple[str, str, str, str, str]


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


@dataclass
class Comparison:
    """What differs; how many figures were read by source; cells that nothing could name, by table.

    Tables with such cells are still the same in page, notebook and PDF.
    """

    differences: list[Difference] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)
    unnamed: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Truth:
    """Every published figure: its text as a number without commas, or its marker in brackets."""

    figures: Mapping[Key, str]
    editions: Mapping[str, str]
    periods: Mapping[str, tuple[str, ...]]
    # How many authorities answered, of how many, by item and year of a figure of Wales.
    answered: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    @cached_property
    def _of_items(self) -> Mapping[str, list[Key]]:
        of_items: dict[str, list[Key]] = {}
        for key in self.figures:
            of_items.setdefault(key[0], []).append(key)
        return of_items

    @cached_property
    def _of_parts(self) -> Mapping[tuple[str, str], Mapping[str, list[Key]]]:
        """Keys by item and part, then by group."""
        of_parts: dict[tuple[str, str], dict[str, list[Key]]] = {}
        for key in self.figures:
            of_parts.setdefault((key[0], key[4]), {}).setdefault(key[3], []).append(key)
        return of_parts

    def of_parts(self, parts: Iterable[tuple[str, str]], groups: Set[str]) -> set[Key]:
        """Return the keys of all figures of some parts of items, in some groups."""
        return set().union(
            *(
                keys
                for part in parts
                for group, keys in self._of_parts.get(part, {}).items()
                if group in groups
            )
        )

    def totals_of(self, items: Iterable[str]) -> set[Key]:
        """Return the keys of all figures of some items that are of no group."""
        return self.of_parts(product(items, PARTS), {""})

    @cached_property
    def amounts(self) -> Mapping[Key, float | str]:
        """What each figure says, as `amount_of` returns it."""
        return dict(zip(self.figures, map(amount_of, self.figures.values()), strict=True))

    @cached_property
    def breakdowns(self) -> frozenset[str]:
        """The groups of all figures; blank for a total."""
        return frozenset(key[3] for key in self.figures)

    def of_items(self, items: Iterable[str]) -> Iterator[Key]:
        """Give the keys of all figures of some items."""
        for item in items:
            yield from self._of_items.get(item, [])

    def latest_of(self, item: str) -> str:
        """Return the last year of an item's edition; blank where the release has none of either."""
        return self.periods.get(self.editions.get(item, ""), ("",))[-1]


def read_truth(folder: Path, catalogue: Catalogue) -> Truth:
    """Return the published figures of a release folder.

    Raises
    ------
    OutputsError
        If the tidy files are missing, or hold a figure twice or a row without value and marker.
    """
    figures: dict[Key, str] = {}
    editions = dict(zip(catalogue.measures["measure"], catalogue.measures["edition"], strict=True))
    named = ("edition", "reference", "period", "area", "breakdown", "value", "marker")
    edition, items, years, areas, groups, values, markers = read_columns(folder / COUNTS, named)
    keys = zip(items, years, areas, groups, repeat("value"), strict=False)
    _keep(figures, list(keys), _shown(values, markers), COUNTS)
    editions.update(zip(items, edition, strict=True))
    periods: dict[str, set[str]] = {}
    for own, year in set(zip(edition, years, strict=True)):
        periods.setdefault(own, set()).add(year)
    of_measures = read_columns(folder / MEASURES, ("measure", "period", "area"))
    for part in PARTS:
        keys = zip(*of_measures, repeat(""), repeat(part), strict=False)
        _keep(figures, list(keys), _part(folder / MEASURES, part), MEASURES)
    *of_local, values, markers = read_columns(
        folder / LOCAL, ("reference", "period", "area", "value", "marker")
    )
    keys = zip(*of_local, repeat(""), repeat("value"), strict=False)
    _keep(figures, list(keys), _shown(values, markers), LOCAL)
    wales = str(catalogue.areas.loc[catalogue.areas["level"].eq("wales"), "area"].iloc[0])
    answered = _answered(folder / COUNTS, "reference", wales, ["breakdown"])
    answered |= _answered(folder / MEASURES, "measure", wales, [])
    own_periods = {own: tuple(sorted(found)) for own, found in periods.items()}
    return Truth(figures, editions, own_periods, answered)


def _answered(
    path: Path, item: str, wales: str, blank: list[str]
) -> dict[tuple[str, str], tuple[str, str]]:
    """Return on how many authorities each total of Wales stands; `blank` must be empty."""
    named = (item, "period", "area", "answered", "expected", *blank)
    return {
        (own, period): (shown, of)
        for own, period, area, shown, of, *rest in zip(*read_columns(path, named), strict=True)
        if area == wales and shown and not any(rest)
    }


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


def _keep(figures: dict[Key, str], keys: list[Key], texts: list[str], file: str) -> None:
    before = len(figures)
    figures.update(zip(keys, texts, strict=True))
    if len(figures) != before + len(keys):
        seen: set[Key] = set()
        again = next(key for key in keys if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise OutputsError(f"data/{file}: {Figure(*again)} stands twice; build the release anew")
    if "" in texts:
        empty = Figure(*keys[texts.index("")])
        raise OutputsError(
            f"data/{file}: {empty} has neither a value nor a marker; build the release anew"
        )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what a file that was tampered with raises into a sentence about the file.

    Raises
    ------
    OutputsError
        If the file is not in the form in which a release writes it.
    """
    try:
        yield
    except (LookupError, ValueError, SyntaxError, OSError, zipfile.BadZipFile, csv.Error) as fault:
        raise OutputsError(
            f"{path.parent.name}/{path.name} cannot be read as a release writes it "
            f"({type(fault).__name__}); build the release anew"
        ) from fault


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
        # Threads cost more than they save on hundreds of small files.
        read_options=arrow_csv.ReadOptions(use_threads=False),
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


def difference(source: str, place: object, published: str, found: str) -> Difference:
    """Return a difference in words that never carry a number where none is published."""
    hidden = published.startswith("[") or published == "nothing"
    said = "a number" if hidden and number_of(found) is not None else found
    return Difference(source, str(place), published, said or "nothing")


def compare(
    source: str, truth: Truth, found: Mapping[Key, str], expected: Set[Key]
) -> list[Difference]:
    """Return what differs between the figures found in a source and those expected there."""
    differences = []
    # Nearly all say the same, and what nobody was asked about may be shown as not available.
    published_amounts = map(truth.amounts.get, found, repeat(NOT_AVAILABLE))
    alike = [*published_amounts] == [*map(amount_of, found.values())]
    for key, text in () if alike else found.items():
        published = truth.figures.get(key)
        if published is None:
            if text != NOT_AVAILABLE:
                differences.append(difference(source, Figure(*key), "nothing", text))
        elif not same(published, text):
            differences.append(difference(source, Figure(*key), published, text))
    missing = sorted(expected - found.keys())
    return differences + [
        difference(source, Figure(*key), truth.figures[key], "nothing") for key in missing
    ]
