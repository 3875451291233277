"""Work on the distinct values of columns in place of their rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pandas as pd

Result = TypeVar("Result")


def of_distinct(function: Callable[..., Result], *columns: pd.Series) -> list[Result]:
    """Return what a function makes of each row's values; it is called once for equal ones."""
    keys = list(zip(*(column.tolist() for column in columns), strict=True))
    found = {key: function(*key) for key in dict.fromkeys(keys)}
    return [found[key] for key in keys]


def last_periods(rows: pd.DataFrame) -> pd.Series:
    """Return for each row the last period that the rows of its edition have.

    A frame's own maximum of texts by group loads libraries that take longer than all the rest.
    """
    years = rows[["edition", "period"]].drop_duplicates()
    return rows["edition"].map(dict(sorted(zip(years["edition"], years["period"], strict=True))))
