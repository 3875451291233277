"""What a workbook is made of: sheets, columns, cells. Knows no file format and no figures.

A cell is a text, a whole number, a number with decimals, or a `Link` to another sheet. A `Decimal`
shows all its digits, also a zero at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TypeVar


@dataclass(frozen=True)
class Link:
    """A cell that leads to another sheet of the same workbook."""

    text: str
    sheet: str


Number = int | float | Decimal
Cell = str | Number | Link
_Made = TypeVar("_Made")

FONT = "Arial"
# Widest column A of a sheet without a table: a line of text wraps there.
TEXT_WIDTH = 100
# Cells have styles for no more digits after the point.
MOST_DECIMALS = 2


def decimals_of(cell: Cell) -> int:
    """Return how many digits a cell shows after the point."""
    if not isinstance(cell, float | Decimal):
        return 0
    return min(len(str(cell).partition(".")[2]), MOST_DECIMALS)


@dataclass(frozen=True)
class SheetColumn:
    """A column: its header and its width in characters."""

    label: str
    width: int = 12


@dataclass(frozen=True)
class FilledColumn:
    """A column with its cells, its header not among them.

    `different` are its cells, each once; `places` say which of them stands in each row.
    """

    column: SheetColumn
    different: Sequence[Cell]
    places: Sequence[int]

    @classmethod
    def of(cls, column: SheetColumn, cells: Iterable[Cell]) -> FilledColumn:
        """Return a column of some cells."""
        # Of different cells some are equal: 2 and 2.0, and decimals by the text 2.0 and 2.00.
        found: dict[tuple[type, Cell], int] = {}
        places = [
            found.setdefault(
                (Decimal, str(cell)) if type(cell) is Decimal else (type(cell), cell), len(found)
            )
            for cell in cells
        ]
        different = [Decimal(cell) if kind is Decimal else cell for kind, cell in found]  # type: ignore[arg-type]
        return cls(column, different, places)

    @property
    def has_numbers(self) -> bool:
        """Whether any cell is a number."""
        return any(isinstance(cell, Number) for cell in self.different)

    @property
    def has_links(self) -> bool:
        """Whether any cell leads to another sheet."""
        return any(isinstance(cell, Link) for cell in self.different)

    def made(self, make: Callable[[Cell], _Made]) -> list[_Made]:
        """Return what `make` makes of the cell of each row, made once for each different one."""
        once = list(map(make, self.different))
        return [once[place] for place in self.places]


@dataclass(frozen=True)
class Sheet:
    """A sheet: title in A1, lines under it in column A, then one table that ends the sheet.

    `name` is what stands on the tab, `table` what the table is called, blank where the sheet has
    no table.
    """

    name: str
    title: str
    lines: tuple[Cell, ...]
    table: str = ""
    columns: tuple[SheetColumn, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = field(default=())

    def __post_init__(self) -> None:
        labels = [column.label for column in self.columns]
        if len(set(labels)) != len(labels) or "" in labels:
            raise ValueError(f"sheet {self.name}: headers must be filled and differ")
        for row in self.rows:
            if len(row) != len(labels):
                raise ValueError(f"sheet {self.name}: a row has {len(row)} cells")

    @cached_property
    def filled_columns(self) -> list[FilledColumn]:
        """Each column with its cells."""
        every = zip(*self.rows, strict=True) if self.rows else [()] * len(self.columns)
        return list(map(FilledColumn.of, self.columns, every))

    @property
    def header_row(self) -> int:
        """The number, from 1, of the row that holds the table's header."""
        return len(self.lines) + 2


@dataclass(frozen=True)
class Workbook:
    """A workbook of one language; `year_end` is the calendar year of its 31 March.

    `marking` is printed at the head and foot of every page, blank where nothing is.
    """

    name: str
    title: str
    summary: str
    author: str
    language: str
    year_end: int
    sheets: tuple[Sheet, ...]
    marking: str = ""
