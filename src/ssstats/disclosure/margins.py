"""Any table of counts in one CSV: its totals are found or added, its relations built.

One row a cell, one column a dimension, one column of counts. Totals are found where a hierarchy
names them, or where one code of a dimension equals the sum of all others everywhere; where there is
no total, one is added.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ssstats.disclosure.model import CellModel, Flags, build_model, whole_number
from ssstats.disclosure.suppression import Suppression, protect
from ssstats.errors import DisclosureError, listed

TOTAL = "Total"
HIDDEN = "[c]"

Codes = tuple[str, ...]
Tree = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Margins:
    """A table with all its totals: the codes of each row, in the order of the file, and the model.

    Added totals follow the rows of the file.
    """

    dimensions: tuple[str, ...]
    measure: str
    rows: tuple[Codes, ...]
    model: CellModel


def protect_table(
    table: Path,
    *,
    dimensions: Sequence[str],
    measure: str,
    out: Path,
    hierarchy: Path | None = None,
    threshold: int = 5,
    lower_bound: int = 1,
    costs: str = "value",
) -> Suppression:
    """Protect a table and write it with [c] for every hidden count.

    Parameters
    ----------
    table : Path
        CSV with a row for each cell, zeros included.
    dimensions, measure : names of columns
        What breaks the counts down, and the counts.
    out : Path
        Where to write the protected table.
    hierarchy : Path, optional
        CSV with the columns parent and child, and dimension where codes are not unique.

    Raises
    ------
    DisclosureError
        If the table is incomplete, does not add up or cannot be protected.
    """
    margins = read_margins(
        table,
        dimensions=dimensions,
        measure=measure,
        hierarchy=hierarchy,
        threshold=threshold,
        lower_bound=lower_bound,
    )
    result = protect(margins.model, threshold=threshold, costs=costs)
    write_protected(margins, result.is_hidden, out)
    return result


def read_margins(
    table: Path,
    *,
    dimensions: Sequence[str],
    measure: str,
    hierarchy: Path | None = None,
    threshold: int = 5,
    lower_bound: int = 1,
) -> Margins:
    """Read a table, find or add its totals and return it with its relations.

    Counts from 1 to under the threshold are protected; zeros are shown.
    """
    counts = _read_counts(table, dimensions, measure)
    codes = [sorted({row[axis] for row in counts}) for axis in range(len(dimensions))]
    _check_complete(counts, codes, table)
    pairs = _read_pairs(hierarchy, dimensions, codes) if hierarchy else [[] for _ in dimensions]
    trees = [
        _tree_of(axis_pairs, codes[axis], hierarchy, dimensions[axis])
        if axis_pairs
        else _found_total(counts, codes, axis, dimensions[axis], table)
        for axis, axis_pairs in enumerate(pairs)
    ]
    for axis, tree in enumerate(trees):
        _add_totals(counts, tree, axis)
    ids = {row: _cell_id(row) for row in counts}
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


def write_protected(margins: Margins, is_hidden: Flags, out: Path) -> None:
    """Write the table with its totals, [c] in place of every hidden count."""
    place = {cell: number for number, cell in enumerate(margins.model.cell_ids)}
    with out.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle, lineterminator="\n")
        rows.writerow([*margins.dimensions, margins.measure])
        for codes in margins.rows:
            cell = place[_cell_id(codes)]
            shown = HIDDEN if is_hidden[cell] else str(margins.model.values[cell])
            rows.writerow([*codes, shown])


def _cell_id(codes: Codes) -> str:
    return " | ".join(codes)


def _read_counts(table: Path, dimensions: Sequence[str], measure: str) -> dict[Codes, int]:
    counts: dict[Codes, int] = {}
    for number, row in _rows(table, [*dimensions, measure]):
        codes = tuple(row[name].strip() for name in dimensions)
        if codes in counts:
            raise DisclosureError(
                f"{table.name}, row {number}: the cell {_cell_id(codes)} stands in the table "
                "twice; keep one row for each cell"
            )
        counts[codes] = whole_number(row[measure], table, number, measure)
    if not counts:
        raise DisclosureError(f"{table.name}: the table has no rows")
    return counts


def _rows(file: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        kind = type(problem).__name__
        raise DisclosureError(f"{file.name}: the file cannot be read ({kind})") from problem
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise DisclosureError(
            f"{file.name}: column {listed(missing)} is missing; the columns are "
            f"{listed(reader.fieldnames or ())}"
        )
    rows = list(enumerate(reader, start=2))
    short = [number for number, row in rows if None in row or None in row.values()]
    if short:
        raise DisclosureError(
            f"{file.name}, row {listed(short)}: the row has more or fewer fields than the heading"
        )
    return rows


def _check_complete(counts: dict[Codes, int], codes: list[list[str]], table: Path) -> None:
    absent = [_cell_id(row) for row in itertools.product(*codes) if row not in counts]
    if absent:
        raise DisclosureError(
            f"{table.name}: the cell {listed(absent, most=5)} is missing; give every combination "
            "of codes a row, with 0 where nothing was counted"
        )


def _read_pairs(
    hierarchy: Path, dimensions: Sequence[str], codes: list[list[str]]
) -> list[list[tuple[str, str]]]:
    """Return (parent, child) pairs for each dimension; a row belongs where its child is known."""
    rows = _rows(hierarchy, ["parent", "child"])
    pairs: list[list[tuple[str, str]]] = [[] for _ in dimensions]
    named = [row.get("dimension", "") for _, row in rows]
    known = [
        _known_codes(
            [
                (r["parent"], r["child"])
                for (_, r), n in zip(rows, named, strict=True)
                if n in ("", d)
            ],
            set(codes[axis]),
        )
        for axis, d in enumerate(dimensions)
    ]
    for (number, row), name in zip(rows, named, strict=True):
        axes = [
            axis
            for axis, dimension in enumerate(dimensions)
            if (name == dimension if name else row["child"] in known[axis])
        ]
        if len(axes) != 1:
            fault = "belongs to no dimension" if not axes else "belongs to several dimensions"
            raise DisclosureError(
                f"{hierarchy.name}, row {number}: code {row['child']} {fault}; name its dimension "
                f"in a column 'dimension', one of {', '.join(dimensions)}"
            )
        pairs[axes[0]].append((row["parent"], row["child"]))
    return pairs


def _known_codes(pairs: list[tuple[str, str]], known: set[str]) -> set[str]:
    """Return the codes of a dimension with all their ancestors."""
    while parents := {parent for parent, child in pairs if child in known} - known:
        known = known | parents
    return known


def _tree_of(
    pairs: list[tuple[str, str]], codes: list[str], hierarchy: Path | None, dimension: str
) -> Tree:
    name = hierarchy.name if hierarchy else ""
    children: dict[str, list[str]] = {}
    for parent, child in pairs:
        children.setdefault(parent, []).append(child)
    placed = set(children) | {child for _, child in pairs}
    strays = set(codes) - placed
    if strays:
        raise DisclosureError(
            f"{name}: code {listed(strays)} of dimension {dimension} is not in the hierarchy; add "
            "a row with its parent"
        )
    unknown = placed - set(codes) - set(children)
    if unknown:
        raise DisclosureError(
            f"{name}: code {listed(unknown)} of dimension {dimension} is not in the table"
        )
    return _bottom_up({parent: tuple(parts) for parent, parts in children.items()}, name)


def _bottom_up(tree: Tree, name: str) -> Tree:
    """Return the tree with every parent after those of its children that are parents."""
    ordered: Tree = {}
    while len(ordered) < len(tree):
        ready = [
            parent
            for parent, parts in tree.items()
            if parent not in ordered and all(p in ordered or p not in tree for p in parts)
        ]
        if not ready:
            circle = set(tree) - set(ordered)
            raise DisclosureError(f"{name}: code {listed(circle)} is its own ancestor")
        ordered.update({parent: tree[parent] for parent in ready})
    return ordered


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


def _entries(counts: dict[Codes, int], trees: list[Tree]) -> list[tuple[str, str, int]]:
    entries = []
    for axis, tree in enumerate(trees):
        rests = dict.fromkeys((*row[:axis], *row[axis + 1 :]) for row in counts)
        for (parent, parts), rest in itertools.product(tree.items(), rests):
            total = _cell_id(_with(rest, axis, parent))
            entries.append((total + f" by {axis}", total, -1))
            entries += [
                (total + f" by {axis}", _cell_id(_with(rest, axis, part)), 1) for part in parts
            ]
    return entries
