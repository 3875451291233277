"""Rules on age and gender detail: the parts of a total."""

from __future__ import annotations

from ssstats.checks.checked import PLACE, Checked
from ssstats.checks.results import Found


def check_breakdown_sums(checked: Checked) -> list[Found]:
    """The parts by one dimension, or by several crossed, do not add up to the total."""
    if not (checked.values["breakdown"] != "").any():
        return []
    parts = checked.parts
    parts = parts[parts["total"].notna()]
    groups = parts.groupby([*PLACE, "dimensions"], sort=True)
    sums = groups.agg(
        parts=("value", "sum"),
        given=("value", "count"),
        all=("value", "size"),
        total=("total", "first"),
    )
    gap = sums["parts"] - sums["total"]
    broken = sums[(gap > 0) | ((gap < 0) & (sums["given"] == sums["all"]))]
    return [
        Found(
            place[0],
            place[1],
            place[2],
            place[3],
            f"by {place[4]} the parts add up to {row.parts:.15g}, the total is {row.total:.15g}",
        )
        for place, row in zip(broken.index, broken.itertuples(), strict=True)
    ]


def check_breakdown_without_total(checked: Checked) -> list[Found]:
    """Parts were returned and their total was not."""
    if not (checked.values["breakdown"] != "").any():
        return []
    parts = checked.parts
    alone = parts[parts["total"].isna() & parts["value"].notna()]
    places = alone[PLACE].drop_duplicates()
    return [
        Found(p.edition, p.period, p.area, p.reference, "parts without a total")
        for p in places.itertuples()
    ]
