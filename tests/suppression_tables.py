"""Small tables and slow oracles for the tests of suppression and attack."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from ssstats.disclosure.model import CellModel, build_model

Entry = tuple[str, str, int]


def crossed_table(inner: np.ndarray, groups: list[list[int]] | None = None) -> tuple[dict, list]:
    """Return counts by cell id and relations of a table with all margins.

    `groups` of the first dimension get subtotals between the cells and the total.
    """
    names = [[str(i) for i in range(size)] for size in inner.shape]
    children = [{"T": names[axis]} for axis in range(inner.ndim)]
    if groups:
        children[0] = {f"g{n}": [str(i) for i in group] for n, group in enumerate(groups)}
        children[0]["T"] = list(children[0])
    leaves = [{leaf: (int(leaf),) for leaf in axis} for axis in names]
    for axis, tree in enumerate(children):
        for parent, parts in tree.items():
            leaves[axis][parent] = tuple(i for part in parts for i in leaves[axis][part])
    counts = {
        ".".join(codes): int(inner[np.ix_(*(leaves[a][c] for a, c in enumerate(codes)))].sum())
        for codes in itertools.product(*leaves)
    }
    entries: list[Entry] = []
    for axis, tree in enumerate(children):
        others = [list(codes) for a, codes in enumerate(leaves) if a != axis]
        for (parent, parts), rest in itertools.product(tree.items(), itertools.product(*others)):
            name = f"{axis}:{parent}:{'.'.join(rest)}"
            for code, weight in [(parent, -1), *((part, 1) for part in parts)]:
                cell = ".".join([*rest[:axis], code, *rest[axis:]])
                entries.append((name, cell, weight))
    return counts, entries


def model_of(counts: dict[str, int], entries: list[Entry], threshold: int = 5) -> CellModel:
    """Return the model in which every count from 1 to under the threshold is protected."""
    statuses = ["z" if v == 0 else "u" if v < threshold else "s" for v in counts.values()]
    return build_model(list(counts), list(counts.values()), statuses, entries)


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, int], list[Entry]]:
    """Random tables of two or three dimensions with zeros, small counts and sometimes groups."""
    shape = draw(st.sampled_from([(2, 3), (3, 3), (4, 3), (4, 4), (5, 4), (2, 2, 3), (3, 2, 3)]))
    size = int(np.prod(shape))
    count = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 40))
    inner = np.array(draw(st.lists(count, min_size=size, max_size=size))).reshape(shape)
    groups = None
    if shape[0] >= 4 and draw(st.booleans()):
        groups = [[0, 1], list(range(2, shape[0]))]
    return crossed_table(inner, groups)


def enumerate_counts(model: CellModel, is_hidden: np.ndarray, most: int) -> list[tuple[int, ...]]:
    """Return every table of hidden counts from 1 to `most` that keeps all relations."""
    hidden = np.flatnonzero(is_hidden)
    dense = model.relations.toarray()
    rest = -(dense[:, ~is_hidden] @ model.values[~is_hidden])
    found = []
    for counts in itertools.product(range(1, most + 1), repeat=len(hidden)):
        if np.array_equal(dense[:, hidden] @ np.array(counts, dtype=int), rest):
            found.append(counts)
    return found


def plain_limits(model: CellModel, is_hidden: np.ndarray, cell: int) -> tuple[float, float]:
    """Return the least and highest count of a cell by two plain linear programmes."""
    hidden = np.flatnonzero(is_hidden)
    dense = model.relations.toarray().astype(float)
    cost = (hidden == cell).astype(float)
    ends = []
    for sign in (1.0, -1.0):
        answer = linprog(
            sign * cost,
            A_eq=dense[:, hidden],
            b_eq=-(dense[:, ~is_hidden] @ model.values[~is_hidden]),
            bounds=[(1, None)] * len(hidden),
        )
        ends.append(np.inf if answer.status == 3 else sign * answer.fun)
    return ends[0], ends[1]


def openings(model: CellModel, is_hidden: np.ndarray, threshold: int = 5) -> list[str]:
    """Return the protected cells that plain linear programmes find open."""
    found = []
    for cell in np.flatnonzero(model.is_primary):
        least, _ = plain_limits(model, model.is_candidate, cell)
        low, high = plain_limits(model, is_hidden, cell)
        if high < threshold - 1e-6 or low > max(1.0, least) + 1e-6:
            found.append(model.cell_ids[cell])
    return found
