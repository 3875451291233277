"""The figures that a release publishes, as readers see them, from its data folder.

Nothing here reads a text: it says which numbers a text of the release may hold.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from ssstats.disclosure.release_tables import read_release_tables
from ssstats.errors import UsageError
from ssstats.formatting import format_count, format_number
from ssstats.periods import ReportingYear
from ssstats.wording.placing import COUNT, PERCENTAGE, Placed, placed_figures
from ssstats.wording.statements import numbers_in

MEASURES_FILE = "measures.csv"
_KEY = ["edition", "reference", "breakdown", "area"]
# Comparisons as sentences and captions print them: column and digits after the point.
_COMPARISONS = {
    "signals.csv": {"phi": (1,), "tau2": (4,), "wales": (0, 1), "median": (0, 1),
                    "lower": (0, 1), "upper": (0, 1), "peer_lowest": (0, 1),
                    "peer_highest": (0, 1)},
    "changes.csv": {"old_value": (0, 1), "new_value": (0, 1), "lower": (1,), "upper": (1,),
                    "smallest_rise": (1,), "smallest_fall": (1,)},
}  # fmt: skip
_JUDGED = ("signal", "verdict", "called", "eligible")
COMMENTARY_FILE, AUDIT_FILE = "commentary.csv", "audit.json"
# Values of records that stand in a table, and the units of those that do not.
_OF_TABLES = ("new", "old", "value", "wales", "lowest", "highest", "lower", "upper")
_APART = {"percent": (PERCENTAGE,), "confidence": (PERCENTAGE,), "size": (COUNT, PERCENTAGE)}
# Lists of a text may be counted: "17 of these".
_LIST_NUMBERS = 31


@dataclass(frozen=True)
class Figures:
    """Every number that a release publishes, as readers see it, and its counts by year.

    `counts` has a row a published count of the release's own year: its value, that of the year
    before (missing where hidden, absent or at a break) and whether a break stands between.
    `measures` has the same of the measures, with their lower limits. `placed` says where each
    number is published, `previous` is the year before that of the release.
    """

    shown: frozenset[str]
    counts: pd.DataFrame
    measures: pd.DataFrame
    placed: Placed | None = None
    previous: str = ""


def read_figures(
    folder: Path,
    *,
    wording: Iterable[str] = (),
    areas: pd.DataFrame | None = None,
    labels: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Figures:
    """Return the figures of a release's data folder.

    Parameters
    ----------
    folder : Path
        Holds the release tables and measures.csv.
    wording : iterable of str
        Texts whose own numbers are no figures: templates of sentences, labels ("42 working days").
    areas : DataFrame, optional
        The catalogue's areas; with them numbers are looked for at their place.
    labels : mapping, optional
        The labels of each metric and measure in both languages, to tell of what a sentence speaks.

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
        shown=frozenset(
            [
                *_shown(tables.counts, measures),
                *_compared(folder),
                *_said(folder),
                *_proved(folder.parent / AUDIT_FILE),
                *numbers_in("\n".join(wording)),
            ]
        ),
        counts=_beside_last_year(tables.counts, period, _KEY, tables.breaks),
        measures=_beside_last_year(
            measures, period, ["edition", "measure", "area"], tables.breaks, also=("lower",)
        ),
        placed=None
        if areas is None
        else placed_figures(tables.counts, measures, areas, set(_said_apart(folder)), labels),
        previous=str(ReportingYear.parse(period).back()),
    )


def _shown(counts: pd.DataFrame, measures: pd.DataFrame) -> Iterator[str]:
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
    yield from (str(number) for number in range(_LIST_NUMBERS + 1))
    yield from _sizes_of_gaps(counts)


def _compared(folder: Path) -> Iterator[str]:
    """Return the numbers of comparisons, and how many comparisons of each kind an area has."""
    for name, columns in _COMPARISONS.items():
        if not (folder / name).is_file():
            continue
        table = pd.read_csv(folder / name, low_memory=False)
        for column, decimals in columns.items():
            for value in table[column].dropna().unique():
                yield from (format_number(abs(float(value)), digits) for digits in decimals)
        groups = ["period", "area"]
        for judged in (column for column in _JUDGED if column in table):
            sizes = table.groupby([*groups, judged]).size()
            yield from (f"{size:,}" for size in {*sizes, *sizes.groupby(groups).sum()})


def _said(folder: Path) -> Iterator[str]:
    """Return the numbers that the records of sentences hold: differences, tallies, shares."""
    path = folder / COMMENTARY_FILE
    if path.is_file():
        yield from numbers_in("\n".join(pd.read_csv(path, usecols=["values"])["values"]))


def _said_apart(folder: Path) -> Iterator[tuple[str, str]]:
    """Return unit and digits of what records say that no table holds: differences and tallies."""
    path = folder / COMMENTARY_FILE
    if path.is_file():
        for values in pd.read_csv(path, usecols=["values"])["values"]:
            for name, text in json.loads(values).items():
                if name not in _OF_TABLES:
                    yield from ((unit, text) for unit in _APART.get(name, (COUNT,)))


def _proved(audit: Path) -> Iterator[str]:
    """Return the numbers of the audit, which the quality chapter tells."""
    if audit.is_file():
        found = json.loads(audit.read_text(encoding="utf-8"))
        tallies = [found[name] for name in ("figures", "relations", "tables_checked")]
        tallies += [row[name] for row in found["protected"] for name in ("figures", "weakest")]
        # The audit of an earlier release may tell nothing of small groups.
        groups = found.get("small_groups", {})
        tallies += [groups[name] for name in ("told_from", "parts", "told") if name in groups]
        yield from (f"{tally:,}" for tally in tallies)


def _sizes_of_gaps(counts: pd.DataFrame) -> Iterator[str]:
    """Return how many metrics each area may be said not to have returned, of one section or all."""
    absent = counts[(counts["marker"] == "x") & (counts["breakdown"] == "")]
    most = absent.groupby(["edition", "period", "area"]).size().max() if len(absent) else 0
    yield from (str(number) for number in range(int(most) + 1))


def _beside_last_year(
    table: pd.DataFrame,
    period: str,
    key: list[str],
    breaks: pd.DataFrame,
    *,
    also: tuple[str, ...] = (),
) -> pd.DataFrame:
    previous = str(ReportingYear.parse(period).back())
    own = table.loc[table["period"] == period, [*key, "value", *also]].dropna(subset=["value"])
    before = table.loc[table["period"] == previous, [*key, "value"]]
    both = own.merge(before.rename(columns={"value": "last_year"}), on=key, how="left")
    at_break = breaks[breaks["period"] == period]
    whole = set(at_break.loc[(at_break["reference"] == "") & (at_break["domain"] == ""), "edition"])
    single = set(at_break["reference"]) - {""}
    both["at_break"] = both["edition"].isin(whole) | both[key[1]].isin(single)
    return both.astype({"value": "float64", "last_year": "float64"})
