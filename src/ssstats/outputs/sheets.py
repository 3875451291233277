"""What a workbook is made of: sheets, columns, cells. Knows no file format and no figures.

A cell is a text, a whole number, a number with decimals, or a `Link` to another sheet.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Link:
    """A cell that leads to another sheet of the same workbook."""

    text: str
    sheet: str


Cell = str | int | float | Link


@dataclass(frozen=True)
class SheetColumn:
    """A column: its header, its width in characters, digits after the point of its fractions."""

    label: str
    width: int = 12
    decimals: int = 1


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
