"""A small release made by hand: a few metrics, all areas, two years, no returns and no gate."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.chapters import Release
from ssstats.chapters.release import HANDWRITTEN_COLUMNS
from ssstats.disclosure.release_tables import (
    COUNT_COLUMNS,
    ReleaseTables,
    no_local_counts,
    write_csv,
    write_release_tables,
)
from ssstats.estimates import estimate_measures
from ssstats.outputs import write_outputs
from ssstats.periods import ReportingYear
from ssstats.project import find_project
from ssstats.words import Words, read_words

PROJECT = find_project(Path(__file__).parent)
WALES = "W92000004"
POWYS = "W06000023"
PERIODS = ("2023-24", "2024-25")
# Value in Wales; authorities hold a share of it by their place.
COUNTED = {"AD/001": 44000, "AD/002a": 22000, "AD/002b": 11000, "AD/003": 22000, "CH/041": 6600,
           "CA/001": 2200, "AD/002a + AD/002b": 33000, "WF/001": 8800, "AD/021a": 5500}  # fmt: skip
GROUPS = ("age=18-64;gender=female", "age=18-64;gender=male")
FACTS = {
    "period": "2024-25",
    "periods": list(PERIODS),
    "editions": ["2020-proposed"],
    "origins": ["synthetic"],
    "synthetic": True,
    "protected_at_source": False,
    "version": "0.1.0",
    "policy": {
        "base": 5, "confidence": 0.95, "decimal_from": 100, "fewest_events": 20, "marker": "c",
        "name": "round-5", "public": True, "rates_from": "published", "smallest_denominator": 10,
        "threshold": 5, "widest_limits": 30.0, "zero": "shown",
        "titles": {"en": "Counts rounded to the nearest 5", "cy": "Cyfrifon wedi'u talgrynnu"},
    },
}  # fmt: skip


def catalogue() -> Catalogue:
    return read_catalogue(PROJECT.catalogue)


def words(language: str = "en") -> Words:
    return read_words(PROJECT.catalogue, language)


def count_row(reference, period, area, value, *, breakdown="", marker="", flags=""):
    hidden = bool(marker)
    answered = 22 if area == WALES else None
    return dict(
        zip(
            COUNT_COLUMNS,
            ("2020-proposed", period, area, reference, breakdown, None if hidden else value, marker,
             "under threshold" if hidden else "rounded", flags, 1 if hidden else value - 2,
             4 if hidden else value + 2, answered, answered, "count"),
            strict=True,
        )
    )  # fmt: skip


def counts_frame(areas: list[str]) -> pd.DataFrame:
    rows = []
    for period in PERIODS:
        for reference, total in COUNTED.items():
            for place, area in enumerate(areas):
                value = total if area == WALES else 5 * (total // 110 + place)
                hidden = reference == "CA/001" and area == POWYS
                flags = "b" if (reference, period) == ("AD/001", "2024-25") else ""
                rows.append(
                    count_row(reference, period, area, value, marker="c" if hidden else "",
                              flags=flags)
                )  # fmt: skip
        for group in GROUPS:
            rows += [
                count_row("AD/021a", period, area, 50, breakdown=group,
                          marker="c" if area == POWYS else "")
                for area in areas
            ]  # fmt: skip
    frame = pd.DataFrame(rows)
    numbers = {"value": "Float64", "lowest": "Float64", "highest": "Float64"}
    return frame.astype({**numbers, "answered": "Int64", "expected": "Int64"})


def small_tables(own: Catalogue, **facts: object) -> ReleaseTables:
    areas = list(own.areas.sort_values("display_order")["area"])
    coverage = pd.DataFrame(
        [("2020-proposed", period, reference, 22, 22, "")
         for period in PERIODS for reference in COUNTED],
        columns=["edition", "period", "reference", "answered", "expected", "absent"],
    )  # fmt: skip
    exceptions = pd.DataFrame(
        [("2020-proposed", "2024-25", POWYS, "CH/041", "accepted", "2025-06-03")],
        columns=["edition", "period", "area", "reference", "decision", "decided_on"],
    )
    checks = pd.DataFrame(
        [("2024-25", "error", 143, 0)], columns=["period", "severity", "rules", "found"]
    )
    return ReleaseTables(
        counts=counts_frame(areas),
        coverage=coverage,
        exceptions=exceptions,
        breaks=own.breaks.head(2),
        checks=checks,
        broken=pd.DataFrame(columns=["edition", "rule", "period", "area", "left_is"], dtype="str"),
        local=no_local_counts(),
        facts={**FACTS, **facts},
    )


def write_small_data(tables: ReleaseTables, estimates: pd.DataFrame, stage: Path) -> None:
    """Write what stands in a release's data folder before its outputs are written."""
    write_release_tables(tables, stage / "data")
    write_csv(estimates, stage / "data" / "measures.csv")


