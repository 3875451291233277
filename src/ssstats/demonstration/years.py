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
from ssstats.demonstration.inputs import Inputs, levels_of, periods_of, terms_of
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

    def leaning(self, row: pd.Series) -> np.ndarray:
        """Return how many times the Wales level each authority leans to, about one."""
        usual = _USUAL_SPREAD.get(row["basis"], _OTHER_SPREAD)
        spread = float(row["spread"]) if row["spread"] else usual
        normal = leanings(
            self.seed,
            edition=self.edition,
            period=self.period,
            family=row["family"],
            reference=row["reference"],
            authorities=len(self.areas),
        )
        lean = self.leans.get(row["reference"], np.ones(len(self.areas)))
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
    table = inputs.calibration[edition]
    periods = periods_of(table)
    levels = {row["reference"]: levels_of(row, periods) for _, row in table.iterrows()}
    ordered = catalogue.areas[catalogue.areas["level"] == "authority"]
    areas = ordered.sort_values("area")["area"].tolist()
    frames: dict[str, pd.DataFrame] = {}
    previous: dict[str, np.ndarray] = {}
    for number, period in enumerate(periods):
        year = Year(
            edition=edition,
            period=period,
            seed=seed,
            areas=areas,
            populations=_populations(catalogue, areas, period),
            leans=_leans(inputs.leanings, edition, areas),
            absent=_absent(inputs.remarks, edition, period, areas),
            previous=previous,
        )
        draw_year(year, table, {name: level[number : number + 1] for name, level in levels.items()})
        previous = year.amounts
        if number:  # the first period only opens the stocks
            names = [name for name in year.amounts if "/" in name]
            frames[period] = pd.DataFrame({n: year.amounts[n] for n in names}, index=areas).astype(
                float
            )
    return frames


def draw_year(year: Year, table: pd.DataFrame, levels: dict[str, np.ndarray]) -> None:
    """Draw all rows of the calibration, in their order, into `year.amounts`."""
    drawn: set[str] = set()
    for _, row in table.iterrows():
        if row["division"] in drawn and row["division"]:
            continue
        rows = table[table["division"] == row["division"]] if row["division"] else None
        try:
            if rows is not None:
                _divide(year, rows, np.array([_level(year, r, levels) for _, r in rows.iterrows()]))
                drawn.add(row["division"])
            else:
                year.amounts[row["reference"]] = _draw(year, row, _level(year, row, levels))
        except ValueError as error:
            raise CatalogueError(
                f"calibration-{year.edition}.csv, {row['reference']}, {year.period}: {error}"
            ) from error


def _level(year: Year, row: pd.Series, levels: dict[str, np.ndarray]) -> float:
    """Return the Wales level: as given, or interpolated and strayed a little."""
    level = levels[row["reference"]]
    if not len(level):
        return 0.0
    if row[year.period] != "":
        return float(level[0])
    factor = wobble(
        year.seed,
        edition=year.edition,
        period=year.period,
        reference=row["reference"],
        stock=row["basis"] == "stock",
    )
    if row["basis"] in ("share", "one or more", "wte") and level[0] < 1:
        odds = level[0] / (1 - level[0]) * factor
        return float(odds / (1 + odds))
    return float(level[0] * factor)


def _draw(year: Year, row: pd.Series, level: float) -> np.ndarray:
    """Return one amount by its basis."""
    rng, lean = year.rng(row["reference"]), year.leaning(row)
    match row["basis"]:
        case "total" | "stock" | "population":
            return _from_population(year, rng, row, level, lean)
        case "entries":
            current = year.amounts[row["of"]]
            before = year.previous.get(row["of"], current)
            return drawing.draw_entries(rng, before, current, round(level), before * lean)
    of = year.amount(row["of"])
    parameter = float(row["parameter"] or 1)
    match row["basis"]:
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
            return drawing.draw_days(rng, of, level * lean, parameter, longest)
        case "days in all":
            drawn = drawing.draw_days(rng, of, lean * level / max(of.sum(), 1), parameter, 10**6)
            return drawing.scale_to_total(drawn, round(level))
        case _:  # wte: one decimal, never more than the headcount
            return np.minimum(np.round(of * np.minimum(level * lean, 1), 1), of)


def _from_population(
    year: Year, rng: np.random.Generator, row: pd.Series, level: float, lean: np.ndarray
) -> np.ndarray:
    """Return counts in proportion to the population times each authority's leaning."""
    people = year.populations[row["of"]]
    if row["basis"] == "population":
        return year.populations[f"{row['of']}, {row['parameter']} year earlier"]
    returned = ~year.absent.get(row["reference"], np.zeros(len(people), dtype=bool))
    if row["basis"] == "stock" and row["reference"] in year.previous:
        before = year.previous[row["reference"]]
        turnover = float(row["parameter"])
        return drawing.carry_stock(rng, before, round(level), people * lean, turnover)
    return drawing.draw_total(rng, round(level), people * lean * returned)


def _divide(year: Year, rows: pd.DataFrame, levels: np.ndarray) -> None:
    """Divide an amount into parts; what the shares leave to one is not collected."""
    first = rows.iloc[0]
    rng = year.rng(first["division"])
    lean = np.column_stack([year.leaning(row) for _, row in rows.iterrows()])
    given = sum(float(next(v for v in row[periods_of(rows)] if v)) for _, row in rows.iterrows())
    if given > 0.9995:
        shares = levels / levels.sum()
    else:
        shares = np.append(levels, 1 - levels.sum())
        lean = np.column_stack([lean, np.ones(len(lean))])
    wte = first["basis"] == "part of wte"
    of = np.rint(year.amounts[first["of"]] * 10).astype(int) if wte else year.amount(first["of"])
    parts = drawing.draw_division(rng, of, shares, lean)
    if first["basis"] == "cover":
        also = np.minimum(_OVERLAP * shares * lean, 1)
        parts = parts + rng.binomial(of[:, None] - parts, also)
    for number, name in enumerate(rows["reference"]):
        year.amounts[name] = parts[:, number] / 10 if wte else parts[:, number]


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
