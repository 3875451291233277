"""Hierarchies of codes from CSV files with the columns parent and child.

Knows codes and dimensions, no counts. A tree says of each parent which children add up to it.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ssstats.errors import DisclosureError, UsageError, listed

Tree = dict[str, tuple[str, ...]]
Pair = tuple[str, str]


def read_trees(
    hierarchies: Sequence[tuple[str, Path]], dimensions: Sequence[str], codes: list[list[str]]
) -> list[list[Tree]]:
    """Return the trees of each dimension, children before parents; none where no file names one.

    Parameters
    ----------
    hierarchies : pairs of a dimension and a Path
        With "" for the dimension, the file's rows say theirs, or their codes do.
    dimensions, codes : names of the dimensions, and the codes of each in the table

    Raises
    ------
    UsageError
        If a dimension is not among those of the table.
    DisclosureError
        If a code is unknown, missing, its own ancestor or counted twice under a parent.
    """
    trees: list[list[Tree]] = [[] for _ in dimensions]
    for name, file in hierarchies:
        if name and name not in dimensions:
            raise UsageError(
                f"dimension {name!r} of hierarchy {file.name} is not known; use one of "
                f"{', '.join(dimensions)}"
            )
        rows = [
            (number, _pair(row), name or row.get("dimension", ""))
            for number, row in rows_of(file, ["parent", "child"])
        ]
        for axis, pairs in enumerate(_by_dimension(rows, dimensions, codes, file)):
            if pairs:
                trees[axis].append(_tree_of(pairs, codes[axis], file, dimensions[axis]))
    for axis, axis_trees in enumerate(trees):
        _check_placed(axis_trees, codes[axis], dimensions[axis])
    return trees


def rows_of(file: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a CSV file with their numbers.

    Raises
    ------
    DisclosureError
        If the file cannot be read, a column is missing or a row is too long or too short.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        kind = type(problem).__name__
        raise DisclosureError(f"{file.name}: the file cannot be read ({kind})") from problem
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise DisclosureError(
            f"{file.name}: column {listed(missing)} is missing; the columns are "
            f"{listed(reader.fieldnames or ())}"
        )
    uneven = [number for number, row in rows if None in row or None in row.values()]
    if uneven:
        raise DisclosureError(
            f"{file.name}, row {listed(uneven)}: the row has more or fewer fields than the heading"
        )
    return rows


def _pair(row: dict[str, str]) -> Pair:
    return row["parent"].strip(), row["child"].strip()


def _by_dimension(
    rows: list[tuple[int, Pair, str]], dimensions: Sequence[str], codes: list[list[str]], file: Path
) -> list[list[Pair]]:
    """Return the pairs of each dimension; a row belongs where its child is known."""
    pairs: list[list[Pair]] = [[] for _ in dimensions]
    known = [
        _with_ancestors([pair for _, pair, name in rows if name in ("", d)], set(codes[axis]))
        for axis, d in enumerate(dimensions)
    ]
    for number, pair, name in rows:
        axes = [
            axis
            for axis, dimension in enumerate(dimensions)
            if (name == dimension if name else pair[1] in known[axis])
        ]
        if len(axes) != 1:
            fault = "belongs to no dimension" if not axes else "belongs to several dimensions"
            raise DisclosureError(
                f"{file.name}, row {number}: code {pair[1]} {fault}; name its dimension "
                f"in a column 'dimension', one of {', '.join(dimensions)}"
            )
        pairs[axes[0]].append(pair)
    return pairs


def _with_ancestors(pairs: list[Pair], known: set[str]) -> set[str]:
    while parents := {parent for parent, child in pairs if child in known} - known:
        known = known | parents
    return known


def _tree_of(pairs: list[Pair], codes: list[str], file: Path, dimension: str) -> Tree:
    children: dict[str, list[str]] = {}
    for parent, child in pairs:
        children.setdefault(parent, []).append(child)
    unknown = {child for _, child in pairs} - set(codes) - set(children)
    if unknown:
        raise DisclosureError(
            f"{file.name}: code {listed(unknown)} of dimension {dimension} is not in the table"
        )
    tree = _bottom_up({parent: tuple(parts) for parent, parts in children.items()}, file.name)
    leaves: dict[str, Counter[str]] = {}
    for parent, parts in tree.items():
        leaves[parent] = sum((leaves.get(p, Counter([p])) for p in parts), Counter())
        if twice := [leaf for leaf, times in leaves[parent].items() if times > 1]:
            raise DisclosureError(
                f"{file.name}: code {listed(twice)} of dimension {dimension} is counted twice "
                f"under {parent}; give groupings beside each other a file each"
            )
    return tree


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


def _check_placed(trees: list[Tree], codes: list[str], dimension: str) -> None:
    """Check that every code of a dimension stands in one of its trees."""
    placed = {code for tree in trees for parent, parts in tree.items() for code in (parent, *parts)}
    strays = set(codes) - placed
    if trees and strays:
        raise DisclosureError(
            f"code {listed(strays)} of dimension {dimension} is not in its hierarchy; add a row "
            "with its parent"
        )
