"""Names the figures of a page's tables and compares them with what is published.

Knows tables by their headers: metrics by year, measures with limits, one measure or metric by
local authority, one metric over many years. A table of another kind is not named here; that it
says the same in notebook, page and PDF is checked elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ssstats.outputs.truth.pages import ReadTable
from ssstats.outputs.truth.published import (
    Difference,
    Figure,
    Truth,
    difference,
    number_of,
    same,
)
from ssstats.outputs.truth.readers import Reader

_REFERENCE = re.compile(r"\(([A-Z]{2}/\S+)\)$")
# Shares of a whole stand under the references of the counts that they are shares of.
_SHARES = "tbl-shares"
_PERIOD = re.compile(r"\b\d{4}-\d{2}\b")


def check_table(
    source: str, table: ReadTable, area: str, truth: Truth, reader: Reader
) -> tuple[list[Difference], int]:
    """Return the differences of one table, and how many of its figures could be named."""
    differences, named = [], 0
    for figure, text in figures_of(table, area, truth, reader):
        if number_of(text) is None and not text.startswith("["):
            continue
        named += 1
        published = truth.figures.get(figure, "[x]")
        if not same(published, text):
            differences.append(difference(source, f"{table.identity}: {figure}", published, text))
    return differences, named


def figures_of(
    table: ReadTable, area: str, truth: Truth, reader: Reader
) -> Iterator[tuple[Figure, str]]:
    """Give the key and text of each cell of a table whose kind is known.

    Parameters
    ----------
    area : str
        Area that the page is about.
    """
    if len(table.rows) < 2 or table.identity == _SHARES:
        return
    first = table.header[0]
    if first == reader.measure:
        yield from _measures(table, area, truth, reader)
    elif first == reader.authority:
        yield from _by_authority(table, truth, reader)
    elif first == reader.year:
        yield from _long_series(table, truth, reader)
    elif any(reader.is_period(label) for label in table.header):
        yield from _counts(table, area, truth, reader)
    else:
        yield from _groups(table, area, truth, reader)


def _counts(
    table: ReadTable, area: str, truth: Truth, reader: Reader
) -> Iterator[tuple[Figure, str]]:
    header = table.header
    at = header.index(reader.reference) if reader.reference in header else None
    for row in table.rows[1:]:
        if at is not None:
            reference = row[at]
        elif found := _REFERENCE.search(row[0]):
            reference = found[1]
        elif row[0] in reader.measures:
            years = [label for label in header if reader.is_period(label)]
            reference = _of_year(reader.measures[row[0]], years[-1], truth)
        else:
            continue
        for label, text in zip(header, row, strict=True):
            if reader.is_period(label):
                yield Figure(reference, label, area), text


def _measures(
    table: ReadTable, area: str, truth: Truth, reader: Reader
) -> Iterator[tuple[Figure, str]]:
    """Value and limits are those of the first column of figures; others are values alone."""
    header = table.header
    in_caption = _PERIOD.findall(table.caption)
    period = next((label for label in header if reader.is_period(label)), "")
    period = period or (in_caption[-1] if in_caption else "")
    for row in table.rows[1:]:
        if row[0] not in reader.measures:
            continue
        measure = _of_year(reader.measures[row[0]], period, truth)
        year = period or truth.latest(truth.editions[measure])
        for label, text in zip(header[1:], row[1:], strict=True):
            if label in reader.areas:
                yield Figure(measure, year, reader.areas[label]), text
            elif reader.is_period(label):
                yield Figure(measure, label, area), text
            elif label in reader.parts:
                yield Figure(measure, year, area, "", reader.parts[label]), text
            elif label in reader.dated_parts:
                part, dated = reader.dated_parts[label]
                yield Figure(measure, dated, area, "", part), text


def _by_authority(table: ReadTable, truth: Truth, reader: Reader) -> Iterator[tuple[Figure, str]]:
    """One item by authority: a row an authority, or an authority and year; or a column a metric."""
    header = table.header
    year_at = header.index(reader.year) if reader.year in header else None
    in_caption = (_PERIOD.findall(table.caption) or [""])[-1]
    items = _items_of(table.caption, reader.measures, reader.metrics)
    # After the metric comes the category that the whole table is about: a colon, a label, a comma.
    first = _of_year(items, in_caption, truth) if items else ""
    label = reader.labels.get(first, "")
    within = table.caption.removeprefix(f"{label}: ").split(", ")[0]
    for row in table.rows[1:]:
        area = reader.areas.get(row[0])
        if area is None:
            continue
        period = row[year_at] if year_at is not None else in_caption
        item = _of_year(items, period, truth) if items else ""
        if item and not period:
            period = truth.latest(truth.editions[item])
        for label, text in zip(header[1:], row[1:], strict=False):
            if "/" in label and label in truth.editions:
                yield Figure(label, period, area), text
            elif item and label in reader.parts:
                yield Figure(item, period, area, "", reader.parts[label]), text
            elif item and (group := _group(reader, label, within)) is not None:
                yield Figure(item, period, area, group), text


def _groups(
    table: ReadTable, area: str, truth: Truth, reader: Reader
) -> Iterator[tuple[Figure, str]]:
    """One metric of one area by two dimensions, one down and one across."""
    period = (_PERIOD.findall(table.caption) or [""])[-1]
    item = _item_of(table.caption, period, truth, reader.metrics)
    if item is None:
        return
    period = period or truth.latest(truth.editions[item])
    for row in table.rows[1:]:
        for label, text in zip(table.header[1:], row[1:], strict=True):
            if (group := _group(reader, label, row[0])) is not None:
                yield Figure(item, period, area, group), text


def _group(reader: Reader, one: str, other: str) -> str | None:
    """Return the breakdown that two labels name together, in either order."""
    for label in (f"{one}, {other}", f"{other}, {one}"):
        if label in reader.groups:
            return reader.groups[label]
    return None


def _item_of(
    caption: str, period: str, truth: Truth, *known: Mapping[str, tuple[str, ...]]
) -> str | None:
    """Return the item whose label opens a caption, the longest of them."""
    items = _items_of(caption, *known)
    return _of_year(items, period, truth) if items else None


def _items_of(caption: str, *known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the items that share the label which opens a caption, the longest of them."""
    named = [
        (label, items) for own in known for label, items in own.items() if caption.startswith(label)
    ]
    return max(named, key=lambda pair: len(pair[0]))[1] if named else ()


def _of_year(items: tuple[str, ...], period: str, truth: Truth) -> str:
    """Return the item that was collected in a year: two editions may share a label."""
    for item in items:
        if period in truth.periods.get(truth.editions.get(item, ""), ()):
            return item
    return items[-1]


def _long_series(table: ReadTable, truth: Truth, reader: Reader) -> Iterator[tuple[Figure, str]]:
    """One item through the years: a column an area, or a column a part of the Wales figure."""
    last = table.rows[-1][0]
    item = _item_of(table.caption, last, truth, reader.metrics, reader.measures)
    if item is None:
        return
    for row in table.rows[1:]:
        if not reader.is_period(row[0]):
            continue
        for label, text in zip(table.header[1:], row[1:], strict=False):
            if label in reader.areas:
                yield Figure(item, row[0], reader.areas[label]), text
            elif label in reader.parts:
                yield Figure(item, row[0], reader.wales, "", reader.parts[label]), text
