"""Tables as people read them: named columns, formatted cells, a caption, notes.

Knows nothing of releases: it turns rows that are already text into Markdown that Quarto and the
embedded engine render alike.
"""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan

CSV_ADDRESS = "data:text/csv;base64,"
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#$@^~])")
# Total dashes of the rule under a header: shares of it become relative column widths.
_RULE_WIDTH = 100


@dataclass(frozen=True)
class Column:
    """A table's column: its label, whether it holds numbers, its share of the table's width."""

    label: str
    numeric: bool = False
    width: int = 10


@dataclass(frozen=True)
class Table:
    """One table of text cells; the first `heads` columns label their row."""

    identity: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = field(default=())


def escape(text: str) -> str:
    """Return text that Markdown prints as it is."""
    return _SPECIAL.sub(r"\\\1", text)


def markdown_of_table(table: Table) -> str:
    """Return the table as a fenced float with its caption, its notes in a division below.

    Raises
    ------
    ValueError
        If a row has another number of cells than the table has columns.
    """
    lines = [
        f"::: {{#tbl-{table.identity}}}",
        "",
        *_pipe_lines(table),
        "",
        escape(table.caption),
        "",
        ":::",
    ]
    if table.notes:
        notes = "\n\n".join(escape(note) for note in table.notes)
        lines += ["", "::: {.notes}", "", notes, "", ":::"]
    return "\n".join(lines)


def captioned_markdown(table: Table) -> str:
    """Return the table with its caption as a document that is no book wants it.

    Raises
    ------
    ValueError
        If a row has another number of cells than the table has columns.
    """
    notes = [line for note in table.notes for line in ("", escape(note))]
    return "\n".join([*_pipe_lines(table), "", f": {escape(table.caption)}", *notes])


def _pipe_lines(table: Table) -> list[str]:
    for row in table.rows:
        if len(row) != len(table.columns):
            raise ValueError(f"{table.identity}: a row has {len(row)} cells")
    return [
        _line([escape(column.label) for column in table.columns]),
        _rule(table.columns),
        *(_line([escape(cell) for cell in row]) for row in table.rows),
    ]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _rule(columns: Sequence[Column]) -> str:
    total = sum(column.width for column in columns)
    dashes = [max(3, round(_RULE_WIDTH * column.width / total)) for column in columns]
    cells = [
        "-" * (length - 1) + ":" if column.numeric else ":" + "-" * (length - 1)
        for length, column in zip(dashes, columns, strict=True)
    ]
    return "|" + "|".join(cells) + "|"


def markdown_of_figure(
    identity: str,
    svg_uri: str,
    caption: str,
    alternative: str,
    *,
    data: Sequence[Sequence[object]],
) -> str:
    """Return a chart as a fenced float with its caption, alternative text and data.

    `data` are the rows that the chart draws, their names first; NaN is a blank. They travel with
    the chart as CSV in a data address, and the site offers them beside it.
    """
    quoted = alternative.replace("\\", "\\\\").replace('"', "'")
    return "\n".join(
        [
            f"::: {{#fig-{identity}}}",
            "",
            f'![]({svg_uri}){{fig-alt="{quoted}" data-csv="{_csv_address(data)}"}}',
            "",
            escape(caption),
            "",
            ":::",
        ]
    )


def _csv_address(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_plain(cell) for cell in row] for row in rows)
    return CSV_ADDRESS + base64.b64encode(text.getvalue().encode("utf-8")).decode("ascii")


def _plain(cell: object) -> str:
    if not isinstance(cell, float):
        return str(cell)
    return "" if isnan(cell) else f"{cell:.10g}"
