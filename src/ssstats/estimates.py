"""Percentages, rates and means with their limits, from release tables alone.

After the airlock: every number here is a function of what the gate let through, so it tells an
intruder nothing that the published counts do not tell. Where counts are rounded, limits are the
envelope over all counts that round to what is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.expressions import parse_expression
from ssstats.figure_rows import FigureRows
from ssstats.formatting import quotient_half_up, round_half_up
from ssstats.intervals import (
    envelope_of_count,
    envelope_of_percentage,
    envelope_of_ratio_of_counts,
)
from ssstats.matched import matched_breakdown

# One row a measure, period and area. `decimals` is how many digits value and limits carry;
# `method` names the limits, `no_limits` the key of the reason for having none.
ESTIMATE_COLUMNS = (
    "measure",
    "edition",
    "period",
    "area",
    "kind",
    "value",
    "lower",
    "upper",
    "marker",
    "flags",
    "decimals",
    "numerator",
    "numerator_marker",
    "denominator",
    "denominator_marker",
    "method",
    "no_limits",
    "answered",
    "expected",
)

WILSON_ENVELOPE = "Wilson, envelope over rounding"
GARWOOD_ENVELOPE = "Garwood exact Poisson, envelope over rounding"
RATIO_ENVELOPE = "Wilson given the sum of two counts, envelope over rounding"

_SIDES = ("numerator", "denominator")
_OF_MEASURE = ("measure", "edition", "population", "multiplier", "kind", "nested")
_OF_SIDE = ("value", "marker", "flags", "lowest", "highest", "answered", "expected", "kind")
# Rates per 1,000 are small numbers: StatsWales prints 4.87 per 1,000 and 101.9 per 10,000.
_FINE_MULTIPLIER = 1000
_RATIO_DECIMALS = 2
# A figure with one of these is no number; the first that a side has is that of the measure.
_UNKNOWN = ("c", "x", "z", "low")


def estimate_measures(tables: ReleaseTables, catalogue: Catalogue) -> pd.DataFrame:
    """Return every measure of the catalogue for every area and year of the release tables.

    Columns are `ESTIMATE_COLUMNS`. A measure whose counts nobody was asked for in a year has no
    row; one that cannot be computed has a marker and never a number.
    """
    grid = sides_of_measures(tables, catalogue)
    policy = tables.facts["policy"]
    grid = with_values(grid, policy)  # type: ignore[arg-type]
    grid = _with_limits(grid, policy)  # type: ignore[arg-type]
    return grid[list(ESTIMATE_COLUMNS)]


def sides_of_measures(
    tables: ReleaseTables, catalogue: Catalogue, *, tier: str = ""
) -> pd.DataFrame:
    """Return numerator and denominator of every measure with what may stand behind them.

    One row a measure, period and area that the counts hold, with `numerator_lowest`,
    `numerator_highest` and so on; a population is its own lowest and highest. With a `tier`, the
    measures of that tier only.
    """
    measures = catalogue.measures
    measures = _with_references(measures[measures["tier"] == tier] if tier else measures)
    counts = tables.counts.reset_index(drop=True)
    figures = FigureRows.of(counts)
    grid = _grid(figures.places, measures)
    rows = {side: _rows_of_side(grid, measures, figures, side) for side in _SIDES}
    with_denominator = rows["denominator"] >= 0
    with_denominator |= (measures["population"] != "").to_numpy()[grid["measure"]]
    kept = (rows["numerator"] >= 0) & with_denominator
    parts = [
        measures.take(grid["measure"][kept]),
        figures.places[["period", "area"]].take(grid["place"][kept]),
        *(
            counts[list(_OF_SIDE)].reindex(rows[side][kept]).add_prefix(f"{side}_")
            for side in _SIDES
        ),
    ]
    sides = pd.concat([part.reset_index(drop=True) for part in parts], axis=1)
    return _with_population(sides, tables, catalogue)


def _with_references(measures: pd.DataFrame) -> pd.DataFrame:
    """Return measures with both sides as the counts name them."""
    texts = {*measures["numerator"], *measures["denominator"]}
    spoken = {text: str(parse_expression(text)) if text else "" for text in texts}
    named = {f"{side}_reference": measures[side].map(spoken) for side in _SIDES}
    return measures[list(_OF_MEASURE)].assign(**named).reset_index(drop=True)


def _grid(places: pd.DataFrame, measures: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return each measure beside each place of its edition, as row numbers of both."""
    own = pd.DataFrame({"edition": measures["edition"], "measure": measures.index})
    there = pd.DataFrame({"edition": places["edition"], "place": places.index})
    grid = own.merge(there, on="edition", how="inner")
    return {column: grid[column].to_numpy() for column in ("measure", "place")}


