"""The arithmetic relations of the guidance, as data/catalogue/identities.csv states them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.expressions import Expression, evaluate, parse_condition, parse_expression

# Whole-time equivalents are returned to one decimal: sums of them differ by their rounding.
_TOLERANCE = 1e-6
_WTE_TOLERANCE = 0.6
_WHEN = " when"
_CROSS_AUTHORITY = "cross-authority"

_Rows = list[tuple[str, ...]]


def check_identities(
    values: pd.DataFrame, catalogue: Catalogue
) -> tuple[_Rows, list[tuple[str, str, str]]]:
    """Return every break of every identity, and which identities could be tested in which year.

    An identity is tested for an authority that returned all of its terms. Those that compare
    Wales with the sum of authorities are left out: Wales is always that sum here.
    """
    rows: _Rows = []
    applied: list[tuple[str, str, str]] = []
    totals = values[values["breakdown"] == ""]
    for edition, own in totals.groupby("edition"):
        identities = catalogue.identities[catalogue.identities["edition"] == edition]
        if not len(identities):
            continue
        wide = own.pivot(index=["period", "area"], columns="reference", values="value")
        previous = _year_before(wide)
        wte = _whole_time(catalogue, str(edition))
        for rule in identities[identities["scope"] != _CROSS_AUTHORITY].itertuples():
            found, tested = _broken(rule, wide, previous, wte)
            applied += [(rule.id, rule.severity, period) for period in tested]
            rows += [_row(str(edition), rule, *broken) for broken in found]
    return rows, applied


def _whole_time(catalogue: Catalogue, edition: str) -> set[str]:
    metrics = catalogue.metrics
    own = metrics[(metrics["edition"] == edition) & (metrics["quantity"] == "wte")]
    return set(own["reference"])


def _year_before(wide: pd.DataFrame) -> pd.DataFrame:
    moved = wide.reset_index()
    starts = moved["period"].str[:4].astype(int) + 1
    moved["period"] = [f"{start}-{(start + 1) % 100:02d}" for start in starts]
    return moved.set_index(["period", "area"]).reindex(wide.index)


def _broken(rule, wide: pd.DataFrame, previous: pd.DataFrame, wte: set[str]):  # type: ignore[no-untyped-def]
    """Return (period, area, left, right) of each break, and the periods that were tested."""
    left = parse_expression(rule.left)
    left_value = _number(left, wide, previous)
    if rule.operator.endswith(_WHEN):
        condition = parse_condition(rule.right)
        given = _number(condition.expression, wide, previous)
        applies = (
            given == condition.value if condition.operator == "=" else given >= condition.value
        )
        operator, wanted = rule.operator.removesuffix(_WHEN).split(" ")
        right_value = np.full(len(wide), float(wanted))
        references = {*left.references, *condition.expression.references}
    else:
        right = parse_expression(rule.right)
        operator, right_value = rule.operator, _number(right, wide, previous)
        applies = np.ones(len(wide), dtype=bool)
        references = {*left.references, *right.references}
    known = np.isfinite(left_value) & np.isfinite(right_value)
    tolerance = _WTE_TOLERANCE if references & wte else _TOLERANCE
    gap = left_value - right_value
    holds = {"<=": gap <= tolerance, ">=": gap >= -tolerance, "=": np.abs(gap) <= tolerance}
    broken = known & applies & ~holds[operator]
    places = wide.index[broken]
    found = [
        (period, area, lhs, rhs)
        for (period, area), lhs, rhs in zip(
            places, left_value[broken], right_value[broken], strict=True
        )
    ]
    return found, sorted(set(wide.index[known].get_level_values("period")))


def _number(expression: Expression, wide: pd.DataFrame, previous: pd.DataFrame) -> np.ndarray:
    before = previous if expression.previous else None
    return evaluate(expression, wide, before).to_numpy(dtype=float, na_value=np.nan)


def _row(edition: str, rule, period: str, area: str, left: float, right: float):  # type: ignore[no-untyped-def]
    stated = f"{rule.left} {rule.operator} {rule.right}"
    return (
        rule.id,
        rule.severity,
        edition,
        period,
        area,
        parse_expression(rule.left).references[0],
        f"{rule.left} is {left:g}, compared with {right:g}",
        f"The guidance gives {stated} ({rule.certainty}).",
        "Correct the return, or record an exception that says why the relation does not hold.",
    )
