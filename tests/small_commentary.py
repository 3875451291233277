"""Releases made by hand for tests of the commentary: one figure, two years, any verdict."""

from __future__ import annotations

import pandas as pd
from small_release import FACTS, POWYS, WALES, catalogue, words

from ssstats.changes import CHANGE_COLUMNS
from ssstats.chapters.release import HANDWRITTEN_COLUMNS, Release
from ssstats.commentary import COMMENTARY_COLUMNS, CommentaryRules, Said, sentence_text
from ssstats.commentary.statements import Commented
from ssstats.disclosure.release_tables import COUNT_COLUMNS, ReleaseTables, no_local_counts
from ssstats.estimates import ESTIMATE_COLUMNS
from ssstats.formatting import format_number
from ssstats.periods import ReportingYear
from ssstats.signals.table import SIGNAL_COLUMNS

CATALOGUE = catalogue()
_AREAS = CATALOGUE.areas.set_index("area")
WORDS = {language: words(language) for language in ("en", "cy")}
RULES = CommentaryRules(
    most_points=6, smallest_base=50, decimal_from=5000, fewest_years=4,
    not_the_base=("2019-20", "2020-21", "2021-22"), most_named=4,
)  # fmt: skip
NOW, BEFORE = "2024-25", "2023-24"
COUNT, PERCENTAGE, RATE = "AD/028", "AD-32", "AD-31"
# A number of people on 31 March, an average and a ratio of two counts.
STOCK, AVERAGE, RATIO = "CH/041", "WF-27", "CH-39"
KINDS = {PERCENTAGE: "percentage", RATE: "rate", AVERAGE: "mean", RATIO: "ratio"}
EDITION = "2020-proposed"


def count_rows(values, *, area=WALES, item=COUNT, markers=None):
    """Return rows of counts.csv: a value a year, hidden where a marker is given for the year."""
    markers = markers or {}
    return [
        dict(
            zip(
                COUNT_COLUMNS,
                (EDITION, period, area, item, "", None if period in markers else value,
                 markers.get(period, ""), "rounded", "", value, value, 22, 22, "count"),
                strict=True,
            )
        )
        for period, value in values.items()
    ]  # fmt: skip


def measure_rows(
    values, *, area=WALES, item=PERCENTAGE, decimals=1, markers=None, kind="", limited=True
):
    """Return rows of measures.csv with limits one unit either side of the value."""
    markers = markers or {}
    rows = []
    for period, value in values.items():
        shown = period not in markers
        row = dict.fromkeys(ESTIMATE_COLUMNS, "") | {
            "measure": item, "edition": EDITION, "period": period, "area": area,
            "value": value if shown else None, "marker": markers.get(period, ""),
            "lower": value - 1 if shown and limited else None,
            "upper": value + 1 if shown and limited else None,
            "numerator": None, "denominator": None, "decimals": decimals,
            "kind": kind or KINDS[item], "answered": 22, "expected": 22,
        }  # fmt: skip
        rows.append(row)
    return rows


def change_row(item, old, new, *, verdict="", reason="", called="yes", area=WALES,
               eligible=""):  # fmt: skip
    """Return a row of changes.csv."""
    return dict.fromkeys(CHANGE_COLUMNS, "") | {
        "item": item, "edition": EDITION, "period": NOW, "previous": BEFORE, "area": area,
        "old_value": old, "new_value": new, "verdict": verdict, "reason": reason,
        "called": called, "eligible": eligible, "method": "a test" if verdict else "",
        "adjusted_p": 0.01,
    }  # fmt: skip


def signal_row(signal, *, area=POWYS, item=PERCENTAGE, adjusted_p=0.01):
    """Return a row of signals.csv."""
    return dict.fromkeys(SIGNAL_COLUMNS, "") | {
        "measure": item, "edition": EDITION, "period": NOW, "area": area, "signal": signal,
        "adjusted_p": adjusted_p,
    }  # fmt: skip


def release_of(
    *, counts=(), measures=(), changes=(), signals=(), breaks=None, coverage=()
) -> Release:
    """Return a release of the rows given; contacts of Wales tell which years it holds."""
    counts = [*counts, *count_rows({BEFORE: 10, NOW: 10}, item="CH/001")]
    numbers = {"value": "Float64", "answered": "Int64", "expected": "Int64"}
    columns = ["edition", "period", "reference", "answered", "expected", "absent"]
    empty = pd.DataFrame(columns=columns, dtype="str")
    estimates = pd.DataFrame(list(measures), columns=list(ESTIMATE_COLUMNS))
    ends = {"lower": "Float64", "upper": "Float64", "decimals": "Int64"}
    return Release(
        tables=ReleaseTables(
            counts=pd.DataFrame(list(counts), columns=list(COUNT_COLUMNS)).astype(numbers),
            coverage=pd.DataFrame(list(coverage), columns=columns),
            exceptions=empty,
            breaks=CATALOGUE.breaks.iloc[:0] if breaks is None else breaks,
            checks=empty,
            broken=empty,
            local=no_local_counts(),
            facts=FACTS,
        ),
        estimates=estimates.astype({**numbers, **ends}),
        changes=pd.DataFrame(list(changes), columns=list(CHANGE_COLUMNS)),
        signals=pd.DataFrame(list(signals), columns=list(SIGNAL_COLUMNS)),
        commentary=pd.DataFrame(columns=list(COMMENTARY_COLUMNS), dtype="str"),
        handwritten=pd.DataFrame(columns=list(HANDWRITTEN_COLUMNS), dtype="str"),
        catalogue=CATALOGUE,
        words=WORDS["en"],
        period=ReportingYear.parse(NOW),
    )


def texts_of(said: list[Said]) -> dict[str, str]:
    """Return the sentences of each language, one after the other."""
    return {
        language: " ".join(
            sentence_text(own.template, own.values, words=words, areas=_AREAS) for own in said
        )
        for language, words in WORDS.items()
    }


def told(**parts) -> Commented:
    """Return the release of the rows given, with the rules of these tests."""
    return Commented(release_of(**parts), RULES)


def pair(item, old, new, *, limited=True, **row):
    """Return a release in which one figure has a value in two years and a row of changes."""
    years = {BEFORE: old, NOW: new}
    area = row.get("area", WALES)
    rows = (
        {"counts": count_rows(years, area=area, item=item)}
        if "/" in item
        else {"measures": measure_rows(years, area=area, item=item, limited=limited)}
    )
    return told(**rows, changes=[change_row(item, old, new, **row)])


def as_text(value, item):
    """Return a value as the release shows it."""
    if "/" in item:
        return format_number(value)
    return format_number(value, 1) + ("%" if item == PERCENTAGE else "")
