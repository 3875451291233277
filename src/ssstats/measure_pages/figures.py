"""Figures as the pages of one language show them: with remarks, names and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from ssstats.chapters.passages import rounding_sentence
from ssstats.chapters.release import Release
from ssstats.measure_pages.markup import cell, named
from ssstats.measure_pages.shared import CountRow, Figure, SharedFigures

# How the chapter of an authority is named: with the name of its address behind it.
_OF_AUTHORITY = "authority-"
_BETWEEN_REMARKS = "; "


@dataclass(frozen=True)
class Figures:
    """The figures of a release in its language."""

    release: Release
    shared: SharedFigures

    @cached_property
    def protection(self) -> str:
        """What the policy does to counts, in a sentence or two."""
        return rounding_sentence(self.release)

    @cached_property
    def heads(self) -> Mapping[tuple[str, bool], str]:
        """The name of each area as the head of a row: plain, and where other pages lead to."""
        release = self.release
        plain = {(area, False): named(release.name(area)) for area in release.areas["area"]}
        return plain | {
            (area, True): named(release.name(area), release.slugs[area]) for area, _ in plain
        }

    @cached_property
    def year_cells(self) -> Mapping[str, str]:
        """The cell of each year, which must not break."""
        years = self.release.estimates["period"].unique().tolist()
        counted = self.release.tables.counts["period"].unique().tolist()
        return {year: cell(year, of_words=True, unbroken=True) for year in {*years, *counted}}

    def said_of(self, item: str, area: str) -> list[tuple[str, str]]:
        """Return name and text of each sentence about an item of an area, each text once."""
        return [(name, text) for text, name in self._said.get((item, area), {}).items()]

    @cached_property
    def _said(self) -> Mapping[tuple[str, str], dict[str, str]]:
        """The sentences about each item and area: text to name, the last one where two agree."""
        said: dict[tuple[str, str], dict[str, str]] = {}
        if self.release.commentary.empty:
            return said
        columns = ("item", "area", "sentence", f"text_{self.release.words.language}")
        rows = zip(*(self.release.commentary[name].tolist() for name in columns), strict=True)
        for item, area, name, text in rows:
            if text:
                said.setdefault((item, area), {})[text] = name
        return said

    def remark(self, figure: Figure) -> str:
        """Return what to know of a figure of a measure beyond what all have."""
        partly = figure.answered < figure.expected
        coverage = (int(figure.answered), int(figure.expected)) if partly else ()
        known = self._noted(figure.flags, coverage, figure.rules)
        if not figure.chapters:
            return known
        return _BETWEEN_REMARKS.join([*([known] if known else []), self._named(figure.chapters)])

    # The same few remarks stand beside tens of thousands of figures.
    @cached_property
    def _noted(self) -> Any:
        return cache(self._note)

    @cached_property
    def _named(self) -> Any:
        return cache(self._in_sentences)

    def _note(self, flags: str, coverage: tuple[int, ...], rules: tuple[str, str]) -> str:
        words = self.release.words
        said = [self._flags[flag] for flag in flags]
        if coverage:
            answered, expected = coverage
            said.append(words.say("coverage.authorities", answered=answered, expected=expected))
        for side, rule in zip(("numerator", "denominator"), rules, strict=True):
            if rule:
                said.append(words.say(f"measure-page.{side}-rule", rule=self._rule_text(rule)))
        return _BETWEEN_REMARKS.join(said)

    def _in_sentences(self, chapters: Sequence[str]) -> str:
        """Return a remark that names the chapters with a sentence about a figure."""
        titles = dict.fromkeys(self._title_of(chapter) for chapter in chapters)
        return self.release.words.say("measure-page.sentences", chapters=", ".join(titles))

    def _title_of(self, chapter: str) -> str:
        slug = chapter.removeprefix(_OF_AUTHORITY)
        if slug == chapter:
            return self.release.words.say(f"chapter.{chapter}.title")
        areas = {own: area for area, own in self.release.slugs.items()}
        return self.release.name(areas[slug])

    @cached_property
    def _flags(self) -> Mapping[str, str]:
        say = self.release.words.say
        texts = {flag: say(f"output.flag.{flag}") for flag in ("b", "r")}
        return {**texts, "u": say("remark.low-reliability")}

    def _rule_text(self, rule: str) -> str:
        """Return what disclosure control did to a figure, in words."""
        return self.release.words.say(f"rule.{rule.replace(' ', '-')}")

    def remark_of_counts(self, row: CountRow) -> str:
        """Return what to know of the counts of an area and year beyond what all have."""
        notes, chapters = self.shared.count_notes, self.shared.chapters
        said = []
        for reference in row.remarked:
            figure = (reference, row.area, row.period)
            if note := notes.get(figure):
                texts = [self._flags[flag] for flag in note.flags if flag in self._flags]
                if note.rule:
                    texts.append(self._rule_text(note.rule))
                said += [
                    self.release.words.say(
                        "measure-page.reference-rule", reference=reference, rule=text
                    )
                    for text in texts
                ]
            if figure in chapters and figure[1:] in self.shared.counts.get(reference, ()):
                said.append(self._named(chapters[figure]))
        return _BETWEEN_REMARKS.join(said)
