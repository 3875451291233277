"""A release as its chapters see it: published counts and measures, labels and words.

Read from the release's data folder and the catalogue; nothing here can reach a return.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.rows import Row, Rows
from ssstats.disclosure.release_tables import SECONDARY, ReleaseTables, read_release_tables
from ssstats.errors import CatalogueError, UsageError, listed
from ssstats.formatting import format_cell, format_count
from ssstats.periods import ReportingYear
from ssstats.project import find_project
from ssstats.words import Words, read_words

# Chapters of Wales, and the groups of people that each is about.
CHAPTERS = {
    "adults": ("adults",),
    "children": ("children",),
    "carers": ("carers_adult", "carers_young"),
    "workforce": ("workforce",),
}
# The chapter of the 2016 code's measures.
FRAMEWORK = "framework-2016"
MEASURES_FILE = "measures.csv"
CHANGES_FILE = "changes.csv"
SIGNALS_FILE = "signals.csv"
COMMENTARY_FILE = "commentary.csv"
HANDWRITTEN_FILE = "handwritten.csv"
TEMPLATES_FILE = "templates.csv"
AWAITING_FILE = "awaiting-translator.csv"
# The folder of the site, beside those of its languages, that holds the two for readers.
LINKED = "texts"
# Beside the data folder: what the attack on its files proved.
AUDIT_FILE = "audit.json"
# The place at the head of every chapter.
INTRODUCTION = "introduction"
# The part of a chapter whose sentences are paragraphs, one a figure.
PARAGRAPHS = "measures"
# What people wrote themselves: one row a heading of their files. `action` is add, replace, before
# or note, `position` that of the sentences that a text replaces, precedes or follows.
HANDWRITTEN_COLUMNS = (
    "chapter",
    "action",
    "place",
    "item",
    "position",
    "written",
    "author_en",
    "author_cy",
    "text_en",
    "text_cy",
)
_ESTIMATE_NUMBERS = {
    "value": "Float64",
    "lower": "Float64",
    "upper": "Float64",
    "numerator": "Float64",
    "denominator": "Float64",
    "decimals": "Int64",
    "answered": "Int64",
    "expected": "Int64",
}
_CHANGE_NUMBERS = dict.fromkeys(
    ("old_value", "new_value", "lower", "upper", "p", "adjusted_p", "adjusted_p_item",
     "smallest_rise", "smallest_fall", "gap_lowest", "gap_highest", "matched_authorities",
     "matched_old_value", "matched_new_value", "matched_lower", "matched_upper"),
    "Float64",
)  # fmt: skip
_SIGNAL_NUMBERS = dict.fromkeys(
    ("value", "lower", "upper", "wales", "p", "adjusted_p", "adjusted_p_item", "phi", "tau2",
     "quartile", "lower_quartile", "median", "upper_quartile", "peer_lowest", "peer_median",
     "peer_highest"),
    "Float64",
)  # fmt: skip


@dataclass(frozen=True)
class Release:
    """Published tables of one release with the words of one language."""

    tables: ReleaseTables
    estimates: pd.DataFrame
    changes: pd.DataFrame
    signals: pd.DataFrame
    commentary: pd.DataFrame
    handwritten: pd.DataFrame
    catalogue: Catalogue
    words: Words
    period: ReportingYear
    audit: Mapping[str, Any] = field(default_factory=dict)
    templates: pd.DataFrame = field(default_factory=pd.DataFrame)

    def index(self) -> None:
        """Build every index now that would be built when it is first asked for."""
        for name, attribute in vars(type(self)).items():
            if isinstance(attribute, cached_property):
                getattr(self, name)

    @cached_property
    def areas(self) -> pd.DataFrame:
        """Areas in fixed geographic order, Wales first."""
        return self.catalogue.areas.sort_values("display_order", ignore_index=True)

    @cached_property
    def wales(self) -> str:
        """The code of Wales."""
        return str(self.areas.loc[self.areas["level"] == "wales", "area"].iloc[0])

    @cached_property
    def authorities(self) -> list[str]:
        """The codes of the authorities, in geographic order."""
        return list(self.areas.loc[self.areas["level"] == "authority", "area"])

    @cached_property
    def _names(self) -> Mapping[str, str]:
        column = f"name_{self.words.language}"
        return dict(zip(self.areas["area"], self.areas[column], strict=True))

    def name(self, area: str) -> str:
        """Return the area's name in the release's language."""
        return self._names[area]

    @cached_property
    def _counts(self) -> Rows:
        keys = ("edition", "reference", "breakdown", "area", "period")
        return Rows(self.tables.counts, keys)

    @cached_property
    def _estimates(self) -> Rows:
        return Rows(self.estimates, ("measure", "area", "period"))

    @cached_property
    def _counts_of_years(self) -> Mapping[tuple[str, str], pd.DataFrame]:
        counts = self.tables.counts
        return {
            (str(edition), str(period)): own
            for (edition, period), own in counts.groupby(["edition", "period"], sort=True)
        }

    def counts_of(self, edition: str, period: str) -> pd.DataFrame:
        """Return the published counts of one edition and year; no row where it has none."""
        return self._counts_of_years.get((edition, period), self.tables.counts.iloc[:0])

    @cached_property
    def markers(self) -> frozenset[str]:
        """Every marker that stands in place of a count or a measure somewhere in the release."""
        return frozenset(self.tables.counts["marker"]) | frozenset(self.estimates["marker"])

    @cached_property
    def hides_for_others(self) -> bool:
        """Whether some count is hidden for the sake of another one."""
        return bool((self.tables.counts["rule"] == SECONDARY).any())

    @cached_property
    def breakdowns(self) -> Rows:
        """The catalogue's categories by dimension and code."""
        return Rows(self.catalogue.breakdowns, ("dimension", "code"))

    @cached_property
    def _labels(self) -> Mapping[tuple[str, str], str]:
        metrics = self.catalogue.metrics
        return dict(
            zip(zip(metrics["edition"], metrics["reference"], strict=True), metrics["label"],
                strict=True)
        )  # fmt: skip

    @cached_property
    def slugs(self) -> Mapping[str, str]:
        """The name of each area in addresses."""
        return dict(zip(self.areas["area"], self.areas["slug"], strict=True))

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """The question of the guidance that each metric belongs to: AD/002 of AD/002a."""
        metrics = self.catalogue.metrics
        return dict(zip(metrics["reference"], metrics["number"], strict=True))

    @cached_property
    def domains(self) -> Mapping[str, str]:
        """The domain of each metric."""
        metrics = self.catalogue.metrics
        return dict(zip(metrics["reference"], metrics["domain"], strict=True))

    def label(self, edition: str, reference: str) -> str:
        """Return the metric's label in the release's language."""
        if self.words.language != "en":
            return self.words.say(f"metric.{edition}.{reference}")
        return self._labels[(edition, reference)]

    @cached_property
    def measures(self) -> pd.DataFrame:
        """The catalogue's measures by their id."""
        return self.catalogue.measures.set_index("measure")

    def measure_label(self, measure: str) -> str:
        """Return the measure's label in the release's language."""
        if self.words.language != "en":
            return self.words.say(f"measure.{measure}")
        return str(self.measures.loc[measure, "label"])

    def item_label(self, item: str) -> str:
        """Return the label of a metric of the current edition, or of a measure."""
        return self.label(METRIC_EDITION, item) if "/" in item else self.measure_label(item)

    def periods_of(self, edition: str) -> list[str]:
        """Return the years of an edition that the release holds, in order."""
        return [period for own, period in self._counts_of_years if own == edition]

    def count(
        self, edition: str, reference: str, area: str, period: str, breakdown: str = ""
    ) -> Row | None:
        """Return one published count, or None where the release has no such row."""
        return self._counts.get(edition, reference, breakdown, area, period)

    def count_text(
        self, edition: str, reference: str, area: str, period: str, breakdown: str = ""
    ) -> str:
        """Return the count as a cell shows it; a year nobody was asked about is [x]."""
        found = self.count(edition, reference, area, period, breakdown)
        return "[x]" if found is None else format_count(found["value"], found["marker"])

    def estimate(self, measure: str, area: str, period: str) -> Row | None:
        """Return one measure's published value and limits, or None where there is no row."""
        return self._estimates.get(measure, area, period)

    def estimate_text(self, estimate: Row | None, part: str = "value") -> str:
        """Return value, lower or upper of a measure as a cell shows it."""
        if estimate is None:
            return "[x]"
        marker = estimate["marker"]
        if not marker and pd.isna(estimate[part]):
            # No limits belong to this measure: the reason stands beside it.
            return "[z]"
        text = format_cell(estimate[part], marker, int(estimate["decimals"]))
        return f"{text}%" if estimate["kind"] == "percentage" and not marker else text

    @cached_property
    def _sentences(self) -> Mapping[tuple[str, str], pd.DataFrame]:
        parts = self.commentary.groupby(["chapter", "place"], sort=False)
        return {(str(key[0]), str(key[1])): rows for key, rows in parts}  # type: ignore[index]

    def sentences(self, chapter: str, place: str) -> pd.DataFrame:
        """Return the records of the sentences at a place of a chapter, in their order."""
        return self._sentences.get((chapter, place), self.commentary.iloc[:0])

    @property
    def english_only(self) -> bool:
        """Whether the release has sentences, and none in Welsh."""
        return len(self.commentary) > 0 and bool((self.commentary["text_cy"] == "").all())

    def written_by_hand(self, chapter: str, action: str) -> pd.DataFrame:
        """Return the texts that people wrote for a chapter with one action, in their order."""
        own = (self.handwritten["chapter"] == chapter) & (self.handwritten["action"] == action)
        return self.handwritten[own]

    def holds(self, edition: str, references: list[str], period: str | None = None) -> bool:
        """Return whether any of the references has a row in the release (in that year)."""
        years = [period] if period is not None else self.periods_of(edition)
        return any(
            (edition, year, reference) in self._held for year in years for reference in references
        )

    @cached_property
    def _held(self) -> frozenset[tuple[str, str, str]]:
        keys = ["edition", "period", "reference"]
        unique = self.tables.counts[keys].drop_duplicates()
        return frozenset(unique.itertuples(index=False, name=None))

    @cached_property
    def _breaks(self) -> Mapping[tuple[str, str], list[dict[str, str]]]:
        """The known breaks by edition and year; pages ask for them of every figure."""
        breaks: dict[tuple[str, str], list[dict[str, str]]] = {}
        for row in self.tables.breaks.to_dict("records"):
            breaks.setdefault((row["edition"], row["period"]), []).append(row)
        return breaks

    def break_reason(
        self, edition: str, reference: str, domain: str, period: str, *, own: bool = False
    ) -> str:
        """Return why a year cannot be compared with the one before, blank where it can.

        With `own` only for breaks of this metric, not for those of its domain or edition.
        """
        for found in self._breaks.get((edition, period), ()):
            of_all = not own and found["reference"] == "" and found["domain"] in ("", domain)
            if found["reference"] == reference or of_all:
                return str(found[f"reason_{self.words.language}"])
        return ""

    def text_of(self, row: object, stem: str) -> str:
        """Return a text of a catalogue row, such as label_cy, in the release's language.

        Raises
        ------
        CatalogueError
            If the row has none: no text of another language takes its place.
        """
        column = f"{stem}_{self.words.language}"
        text = str(getattr(row, column))
        if not text:
            english = getattr(row, f"{stem}_en")
            raise CatalogueError(f"{column} is blank beside {english!r}; add the text")
        return text

    def year_words(self, period: str) -> str:
        """Return April 2024 to March 2025."""
        year = ReportingYear.parse(period)
        return self.words.say("period.year", start=year.start, end=year.end)


