"""What a set of compiled returns is, whatever file it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

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
    "decided_why",
)

# One row a thing that was understood though it was not written as asked. `found` is what stood
# there and `read_as` what it was taken for; `rows` says how many rows had the same, `row` is the
# first. Blank area and reference: it concerns a whole column. Holds returned values: for the
# statistician and the authority, never past the gate.
READING_COLUMNS = (
    "file",
    "sheet",
    "row",
    "column",
    "kind",
    "found",
    "read_as",
    "rows",
    "edition",
    "period",
    "area",
    "reference",
)

# One row a value of an authority's own metric. Its reference (LO/...) means something only together
# with the area; no release shows it, and no rule compares it with another authority.
LOCAL_COLUMNS = (
    "edition",
    "period",
    "area",
    "reference",
    "breakdown",
    "label",
    "value",
    "marker",
    "file",
    "row",
)

KEY = ["edition", "period", "area", "reference", "breakdown"]

# Marks of a returned value: not returned or not collected, does not apply, hidden at its source.
NOT_AVAILABLE = "x"
NOT_APPLICABLE = "z"
HIDDEN_AT_SOURCE = "c"
RETURN_MARKERS = ("", NOT_AVAILABLE, NOT_APPLICABLE, HIDDEN_AT_SOURCE)

SYNTHETIC = "synthetic"


def no_reading() -> pd.DataFrame:
    """Return an empty frame with the columns of `READING_COLUMNS`."""
    return _empty(READING_COLUMNS, {"row": "int64", "rows": "int64"})


def no_local() -> pd.DataFrame:
    """Return an empty frame with the columns of `LOCAL_COLUMNS`."""
    return _empty(LOCAL_COLUMNS, {"value": "Float64", "row": "int64"})


def _empty(columns: tuple[str, ...], numbers: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame({c: pd.array([], dtype=numbers.get(c, "str")) for c in columns})


@dataclass(frozen=True)
class Returns:
    """Compiled returns of any number of reporting years, with their recorded exceptions.

    `reading` says what was understood though it was not written as asked, and `local` holds the
    authorities' own metrics.
    """

    values: pd.DataFrame
    exceptions: pd.DataFrame
    files: tuple[str, ...]
    reading: pd.DataFrame = field(default_factory=no_reading)
    local: pd.DataFrame = field(default_factory=no_local)

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
        within = {
            name: frame[frame["period"].isin(keep)].reset_index(drop=True)
            for name, frame in (
                ("values", self.values),
                ("exceptions", self.exceptions),
                ("local", self.local),
            )
        }
        # A note on a column, such as a misspelt name, has no year of its own and stays.
        noted = self.reading["period"].isin({*keep, ""})
        return replace(self, **within, reading=self.reading[noted].reset_index(drop=True))
