"""Protects any table in one CSV: the table in, the protected table and a report out."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from ssstats.disclosure.margins import Margins, cell_id, read_margins
from ssstats.disclosure.model import Flags
from ssstats.disclosure.rounding_instance import ProvedRounding, round_proved, rounding_record
from ssstats.disclosure.suppression import Suppression, protect
from ssstats.disclosure.suppression_instance import (
    check_writable,
    suppression_record,
    write_record,
)
from ssstats.disclosure.suppression_optimise import Effort

HIDDEN = "[c]"


def protect_table(
    table: Path,
    *,
    dimensions: Sequence[str],
    measure: str,
    out: Path,
    report: Path | None = None,
    hierarchies: Sequence[tuple[str, Path]] = (),
    threshold: int = 5,
    lower_bound: int = 1,
    costs: str = "value",
    effort: Effort | None = None,
) -> Suppression:
    """Protect a table and write it with [c] for every hidden count.

    Parameters
    ----------
    table : Path
        CSV with a row for each cell, zeros included.
    dimensions, measure : names of columns
        What breaks the counts down, and the counts.
    out, report : Path
        Where to write the protected table, and what a reviewer needs to know as JSON.
    hierarchies, threshold, lower_bound
        See margins.read_margins.
    costs, effort
        See suppression.protect.

    Raises
    ------
    DisclosureError
        If the table is incomplete, does not add up or cannot be protected; nothing is written.
    """
    check_writable(out, *([report] if report else []))
    margins = read_margins(
        table,
        dimensions=dimensions,
        measure=measure,
        hierarchies=hierarchies,
        threshold=threshold,
        lower_bound=lower_bound,
    )
    result = protect(margins.model, threshold=threshold, costs=costs, effort=effort)
    _write(margins, _with_markers(margins, result.is_hidden), out)
    if report is not None:
        write_record(suppression_record(result, threshold, lower_bound), report)
    return result


def round_table(
    table: Path,
    *,
    dimensions: Sequence[str],
    measure: str,
    out: Path,
    report: Path | None = None,
    hierarchies: Sequence[tuple[str, Path]] = (),
    threshold: int = 5,
    base: int = 5,
) -> ProvedRounding:
    """Round a table so that it still adds up, and write it; see protect_table for the parameters.

    Raises
    ------
    DisclosureError
        If the table is incomplete, does not add up, or rounding does not protect it.
    """
    check_writable(out, *([report] if report else []))
    margins = read_margins(
        table,
        dimensions=dimensions,
        measure=measure,
        hierarchies=hierarchies,
        threshold=threshold,
    )
    proved = round_proved(margins.model, base)
    counts = zip(margins.model.cell_ids, proved.rounded.counts, strict=True)
    _write(margins, {cell: str(count) for cell, count in counts}, out)
    if report is not None:
        write_record(rounding_record(proved), report)
    return proved


def _with_markers(margins: Margins, is_hidden: Flags) -> Mapping[str, str]:
    model = margins.model
    cells = zip(model.cell_ids, model.values, is_hidden, strict=True)
    return {cell: HIDDEN if hidden else str(count) for cell, count, hidden in cells}


def _write(margins: Margins, shown: Mapping[str, str], out: Path) -> None:
    """Write the table with its totals as they are shown."""
    with out.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle, lineterminator="\n")
        rows.writerow([*margins.dimensions, margins.measure])
        rows.writerows([*codes, shown[cell_id(codes)]] for codes in margins.rows)
