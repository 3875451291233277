"""The last look before a release is put in place: does any returned count stand in it as returned?

Small counts stand in every page by chance. Large ones do not: a returned count of at least 10,000
that the release publishes rounded, and that no public source names, can stand in a file only if
something went round the gate.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.disclosure.policy import Policy, read_policy
from ssstats.disclosure.release_tables import read_release_tables
from ssstats.errors import DisclosureError
from ssstats.measures import measure_quantities
from ssstats.periods import ReportingYear
from ssstats.project import Project, find_project
from ssstats.release.verifying import read_manifest
from ssstats.returns import Returns, apply_decisions, read_returns
from ssstats.scanning import Sighting, scan_folder
from ssstats.scanning.canaries import numbers_in, plain_number

_LEAST = 10_000
_SIGHTINGS_NAMED = 10


def returned_counts(
    release: Path,
    returns: Returns,
    *,
    period: ReportingYear,
    policy: Policy,
    catalogue: Catalogue,
    project: Project,
) -> frozenset[str]:
    """Return the returned counts, as `plain_number`, that no file of a release may hold.

    Parameters
    ----------
    release : Path
        The release, with its data/ folder.
    returns : Returns
        What it was built from, as returned.
    """
    stands = apply_decisions(returns.up_to(period))
    quantities = measure_quantities(stands, catalogue)
    counts = read_release_tables(release / "data").counts
    published = pd.concat([counts["value"], counts["lowest"], counts["highest"]]).dropna()
    protected = (quantities["protected"] == "yes") & (quantities["protection"] == "")
    exact = quantities.loc[protected, "value"].dropna().astype(float).unique()
    public = {plain_number(repr(float(value))) for value in published.unique()}
    public |= _numbers_of_catalogue(project.catalogue.glob("*.csv"))
    # Multiples of the base come up as sums of what is published.
    unlike = [value for value in exact if policy.base == 1 or value % policy.base]
    return (
        frozenset(plain_number(repr(float(value))) for value in unlike if value >= _LEAST) - public
    )


def counts_to_find(release: Path, returns: Path) -> frozenset[str]:
    """Return `returned_counts` for a release that stands somewhere, by what its manifest says.

    Raises
    ------
    UsageError
        If the folder is no release.
    """
    project = find_project()
    parameters = read_manifest(release)["parameters"]
    catalogue = read_catalogue(project.catalogue)
    return returned_counts(
        release,
        read_returns(returns, catalogue),
        period=ReportingYear.parse(str(read_release_tables(release / "data").facts["period"])),
        policy=read_policy(parameters["policy"], project.policies),
        catalogue=catalogue,
        project=project,
    )


def require_no_returned_count(release: Path, counts: Iterable[str]) -> None:
    """Scan a release for returned counts.

    Raises
    ------
    DisclosureError
        If one stands anywhere; the files and places are named, never the count.
    """
    seen = scan_folder(release, frozenset(counts))
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
            for row in csv.reader(file):
                numbers.update(numbers_in("\n".join(row)))
    return numbers
