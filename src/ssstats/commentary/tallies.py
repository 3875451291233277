"""Sentences that count: what stands on gaps, exceptions, revisions, breaks, hiding and comparisons.

Each number is read off the release's own tables; how many comparisons chance alone would bring is
said beside how many stood out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True)
class AuthorityTallies:
    """How many figures of each area were compared, and how many are not known.

    Of signals `made` and those `beyond` their limits; of changes those `compared`, `called` and
    `untold`; of counts of the release's year all `figures`, `hidden` and `absent` ones.
    """

    told: Commented
    made: Counter[str]
    beyond: Counter[str]
    compared: Counter[str]
    called: Counter[str]
    untold: Counter[str]
    figures: Counter[str]
    hidden: Counter[str]
    absent: Counter[str]

    @classmethod
    def of(cls, told: Commented) -> AuthorityTallies:
        """Return the tallies of all areas."""
        release = told.release
        signals = _of_edition(release.signals)
        signals = signals[signals["signal"] != ""]
        changes = _of_edition(release.changes)
        counts = release.tables.counts[["edition", "period", "area", "breakdown", "marker"]]
        counts = _of_year(counts[counts["breakdown"] == ""], told.period)
        return cls(
            told,
            made=_by_area(signals, signals["signal"] != ""),
            beyond=_by_area(signals, signals["signal"] != _WITHIN),
            compared=_by_area(changes, changes["eligible"] == "yes"),
            called=_by_area(changes, changes["called"] == "yes"),
            untold=_by_area(changes, changes["verdict"] == "cannot tell"),
            figures=Counter(counts["area"]),
            hidden=_by_area(counts, counts["marker"] == _HIDDEN),
            absent=_by_area(counts, counts["marker"] == _ABSENT),
        )

    def said(self, chapter: str, authority: str) -> Iterator[Said]:
        """Return what is said of one authority."""
        told, made = self.told, self.made[authority]
        if made:
            yield _of_area(
                told, Place(chapter, SIGNALS, authority), "signals.authority-lead", "signals.csv",
                {"made": format_number(made), "found": format_number(self.beyond[authority]),
                 "expected": _expected(made)},
            )  # fmt: skip
        if compared := self.compared[authority]:
            yield _of_area(
                told, Place(chapter, CHANGES, authority), "changes.authority-lead", "changes.csv",
                {"compared": format_number(compared),
                 "called": format_number(self.called[authority])},
            )  # fmt: skip
            yield _of_area(
                told, Place(chapter, GAPS, authority), "said.tally.untold", "changes.csv",
                {"number": format_number(self.untold[authority]), "all": format_number(compared)},
            )  # fmt: skip
        yield _of_area(
            told, Place(chapter, GAPS, authority, ""), "said.tally.unknown", "counts.csv",
            {"hidden": format_number(self.hidden[authority]),
             "absent": format_number(self.absent[authority]),
             "all": format_number(self.figures[authority])},
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


def _of_edition(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["edition"] == METRIC_EDITION]


def _by_area(table: pd.DataFrame, chosen: pd.Series) -> Counter[str]:
    """Return how many of the chosen rows each area has."""
    return Counter(table.loc[chosen, "area"])


def _of_authorities(table: pd.DataFrame, wales: str) -> pd.DataFrame:
    return _of_edition(table[table["area"] != wales])
