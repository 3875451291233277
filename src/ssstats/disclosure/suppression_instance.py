"""Protects a table in the instance format: files in, pattern and report out."""

from __future__ import annotations

import json
import math
from pathlib import Path

from ssstats.disclosure.model import read_instance, write_pattern
from ssstats.disclosure.suppression import Suppression, protect
from ssstats.disclosure.suppression_optimise import Effort
from ssstats.errors import DisclosureError, UsageError, listed

USUAL_THRESHOLD = 5
# How many secondaries the screen explains.
_SHOWN = 10


def protect_instance(
    cells: Path,
    constraints: Path,
    *,
    pattern: Path,
    report: Path | None = None,
    threshold: int = 5,
    lower_bound: int = 1,
    costs: str = "value",
    effort: Effort | None = None,
) -> Suppression:
    """Protect a table and write which cells are hidden.

    Parameters
    ----------
    cells, constraints : Path
        The table, see model.read_instance.
    pattern : Path
        Where to write cell_id,suppressed with 0 or 1 for every cell.
    report : Path, optional
        Where to write costs, bound, gap and reasons as JSON. It names cells and holds no count.
    threshold, lower_bound, costs, effort
        See suppression.protect; `lower_bound` is what intruders know of a hidden count.

    Raises
    ------
    DisclosureError
        If the files cannot be read or the table cannot be protected; nothing is written then.
    """
    check_writable(pattern, *([report] if report else []))
    model = read_instance(cells, constraints, lower_bound=lower_bound)
    result = protect(model, threshold=threshold, costs=costs, effort=effort)
    write_pattern(model, result.is_hidden, pattern)
    if report is not None:
        write_record(suppression_record(result, threshold, lower_bound), report)
    return result


def threshold_beside(cells: Path) -> int:
    """Return the threshold T that a meta.json beside the cells states, else 5.

    Raises
    ------
    DisclosureError
        If meta.json is no JSON or its T is not a whole number of 2 or more.
    """
    stated = cells.with_name("meta.json")
    if not stated.is_file():
        return USUAL_THRESHOLD
    try:
        meta = json.loads(stated.read_text(encoding="utf-8"))
    except ValueError:
        raise DisclosureError(f"{stated.name}: the file is no JSON; mend or remove it") from None
    threshold = meta.get("T", USUAL_THRESHOLD) if isinstance(meta, dict) else USUAL_THRESHOLD
    if type(threshold) is not int or threshold < 2:
        raise DisclosureError(f"{stated.name}: T is {threshold!r}; use a whole number, 2 or more")
    return threshold


def check_writable(*files: Path) -> None:
    """Stop before any work where a result could not be written.

    Raises
    ------
    UsageError
        If the folder of a file does not exist, or a folder stands in its place.
    """
    for file in files:
        if not file.parent.is_dir():
            raise UsageError(f"{file}: the folder does not exist; make it or name another file")
        if file.is_dir():
            raise UsageError(f"{file}: a folder stands there; name a file")


def suppression_record(result: Suppression, threshold: int, lower_bound: int) -> dict[str, object]:
    """Return what a reviewer needs to know of a pattern, without the count of any one cell.

    The cost is a sum of hidden counts: the record is for the statistician, not for publication.
    """
    return {
        "policy": "suppress",
        "threshold": threshold,
        "intruders_lower_bound": lower_bound,
        "cells": len(result.model),
        "relations": result.model.relations.shape[0],
        "primary": int(result.model.is_primary.sum()),
        "secondary": int(result.is_secondary.sum()),
        "cost": round(result.cost, 6),
        "lower_bound": round(result.lower_bound, 6),
        "gap": round(result.gap, 6) if math.isfinite(result.gap) else None,
        "tables_checked": len(result.remaining.witnesses),
        "protects": {cell: list(primaries) for cell, primaries in result.protects.items()},
    }


def write_record(record: dict[str, object], report: Path) -> None:
    """Write a report as JSON."""
    report.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def describe_suppression(result: Suppression, threshold: int, lower_bound: int) -> list[str]:
    """Return what a statistician reads on screen: numbers of cells, cost, bound and reasons.

    The cost of a lone secondary would be its count, so it is left out.
    """
    record = suppression_record(result, threshold, lower_bound)
    lines = [
        f"threshold {threshold}; readers know that a hidden count is {lower_bound} or more",
        f"{record['cells']} cells, {record['relations']} relations between them",
        f"{record['primary']} cells hidden as too small, {record['secondary']} for their sake",
    ]
    if record["secondary"] != 1:
        gap = "no bound was sought" if record["gap"] is None else _described_gap(result)
        lines.append(f"cost of the cells hidden for others: {result.cost:.10g} ({gap})")
    for cell, primaries in list(result.protects.items())[:_SHOWN]:
        lines.append(f"cell {cell} is hidden for the sake of cell {listed(primaries, most=6)}")
    if len(result.protects) > _SHOWN:
        lines.append(f"and {len(result.protects) - _SHOWN} more such cells; the report names all")
    lines.append(
        f"protected: the attack proved every cell; {record['tables_checked']} tables that fit "
        "what is shown were checked by addition"
    )
    return lines


def _described_gap(result: Suppression) -> str:
    if result.gap == 0:
        return "the least possible, proved"
    return f"no pattern costs less than {result.lower_bound:.10g}; gap {100 * result.gap:.1f} %"
