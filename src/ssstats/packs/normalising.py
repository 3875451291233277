"""Counts per so many people, so that authorities of different size can be laid side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.errors import CatalogueError, listed
from ssstats.estimates import estimate_measures

_COLUMNS = ["domain", "population", "per", "source", "note"]
_COUNTED = ("count", "wte")


def normalised_values(
    tables: ReleaseTables, catalogue: Catalogue, populations: Path
) -> pd.DataFrame:
    """Return every collected count of the last year per so many people of its domain.

    A rate for each metric takes the place of the catalogue's measures, so that populations, limits
    and Wales figures are made as those of any other rate.

    Parameters
    ----------
    populations : Path
        CSV with domain, population (its ages) and per: 18+, 10000.

    Returns
    -------
    DataFrame
        Columns of `ESTIMATE_COLUMNS`; `measure` is the metric's reference.

    Raises
    ------
    CatalogueError
        If the file has other columns or names a domain or population that is not known.
    """
    per_domain = _read(populations, catalogue)
    metrics = catalogue.metrics[
        catalogue.metrics["collected"].eq("yes")
        & catalogue.metrics["quantity"].isin(_COUNTED)
        & catalogue.metrics["domain"].isin(per_domain["domain"])
    ]
    rates = metrics.merge(per_domain, on="domain")
    rates = pd.DataFrame(
        {
            "measure": rates["reference"],
            "edition": rates["edition"],
            "numerator": rates["reference"],
            "denominator": "",
            "population": rates["population"],
            "multiplier": rates["per"].astype("int64"),
            "kind": "rate",
            "nested": "no",
        }
    )
    counts = tables.counts
    last = counts["period"].eq(str(tables.facts["period"])) & counts["breakdown"].eq("")
    return estimate_measures(
        replace(tables, counts=counts[last]), replace(catalogue, measures=rates)
    )


def _read(path: Path, catalogue: Catalogue) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    except (OSError, ValueError) as unreadable:
        raise CatalogueError(f"{path.name} cannot be read; restore it") from unreadable
    if list(frame.columns) != _COLUMNS:
        raise CatalogueError(f"{path.name}: columns must be {listed(_COLUMNS)}")
    known = {
        "domain": set(catalogue.metrics["domain"]),
        "population": set(catalogue.populations["population"]),
        "per": {"100", "1000", "10000", "100000"},
    }
    for column, allowed in known.items():
        if unknown := set(frame[column]) - allowed:
            raise CatalogueError(
                f"{path.name}: {column} {listed(unknown)} is not known; use {listed(allowed)}"
            )
    if frame["domain"].duplicated().any():
        raise CatalogueError(f"{path.name}: a domain stands twice; keep one row of it")
    return frame
