"""What stands against a verdict, and what a reader must know beside one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.changes.pairs import references_of
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.distinct import of_distinct

NEWCOMBE = "newcombe"
MID_P = "mid-p"
FLOWS = "flows"
RATIO = "ratio"

OF_MARKER = {
    "c": "hidden",
    "low": "hidden",
    "x": "not-available",
    "z": "not-applicable",
    "u": "too-few",
    "no-year": "no-year-before",
}
_SIDES, _YEARS = ("numerator", "denominator"), ("period", "previous")
_OF_FLAG = {"r": "revised", "p": "provisional", "e": "estimated"}


def methods_of(
    pairs: pd.DataFrame, stock_flows: dict[tuple[str, str], tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return how each change is judged, or a blank method and the reason why it cannot be."""

    def method_of(
        kind: str, nested: str, counted: bool, stock: bool, edition: str, numerator: str
    ) -> tuple[str, str]:
        if kind == "mean":
            return "", "totals-only"
        if not counted:
            return "", "not-counts"
        if kind in ("ratio", "percentage"):
            if stock:
                return "", "overlapping-stock"
            return (NEWCOMBE if kind == "percentage" and nested == "yes" else RATIO), ""
        if not stock:
            return MID_P, ""
        known = (edition, numerator) in stock_flows
        return (FLOWS, "") if known else ("", "stock-without-flows")

    columns = ("kind", "nested", "counted", "stock", "edition", "numerator")
    return of_distinct(method_of, *(pairs[column] for column in columns))


def flows_of(catalogue: Catalogue) -> dict[tuple[str, str], tuple[str, str]]:
    """Return who entered and who left each stock, as sums of metrics, by edition and stock."""
    table = catalogue.stock_flows
    keys = zip(table["edition"], table["stock"], strict=True)
    return dict(zip(keys, zip(table["entered"], table["left"], strict=True), strict=True))


def reasons_of(pairs: pd.DataFrame, tables: ReleaseTables, wales: str) -> list[str]:
    """Return for each pair why no verdict is made, blank where one may be.

    What is hidden or absent comes first, then a break, then coverage, then the method's own.
    """
    of_year = [pairs[f"marker_{year}"].map(OF_MARKER).fillna("") for year in (1, 2)]
    broken = pairs["flags_1"].str.contains("b", regex=False) | np.array(
        _after_breaks(pairs, tables.breaks), dtype=bool
    )
    gaps = zip(*(_gaps(pairs, tables, year) for year in _YEARS), strict=True)
    uneven = (pairs["area"] == wales) & np.array([now != then for now, then in gaps], dtype=bool)
    found: list[str] = np.select(
        [of_year[0] != "", of_year[1] != "", broken, uneven],
        [*of_year, "break", "coverage"],
        default=pairs["no_method"],
    ).tolist()
    return found


def qualifications_of(pairs: pd.DataFrame, tables: ReleaseTables, wales: str) -> list[str]:
    """Return what a reader must know of each pair, keys joined by semicolons."""
    gaps = (pairs["area"] == wales) & np.array(
        [*map(bool, _gaps(pairs, tables, "period"))], dtype=bool
    )
    recorded = _recorded(tables.exceptions)

    def has_exception(edition: str, area: str, top: str, bottom: str, *years: str) -> bool:
        return any(
            (edition, year, area, reference) in recorded
            for year in years
            for side in (top, bottom)
            for reference in references_of(side)
        )

    def keys(flags: str, later: str, has_gaps: bool, has_exception: bool) -> str:
        words = [word for flag, word in _OF_FLAG.items() if flag in flags + later]
        words += ["partial-coverage"] * has_gaps + ["exception"] * has_exception
        return ";".join(words)

    named = (pairs[column] for column in ("edition", "area", *_SIDES, *_YEARS))
    exceptions = pd.Series(of_distinct(has_exception, *named), dtype=bool)
    return of_distinct(keys, pairs["flags_1"], pairs["flags_2"], gaps, exceptions)


def _recorded(exceptions: pd.DataFrame) -> set[tuple[str, ...]]:
    """Return the exceptions that stand: one that was reversed changes nothing."""
    standing = exceptions[exceptions["decision"] != "reversed"] if len(exceptions) else exceptions
    columns = ("edition", "period", "area", "reference")
    return set(zip(*(standing[column] for column in columns), strict=True))


def _after_breaks(pairs: pd.DataFrame, breaks: pd.DataFrame) -> list[bool]:
    """Return whether this year of each pair cannot be compared with the last."""
    known: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in breaks.itertuples():
        known.setdefault((row.edition, row.period), []).append((row.reference, row.domain))

    def is_after(edition: str, period: str, own: str, *sides: str) -> bool:
        references = {reference for side in sides for reference in references_of(side)}
        return any(
            reference in references if reference else domain in ("", own)
            for reference, domain in known.get((edition, period), ())
        )

    columns = ("edition", "period", "domain", *_SIDES)
    return of_distinct(is_after, *(pairs[column] for column in columns))


def _gaps(pairs: pd.DataFrame, tables: ReleaseTables, year: str) -> list[frozenset[str]]:
    """Return the authorities that a Wales figure of each pair leaves out in one of its years."""
    coverage = tables.coverage
    short = coverage[coverage["absent"] != ""]
    names = (short[column].tolist() for column in ("edition", "period", "reference"))
    absent = {
        key: frozenset(codes.split(";"))
        for key, codes in zip(zip(*names, strict=True), short["absent"].tolist(), strict=True)
    }

    def gaps_of(edition: str, period: str, *sides: str) -> frozenset[str]:
        references = (reference for side in sides for reference in references_of(side))
        return frozenset().union(
            *(absent.get((edition, period, reference), ()) for reference in references)
        )

    columns = ("edition", year, *_SIDES)
    return of_distinct(gaps_of, *(pairs[column] for column in columns))
