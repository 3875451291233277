"""Numbers of a text against the place that its sentence gives them: unit, area, year, figure.

A true number in the wrong place is none: 74.8% of Wales is not 74.8% of Powys. What a sentence
names cannot always be told by a program, so a finding here asks the writer to look again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from ssstats.formatting import format_count, format_number
from ssstats.periods import ReportingYear
from ssstats.wording.rules import Finding, place_of
from ssstats.wording.statements import number_of, numbers_of, sentences_of

RULE = "number-of-another-place"
COUNT, PERCENTAGE, RATE, OTHER = "number", "percentage", "rate", "average"
_KINDS = {PERCENTAGE: PERCENTAGE, RATE: RATE}
_RATE = re.compile(r"^ (?:(?:in|out of) every|per|fesul|o bob|am bob|i bob) [\d,]+\b")
_PERCENT = re.compile(r"^%")
# A year since which something holds is not the year of a figure.
_SINCE = re.compile(r"\b(?:since|ers|from|o) 20\d\d-\d\d\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(20\d\d)-(\d\d)\b")
_DAY = re.compile(r"\b31 (?:March|Mawrth|Fawrth) (20\d\d)\b")
# Numbers under this without a unit are mostly no figures: days, lists, the numbers of rooms.
_SMALLEST = 100
# How many words a sentence must share with a label to be taken to speak of it.
_FEWEST_WORDS = 2
_BEGINNING = 5
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")


class Published(NamedTuple):
    """Where a number is published: its metric or measure, area and year."""

    item: str
    area: str
    period: str


@dataclass(frozen=True)
class Placed:
    """Where each number of a release is published, by unit and digits; and what areas are called.

    `names` are the names of areas in both languages and their mutated forms, by code. `said` are
    the numbers of sentences that stand in no table, such as differences, by unit. `words` are the
    beginnings of the words of each metric's and measure's labels.
    """

    figures: Mapping[tuple[str, str], Collection[Published]]
    names: Mapping[str, str]
    said: Collection[tuple[str, str]] = ()
    words: Mapping[str, Collection[str]] = field(default_factory=dict)

    def areas_in(self, sentence: str) -> set[str]:
        """Return the areas that a sentence names."""
        return {code for name, code in self.names.items() if re.search(_word(name), sentence, re.I)}


def _word(name: str) -> str:
    return rf"(?<![\w-]){re.escape(name)}(?![\w-])"


def placed_figures(
    counts: pd.DataFrame,
    measures: pd.DataFrame,
    areas: pd.DataFrame,
    said: Collection[tuple[str, str]],
    labels: Mapping[str, Collection[str]],
) -> Placed:
    """Return where the numbers of a release are published.

    Parameters
    ----------
    counts, measures : DataFrame
        Rows of counts.csv and measures.csv with numbers as numbers.
    areas : DataFrame
        The catalogue's areas.
    said : collection of pairs
        Unit and digits of what the release's sentences say that is in no table.
    labels : mapping
        The labels of each metric and measure, in both languages.
    """
    figures: dict[tuple[str, str], set[Published]] = {}
    shown = counts.dropna(subset=["value"])
    keys = ["value", "reference", "area", "period"]
    for value, *place in zip(*(shown[key].tolist() for key in keys), strict=True):
        figures.setdefault((COUNT, format_count(value, "")), set()).add(Published(*place))
    for part in ("value", "lower", "upper"):
        shown = measures.dropna(subset=[part, "decimals"])
        keys = ["kind", part, "decimals", "measure", "area", "period"]
        for kind, value, decimals, *place in zip(*(shown[k].tolist() for k in keys), strict=True):
            key = (_KINDS.get(kind, OTHER), format_number(value, int(decimals)))
            figures.setdefault(key, set()).add(Published(*place))
    columns = [c for c in areas if c.startswith("name_") or c in ("in_cy", "soft_cy", "and_cy")]
    names = {str(name): str(row["area"]) for row in areas.to_dict("records")
             for name in (row[column] for column in columns) if name}  # fmt: skip
    words = {item: _beginnings(" ".join(texts)) for item, texts in labels.items()}
    return Placed(figures, names, frozenset(said), words)


def misplaced_numbers(
    text: str, placed: Placed, *, area: str = "", item: str = ""
) -> list[Finding]:
    """Return the numbers of a text that are published, but not where their sentence puts them.

    Parameters
    ----------
    text : str
        Plain text.
    placed : Placed
        The figures of the release that the text belongs to.
    area : str
        The area that a sentence is about where it names none.
    item : str
        The metric or measure that the text is about, where it is about one.
    """
    return [
        Finding(RULE, *place_of(text, start + position), digits, why,
                "Look again: take the number from the row that the sentence is about, or name "
                "the area and year that it belongs to.")
        for start, sentence in sentences_of(text)
        for position, digits, why in _misplaced(sentence, placed, area, item)
    ]  # fmt: skip


def _misplaced(
    sentence: str, placed: Placed, area: str, item: str
) -> Iterator[tuple[int, str, str]]:
    areas = placed.areas_in(sentence) or ({area} if area else set())
    periods = _periods_in(sentence)
    for position, digits, unit in _with_units(sentence):
        if unit == COUNT and number_of(digits) < _SMALLEST and "." not in digits:
            continue
        units = (COUNT, OTHER, RATE) if unit == COUNT else (unit,)
        known = [own for u in units for own in placed.figures.get((u, digits), ())]
        if not known:
            elsewhere = any((u, digits) in placed.figures for u in (COUNT, PERCENTAGE, RATE, OTHER))
            if elsewhere and (unit, digits) not in placed.said:
                yield position, digits, f"The release gives this number, but not as a {unit}."
            continue
        fitting = [
            own
            for own in known
            if (not areas or own.area in areas)
            and (not periods or own.period in periods)
            and (not item or own.item == item)
        ]
        likely = _likeliest(sentence, known, fitting, placed, item)
        if likely is not None and (fitting or (unit, digits) not in placed.said):
            yield (
                position, digits,
                f"The release gives this number of another area, year or figure, such as "
                f"{likely.item}, {likely.area}, {likely.period}.",
            )  # fmt: skip


def _likeliest(
    sentence: str,
    known: Collection[Published],
    fitting: Collection[Published],
    placed: Placed,
    item: str,
) -> Published | None:
    """Return what a number is published of if its sentence speaks of something else, or None.

    Among hundreds of figures of an area one is easily the same by chance: what the number is
    taken for is that whose label shares most words with the sentence.
    """
    if not fitting:
        return min(known, key=lambda own: (own.item != item, own))
    if item:
        return None
    spoken = _beginnings(sentence)
    shared = {own: len(spoken & set(placed.words.get(own.item, ()))) for own in known}
    best = max(shared.values())
    if best < _FEWEST_WORDS or any(shared[own] == best for own in fitting):
        return None
    return min(own for own in known if shared[own] == best)


def _beginnings(text: str) -> frozenset[str]:
    """Return how the longer words of a text begin: plans and planning are alike."""
    return frozenset(word[:_BEGINNING].lower() for word in _LONG_WORD.findall(text))


def _with_units(text: str) -> list[tuple[int, str, str]]:
    """Return place, digits and unit of each number of a text."""
    found = []
    for position, digits in numbers_of(text):
        behind = text[position + len(digits) :]
        unit = PERCENTAGE if _PERCENT.match(behind) else RATE if _RATE.match(behind) else COUNT
        found.append((position, digits, unit))
    return found


def _periods_in(sentence: str) -> set[str]:
    years = {f"{start}-{end}" for start, end in _YEAR.findall(sentence)}
    if _SINCE.search(sentence):
        return set()
    return years | {str(ReportingYear(int(end) - 1)) for end in _DAY.findall(sentence)}
