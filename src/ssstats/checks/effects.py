"""What a recorded exception changes: every value that depends on it, for the authority and Wales.

With the exception a value is as it was returned; without it the returned number is smaller by the
exception's amount. Holds unprotected values: for those who decide, never past the gate.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.checks.checked import Checked
from ssstats.checks.grids import Grid
from ssstats.checks.parsed import parsed
from ssstats.expressions import Expression, evaluate
from ssstats.returns import Returns

# One row an exception, dependent value and area (the authority, or Wales over the authorities that
# answered). `item` is a reference or a measure; numbers are missing where a part is not there.
EFFECT_COLUMNS = (
    "edition",
    "period",
    "area",
    "reference",
    "amount",
    "decision",
    "item",
    "label",
    "of_area",
    "returned",
    "without",
)
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
    """Return the effect of each recorded exception with the columns of `EFFECT_COLUMNS`."""
    checked = Checked.of(returns, catalogue)
    wales = str(catalogue.areas.loc[catalogue.areas["level"] == "wales", "area"].iloc[0])
    grids = {grid.edition: grid for grid in checked.grids}
    rows = []
    for exception in returns.exceptions.itertuples():
        grid = grids.get(str(exception.edition))
        here = (str(exception.period), str(exception.area))
        if grid is None or here not in grid.wide.index or pd.isna(exception.amount):
            continue
        for item, label, area, returned, without in _effects(grid, exception, catalogue, wales):
            rows.append(
                (
                    exception.edition,
                    exception.period,
                    exception.area,
                    exception.reference,
                    exception.amount,
                    exception.decision,
                    item,
                    label,
                    area,
                    returned,
                    without,
                )
            )
    return pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))


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


def _effects(
    grid: Grid,
    exception,  # type: ignore[no-untyped-def]
    catalogue: Catalogue,
    wales: str,
) -> Iterator[tuple[str, str, str, float, float]]:
    """Yield item, label, area, the value as returned and the value without the exception."""
    reference, period, area = exception.reference, exception.period, exception.area
    year = grid.wide.xs(period, level="period")
    before = grid.wide_before.xs(period, level="period")
    mended = year.copy()
    if reference not in year:
        return
    mended.loc[area, reference] = year.loc[area, reference] - float(exception.amount)
    label = grid.metrics.set_index("reference").loc[reference, "label"]
    yield reference, label, area, year.loc[area, reference], mended.loc[area, reference]
    yield reference, label, wales, year[reference].sum(), mended[reference].sum()
    measures = catalogue.measures
    for measure in measures[measures["edition"] == grid.edition].itertuples():
        above = parsed(str(measure.numerator))
        below = parsed(str(measure.denominator)) if measure.denominator else None
        if reference not in {*above.references, *(below.references if below else ())}:
            continue
        people = _people(catalogue, str(measure.population), str(period), list(year.index))
        factor = float(measure.multiplier)
        sides = [
            _sides(above, below, numbers, before, people, factor, area)
            for numbers in (year, mended)
        ]
        for place, of_area in ((0, area), (1, wales)):
            yield measure.measure, measure.label, of_area, sides[0][place], sides[1][place]


def _sides(
    above: Expression,
    below: Expression | None,
    numbers: pd.DataFrame,
    before: pd.DataFrame,
    people: np.ndarray,
    factor: float,
    area: str,
) -> tuple[float, float]:
    """Return the measure of the authority, and of Wales over those that answered both sides."""
    top = evaluate(above, numbers, before).to_numpy(dtype=float, na_value=np.nan)
    bottom = (
        people
        if below is None
        else evaluate(below, numbers, before).to_numpy(dtype=float, na_value=np.nan)
    )
    both = np.isfinite(top) & np.isfinite(bottom)
    own = list(numbers.index).index(area)
    return (
        _quotient(top[own], bottom[own], factor),
        _quotient(top[both].sum(), bottom[both].sum(), factor),
    )


def _quotient(top: float, bottom: float, factor: float) -> float:
    return float(factor * top / bottom) if np.isfinite(top) and bottom > 0 else float("nan")


def _people(catalogue: Catalogue, population: str, period: str, areas: list[str]) -> np.ndarray:
    """Return the mid-year residents of the year in which the reporting year starts."""
    table = catalogue.populations
    own = table[(table["population"] == population) & (table["mid_year"] == int(period[:4]))]
    persons = own.set_index("area")["persons"].reindex(areas)
    return persons.to_numpy(dtype=float, na_value=np.nan)
