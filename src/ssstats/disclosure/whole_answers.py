"""Whole numbers near a linear answer that is not whole, by integer programmes over a few columns.

A linear answer is broken in a few places only. Around them an integer programme decides; everything
further away keeps its rounded answer, so that what is found fits every row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.disclosure.solver import Programme

Floats = NDArray[np.float64]

_WHOLE = 1e-6
# How many rows away from a broken column the integer programmes look, one after the other.
_HOPS = (1, 2, 4)
_NODES = 100


@dataclass(frozen=True)
class Rows:
    """What every answer fulfils: lowest <= matrix @ columns <= highest."""

    matrix: sp.csc_matrix
    lowest: Floats
    highest: Floats


@dataclass(frozen=True)
class Question:
    """What is minimised, and between which bounds each column lies."""

    cost: Floats
    lower: Floats
    upper: Floats


def is_whole(columns: Floats) -> bool:
    """Return whether all columns are whole numbers."""
    return bool(np.abs(columns - np.rint(columns)).max(initial=0.0) <= _WHOLE)


def mended(columns: Floats, rows: Rows, question: Question, *, relative_gap: float) -> Floats:
    """Return whole columns near a broken answer that fulfil the rows; empty where none are found.

    The integer programmes stop within `relative_gap` of their bounds.
    """
    rounded, joined = np.rint(columns), abs(rows.matrix)
    near, hops = np.abs(columns - rounded) > _WHOLE, 0
    for reach in _HOPS:
        while hops < reach:
            near, hops = joined.T @ (joined @ near) > 0, hops + 1
        found = _programme(near, rounded, rows, question, relative_gap).solve().columns
        if len(found):
            rounded[near] = np.rint(found)
            return rounded
    return np.empty(0)


def _programme(
    near: NDArray[np.bool_], rounded: Floats, rows: Rows, question: Question, relative_gap: float
) -> Programme:
    """Return the integer programme over the columns near, the others held as they are."""
    touched = np.flatnonzero(abs(rows.matrix) @ near)
    matrix = rows.matrix.tocsr()[touched]
    held = matrix @ np.where(near, 0.0, rounded)
    return Programme(
        matrix[:, near],
        cost=question.cost[near],
        lower=question.lower[near],
        upper=question.upper[near],
        row_lower=rows.lowest[touched] - held,
        row_upper=rows.highest[touched] - held,
        integral=np.ones(int(near.sum()), dtype=bool),
        node_limit=_NODES,
        relative_gap=relative_gap,
    )
