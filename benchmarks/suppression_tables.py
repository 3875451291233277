"""Seeded tables of counts for the suppression benchmark, in the instance format.

Areas in groups, types in groups and, where there are several years, a total over the years:
200 areas x 50 types make 12,488 cells a year, and 137,368 with ten years and their total.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

THRESHOLD = 5
# A tree is (total, groups); a group is (code, leaves).
Tree = list[tuple[str, list[str]]]


def tree(prefix: str, n_leaves: int, n_groups: int) -> Tree:
    """Return a total, `n_groups` groups under it and `n_leaves` leaves spread over the groups."""
    leaves = [f"{prefix}{number:03d}" for number in range(n_leaves)]
    if n_groups == 0:
        return [(f"{prefix}all", leaves)] if n_leaves > 1 else []
    parts = [list(part) for part in np.array_split(np.array(leaves), n_groups)]
    groups = [(f"{prefix}g{number:02d}", part) for number, part in enumerate(parts)]
    return [(f"{prefix}all", [code for code, _ in groups]), *groups]


def write_table(
    folder: Path,
    *,
    seed: int,
    areas: int,
    area_groups: int,
    types: int,
    type_groups: int,
    years: int = 1,
) -> int:
    """Write cells.csv and constraints.csv of a table of `areas` x `types` (x `years`).

    Counts are Poisson around an area size, a type share and a little noise, so that about one cell
    in seven is under the threshold. Returns the number of cells.
    """  # fmt: skip
    rng = np.random.default_rng(seed)
    trees = [tree("A", areas, area_groups), tree("T", types, type_groups), tree("Y", years, 0)]
    inner = _counts(rng, areas, types, years)
    cube = inner
    for axis, one in enumerate(trees):
        cube = np.moveaxis(np.tensordot(_sums(one, inner.shape[axis]), cube, (1, axis)), 0, axis)
    folder.mkdir(parents=True, exist_ok=True)
    _write_inner(folder, inner, trees)
    ids = np.arange(cube.size).reshape(cube.shape)
    names = [_nodes(one) or ["all"] for one in trees]
    with (folder / "cells.csv").open("w", encoding="utf-8") as cells:
        cells.write("cell_id,area,type,year,freq,status\n")
        for place, codes in zip(np.ndindex(*cube.shape), itertools.product(*names), strict=True):
            count = int(cube[place])
            status = "z" if count == 0 else "u" if count < THRESHOLD else "s"
            cells.write(f"{ids[place]},{','.join(codes)},{count},{status}\n")
    with (folder / "constraints.csv").open("w", encoding="utf-8") as constraints:
        constraints.write("con,cell_id,coef\n")
        for number, row in enumerate(_relations(trees, ids)):
            constraints.writelines(f"{number},{cell},{weight}\n" for cell, weight in row)
    return int(cube.size)


def _write_inner(folder: Path, inner: np.ndarray, trees: list[Tree]) -> None:
    """Write inner.csv and hier.csv, from which other programs build the same table."""
    kept = [(name, one) for name, one in zip(("area", "type", "year"), trees, strict=True) if one]
    leaves = [_leaves_under(one[0][0], dict(one)) for _, one in kept]
    with (folder / "inner.csv").open("w", encoding="utf-8") as file:
        file.write(",".join([name for name, _ in kept] + ["freq"]) + "\n")
        for place, codes in zip(
            np.ndindex(*(len(codes) for codes in leaves)), itertools.product(*leaves), strict=True
        ):
            count = int(inner.reshape([len(codes) for codes in leaves])[place])
            file.write(f"{','.join(codes)},{count}\n")
    with (folder / "hier.csv").open("w", encoding="utf-8") as file:
        file.write("dim,level,code\n")
        for name, one in kept:
            file.writelines(f"{name},{level},{code}\n" for level, code in _preorder(one))


def _preorder(one: Tree) -> Iterator[tuple[int, str]]:
    children = dict(one)

    def walk(code: str, level: int) -> Iterator[tuple[int, str]]:
        yield level, code
        for child in children.get(code, []):
            yield from walk(child, level + 1)

    return walk(one[0][0], 1)


def _counts(rng: np.random.Generator, areas: int, types: int, years: int) -> np.ndarray:
    size = rng.lognormal(0.0, 0.6, (areas, 1, 1))
    share = rng.lognormal(0.0, 1.1, (1, types, 1))
    noise = rng.lognormal(0.0, 0.35, (areas, types, years))
    return rng.poisson(17.0 * size * share * noise)


def _nodes(one: Tree) -> list[str]:
    codes = [code for code, _ in one]
    return codes + [leaf for _, leaves in one for leaf in leaves if leaf not in set(codes)]


def _sums(one: Tree, n_leaves: int) -> np.ndarray:
    """Return the 0/1 matrix that adds leaves up to every node of a tree."""
    if not one:
        return np.eye(n_leaves, dtype=np.int64)
    children = dict(one)
    nodes = _nodes(one)
    leaves = [node for node in nodes if node not in children]
    place = {leaf: number for number, leaf in enumerate(leaves)}
    matrix = np.zeros((len(nodes), n_leaves), dtype=np.int64)
    for row, node in enumerate(nodes):
        matrix[row, [place[leaf] for leaf in _leaves_under(node, children)]] = 1
    return matrix


def _leaves_under(node: str, children: dict[str, list[str]]) -> list[str]:
    if node not in children:
        return [node]
    return [leaf for child in children[node] for leaf in _leaves_under(child, children)]


def _relations(trees: list[Tree], ids: np.ndarray) -> Iterator[list[tuple[int, int]]]:
    for axis, one in enumerate(trees):
        place = {node: number for number, node in enumerate(_nodes(one))}
        rest = [range(size) for other, size in enumerate(ids.shape) if other != axis]
        for (total, parts), others in itertools.product(one, itertools.product(*rest)):
            line = ids[(*others[:axis], slice(None), *others[axis:])]
            weights = [(int(line[place[part]]), 1) for part in parts]
            yield [(int(line[place[total]]), -1), *weights]
