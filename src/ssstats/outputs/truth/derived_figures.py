"""Reads back what pages work out of published figures: limits of changes, steps per 100, signals.

Each is worked out anew here, from the tidy files alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ssstats.outputs.truth.comparing import Difference, difference
from ssstats.outputs.truth.pages import ReadTable
from ssstats.outputs.truth.published import Figure, TidyFiles, Truth
from ssstats.outputs.truth.readers import Reader

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_REFERENCE = re.compile(r"\(([A-Z]{2}/\S+)\)$")
_PERIOD = re.compile(r"\b\d{4}-\d{2}\b")
# How many authorities of how many, as a cell says it.
_OF = re.compile(r"\d+ \D{1,6}\d+\b")
_WITHIN = "within"
_MATCHED = "matched_"
_PER = 100
# What a cell ought to show: its place in words, its numbers, and its text.
Expected = Iterator[tuple[str, list[Decimal], str]]
Rows = Mapping[tuple[str, str, str], Mapping[str, str]]


@dataclass(frozen=True)
class Worked:
    """Rows of changes.csv and signals.csv by item, period and area."""

    changes: Rows
    signals: Rows


def read_worked(tidy: TidyFiles) -> Worked:
    """Return what a release works out of its published figures; empty where it has no such file."""
    return Worked(_by_key(tidy, "changes.csv", "item"), _by_key(tidy, "signals.csv", "measure"))


def _by_key(tidy: TidyFiles, name: str, item: str) -> Rows:
    if not (tidy.folder / name).is_file():
        return {}
    columns = tidy[name]
    rows = (dict(zip(columns.names, row, strict=True)) for row in columns.rows(*columns.names))
    return {(row[item], row["period"], row["area"]): row for row in rows}


def check_worked(
    source: str, table: ReadTable, area: str, truth: Truth, reader: Reader, worked: Worked
) -> tuple[list[Difference], int]:
    """Return the differences of what a table works out, and how many of its cells were read."""
    differences, cells = [], 0
    for place, numbers, text in _expected(table, area, truth, reader, worked):
        cells += 1
        if not _shows(text, numbers):
            said = ", ".join(f"{number:f}" for number in numbers) or "no number"
            differences.append(difference(source, f"{table.identity}: {place}", said, text))
    return differences, cells


def _shows(text: str, numbers: list[Decimal]) -> bool:
    """Return whether the numbers of a text are these, each rounded to the places it is shown with.

    The tidy files round some of them already, so that a half may have gone either way.
    """
    shown = _NUMBER.findall(text.replace(",", "").replace("\N{MINUS SIGN}", "-"))
    return len(shown) == len(numbers) and all(
        abs(Decimal(own) - number) <= Decimal(5).scaleb(-len(own.partition(".")[2]) - 1)
        for own, number in zip(shown, numbers, strict=True)
    )


def _expected(
    table: ReadTable, area: str, truth: Truth, reader: Reader, worked: Worked
) -> Expected:
    header = table.header
    if reader.answered in header or reader.remark in header:
        yield from _coverage(table, truth, reader)
    if reader.limits_of_change in header:
        yield from _limits_of_changes(table, area, reader, worked)
    elif reader.peers in header:
        yield from _peers(table, area, reader, worked)
    elif reader.within in header:
        yield from _within(table, reader, worked)
    elif header and header[0] == reader.authority and header[1:] and header[1] in reader.steps:
        yield from _per_hundred(table, truth, reader)


def _coverage(table: ReadTable, truth: Truth, reader: Reader) -> Expected:
    """On how many authorities a figure of Wales stands: in a row's own year, or the latest."""
    header = table.header
    at = header.index(reader.answered if reader.answered in header else reader.remark)
    years = [label for label in header if reader.is_period(label)]
    for row, text in enumerate(table.columns[at]):
        # Most remarks are blank.
        said = _OF.match(text) if text else None
        if said is None:
            continue
        first, second = (column[row] for column in table.columns[:2])
        own = _items_of(first, reader) or _items_of_caption(table.caption, reader)
        period = next((text for text in (first, second) if reader.is_period(text)), "")
        if not period:
            period = max(years or _PERIOD.findall(table.caption), default="")
        known = [found for item in own if (found := truth.answered.get((item, period)))]
        if known:
            yield f"{first}, {header[at]}", [Decimal(text) for text in known[0]], said[0]


