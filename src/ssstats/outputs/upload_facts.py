"""The facts of a StatsWales upload: one row a year, area, item, group and measure.

From release tables alone; knows no file. By "Data preparation: New datasets" and "Updating
datasets", the guidance of StatsWales 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.outputs.figures import bare_texts
from ssstats.outputs.plan import Plan, Subject
from ssstats.outputs.subject_figures import SubjectFigures
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
# Texts of some facts by column, each as long as the others.
_Facts = Mapping[str, Sequence[str]]


def fact_columns(subject: Subject) -> list[str]:
    """Return the columns of a subject's data table; they are the same in every release."""
    group = ["GroupCode"] if subject.grouped else []
    return ["YearCode", "AreaCode", "ItemCode", *group, MEASURE, DATA, NOTE_CODES]


def key_columns(subject: Subject) -> list[str]:
    """Return the columns that tell one fact from another."""
    return [column for column in fact_columns(subject) if column not in (DATA, NOTE_CODES)]


def facts_of(figures: SubjectFigures, plan: Plan) -> pd.DataFrame:
    """Return the facts of a subject: text columns, `Data` blank or a plain number.

    Counts come first, then measures with their limits and bases. Wales totals carry `t`, averages
    `a`; a blank always has the code of its reason.
    """
    both = [_count_facts(figures, plan), *_measure_facts(figures, plan)]
    return pd.DataFrame(
        {
            column: [text for facts in both for text in facts[column]]
            for column in fact_columns(figures.subject)
        },
        dtype=object,
    )


def _count_facts(figures: SubjectFigures, plan: Plan) -> _Facts:
    own = figures.counts
    own = own[own["period"].le(str(figures.tables.facts["period"]))]
    if not figures.subject.grouped:
        own = own[own["breakdown"].eq("")]
    refcodes = {m.kind: m.refcode for m in plan.upload_measures if m.part == "value" and m.kind}
    divided = set(own.loc[own["breakdown"].ne(""), "reference"])
    whole = own["breakdown"].eq("")
    total = own["area"].eq(_wales(figures.catalogue)) | (whole & own["reference"].isin(divided))
    return {
        "YearCode": _year_codes(own["period"]),
        "AreaCode": own["area"].to_list(),
        "ItemCode": own["reference"].to_list(),
        "GroupCode": _coded(own["breakdown"], group_code),
        MEASURE: _coded(own["kind"], lambda kind: refcodes.get(kind, "")),
        DATA: _plain(own["value"], own["marker"].to_list()),
        NOTE_CODES: _codes(
            own["marker"].to_list(),
            own["flags"].to_list(),
            ["t" if is_total else "" for is_total in total.to_list()],
        ),
    }


def _measure_facts(figures: SubjectFigures, plan: Plan) -> Iterator[_Facts]:
    """Give the facts of each part of the measures."""
    of_subject = figures.own_estimates
    refcodes = {(m.kind, m.part): m.refcode for m in plan.upload_measures}
    for part in _PARTS:
        base = part in ("numerator", "denominator")
        # Averages of totals never have limits: they have no rows for them either.
        known = {
            kind: refcodes[key]
            for kind in of_subject["kind"].unique()
            if (key := ("" if base else kind, part)) in refcodes
        }
        own = of_subject[of_subject["kind"].isin(list(known))]
        marker = own[f"{part}_marker" if base else "marker"]
        # A value without limits has rows for them that say so.
        blank = own[part].isna() & marker.eq("")
        markers = marker.mask(blank, "x" if base else "z").to_list()
        kinds = own["kind"].to_list()
        yield {
            "YearCode": _year_codes(own["period"]),
            "AreaCode": own["area"].to_list(),
            "ItemCode": own["measure"].to_list(),
            "GroupCode": [ALL_GROUPS] * len(own),
            MEASURE: [known[kind] for kind in kinds],
            DATA: _plain(own[part], markers),
            NOTE_CODES: _codes(
                markers,
                own["flags"].to_list() if part == "value" else [""] * len(own),
                ["a" if kind == "mean" and part == "value" else "" for kind in kinds],
            ),
        }


def group_code(breakdown: str) -> str:
    """Return the code of a group of people: age-18-64-gender-female."""
    return breakdown.replace("=", "-").replace(";", "-") or ALL_GROUPS


def _wales(catalogue: Catalogue) -> str:
    areas = catalogue.areas
    return str(areas.loc[areas["level"].eq("wales"), "area"].iloc[0])


def _year_codes(periods: pd.Series) -> list[str]:
    return _coded(periods, lambda period: ReportingYear.parse(period).code)


def _coded(texts: pd.Series, code_of: Callable[[str], str]) -> list[str]:
    """Return a code for each text, found once for each different one."""
    codes = {text: code_of(text) for text in texts.unique()}
    return [codes[text] for text in texts.to_list()]


def _plain(values: pd.Series, markers: Sequence[str]) -> list[str]:
    """Return numbers without commas; blank where a marker says why."""
    return [
        "" if marker else number for number, marker in zip(bare_texts(values), markers, strict=True)
    ]


def _codes(markers: Sequence[str], flags: Sequence[str], roles: Sequence[str]) -> list[str]:
    """Return note codes joined by commas. Revisions follow a rule of their own, later."""
    keys = list(zip(markers, flags, roles, strict=True))
    said = {key: _joined(*key) for key in set(keys)}
    return [said[key] for key in keys]


def _joined(marker: str, flags: str, role: str) -> str:
    codes = [_CODES.get(marker, marker), *sorted(set(flags) - {"r"}), role]
    return ",".join(dict.fromkeys(code for code in codes if code))


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
