"""Every quantity a release may show: counts of authorities and Wales, and sums that measures need.

A quantity is one number that a reader could see: a collected metric, a breakdown of it, or a sum
such as AD/002a+AD/002b that serves a measure as numerator or denominator. Wales is the sum over
the authorities that answered; how many did is part of the quantity.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.expressions import Expression, parse_expression
from ssstats.measures.matching import matched_totals
from ssstats.measures.totals import Totals
from ssstats.returns import Returns

# One row a quantity. `kind` is count, days, wte or ages; `protected` says whether disclosure
# control applies; `follows` is the reference whose hiding hides this one; `answered` and
# `expected` count authorities and are given for Wales only.
QUANTITY_COLUMNS = (
    "edition",
    "period",
    "area",
    "reference",
    "breakdown",
    "value",
    "marker",
    "flags",
    "protection",
    "kind",
    "protected",
    "follows",
    "answered",
    "expected",
)

_GROUP = ["edition", "period", "reference", "breakdown"]
# Sums of tenths are not quite tenths in floating point; no return has as many decimals as this.
_EXACT_DECIMALS = 6


def measure_quantities(returns: Returns, catalogue: Catalogue) -> pd.DataFrame:
    """Return all quantities of the returns' periods with the columns of `QUANTITY_COLUMNS`.

    An authority that returned nothing for a collected metric has the marker x there, never 0.
    """
    given = returns.values.drop(columns=["origin", "file", "row"])
    authorities = list(catalogue.areas.loc[catalogue.areas["level"] == "authority", "area"])
    wales = str(catalogue.areas.loc[catalogue.areas["level"] == "wales", "area"].iloc[0])
    given = _with_absent(given, authorities, catalogue)
    sums = _sums_for_measures(given[given["area"] != wales], catalogue)
    by_authority = pd.concat([given[given["area"] != wales], sums], ignore_index=True)
    stated = given[given["area"] == wales]
    totals = _wales_totals(by_authority, wales, len(authorities), stated)
    matched = matched_totals(by_authority, catalogue, wales)
    parts = [part for part in (by_authority, totals, matched) if len(part)]
    quantities = pd.concat(parts, ignore_index=True)
    quantities = _with_kinds(quantities, catalogue)
    quantities["value"] = quantities["value"].astype("Float64").round(_EXACT_DECIMALS)
    return quantities[list(QUANTITY_COLUMNS)].sort_values(
        ["edition", "period", "reference", "breakdown", "area"], ignore_index=True
    )


def _with_absent(given: pd.DataFrame, authorities: list[str], catalogue: Catalogue) -> pd.DataFrame:
    """Add a row with marker x for each total that an authority did not return.

    Only for metrics that some authority returned in that year: what nobody was asked for is not
    a gap of one authority.
    """
    totals = given[given["breakdown"] == ""]
    asked = totals[["edition", "period", "reference"]].drop_duplicates()
    grid = asked.merge(pd.DataFrame({"area": authorities}), how="cross")
    known = totals[["edition", "period", "reference", "area"]]
    marked = grid.merge(known, how="left", indicator=True)
    absent = marked[marked["_merge"] == "left_only"].drop(columns="_merge")
    absent = absent.assign(breakdown="", value=pd.NA, marker="x", flags="", protection="").astype(
        {"value": "Float64"}
    )
    return pd.concat([given, absent], ignore_index=True) if len(absent) else given


def composite_expressions(catalogue: Catalogue, edition: str) -> list[Expression]:
    """Return the numerators and denominators of an edition's measures that are sums."""
    measures = catalogue.measures[catalogue.measures["edition"] == edition]
    texts = {*measures["numerator"], *measures["denominator"]} - {""}
    parsed = [parse_expression(text) for text in sorted(texts)]
    known = set(catalogue.metrics["reference"])
    return [expression for expression in parsed if str(expression) not in known]


