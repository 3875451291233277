"""A release as its chapters see it: published counts and measures, labels and words.

Read from the release's data folder and the catalogue; nothing here can reach a return.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.rows import Row, Rows, records, rows_by
from ssstats.disclosure.release_tables import SECONDARY, ReleaseTables
from ssstats.errors import CatalogueError
from ssstats.formatting import format_cell, format_count
from ssstats.matched import PREFIX
from ssstats.periods import ReportingYear
from ssstats.words import Words

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
# The marker of what was asked for and not returned.
ABSENT = "x"
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
# What a page of an area and a year is about.
_PAGE = ("edition", "period", "area")


@dataclass(frozen=True)
class Release:
    """Published tables of one release with the words of one language.

    No property that is built once looks at the words: they are the same in both languages.
    """

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

    def in_words(self, words: Words) -> Release:
        """Return the same release in other words; what was looked up before is not built again."""
        other = copy(self)
        object.__setattr__(other, "words", words)
        return other

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
    def _rows_of_areas(self) -> Mapping[str, Row]:
        return {row["area"]: row for row in records(self.areas)}

    def name(self, area: str) -> str:
        """Return the area's name in the release's language."""
        return str(self._rows_of_areas[area][f"name_{self.words.language}"])

    @cached_property
    def _counts(self) -> Rows:
        keys = ("edition", "reference", "breakdown", "area", "period")
        return Rows(self.tables.counts, keys)

    @cached_property
    def _estimates(self) -> Rows:
        return Rows(self.estimates, ("measure", "area", "period"))

    @cached_property
    def _years(self) -> Mapping[str, list[str]]:
        counts = self.tables.counts
        by_edition = counts["period"].groupby(counts["edition"])
        return {str(edition): sorted(map(str, own.unique())) for edition, own in by_edition}

    @cached_property
    def markers(self) -> frozenset[str]:
        """Every marker that stands in place of a count or a measure somewhere in the release."""
        columns = (self.tables.counts["marker"], self.estimates["marker"])
        return frozenset(marker for column in columns for marker in column.unique())

    @cached_property
    def hides_for_others(self) -> bool:
        """Whether some count is hidden for the sake of another one."""
        return bool((self.tables.counts["rule"] == SECONDARY).any())

    @cached_property
    def _categories(self) -> Mapping[tuple[str, str, str], dict[str, list[str]]]:
        """By edition, year and metric: each area with its breakdowns that are categories."""
        breakdowns = self.tables.counts["breakdown"]
        named = breakdowns.str.contains("=") & ~breakdowns.str.startswith(PREFIX)
        found: dict[tuple[str, str, str], dict[str, list[str]]] = {}
        for row in records(self.tables.counts.loc[named, [*_PAGE, "reference", "breakdown"]]):
            by_area = found.setdefault((row["edition"], row["period"], row["reference"]), {})
            by_area.setdefault(row["area"], []).append(row["breakdown"])
        return found

    def categories_of(
        self, edition: str, period: str, reference: str
    ) -> Mapping[str, Sequence[str]]:
        """Return the categories, such as age, that each area gave a metric by in one year.

        Totals and matched totals are none.
        """
        return self._categories.get((edition, period, reference), {})

    def metrics_by_category(self, edition: str, period: str) -> list[str]:
        """Return the metrics that were given by category in one year, sorted."""
        return sorted(
            reference
            for own, year, reference in self._categories
            if (own, year) == (edition, period)
        )

    @cached_property
    def _absent(self) -> Mapping[tuple[Any, ...], list[Row]]:
        counts = self.tables.counts
        absent = counts[(counts["marker"] == ABSENT) & (counts["breakdown"] == "")]
        return rows_by(absent[["edition", "period", "area", "reference"]], _PAGE)

    def absent_of(self, edition: str, period: str, area: str) -> set[str]:
        """Return the metrics that an area did not return in one year."""
        return {row["reference"] for row in self._absent.get((edition, period, area), ())}

    @cached_property
    def _changes(self) -> Mapping[tuple[Any, ...], Mapping[str, Row]]:
        changes = rows_by(self.changes, ("edition", "area"))
        return {key: {row["item"]: row for row in own} for key, own in changes.items()}

    def changes_of(self, area: str) -> Mapping[str, Row]:
        """Return the changes of one area in the current edition, by item."""
        return self._changes.get((METRIC_EDITION, area), {})

    @cached_property
    def signals_by_measure(self) -> Mapping[str, list[Row]]:
        """The signals of the current edition, with those that say nothing."""
        of_edition = self.signals[self.signals["edition"] == METRIC_EDITION]
        return {key[0]: rows for key, rows in rows_by(of_edition, ("measure",)).items()}

    @cached_property
    def signals_by_area(self) -> Mapping[str, list[Row]]:
        """The same, measure by measure for each area."""
        found: dict[str, list[Row]] = {}
        for rows in self.signals_by_measure.values():
            for row in rows:
                found.setdefault(row["area"], []).append(row)
        return found

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
    def metrics(self) -> Sequence[Row]:
        """The metrics of the current edition."""
        metrics = self.catalogue.metrics
        return records(metrics[metrics["edition"] == METRIC_EDITION])

    @cached_property
    def section_orders(self) -> Mapping[tuple[str, str], int]:
        """The place of each section in the current guidance, by domain and name."""
        orders: dict[tuple[str, str], int] = {}
        for row in self.metrics:
            orders.setdefault((row["domain"], row["section"]), int(row["section_order"]))
        return orders

    @cached_property
    def featured(self) -> Sequence[Row]:
        """What the catalogue says each place shows, in its order."""
        return records(self.catalogue.featured)

    @cached_property
    def follow_ups(self) -> Sequence[Row]:
        """The catalogue's questions that signals raise."""
        return records(self.catalogue.follow_ups)

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
    def measures_by_id(self) -> Mapping[str, Row]:
        """The catalogue's measures by their id."""
        return {row["measure"]: row for row in records(self.catalogue.measures)}

    def measure_label(self, measure: str) -> str:
        """Return the measure's label in the release's language."""
        if self.words.language != "en":
            return self.words.say(f"measure.{measure}")
        return str(self.measures_by_id[measure]["label"])

    def item_label(self, item: str) -> str:
        """Return the label of a metric of the current edition, or of a measure."""
        return self.label(METRIC_EDITION, item) if "/" in item else self.measure_label(item)

    def periods_of(self, edition: str) -> list[str]:
        """Return the years of an edition that the release holds, in order."""
        return [*self._years.get(edition, [])]

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

    def sentences(self, chapter: str, place: str) -> Sequence[Row]:
        """Return the records of the sentences at a place of a chapter, in their order."""
        return self.rows_of("commentary", chapter, place)

    @cached_property
    def english_only(self) -> bool:
        """Whether the release has sentences, and none in Welsh."""
        return len(self.commentary) > 0 and bool((self.commentary["text_cy"] == "").all())

    def written_by_hand(self, chapter: str, action: str) -> Sequence[Row]:
        """Return the texts that people wrote for a chapter with one action, in their order."""
        return self.rows_of("handwritten", chapter, action)

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
    def _by_key(self) -> Mapping[str, Mapping[tuple[Any, ...], list[Row]]]:
        """Rows of tables by what pages ask for them with."""
        return {
            "breaks": rows_by(self.tables.breaks, ("edition", "period")),
            "exceptions": rows_by(self.tables.exceptions, ("area", "period")),
            "local": rows_by(self.tables.local, ("edition", "area")),
            "context_notes": rows_by(self.catalogue.context_notes, _PAGE),
            "commentary": rows_by(self.commentary, ("chapter", "place")),
            "handwritten": rows_by(self.handwritten, ("chapter", "action")),
        }

    def rows_of(self, table: str, *key: str) -> Sequence[Row]:
        """Return rows of a table in their order, by the key that `_by_key` gives it."""
        return self._by_key[table].get(key, ())

    def break_reason(
        self, edition: str, reference: str, domain: str, period: str, *, own: bool = False
    ) -> str:
        """Return why a year cannot be compared with the one before, blank where it can.

        With `own` only for breaks of this metric, not for those of its domain or edition.
        """
        for found in self.rows_of("breaks", edition, period):
            of_all = not own and found["reference"] == "" and found["domain"] in ("", domain)
            if found["reference"] == reference or of_all:
                return str(found[f"reason_{self.words.language}"])
        return ""

    def text_of(self, row: Row, stem: str) -> str:
        """Return a text of a catalogue row, such as label_cy, in the release's language.

        Raises
        ------
        CatalogueError
            If the row has none: no text of another language takes its place.
        """
        column = f"{stem}_{self.words.language}"
        text = str(row[column])
        if not text:
            english = row[f"{stem}_en"]
            raise CatalogueError(f"{column} is blank beside {english!r}; add the text")
        return text

    def year_words(self, period: str) -> str:
        """Return April 2024 to March 2025."""
        year = ReportingYear.parse(period)
        return self.words.say("period.year", start=year.start, end=year.end)
