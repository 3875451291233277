"""Rules on what a number can be at most: parts, people and days."""

from __future__ import annotations

import numpy as np

from ssstats.checks.checked import Checked
from ssstats.checks.grids import Grid
from ssstats.checks.parsed import parsed
from ssstats.checks.results import Found
from ssstats.checks.structure import cell, places_of

# Eighteen years: the longest time a child can be looked after or registered (identity R269).
_LONGEST_DAYS = 6575
# Resident population of whom the unit counts some; other units count events or staff.
_POPULATION_OF_UNIT = {
    "adults": "18+",
    "children": "0-17",
    "young carers": "all ages",
    "carers": "all ages",
    "people": "all ages",
    "young people": "all ages",
    "care leavers": "all ages",
}


def check_range_percentages(checked: Checked) -> list[Found]:
    """The numerator of a percentage is larger than the denominator it is a part of."""
    measures = checked.catalogue.measures
    nested = measures[(measures["nested"] == "yes") & (measures["denominator"] != "")]
    identities = checked.catalogue.identities
    stated = {
        (e, _squeezed(left), _squeezed(right))
        for e, left, right in identities[["edition", "left", "right"]].itertuples(index=False)
    }
    found = []
    for grid in checked.grids:
        own = nested[nested["edition"] == grid.edition]
        pairs = dict.fromkeys(zip(own["numerator"], own["denominator"], strict=True))
        for part, whole in pairs:
            # What an identity states already is told once, by the identity.
            if (grid.edition, _squeezed(part), _squeezed(whole)) not in stated:
                found += _parts_above(grid, part, whole)
    return found


def _squeezed(text: str) -> str:
    return text.replace(" ", "")


def _parts_above(grid: Grid, part: str, whole: str) -> list[Found]:
    inner, outer = parsed(part), parsed(whole)
    if not {*inner.references, *outer.references} <= grid.places.keys():
        return []
    above = grid.sum_of(inner) > grid.sum_of(outer)
    words = f"{part} is larger than {whole}"
    return [
        Found(grid.edition, period, area, inner.references[0], words)
        for period, area in places_of(grid, above)
    ]


def check_range_populations(checked: Checked) -> list[Found]:
    """A stock of people is larger than the resident population of their age."""
    found = []
    for grid in checked.grids:
        stocks = (grid.metrics["stock_or_flow"] == "stock").to_numpy()
        bands = grid.metrics["unit"].map(_POPULATION_OF_UNIT)
        for band in bands.dropna().unique():
            places = np.flatnonzero(stocks & (bands == band).to_numpy())
            most = _populations(checked, grid, str(band))[:, :, np.newaxis]
            above = grid.numbers[:, :, places] > most
            found += [cell(grid, t, a, places[k]) for t, a, k in np.argwhere(above)]
    return found


def _populations(checked: Checked, grid: Grid, band: str) -> np.ndarray:
    """Return residents by period and area: the estimate of the year, or the nearest to it."""
    table = checked.catalogue.populations
    own = table[table["population"] == band]
    wide = own.pivot(index="mid_year", columns="area", values="persons").sort_index()
    years = wide.index.to_numpy(dtype=int)
    wanted = np.array([int(period[:4]) for period in grid.periods])
    nearest = np.abs(years[np.newaxis] - wanted[:, np.newaxis]).argmin(axis=1)
    return wide.reindex(columns=grid.areas).iloc[nearest].to_numpy(dtype=float, na_value=np.nan)


def check_range_days(checked: Checked) -> list[Found]:
    """Days are more than anybody can have had, given the people they belong to."""
    found = []
    for grid in checked.grids:
        summed = grid.metrics[grid.metrics["relation"] == "total_days_for"]
        for row in summed.itertuples():
            if row.parent_reference not in grid.places:
                continue
            people = grid.numbers[:, :, grid.places[row.parent_reference]]
            days = grid.numbers[:, :, grid.places[row.reference]]
            above = (days > _LONGEST_DAYS * people) & (people > 0)
            of = f" of {row.parent_reference}"
            found += [
                cell(
                    grid, t, a, grid.places[row.reference], f"{{:.15g}} for {people[t, a]:.15g}{of}"
                )
                for t, a in np.argwhere(above)
            ]
    return found
