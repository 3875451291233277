"""Table schemas: what columns a table of the catalogue has and what may stand in them.

The schemas are JSON files in the form of Frictionless Table Schema, of which the part that the
catalogue uses is enforced here: column names, types, required, unique, enum, pattern, minimum,
primary key and foreign keys. Every offence is reported, not the first alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ssstats.errors import CatalogueError, listed

_WHOLE = re.compile(r"-?\d+")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_HEADER_LINES = 1


@dataclass(frozen=True)
class Field:
    """One column: its name, type, words of explanation and constraints."""

    name: str
    type: str
    title: str
    description: str
    required: bool
    unique: bool
    allowed: tuple[str, ...]
    pattern: str
    minimum: float | None


@dataclass(frozen=True)
class ForeignKey:
    """Columns whose values must stand in columns of another table, where none is blank."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Schema:
    """One table: its fields in order and its keys."""

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns in their order."""
        return tuple(field.name for field in self.fields)


def read_schema(path: Path) -> Schema:
    """Return the schema that stands in a JSON file.

    Raises
    ------
    CatalogueError
        If the file is missing or is no table schema.
    """
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
        return Schema(
            stated["name"],
            stated["title"],
            stated["description"],
            tuple(_field(field) for field in stated["fields"]),
            tuple(stated["primaryKey"]),
            tuple(_foreign_key(key) for key in stated.get("foreignKeys", [])),
        )
    except FileNotFoundError as missing:
        raise CatalogueError(
            f"schemas/{path.name} is missing; every table of the catalogue needs its schema"
        ) from missing
    except (ValueError, KeyError, TypeError) as wrong:
        raise CatalogueError(
            f"schemas/{path.name} is no table schema ({type(wrong).__name__}: {wrong}); it needs "
            "name, title, description, fields and primaryKey"
        ) from wrong


def check_columns(found: list[str], schema: Schema) -> None:
    """Raise if a table's columns are not those of its schema, in that order.

    Raises
    ------
    CatalogueError
        Naming missing, unknown and misplaced columns.
    """
    if tuple(found) == schema.columns:
        return
    missing = [name for name in schema.columns if name not in found]
    unknown = [name for name in found if name not in schema.columns]
    raise CatalogueError(
        f"{schema.name}.csv, line 1: its columns are not those of its schema"
        + (f"; missing: {listed(missing)}" if missing else "")
        + (f"; unknown: {listed(unknown)}" if unknown else "")
        + f"; write them as {', '.join(schema.columns)}"
    )


def check_table(table: pd.DataFrame, schema: Schema) -> list[str]:
    """Return one sentence for every value of a table of text that breaks its schema.

    Parameters
    ----------
    table : DataFrame of str
        The file as read, its index counting rows from zero.
    schema : Schema
        What the table must keep to; its columns are known to be there.
    """
    offences: list[str] = []
    for field in schema.fields:
        offences += _check_values(table[field.name], field, schema.name)
        if field.unique:
            offences += _check_repeats(table, (field.name,), schema.name, "be there once only")
    offences += _check_repeats(table, schema.primary_key, schema.name, "differ from row to row")
    return list(dict.fromkeys(offences))


def check_keys(tables: dict[str, pd.DataFrame], schema: Schema) -> list[str]:
    """Return one sentence for every row that names a row of another table which is not there."""
    table = tables[schema.name]
    offences = []
    for key in schema.foreign_keys:
        known = set(_tuples(tables[key.table], key.targets))
        for row, found in enumerate(_tuples(table, key.columns)):
            if all(found) and found not in known:
                offences.append(
                    f"{_place(schema.name, row, ', '.join(key.columns))} {' '.join(found)!r} does "
                    f"not stand in {key.table}.csv ({', '.join(key.targets)}); correct it or add "
                    "the row there"
                )
    return offences


def typed(table: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Return the table with integer columns as Int64 and number columns as Float64.

    Yes and no stay text, and a blank in a column of text stays an empty text.
    """
    columns: dict[str, pd.Series] = {}
    for field in schema.fields:
        if field.type == "integer":
            columns[field.name] = _numbers(table[field.name]).astype("Int64")
        if field.type == "number":
            columns[field.name] = _numbers(table[field.name]).astype("Float64")
    return table.assign(**columns)


def _numbers(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column.replace("", pd.NA))


def _field(stated: dict) -> Field:
    limits = stated.get("constraints", {})
    allowed = limits.get("enum", [])
    if stated["type"] == "boolean":
        allowed = [*stated["trueValues"], *stated["falseValues"]]
    return Field(
        stated["name"],
        stated["type"],
        stated["title"],
        stated["description"],
        limits.get("required", False),
        limits.get("unique", False),
        tuple(str(value) for value in allowed),
        limits.get("pattern", ""),
        limits.get("minimum"),
    )


def _foreign_key(stated: dict) -> ForeignKey:
    target = stated["reference"]
    return ForeignKey(tuple(stated["fields"]), target["resource"], tuple(target["fields"]))


def _check_values(column: pd.Series, field: Field, table: str) -> Iterator[str]:
    values = column.tolist()
    wrong = {value: why for value in set(values) if (why := _offence(value, field))}
    for row, found in enumerate(values if wrong else ()):
        if found in wrong:
            yield f"{_place(table, row, field.name)} {found!r} {wrong[found]}"


def _offence(value: str, field: Field) -> str:
    """Return what is wrong with a value and what to do, or nothing."""
    if not value:
        return "is blank and must not be; write a value" if field.required else ""
    if value != value.strip():
        return "has blanks around it; remove them"
    if field.allowed and value not in field.allowed:
        return f"is not allowed; use one of {', '.join(field.allowed)}"
    if field.type == "integer" and not _WHOLE.fullmatch(value):
        return "is not a whole number; write digits alone"
    if field.type == "number" and not _DECIMAL.fullmatch(value):
        return "is not a number; write digits and a point alone"
    if field.minimum is not None and float(value) < field.minimum:
        return f"is too low; the least allowed is {field.minimum}"
    if field.pattern and not re.fullmatch(field.pattern, value):
        return f"has the wrong form; it must match {field.pattern}"
    return ""


def _check_repeats(
    table: pd.DataFrame, columns: tuple[str, ...], name: str, rule: str
) -> Iterator[str]:
    keys = list(_tuples(table, columns))
    if len(set(keys)) == len(keys):
        return
    seen: dict[tuple[str, ...], int] = {}
    for row, key in enumerate(keys):
        if all(part == "" for part in key):
            continue
        if key in seen:
            yield (
                f"{_place(name, row, ', '.join(columns))} {' '.join(key)!r} stands in line "
                f"{_line(seen[key])} already; it must {rule}: remove one of the two"
            )
        seen.setdefault(key, row)


def _tuples(table: pd.DataFrame, columns: Iterable[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(table[column].tolist() for column in columns), strict=True)


def _line(row: int) -> int:
    return row + _HEADER_LINES + 1


def _place(table: str, row: int, column: str) -> str:
    return f"{table}.csv, line {_line(row)}, {column}:"
