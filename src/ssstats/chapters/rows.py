"""Rows of a published table by key.

Pages ask for thousands of single cells. A frame's own index answers in a third of a millisecond;
this one in a few microseconds, which is half the time of a page.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

# One row of a published table: column to cell, missing numbers as pandas' NA.
Row = Mapping[str, Any]


class Rows:
    """The rows of a frame, each reached by the cells of its key columns."""

    def __init__(self, frame: pd.DataFrame, keys: Sequence[str]) -> None:
        """Take over the frame's cells; no two rows may have one key."""
        self._columns = {str(name): frame[name].to_numpy(dtype=object) for name in frame.columns}
        own = zip(*(self._columns[key] for key in keys), strict=True)
        self._places = {key: place for place, key in enumerate(own)}

    def get(self, *key: Hashable) -> Row | None:
        """Return the row of a key, or None where there is none."""
        place = self._places.get(key)
        if place is None:
            return None
        return {name: cells[place] for name, cells in self._columns.items()}


def records(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a frame in their order."""
    return [{str(name): cell for name, cell in row.items()} for row in frame.to_dict("records")]


def rows_by(frame: pd.DataFrame, keys: Sequence[str]) -> dict[tuple[Any, ...], list[Row]]:
    """Return the rows of a frame, in their order, by the cells of its key columns."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in records(frame):
        found.setdefault(tuple(row[key] for key in keys), []).append(row)
    return found
