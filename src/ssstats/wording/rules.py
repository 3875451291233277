"""Rules of wording from data/wording/rules.csv: what a text of a release must not say.

Knows nothing of releases or of numbers in them: a rule is a pattern with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ssstats.catalogue.reading import read_table
from ssstats.catalogue.schema import check_table, read_schema
from ssstats.errors import CatalogueError

BOTH = "both"


@dataclass(frozen=True)
class Rule:
    """One rule: the languages that it is for, its pattern, and what to write instead."""

    rule: str
    language: str
    pattern: re.Pattern[str]
    why: str
    instead: str
    source: str


@dataclass(frozen=True)
class Finding:
    """One place of a text that breaks a rule; lines and columns count from one."""

    rule: str
    line: int
    column: int
    found: str
    why: str
    instead: str


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """Return the rules of a wording folder in the order of its file.

    Raises
    ------
    CatalogueError
        If the file breaks its schema or a pattern is no regular expression.
    """
    table = read_checked(folder, "rules")
    return tuple(
        Rule(row.rule, row.language, _pattern(row), row.why, row.instead, row.source)
        for row in table.itertuples()
    )


def read_checked(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of the wording folder as text, checked against its schema."""
    schema = read_schema(folder / "schemas" / f"{name}.json")
    table = read_table(folder / f"{name}.csv", schema)
    if offences := check_table(table, schema):
        raise CatalogueError("\n".join(offences))
    return table


def _pattern(row) -> re.Pattern[str]:  # type: ignore[no-untyped-def]
    try:
        return re.compile(row.pattern, re.IGNORECASE)
    except re.error as wrong:
        raise CatalogueError(
            f"rules.csv, line {row.Index + 2}, pattern: is no regular expression ({wrong}); "
            "correct it"
        ) from wrong


def broken_rules(text: str, rules: Sequence[Rule], *, language: str) -> list[Finding]:
    """Return every place of the text that a rule of its language finds, in reading order."""
    found = [
        Finding(
            rule.rule, *place_of(text, match.start()), match.group(0).strip(), rule.why,
            rule.instead,
        )
        for rule in rules
        if rule.language in (language, BOTH)
        for match in rule.pattern.finditer(text)
    ]  # fmt: skip
    return in_reading_order(found)


def in_reading_order(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings by line, column and rule."""
    return sorted(findings, key=lambda finding: (finding.line, finding.column, finding.rule))


def place_of(text: str, position: int) -> tuple[int, int]:
    """Return line and column of a position of the text, both from one."""
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
