"""Small compiled returns for tests: a few references of all authorities."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ssstats.catalogue import read_catalogue
from ssstats.returns import RETURN_COLUMNS, Returns
from ssstats.returns.exceptions import no_exceptions

PROJECT = Path(__file__).resolve().parents[1]
CATALOGUE = read_catalogue(PROJECT / "data" / "catalogue")
AUTHORITIES = list(
    CATALOGUE.areas.loc[CATALOGUE.areas["level"] == "authority"].sort_values("area")["area"]
)
WALES = "W92000004"


def returns_of(values, *, edition="2020-proposed", protection=""):
    """Compiled returns from {(period, reference): {area: number or marker}}."""
    rows = []
    for (period, reference), of_areas in values.items():
        for area, value in of_areas.items():
            number = None if isinstance(value, str) else float(value)
            rows.append(
                {
                    "edition": edition,
                    "period": period,
                    "area": area,
                    "reference": reference,
                    "breakdown": "",
                    "value": number,
                    "marker": value if isinstance(value, str) else "",
                    "flags": "",
                    "protection": protection,
                    "origin": "test",
                    "file": "test.csv",
                    "row": len(rows) + 2,
                }
            )
    frame = pd.DataFrame(rows)[list(RETURN_COLUMNS)].astype({"value": "Float64"})
    return Returns(values=frame, exceptions=no_exceptions(), files=("test.csv",))


def everywhere(number, **others):
    """The same number for every authority, but for those named by the end of their code."""
    return {area: others.get(f"a{area[-2:]}", number) for area in AUTHORITIES}