def _sums_for_measures(authority_values: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    # A sum over values that came protected would claim a precision they do not have.
    exact = (authority_values["breakdown"] == "") & (authority_values["protection"] == "")
    rows = authority_values[exact]
    frames = []
    for edition, own in rows.groupby("edition", sort=True):
        totals = Totals.of(own)
        expressions = composite_expressions(catalogue, str(edition))
        held = [expression for expression in expressions if totals.holds(expression)]
        if held:
            frames.append(_sums(str(edition), held, totals))
    return pd.concat(frames, ignore_index=True) if frames else rows.iloc[:0]


def _sums(edition: str, expressions: list[Expression], totals: Totals) -> pd.DataFrame:
    """Return the sums at every place, one expression after the other."""
    values = np.concatenate([totals.sum_of(expression) for expression in expressions])
    outside = np.concatenate([totals.is_outside_of(expression) for expression in expressions])
    names = np.array([str(expression) for expression in expressions], dtype=object)
    missing = np.isnan(values)
    return pd.DataFrame(
        {
            "edition": edition,
            "period": np.tile(totals.periods, len(names)),
            "area": np.tile(totals.areas, len(names)),
            "reference": np.repeat(names, len(totals.periods)),
            "breakdown": "",
            "value": pd.array(values, dtype="Float64"),
            "marker": np.select([missing & outside, missing], ["z", "x"], ""),
            "flags": "",
            "protection": "",
        }
    )


def _wales_totals(
    by_authority: pd.DataFrame, wales: str, expected: int, stated: pd.DataFrame
) -> pd.DataFrame:
    """Sum the authorities that answered; keep the Wales figures that came with the returns."""
    groups = by_authority.groupby(_GROUP, sort=False)
    totals = groups["value"].agg(["sum", "count"]).reset_index()
    totals = totals.rename(columns={"sum": "value", "count": "answered"})
    apply = (by_authority["marker"] != "z").groupby([by_authority[c] for c in _GROUP], sort=False)
    totals["expected"] = apply.sum().to_numpy()
    nobody = totals["answered"] == 0
    totals["marker"] = ""
    totals.loc[nobody, "marker"] = "x"
    totals.loc[nobody & (totals["expected"] == 0), "marker"] = "z"
    totals.loc[nobody, "value"] = pd.NA
    totals["flags"] = _flags_of(by_authority["flags"], groups.ngroup(), len(totals))
    totals["area"], totals["protection"] = wales, ""
    if len(stated):
        totals = _prefer_stated(totals, stated, expected)
    return totals


def _prefer_stated(totals: pd.DataFrame, stated: pd.DataFrame, expected: int) -> pd.DataFrame:
    """Replace sums by the Wales figures of the source; never sum values that came protected."""
    kept = stated.merge(totals[[*_GROUP, "answered"]], on=_GROUP, how="left")
    # A hidden authority has answered: the source counted it in its own Wales figure.
    kept["answered"], kept["expected"] = expected, expected
    keys = pd.MultiIndex.from_frame(stated[_GROUP])
    rest = totals[~pd.MultiIndex.from_frame(totals[_GROUP]).isin(keys)]
    return pd.concat([rest, kept], ignore_index=True)


def _flags_of(flags: pd.Series, total_of: pd.Series, totals: int) -> list[str]:
    """Return the flags that any part carries: a total with a revised part is revised."""
    found: list[set[str]] = [set() for _ in range(totals)]
    flagged = flags != ""
    for total, text in zip(total_of[flagged].tolist(), flags[flagged].tolist(), strict=True):
        found[total].update(text)
    return ["".join(sorted(letters)) for letters in found]


def _with_kinds(quantities: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    facts = catalogue.metrics[["edition", "reference", "quantity", "protected", "follows"]]
    facts = facts.rename(columns={"quantity": "kind"})
    merged = quantities.merge(facts, on=["edition", "reference"], how="left")
    composite = merged["kind"].isna()
    if composite.any():
        own = catalogue.metrics[["edition", "reference", "quantity", "protected"]]
        parts = {(e, r): (kind, protected) for e, r, kind, protected in own.to_numpy()}
        pairs = merged.loc[composite, ["edition", "reference"]].drop_duplicates()
        described = pairs.assign(
            described=[_kind_of_sum(parts, *pair) for pair in pairs.itertuples(index=False)]
        )
        found = merged.loc[composite, ["edition", "reference"]].merge(described, how="left")
        merged.loc[composite, "kind"] = [kind for kind, _ in found["described"]]
        merged.loc[composite, "protected"] = [protected for _, protected in found["described"]]
        merged.loc[composite, "follows"] = ""
    merged["answered"] = merged["answered"].astype("Int64")
    merged["expected"] = merged["expected"].astype("Int64")
    return merged


def _kind_of_sum(
    metrics: dict[tuple[str, str], tuple[str, str]], edition: str, reference: str
) -> tuple[str, str]:
    """Return the kind of a sum and whether it is protected: as its most sensitive part."""
    parts = [metrics[(edition, part)] for part in parse_expression(reference).references]
    kinds = {kind for kind, _ in parts}
    kind = next(known for known in ("wte", "days", "ages", "count") if known in kinds)
    return kind, "yes" if any(protected == "yes" for _, protected in parts) else "no"
