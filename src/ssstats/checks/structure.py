"""Rules of structure: what is there, in which edition, in which form."""

from __future__ import annotations

import pandas as pd

from ssstats.catalogue import Catalogue


def check_structure_absent_sections(
    values: pd.DataFrame, catalogue: Catalogue
) -> list[tuple[str, ...]]:
    """An authority returned nothing for a whole section that others returned."""
    metrics = catalogue.metrics[["edition", "reference", "domain", "section", "section_order"]]
    totals = values[values["breakdown"] == ""].merge(metrics, on=["edition", "reference"])
    group = ["edition", "period", "domain", "section_order", "section"]
    given = totals[totals["marker"] != "x"]
    answered = given.groupby(group)["area"].agg(set)
    areas = set(catalogue.areas.loc[catalogue.areas["level"] == "authority", "area"])
    rows = []
    for (edition, period, domain, order, section), here in answered.items():
        for area in sorted(areas - here):
            rows.append(
                (
                    "check_structure_absent_sections",
                    "warning",
                    edition,
                    period,
                    area,
                    f"{domain} {order}",
                    f"nothing returned for {section}",
                    "Wales leaves the authority out; its figures are shown as [x].",
                    "Send the section, or record an exception.",
                )
            )
    return rows


def check_structure_edition_of_year(
    values: pd.DataFrame, catalogue: Catalogue
) -> list[tuple[str, ...]]:
    """A value stands in a year in which its edition was not in force."""
    editions = catalogue.editions.set_index("edition")
    keys = values[["edition", "period"]].drop_duplicates()
    rows = []
    for edition, period in keys.itertuples(index=False):
        first, last = editions.loc[edition, "first_period"], editions.loc[edition, "last_period"]
        if period < first or (last and period > last):
            rows.append(
                (
                    "check_structure_edition_of_year",
                    "warning",
                    edition,
                    period,
                    "",
                    "",
                    f"edition {edition} in {period}",
                    f"The edition is in force from {first} to {last or 'now'}.",
                    "Use the edition of that year.",
                )
            )
    return rows


def check_structure_fractions(values: pd.DataFrame, catalogue: Catalogue) -> list[tuple[str, ...]]:
    """A count of people or events is no whole number."""
    metrics = catalogue.metrics[["edition", "reference", "quantity"]]
    counted = values.merge(metrics, on=["edition", "reference"])
    counted = counted[counted["quantity"] != "wte"]
    number = counted["value"].fillna(0)
    broken = counted[(number % 1) != 0]
    return [
        (
            "check_structure_fractions",
            "warning",
            row.edition,
            row.period,
            row.area,
            row.reference,
            f"{row.value:g}",
            "Counts are whole numbers.",
            "Correct the value.",
        )
        for row in broken.itertuples()
    ]
