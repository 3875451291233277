"""The last look before a release is put in place: does any returned count stand in it as returned?

Small counts stand in every page by chance. Large ones do not: a returned count of at least 10,000
that the release publishes rounded, and that no public source names, can stand in a file only if
something went round the gate. Nor do small ones in order: a column of returned counts by authority,
by year or by metric is found whatever its file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.disclosure.policy import Policy, read_policy
from ssstats.disclosure.release_tables import ReleaseTables, read_release_tables
from ssstats.errors import DisclosureError
from ssstats.measures import measure_quantities
from ssstats.periods import ReportingYear
from ssstats.project import Project, find_project
from ssstats.release.standing import StandingReturns
from ssstats.release.verifying import read_manifest
from ssstats.returns import Returns, read_returns
from ssstats.scanning import Runs, Series, Sighting, scan_folder, series_to_find
from ssstats.scanning.canaries import numbers_in, plain_number

_LEAST = 10_000
_SIGHTINGS_NAMED = 10
_KEY = ["edition", "period", "area", "reference", "breakdown"]
_PUBLISHED = ("value", "lowest", "highest")


@dataclass(frozen=True)
class Wanted:
    """What no file of a release may hold: single counts as `plain_number`, and series of counts."""

    counts: frozenset[str]
    series: Series

    def __len__(self) -> int:
        return len(self.counts) + sum(map(len, self.series.by_beginning.values()))


def returned_counts(
    tables: ReleaseTables, standing: StandingReturns, *, policy: Policy, project: Project
) -> Wanted:
    """Return what was returned and no file of a release may hold.

    Values count as they were returned and as they stand after decisions on exceptions, and so do
    the amounts of exceptions and authorities' own metrics, published or not.

    Parameters
    ----------
    tables : ReleaseTables
        What the gate let through: all that the release publishes.
    standing : StandingReturns
        What it was built from.
    """
    own, catalogue = standing.as_returned, standing.catalogue
    stands = _protected(standing.quantities)
    exact = pd.concat(
        [stands["value"], _former(own, catalogue), own.local["value"], own.exceptions["amount"]]
    ).abs()
    exact = exact.dropna().astype(float).unique().tolist()
    parts = [tables.counts[column] for column in _PUBLISHED]
    parts += [tables.local[column] for column in _PUBLISHED]
    published = pd.concat(parts).dropna().astype(float).unique().tolist()
    public = {plain_number(repr(value)) for value in published}
    public |= _numbers_of_catalogue(project.catalogue.glob("*.csv"))
    # Multiples of the base come up as sums of what is published.
    unlike = [value for value in exact if policy.base == 1 or value % policy.base]
    counts = frozenset(plain_number(repr(value)) for value in unlike if value >= _LEAST) - public
    places = set(catalogue.areas.loc[catalogue.areas["level"] == "authority", "area"])
    runs = _runs(stands[stands["area"].isin(places)], tables.counts)
    return Wanted(counts, series_to_find(runs))


def _protected(quantities: pd.DataFrame) -> pd.DataFrame:
    """Return the counts that the gate protects and that did not come protected."""
    return quantities[(quantities["protected"] == "yes") & (quantities["protection"] == "")]


def _former(returns: Returns, catalogue: Catalogue) -> pd.Series:
    """Return the counts as returned of what a reversed exception is about, and their totals."""
    keys = ["edition", "reference"]
    undone = returns.exceptions.loc[returns.exceptions["decision"] == "reversed", keys]
    about = pd.MultiIndex.from_frame(returns.values[keys]).isin(pd.MultiIndex.from_frame(undone))
    if not about.any():
        return pd.Series(dtype="Float64")
    own = replace(returns, values=returns.values[about].reset_index(drop=True))
    return _protected(measure_quantities(own, catalogue))["value"]


def _runs(quantities: pd.DataFrame, counts: pd.DataFrame) -> Runs:
    """Return the returned counts in each order that a table may have: by area, year, reference."""
    whole = quantities[quantities["value"].notna() & (quantities["value"] % 1 == 0)]
    both = whole[[*_KEY, "value"]].merge(
        counts[[*_KEY, *_PUBLISHED]], on=_KEY, how="left", suffixes=("", "_shown")
    )
    same = {
        column: (both["value"] == both[column]).fillna(False)
        for column in ("value_shown", "lowest", "highest")
    }
    both = both.assign(
        value=both["value"].astype(int),
        as_value=same["value_shown"],
        as_end=same["lowest"] | same["highest"],
    )
    ordered, lasts = [], []
    for order in ("area", "period", "reference"):
        keys = [key for key in _KEY if key != order]
        ordered.append(both.sort_values([*keys, order]))
        lasts.append(~ordered[-1].duplicated(keys, keep="last"))
    every = pd.concat(ordered)
    columns = {column: every[column].to_numpy() for column in ("as_value", "as_end")}
    ends = np.flatnonzero(pd.concat(lasts)) + 1
    return Runs(counts=every["value"].to_numpy(), ends=ends, **columns)


def counts_to_find(release: Path, returns: Path) -> Wanted:
    """Return `returned_counts` for a release that stands somewhere, by what its manifest says.

    Raises
    ------
    UsageError
        If the folder is no release.
    """
    project = find_project()
    parameters = read_manifest(release)["parameters"]
    catalogue = read_catalogue(project.catalogue)
    tables = read_release_tables(release / "data")
    period = ReportingYear.parse(str(tables.facts["period"]))
    return returned_counts(
        tables,
        StandingReturns(read_returns(returns, catalogue), period, catalogue),
        policy=read_policy(parameters["policy"], project.policies),
        project=project,
    )


def require_no_returned_count(release: Path, wanted: Wanted) -> None:
    """Scan a release for returned counts.

    Raises
    ------
    DisclosureError
        If one stands anywhere; the files and places are named, never the count.
    """
    seen = scan_folder(release, wanted.counts, wanted.series)
    if seen:
        raise DisclosureError(describe_sightings(seen))


def describe_sightings(seen: list[Sighting]) -> str:
    """Return where counts stand that must not be there, in one message."""
    places = "; ".join(str(sighting) for sighting in seen[:_SIGHTINGS_NAMED])
    rest = len(seen) - _SIGHTINGS_NAMED
    return (
        f"counts stand unprotected in {len(seen)} places: {places}"
        + (f" and {rest} more" if rest > 0 else "")
        + "; take the file out and find what wrote it"
    )


def _numbers_of_catalogue(tables: Iterable[Path]) -> set[str]:
    """Return every number that a public table or text of the catalogue names."""
    numbers: set[str] = set()
    for path in tables:
        with path.open(encoding="utf-8", newline="") as file:
            numbers |= numbers_in("\n".join(chain.from_iterable(csv.reader(file))))
    return numbers
