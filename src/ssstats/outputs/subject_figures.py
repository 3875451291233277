"""What a release holds of one subject, worked out once for all files and languages.

Knows no words and no file format.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.matched import PREFIX
from ssstats.outputs.figures import (
    cells_of,
    flagged_in,
    matrix_of,
    measured,
    number,
    years_of,
)
from ssstats.outputs.labels import own_measures, own_metrics
from ssstats.outputs.plan import SheetPlan, Subject
from ssstats.outputs.sheets import Cell

_ROW_KEY = ["reference", "breakdown"]
_ROW_COLUMNS = ("kind", "measure", "period", "area", "flags", "no_limits")
_RowKey = tuple[str, ...]


@dataclass(frozen=True)
class CountCells:
    """Counts of one sheet by the key of their row: reference and breakdown.

    `across` are the codes of the years or areas that stand across the sheet; `flagged` gives for
    each flag those in which it holds.
    """

    across: Sequence[str]
    cells: Mapping[_RowKey, list[Cell]]
    flagged: Mapping[_RowKey, Mapping[str, list[str]]]


class MeasuredRow(NamedTuple):
    """A row of a sheet of measures: what it is about, its cells, and what its remark says.

    `cells` are value, limits, numerator and denominator; `coverage` is how many authorities
    answered and of how many, None where all did.
    """

    kind: str
    measure: str
    period: str
    area: str
    flags: str
    no_limits: str
    cells: tuple[Cell, ...]
    coverage: tuple[int, int] | None


@dataclass(frozen=True)
class SubjectFigures:
    """The counts and measures of a subject, and the parts of the catalogue that they are of."""

    subject: Subject
    tables: ReleaseTables
    estimates: pd.DataFrame
    catalogue: Catalogue

    @cached_property
    def period(self) -> str:
        """The last year of the subject's edition that the release holds."""
        return self.periods[-1]

    @cached_property
    def periods(self) -> list[str]:
        """The years of the subject's edition."""
        return years_of(self.tables.counts, self.subject.edition, str(self.tables.facts["period"]))

    @cached_property
    def areas(self) -> list[str]:
        """Area codes in geographic order, Wales first."""
        return list(self.catalogue.areas.sort_values("display_order")["area"])

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """The subject's metrics."""
        return own_metrics(self.catalogue, self.subject)

    @cached_property
    def measures(self) -> pd.DataFrame:
        """The subject's measures of the guidance."""
        return own_measures(self.catalogue, self.subject)

    @cached_property
    def counts(self) -> pd.DataFrame:
        """Published counts of the subject's metrics.

        Totals over the authorities that also answered something else are in the open data alone.
        """
        counts = self.tables.counts
        matched = [text for text in counts["breakdown"].unique() if text.startswith(PREFIX)]
        return counts[
            counts["edition"].eq(self.subject.edition)
            & counts["reference"].isin(self.metrics["reference"])
            & ~counts["breakdown"].isin(matched)
        ]

    @cached_property
    def own_estimates(self) -> pd.DataFrame:
        """Published measures of the subject, with the order of the guidance."""
        order = {measure: place for place, measure in enumerate(self.measures["measure"])}
        own = self.estimates[self.estimates["measure"].isin(order)]
        return own.assign(order=own["measure"].map(order))

    @cached_property
    def counts_on(self) -> Callable[[SheetPlan], CountCells]:
        """Return the counts of a sheet, worked out when the first language asks for them."""
        return cache(self._counts_on)

    def _counts_on(self, plan: SheetPlan) -> CountCells:
        counts = self.counts
        chosen = (
            counts["breakdown"].ne("") if plan.content == "groups" else counts["breakdown"].eq("")
        )
        of_wales = plan.areas == "wales"
        if of_wales:
            chosen &= counts["area"].eq(self.areas[0])
        if plan.years == "latest":
            chosen &= counts["period"].eq(self.period)
        own = counts[chosen]
        column, across = ("period", self.periods) if of_wales else ("area", self.areas)
        return CountCells(
            across, matrix_of(own, _ROW_KEY, column, across), flagged_in(own, _ROW_KEY, column)
        )

    @cached_property
    def answered(self) -> Mapping[str, list[Cell]]:
        """How many authorities answered each metric, and of how many, in the last year."""
        counts = self.counts
        wales = counts[
            counts["area"].eq(self.areas[0])
            & counts["period"].eq(self.period)
            & counts["breakdown"].eq("")
        ]
        parts = (_numbers(wales[name]) for name in ("answered", "expected"))
        rows = zip(wales["reference"].to_list(), *parts, strict=True)
        return {reference: list(map(number, both)) for reference, *both in rows}

    @cached_property
    def measures_on(self) -> Callable[[SheetPlan], list[MeasuredRow]]:
        """Return the measures of a sheet, in the order of the guidance, then of years or areas."""
        return cache(self._measures_on)

    def _measures_on(self, plan: SheetPlan) -> list[MeasuredRow]:
        years = self.periods if plan.years == "all" else [self.period]
        of_wales, wales = plan.areas == "wales", self.areas[0]
        return [
            row
            for row in self._measured
            if row.kind in plan.kinds
            and row.period in years
            and (row.area == wales or not of_wales)
        ]

    @cached_property
    def _measured(self) -> list[MeasuredRow]:
        """The rows of all measures in the order of sheets."""
        own = self.own_estimates
        places = {area: place for place, area in enumerate(self.areas)}
        own = own.assign(place=own["area"].map(places))
        own = own.sort_values(["order", "period", "place"], kind="stable")
        cells = zip(
            *(measured(own, part) for part in ("value", "lower", "upper")),
            *(cells_of(own[p], own[f"{p}_marker"]) for p in ("numerator", "denominator")),
            strict=True,
        )
        columns = (own[name].to_list() for name in _ROW_COLUMNS)
        coverage = zip(_numbers(own["answered"]), _numbers(own["expected"]), strict=True)
        partly = ((int(a), int(of)) if a < of else None for a, of in coverage)
        return list(map(MeasuredRow, *columns, cells, partly))


def _numbers(column: pd.Series) -> list[float]:
    return column.to_numpy(dtype=float, na_value=np.nan).tolist()
