"""Names the published figures in the tables of a page, and in the data of its charts.

Knows tables by their headers: metrics by year, measures with limits, one measure or metric by
local authority, shares of a whole, steps of a process, one metric over many years, a series
through two editions. What a table works out of published figures is read in `derived_figures`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from ssstats.outputs.truth.comparing import Difference, are_published, difference
from ssstats.outputs.truth.pages import ReadTable
from ssstats.outputs.truth.published import (
    Place,
    Series,
    Truth,
    amount_of,
    figure_of,
    number_of,
)
from ssstats.outputs.truth.readers import Reader

_REFERENCE = re.compile(r"\(([A-Z]{2}/\S+)\)$")
_MEASURE_CODE = re.compile(r"\(([A-Z]+-?\d+\w*)\)$")
# Shares of a whole stand under the references of the counts that they are shares of.
_SHARES = "tbl-shares"
# A correction tells figures of two releases.
_CORRECTED = "tbl-corrected"
_PERIOD = re.compile(r"\b\d{4}-\d{2}\b")
_NUMBER = re.compile(r"[\d,.]+%?")
_BREAK = "[b]"
_LIMITS = ("value", "lower", "upper")
# Figures of a series: in which places, and beside each the text of its cell.
Named = tuple[Series, Sequence[Place], Sequence[str]]


def check_table(
    source: str, table: ReadTable, area: str, truth: Truth, reader: Reader
) -> tuple[list[Difference], list[Named]]:
    """Return the differences of one table, and the figures in it that could be named."""
    differences: list[Difference] = []
    named: list[Named] = []
    for own in figures_of(table, area, truth, reader):
        series, places, texts = own
        # All at once first: nearly every table is as it is published.
        if are_published(truth, series, places, texts):
            named.append(own)
            continue
        for place, text in zip(places, texts, strict=True):
            key = figure_of(series, place)
            published = truth.text_of(key)
            if not _names_a_figure(text, published):
                continue
            named.append((series, [place], [text]))
            if amount_of(text) != amount_of(published):
                said = f"{table.identity}: {key}"
                differences.append(difference(source, said, published, text))
    return differences, named


def _names_a_figure(text: str, published: str) -> bool:
    """Return whether a cell says something of a figure: a number, a marker, or nothing at all.

    A chart's data have a blank where nothing is drawn.
    """
    if not text:
        return not published.startswith("[")
    return text.startswith("[") or number_of(text) is not None


def figures_of(table: ReadTable, area: str, truth: Truth, reader: Reader) -> Iterator[Named]:
    """Give the figures in the cells of a table whose kind is known.

    Parameters
    ----------
    area : str
        Area that the page is about.
    """
    if not table.columns or len(table.columns[0]) < 2 or table.identity == _CORRECTED:
        return
    first = table.header[0]
    if table.identity == _SHARES:
        yield from _shares(table, reader)
    elif first == reader.authority:
        yield from _by_authority(table, truth, reader)
    elif first == reader.measure:
        yield from _measures(table, area, truth, reader)
    elif first == reader.step:
        yield from _steps(table, reader)
    elif first == reader.year:
        yield from _long_series(table, area, truth, reader)
    elif any(reader.is_period(label) for label in table.header):
        yield from _counts(table, area, truth, reader)
    else:
        yield from _groups(table, area, truth, reader)


def _shares(table: ReadTable, reader: Reader) -> Iterator[Named]:
    """A row an area and year, a column a metric: value, and lower and upper limit in brackets."""
    names, periods, *columns = table.columns
    places = [
        (period, reader.areas.get(name, name))
        for name, period in zip(names[1:], periods[1:], strict=True)
    ]
    for label, *texts in columns:
        numbers = [*map(_numbers_in, texts)]
        for nth, part in enumerate(_LIMITS):
            rows = [row for row, own in enumerate(numbers) if len(own) > nth]
            series = (reader.shares.get(label, ""), "", part)
            yield series, [places[row] for row in rows], [numbers[row][nth] for row in rows]


@cache
def _numbers_in(text: str) -> tuple[str, ...]:
    """Return the numbers of a share with its limits, or its one marker."""
    return (text,) if text.startswith("[") else tuple(_NUMBER.findall(text))


def _steps(table: ReadTable, reader: Reader) -> Iterator[Named]:
    """A row a step of a process in Wales: its number, and its share with limits."""
    period = _PERIOD.findall(table.caption)[-1]
    for label, count, *limits in (row[:5] for row in table.rows[1:]):
        metric, measure = reader.steps.get(label, ("", ""))
        place = (period, reader.wales)
        yield (metric, "", "value"), [place], [count]
        if measure:
            for part, text in zip(_LIMITS, limits, strict=True):
                yield (measure, "", part), [place], [text]


def _counts(table: ReadTable, area: str, truth: Truth, reader: Reader) -> Iterator[Named]:
    header = table.header
    at = header.index(reader.reference) if reader.reference in header else None
    dated = [column for column, label in enumerate(header) if reader.is_period(label)]
    years = [header[column] for column in dated]
    places = [(year, area) for year in years]
    for row in table.rows[1:]:
        if at is not None:
            reference = row[at]
        elif found := _REFERENCE.search(row[0]):
            reference = found[1]
        elif row[0] in reader.measures:
            reference = _of_year(reader.measures[row[0]], years[-1], truth)
        else:
            continue
        yield (reference, "", "value"), places, [row[column] for column in dated]


def _measures(table: ReadTable, area: str, truth: Truth, reader: Reader) -> Iterator[Named]:
    """Value and limits are those of the first column of figures; others are values alone."""
    header = table.header
    in_caption = _PERIOD.findall(table.caption)
    period = next((label for label in header if reader.is_period(label)), "")
    period = period or (in_caption[-1] if in_caption else "")
    for row in table.rows[1:]:
        items = reader.measures.get(row[0]) or reader.short.get(row[0])
        if items is None:
            continue
        measure = _of_year(items, period, truth)
        year = period or truth.latest_of(measure)
        for label, text in zip(header[1:], row[1:], strict=True):
            if label in reader.areas:
                yield (measure, "", "value"), [(year, reader.areas[label])], [text]
            elif reader.is_period(label):
                yield (measure, "", "value"), [(label, area)], [text]
            elif label in reader.parts:
                yield (measure, "", reader.parts[label]), [(year, area)], [text]
            elif label in reader.dated_parts:
                part, dated = reader.dated_parts[label]
                yield (measure, "", part), [(dated, area)], [text]


def _by_authority(table: ReadTable, truth: Truth, reader: Reader) -> Iterator[Named]:
    """One item by authority: a row an authority, or an authority and year; or a column a metric."""
    header = table.header
    in_caption = (_PERIOD.findall(table.caption) or [""])[-1]
    items = _items_of(table.caption, reader.measures, reader.metrics)
    # After the metric comes the category that the whole table is about: a colon, a label, a comma.
    first = _of_year(items, in_caption, truth) if items else ""
    label = reader.labels.get(first, "")
    within = table.caption.removeprefix(f"{label}: ").split(", ")[0]
    dated = dict(zip(header, table.columns, strict=True)).get(reader.year)
    # Rows of each item: two editions may share a label.
    item_of: dict[str, str] = {}
    of_items: dict[str, list[tuple[int, str, str]]] = {}
    for row, label in enumerate(table.columns[0]):
        if area := reader.areas.get(label):
            period = (dated[row] if dated else in_caption) or truth.latest_of(first)
            if period not in item_of:
                item_of[period] = _of_year(items, period, truth) if items else ""
            of_items.setdefault(item_of[period], []).append((row, period, area))
    for item, found in of_items.items():
        rows, periods, areas = zip(*found, strict=True)
        places = [*zip(periods, areas, strict=True)]
        for column in table.columns[1:]:
            if named := _in_column(column[0], within, bool(items), truth, reader):
                own, year, group, part = named
                in_year = [(year, area) for area in areas] if year else places
                yield (own or item, group, part), in_year, [column[row] for row in rows]


def _in_column(
    name: str, within: str, of_one_item: bool, truth: Truth, reader: Reader
) -> tuple[str, str, str, str] | None:
    """Return item, year, group and part of a column by authority; blank where the row says it."""
    if "/" in name and name in truth.editions:
        return name, "", "", "value"
    if not of_one_item:
        return None
    if name in reader.parts:
        return "", "", "", reader.parts[name]
    if reader.is_period(name):
        return "", name, "", "value"
    group = _group(reader, name, within)
    return None if group is None else ("", "", group, "value")


def _groups(table: ReadTable, area: str, truth: Truth, reader: Reader) -> Iterator[Named]:
    """One metric of one area by two dimensions, one down and one across."""
    period = (_PERIOD.findall(table.caption) or [""])[-1]
    item = _item_of(table.caption, period, truth, reader.metrics)
    if item is None:
        return
    period = period or truth.latest_of(item)
    for row in table.rows[1:]:
        for label, text in zip(table.header[1:], row[1:], strict=True):
            if (group := _group(reader, label, row[0])) is not None:
                yield (item, group, "value"), [(period, area)], [text]


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
    openings = (caption[:end] for end in range(len(caption), -1, -1))
    return next((own[text] for text in openings for own in known if text in own), ())


def _of_year(items: tuple[str, ...], period: str, truth: Truth) -> str:
    """Return the item that was collected in a year: two editions may share a label."""
    for item in items:
        if period in truth.periods.get(truth.editions.get(item, ""), ()):
            return item
    return items[-1]


def _long_series(table: ReadTable, area: str, truth: Truth, reader: Reader) -> Iterator[Named]:
    """One item through the years: a column an area, a part of the Wales figure, or an item."""
    last = table.rows[-1][0]
    item = _item_of(table.caption, last, truth, reader.metrics, reader.measures)
    goes_on = False
    for year, *texts in table.rows[1:]:
        period = year.removesuffix(f" {_BREAK}")
        goes_on = goes_on or period != year
        if not reader.is_period(period):
            continue
        for label, text in zip(table.header[1:], texts, strict=False):
            if item and label in reader.areas:
                yield (item, "", "value"), [(period, reader.areas[label])], [text]
            elif item and label in reader.parts:
                yield (item, "", reader.parts[label]), [(period, reader.wales)], [text]
            elif own := _in_series(label, period, goes_on, truth, reader):
                yield (own, "", "value"), [(period, area)], [text]


def _in_series(label: str, period: str, goes_on: bool, truth: Truth, reader: Reader) -> str:
    """Return the item of a column in a year: a series of 2016 goes on as another measure."""
    if named := _MEASURE_CODE.search(label):
        item = named[1]
    elif items := reader.metrics.get(label) or reader.measures.get(label):
        item = _of_year(items, period, truth)
    else:
        return ""
    of_edition = truth.periods.get(truth.editions.get(item, ""), ())
    return reader.goes_on_as.get(item, item) if goes_on or period not in of_edition else item