def _items_of_caption(caption: str, reader: Reader) -> tuple[str, ...]:
    labels = [label for label in reader.measures if caption.startswith(label)]
    return reader.measures[max(labels, key=len)] if labels else ()


def _limits_of_changes(table: ReadTable, area: str, reader: Reader, worked: Worked) -> Expected:
    header = table.header
    limits, smallest = header.index(reader.limits_of_change), header.index(reader.smallest_change)
    period = next(label for label in reversed(header) if reader.is_period(label))
    row: Mapping[str, str] = {}
    for texts in table.rows[1:]:
        # A row that names no figure is that of the figure above, over matched authorities.
        if items := _items_of(texts[0], reader):
            row = next(
                (found for item in items if (found := worked.changes.get((item, period, area)))), {}
            )
            ends, place = ("lower", "upper"), texts[0]
            sizes = [abs(Decimal(t)) for c in ("rise", "fall") if (t := row.get(f"smallest_{c}"))]
            least = [min(sizes)] if sizes else []
            yield f"{place}, {header[smallest]}", least, texts[smallest]
        else:
            ends, place = (f"{_MATCHED}lower", f"{_MATCHED}upper"), f"below {place}"
            for column, year in ((1, "old"), (2, "new")):
                value = row.get(f"{_MATCHED}{year}_value", "")
                shown = [Decimal(value)] if value else []
                yield f"{place}, {header[column]}", shown, texts[column]
        yield f"{place}, {header[limits]}", _both(row.get(end, "") for end in ends), texts[limits]


def _both(ends: Iterable[str]) -> list[Decimal]:
    """Return two ends of a range; none where one is blank."""
    texts = list(ends)
    return [Decimal(text) for text in texts] if all(texts) else []


def _items_of(label: str, reader: Reader) -> tuple[str, ...]:
    found = _REFERENCE.search(label)
    return (found[1],) if found else reader.measures.get(label, ())


def _peers(table: ReadTable, area: str, reader: Reader, worked: Worked) -> Expected:
    """Lowest and highest value of the peers of an authority."""
    at, period = table.header.index(reader.peers), _PERIOD.findall(table.caption)[-1]
    for texts in table.rows[1:]:
        rows = [
            found
            for item in reader.measures.get(texts[0], ())
            if (found := worked.signals.get((item, period, area)))
        ]
        ends = [rows[0][f"peer_{end}"] for end in ("lowest", "highest")] if rows else [""]
        yield f"{texts[0]}, {reader.peers}", _both(ends), texts[at]


def _within(table: ReadTable, reader: Reader, worked: Worked) -> Expected:
    """How many authorities lie within the expected range, of how many."""
    at, period = table.header.index(reader.within), _PERIOD.findall(table.caption)[-1]
    made: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    for (measure, year, _), row in worked.signals.items():
        if year == period and row["signal"]:
            made[measure] += 1
            inside[measure] += row["signal"] == _WITHIN
    for texts in table.rows[1:]:
        item = next((i for i in reader.measures.get(texts[0], ()) if made[i]), "")
        numbers = [Decimal(inside[item]), Decimal(made[item])]
        yield f"{texts[0]}, {reader.within}", numbers, texts[at]


def _per_hundred(table: ReadTable, truth: Truth, reader: Reader) -> Expected:
    """The count of each step of a process per 100 at the first."""
    period = _PERIOD.findall(table.caption)[-1]
    metrics = [reader.steps[label][0] for label in table.header[1:]]
    for name, *texts in table.rows[1:]:
        area = reader.areas.get(name, name)
        counts = [truth.text_of(Figure(metric, period, area)) for metric in metrics]
        for label, count, text in zip(table.header[1:], counts, texts, strict=True):
            # Wales has none where other authorities answered one step than another.
            if text in ("[x]", "") and (area == reader.wales or "[" in f"{count}{counts[0]}"):
                continue
            shown = "[" not in f"{count}{counts[0]}" and float(counts[0]) > 0
            numbers = [_PER * Decimal(count) / Decimal(counts[0])] if shown else []
            yield f"{name}, {label}", numbers, text
