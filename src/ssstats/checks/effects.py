"""What a recorded exception changes: every value that depends on it, for the authority and Wales.

With the exception a value is as it was returned; without it the returned number is smaller by the
exception's amount. Holds unprotected values: for those who decide, never past the gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.checks.checked import Checked
from ssstats.checks.grids import Grid
from ssstats.checks.parsed import parsed
from ssstats.expressions import Expression, Term, evaluate
from ssstats.periods import ReportingYear
from ssstats.returns import Returns, exception_ids

# One row an exception, dependent value, year and area (the authority, or Wales over the authorities
# that answered). `kind` is metric, measure, sum (a total that measures need) or identity (left side
# minus right side); `item` names it. Numbers are missing where a part is not there.
EFFECT_COLUMNS = (
    "exception",
    "edition",
    "period",
    "area",
    "reference",
    "amount",
    "decision",
    "kind",
    "item",
    "label",
    "of_period",
    "of_area",
    "returned",
    "without",
)
_OF_EXCEPTION = EFFECT_COLUMNS[1 : EFFECT_COLUMNS.index("kind")]
# One row a reference: how often and why it was excepted, for next year's guidance.
FEEDBACK_COLUMNS = (
    "edition",
    "reference",
    "label",
    "period",
    "areas",
    "pending",
    "accepted",
    "reversed",
    "reasons",
)


def effects_of_exceptions(returns: Returns, catalogue: Catalogue) -> pd.DataFrame:
    """Return the effect of each recorded exception with the columns of `EFFECT_COLUMNS`.

    Each exception is taken by itself, beside the values as they were returned. One without an
    amount, or about a value that is not there, has no rows: nothing says what it changes.
    """
    checked = Checked.of(returns, catalogue)
    wales = str(catalogue.areas.loc[catalogue.areas["level"] == "wales", "area"].iloc[0])
    grids = {grid.edition: grid for grid in checked.grids}
    names = exception_ids(returns.exceptions)
    rows = []
    for name, exception in zip(names, returns.exceptions.itertuples(), strict=True):
        grid = grids.get(str(exception.edition))
        if grid is None or pd.isna(exception.amount) or not _stands(grid, exception):
            continue
        told = (name, *(getattr(exception, column) for column in _OF_EXCEPTION))
        rows += [(*told, *effect) for effect in _effects(grid, exception, catalogue, wales)]
    return pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))


def _stands(grid: Grid, exception) -> bool:  # type: ignore[no-untyped-def]
    """Return whether the value that an exception is about was returned."""
    here = (str(exception.period), str(exception.area))
    known = here in grid.wide.index and exception.reference in grid.places
    return bool(known and np.isfinite(grid.wide.loc[here, exception.reference]))


def feedback_by_reference(exceptions: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return what exceptions say about each reference, with the columns of `FEEDBACK_COLUMNS`.

    It names authorities and reasons and holds no value.
    """
    metrics = catalogue.metrics
    labels = {(m.edition, m.reference): m.label for m in metrics.itertuples()}
    rows = []
    for (edition, reference, period), own in exceptions.groupby(
        ["edition", "reference", "period"], sort=True
    ):
        decided = own["decision"].value_counts()
        rows.append(
            (
                edition,
                reference,
                labels.get((edition, reference), ""),
                period,
                ";".join(sorted(own["area"].unique())),
                *(int(decided.get(name, 0)) for name in ("pending", "accepted", "reversed")),
                " | ".join(dict.fromkeys(own["reason"])),
            )
        )
    return pd.DataFrame(rows, columns=list(FEEDBACK_COLUMNS))


_Effect = tuple[str, str, str, str, str, float, float]


@dataclass(frozen=True)
class _Year:
    """One year's values by authority, beside those of the year before."""

    period: str
    now: pd.DataFrame
    before: pd.DataFrame

    def value_of(self, side: Expression) -> np.ndarray:
        """Return an expression for each authority, NaN where a part is missing."""
        return evaluate(side, self.now, self.before).to_numpy(dtype=float, na_value=np.nan)