_WRITTEN: list[Path] = []


def written_once(tmp_path_factory) -> Path:
    """Return the folder of a small release with all its outputs; nobody may change it."""
    if not _WRITTEN:
        _WRITTEN.append(_write(tmp_path_factory.mktemp("small") / "2024-25"))
    return _WRITTEN[0]


def _write(stage: Path) -> Path:
    own = catalogue()
    tables = small_tables(own)
    estimates = small_estimates(tables, own)
    write_small_data(tables, estimates, stage)
    write_outputs(tables, estimates, own, {"en": words()}, stage)
    return stage


def small_estimates(tables: ReleaseTables, own: Catalogue) -> pd.DataFrame:
    return estimate_measures(tables, own)


def write_small_pages(stage: Path, cells: dict[str, str]) -> None:
    """Write a page and its executed notebook, each with one table of Wales by year."""
    site, notebooks = stage / "site" / "en", stage / "notebooks" / "en"
    site.mkdir(parents=True)
    notebooks.mkdir(parents=True)
    header = ("Metric", "Reference", *cells)
    row = ("Contacts", "AD/001", *cells.values())
    html = "".join(f"<th>{text}</th>" for text in header)
    body = "".join(f"<td>{text}</td>" for text in row)
    (site / "adults.html").write_text(
        f'<html><body><div id="tbl-adults-1-counts"><table><tr>{html}</tr><tr>{body}</tr></table>'
        "</div></body></html>",
        encoding="utf-8",
    )
    markdown = "\n".join(
        ["::: {#tbl-adults-1-counts}", "", "| " + " | ".join(header) + " |", "|---|---|--:|--:|",
         "| " + " | ".join(row) + " |", "", "Contacts", "", ":::"]
    )  # fmt: skip
    cell = {"cell_type": "code", "outputs": [{"data": {"text/markdown": markdown}}]}
    (notebooks / "adults.ipynb").write_text(json.dumps({"cells": [cell]}), encoding="utf-8")


SENTENCE = {
    "sentence": "adults-points-AD-02", "chapter": "adults", "place": "points", "position": "1",
    "area": WALES, "item": "AD-02", "periods": "2023-24;2024-25",
    "text_en": "50.0% of contacts had a decision.", "text_cy": "Roedd penderfyniad.",
}  # fmt: skip


def opened_small(language: str = "en") -> Release:
    """Return the small release as chapters see it, with one sentence about a measure."""
    own = catalogue()
    tables = small_tables(own)
    nothing = pd.DataFrame()
    said = pd.DataFrame([SENTENCE])
    return Release(
        tables=tables, estimates=small_estimates(tables, own), changes=nothing, signals=nothing,
        commentary=said,
        handwritten=pd.DataFrame(columns=list(HANDWRITTEN_COLUMNS)), catalogue=own,
        words=words(language),
        period=ReportingYear.parse("2024-25"),
    )  # fmt: skip
