"""What a check says: the rule, where it was broken, what was found, and what to do."""

from __future__ import annotations

import csv
from importlib import resources
from typing import NamedTuple

import pandas as pd

# One row a result. `severity` is error (must be mended or recorded as an exception), warning
# (needs an explanation) or info; `found` holds returned values and is not for publication.
# `exception` is the decision on an exception recorded for what the rule looks at, else blank.
RESULT_COLUMNS = (
    "rule",
    "severity",
    "edition",
    "period",
    "area",
    "reference",
    "found",
    "why",
    "action",
    "exception",
)
SEVERITIES = ("error", "warning", "info")
_ACCEPTED = "accepted"


class Rule(NamedTuple):
    """Name, weight and words of a rule; one row of rules.csv."""

    name: str
    severity: str
    why: str
    action: str


class Found(NamedTuple):
    """One break of a rule: where, and what was found there."""

    edition: str
    period: str
    area: str
    reference: str
    found: str


def read_rules() -> dict[str, Rule]:
    """Return the rules of rules.csv, which stands beside this module, by name."""
    text = resources.files(__package__).joinpath("rules.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row["rule"]: Rule(row["rule"], row["severity"], row["why"], row["action"]) for row in rows
    }


def results_frame(rows: list[tuple[str, ...]]) -> pd.DataFrame:
    """Return results as a frame, in a fixed order whatever order the rules ran in."""
    frame = pd.DataFrame(rows, columns=list(RESULT_COLUMNS), dtype="str")
    return frame.sort_values(["period", "area", "rule", "reference", "found"], ignore_index=True)


def blocking(results: pd.DataFrame) -> pd.DataFrame:
    """Return the results that stand in the way of a release: errors without accepted exception."""
    open_errors = (results["severity"] == "error") & (results["exception"] != _ACCEPTED)
    return results[open_errors].reset_index(drop=True)


def summary_of(results: pd.DataFrame, applied: pd.DataFrame) -> pd.DataFrame:
    """Return by year and severity how many rules were applied and how many results they gave.

    Parameters
    ----------
    results : DataFrame
        With the columns of `RESULT_COLUMNS`.
    applied : DataFrame
        One row a rule and period: rule, severity, period.

    Returns
    -------
    DataFrame
        Columns period, severity, rules, found; no returned value is in it.
    """
    rules = applied.groupby(["period", "severity"])["rule"].nunique().rename("rules")
    found = results.groupby(["period", "severity"])["rule"].count().rename("found")
    both = pd.concat([rules, found], axis=1).fillna(0).astype(int).reset_index()
    order = {severity: place for place, severity in enumerate(SEVERITIES)}
    both["order"] = both["severity"].map(order)
    both = both.sort_values(["period", "order"], ignore_index=True).drop(columns="order")
    return both
