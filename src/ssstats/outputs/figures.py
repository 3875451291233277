"""Cells of tables from release tables: numbers where they are shown, markers where they are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

import numpy as np
import pandas as pd

from ssstats.outputs.sheets import Cell

# What a table shows where the release holds no such figure.
NOT_AVAILABLE = "[x]"
NOT_APPLICABLE = "[z]"


def with_plain_texts(figures: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose columns of text hold plain Python texts, equal ones as one object.

    Files are made row by row: from pandas' own text columns each cell costs a microsecond.
    """
    texts = [name for name in figures if isinstance(figures[name].dtype, pd.StringDtype)]
    return figures.assign(**{str(name): _plain_texts(figures[name]) for name in texts})


def _plain_texts(column: pd.Series) -> pd.Series:
    codes, different = pd.factorize(column, use_na_sentinel=False)
    return pd.Series(different.to_numpy(dtype=object)[codes], column.index, dtype=object)


def cells_of(values: pd.Series, markers: pd.Series) -> list[Cell]:
    """Return numbers, whole ones as integers, and markers in square brackets."""
    numbers = values.to_numpy(dtype=float, na_value=np.nan).tolist()
    # A release holds each number many times.
    shown = {value: number(value) for value in set(numbers) if value == value}
    pairs = zip(numbers, markers.to_list(), strict=True)
    return [f"[{marker}]" if marker else shown.get(value, NOT_AVAILABLE) for value, marker in pairs]


def number(value: object) -> Cell:
    """Return a count as a cell, whole where it is whole, [x] where there is none."""
    # pandas' own test for a missing value takes longer than all else of a cell.
    if value is None or value is pd.NA or value != value:
        return NOT_AVAILABLE
    plain = float(value)  # type: ignore[arg-type]
    return int(plain) if plain.is_integer() else plain


def bare_texts(values: pd.Series) -> list[str]:
    """Return numbers without commas, whole where they are whole; blank where there is none."""
    numbers = values.to_numpy(dtype=float, na_value=np.nan).tolist()
    # A release holds each number many times.
    texts = {
        number: str(int(number)) if number.is_integer() else repr(number)
        for number in set(numbers)
        if number == number
    }
    return [texts.get(number, "") for number in numbers]


def measured(figures: pd.DataFrame, part: str) -> list[Cell]:
    """Return value, lower or upper of measures, with the decimals that they are published with.

    A shown value without limits has [z] in their place.
    """
    values = figures[part].to_numpy(dtype=float, na_value=np.nan).tolist()
    cells: list[Cell] = []
    # Many rows have the same few numbers.
    figure = cache(_figure)
    for value, marker, decimals in zip(
        values, figures["marker"].to_list(), figures["decimals"].to_list(), strict=True
    ):
        if marker:
            cells.append(f"[{marker}]")
        elif value != value:
            cells.append(NOT_APPLICABLE if part != "value" else NOT_AVAILABLE)
        else:
            cells.append(figure(value, decimals))
    return cells


def _figure(value: float, decimals: int) -> Cell:
    return Decimal(f"{value:.{decimals}f}") if decimals else int(value)


def matrix_of(
    figures: pd.DataFrame, rows: Sequence[str], column: str, across: Sequence[str]
) -> dict[tuple[str, ...], list[Cell]]:
    """Return one list of cells a row key: a cell for each of `across`, in its order.

    Parameters
    ----------
    figures : frame with `value`, `marker` and the columns named.
    rows : columns whose values together are a row's key.
    column : column whose values stand across.
    """
    shown: dict[tuple[str, ...], dict[str, Cell]] = {}
    keys = zip(*(figures[name].to_list() for name in rows), strict=True)
    cells = cells_of(figures["value"], figures["marker"])
    for key, place, cell in zip(keys, figures[column].to_list(), cells, strict=True):
        shown.setdefault(key, {})[place] = cell
    return {key: [own.get(place, NOT_AVAILABLE) for place in across] for key, own in shown.items()}


def flagged_in(
    figures: pd.DataFrame, rows: Sequence[str], column: str
) -> dict[tuple[str, ...], dict[str, list[str]]]:
    """Return for each row key its flags, and the values of `column` where each of them holds."""
    flagged = figures[figures["flags"].ne("")]
    found: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for values in flagged[[*rows, column, "flags"]].itertuples(index=False, name=None):
        *key, place, flags = values
        for flag in flags:
            found.setdefault(tuple(key), {}).setdefault(flag, []).append(place)
    return found


def said_of_flags(flagged: Mapping[str, Sequence[str]], names: Mapping[str, str]) -> str:
    """Return flags and where they hold: [b] 2022-23; [r] Powys, Cardiff."""
    return "; ".join(
        f"[{flag}] {', '.join(names.get(place, place) for place in places)}"
        for flag, places in sorted(flagged.items())
    )


def years_of(figures: pd.DataFrame, edition: str, last: str) -> list[str]:
    """Return the years of an edition that the release holds, in order, up to `last`."""
    own = figures.loc[figures["edition"].eq(edition), "period"].unique()
    return sorted(str(period) for period in own if period <= last)
