"""What a decision on a recorded exception does to the values returned (guidance 2.4).

The amount of an exception says by how much the returned value is more than the guidance gives;
below zero, by how much it is less. Accepted or not yet decided, the value stands as it was
returned. Reversed, the amount is taken off before anything is checked or added up.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pandas as pd

from ssstats.errors import ReturnsError, listed
from ssstats.returns.model import Returns

_PLACE = ["edition", "period", "area", "reference"]
# What tells one exception from another, whatever was decided on it and wherever it stands.
_TOLD_APART_BY = [*_PLACE, "reason", "author"]
_DIGITS = 8


def exception_ids(exceptions: pd.DataFrame) -> pd.Series:
    """Return a short name for each recorded exception that decisions and files do not change."""
    texts = exceptions[_TOLD_APART_BY].astype("str").agg("|".join, axis=1)
    if not len(exceptions):
        return pd.Series(dtype="str")
    return texts.map(lambda text: hashlib.sha256(text.encode()).hexdigest()[:_DIGITS])


def check_exceptions_differ(exceptions: pd.DataFrame) -> None:
    """Raise where one exception is recorded twice.

    Raises
    ------
    ReturnsError
        Naming authority, period and reference.
    """
    twice = exceptions[exceptions.duplicated(_TOLD_APART_BY, keep=False)]
    if len(twice):
        raise ReturnsError(
            f"exceptions: {listed(_named(twice))}: the same exception is recorded more than once; "
            "keep one row"
        )


def apply_decisions(returns: Returns) -> Returns:
    """Return the values that stand: what reversed exceptions are about is taken off.

    Raises
    ------
    ReturnsError
        If there is no number to take an amount off, or less than the amount; authority, period
        and reference are named, numbers never.
    """
    exceptions = returns.exceptions
    undone = exceptions[exceptions["decision"] == "reversed"]
    if not len(undone):
        return returns
    amounts = undone.groupby(_PLACE)["amount"].sum()
    values = returns.values.copy()
    keys = pd.MultiIndex.from_frame(values[_PLACE])
    own = (values["breakdown"] == "") & (values["protection"] == "") & values["value"].notna()
    own &= keys.isin(amounts.index)
    there = set(keys[own])
    absent = undone[[key not in there for key in undone[_PLACE].itertuples(index=False, name=None)]]
    _refuse(absent, "there is no unprotected number to take its amount off")
    values.loc[own, "value"] -= amounts.reindex(keys[own]).to_numpy()
    below = set(keys[own & (values["value"] < 0)])
    negative = undone[[key in below for key in undone[_PLACE].itertuples(index=False, name=None)]]
    _refuse(negative, "its amount is more than the value that was returned")
    return replace(returns, values=values)


def _refuse(exceptions: pd.DataFrame, what: str) -> None:
    if len(exceptions):
        raise ReturnsError(
            f"exceptions: {listed(_named(exceptions))}: the exception is reversed, but {what}; "
            "correct its amount, or accept it and ask for a new return"
        )


def _named(exceptions: pd.DataFrame) -> list[str]:
    return [f"{row.area} {row.period} {row.reference}" for row in exceptions.itertuples()]
