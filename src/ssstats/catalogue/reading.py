"""Reads the catalogue's tables, each checked against its schema and against the others."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import pandas as pd

from ssstats.catalogue.references import check_references
from ssstats.catalogue.schema import (
    Schema,
    check_columns,
    check_keys,
    check_table,
    read_schema,
    typed,
)
from ssstats.errors import CatalogueError
from ssstats.file_states import State, states_of


@dataclass(frozen=True)
class Catalogue:
    """The catalogue's tables, one frame each, named and with columns as the files.

    Text columns are `str`, a blank is an empty text, yes and no are text; integer columns are
    Int64 with missing values for blanks. What each column means stands in `schemas`, which holds
    the schema of each table by the table's name.
    """

    areas: pd.DataFrame
    area_names: pd.DataFrame
    retired_areas: pd.DataFrame
    editions: pd.DataFrame
    metrics: pd.DataFrame
    measures: pd.DataFrame
    measures_2016: pd.DataFrame
    standards_outcomes: pd.DataFrame
    identities: pd.DataFrame
    crosswalk: pd.DataFrame
    timescales: pd.DataFrame
    populations: pd.DataFrame
    published_series: pd.DataFrame
    anomalies: pd.DataFrame
    glossary: pd.DataFrame
    markers: pd.DataFrame
    notes: pd.DataFrame
    breaks: pd.DataFrame
    breakdowns: pd.DataFrame
    column_names: pd.DataFrame
    featured: pd.DataFrame
    margins: pd.DataFrame
    stock_flows: pd.DataFrame
    peer_groups: pd.DataFrame
    tile_grid: pd.DataFrame
    rap_criteria: pd.DataFrame
    process_steps: pd.DataFrame
    follow_ups: pd.DataFrame
    context_notes: pd.DataFrame
    local_metrics: pd.DataFrame
    schemas: Mapping[str, Schema]


def table_names() -> tuple[str, ...]:
    """Return the names of the catalogue's tables."""
    return tuple(field.name for field in fields(Catalogue) if field.name != "schemas")


def read_catalogue(folder: Path) -> Catalogue:
    """Return the catalogue that stands in a folder, all of it checked.

    A process, and one forked from it, reads the same files once: nobody may change its frames.

    Parameters
    ----------
    folder : Path
        Holds one CSV a table and `schemas/` with one JSON a table.

    Raises
    ------
    CatalogueError
        If a table is missing or unreadable, breaks its schema, or names something that another
        table does not hold. The message lists every offence with file, line and column.
    """
    return _read_once(folder, states_of(folder))


@lru_cache(maxsize=2)
def _read_once(folder: Path, states: tuple[State, ...]) -> Catalogue:
    schemas = read_schemas(folder)
    tables = {name: read_table(folder / f"{name}.csv", schemas[name]) for name in schemas}
    _raise_if(offence for name in schemas for offence in check_table(tables[name], schemas[name]))
    _raise_if(
        [
            *(offence for schema in schemas.values() for offence in check_keys(tables, schema)),
            *check_references(tables),
        ]
    )
    typed_tables = {name: typed(tables[name], schemas[name]) for name in schemas}
    return Catalogue(**typed_tables, schemas=schemas)


def read_schemas(folder: Path) -> dict[str, Schema]:
    """Return the schema of each table of the catalogue by the table's name."""
    return {name: read_schema(folder / "schemas" / f"{name}.json") for name in table_names()}


def read_table(path: Path, schema: Schema) -> pd.DataFrame:
    """Return a CSV file as a frame of text whose columns are those of the schema.

    Raises
    ------
    CatalogueError
        If the file is missing, is not UTF-8, has a row of another length or other columns.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file, strict=True))
    except FileNotFoundError as missing:
        raise CatalogueError(f"{path.name} is missing from the catalogue; restore it") from missing
    except (UnicodeDecodeError, csv.Error) as unreadable:
        raise CatalogueError(
            f"{path.name} cannot be read ({unreadable}); save it as CSV in UTF-8 with a header"
        ) from unreadable
    if not lines:
        raise CatalogueError(f"{path.name} is empty; restore its header and rows")
    header, *rows = lines
    check_columns(header, schema)
    _raise_if(
        f"{path.name}, line {line}: {len(row)} values for {len(header)} columns; put a text that "
        "holds commas between quotation marks"
        for line, row in enumerate(rows, start=2)
        if len(row) != len(header)
    )
    return pd.DataFrame(rows, columns=header, dtype="str")


def _raise_if(offences: Iterable[str]) -> None:
    found = list(offences)
    if found:
        raise CatalogueError("\n".join(found))
