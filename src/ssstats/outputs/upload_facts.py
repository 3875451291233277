"""The facts of a StatsWales upload: one row a year, area, item, group and measure.

From release tables alone; knows no file. By "Data preparation: New datasets" and "Updating
datasets", the guidance of StatsWales 3.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.matched import PREFIX
from ssstats.outputs.labels import own_measures, own_metrics
from ssstats.outputs.plan import Plan, Subject
from ssstats.periods import ReportingYear

DATA = "Data"
NOTE_CODES = "NoteCodes"
MEASURE = "Measure"
ALL_GROUPS = "all"
# How our markers are called there; the others have the same code in both.
_CODES = {"low": "k"}
_PARTS = ("value", "lower", "upper", "numerator", "denominator")
# A value of either code is not final: the next upload may finalise it without revising it.
_NOT_FINAL = {"p", "f"}


def fact_columns(subject: Subject) -> list[str]:
    """Return the columns of a subject's data table; they are the same in every release."""
    group = ["GroupCode"] if subject.grouped else []
    return ["YearCode", "AreaCode", "ItemCode", *group, MEASURE, DATA, NOTE_CODES]


def key_columns(subject: Subject) -> list[str]:
    """Return the columns that tell one fact from another."""
    return [column for column in fact_columns(subject) if column not in (DATA, NOTE_CODES)]


