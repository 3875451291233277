"""Reporting years: 1 April to 31 March, written 2024-25.

Nothing here knows of languages beyond the year's own digits: the words around a year ("April",
"year ending") stand in the words tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ssstats.errors import UsageError

_PRINTED = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, order=True)
class ReportingYear:
    """One financial year, named by the calendar year in which it starts."""

    start: int

    @classmethod
    def parse(cls, text: str) -> ReportingYear:
        """Return the reporting year printed as 2024-25.

        Raises
        ------
        UsageError
            If the text has another form or its two years do not follow each other.
        """
        found = _PRINTED.fullmatch(text.strip())
        if not found or (int(found[1]) + 1) % 100 != int(found[2]):
            raise UsageError(
                f"period {text!r} is not a reporting year; write it as two years that follow "
                "each other, for example 2024-25"
            )
        return cls(int(found[1]))

    def __str__(self) -> str:
        return f"{self.start}-{(self.start + 1) % 100:02d}"

    @property
    def end(self) -> int:
        """The calendar year of 31 March, on which stocks are counted."""
        return self.start + 1

    @property
    def code(self) -> str:
        """The six-digit form of StatsWales and the Department for Education: 202425."""
        return f"{self.start}{self.end % 100:02d}"

    def back(self, years: int = 1) -> ReportingYear:
        """Return the reporting year that many years before this one."""
        return ReportingYear(self.start - years)
