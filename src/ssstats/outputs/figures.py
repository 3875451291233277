"""Cells of tables from release tables: numbers where they are shown, markers where they are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from ssstats.outputs.sheets import Cell

# What a table shows where the release holds no such figure.
NOT_AVAILABLE = "[x]"
NOT_APPLICABLE = "[z]"


def cells_of(values: Iterable[object], markers: Iterable[str]) -> list[Cell]:
    """Return numbers, whole ones as integers, and markers in square brackets."""
    return [
        f"[{marker}]" if marker else number(value)
        for value, marker in zip(values, markers, strict=True)
    ]


def number(value: object) -> Cell:
    """Return a count as a cell, whole where it is whole, [x] where there is none."""
    if pd.isna(value):  # type: ignore[call-overload]
        return NOT_AVAILABLE
    plain = float(value)  # type: ignore[arg-type]
    return int(plain) if plain.is_integer() else plain


def measured(figures: pd.DataFrame, part: str) -> list[Cell]:
    """Return value, lower or upper of measures: whole where they carry no decimals.

    A shown value without limits has [z] in their place.
    """
    cells: list[Cell] = []
    for value, marker, decimals in zip(
        *(figures[column].to_list() for column in (part, "marker", "decimals")), strict=True
    ):
        if marker:
            cells.append(f"[{marker}]")
        elif pd.isna(value):
            cells.append(NOT_APPLICABLE if part != "value" else NOT_AVAILABLE)
        else:
            cells.append(float(value) if decimals else int(value))
    return cells


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
    shown = dict(
        zip(
            figures[[*rows, column]].itertuples(index=False, name=None),
            cells_of(figures["value"], figures["marker"]),
            strict=True,
        )
    )
    keys = dict.fromkeys(figures[list(rows)].itertuples(index=False, name=None))
    return {
        tuple(key): [shown.get((*key, place), NOT_AVAILABLE) for place in across] for key in keys
    }


def flags_of(
    figures: pd.DataFrame, rows: Sequence[str], column: str, names: Mapping[str, str]
) -> dict[tuple[str, ...], str]:
    """Return for each row key its flags and where they hold: [b] 2022-23; [r] Powys, Cardiff."""
    flagged = figures[figures["flags"].ne("")]
    found: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for values in flagged[[*rows, column, "flags"]].itertuples(index=False, name=None):
        *key, place, flags = values
        for flag in flags:
            found.setdefault(tuple(key), {}).setdefault(flag, []).append(names.get(place, place))
    return {
        key: "; ".join(f"[{flag}] {', '.join(places)}" for flag, places in sorted(own.items()))
        for key, own in found.items()
    }


def years_of(figures: pd.DataFrame, edition: str, last: str) -> list[str]:
    """Return the years of an edition that the release holds, in order, up to `last`."""
    own = figures.loc[figures["edition"].eq(edition), "period"].unique()
    return sorted(str(period) for period in own if period <= last)
