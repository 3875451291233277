"""Sentences that count: what stands on gaps, exceptions, revisions, breaks, hiding and comparisons.

Each number is read off the release's own tables; how many comparisons chance alone would bring is
said beside how many stood out.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.commentary.figures import cell_of
from ssstats.commentary.records import Place, Said
from ssstats.commentary.statements import CLEAR, Commented
from ssstats.comparison import signals_by_chance
from ssstats.formatting import format_number

SUMMARY, SIGNALS, CHANGES, GAPS = "summary", "signals", "changes", "gaps"
_HIDDEN, _ABSENT = "c", "x"
_WITHIN = "within"
# What is counted of the release's own year, and not of all.
_OF_THE_YEAR = ("coverage", "exceptions", "hidden")
# A comparison remains where its adjusted p-value is below this, as in changes.csv.
_ERROR = 0.05
# An expected number below this is shown with one decimal.
_WHOLE_FROM = 10


def release_tallies(told: Commented, *, awaiting: int) -> Iterator[Said]:
    """Return what the quality chapter says first, and how many texts await a translator."""
    release, tables, period = told.release, told.release.tables, told.period
    coverage = _of_year(tables.coverage, period)
    counts = _of_year(tables.counts, period)
    exceptions = _of_year(tables.exceptions, period)
    short = coverage["answered"].astype("Int64") < coverage["expected"].astype("Int64")
    yield _tally(told, "coverage", "coverage.csv", number=int(short.sum()), all=len(coverage))
    yield _tally(told, "exceptions", "exceptions.csv", number=len(exceptions))
    revised = tables.counts["flags"].str.contains("r").sum()
    yield _tally(told, "revisions", "counts.csv", number=int(revised))
    yield _tally(told, "breaks", "breaks.csv", number=len(tables.breaks))
    hidden = (counts["marker"] == _HIDDEN).sum()
    yield _tally(told, "hidden", "counts.csv", number=int(hidden), all=len(counts))
    changes = _of_authorities(release.changes, release.wales)
    judged = changes[changes["eligible"] == "yes"]
    yield _comparisons(
        told, CHANGES, judged["verdict"].isin(CLEAR), judged["called"] == "yes", "changes.csv"
    )
    made = _of_authorities(release.signals, release.wales)
    made = made[made["signal"] != ""]
    beyond = made["signal"] != _WITHIN
    remaining = beyond & (made["adjusted_p"] < _ERROR)
    yield _comparisons(told, SIGNALS, beyond, remaining, "signals.csv")
    if awaiting:
        yield Said(
            Place("quality", "translation", release.wales), "awaiting", "said.tally.awaiting",
            {"number": format_number(awaiting)}, cells=("awaiting-translator.csv",),
        )  # fmt: skip


def authority_tallies(told: Commented, chapter: str, authority: str) -> Iterator[Said]:
    """Return how many figures of an authority were compared, and how many are not known."""
    release = told.release
    signals = _own(release.signals, authority, "signal")
    made = signals[signals["signal"] != ""]
    if len(made):
        found = int((made["signal"] != _WITHIN).sum())
        yield _of_area(
            told, Place(chapter, SIGNALS, authority), "signals.authority-lead", "signals.csv",
            {"made": format_number(len(made)), "found": format_number(found),
             "expected": _expected(len(made))},
        )  # fmt: skip
    changes = _own(release.changes, authority, "eligible", "called", "verdict")
    compared = int((changes["eligible"] == "yes").sum())
    if compared:
        called = int((changes["called"] == "yes").sum())
        yield _of_area(
            told, Place(chapter, CHANGES, authority), "changes.authority-lead", "changes.csv",
            {"compared": format_number(compared), "called": format_number(called)},
        )  # fmt: skip
        untold = int((changes["verdict"] == "cannot tell").sum())
        yield _of_area(
            told, Place(chapter, GAPS, authority), "said.tally.untold", "changes.csv",
            {"number": format_number(untold), "all": format_number(compared)},
        )  # fmt: skip
    counts = _own(release.tables.counts, authority, "period", "breakdown", "marker")
    counts = _of_year(counts, told.period)
    counts = counts[counts["breakdown"] == ""]
    marked = counts["marker"].value_counts()
    yield _of_area(
        told, Place(chapter, GAPS, authority, ""), "said.tally.unknown", "counts.csv",
        {"hidden": format_number(int(marked.get(_HIDDEN, 0))),
         "absent": format_number(int(marked.get(_ABSENT, 0))), "all": format_number(len(counts))},
    )  # fmt: skip


def _of_area(
    told: Commented, place: Place, template: str, file: str, values: dict[str, str]
) -> Said:
    cell = cell_of(file, period=told.period, area=place.area)
    role = template.rpartition(".")[2]
    return Said(place, role, template, values, METRIC_EDITION, (told.period,), cells=(cell,))


def _tally(told: Commented, role: str, file: str, **numbers: int) -> Said:
    values = {name: format_number(number) for name, number in numbers.items()}
    if role in _OF_THE_YEAR:
        values["period"] = told.period
    place = Place("quality", SUMMARY, told.release.wales)
    return Said(
        place, role, f"said.tally.{role}", values, METRIC_EDITION, (told.period,), cells=(file,)
    )


def _comparisons(
    told: Commented, role: str, stood_out: pd.Series, remaining: pd.Series, file: str
) -> Said:
    values = {
        "made": format_number(len(stood_out)),
        "found": format_number(int(stood_out.sum())),
        "expected": _expected(len(stood_out)),
        "remaining": format_number(int(remaining.sum())),
    }
    place = Place("quality", SUMMARY, told.release.wales)
    return Said(
        place, role, f"said.tally.{role}", values, METRIC_EDITION, (told.period,), cells=(file,)
    )


def _expected(made: int) -> str:
    expected = signals_by_chance(made)
    return format_number(expected, 0 if expected >= _WHOLE_FROM else 1)


def _of_year(table: pd.DataFrame, period: str) -> pd.DataFrame:
    own = table[table["period"] == period]
    return own[own["edition"] == METRIC_EDITION] if "edition" in own else own


def _own(table: pd.DataFrame, area: str, *columns: str) -> pd.DataFrame:
    own = (table["edition"] == METRIC_EDITION) & (table["area"] == area)
    return table.loc[own, ["edition", *columns]]


def _of_authorities(table: pd.DataFrame, wales: str) -> pd.DataFrame:
    return table[(table["edition"] == METRIC_EDITION) & (table["area"] != wales)]