def facts_of(
    subject: Subject,
    plan: Plan,
    tables: ReleaseTables,
    estimates: pd.DataFrame,
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Return the facts of a subject: text columns, `Data` blank or a plain number.

    Counts come first, then measures with their limits and bases. Wales totals carry `t`, averages
    `a`; a blank always has the code of its reason.
    """
    both = [
        _count_facts(subject, plan, tables, catalogue),
        _measure_facts(subject, plan, estimates, catalogue),
    ]
    facts = pd.concat(both, ignore_index=True)
    return facts[fact_columns(subject)]


def _count_facts(
    subject: Subject, plan: Plan, tables: ReleaseTables, catalogue: Catalogue
) -> pd.DataFrame:
    metrics = own_metrics(catalogue, subject)
    counts = tables.counts
    own = counts[
        counts["edition"].eq(subject.edition)
        & counts["period"].le(str(tables.facts["period"]))
        & counts["reference"].isin(metrics["reference"])
        & ~counts["breakdown"].str.startswith(PREFIX)
    ]
    if not subject.grouped:
        own = own[own["breakdown"].eq("")]
    refcodes = {m.kind: m.refcode for m in plan.upload_measures if m.part == "value" and m.kind}
    divided = set(own.loc[own["breakdown"].ne(""), "reference"])
    whole = own["breakdown"].eq("")
    total = own["area"].eq(_wales(catalogue)) | (whole & own["reference"].isin(divided))
    return pd.DataFrame(
        {
            "YearCode": _year_codes(own["period"]),
            "AreaCode": own["area"],
            "ItemCode": own["reference"],
            "GroupCode": own["breakdown"].map(group_code),
            MEASURE: own["kind"].map(refcodes),
            DATA: _plain(own["value"], own["marker"]),
            NOTE_CODES: _codes(own["marker"], own["flags"], np.where(total, "t", "")),
        }
    )


def _measure_facts(
    subject: Subject, plan: Plan, estimates: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    measures = own_measures(catalogue, subject)["measure"]
    of_subject = estimates[estimates["measure"].isin(measures)]
    refcodes = {(m.kind, m.part): m.refcode for m in plan.upload_measures}
    parts = []
    for part in _PARTS:
        base = part in ("numerator", "denominator")
        # Averages of totals never have limits: they have no rows for them either.
        known = [("" if base else kind, part) in refcodes for kind in of_subject["kind"]]
        own = of_subject[np.array(known, dtype=bool)]
        marker = own[f"{part}_marker"] if base else own["marker"]
        # A value without limits has rows for them that say so.
        blank = own[part].isna() & marker.eq("")
        marker = marker.mask(blank, "x" if base else "z")
        average = own["kind"].eq("mean") & (part == "value")
        flags = own["flags"] if part == "value" else pd.Series("", index=own.index)
        parts.append(
            pd.DataFrame(
                {
                    "YearCode": _year_codes(own["period"]),
                    "AreaCode": own["area"],
                    "ItemCode": own["measure"],
                    "GroupCode": ALL_GROUPS,
                    MEASURE: [refcodes["" if base else kind, part] for kind in own["kind"]],
                    DATA: _plain(own[part], marker),
                    NOTE_CODES: _codes(marker, flags, np.where(average, "a", "")),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def group_code(breakdown: str) -> str:
    """Return the code of a group of people: age-18-64-gender-female."""
    return breakdown.replace("=", "-").replace(";", "-") or ALL_GROUPS


def _wales(catalogue: Catalogue) -> str:
    areas = catalogue.areas
    return str(areas.loc[areas["level"].eq("wales"), "area"].iloc[0])


def _year_codes(periods: pd.Series) -> pd.Series:
    codes = {period: ReportingYear.parse(period).code for period in periods.unique()}
    return periods.map(codes)


def _plain(values: pd.Series, markers: pd.Series) -> list[str]:
    """Return numbers without commas; blank where a marker says why."""
    numbers = values.to_numpy(dtype=float, na_value=np.nan).tolist()
    return [
        "" if marker or number != number else _bare(number)
        for number, marker in zip(numbers, markers.to_list(), strict=True)
    ]


def _bare(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _codes(markers: pd.Series, flags: pd.Series, roles: np.ndarray) -> list[str]:
    """Return note codes joined by commas. Revisions follow a rule of their own, later."""
    said: dict[tuple[str, str, str], str] = {}
    joined = []
    for key in zip(markers.to_list(), flags.to_list(), roles.tolist(), strict=True):
        if key not in said:
            marker, flag, role = key
            codes = [_CODES.get(marker, marker), *sorted(set(flag) - {"r"}), role]
            said[key] = ",".join(dict.fromkeys(code for code in codes if code))
        joined.append(said[key])
    return joined


def revise(facts: pd.DataFrame, last: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the facts with `r` where they differ from the last upload.

    A value that was provisional or forecast and no longer is has been finalised, not revised. A
    fact revised before stays marked. A fact that is gone comes back as a blank with `x,r`: rows
    of an upload are never deleted.
    """
    known = last[[*keys, DATA, NOTE_CODES]].rename(
        columns={DATA: "last_data", NOTE_CODES: "last_codes"}
    )
    merged = facts.merge(known, on=keys, how="outer", indicator=True, sort=False)
    gone = merged["_merge"].eq("right_only")
    merged[DATA] = merged[DATA].mask(gone, "")
    merged[NOTE_CODES] = merged[NOTE_CODES].mask(gone, "x")
    held = merged["_merge"].ne("left_only")
    codes = [
        _revised(data, codes, last_data, last_codes) if was else codes
        for data, codes, last_data, last_codes, was in zip(
            merged[DATA], merged[NOTE_CODES], merged["last_data"], merged["last_codes"], held,
            strict=True,
        )
    ]  # fmt: skip
    revised = merged.assign(**{NOTE_CODES: codes})
    order = {key: place for place, key in enumerate(facts[keys].itertuples(index=False, name=None))}
    places = [
        order.get(key, len(order)) for key in revised[keys].itertuples(index=False, name=None)
    ]
    revised = revised.iloc[np.argsort(places, kind="stable")]
    return revised[list(facts.columns)].reset_index(drop=True)


def _revised(data: str, codes: str, last_data: str, last_codes: str) -> str:
    now, before = split_codes(codes), split_codes(last_codes)
    finalised = bool(before & _NOT_FINAL) and not now & _NOT_FINAL
    changed = not same_number(data, last_data)
    if (changed and not finalised) or ("r" in before and not finalised):
        return ",".join([code for code in codes.split(",") if code and code != "r"] + ["r"])
    return codes


def split_codes(text: str) -> set[str]:
    """Return the note codes of a cell, lower-case."""
    return {code.strip().lower() for code in text.split(",") if code.strip()}


def same_number(one: str, other: str) -> bool:
    """Return whether two cells hold the same number, or are both blank."""
    if not one or not other:
        return one == other
    return float(one) == float(other)
