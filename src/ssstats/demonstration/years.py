"""Draws the returns of an edition, year after year, as its calibration says.

One function a basis. A row's `of` names a population, or amounts drawn further up; amounts with
lower-case names (registrations, leavers) are working amounts and never leave this module.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.demonstration import drawing
from ssstats.demonstration.calibration import Row, terms_of
from ssstats.demonstration.inputs import Inputs
from ssstats.demonstration.spread import generator, leanings, wobble
from ssstats.errors import CatalogueError
from ssstats.periods import ReportingYear

# Between authorities, on the log scale, where the calibration gives no spread.
_USUAL_SPREAD = {"total": 0.25, "stock": 0.25, "part": 0.4, "cover": 0.4}
_OTHER_SPREAD = 0.35
# Of those not first counted under a relation, the share counted under it as well.
_OVERLAP = 0.06


@dataclass
class Year:
    """The amounts of one reporting year while it is drawn: one array of 22 for each name."""

    edition: str
    period: str
    seed: int
    areas: list[str]
    populations: dict[str, np.ndarray]
    leans: dict[str, np.ndarray]
    absent: dict[str, np.ndarray]
    previous: dict[str, np.ndarray]
    amounts: dict[str, np.ndarray] = field(default_factory=dict)

    def amount(self, expression: str) -> np.ndarray:
        """Return the whole numbers of an expression such as CH/041@prev+CH/039-CH/041.

        In the opening year, which has no year before it, stocks count as unchanged.
        """
        result = np.zeros(len(self.areas))
        for sign, name, last_year in terms_of(expression):
            before = self.previous if last_year else {}
            result += sign * before.get(name, self.amounts[name])
        return np.floor(result + 1e-9).astype(np.int64)

    def leaning(self, row: Row) -> np.ndarray:
        """Return how many times the Wales level each authority leans to, about one."""
        usual = _USUAL_SPREAD.get(row.basis, _OTHER_SPREAD)
        spread = usual if row.spread is None else row.spread
        normal = leanings(
            self.seed,
            edition=self.edition,
            period=self.period,
            family=row.family,
            reference=row.reference,
            authorities=len(self.areas),
        )
        lean = self.leans.get(row.reference, np.ones(len(self.areas)))
        return np.round(np.exp(spread * normal), 9) * lean

    def rng(self, name: str) -> np.random.Generator:
        """Return the generator of one metric, or one division, in this year."""
        return generator(self.seed, self.edition, "draw", self.period, name)


def draw_years(
    catalogue: Catalogue, inputs: Inputs, edition: str, *, seed: int
) -> dict[str, pd.DataFrame]:
    """Return the collected values of each period, authorities as rows, references as columns.

    Values are floats without gaps; WTE have one decimal, all others are whole numbers.
    """
    calibration = inputs.calibration[edition]
    authorities = catalogue.areas[catalogue.areas["level"] == "authority"]
    areas = sorted(authorities["area"])
    leans = _leans(inputs.leanings, edition, areas)
    frames: dict[str, pd.DataFrame] = {}
    previous: dict[str, np.ndarray] = {}
    for period in calibration.periods:
        year = Year(
            edition=edition,
            period=period,
            seed=seed,
            areas=areas,
            populations=_populations(catalogue, areas, period),
            leans=leans,
            absent=_absent(inputs.remarks, edition, period, areas),
            previous=previous,
        )
        for step in calibration.steps:
            _draw_step(year, step)
        previous = year.amounts
        if period != calibration.periods[0]:  # which only opens the stocks
            metrics = {name: counts for name, counts in year.amounts.items() if "/" in name}
            frames[period] = pd.DataFrame(metrics, index=areas).astype(float)
    return frames


def _draw_step(year: Year, step: list[Row]) -> None:
    try:
        if step[0].division:
            _divide(year, step)
        else:
            year.amounts[step[0].reference] = _draw(year, step[0], _level(year, step[0]))
    except ValueError as error:
        raise CatalogueError(
            f"calibration-{year.edition}.csv, {step[0].reference}, {year.period}: {error}; "
            "change its level, or that of the rows it is drawn from"
        ) from error


def _level(year: Year, row: Row) -> float:
    """Return the Wales level: as given, or interpolated and strayed a little."""
    level = row.levels.get(year.period, 0.0)
    if year.period in row.given or not row.levels:
        return level
    factor = wobble(
        year.seed,
        edition=year.edition,
        period=year.period,
        reference=row.reference,
        stock=row.basis == "stock",
    )
    if row.basis in ("share", "one or more", "wte"):  # the factor is one of the odds
        return level * factor / (1 - level + level * factor)
    return level * factor


def _draw(year: Year, row: Row, level: float) -> np.ndarray:
    """Return one amount by its basis."""
    rng, lean = year.rng(row.reference), year.leaning(row)
    match row.basis:
        case "population":
            return year.populations[f"{row.of}, 1 year earlier"]
        case "total" | "stock":
            return _from_population(year, rng, row, round(level), lean)
        case "entries":
            current = year.amounts[row.of]
            before = year.previous.get(row.of, current)
            return drawing.draw_entries(rng, before, current, round(level), before * lean)
    of = year.amount(row.of)
    match row.basis:
        case "sum":
            return of
        case "number":
            return drawing.draw_among(rng, of, round(level), lean)
        case "share":
            return rng.binomial(of, drawing.share_by_authority(of, level, lean))
        case "one or more":
            drawn = rng.binomial(of, drawing.share_by_authority(of, level, lean))
            return np.maximum(drawn, np.minimum(of, 1))
        case "multiple":
            return rng.poisson(of * level * lean)
        case "more":
            return of + rng.poisson(of * level * lean)
        case "days":
            longest = drawing.LONGEST_STAY
            return drawing.draw_days(rng, of, level * lean, row.parameter, longest)
        case "days in all":
            mean = lean * level / max(of.sum(), 1)
            drawn = drawing.draw_days(rng, of, mean, row.parameter, drawing.LONGEST_LIFE)
            return drawing.scale_to_total(drawn, round(level))
        case _:  # wte: one decimal, never more than the headcount
            return np.minimum(np.round(of * np.minimum(level * lean, 1), 1), of)


def _from_population(
    year: Year, rng: np.random.Generator, row: Row, total: int, lean: np.ndarray
) -> np.ndarray:
    """Return counts in proportion to the population times each authority's leaning."""
    weights = year.populations[row.of] * lean
    before = year.previous.get(row.reference)
    if row.basis == "stock" and before is not None:
        return drawing.carry_stock(rng, before, total, weights, row.parameter)
    absent = year.absent.get(row.reference, np.zeros(len(weights), dtype=bool))
    return drawing.draw_total(rng, total, np.where(absent, 0, weights))


