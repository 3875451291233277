"""Are published percentages and rates functions of published counts? Checked figure by figure.

A percentage worked out from unrounded counts, or with one more decimal than the policy allows,
narrows the counts behind it. What follows from published figures tells nothing new.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ssstats.catalogue import Catalogue
from ssstats.disclosure.release_attack_files import read_texts
from ssstats.distinct import of_distinct
from ssstats.errors import DisclosureError, listed
from ssstats.expressions import parse_expression
from ssstats.matched import matched_breakdown

MEASURES_FILE = "measures.csv"
_PLACE = ["edition", "period", "area"]
_SIDES = ("numerator", "denominator")
_COLUMNS = ("measure", *_PLACE, "value", "decimals", *_SIDES)
# Quotients this near to where rounding turns, in units of the last digit, are decided exactly.
_NEAR, _SHARE = 1e-6, 1e-12

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def check_measures(folder: Path, counts: pd.DataFrame, catalogue: Catalogue) -> int:
    """Return how many published measures were worked out again from published figures.

    Raises
    ------
    UsageError
        If the file is no table with the columns of measures.
    DisclosureError
        If a numerator or denominator is no published figure, or a value is not their quotient.
    """
    path = folder / MEASURES_FILE
    if not path.is_file():
        return 0
    shown = read_texts(path, _COLUMNS)
    rows = shown.merge(_sides_of_measures(catalogue), on=["measure", "edition"], how="left")
    is_known = rows["multiplier"].notna().to_numpy()
    for side in _SIDES:
        is_known = is_known & _stand_on_published(rows, side, counts)
    with_value = is_known & (rows["value"] != "").to_numpy()
    wrong = with_value.copy()
    wrong[with_value] = ~are_quotients(rows[with_value])
    for fault, faulty in (
        ("numerator or denominator is not a published figure", ~is_known),
        ("the value is not the quotient of its published figures", wrong),
    ):
        if faulty.any():
            names = rows.loc[faulty, ["measure", "period", "area"]].agg(" ".join, axis=1)
            raise DisclosureError(f"{MEASURES_FILE}: {fault}, at {listed(names)}; build it anew")
    return int(with_value.sum())


def _sides_of_measures(catalogue: Catalogue) -> pd.DataFrame:
    """Return measure, edition, multiplier, and for each side its reference and breakdown.

    The breakdown is that of totals over authorities that answered the other side too. The
    denominator has no reference where a population stands in it.
    """
    rows = []
    for measure in catalogue.measures.itertuples():
        top, bottom = _spoken(str(measure.numerator)), _spoken(str(measure.denominator))
        rows.append(
            {
                "measure": measure.measure,
                "edition": measure.edition,
                "multiplier": str(measure.multiplier),
                "numerator_reference": top,
                "numerator_matched": matched_breakdown(bottom),
                "denominator_reference": None if measure.population else bottom,
                "denominator_matched": matched_breakdown(top),
            }
        )
    return pd.DataFrame(rows, dtype="str")


def _spoken(text: str) -> str:
    return str(parse_expression(text)) if text else ""


def _stand_on_published(rows: pd.DataFrame, side: str, counts: pd.DataFrame) -> Flags:
    """Return whether a side, where it is shown, is the figure of its place or a matched total."""
    own = _numbers(rows[side])
    asked = rows[_PLACE].assign(reference=rows[f"{side}_reference"])
    stands = ((rows[side] == "") | rows[f"{side}_reference"].isna()).to_numpy()
    key = [*_PLACE, "reference", "breakdown"]
    known = counts[[*key, "value"]].drop_duplicates(key, keep="last")
    for breakdown in ("", rows[f"{side}_matched"]):
        found = asked.assign(breakdown=breakdown).merge(known, on=key, how="left")
        stands = stands | (found["value"].to_numpy(dtype=float, na_value=np.nan) == own)
    return stands


def _numbers(texts: pd.Series) -> Floats:
    """Return numbers; NaN where a text is none, or more exact than any published figure."""
    place, different = pd.factorize(texts)
    numbers = [_number(text) for text in different]
    return np.array(numbers, dtype=float)[place]


def _number(text: str) -> float:
    if not text:
        return np.nan
    try:
        number = float(text)
        is_exact = np.isfinite(number) and Decimal(text) == Decimal(str(number))
        return number if is_exact else np.nan
    except (ArithmeticError, ValueError):
        return np.nan


def are_quotients(rows: pd.DataFrame) -> Flags:
    """Return whether each value is the rounded quotient of what stands beside it.

    Columns of texts: value, decimals, numerator, denominator, multiplier. What is clear in floating
    point is decided there, the rest digit by digit.
    """
    top, bottom = (_numbers(rows[side]) for side in _SIDES)
    decimals, multiplier = (_numbers(rows[name]) for name in ("decimals", "multiplier"))
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = multiplier * top / bottom * 10.0**decimals
    in_last_digit = np.array(of_distinct(_in_last_digit, rows["value"], rows["decimals"]))
    near = _NEAR + _SHARE * exact
    from_turn = np.abs(exact + 0.5 - np.rint(exact + 0.5))
    clear = (from_turn > near) & (top >= 0) & (bottom > 0)
    found: Flags = clear & (in_last_digit == np.floor(exact + 0.5))
    columns = (rows.loc[~clear, name] for name in ("value", "decimals", *_SIDES, "multiplier"))
    found[~clear] = [_is_quotient(*texts) for texts in zip(*columns, strict=True)]
    return found


def _in_last_digit(value: str, decimals: str) -> float:
    """Return a value in units of its last digit; NaN where it has more digits than it may."""
    try:
        units = Decimal(value).scaleb(int(decimals))
        return float(units) if units == units.to_integral_value() else np.nan
    except (ArithmeticError, ValueError):
        return np.nan


def _is_quotient(
    value: str, decimals: str, numerator: str, denominator: str, multiplier: str
) -> bool:
    if not numerator or not denominator:
        return False
    try:
        exact = Decimal(multiplier) * Decimal(numerator) / Decimal(denominator)
        unit = Decimal(1).scaleb(-int(decimals))
        return Decimal(value) == exact.quantize(unit, rounding=ROUND_HALF_UP)
    except (ArithmeticError, ValueError):
        return False
