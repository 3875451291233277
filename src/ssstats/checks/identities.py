"""The arithmetic relations of the guidance, as data/catalogue/identities.csv states them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ssstats.checks.checked import Checked
from ssstats.checks.digits import respelt
from ssstats.checks.grids import Grid
from ssstats.checks.parsed import parsed, parsed_condition
from ssstats.checks.results import Found, Rule
from ssstats.expressions import Expression

# Whole-time equivalents are returned to one decimal: sums of them differ by their rounding.
_TOLERANCE = 1e-6
_WTE_TOLERANCE = 0.6
_MOST_SLIPS = 3
_WHEN = " when"
_CROSS_AUTHORITY = "cross-authority"
_ACTION = "Correct the return, or record an exception that says why the relation does not hold."


def check_identities(checked: Checked) -> Iterator[tuple[Rule, list[Found], list[str]]]:
    """Yield each identity as a rule, its breaks, and the years in which it could be tested.

    An identity is tested for an authority that returned all of its terms.
    """
    identities = checked.catalogue.identities
    for grid in checked.grids:
        fractional = set(grid.metrics.loc[grid.metrics["quantity"] == "wte", "reference"])
        for identity in identities[identities["edition"] == grid.edition].itertuples():
            stated = f"{identity.left} {identity.operator} {identity.right}"
            why = f"The guidance gives {stated} ({identity.certainty})."
            rule = Rule(str(identity.id), str(identity.severity), why, _ACTION)
            if identity.scope == _CROSS_AUTHORITY:
                yield rule, *_wales_and_sum(grid)
            else:
                yield rule, *_broken(identity, grid, fractional)


def _wales_and_sum(grid: Grid) -> tuple[list[Found], list[str]]:
    """Compare Wales figures that came with the returns with the sum of all authorities."""
    complete = np.isfinite(grid.numbers).all(axis=1)
    sums = np.nan_to_num(grid.numbers).sum(axis=1)
    stated = np.isfinite(grid.wales)
    # Where an authority is missing, Wales may be larger than what is there, never smaller.
    wrong = stated & np.where(
        complete, np.abs(grid.wales - sums) > _WTE_TOLERANCE, grid.wales < sums - _WTE_TOLERANCE
    )
    found = [
        Found(
            grid.edition,
            grid.periods[t],
            "",
            grid.references[k],
            f"Wales is {grid.wales[t, k]:.15g}, the authorities sum to {sums[t, k]:.15g}",
        )
        for t, k in np.argwhere(wrong)
    ]
    return found, [grid.periods[t] for t in np.flatnonzero(stated.any(axis=1))]


def _broken(identity, grid: Grid, fractional: set[str]) -> tuple[list[Found], list[str]]:  # type: ignore[no-untyped-def]
    """Return the breaks of one identity and the years in which it was tested."""
    left = parsed(identity.left)
    conditional = identity.operator.endswith(_WHEN)
    condition = parsed_condition(identity.right) if conditional else None
    right = condition.expression if condition else parsed(identity.right)
    references = {*left.references, *right.references}
    if not references <= grid.places.keys():
        return [], []
    left_value, right_value = grid.sum_of(left), grid.sum_of(right)
    known = np.isfinite(left_value) & np.isfinite(right_value)
    operator, applies = identity.operator, known
    if condition:
        given = right_value
        applies = known & (
            given == condition.value if condition.operator == "=" else given >= condition.value
        )
        operator, wanted = identity.operator.removesuffix(_WHEN).split(" ")
        right_value = np.full_like(left_value, float(wanted))
    gap = left_value - right_value
    broken = applies & ~_holds(gap, operator, bool(references & fractional))
    found = []
    for t, a in np.argwhere(broken):
        words = f"{identity.left} is {left_value[t, a]:.15g}"
        slips: list[tuple[str, str]] = []
        if condition:
            words += f" although {identity.right}; expected {operator} {right_value[t, a]:.15g}"
        else:
            words += f", compared with {right_value[t, a]:.15g} for {identity.right}"
        if operator == "=" and not condition:
            slips = _slips(left, right, gap[t, a], grid, (t, a))
        # Where one value alone could be mistyped, the result is about that value.
        reference = slips[0][0] if len(slips) == 1 else left.references[0]
        if slips:
            words += "; " + " or ".join(f"{how} in {name}" for name, how in slips[:_MOST_SLIPS])
            words += " would mend it"
        found.append(Found(grid.edition, grid.periods[t], grid.areas[a], reference, words))
    return found, [grid.periods[t] for t in np.flatnonzero(known.any(axis=1))]


def _holds(gap: np.ndarray, operator: str, fractional: bool) -> np.ndarray:
    tolerance = _WTE_TOLERANCE if fractional else _TOLERANCE
    if operator == "<=":
        return gap <= tolerance
    return gap >= -tolerance if operator == ">=" else np.abs(gap) <= tolerance


def _slips(
    left: Expression, right: Expression, gap: float, grid: Grid, place: tuple[int, int]
) -> list[tuple[str, str]]:
    """Return the values of which one, with digits typed otherwise, would make an equation hold."""
    found = {}
    for sign, side in ((1, left), (-1, right)):
        for term in side.terms:
            number = grid.numbers[(*place, grid.places[term.reference])]
            if not term.previous and np.isfinite(number):
                wanted = number - gap / (sign * term.coefficient)
                if how := respelt(number, wanted):
                    found[term.reference] = how
    return list(found.items())
