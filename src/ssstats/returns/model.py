"""What a set of compiled returns is, whatever file it came from."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ssstats.periods import ReportingYear

# One row a returned value. `value` is Float64 and missing where `marker` says why; `breakdown` is
# blank for the total; `protection` names the disclosure control that was applied before the value
# reached us, blank for an unprotected value; `file` and `row` say where it stood.
RETURN_COLUMNS = (
    "edition",
    "period",
    "area",
    "reference",
    "breakdown",
    "value",
    "marker",
    "flags",
    "protection",
    "origin",
    "file",
    "row",
)

# One row a recorded exception (guidance 2.4): what was left out or counted otherwise, and why.
EXCEPTION_COLUMNS = (
    "edition",
    "period",
    "area",
    "reference",
    "amount",
    "reason",
    "evidence",
    "author",
    "decision",
    "decided_by",
    "decided_on",
)

KEY = ["edition", "period", "area", "reference", "breakdown"]

# Marks of a returned value: not returned or not collected, does not apply, hidden at its source.
NOT_AVAILABLE = "x"
NOT_APPLICABLE = "z"
HIDDEN_AT_SOURCE = "c"
RETURN_MARKERS = ("", NOT_AVAILABLE, NOT_APPLICABLE, HIDDEN_AT_SOURCE)

SYNTHETIC = "synthetic"


@dataclass(frozen=True)
class Returns:
    """Compiled returns of any number of reporting years, with their recorded exceptions."""

    values: pd.DataFrame
    exceptions: pd.DataFrame
    files: tuple[str, ...]

    @property
    def periods(self) -> list[ReportingYear]:
        """The reporting years that occur, in order."""
        return sorted(ReportingYear.parse(text) for text in self.values["period"].unique())

    @property
    def synthetic(self) -> bool:
        """Whether any value was made up for demonstration."""
        return bool((self.values["origin"] == SYNTHETIC).any())

    @property
    def protected_at_source(self) -> bool:
        """Whether any value had disclosure control applied before it reached us."""
        return bool((self.values["protection"] != "").any())

    def up_to(self, period: ReportingYear) -> Returns:
        """Return the values and exceptions of `period` and of the years before it."""
        keep = {str(year) for year in self.periods if year <= period}
        return Returns(
            values=self.values[self.values["period"].isin(keep)].reset_index(drop=True),
            exceptions=self.exceptions[self.exceptions["period"].isin(keep)].reset_index(drop=True),
            files=self.files,
        )
