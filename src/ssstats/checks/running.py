"""Runs every rule on a set of compiled returns."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.checks import (
    breakdowns,
    coverage,
    habits,
    local,
    plausibility,
    ranges,
    readings,
    recorded,
    repeats,
    structure,
)
from ssstats.checks.checked import Checked
from ssstats.checks.identities import check_identities
from ssstats.checks.parsed import parsed, parsed_condition
from ssstats.checks.results import Found, Rule, read_rules, results_frame
from ssstats.returns import Returns

# Every rule is a function of what is checked; its weight and words stand in rules.csv.
RULES: tuple[Callable[[Checked], list[Found]], ...] = (
    readings.check_reading_areas,
    readings.check_reading_blanks,
    readings.check_reading_formulas,
    readings.check_reading_fractions,
    readings.check_reading_hidden,
    readings.check_reading_layout,
    readings.check_reading_marks,
    readings.check_reading_numbers,
    readings.check_reading_other_edition,
    readings.check_reading_percentages,
    readings.check_reading_references,
    readings.check_reading_repeated_rows,
    structure.check_structure_absent_sections,
    structure.check_structure_edition_of_year,
    structure.check_structure_fractions,
    structure.check_structure_missing_rows,
    coverage.check_coverage_absent_authorities,
    coverage.check_coverage_declared_gaps,
    coverage.check_coverage_empty_return,
    ranges.check_range_percentages,
    ranges.check_range_populations,
    ranges.check_range_days,
    breakdowns.check_breakdown_sums,
    breakdowns.check_breakdown_without_total,
    plausibility.check_change_on_last_year,
    plausibility.check_change_digit_slip,
    plausibility.check_change_swapped_digits,
    plausibility.check_change_neighbours_row,
    plausibility.check_change_typed_as_percentage,
    repeats.check_repeat_section_of_last_year,
    repeats.check_repeat_other_authority,
    habits.check_habit_rounded_values,
    habits.check_habit_zeros,
    habits.check_habit_one_number,
    local.check_local_fractions,
    local.check_local_unregistered,
    recorded.check_exception_amounts,
    recorded.check_exception_pending,
)

_Row = tuple[str, ...]


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
    checked = Checked.of(returns, catalogue)
    rows: list[_Row] = []
    applied: list[tuple[str, str, str]] = []
    if len(checked.values):
        decisions = _decisions(checked, catalogue)
        periods = sorted(checked.values["period"].unique())
        words = read_rules()
        for function in RULES:
            rule = words[function.__name__]
            rows += [_row(rule, found, decisions) for found in function(checked)]
            applied += [(rule.name, rule.severity, period) for period in periods]
        for rule, breaks, tested in check_identities(checked):
            rows += [_row(rule, found, decisions) for found in breaks]
            applied += [(rule.name, rule.severity, period) for period in tested]
    return (
        results_frame(rows),
        pd.DataFrame(applied, columns=["rule", "severity", "period"], dtype="str"),
    )


def _row(rule: Rule, found: Found, decisions: dict[_Row, str]) -> _Row:
    place = (found.edition, found.period, found.area)
    decision = decisions.get((*place, rule.name), decisions.get((*place, found.reference), ""))
    return (rule.name, rule.severity, *found, rule.why, rule.action, decision)


def _decisions(checked: Checked, catalogue: Catalogue) -> dict[_Row, str]:
    """Return decisions on exceptions by place and reference, and by place and identity.

    An exception about any term of an identity speaks for its break.
    """
    identities = catalogue.identities
    ids_of: dict[tuple[str, str], list[str]] = {}
    for identity in identities[identities["scope"] != "cross-authority"].itertuples():
        for reference in _terms(str(identity.left), str(identity.right), str(identity.operator)):
            ids_of.setdefault((str(identity.edition), reference), []).append(str(identity.id))
    found: dict[_Row, str] = {}
    # The weightiest decision last: accepted over reversed over pending.
    ordered = checked.exceptions.sort_values("decision", ascending=False, key=_weight)
    for row in ordered.itertuples():
        place = (str(row.edition), str(row.period), str(row.area))
        for name in (row.reference, *ids_of.get((place[0], str(row.reference)), [])):
            found[(*place, str(name))] = str(row.decision)
    return found


def _weight(decisions: pd.Series) -> pd.Series:
    return decisions.map({"accepted": 0, "reversed": 1, "pending": 2})


def _terms(left: str, right: str, operator: str) -> set[str]:
    other = parsed_condition(right).expression if "when" in operator else parsed(right)
    return {*parsed(left).references, *other.references}
