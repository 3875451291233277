"""Numbers that decide what the commentary says, from data/commentary/rules.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from ssstats.errors import CatalogueError, listed


@dataclass(frozen=True)
class CommentaryRules:
    """What the file's comments say, under the same names."""

    most_points: int
    smallest_base: int
    decimal_from: int
    fewest_years: int
    not_the_base: tuple[str, ...]
    most_named: int


def read_commentary_rules(path: Path) -> CommentaryRules:
    """Return the rules that a TOML file gives.

    Raises
    ------
    CatalogueError
        If the file cannot be read, lacks a rule, holds one that is not known, or one that is no
        whole number above zero (for `not_the_base`: no list of years).
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as wrong:
        raise CatalogueError(f"{path.name} cannot be read ({wrong}); restore it") from wrong
    known = {field.name for field in fields(CommentaryRules)}
    if known != set(given):
        raise CatalogueError(
            f"{path.name}: rules are {listed(given, most=20)}; they must be "
            f"{listed(known, most=20)}"
        )
    years = given.pop("not_the_base")
    if not isinstance(years, list) or not all(isinstance(year, str) for year in years):
        raise CatalogueError(f"{path.name}, not_the_base: {years!r} is no list of reporting years")
    wrong_numbers = [name for name, value in given.items() if not _is_number(value)]
    if wrong_numbers:
        raise CatalogueError(
            f"{path.name}, {listed(wrong_numbers)}: is no whole number above zero; correct it"
        )
    return CommentaryRules(**given, not_the_base=tuple(years))


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
