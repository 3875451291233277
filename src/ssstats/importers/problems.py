"""What is wrong with a file of records: one row a problem, and never a cell's text.

A message says the file, the row, what kind of thing was found, what is allowed and what to do. A
name in the wrong column would be printed if cells were quoted, so no cell is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from ssstats.errors import ReturnsError

PROBLEM_COLUMNS = ("file", "row", "column", "found", "allowed", "action")
_MOST_SHOWN = 16


@dataclass(frozen=True)
class Problem:
    """One problem at one row; row 1 is the header."""

    file: str
    row: int
    column: str
    found: str
    allowed: str
    action: str

    def __str__(self) -> str:
        place = f"{self.file}, row {self.row}"
        column = f"{self.column}: " if self.column else ""
        return f"{place}: {column}found {self.found}; allowed: {self.allowed}; {self.action}"


class RecordsError(ReturnsError):
    """A file of records cannot be counted; `problems` holds all that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        ordered = sorted(problems, key=lambda problem: (problem.row, problem.column))
        self.problems = tuple(ordered)
        lines = [str(problem) for problem in ordered[:_MOST_SHOWN]]
        more = len(ordered) - len(lines)
        if more:
            lines.append(f"and {more} more problems; --problems FILE writes all of them")
        super().__init__("\n".join(lines))


class Problems:
    """Collects problems of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[Problem] = []

    def add(
        self, rows: Sequence[int] | pd.Series, column: str, found: str, allowed: str, action: str
    ) -> None:
        """Record one problem at each of the rows."""
        self._found += [
            Problem(self.file, int(row), column, found, allowed, action) for row in rows
        ]

    def refuse(self) -> None:
        """Raise if there was any problem.

        Raises
        ------
        RecordsError
            With all problems.
        """
        if self._found:
            raise RecordsError(self._found)


def problem_table(problems: Sequence[Problem]) -> pd.DataFrame:
    """Return problems as a table with the columns of `PROBLEM_COLUMNS`."""
    return pd.DataFrame([asdict(problem) for problem in problems], columns=list(PROBLEM_COLUMNS))
