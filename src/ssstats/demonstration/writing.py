"""Writes the synthetic compiled returns, one file a reporting year, and the recorded exceptions."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.demonstration.breakdowns import draw_breakdowns
from ssstats.demonstration.faults import plant_faults, references_of
from ssstats.demonstration.inputs import Inputs, read_inputs
from ssstats.demonstration.years import draw_years

COLUMNS = (
    "edition",
    "period",
    "area",
    "area_name",
    "reference",
    "breakdown",
    "value",
    "marker",
    "flags",
    "origin",
    "note",
)
_ORIGIN = "synthetic"


def write_demonstration(
    catalogue: Catalogue, folder: Path, *, inputs: Path, seed: int = 2025
) -> list[Path]:
    """Write the synthetic returns into `folder` and return the files written.

    Parameters
    ----------
    catalogue : Catalogue
        Its areas, metrics and populations are used.
    folder : Path
        Where synthetic-returns-<period>.csv, synthetic-exceptions.csv and
        synthetic-own-metrics.csv are written.
    inputs : Path
        The folder of the tables that `read_inputs` reads.
    seed : int
        The same seed gives the same bytes.

    Raises
    ------
    CatalogueError
        If an input does not fit the catalogue.
    """
    tables = read_inputs(inputs, catalogue)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for edition in sorted(tables.calibration):
        drawn = draw_years(catalogue, tables, edition, seed=seed)
        own = tables.faults[tables.faults["edition"] == edition]
        for period, values in plant_faults(drawn, own, catalogue.metrics).items():
            path = folder / f"synthetic-returns-{period}.csv"
            broken_down = draw_breakdowns(tables.breakdowns, edition, period, values, seed=seed)
            rows = _rows(catalogue, tables, edition, values, broken_down, period=period)
            _write_rows(path, rows)
            written.append(path)
    path = folder / "synthetic-exceptions.csv"
    _write_rows(path, [list(tables.exceptions.columns), *tables.exceptions.to_numpy().tolist()])
    own = folder / "synthetic-own-metrics.csv"
    _write_rows(own, [list(COLUMNS), *tables.own_metrics[list(COLUMNS)].to_numpy().tolist()])
    return [*written, path, own]


def _rows(
    catalogue: Catalogue,
    tables: Inputs,
    edition: str,
    values: pd.DataFrame,
    breakdowns: dict[str, pd.DataFrame],
    *,
    period: str,
) -> list[list[str]]:
    """Return the header, and a row for each authority, collected metric and breakdown of it."""
    metrics = catalogue.metrics
    collected = metrics[(metrics["edition"] == edition) & (metrics["collected"] == "yes")]
    decimals = (collected["quantity"] == "wte").astype(int)
    names = dict(zip(catalogue.areas["area"], catalogue.areas["name_en"], strict=True))
    remarks = _remarks_by_cell(tables.remarks, metrics, edition, period, list(values.index))
    rows = [list(COLUMNS)]
    given = values[list(collected["reference"])].to_numpy()
    for area, numbers in zip(map(str, values.index), given, strict=True):
        for reference, places, number in zip(
            collected["reference"], decimals, numbers, strict=True
        ):
            marker, flags, note = remarks.get((area, reference), ("", "", ""))
            place = [edition, period, area, names[area], reference]
            value = "" if marker else f"{number:.{places}f}"
            rows.append([*place, "", value, marker, flags, _ORIGIN, note])
            if reference in breakdowns and not marker:
                counts = breakdowns[reference].loc[area]
                rows += [[*place, str(b), str(n), "", "", _ORIGIN, ""] for b, n in counts.items()]
    return rows


def _remarks_by_cell(
    remarks: pd.DataFrame, metrics: pd.DataFrame, edition: str, period: str, areas: list[str]
) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Return marker, flags and note of each remarked cell; a blank area means all."""
    here = (remarks["edition"] == edition) & remarks["period"].isin(["", period])
    found = {}
    for _, row in remarks[here].iterrows():
        for area in [row["area"]] if row["area"] else areas:
            for reference in references_of(row, metrics):
                found[(area, reference)] = (row["marker"], row["flag"], row["note"])
    return found


def _write_rows(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows(rows)
