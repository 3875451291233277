"""The facts of a StatsWales upload: one row a year, area, item, group and measure.

From release tables alone; knows no file. By "Data preparation: New datasets" and "Updating
datasets", the guidance of StatsWales 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
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
Texts = npt.NDArray[np.object_]
# Texts of some facts by column, each as long as the others.
_Facts = Mapping[str, Texts]


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
            column: np.concatenate([facts[column] for facts in both])
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
        "YearCode": _coded(own["period"], _year_code),
        "AreaCode": own["area"].to_numpy(),
        "ItemCode": own["reference"].to_numpy(),
        "GroupCode": _coded(own["breakdown"], group_code),
        MEASURE: _coded(own["kind"], lambda kind: refcodes.get(kind, "")),
        DATA: _plain(own["value"], own["marker"].to_numpy()),
        NOTE_CODES: _codes(
            own["marker"].to_numpy(), own["flags"].to_numpy(), total.to_numpy(), "t"
        ),
    }


def _measure_facts(figures: SubjectFigures, plan: Plan) -> Iterator[_Facts]:
    """Give the facts of each part of the measures."""
    of_subject = figures.own_estimates
    of_subject = of_subject.assign(year=_coded(of_subject["period"], _year_code), no_flags="")
    kinds = of_subject["kind"].unique().tolist()
    refcodes = {(m.kind, m.part): m.refcode for m in plan.upload_measures}
    for part in _PARTS:
        base = part in ("numerator", "denominator")
        # Averages of totals never have limits: they have no rows for them either.
        known = {
            kind: refcodes[key]
            for kind in kinds
            if (key := ("" if base else kind, part)) in refcodes
        }
        all_known = len(known) == len(kinds)
        own = of_subject if all_known else of_subject[of_subject["kind"].isin(list(known))]
        marker = own[f"{part}_marker" if base else "marker"]
        # A value without limits has rows for them that say so.
        blank = own[part].isna() & marker.eq("")
        markers = np.where(blank, "x" if base else "z", marker)
        of_value = part == "value"
        yield {
            "YearCode": own["year"].to_numpy(),
            "AreaCode": own["area"].to_numpy(),
            "ItemCode": own["measure"].to_numpy(),
            "GroupCode": np.full(len(own), ALL_GROUPS, dtype=object),
            MEASURE: _coded(own["kind"], known.__getitem__),
            DATA: _plain(own[part], markers),
            NOTE_CODES: _codes(
                markers,
                own["flags" if of_value else "no_flags"].to_numpy(),
                (own["kind"].eq("mean") & of_value).to_numpy(),
                "a",
            ),
        }


def group_code(breakdown: str) -> str:
    """Return the code of a group of people: age-18-64-gender-female."""
    return breakdown.replace("=", "-").replace(";", "-") or ALL_GROUPS


def _wales(catalogue: Catalogue) -> str:
    areas = catalogue.areas
    return str(areas.loc[areas["level"].eq("wales"), "area"].iloc[0])


def _year_code(period: str) -> str:
    return ReportingYear.parse(period).code


def _coded(texts: pd.Series, code_of: Callable[[str], str]) -> Texts:
    """Return a code for each text, found once for each different one."""
    places, different = pd.factorize(texts)
    return np.array([code_of(text) for text in different], dtype=object)[places]


def _plain(values: pd.Series, markers: Texts) -> Texts:
    """Return numbers without commas; blank where a marker says why."""
    return np.where(markers == "", np.array(bare_texts(values), dtype=object), "")


def _codes(markers: Texts, flags: Texts, in_role: npt.NDArray[np.bool_], role: str) -> Texts:
    """Return note codes joined by commas. Revisions follow a rule of their own, later."""
    keys = list(zip(markers.tolist(), flags.tolist(), in_role.tolist(), strict=True))
    said = {key: _joined(*key[:2], role if key[2] else "") for key in set(keys)}
    return np.array([said[key] for key in keys], dtype=object)


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
