"""Rounds a table so that it still adds up, lets the attack judge it, and writes it.

Rounding hides no cell. The attack asks whether enough counts stay possible behind every rounded
count that policy protects; a table that does not pass is not written.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.attack import Remaining, attack
from ssstats.disclosure.attack_certificates import check_certificates
from ssstats.disclosure.attack_search import OfferedTables
from ssstats.disclosure.model import CellModel, read_instance, write_by_cell
from ssstats.disclosure.rounding import Rounded, round_controlled, view_of_rounded
from ssstats.disclosure.suppression_instance import check_writable, write_record
from ssstats.errors import DisclosureError, UsageError, listed

# Of a protected count at least so many counts stay possible, as in data/policy/round-5.toml.
FEWEST_POSSIBLE = 3


@dataclass(frozen=True)
class ProvedRounding:
    """A rounded table and the tables that prove it. `model` and `remaining` hold true counts."""

    model: CellModel
    rounded: Rounded
    remaining: Remaining


def base_of_policy(policy: str) -> int | None:
    """Return the base of a policy such as round-5, or None where counts are hidden instead.

    Raises
    ------
    UsageError
        If the policy is not known.
    """
    if policy == "suppress":
        return None
    known = {f"round-{base}": base for base in (3, 5, 10)}
    if policy not in known:
        raise UsageError(f"policy {policy!r} is not known; use one of suppress, {', '.join(known)}")
    return known[policy]


def round_instance(
    cells: Path,
    constraints: Path,
    *,
    pattern: Path,
    report: Path | None = None,
    base: int = 5,
    lower_bound: int = 1,
) -> ProvedRounding:
    """Round a table in the instance format and write it as cell_id,rounded.

    Raises
    ------
    DisclosureError
        If the files cannot be read, no additive rounding exists, or a protected count would stay
        too narrow behind it; nothing is written then.
    """
    check_writable(pattern, *([report] if report else []))
    model = read_instance(cells, constraints, lower_bound=lower_bound)
    proved = round_proved(model, base)
    write_by_cell(model, "rounded", proved.rounded.counts, pattern)
    if report is not None:
        write_record(rounding_record(proved), report)
    return proved


def round_proved(model: CellModel, base: int) -> ProvedRounding:
    """Return the controlled rounding of a model, once the attack has passed it.

    Raises
    ------
    DisclosureError
        If no additive rounding is found, or fewer than three counts stay possible for a protected
        cell; the cells are named.
    """
    rounded = round_controlled(model, base)
    primary = np.flatnonzero(model.is_primary)
    view = view_of_rounded(model, rounded.counts, base, is_nearest=False)
    counts = model.values[primary].astype(float)
    offered = OfferedTables(model.values, ())
    remaining = attack(
        view, primary, reach_lowest=counts - 1, reach_highest=counts + 1, offered=offered
    )
    check_certificates(remaining)
    # The search ends at one count to either side; where one side has none, the other may have more.
    is_open = ~_is_wide(remaining)
    if is_open.any():
        widest = attack(view, primary[is_open], offered=offered)
        check_certificates(widest)
        is_open[is_open] = ~_is_wide(widest)
    if is_open.any():
        raise DisclosureError(
            f"rounding to base {base} leaves fewer than {FEWEST_POSSIBLE} possible counts for cell "
            f"{listed(model.cell_ids[cell] for cell in primary[is_open])}; hide counts with policy "
            "suppress, or publish fewer breakdowns"
        )
    return ProvedRounding(model, rounded, remaining)


def _is_wide(remaining: Remaining) -> NDArray[np.bool_]:
    return remaining.highest - remaining.lowest >= FEWEST_POSSIBLE - 1


def rounding_record(proved: ProvedRounding) -> dict[str, object]:
    """Return what a reviewer needs to know of a rounded table, without any count of a cell."""
    rounded = proved.rounded
    return {
        "policy": f"round-{rounded.base}",
        "fewest_possible": FEWEST_POSSIBLE,
        "cells": len(proved.model),
        "relations": proved.model.relations.shape[0],
        "primary": int(proved.model.is_primary.sum()),
        "deviation": rounded.deviation,
        "lower_bound": round(rounded.lower_bound, 6),
        "tables_checked": len(proved.remaining.witnesses),
    }


def describe_rounding(proved: ProvedRounding) -> list[str]:
    """Return what a statistician reads on screen of a rounded table."""
    record, base = rounding_record(proved), proved.rounded.base
    return [
        f"{record['cells']} cells, {record['relations']} relations between them",
        f"every count is the multiple of {base} next below or above, and every total is the sum "
        "of its parts",
        f"sum of all changes: {record['deviation']}; no such rounding changes less than "
        f"{proved.rounded.lower_bound:.10g}",
        f"protected: what stays possible of each of {record['primary']} small counts spans "
        f"{FEWEST_POSSIBLE} or more counts",
    ]