def _rows_of_side(
    grid: dict[str, np.ndarray], measures: pd.DataFrame, figures: FigureRows, side: str
) -> np.ndarray:
    """Return the row of one side's published count, -1 where there is none.

    It is that over matched authorities where there is such a total.
    """
    other = "denominator" if side == "numerator" else "numerator"
    own, others = measures[f"{side}_reference"].tolist(), measures[f"{other}_reference"].tolist()
    plain, matched = (
        figures.rows(grid["place"], figures.names(names)[grid["measure"]])
        for names in (
            [(reference, "") for reference in own],
            list(zip(own, map(matched_breakdown, others), strict=True)),
        )
    )
    return np.where(matched >= 0, matched, plain)


def _with_population(
    sides: pd.DataFrame, tables: ReleaseTables, catalogue: Catalogue
) -> pd.DataFrame:
    """Set the denominator of rates: the mid-year population of the authorities that answered."""
    on_population = sides["population"] != ""
    if not on_population.any():
        return sides
    wales = catalogue.areas.loc[catalogue.areas["level"] == "wales", "area"].iloc[0]
    people: dict[tuple[int, str], dict[str, int]] = {}
    for row in catalogue.populations.itertuples():
        people.setdefault((row.mid_year, row.population), {})[row.area] = row.persons
    absent = tables.coverage.set_index(["edition", "period", "reference"])["absent"].to_dict()

    def persons_of(
        edition: str, period: str, reference: str, population: str, area: str
    ) -> int | None:
        gaps = absent.get((edition, period, reference), "")
        return _persons(people, int(period[:4]), population, area, wales, gaps)

    columns = ("edition", "period", "numerator_reference", "population", "area")
    chosen = sides.loc[on_population, list(columns)]
    persons = list(map(persons_of, *(chosen[column].tolist() for column in columns)))
    sides.loc[on_population, "denominator_value"] = pd.array(persons, dtype="Float64")
    known = np.array([person is not None for person in persons])
    sides.loc[on_population, "denominator_marker"] = np.where(known, "", "x")
    sides.loc[on_population, "denominator_flags"] = ""
    for bound in ("denominator_lowest", "denominator_highest"):
        sides[bound] = sides[bound].where(~on_population, sides["denominator_value"])
    return sides


def _persons(
    people: dict[tuple[int, str], dict[str, int]],
    mid_year: int,
    population: str,
    area: str,
    wales: str,
    absent: str,
) -> int | None:
    of_areas = people.get((mid_year, population))
    if of_areas is None:
        return None
    if area != wales:
        return of_areas.get(area)
    # Wales is the authorities that answered: one without an answer has no people in the base.
    without = {wales, *absent.split(";")}
    return sum(persons for code, persons in of_areas.items() if code not in without)


def people_of(
    catalogue: Catalogue, population: str, mid_year: int, areas: Iterable[str]
) -> int | None:
    """Return the residents of some areas in the middle of a year, None where one is not known."""
    table = catalogue.populations
    own = table[(table["population"] == population) & (table["mid_year"] == mid_year)]
    return _sum_of(dict(zip(own["area"], own["persons"], strict=True)), areas)


def _sum_of(of_areas: Mapping[str, int], places: Iterable[str]) -> int | None:
    known = set(places)
    return sum(of_areas[code] for code in known) if known <= set(of_areas) else None


def with_values(grid: pd.DataFrame, policy: dict[str, object]) -> pd.DataFrame:
    """Return sides of measures with value, marker, flags and decimals as the policy shows them.

    Columns of `grid`: kind, multiplier, nested, and value, marker, flags, lowest, highest,
    answered and expected of numerator and denominator.
    """
    top = grid["numerator_value"].to_numpy(dtype="float64", na_value=np.nan)
    bottom = grid["denominator_value"].to_numpy(dtype="float64", na_value=np.nan)
    percentage = (grid["kind"] == "percentage").to_numpy()
    with_decimal = bottom >= float(policy["decimal_from"])  # type: ignore[arg-type]
    decimals = np.select(
        [(grid["kind"] == "rate").to_numpy(), (grid["kind"] == "ratio").to_numpy()],
        [_rate_decimals(grid), _RATIO_DECIMALS],
        default=with_decimal.astype(int),
    )
    value = quotient_half_up(
        top, bottom, multiplier=grid["multiplier"].to_numpy(dtype="int64"), decimals=decimals
    )
    too_few = percentage & (bottom > 0) & (bottom < float(policy["smallest_denominator"]))  # type: ignore[arg-type]
    marks = [grid[f"{side}_marker"] for side in _SIDES]
    marker = np.select(
        [
            *(((marks[0] == mark) | (marks[1] == mark)).to_numpy() for mark in _UNKNOWN),
            bottom == 0,
            too_few,
            _above_whole(grid),
        ],
        [*_UNKNOWN, "z", "u", "x"],
        default="",
    )
    flags = grid["numerator_flags"].fillna("") + grid["denominator_flags"].fillna("")
    return grid.assign(
        value=pd.array(np.where(marker == "", value, np.nan), dtype="Float64"),
        marker=marker,
        decimals=decimals,
        numerator=grid["numerator_value"],
        denominator=grid["denominator_value"],
        answered=grid["numerator_answered"],
        expected=grid["numerator_expected"],
        flags=flags.map({text: "".join(sorted(set(text))) for text in flags.unique()}),
    )


