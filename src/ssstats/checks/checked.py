"""What the rules look at, made once for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.checks.changes import Diagnosis, bases_of_percentages, diagnose
from ssstats.checks.grids import Grid, grid_of
from ssstats.returns import Returns

PLACE = ["edition", "period", "area", "reference"]


@dataclass(frozen=True)
class Checked:
    """Unprotected values, their grids, notes on reading, recorded exceptions, own metrics.

    Values that were protected before they reached us are not checked: rounding and hiding break
    identities by themselves.
    """

    values: pd.DataFrame
    grids: list[Grid]
    reading: pd.DataFrame
    exceptions: pd.DataFrame
    local: pd.DataFrame
    catalogue: Catalogue

    @classmethod
    def of(cls, returns: Returns, catalogue: Catalogue) -> Checked:
        """Return what can be checked of compiled returns."""
        values = returns.values
        protected = values["protection"] != ""
        values = values[~protected] if protected.any() else values
        whole = values["breakdown"] == ""
        totals = values if whole.all() else values[whole]
        grids = [
            grid_of(str(edition), totals[totals["edition"] == edition], catalogue)
            for edition in sorted(totals["edition"].unique())
        ]
        return cls(values, grids, returns.reading, returns.exceptions, returns.local, catalogue)

    @cached_property
    def diagnoses(self) -> list[list[Diagnosis]]:
        """Implausible changes on the year before, for each grid."""
        measures = self.catalogue.measures
        percentages = measures[(measures["kind"] == "percentage") & (measures["denominator"] != "")]
        found = []
        for grid in self.grids:
            own = percentages[percentages["edition"] == grid.edition]
            pairs = list(zip(own["numerator"], own["denominator"], strict=True))
            found.append(diagnose(grid, bases_of_percentages(grid, pairs)))
        return found

    @cached_property
    def parts(self) -> pd.DataFrame:
        """The rows of breakdowns with the total of each and the dimensions they are by."""
        values = self.values
        parts = values[values["breakdown"] != ""]
        keys = pd.MultiIndex.from_frame(parts[PLACE].drop_duplicates())
        whole = values[(values["breakdown"] == "") & values["reference"].isin(parts["reference"])]
        totals = whole.set_index(PLACE)["value"].reindex(keys).rename("total").reset_index()
        names = {
            text: " and ".join(sorted(part.split("=")[0] for part in text.split(";")))
            for text in parts["breakdown"].unique()
        }
        joined = parts.assign(dimensions=parts["breakdown"].map(names)).merge(totals, on=PLACE)
        return joined.assign(
            value=joined["value"].to_numpy(dtype=float, na_value=np.nan),
            total=joined["total"].to_numpy(dtype=float, na_value=np.nan),
        )
