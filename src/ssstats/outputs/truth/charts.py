"""Reads the data of charts back: the CSV file beside each drawing.

A chart's data are a table like those of pages, named by the caption of the chart.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from ssstats.outputs.truth.pages import ReadTable

_MARKER = "marker"
_FOLDER = "charts"


def chart_data(site: Path, captions: Mapping[str, str]) -> Iterator[ReadTable]:
    """Give the data of each chart as a table with the marker where a value is not shown.

    Parameters
    ----------
    site : Path
        The site of one language.
    captions : mapping of str to str
        Captions of the charts of its pages by their names.
    """
    for path in sorted((site / _FOLDER).glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
        yield ReadTable(
            path.stem,
            captions.get(path.stem, ""),
            [_filled(header, header), *(_filled(header, row) for row in rows)],
        )


def _filled(header: list[str], row: list[str]) -> list[str]:
    """Return a row without its marker, which stands in place of what is not shown."""
    if _MARKER not in header:
        return row
    at = header.index(_MARKER)
    marker = f"[{row[at]}]" if row[at] and row is not header else ""
    return [text or marker for place, text in enumerate(row) if place != at]