def _rate_decimals(grid: pd.DataFrame) -> np.ndarray:
    return np.where(grid["multiplier"].to_numpy(dtype="int64") <= _FINE_MULTIPLIER, 2, 1)


def _above_whole(grid: pd.DataFrame) -> np.ndarray:
    """Return where a part is larger than its whole: the counts contradict each other."""
    part = grid["numerator_lowest"].to_numpy(dtype="float64", na_value=np.nan)
    whole = grid["denominator_highest"].to_numpy(dtype="float64", na_value=np.nan)
    nested = ((grid["kind"] == "percentage") & (grid["nested"] == "yes")).to_numpy()
    return nested & (part > whole)


def _with_limits(grid: pd.DataFrame, policy: dict[str, object]) -> pd.DataFrame:
    confidence = float(policy["confidence"])  # type: ignore[arg-type]
    no_limits = _reasons(grid)
    computable = (grid["marker"] == "").to_numpy() & (no_limits == "")
    lower, upper = np.full(len(grid), np.nan), np.full(len(grid), np.nan)
    method = np.full(len(grid), "", dtype=object)
    bounds = {
        name: grid[name].to_numpy(dtype="float64", na_value=np.nan)
        for name in (
            "numerator_lowest",
            "numerator_highest",
            "denominator_lowest",
            "denominator_highest",
        )
    }
    multiplier = grid["multiplier"].to_numpy(dtype="float64")
    apart = computable & _of_separate_counts(grid)
    if apart.any():
        low, high = envelope_of_ratio_of_counts(
            *(bounds[name][apart] for name in bounds), confidence=confidence
        )
        lower[apart], upper[apart] = multiplier[apart] * low, multiplier[apart] * high
        method[apart] = RATIO_ENVELOPE
    shares = computable & (grid["kind"] == "percentage").to_numpy() & ~apart
    if shares.any():
        low, high = envelope_of_percentage(
            *(bounds[name][shares] for name in bounds), confidence=confidence
        )
        lower[shares], upper[shares] = multiplier[shares] * low, multiplier[shares] * high
        method[shares] = WILSON_ENVELOPE
    rates = computable & (grid["kind"] == "rate").to_numpy()
    if rates.any():
        low, high = envelope_of_count(
            bounds["numerator_lowest"][rates],
            bounds["numerator_highest"][rates],
            confidence=confidence,
        )
        per_head = multiplier[rates]
        lower[rates] = low * per_head / bounds["denominator_highest"][rates]
        upper[rates] = high * per_head / bounds["denominator_lowest"][rates]
        method[rates] = GARWOOD_ENVELOPE
    decimals = grid["decimals"].to_numpy()
    grid = grid.assign(
        lower=pd.array(round_half_up(lower, decimals), dtype="Float64"),
        upper=pd.array(round_half_up(upper, decimals), dtype="Float64"),
        method=method.astype(str),
        no_limits=np.where(grid["marker"] == "", no_limits, "").astype(str),
    )
    return _with_reliability(grid, shares, rates, apart, policy)


def _of_separate_counts(grid: pd.DataFrame) -> np.ndarray:
    """Return where a measure is one count over another that does not hold the same cases."""
    kind = grid["kind"].to_numpy()
    return (kind == "ratio") | ((kind == "percentage") & (grid["nested"] != "yes").to_numpy())


def _reasons(grid: pd.DataFrame) -> np.ndarray:
    """Return the key of the reason why a measure has no limits, or blank where it has some."""
    counted = (grid["numerator_kind"] == "count").to_numpy()
    both = counted & (grid["denominator_kind"] == "count").to_numpy()
    rate = (grid["kind"] == "rate").to_numpy()
    return np.select(
        [(grid["kind"] == "mean").to_numpy(), rate & ~counted, ~rate & ~both],
        ["totals-only", "not-counts", "not-counts"],
        default="",
    ).astype(object)


def _with_reliability(
    grid: pd.DataFrame,
    shares: np.ndarray,
    rates: np.ndarray,
    apart: np.ndarray,
    policy: dict[str, object],
) -> pd.DataFrame:
    """Mark u where limits are too far apart, or a rate or ratio stands on too few events."""
    width = (grid["upper"] - grid["lower"]).to_numpy(dtype="float64", na_value=np.nan)
    events = grid["numerator"].to_numpy(dtype="float64", na_value=np.nan)
    together = events + grid["denominator"].to_numpy(dtype="float64", na_value=np.nan)
    fewest = int(policy["fewest_events"])  # type: ignore[call-overload]
    unsure = (shares & (width > float(policy["widest_limits"]))) | (  # type: ignore[arg-type]
        (rates & (events < fewest)) | (apart & (together < fewest))
    )
    flags = grid["flags"].astype(str)
    return grid.assign(flags=np.where(unsure, flags + "u", flags).astype(str))
