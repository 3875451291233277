"""Recorded exceptions beside what they change, as those read them who decide.

Holds unprotected values: for statisticians only, never past the gate.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pandas as pd

from ssstats.checks.report import number_text
from ssstats.formatting import csv_text

MARKING = (
    "Official-sensitive: unprotected counts. For statisticians only; do not publish or pass on."
)
_STANDS = {
    "pending": "not yet decided; the value stands as returned until it is",
    "accepted": "accepted; the value stands as returned",
    "reversed": "reversed; the amount is taken off",
}
_MARGIN = "    "


def lines_of_exceptions(
    exceptions: pd.DataFrame, effects: pd.DataFrame, names: Mapping[str, str], *, most: int
) -> Iterator[str]:
    """Yield the lines of a readable list.

    Parameters
    ----------
    exceptions : DataFrame
        Columns of `EXCEPTION_COLUMNS` and `exception`, its name.
    effects : DataFrame
        As `effects_of_exceptions` gives them.
    names : Mapping
        Names of areas by code.
    most : int
        Dependent values to show of each exception at most.
    """
    yield MARKING
    for row in exceptions.itertuples():
        yield ""
        amount = "no amount" if pd.isna(row.amount) else f"amount {number_text(row.amount)}"
        yield f"{row.exception}  {row.period} {names.get(row.area, row.area)} {row.reference}"
        yield f"{_MARGIN}{amount}: {row.reason}"
        yield f"{_MARGIN}evidence: {row.evidence or 'none'}; author: {row.author or 'not named'}"
        who = f" ({row.decided_by}, {row.decided_on})" if row.decision != "pending" else ""
        why = f": {row.decided_why}" if row.decided_why else ""
        yield f"{_MARGIN}{_STANDS[row.decision]}{who}{why}"
        own = effects[effects["exception"] == row.exception]
        if not len(own):
            yield f"{_MARGIN}no amount of a number that was returned: nothing says what it changes"
        yield from _lines_of_effects(own.head(most), names)
        if len(own) > most:
            yield f"{_MARGIN}and {len(own) - most} more; raise --most, or write them with --csv"


def json_of_exceptions(exceptions: pd.DataFrame, effects: pd.DataFrame) -> str:
    """Return the exceptions as JSON, each with the list of its effects."""
    own = {str(name): rows for name, rows in effects.groupby("exception")}
    dependent = ["kind", "item", "label", "of_period", "of_area", "returned", "without"]
    told = [
        {
            **_plain(row),
            "effects": [
                _plain(effect) for effect in own[row["exception"]][dependent].to_dict("records")
            ]
            if row["exception"] in own
            else [],
        }
        for row in exceptions.to_dict("records")
    ]
    document = {"marking": MARKING, "exceptions": told}
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def csv_of_exceptions(exceptions: pd.DataFrame, effects: pd.DataFrame) -> str:
    """Return CSV with one row an exception and dependent value; one row where there is none."""
    told = exceptions.drop(columns=["edition", "period", "area", "reference", "amount", "decision"])
    keys = exceptions[["exception", "edition", "period", "area", "reference", "amount", "decision"]]
    dependent = effects.drop(columns=list(keys.columns.drop("exception")))
    return csv_text(keys.merge(dependent, on="exception", how="left").merge(told, on="exception"))


def _lines_of_effects(effects: pd.DataFrame, names: Mapping[str, str]) -> Iterator[str]:
    if not len(effects):
        return
    yield f"{_MARGIN}{'as returned':>14} {'without it':>14}  of"
    for row in effects.itertuples():
        label = row.label if row.label == row.item else f"{row.item}: {row.label}"
        side = " (left side minus right side)" if row.kind == "identity" else ""
        numbers = f"{number_text(row.returned):>14} {number_text(row.without):>14}"
        place = f"{names.get(row.of_area, row.of_area)} {row.of_period}"
        yield f"{_MARGIN}{numbers}  {place}, {label}{side}"


def _plain(row: Mapping[object, object]) -> dict[str, object]:
    """Return a row with numbers as JSON knows them; null where there is none."""
    return {
        str(name): None if pd.isna(value) else value  # type: ignore[call-overload]
        for name, value in row.items()
    }
