"""Protects a table in the instance format: files in, pattern and report out."""

from __future__ import annotations

import json
import math
from pathlib import Path

from ssstats.disclosure.model import read_instance, write_pattern
from ssstats.disclosure.suppression import Suppression, protect
from ssstats.disclosure.suppression_optimise import Effort


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
    model = read_instance(cells, constraints, lower_bound=lower_bound)
    result = protect(model, threshold=threshold, costs=costs, effort=effort)
    write_pattern(model, result.is_hidden, pattern)
    if report is not None:
        text = json.dumps(suppression_record(result, threshold), indent=1, ensure_ascii=False)
        report.write_text(text + "\n", encoding="utf-8")
    return result


def suppression_record(result: Suppression, threshold: int) -> dict[str, object]:
    """Return what a reviewer needs to know of a pattern, without any count of a cell."""
    return {
        "threshold": threshold,
        "cells": len(result.model),
        "primary": int(result.model.is_primary.sum()),
        "secondary": int(result.is_secondary.sum()),
        "cost": round(result.cost, 6),
        "lower_bound": round(result.lower_bound, 6),
        "gap": round(result.gap, 6) if math.isfinite(result.gap) else None,
        "tables_checked": len(result.remaining.witnesses),
        "protects": {cell: list(primaries) for cell, primaries in result.protects.items()},
    }
