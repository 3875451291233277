"""Small compiled returns for tests: a few references of all authorities."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ssstats.catalogue import read_catalogue
from ssstats.disclosure.gate import pass_gate
from ssstats.disclosure.policy import Policy
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.measures import coverage_of, measure_quantities
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


def through_gate(returns: Returns, policy: Policy, *, facts: dict[str, object]) -> ReleaseTables:
    """The release tables that a policy makes of small returns: no known breaks, no checks run."""
    return pass_gate(
        measure_quantities(returns, CATALOGUE),
        policy,
        catalogue=CATALOGUE,
        coverage=coverage_of(returns, AUTHORITIES),
        exceptions=returns.exceptions,
        breaks=CATALOGUE.breaks.iloc[:0],
        checks=pd.DataFrame(columns=["period", "severity", "rules", "found"]),
        facts=facts,
    )


def everywhere(number, **others):
    """The same number for every authority, but for those named by the end of their code."""
    return {area: others.get(f"a{area[-2:]}", number) for area in AUTHORITIES}
