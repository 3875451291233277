"""What stands against a verdict, and what a reader must know beside one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.changes.pairs import references_of
from ssstats.disclosure.release_tables import ReleaseTables

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
_OF_FLAG = {"r": "revised", "p": "provisional", "e": "estimated"}


def method_of(row: Any, stock_flows: dict[tuple[str, str], tuple[str, str]]) -> tuple[str, str]:
    """Return how a change is judged, or a blank method and the reason why it cannot be."""
    kind, stock = row.kind, row.stock
    if kind == "mean":
        return "", "totals-only"
    if not row.counted:
        return "", "not-counts"
    if kind == "ratio" or (kind == "percentage" and row.nested != "yes"):
        return ("", "overlapping-stock") if stock else (RATIO, "")
    if kind == "percentage":
        return ("", "overlapping-stock") if stock else (NEWCOMBE, "")
    if not stock:
        return MID_P, ""
    known = (row.edition, row.numerator) in stock_flows
    return (FLOWS, "") if known else ("", "stock-without-flows")


def flows_of(catalogue: Catalogue) -> dict[tuple[str, str], tuple[str, str]]:
    """Return who entered and who left each stock, as sums of metrics, by edition and stock."""
    table = catalogue.stock_flows
    keys = zip(table["edition"], table["stock"], strict=True)
    return dict(zip(keys, zip(table["entered"], table["left"], strict=True), strict=True))


def reasons_of(pairs: pd.DataFrame, tables: ReleaseTables, wales: str) -> list[str]:
    """Return for each pair why no verdict is made, blank where one may be.

    What is hidden or absent comes first, then a break, then coverage, then the method's own.
    """
    breaks = _Breaks(tables.breaks)
    absent = _absent(tables)
    return [
        OF_MARKER.get(row.marker_1, "")
        or OF_MARKER.get(row.marker_2, "")
        or ("break" if "b" in row.flags_1 or breaks.before(row) else "")
        or ("coverage" if row.area == wales and _gaps(row, absent, 1) != _gaps(row, absent, 2)
            else "")
        or row.no_method
        for row in pairs.itertuples()
    ]  # fmt: skip


def qualifications_of(pairs: pd.DataFrame, tables: ReleaseTables, wales: str) -> list[str]:
    """Return what a reader must know of each pair, keys joined by semicolons."""
    absent = _absent(tables)
    recorded = _recorded(tables.exceptions)
    return [
        ";".join(_qualifications(row, absent if row.area == wales else {}, recorded))
        for row in pairs.itertuples()
    ]


def _qualifications(
    row: Any, absent: dict[tuple[str, str, str], frozenset[str]], recorded: set[tuple[str, ...]]
) -> Iterator[str]:
    flags = row.flags_1 + row.flags_2
    yield from (word for flag, word in _OF_FLAG.items() if flag in flags)
    if _gaps(row, absent, 1):
        yield "partial-coverage"
    years = (row.period, row.previous)
    if any(
        (row.edition, year, row.area, reference) in recorded
        for year in years
        for reference in _references(row)
    ):
        yield "exception"


def _recorded(exceptions: pd.DataFrame) -> set[tuple[str, ...]]:
    """Return the exceptions that stand: one that was reversed changes nothing."""
    standing = exceptions[exceptions["decision"] != "reversed"] if len(exceptions) else exceptions
    columns = ("edition", "period", "area", "reference")
    return set(zip(*(standing[column] for column in columns), strict=True))


class _Breaks:
    """Breaks of series by edition and year."""

    def __init__(self, breaks: pd.DataFrame) -> None:
        self._rows: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for row in breaks.itertuples():
            self._rows.setdefault((row.edition, row.period), []).append((row.reference, row.domain))

    def before(self, row: Any) -> bool:
        """Return whether this year of a pair cannot be compared with the last."""
        found = self._rows.get((row.edition, row.period), [])
        return any(
            reference in _references(row) if reference else domain in ("", row.domain)
            for reference, domain in found
        )


def _absent(tables: ReleaseTables) -> dict[tuple[str, str, str], frozenset[str]]:
    coverage = tables.coverage
    short = coverage[coverage["absent"] != ""]
    keys = zip(short["edition"], short["period"], short["reference"], strict=True)
    return {key: frozenset(str(codes).split(";"))
            for key, codes in zip(keys, short["absent"], strict=True)}  # fmt: skip


def _gaps(
    row: Any, absent: dict[tuple[str, str, str], frozenset[str]], year: int
) -> frozenset[str]:
    """Return the authorities that a Wales figure leaves out in one of the years."""
    period = row.period if year == 1 else row.previous
    gaps = (absent.get((row.edition, period, ref), frozenset()) for ref in _references(row))
    return frozenset().union(*gaps)


def _references(row: Any) -> tuple[str, ...]:
    return references_of(row.numerator) + references_of(row.denominator)
