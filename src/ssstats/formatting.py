"""Numbers as people read them: rounded half up, once, from whole numbers.

Pure functions. A zero, a marker and a number are three different things here as everywhere.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

MINUS = "\N{MINUS SIGN}"
# Whole-time equivalents come with one decimal: ten of their tenths make them whole numbers.
_TENTHS = 10
# What a spreadsheet takes for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def quotient_half_up(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    *,
    multiplier: npt.ArrayLike,
    decimals: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    """Return multiplier * numerator / denominator rounded half up, from whole numbers.

    Parameters
    ----------
    numerator, denominator : arrays of float, shape (n,)
        Numbers with at most one decimal, zero or more; NaN where there is none.
    multiplier, decimals : arrays of int, shape (n,) or scalars
        100 for a percentage; digits after the point.

    Returns
    -------
    array of float, shape (n,)
        NaN where a part is missing or the denominator is zero.
    """
    top = np.rint(np.asarray(numerator, dtype=float) * _TENTHS)
    bottom = np.rint(np.asarray(denominator, dtype=float) * _TENTHS)
    usable = np.isfinite(top) & np.isfinite(bottom) & (bottom > 0)
    scale = np.power(10, np.broadcast_to(decimals, top.shape).astype(np.int64))
    factor = np.broadcast_to(multiplier, top.shape).astype(np.int64) * scale
    whole_top = np.where(usable, top, 0).astype(np.int64)
    whole_bottom = np.where(usable, bottom, 1).astype(np.int64)
    # Half up without a fraction: floor((2ab + c) / 2c).
    rounded = (2 * whole_top * factor + whole_bottom) // (2 * whole_bottom)
    return np.where(usable, rounded / scale, np.nan)


def round_half_up(value: npt.ArrayLike, decimals: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return values rounded half up to `decimals` digits after the point."""
    numbers = np.asarray(value, dtype=float)
    scale = np.power(10.0, np.broadcast_to(decimals, numbers.shape))
    # 1e-9 of a unit in the last place: 2.675 is stored a little below itself.
    rounded: npt.NDArray[np.float64] = np.floor(numbers * scale + 0.5 + 1e-9) / scale
    return rounded


def format_number(value: float, decimals: int = 0) -> str:
    """Return a number with thousands commas and fixed decimals: 1,234 or 56.7."""
    text = f"{abs(value):,.{decimals}f}"
    return MINUS + text if value < 0 and float(text.replace(",", "")) else text


def format_cell(value: object, marker: str, decimals: int = 0) -> str:
    """Return what a table's cell shows: the number, or its marker in square brackets."""
    if marker:
        return f"[{marker}]"
    if pd.isna(value):  # type: ignore[call-overload]
        raise ValueError("a cell has neither a value nor a marker")
    return format_number(float(value), decimals)  # type: ignore[arg-type]


def format_count(value: object, marker: str) -> str:
    """Return a count, or a whole-time equivalent with the decimal that it was given with."""
    if marker or pd.isna(value):  # type: ignore[call-overload]
        return format_cell(value, marker)
    number = float(value)  # type: ignore[arg-type]
    return format_number(number, 0 if number.is_integer() else 1)


def safe_text(text: str) -> str:
    """Return the text behind an apostrophe where it begins as a formula does."""
    # A bare carriage return would end the row for some readers and not for others.
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{plain}" if text.startswith(FORMULA_STARTS) else plain


def csv_text(frame: pd.DataFrame) -> str:
    """Return a frame as CSV whose texts no spreadsheet takes for formulas."""
    safe = frame.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column].dtype):
            safe[column] = ["" if pd.isna(text) else safe_text(str(text)) for text in safe[column]]
    return safe.to_csv(index=False, lineterminator="\n", float_format="%.15g")
