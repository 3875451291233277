"""Protects any table in one CSV: the table in, the protected table and a report out."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Required, TypedDict, Unpack

from ssstats.disclosure.margins import Margins, cell_id, read_margins
from ssstats.disclosure.model import Flags
from ssstats.disclosure.rounding_instance import ProvedRounding, round_proved, rounding_record
from ssstats.disclosure.suppression import Suppression, protect
from ssstats.disclosure.suppression_instance import (
    USUAL_THRESHOLD,
    check_writable,
    suppression_record,
    write_record,
)
from ssstats.disclosure.suppression_optimise import Effort

HIDDEN = "[c]"


class Described(TypedDict, total=False):
    """What a table needs to be read, as `margins.read_margins` explains it."""

    dimensions: Required[Sequence[str]]
    measure: Required[str]
    hierarchies: Sequence[tuple[str, Path]]
    threshold: int


def protect_table(
    table: Path,
    *,
    out: Path,
    report: Path | None = None,
    lower_bound: int = 1,
    costs: str = "value",
    effort: Effort | None = None,
    **described: Unpack[Described],
) -> Suppression:
    """Protect a table and write it with [c] for every hidden count.

    Parameters
    ----------
    table : Path
        CSV with a row for each cell, zeros included.
    out, report : Path
        Where to write the protected table, and what a reviewer needs to know as JSON.
    costs, effort
        See suppression.protect.
    dimensions, measure, hierarchies, threshold, lower_bound
        See margins.read_margins.

    Raises
    ------
    DisclosureError
        If the table is incomplete, does not add up or cannot be protected; nothing is written.
    """
    check_writable(out, *([report] if report else []))
    margins = read_margins(table, lower_bound=lower_bound, **described)
    threshold = described.get("threshold", USUAL_THRESHOLD)
    result = protect(margins.model, threshold=threshold, costs=costs, effort=effort)
    record = suppression_record(result, threshold, lower_bound)
    _write(margins, _with_markers(margins, result.is_hidden), out, record, report)
    return result


def round_table(
    table: Path,
    *,
    out: Path,
    report: Path | None = None,
    base: int = 5,
    **described: Unpack[Described],
) -> ProvedRounding:
    """Round a table so that it still adds up, and write it; see protect_table for the parameters.

    Raises
    ------
    DisclosureError
        If the table is incomplete, does not add up, or rounding does not protect it.
    """
    check_writable(out, *([report] if report else []))
    margins = read_margins(table, **described)
    proved = round_proved(margins.model, base)
    counts = zip(margins.model.cell_ids, proved.rounded.counts, strict=True)
    shown = {cell: str(count) for cell, count in counts}
    _write(margins, shown, out, rounding_record(proved), report)
    return proved


def _with_markers(margins: Margins, is_hidden: Flags) -> Mapping[str, str]:
    model = margins.model
    cells = zip(model.cell_ids, model.values, is_hidden, strict=True)
    return {cell: HIDDEN if hidden else str(count) for cell, count, hidden in cells}


def _write(
    margins: Margins,
    shown: Mapping[str, str],
    out: Path,
    record: dict[str, object],
    report: Path | None,
) -> None:
    """Write the table with its totals as they are shown, and the report where one is wanted."""
    with out.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle, lineterminator="\n")
        rows.writerow([*margins.dimensions, margins.measure])
        rows.writerows([*codes, shown[cell_id(codes)]] for codes in margins.rows)
    if report is not None:
        write_record(record, report)
