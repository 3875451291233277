"""The figures of a release, against which the numbers of its texts are checked.

Built from a release's data folder, so from what the gate let through: a number of a text that is
not among them was typed by hand, belongs to another release, or was worked out from something
that is not published.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ssstats.disclosure.release_tables import read_release_tables
from ssstats.errors import UsageError
from ssstats.formatting import format_count, format_number
from ssstats.periods import ReportingYear
from ssstats.wording.rules import Finding, place_of
from ssstats.wording.statements import Statement, statements_of

MEASURES_FILE = "measures.csv"
# Below this base a percentage change says little: give counts.
# Source: Office for National Statistics habit for small numbers, as policy default here.
SMALLEST_BASE = 50
_KEY = ["edition", "reference", "breakdown", "area"]
_NUMBER = re.compile(r"(?<![\w,./{-])\d[\d,]*(?:\.\d+)?(?![\w/-])")
# Numbers that are no figures: reporting years, dates, years, names of codes, limits and sections.
_NO_FIGURE = re.compile(
    r"\b\d{4}-\d{2}\b"
    r"|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December|Ionawr|Chwefror|Mawrth|Ebrill|Mai|Mehefin|Gorffennaf|Awst|Medi|Hydref|Tachwedd"
    r"|Rhagfyr)\b"
    r"|\b(?:19|20)\d{2}\b"
    r"|\b[A-Z]{2}[/-]?\d+\w*\b"
    r"|^\s*\d+\.\s",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Figures:
    """Every number that a release publishes, as readers see it, and its counts by year.

    `counts` has a row a published count of the release's own year: its value, that of the year
    before (missing where hidden, absent or at a break) and whether a break stands between.
    `measures` has the same of the measures.
    """

    shown: frozenset[str]
    counts: pd.DataFrame
    measures: pd.DataFrame


def read_figures(folder: Path, *, wording: Iterable[str] = ()) -> Figures:
    """Return the figures of a release's data folder.

    Parameters
    ----------
    folder : Path
        Holds the release tables and measures.csv.
    wording : iterable of str
        Texts whose own numbers are no figures: templates of sentences, labels ("42 working days").

    Raises
    ------
    UsageError
        If the folder holds no release.
    """
    tables = read_release_tables(folder)
    path = folder / MEASURES_FILE
    if not path.is_file():
        raise UsageError(f"{folder}: {MEASURES_FILE} is missing; build the release anew")
    numbers = ("value", "lower", "upper", "numerator", "denominator", "decimals")
    measures = pd.read_csv(path, keep_default_na=False, na_values={c: [""] for c in numbers})
    period = str(tables.facts["period"])
    return Figures(
        shown=frozenset(_shown(tables.counts, measures, wording)),
        counts=_beside_last_year(tables.counts, period, _KEY, tables.breaks),
        measures=_beside_last_year(measures, period, ["edition", "measure", "area"], tables.breaks),
    )


def unknown_numbers(text: str, figures: Figures) -> list[Finding]:
    """Return the numbers of a text that the release does not publish."""
    plain = _NO_FIGURE.sub(lambda match: "\N{SECTION SIGN}" * len(match.group(0)), text)
    return [
        Finding(
            "number-not-in-release",
            *place_of(text, match.start()),
            match.group(0),
            "No table of the release holds this number.",
            "Take the figure from the release tables.",
        )
        for match in _NUMBER.finditer(plain)
        if match.group(0).rstrip(",") not in figures.shown
    ]


def contradicted_statements(text: str, figures: Figures | None, *, language: str) -> list[Finding]:
    """Return statements of change that do not add up, or contradict last year's figures.

    Without figures only the arithmetic of each sentence and the size of its base are checked.
    """
    findings = []
    for statement in statements_of(text, language=language):
        for rule, why, instead in _wrongs(statement, figures):
            place = place_of(text, statement.position)
            findings.append(Finding(rule, *place, statement.words, why, instead))
    return findings


def _wrongs(statement: Statement, figures: Figures | None) -> list[tuple[str, str, str]]:
    wrongs = []
    old = _implied(statement)
    if not _adds_up(statement):
        wrongs.append(
            (
                "does-not-add-up",
                "Old value, new value and difference do not add up.",
                "Correct it, or leave the old value out where rounding is the reason.",
            )
        )
    if statement.percentage is not None and old is not None and old < SMALLEST_BASE:
        wrongs.append(
            (
                "percentage-of-small-base",
                f"A percentage change on a base under {SMALLEST_BASE} says little.",
                "Give the counts alone.",
            )
        )
    if figures is not None and old is not None and statement.new is not None:
        wrongs += _against_last_year(statement, old, figures)
    return wrongs


def _implied(statement: Statement) -> float | None:
    """Return the old value that the sentence gives or implies."""
    if statement.old is not None:
        return statement.old
    if statement.size is None or statement.new is None:
        return None
    return round(statement.new - statement.size, 6)


def _adds_up(statement: Statement) -> bool:
    if statement.old is None or statement.new is None:
        return True
    difference = statement.new - statement.old
    # Each of three rounded numbers may be off by half a unit of its last place.
    unit = 1.5 * 10.0**-statement.decimals if statement.decimals else 1e-6
    if statement.size is not None and abs(difference - statement.size) > unit:
        return False
    if statement.percentage is None or statement.old == 0:
        return True
    return abs(100 * abs(difference) / statement.old - statement.percentage) <= 0.51


def _against_last_year(
    statement: Statement, old: float, figures: Figures
) -> list[tuple[str, str, str]]:
    table = figures.measures if statement.in_points else figures.counts
    same = table[(table["value"] - statement.new).abs() < 1e-6]
    if not len(same):
        return []
    agrees = (same["last_year"] - old).abs() < 10.0**-statement.decimals * 0.51
    if not agrees.any():
        return [
            (
                "contradicts-last-year",
                "Last year's figure that the sentence gives or implies is not the published one.",
                "Correct the figures, or mark last year's as revised [r].",
            )
        ]
    if same.loc[agrees, "at_break"].all():
        return [
            (
                "change-across-a-break",
                "The series breaks between the two years.",
                "Say that they cannot be compared directly, and why.",
            )
        ]
    return []


def _shown(counts: pd.DataFrame, measures: pd.DataFrame, wording: Iterable[str]) -> Iterable[str]:
    for value in counts["value"].dropna().unique():
        yield format_count(value, "")
    for part in ("value", "lower", "upper"):
        own = measures[[part, "decimals"]].dropna().drop_duplicates()
        for value, decimals in zip(own[part], own["decimals"], strict=True):
            yield format_number(float(value), int(decimals))
            # Charts' alternative texts print whole numbers where every value is whole.
            yield format_number(float(value), 0)
    for part in ("numerator", "denominator"):
        for value in measures[part].dropna().unique():
            yield format_count(value, "")
    for part in ("answered", "expected"):
        for value in counts[part].dropna().unique():
            yield from (str(number) for number in range(int(value) + 1))
    yield from _sizes_of_gaps(counts)
    for text in wording:
        yield from (found.rstrip(",") for found in _NUMBER.findall(text))


def _sizes_of_gaps(counts: pd.DataFrame) -> Iterable[str]:
    """Return how many metrics each area may be said not to have returned, of one section or all."""
    absent = counts[(counts["marker"] == "x") & (counts["breakdown"] == "")]
    most = absent.groupby(["edition", "period", "area"]).size().max() if len(absent) else 0
    yield from (str(number) for number in range(int(most) + 1))


def _beside_last_year(
    table: pd.DataFrame, period: str, key: list[str], breaks: pd.DataFrame
) -> pd.DataFrame:
    previous = str(ReportingYear.parse(period).back())
    own = table.loc[table["period"] == period, [*key, "value"]].dropna(subset=["value"])
    before = table.loc[table["period"] == previous, [*key, "value"]]
    both = own.merge(before.rename(columns={"value": "last_year"}), on=key, how="left")
    at_break = breaks[breaks["period"] == period]
    whole = set(at_break.loc[(at_break["reference"] == "") & (at_break["domain"] == ""), "edition"])
    single = set(at_break["reference"]) - {""}
    both["at_break"] = both["edition"].isin(whole) | both[key[1]].isin(single)
    return both.astype({"value": "float64", "last_year": "float64"})
