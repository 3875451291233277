"""What one file of a release says otherwise than its tables do, and in which words that is told."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

from ssstats.archive_damages import ARCHIVE_DAMAGES
from ssstats.outputs.errors import OutputsError
from ssstats.outputs.truth.published import (
    NOT_AVAILABLE,
    Figure,
    Place,
    Series,
    Truth,
    amount_of,
    figure_of,
)

_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Difference:
    """A figure that one file shows otherwise than the release tables do, lacks, or adds."""

    source: str
    place: str
    published: str
    found: str

    def __str__(self) -> str:
        return f"{self.source}: {self.place}: published {self.published}, found {self.found}"


@dataclass
class Comparison:
    """What differs; how many figures were read by source; cells that nothing could name, by table.

    Tables with such cells are still the same in page, notebook and PDF.
    """

    differences: list[Difference] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)
    unnamed: Counter[str] = field(default_factory=Counter)


class Found:
    """Figures that are found in one source, and what it tells of them once more in another way."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.figures: dict[Series, dict[Place, str]] = {}
        self._again: list[tuple[str, Figure, str]] = []

    def add(
        self, series: Series, places: Sequence[Place], texts: Sequence[str], *, within: str = ""
    ) -> None:
        """Add the figures of a series in some places.

        Parameters
        ----------
        within : str
            Name of the part of the source that tells them; blank where it has no parts.

        Raises
        ------
        ValueError
            If there are not as many texts as places.
        """
        told = dict(zip(places, texts, strict=True))
        if series not in self.figures and len(told) == len(places):
            self.figures[series] = told
            return
        own = self.figures.setdefault(series, {})
        for place, text in zip(places, texts, strict=True):
            before = own.setdefault(place, text)
            if amount_of(before) != amount_of(text):
                self._again.append((within, figure_of(series, place), text))

    def against(self, truth: Truth, expected: Mapping[Series, Set[Place]]) -> list[Difference]:
        """Return what differs from what is published, and what is expected and was not found."""
        again = [
            difference(self.source, f"{within}: {figure}".removeprefix(": "), published, text)
            for within, figure, text in self._again
            if amount_of(published := truth.text_of(figure)) != amount_of(text)
        ]
        differences = [
            one
            for series, texts in self.figures.items()
            if not are_published(truth, series, texts, texts.values())
            for one in _differences(self.source, truth, series, texts)
        ]
        places = {series: texts.keys() for series, texts in self.figures.items()}
        return [*again, *differences, *lacking(self.source, truth, places, expected)]


# What the readers of a release's files raise for one that was tampered with.
_DAMAGES: tuple[type[Exception], ...] = (*ARCHIVE_DAMAGES, LookupError, SyntaxError, csv.Error)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what a file that was tampered with raises into a sentence about the file.

    Raises
    ------
    OutputsError
        If the file is not in the form in which a release writes it.
    """
    try:
        yield
    except _DAMAGES as fault:
        raise OutputsError(
            f"{path.parent.name}/{path.name} cannot be read as a release writes it "
            f"({type(fault).__name__}); build the release anew"
        ) from fault


def difference(source: str, place: object, published: str, found: str) -> Difference:
    """Return a difference in words that never carry a number where none is published."""
    hidden = not published or published.startswith("[") or published == "nothing"
    said = "a number" if hidden and _DIGIT.search(found) else found
    return Difference(source, str(place), published or "nothing", said or "nothing")


def are_published(
    truth: Truth, series: Series, places: Iterable[Place], texts: Iterable[str]
) -> bool:
    """Return whether the texts of a series in some places say what is published there.

    What nobody was asked about may be shown as not available.
    """
    amounts = truth.amounts.get(series, {})
    return [*map(amounts.get, places, repeat(NOT_AVAILABLE))] == [*map(amount_of, texts)]


def lacking(
    source: str,
    truth: Truth,
    found: Mapping[Series, Set[Place]],
    expected: Mapping[Series, Set[Place]],
) -> list[Difference]:
    """Return a difference for each figure that is expected in a source and not found there."""
    nowhere: Set[Place] = frozenset()
    missing = sorted(
        figure_of(series, place)
        for series, places in expected.items()
        if not places <= found.get(series, nowhere)
        for place in places - found.get(series, nowhere)
    )
    return [difference(source, one, truth.text_of(one), "nothing") for one in missing]


def _differences(
    source: str, truth: Truth, series: Series, texts: Mapping[Place, str]
) -> Iterator[Difference]:
    published = truth.figures.get(series, {})
    for place, text in texts.items():
        own = published.get(place)
        if own is None:
            if text != NOT_AVAILABLE:
                yield difference(source, figure_of(series, place), "nothing", text)
        elif amount_of(own) != amount_of(text):
            yield difference(source, figure_of(series, place), own, text)