def _effects(
    grid: Grid,
    exception,  # type: ignore[no-untyped-def]
    catalogue: Catalogue,
    wales: str,
) -> Iterator[_Effect]:
    """Yield kind, item, label, year, area, the value as returned and without the exception."""
    reference, area = str(exception.reference), str(exception.area)
    both = list(_years_with_and_without(grid, exception))
    returned, without = both[0]
    label = str(grid.metrics.set_index("reference").loc[reference, "label"])
    place = list(returned.now.index).index(area)
    term = Expression((Term(1, reference),))
    yield from _pair("metric", reference, label, both[0], term, place, area, wales)
    measures = catalogue.measures[catalogue.measures["edition"] == grid.edition]
    sums: dict[str, Expression] = {}
    for measure in measures.itertuples():
        above = parsed(str(measure.numerator))
        below = parsed(str(measure.denominator)) if measure.denominator else None
        sides = [above] if below is None else [above, below]
        for returned, without in both:
            if not _depends(sides, reference, returned, without):
                continue
            people = _people(catalogue, str(measure.population), returned)
            factor = float(measure.multiplier)
            found = [
                _sides(year, above, below, people, factor, place) for year in (returned, without)
            ]
            for at, of_area in ((0, area), (1, wales)):
                told = (str(measure.measure), str(measure.label), returned.period, of_area)
                yield "measure", *told, found[0][at], found[1][at]
        sums |= {str(side): side for side in sides if len(side.terms) > 1}
    for text, side in sums.items():
        for pair in both:
            if _depends([side], reference, *pair):
                yield from _pair("sum", text, text, pair, side, place, area, wales)
    yield from _identities(grid.edition, reference, both, catalogue, place, area)


def _years_with_and_without(
    grid: Grid,
    exception,  # type: ignore[no-untyped-def]
) -> Iterator[tuple[_Year, _Year]]:
    """Yield the exception's year, and the next in which it is last year's value, both ways."""
    reference, period, area = str(exception.reference), str(exception.period), exception.area
    amount = float(exception.amount)
    for place, of_year in enumerate((period, str(ReportingYear.parse(period).back(-1)))):
        if of_year not in grid.periods:
            continue
        now = grid.wide.xs(of_year, level="period")
        before = grid.wide_before.xs(of_year, level="period")
        mended = (now if place == 0 else before).copy()
        mended.loc[area, reference] -= amount
        returned = _Year(of_year, now, before)
        yield returned, replace(returned, **{"now" if place == 0 else "before": mended})


def _depends(sides: list[Expression], reference: str, returned: _Year, without: _Year) -> bool:
    """Return whether a side holds the value that differs between the two."""
    last_years = returned.now is without.now
    return any(
        term.reference == reference and term.previous == last_years
        for side in sides
        for term in side.terms
    )


def _pair(
    kind: str,
    item: str,
    label: str,
    pair: tuple[_Year, _Year],
    side: Expression,
    place: int,
    area: str,
    wales: str,
) -> Iterator[_Effect]:
    """Yield a sum for the authority, and for Wales over those that answered all of it."""
    found = [year.value_of(side) for year in pair]
    period = pair[0].period
    returned, without = (float(values[place]) for values in found)
    yield kind, item, label, period, area, returned, without
    returned, without = (float(np.nansum(values)) for values in found)
    yield kind, item, label, period, wales, returned, without


def _identities(
    edition: str,
    reference: str,
    both: list[tuple[_Year, _Year]],
    catalogue: Catalogue,
    place: int,
    area: str,
) -> Iterator[_Effect]:
    """Yield left minus right side of each identity in which the value stands."""
    table = catalogue.identities
    plain = (table["edition"] == edition) & table["operator"].isin(["=", "<=", ">="])
    for identity in table[plain & (table["scope"] != "cross-authority")].itertuples():
        sides = [parsed(str(identity.left)), parsed(str(identity.right))]
        for pair in both:
            if not _depends(sides, reference, *pair):
                continue
            gaps = [year.value_of(sides[0]) - year.value_of(sides[1]) for year in pair]
            stated = f"{identity.left} {identity.operator} {identity.right}"
            told = ("identity", str(identity.id), stated, pair[0].period, area)
            yield *told, float(gaps[0][place]), float(gaps[1][place])


def _sides(
    year: _Year,
    above: Expression,
    below: Expression | None,
    people: np.ndarray,
    factor: float,
    place: int,
) -> tuple[float, float]:
    """Return the measure of the authority, and of Wales over those that answered both sides."""
    top = year.value_of(above)
    bottom = people if below is None else year.value_of(below)
    both = np.isfinite(top) & np.isfinite(bottom)
    return (
        _quotient(top[place], bottom[place], factor),
        _quotient(top[both].sum(), bottom[both].sum(), factor),
    )


def _quotient(top: float, bottom: float, factor: float) -> float:
    return float(factor * top / bottom) if np.isfinite(top) and bottom > 0 else float("nan")


def _people(catalogue: Catalogue, population: str, year: _Year) -> np.ndarray:
    """Return the mid-year residents of the year in which the reporting year starts."""
    table = catalogue.populations
    own = table[(table["population"] == population) & (table["mid_year"] == int(year.period[:4]))]
    persons = own.set_index("area")["persons"].reindex(list(year.now.index))
    return persons.to_numpy(dtype=float, na_value=np.nan)
