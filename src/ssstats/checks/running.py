"""Runs every rule on a set of compiled returns."""

from __future__ import annotations

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.checks.identities import check_identities
from ssstats.checks.results import results_frame
from ssstats.checks.structure import (
    check_structure_absent_sections,
    check_structure_edition_of_year,
    check_structure_fractions,
)
from ssstats.returns import Returns

# Rules of structure, each a function of returns and catalogue that gives rows of results.
_STRUCTURE = (
    check_structure_absent_sections,
    check_structure_edition_of_year,
    check_structure_fractions,
)
_STRUCTURE_SEVERITY = "warning"


def check_returns(returns: Returns, catalogue: Catalogue) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return all results of all rules, and which rules were applied in which year.

    Values that were protected before they reached us are not checked: rounding and hiding break
    identities by themselves.

    Returns
    -------
    results : DataFrame
        With the columns of `RESULT_COLUMNS`.
    applied : DataFrame
        Columns rule, severity, period.
    """
    values = returns.values[returns.values["protection"] == ""]
    if not len(values):
        return results_frame([]), pd.DataFrame(columns=["rule", "severity", "period"], dtype="str")
    rows: list[tuple[str, ...]] = []
    applied: list[tuple[str, str, str]] = []
    periods = sorted(values["period"].unique())
    for rule in _STRUCTURE:
        rows += rule(values, catalogue)
        applied += [(rule.__name__, _STRUCTURE_SEVERITY, period) for period in periods]
    found, ran = check_identities(values, catalogue)
    return (
        results_frame(rows + found),
        pd.DataFrame(applied + ran, columns=["rule", "severity", "period"], dtype="str"),
    )
