"""The layouts of records and the facts that counting needs, from data/importers.

Columns, codes, bands of age, how each metric of staff is counted, whom a survey asks what, and the
bank holidays of Wales: tables that a statistician can change, each checked against its schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.catalogue.reading import read_table
from ssstats.catalogue.schema import check_table, read_schema, typed
from ssstats.errors import CatalogueError, listed
from ssstats.expressions import parse_expression

LOOKED_AFTER, STAFF, SURVEY, SURVEY_TOTALS = "looked-after", "staff", "survey", "survey-totals"
LAYOUTS = (LOOKED_AFTER, STAFF, SURVEY)
PARTS = "parts"
ANY = "*"
_TABLES = (
    "columns",
    "codes",
    "age_bands",
    "staff_metrics",
    "survey_measures",
    "renumbered",
    "bank_holidays",
)


@dataclass(frozen=True)
class Facts:
    """The tables of data/importers, one frame each, named and with columns as the files."""

    columns: pd.DataFrame
    codes: pd.DataFrame
    age_bands: pd.DataFrame
    staff_metrics: pd.DataFrame
    survey_measures: pd.DataFrame
    renumbered: pd.DataFrame
    bank_holidays: pd.DataFrame

    def layout(self, name: str) -> pd.DataFrame:
        """Return the columns of one layout in their order."""
        return self.columns[self.columns["layout"] == name].reset_index(drop=True)

    def allowed(self, codes: str) -> tuple[str, ...]:
        """Return the codes of one list in their order."""
        return tuple(self.codes.loc[self.codes["list"] == codes, "code"])

    def counted(self, codes: str) -> dict[str, str]:
        """Return how each code of one list is counted."""
        own = self.codes[self.codes["list"] == codes]
        return dict(zip(own["code"], own["counted"], strict=True))


def read_facts(folder: Path, catalogue: Catalogue) -> Facts:
    """Return the tables of data/importers, checked.

    Raises
    ------
    CatalogueError
        If a table breaks its schema, names a list of codes that does not stand in codes.csv, or a
        metric that the catalogue does not collect.
    """
    facts = Facts(**{name: _checked(folder, name) for name in _TABLES})
    wrong = [*_unknown_lists(facts), *_unknown_metrics(facts, catalogue)]
    if wrong:
        raise CatalogueError("\n".join(wrong))
    return facts


def conditions_of(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return conditions written column=code|code;column=* as columns and their codes."""
    parts = (part.partition("=") for part in text.split(";") if part)
    return [(column, tuple(codes.split("|"))) for column, _, codes in parts]


def holds(frame: pd.DataFrame, conditions: str) -> pd.Series:
    """Return in which rows of a table of texts the conditions hold."""
    here = pd.Series(True, index=frame.index)
    for column, codes in conditions_of(conditions):
        here &= frame[column].ne("") if codes == (ANY,) else frame[column].isin(codes)
    return here


def _checked(folder: Path, name: str) -> pd.DataFrame:
    schema = read_schema(folder / "schemas" / f"{name}.json")
    table = read_table(folder / f"{name}.csv", schema)
    if offences := check_table(table, schema):
        raise CatalogueError("\n".join(offences))
    return typed(table, schema)


def _unknown_lists(facts: Facts) -> list[str]:
    named = facts.columns.loc[facts.columns["kind"].isin(["code", "codes"]), "codes"]
    unknown = set(named) - set(facts.codes["list"])
    return (
        [f"columns.csv: codes {listed(unknown)} stand in no list of codes.csv"] if unknown else []
    )


def _unknown_metrics(facts: Facts, catalogue: Catalogue) -> list[str]:
    collected = set(catalogue.metrics.loc[catalogue.metrics["collected"] == "yes", "reference"])
    staff = facts.staff_metrics
    parts = staff.loc[staff["adds"] == PARTS, "where"].map(lambda t: parse_expression(t).references)
    survey = facts.survey_measures
    named = {
        *staff["reference"],
        *(reference for references in parts for reference in references),
        *survey["numerator"],
        *survey["denominator"],
    }
    unknown = named - collected
    return [f"data/importers: {listed(unknown)} is no collected metric"] if unknown else []
