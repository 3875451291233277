"""Rules of structure: what is there, in which edition, in which form."""

from __future__ import annotations

import numpy as np

from ssstats.checks.checked import Checked
from ssstats.checks.grids import NO_ROW, Grid
from ssstats.checks.results import Found

_MOST_NAMED = 6


def check_structure_absent_sections(checked: Checked) -> list[Found]:
    """An authority sent no row of a section that other authorities returned."""
    found = []
    for grid in checked.grids:
        for (domain, order, section), places in grid.sections.items():
            rows = (grid.marks[:, :, places] != NO_ROW).any(axis=2)
            absent = ~rows & rows.any(axis=1, keepdims=True) & _returned_anything(grid)
            found += [
                Found(grid.edition, period, area, f"{domain} {order}", f"no row of {section}")
                for period, area in places_of(grid, absent)
            ]
    return found


def check_structure_missing_rows(checked: Checked) -> list[Found]:
    """An authority sent some rows of a section, but not all that the edition collects there."""
    found = []
    for grid in checked.grids:
        for section, expected in _expected(checked, grid).items():
            places = np.array([grid.references.index(r) for r in expected if r in grid.references])
            if not len(places):
                continue
            sent = grid.marks[:, :, places] != NO_ROW
            lacking = sent.any(axis=2) & (sent.sum(axis=2) < len(expected))
            for t, a in np.argwhere(lacking):
                there = {grid.references[k] for k in places[sent[t, a]]}
                missing = [reference for reference in expected if reference not in there]
                named = ", ".join(missing[:_MOST_NAMED])
                rest = len(missing) - _MOST_NAMED
                found.append(
                    Found(
                        grid.edition,
                        grid.periods[t],
                        grid.areas[a],
                        missing[0],
                        f"no row for {named}"
                        + (f" and {rest} more" if rest > 0 else "")
                        + f" in {section}",
                    )
                )
    return found


def check_structure_edition_of_year(checked: Checked) -> list[Found]:
    """A value stands in a year in which its edition was not in force."""
    editions = checked.catalogue.editions.set_index("edition")
    found = []
    for grid in checked.grids:
        first = str(editions.loc[grid.edition, "first_period"])
        last = str(editions.loc[grid.edition, "last_period"])
        found += [
            Found(
                grid.edition,
                period,
                "",
                "",
                f"edition {grid.edition} in {period}; in force from {first} to {last or 'now'}",
            )
            for period in grid.periods
            if period < first or (last and period > last)
        ]
    return found


def check_structure_fractions(checked: Checked) -> list[Found]:
    """A count of people or events is no whole number."""
    found = []
    for grid in checked.grids:
        counted = (grid.metrics["quantity"] != "wte").to_numpy()
        broken = np.isfinite(grid.numbers) & (np.nan_to_num(grid.numbers) % 1 != 0) & counted
        found += [cell(grid, *place) for place in np.argwhere(broken)]
    return found


def cell(grid: Grid, t: int, a: int, k: int, words: str = "{:.15g}") -> Found:
    """Return what was found in one place of a grid."""
    return Found(
        grid.edition,
        grid.periods[t],
        grid.areas[a],
        grid.references[k],
        words.format(grid.numbers[t, a, k]),
    )


def places_of(grid: Grid, where: np.ndarray) -> list[tuple[str, str]]:
    """Return period and area of each true place of an array of periods by areas."""
    return [(grid.periods[t], grid.areas[a]) for t, a in np.argwhere(where)]


def _returned_anything(grid: Grid) -> np.ndarray:
    return (grid.marks != NO_ROW).any(axis=2)


def _expected(checked: Checked, grid: Grid) -> dict[str, list[str]]:
    metrics = checked.catalogue.metrics
    own = metrics[(metrics["edition"] == grid.edition) & (metrics["collected"] == "yes")]
    groups = own.groupby(["domain", "section_order", "section"], sort=True)["reference"]
    return {f"{domain} {order} ({section})": list(r) for (domain, order, section), r in groups}