def open_release(release_tables: str, *, period: str, language: str) -> Release:
    """Return the release whose tables stand in a folder.

    A process reads the same files once: a second call, or a process forked after the first one,
    gets the release as it was read, and must not change its frames.

    Raises
    ------
    UsageError
        If the folder holds no release tables, or not those of `period`.
    """
    catalogue = find_project().catalogue
    # Taken before reading, so that a file changed meanwhile is read again by the next call.
    identity = (*_identity(Path(release_tables)), *_identity(catalogue))
    return _opened(release_tables, catalogue, period, language, identity)


def _identity(folder: Path) -> Iterator[tuple[object, ...]]:
    """Return what tells each file of a folder from any other file and from its former self."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        now = path.stat()
        yield path, now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns


@lru_cache(maxsize=4)
def _opened(
    release_tables: str,
    catalogue: Path,
    period: str,
    language: str,
    identity: tuple[tuple[object, ...], ...],
) -> Release:
    folder = Path(release_tables)
    tables = read_release_tables(folder)
    if tables.facts["period"] != period:
        raise UsageError(
            f"period {period!r} is not the release in {folder}, which is "
            f"{tables.facts['period']}; give that period or another folder"
        )
    return Release(
        tables=tables,
        estimates=_read(folder / MEASURES_FILE, _ESTIMATE_NUMBERS),
        changes=_read(folder / CHANGES_FILE, _CHANGE_NUMBERS),
        signals=_read(folder / SIGNALS_FILE, _SIGNAL_NUMBERS),
        commentary=_read_if_there(folder / COMMENTARY_FILE, _PLACED),
        handwritten=_read_if_there(folder / HANDWRITTEN_FILE, HANDWRITTEN_COLUMNS),
        catalogue=read_catalogue(catalogue),
        words=read_words(catalogue, language).of_release(tables.facts),
        audit=_audit_of(folder),
        templates=_read_if_there(folder / TEMPLATES_FILE, ("key",)),
        period=ReportingYear.parse(period),
    )


# By what sentences are looked up.
_PLACED = ("chapter", "place", "item", "position", "text_cy")


def _audit_of(folder: Path) -> Mapping[str, Any]:
    """Return what the attack on the release proved; empty where it was not attacked yet."""
    path = folder.parent / AUDIT_FILE
    if not path.is_file():
        return {}
    return MappingProxyType(json.loads(path.read_text(encoding="utf-8")))


def _read_if_there(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return texts as a frame, without rows where the release's are still to be written."""
    return _read(path, {}) if path.is_file() else pd.DataFrame(columns=list(columns), dtype="str")


def _read(path: Path, numbers: dict[str, str]) -> pd.DataFrame:
    return pd.read_csv(
        path,
        dtype={column: numbers.get(column, "str") for column in _header(path)},
        keep_default_na=False,
        na_values={column: [""] for column in numbers},
    )


def _header(path: Path) -> list[str]:
    if not path.is_file():
        raise UsageError(f"{path.parent}: {listed([path.name])} is missing; build the release anew")
    return list(pd.read_csv(path, nrows=0).columns)
