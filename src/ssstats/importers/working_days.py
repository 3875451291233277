"""Working days of Wales: Monday to Friday without bank holidays."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ssstats.errors import CatalogueError

Days = NDArray[np.datetime64]


def working_days_after(days: pd.Series, number: int, bank_holidays: pd.DataFrame) -> pd.Series:
    """Return for each day the one that is `number` working days after it.

    The day itself does not count, so that one working day after a Friday is the Monday.

    Parameters
    ----------
    days : Series of datetime
        Without missing days.
    number : int
        Zero or more.
    bank_holidays : DataFrame
        Column day as 2025-12-25; whole calendar years.

    Raises
    ------
    CatalogueError
        If a day that is needed stands in a year that the bank holidays do not cover.
    """
    holidays = bank_holidays["day"].to_numpy().astype("datetime64[D]")
    from_days = days.to_numpy().astype("datetime64[D]")
    # Backward: from a Saturday the first working day is the Monday, as from the Friday before.
    found = np.busday_offset(from_days, number, roll="backward", holidays=holidays)
    _check_covered(np.concatenate([from_days, found]), holidays)
    return pd.Series(found.astype("datetime64[ns]"), index=days.index)


def _check_covered(days: Days, holidays: Days) -> None:
    years = np.unique(holidays.astype("datetime64[Y]"))
    needed = np.unique(days.astype("datetime64[Y]"))
    missing = [str(year) for year in needed if year not in years]
    if missing:
        raise CatalogueError(
            f"bank_holidays.csv holds no day of {', '.join(missing)}; add the bank holidays of "
            "each year to it"
        )
