"""Are published percentages and rates functions of published counts? Checked figure by figure.

A percentage worked out from unrounded counts, or with one more decimal than the policy allows,
narrows the counts behind it. What follows from published figures tells nothing new.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import DisclosureError, listed
from ssstats.expressions import parse_expression
from ssstats.matched import matched_breakdown

MEASURES_FILE = "measures.csv"
_Side = tuple[str, str, str, str, str]


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
    known = {row.measure + " " + row.edition: row for row in catalogue.measures.itertuples()}
    strange, wrong, checked = [], [], 0
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            measure = known.get(f"{row['measure']} {row['edition']}")
            name = f"{row['measure']} {row['period']} {row['area']}"
            if measure is None or not _stands_on_published(row, measure, published):
                strange.append(name)
            elif row["value"]:
                checked += 1
                if not _is_quotient(row, measure):
                    wrong.append(name)
    for fault, names in (
        ("numerator or denominator is not a published figure", strange),
        ("the value is not the quotient of its published figures", wrong),
    ):
        if names:
            raise DisclosureError(f"{MEASURES_FILE}: {fault}, at {listed(names)}; build it anew")
    return checked


def _published(counts: pd.DataFrame) -> dict[_Side, str]:
    keys = counts[["edition", "period", "area", "reference", "breakdown"]]
    values = counts["value"]
    return {
        key: "" if pd.isna(value) else str(Decimal(str(value)).normalize())
        for key, value in zip(keys.itertuples(index=False, name=None), values, strict=True)
    }


def _stands_on_published(
    row: Mapping[str, str],
    measure,  # type: ignore[no-untyped-def]
    published: Mapping[_Side, str],
) -> bool:
    top, bottom = _spoken(measure.numerator), _spoken(measure.denominator)
    sides = [("numerator", top, bottom)]
    if not measure.population:
        sides.append(("denominator", bottom, top))
    for side, own, other in sides:
        if not row[side]:
            continue
        shown = str(Decimal(row[side]).normalize())
        place = (row["edition"], row["period"], row["area"], own)
        found = {published.get((*place, "")), published.get((*place, matched_breakdown(other)))}
        if shown not in found:
            return False
    return True


def _spoken(text: str) -> str:
    return str(parse_expression(text)) if text else ""


def _is_quotient(row: Mapping[str, str], measure) -> bool:  # type: ignore[no-untyped-def]
    """Return whether the value is the rounded quotient of what stands beside it."""
    if not row["numerator"] or not row["denominator"]:
        return False
    exact = (
        Decimal(str(measure.multiplier)) * Decimal(row["numerator"]) / Decimal(row["denominator"])
    )
    unit = Decimal(1).scaleb(-int(row["decimals"]))
    return Decimal(row["value"]) == exact.quantize(unit, rounding=ROUND_HALF_UP)
