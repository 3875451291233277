"""Reads the catalogue's tables into frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Catalogue:
    """The catalogue's tables, one frame each, named as the files."""

    areas: pd.DataFrame
    area_names: pd.DataFrame
    retired_areas: pd.DataFrame
    editions: pd.DataFrame
    metrics: pd.DataFrame
    measures: pd.DataFrame
    identities: pd.DataFrame
    populations: pd.DataFrame


_INTEGERS = {
    "areas": ("display_order",),
    "metrics": ("section_order",),
    "measures": ("multiplier",),
    "populations": ("mid_year", "persons"),
}


def read_catalogue(folder: Path) -> Catalogue:
    """Return the catalogue that stands in the folder."""
    tables = {}
    for name in Catalogue.__dataclass_fields__:
        table = pd.read_csv(folder / f"{name}.csv", dtype="str", keep_default_na=False)
        for column in _INTEGERS.get(name, ()):
            table[column] = table[column].astype("Int64")
        tables[name] = table
    return Catalogue(**tables)
