"""This year's figures beside last year's: the pairs that a change is judged from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue, is_main_count
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.distinct import last_periods, of_distinct
from ssstats.estimates import sides_of_measures
from ssstats.expressions import parse_expression
from ssstats.periods import ReportingYear

# The four counts of a pair: numerator and denominator, this year (1) and last year (2).
ENDS = tuple(
    f"{side}_{end}_{year}"
    for year in (1, 2)
    for side in ("numerator", "denominator")
    for end in ("lowest", "highest")
)
_SHARED = ["item", "edition", "area"]
_OF_YEAR = [
    *(f"{side}_{part}" for side in ("numerator", "denominator")
      for part in ("value", "lowest", "highest")),
    "value", "marker", "flags", "decimals",
]  # fmt: skip


def pairs_of_years(
    tables: ReleaseTables, estimates: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    """Return one row a measure or count and area: the last year of its edition and the one before.

    Columns: item, edition, area, kind, multiplier, numerator, denominator (references), counted
    (both sides are counts of cases), nested, stock (the cases are those of a day), domain,
    period, previous, and for each of both years the figures with suffix _1 (this year) and _2.
    A row whose item has no figure last year has missing values there.
    """
    sides = sides_of_measures(tables, catalogue, tier="core")
    counts = _main_counts(tables, catalogue)
    years = pd.concat([table[["edition", "period"]] for table in (sides, counts)])
    years = years.drop_duplicates()
    last = dict(zip(years["edition"], last_periods(years), strict=True))
    before = {edition: str(ReportingYear.parse(year).back()) for edition, year in last.items()}
    rows = pd.concat(
        [
            _measures(_of_years(sides, last, before), estimates, catalogue),
            _counts(_of_years(counts, last, before)),
        ],
        ignore_index=True,
    )
    is_now = rows["period"] == rows["edition"].map(last)
    now = rows[is_now].assign(previous=rows["edition"].map(before))
    paired = now.merge(
        rows.loc[~is_now, [*_SHARED, *_OF_YEAR]], on=_SHARED, how="left", suffixes=("_1", "_2")
    )
    return paired.assign(
        marker_2=paired["marker_2"].fillna("no-year"), flags_2=paired["flags_2"].fillna("")
    )


def _of_years(
    rows: pd.DataFrame, last: Mapping[str, str], before: Mapping[str, str]
) -> pd.DataFrame:
    """Return the rows of the last year of each edition and of the year before."""
    periods = rows["period"]
    is_either = [periods == rows["edition"].map(years) for years in (last, before)]
    return rows[is_either[0] | is_either[1]]


def _measures(sides: pd.DataFrame, estimates: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    core = catalogue.measures[catalogue.measures["tier"] == "core"]
    shown = estimates[
        ["measure", "edition", "period", "area", "value", "marker", "flags", "decimals"]
    ]
    rows = sides.merge(shown, on=["measure", "edition", "period", "area"])
    counted = (rows["numerator_kind"] == "count") & (
        (rows["population"] != "") | (rows["denominator_kind"] == "count")
    )
    stocks = _stocks(catalogue)

    def is_of_a_day(edition: str, *sides: str) -> bool:
        """Return whether a side of a measure counts people on a day."""
        references = (reference for side in sides for reference in references_of(side))
        return any((edition, reference) in stocks for reference in references)

    sides_named = (rows[f"{side}_reference"] for side in ("numerator", "denominator"))
    return rows.assign(
        item=rows["measure"],
        numerator=rows["numerator_reference"],
        denominator=rows["denominator_reference"],
        counted=counted,
        stock=of_distinct(is_of_a_day, rows["edition"], *sides_named),
        domain=rows["measure"].map(dict(zip(core["measure"], core["domain"], strict=True))),
    )[[*_SHARED, "period", *_FACTS, *_OF_YEAR]]


_FACTS = ["kind", "multiplier", "numerator", "denominator", "counted", "nested", "stock", "domain"]


def _main_counts(tables: ReleaseTables, catalogue: Catalogue) -> pd.DataFrame:
    """Return the main counts: collected metrics without letters, in the editions that have them."""
    metrics = catalogue.metrics
    main = metrics[is_main_count(metrics)]
    counts = tables.counts[tables.counts["breakdown"] == ""]
    return counts.merge(
        main[["edition", "reference", "stock_or_flow", "domain"]], on=["edition", "reference"]
    )


def _counts(rows: pd.DataFrame) -> pd.DataFrame:
    none = pd.array(np.ones(len(rows)), dtype="Float64")
    return rows.assign(
        item=rows["reference"], kind_of="count", multiplier=1, numerator=rows["reference"],
        denominator="", counted=True, nested="no", stock=rows["stock_or_flow"] == "stock",
        decimals=0, numerator_value=rows["value"], numerator_lowest=rows["lowest"],
        numerator_highest=rows["highest"], denominator_value=none, denominator_lowest=none,
        denominator_highest=none,
    ).drop(columns="kind").rename(columns={"kind_of": "kind"})[
        [*_SHARED, "period", *_FACTS, *_OF_YEAR]
    ]  # fmt: skip


def _stocks(catalogue: Catalogue) -> set[tuple[str, str]]:
    metrics = catalogue.metrics[catalogue.metrics["stock_or_flow"] == "stock"]
    return set(zip(metrics["edition"], metrics["reference"], strict=True))


@lru_cache(maxsize=4096)
def references_of(text: str) -> tuple[str, ...]:
    """Return the metrics of a side, none for a blank one."""
    return parse_expression(text).references if text else ()
