"""Small releases through the gate: a few references of the first authorities and of Wales."""

from __future__ import annotations

import pandas as pd
from small_returns import AUTHORITIES, CATALOGUE, PROJECT, WALES

from ssstats.disclosure.gate import pass_gate
from ssstats.disclosure.policy import read_policy

ROUND, SUPPRESS = (
    read_policy(name, PROJECT / "data" / "policy") for name in ("round-5", "suppress")
)
YEAR = "2024-25"
# AD/025 is said to be at most AD/024.
DUE, REVIEWED = "AD/024", "AD/025"
KEY = ["area", "reference"]


def quantities(counts):
    """Quantities of {reference: counts of the first authorities} and their Wales totals."""
    rows = []
    for reference, values in counts.items():
        areas = [*AUTHORITIES[: len(values)], WALES]
        for area, value in zip(areas, [*values, sum(values)], strict=True):
            rows.append(
                {
                    "edition": "2020-proposed",
                    "period": YEAR,
                    "area": area,
                    "reference": reference,
                    "breakdown": "",
                    "value": value,
                    "marker": "",
                    "flags": "",
                    "protection": "",
                    "kind": "count",
                    "protected": "yes",
                    "follows": "",
                    "answered": len(values) if area == WALES else pd.NA,
                    "expected": len(values) if area == WALES else pd.NA,
                }
            )
    frame = pd.DataFrame(rows)
    return frame.astype({"value": "Float64", "answered": "Int64", "expected": "Int64"})


def released(counts, *, order=None, policy=ROUND, earlier=()):
    frame = quantities(counts)
    if order is not None:
        frame = frame.iloc[order].reset_index(drop=True)
    none = pd.DataFrame(
        columns=["edition", "period", "area", "reference", "decision", "decided_on"]
    )
    return pass_gate(
        frame,
        policy,
        catalogue=CATALOGUE,
        coverage=pd.DataFrame(columns=["edition", "period", "reference", "absent"], dtype=str),
        exceptions=none,
        breaks=CATALOGUE.breaks.iloc[:0],
        checks=pd.DataFrame(columns=["period", "found"]),
        facts={"period": YEAR},
        earlier=earlier,
    )
