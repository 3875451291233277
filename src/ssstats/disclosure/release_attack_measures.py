"""Are published percentages and rates functions of published counts? Checked figure by figure.

A percentage worked out from unrounded counts, or with one more decimal than the policy allows,
narrows the counts behind it. What follows from published figures tells nothing new.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from operator import itemgetter
from pathlib import Path

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import DisclosureError, listed
from ssstats.expressions import parse_expression
from ssstats.matched import matched_breakdown

MEASURES_FILE = "measures.csv"
_COLUMNS = (
    "measure",
    "edition",
    "period",
    "area",
    "value",
    "decimals",
    "numerator",
    "denominator",
)
_Place = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class _Measure:
    """A measure of the guidance: for numerator and denominator, where its figure may stand.

    Each of `sides` holds the reference, and the breakdown of totals over authorities that answered
    the other side too; the denominator's is absent where a population stands in it.
    """

    sides: tuple[tuple[str, str], ...]
    multiplier: Decimal


def check_measures(folder: Path, counts: pd.DataFrame, catalogue: Catalogue) -> int:
    """Return how many published measures were worked out again from published figures.

    Raises
    ------
    DisclosureError
        If a numerator or denominator is no published figure, or a value is not their quotient.
    """
    path = folder / MEASURES_FILE
    if not path.is_file():
        return 0
    published = _published(counts)
    known = _measures_of(catalogue)
    strange, wrong, checked = [], [], 0
    for row in _rows(path):
        name, edition, period, area, value, decimals, *sides = row
        measure = known.get((name, edition))
        if measure is None or not _stand_on_published(
            (edition, period, area), sides, measure, published
        ):
            strange.append(f"{name} {period} {area}")
        elif value:
            checked += 1
            if not _is_quotient(value, decimals, sides, measure):
                wrong.append(f"{name} {period} {area}")
    for fault, names in (
        ("numerator or denominator is not a published figure", strange),
        ("the value is not the quotient of its published figures", wrong),
    ):
        if names:
            raise DisclosureError(f"{MEASURES_FILE}: {fault}, at {listed(names)}; build it anew")
    return checked


def _rows(path: Path) -> Iterator[tuple[str, ...]]:
    """Yield the fields of `_COLUMNS`, row by row."""
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle)
        header = next(reader, [])
        if missing := set(_COLUMNS) - set(header):
            raise DisclosureError(
                f"{path.name}: column {listed(missing)} is missing; build the release anew"
            )
        chosen = itemgetter(*map(header.index, _COLUMNS))
        for fields in filter(None, reader):
            if len(fields) != len(header):
                raise DisclosureError(
                    f"{path.name}, row {reader.line_num}: the row has more or fewer fields than "
                    "the heading; build the release anew"
                )
            yield chosen(fields)


def _measures_of(catalogue: Catalogue) -> dict[tuple[str, str], _Measure]:
    found = {}
    for row in catalogue.measures.itertuples():
        top, bottom = _spoken(str(row.numerator)), _spoken(str(row.denominator))
        sides = [(top, matched_breakdown(bottom))]
        if not row.population:
            sides.append((bottom, matched_breakdown(top)))
        measure = _Measure(tuple(sides), Decimal(str(row.multiplier)))
        found[(str(row.measure), str(row.edition))] = measure
    return found


def _spoken(text: str) -> str:
    return str(parse_expression(text)) if text else ""


def _published(counts: pd.DataFrame) -> dict[_Place, Decimal | None]:
    """Return every published figure by its place, none where it has no value."""
    keys = counts[["edition", "period", "area", "reference", "breakdown"]]
    values = counts["value"].to_numpy(dtype=float, na_value=np.nan)
    number = {
        value: None if np.isnan(value) else Decimal(str(value)) for value in np.unique(values)
    }
    return {
        place: number.get(value)
        for place, value in zip(
            zip(*(keys[column].tolist() for column in keys), strict=True),
            values.tolist(),
            strict=True,
        )
    }


def _stand_on_published(
    place: tuple[str, str, str],
    shown: Sequence[str],
    measure: _Measure,
    published: Mapping[_Place, Decimal | None],
) -> bool:
    """Return whether each side that is shown is the figure of its place, or of a matched total."""
    for text, (reference, breakdown) in zip(shown, measure.sides, strict=False):
        if not text:
            continue
        own = Decimal(text)
        found = (published.get((*place, reference, ending)) for ending in ("", breakdown))
        if own not in found:
            return False
    return True


def _is_quotient(value: str, decimals: str, sides: Sequence[str], measure: _Measure) -> bool:
    """Return whether the value is the rounded quotient of what stands beside it."""
    numerator, denominator = sides
    if not numerator or not denominator:
        return False
    exact = measure.multiplier * Decimal(numerator) / Decimal(denominator)
    unit = Decimal(1).scaleb(-int(decimals))
    return Decimal(value) == exact.quantize(unit, rounding=ROUND_HALF_UP)
