"""How totals over matched authorities are named.

A total of Wales over the authorities that also answered something else has a breakdown that says
what: `answered=AD/001` names another metric or sum of the same year, `answered=AD/001;year=2023-24`
wants both, the total's own reference and the one named, answered in that year as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

PREFIX = "answered="
_YEAR = ";year="


class Matched(NamedTuple):
    """What the authorities of a matched total answered besides: a reference, another year."""

    other: str
    year: str


def matched_breakdown(other: str, year: str = "") -> str:
    """Return the breakdown of a total over authorities that answered `other`, in `year` too."""
    return f"{PREFIX}{other}{_YEAR}{year}" if year else f"{PREFIX}{other}"


def parse_matched(breakdown: str) -> Matched:
    """Return what a breakdown that begins with `PREFIX` says."""
    other, _, year = breakdown.removeprefix(PREFIX).partition(_YEAR)
    return Matched(other, year)


def breakdown_over_years(
    given: Mapping[tuple[str, str], frozenset[str]], side: str, other: str, year: str, before: str
) -> str:
    """Return the breakdown of a side's total over the authorities that answered in two years.

    Blank where that is the plain total, and the shortest name where several totals stand on the
    same authorities: no figure is published twice under two names.

    Parameters
    ----------
    given : Mapping
        The authorities that gave a number, by year and reference.
    side, other : str
        The two sides of a measure; the same reference twice for a count or a rate.
    year, before : str
        The year of the total, and the other one.
    """
    here = given[(year, side)] & given[(year, other)]
    both = here & given[(before, side)] & given[(before, other)]
    if given[(year, side)] == both:
        return ""
    if here == both:
        return matched_breakdown(other)
    if given[(year, side)] & given[(before, side)] == both:
        return matched_breakdown(side, before)
    return matched_breakdown(other, before)
