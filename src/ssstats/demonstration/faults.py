"""Remarks and planted faults: what real returns have and drawn numbers lack."""

from __future__ import annotations

import pandas as pd

from ssstats.errors import CatalogueError


def references_of(row: pd.Series, metrics: pd.DataFrame) -> list[str]:
    """Return the collected references a remark is about: one, or a whole section."""
    if row["reference"]:
        return [row["reference"]]
    here = metrics[(metrics["edition"] == row["edition"]) & (metrics["collected"] == "yes")]
    inside = (here["domain"] == row["domain"]) & (here["section"] == row["section"])
    return here.loc[inside, "reference"].tolist()


def plant_faults(
    values: dict[str, pd.DataFrame], faults: pd.DataFrame, metrics: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return the values of one edition, by period, with its faults planted.

    Raises
    ------
    CatalogueError
        If a fault would change nothing: there it could not be found.
    """
    planted = {period: frame.copy() for period, frame in values.items()}
    for found in faults.to_dict("records"):
        row = {str(column): str(value) for column, value in found.items()}
        frame = planted[row["period"]]
        before = frame.copy()
        _plant(frame, row, planted, metrics)
        if frame.equals(before):
            raise CatalogueError(
                f"faults.csv: {row['kind']} at {row['area']}, {row['reference']}, "
                f"{row['period']} changes nothing; choose another authority"
            )
    return planted


def _plant(
    frame: pd.DataFrame,
    row: dict[str, str],
    planted: dict[str, pd.DataFrame],
    metrics: pd.DataFrame,
) -> None:
    area, reference = row["area"], row["reference"]
    amount = float(row["amount"] or 0)
    found = _value(frame, area, reference)
    compared = _value(frame, area, row["compared"] or reference)
    match row["operation"]:
        case "times":
            frame.loc[area, reference] = found * amount
        case "plus":
            frame.loc[area, reference] = found + amount
        case "move":
            frame.loc[area, [reference, row["compared"]]] = [found + amount, compared - amount]
        case "above":
            frame.loc[area, reference] = compared + amount
        case "set":
            frame.loc[area, reference] = amount
        case "swap_digits":
            frame.loc[area, reference] = _swap_digits(found)
        case _:  # last_year: the whole section of the reference, as it was a year ago
            section = _section_of(row, metrics)
            frame.loc[area, section] = _year_before(planted, row["period"]).loc[area, section]


def _value(frame: pd.DataFrame, area: str, reference: str) -> float:
    return float(frame[reference][area])


def _swap_digits(number: float) -> float:
    """Return the number with its last two unequal neighbouring digits exchanged."""
    digits = list(str(round(number)))
    for i in range(len(digits) - 1, 0, -1):
        if digits[i] != digits[i - 1]:
            digits[i - 1], digits[i] = digits[i], digits[i - 1]
            return float("".join(digits))
    return number


def _section_of(row: dict[str, str], metrics: pd.DataFrame) -> list[str]:
    here = metrics[(metrics["edition"] == row["edition"]) & (metrics["collected"] == "yes")]
    own = here[here["reference"] == row["reference"]].iloc[0]
    inside = (here["domain"] == own["domain"]) & (here["section"] == own["section"])
    return here.loc[inside, "reference"].tolist()


def _year_before(planted: dict[str, pd.DataFrame], period: str) -> pd.DataFrame:
    periods = sorted(planted)
    return planted[periods[max(periods.index(period) - 1, 0)]]
