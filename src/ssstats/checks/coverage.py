"""Rules of coverage: who returned what, and what is said not to be there."""

from __future__ import annotations

import numpy as np

from ssstats.checks.checked import Checked
from ssstats.checks.grids import GIVEN, NO_ROW, NOT_RETURNED
from ssstats.checks.results import Found
from ssstats.checks.structure import places_of

# From this share of authorities on, a set of returns is meant to cover Wales.
_NATIONAL = 0.5
_EMPTY = 0.5


def check_coverage_absent_authorities(checked: Checked) -> list[Found]:
    """An authority sent nothing in a year in which at least half of all authorities did."""
    areas = checked.catalogue.areas
    every = list(areas.loc[areas["level"] == "authority", "area"])
    found = []
    for grid in checked.grids:
        sent = (grid.marks != NO_ROW).any(axis=2)
        for t, period in enumerate(grid.periods):
            here = {area for area, there in zip(grid.areas, sent[t], strict=True) if there}
            if len(here) >= _NATIONAL * len(every):
                found += [
                    Found(grid.edition, period, area, "", "no return")
                    for area in every
                    if area not in here
                ]
    return found


def check_coverage_declared_gaps(checked: Checked) -> list[Found]:
    """Values are marked as not returned."""
    found = []
    for grid in checked.grids:
        for (domain, order, section), places in grid.sections.items():
            marks = grid.marks[:, :, places]
            gaps = (marks == NOT_RETURNED).sum(axis=2)
            for t, a in np.argwhere(gaps > 0):
                first = grid.references[places[np.argmax(marks[t, a] == NOT_RETURNED)]]
                rows = f"{gaps[t, a]} of {len(places)} values of {section} ({domain} {order})"
                found.append(
                    Found(grid.edition, grid.periods[t], grid.areas[a], first, f"{rows} are x")
                )
    return found


def check_coverage_empty_return(checked: Checked) -> list[Found]:
    """More than half of the rows of an authority hold no number."""
    found = []
    for grid in checked.grids:
        rows = (grid.marks != NO_ROW).sum(axis=2)
        given = (grid.marks == GIVEN).sum(axis=2)
        mostly_empty = (rows > 0) & (given < _EMPTY * rows)
        found += [
            Found(grid.edition, period, area, "", "more than half of the rows hold no number")
            for period, area in places_of(grid, mostly_empty)
        ]
    return found