def _divide(year: Year, rows: list[Row]) -> None:
    """Divide an amount into parts; what the shares leave to one is not collected."""
    first = rows[0]
    rng = year.rng(first.division)
    lean = np.column_stack([year.leaning(row) for row in rows])
    levels = np.array([_level(year, row) for row in rows])
    if _exhaustive(rows):
        shares = levels / levels.sum()
    else:
        shares = np.append(levels, 1 - levels.sum())
        lean = np.column_stack([lean, np.ones(len(lean))])
    wte = first.basis == "part of wte"
    of = np.rint(year.amounts[first.of] * 10).astype(int) if wte else year.amount(first.of)
    parts = drawing.draw_division(rng, of, shares, lean)
    if first.basis == "cover":
        also = np.minimum(_OVERLAP * shares * lean, 1)
        parts = parts + rng.binomial(of[:, None] - parts, also)
    for number, row in enumerate(rows):
        year.amounts[row.reference] = parts[:, number] / 10 if wte else parts[:, number]


def _exhaustive(rows: list[Row]) -> bool:
    """Whether the shares as given sum to one."""
    return sum(row.levels[min(row.given)] for row in rows) > 0.9995


def _populations(catalogue: Catalogue, areas: list[str], period: str) -> dict[str, np.ndarray]:
    """Return people at mid-year by band: between two estimates, or beyond them, on a line."""
    start = ReportingYear.parse(period).start
    found: dict[str, np.ndarray] = {}
    for band, rows in catalogue.populations.groupby("population"):
        wide = rows.pivot(index="mid_year", columns="area", values="persons")[areas].astype(float)
        for lag, name in ((0, str(band)), (1, f"{band}, 1 year earlier")):
            found[name] = _on_a_line(wide, start - lag)
    return found


def _on_a_line(wide: pd.DataFrame, mid_year: int) -> np.ndarray:
    known = [int(year) for year in wide.index]
    after = next((i for i, year in enumerate(known) if year >= mid_year), len(known) - 1)
    right = max(after, 1)
    left = right - 1
    step = (mid_year - known[left]) / (known[right] - known[left])
    line = wide.iloc[left] + step * (wide.iloc[right] - wide.iloc[left])
    return np.rint(line.to_numpy()).astype(np.int64)


def _leans(table: pd.DataFrame, edition: str, areas: list[str]) -> dict[str, np.ndarray]:
    """Return fixed factors by reference; a row without an area is for all not named."""
    found = {}
    for reference, rows in table[table["edition"] == edition].groupby("reference"):
        factors = dict(zip(rows["area"], rows["factor"].astype(float), strict=True))
        usual = factors.get("", 1.0)
        found[str(reference)] = np.array([factors.get(area, usual) for area in areas])
    return found


def _absent(
    remarks: pd.DataFrame, edition: str, period: str, areas: list[str]
) -> dict[str, np.ndarray]:
    """Return which authorities returned nothing for a reference in the period."""
    rows = remarks[(remarks["edition"] == edition) & (remarks["marker"] == "x")]
    rows = rows[rows["period"].isin(["", period])]
    return {
        str(reference): np.isin(areas, group["area"])
        for reference, group in rows.groupby("reference")
    }
