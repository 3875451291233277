"""Any table of counts in one CSV: its totals are found or added, its relations built.

One row a cell, one column a dimension, one column of counts. Totals are found where a hierarchy
names them, or where one code of a dimension equals the sum of all others everywhere; where there is
no total, one is added.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ssstats.disclosure.hierarchies import Tree, read_trees, rows_of
from ssstats.disclosure.model import CellModel, build_model, whole_number
from ssstats.errors import DisclosureError, listed

TOTAL = "Total"

Codes = tuple[str, ...]


@dataclass(frozen=True)
class Margins:
    """A table with all its totals: the codes of each row, in the order of the file, and the model.

    Added totals follow the rows of the file.
    """

    dimensions: tuple[str, ...]
    measure: str
    rows: tuple[Codes, ...]
    model: CellModel


def read_margins(
    table: Path,
    *,
    dimensions: Sequence[str],
    measure: str,
    hierarchies: Sequence[tuple[str, Path]] = (),
    threshold: int = 5,
    lower_bound: int = 1,
) -> Margins:
    """Read a table, find or add its totals and return it with its relations.

    Counts from 1 to under the threshold are protected; zeros are shown.

    Parameters
    ----------
    table : Path
        CSV with a row for each cell, zeros included.
    dimensions, measure : names of columns
        What breaks the counts down, and the counts.
    hierarchies : pairs of a dimension and a Path
        CSV files with the columns parent and child. Without the name of a dimension ("") the
        file's column dimension says it, or the codes do where they are unique. Several files of
        one dimension are groupings beside each other, such as regions and health boards.

    Raises
    ------
    DisclosureError
        If the table is incomplete or does not add up, or a hierarchy does not fit it.
    """
    counts = _read_counts(table, dimensions, measure)
    codes = [sorted({row[axis] for row in counts}) for axis in range(len(dimensions))]
    _check_complete(counts, codes, table)
    named = read_trees(hierarchies, dimensions, codes)
    trees = [
        named[axis] or [_found_total(counts, codes, axis, dimensions[axis], table)]
        for axis in range(len(dimensions))
    ]
    for axis, axis_trees in enumerate(trees):
        for tree in axis_trees:
            _add_totals(counts, tree, axis)
    ids = {row: cell_id(row) for row in counts}
    statuses = ["z" if c == 0 else "u" if c < threshold else "s" for c in counts.values()]
    entries = list(_entries(counts, trees))
    model = build_model(
        list(ids.values()),
        list(counts.values()),
        statuses,
        entries,
        lower_bound=lower_bound,
        source=table.name,
    )
    return Margins(tuple(dimensions), measure, tuple(counts), model)


def cell_id(codes: Codes) -> str:
    """Return the id of the cell with these codes."""
    return " | ".join(codes)


def _read_counts(table: Path, dimensions: Sequence[str], measure: str) -> dict[Codes, int]:
    counts: dict[Codes, int] = {}
    for number, row in rows_of(table, [*dimensions, measure]):
        codes = tuple(row[name].strip() for name in dimensions)
        if codes in counts:
            raise DisclosureError(
                f"{table.name}, row {number}: the cell {cell_id(codes)} stands in the table "
                "twice; keep one row for each cell"
            )
        counts[codes] = whole_number(row[measure], table, number, measure)
    if not counts:
        raise DisclosureError(f"{table.name}: the table has no rows")
    return counts


def _check_complete(counts: dict[Codes, int], codes: list[list[str]], table: Path) -> None:
    absent = [cell_id(row) for row in itertools.product(*codes) if row not in counts]
    if absent:
        raise DisclosureError(
            f"{table.name}: the cell {listed(absent, most=5)} is missing; give every combination "
            "of codes a row, with 0 where nothing was counted"
        )


def _found_total(
    counts: dict[Codes, int], codes: list[list[str]], axis: int, dimension: str, table: Path
) -> Tree:
    """Return the code that is the sum of all others throughout, or a total to be added."""
    own = codes[axis]
    if len(own) == 1:
        return {}
    others = list(itertools.product(*(c for a, c in enumerate(codes) if a != axis)))
    sums = {rest: sum(counts[_with(rest, axis, code)] for code in own) for rest in others}
    totals = [
        code
        for code in own
        if len(own) > 2
        and all(2 * counts[_with(rest, axis, code)] == sums[rest] for rest in others)
    ]
    if len(totals) > 1:
        raise DisclosureError(
            f"{table.name}: each of the codes {listed(totals)} of dimension {dimension} could be "
            "the total; say which in a hierarchy file with the columns parent and child"
        )
    total = totals[0] if totals else TOTAL
    if not totals and TOTAL in own:
        raise DisclosureError(
            f"{table.name}: '{TOTAL}' of dimension {dimension} is not the sum of the other codes; "
            "mend the table or name parents and children in a hierarchy file"
        )
    return {total: tuple(code for code in own if code != total)}


def _with(rest: Codes, axis: int, code: str) -> Codes:
    return (*rest[:axis], code, *rest[axis:])


def _add_totals(counts: dict[Codes, int], tree: Tree, axis: int) -> None:
    """Add the rows of totals that the table lacks along one dimension."""
    rests = list(dict.fromkeys((*row[:axis], *row[axis + 1 :]) for row in counts))
    for parent, parts in tree.items():
        for rest in rests:
            row = _with(rest, axis, parent)
            if row not in counts:
                counts[row] = sum(counts[_with(rest, axis, part)] for part in parts)


def _entries(counts: dict[Codes, int], trees: list[list[Tree]]) -> list[tuple[str, str, int]]:
    entries = []
    for axis, axis_trees in enumerate(trees):
        rests = dict.fromkeys((*row[:axis], *row[axis + 1 :]) for row in counts)
        for number, tree in enumerate(axis_trees):
            for (parent, parts), rest in itertools.product(tree.items(), rests):
                total = cell_id(_with(rest, axis, parent))
                name = f"{total} by {axis}, {number}"
                entries.append((name, total, -1))
                entries += [(name, cell_id(_with(rest, axis, part)), 1) for part in parts]
    return entries
