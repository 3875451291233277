"""What reading a file found: problems that refuse it, and notes of what was understood anyway."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssstats.errors import ReturnsError
from ssstats.returns.model import READING_COLUMNS, no_reading
from ssstats.returns.normalising import plain, quoted

_MOST_ROWS = 8
_MOST_PROBLEMS = 16


class Findings:
    """Collects problems and notes on the rows of one frame with columns file, sheet and row.

    Problems never quote a cell for a value; notes do, and stay with the returns.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._places = frame[["file", "sheet", "row"]].copy()
        self._problems: list[str] = []
        self._notes: list[pd.DataFrame] = []

    def problem(self, wrong: pd.Series, what: str) -> None:
        """Record that something is wrong with the rows where `wrong` holds, if any."""
        if wrong.any():
            self._problems.append(f"{self._where(wrong)}: {what}")

    def problem_texts(self, column: str, texts: pd.Series, wrong: pd.Series, allowed: str) -> None:
        """Record each distinct text of a column that is not known."""
        if wrong.any():
            for text in sorted(set(texts[wrong])):
                self.problem(
                    wrong & (texts == text), f"{column} {quoted(text)} is not known; {allowed}"
                )

    def note(self, rows: pd.Series, column: str, kind: str, found: str, read_as: str) -> None:
        """Record one note on all rows where `rows` holds, if any."""
        if not rows.any():
            return
        first = self._places.loc[rows.idxmax()]
        note = {
            "file": first["file"],
            "sheet": first["sheet"],
            "row": first["row"],
            "column": column,
            "kind": kind,
            "found": found,
            "read_as": read_as,
            "rows": int(rows.sum()),
        }
        self._notes.append(pd.DataFrame([note]))

    def note_blanks(self, columns: list[str]) -> None:
        """Record texts with blanks at an end or unseen characters."""
        for column in columns:
            texts = self._frame[column]
            for text in texts.cat.categories.tolist():
                if text != plain(text):
                    self.note(texts == text, column, "blanks", text, plain(text))

    def note_values(
        self, rows: pd.Series, kind: str, texts: pd.Series, numbers: np.ndarray, marks: pd.Series
    ) -> None:
        """Record one note for each value where `rows` holds, with what it was read as."""
        if not rows.any():
            return
        notes = self._places[rows].assign(column="value", kind=kind, rows=1)
        notes["found"] = texts[rows].astype("str")
        read = pd.Series(numbers, index=texts.index)[rows].map("{:.15g}".format)
        missing = np.isnan(numbers[rows.to_numpy()])
        marker = marks[rows].where(marks[rows] != "", "x")
        notes["read_as"] = read.mask(missing, "[" + marker.astype("str") + "]")
        self._notes.append(notes)

    def refuse(self) -> None:
        """Raise if there was any problem.

        Raises
        ------
        ReturnsError
            With one line a problem, each naming file, sheet and rows.
        """
        if not self._problems:
            return
        lines = self._problems[:_MOST_PROBLEMS]
        more = len(self._problems) - len(lines)
        if more > 0:
            lines.append(f"and {more} more problems of other kinds")
        raise ReturnsError("\n".join(lines))

    def notes(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return all notes with the columns of `READING_COLUMNS`.

        `frame` gives the area, period and reference of notes on single values.
        """
        if not self._notes:
            return no_reading()
        keys = frame[["edition", "period", "area", "reference"]]
        joined = [
            note.join(keys.reindex(note.index)) if (note["column"] == "value").any() else note
            for note in self._notes
        ]
        notes = pd.concat(joined, ignore_index=True).reindex(columns=list(READING_COLUMNS))
        for column in ("edition", "period", "area", "reference"):
            notes[column] = notes[column].astype("str").fillna("")
        return notes.sort_values(["file", "sheet", "row", "column", "kind"], ignore_index=True)

    def _where(self, wrong: pd.Series) -> str:
        places = self._places[wrong.reindex(self._places.index, fill_value=False)]
        (file, sheet), first = next(iter(places.groupby(["file", "sheet"], sort=True)))
        rows = first["row"].tolist()
        shown = ", ".join(str(row) for row in rows[:_MOST_ROWS])
        rest = len(places) - min(len(rows), _MOST_ROWS)
        return (
            f"{file}, "
            + (f"sheet {sheet!r}, " if sheet else "")
            + f"row{'s' if len(rows) > 1 else ''} {shown}"
            + (f" and {rest} more" if rest > 0 else "")
        )
