"""Metrics by category, such as age and gender: authorities side by side, and one authority."""

from __future__ import annotations

from collections.abc import Sequence

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.coverage import coverage_notes
from ssstats.chapters.release import Release
from ssstats.chapters.rows import Row
from ssstats.errors import CatalogueError
from ssstats.tables import Column, Table, markdown_of_table


def breakdown_tables(release: Release, references: list[str], identity: str) -> list[str]:
    """Return one table a metric and outer category, or dimension: authorities by category.

    Where a metric came by two dimensions at once, there is a table for each category of the first.
    """
    period = str(release.period)
    passages: list[str] = []
    for reference in references:
        by_area = release.categories_of(METRIC_EDITION, period, reference)
        codes = sorted({code for own in by_area.values() for code in own})
        for name, shown in _tables_of(release, codes):
            passages.append(
                _authorities_table(
                    release, reference, name, shown, f"{identity}-{len(passages)}-detail"
                )
            )
    return passages


def _tables_of(release: Release, codes: list[str]) -> list[tuple[str, dict[str, str]]]:
    """Return the name of each table of authorities, and its columns' codes with their words."""
    crossed = {code for code in codes if ";" in code}
    every = release.words.say("table.all")
    tables = []
    for outer in _ordered(release, {code.split(";")[0] for code in crossed}):
        inner = {code.split(";")[1] for code in crossed if code.startswith(f"{outer};")}
        shown = {f"{outer};{c}": breakdown_label(release, c) for c in _ordered(release, inner)}
        if outer in codes:
            shown[outer] = every
        tables.append((breakdown_label(release, outer), shown))
    for dimension in _dimensions_alone(codes):
        own = {code for code in codes if code.startswith(f"{dimension}=")} - crossed
        shown = {code: breakdown_label(release, code) for code in _ordered(release, own)}
        name = release.words.say(f"dimensions.by.{dimension}")
        tables.append((name, {**shown, "": every}))
    return tables


def _dimensions_alone(codes: Sequence[str]) -> list[str]:
    """Return the dimensions that a metric came by, but for those that it came crossed by."""
    crossed = {part.split("=")[0] for code in codes if ";" in code for part in code.split(";")}
    return sorted({code.split("=")[0] for code in codes if ";" not in code} - crossed)


def _authorities_table(
    release: Release, reference: str, name: str, shown: dict[str, str], identity: str
) -> str:
    """Return a table of authorities by the categories of one breakdown."""
    period = str(release.period)
    columns = [Column(release.words.say("table.authority"), width=22)]
    columns += [Column(label, numeric=True, width=11) for label in shown.values()]
    rows = tuple(
        (
            release.name(area),
            *(release.count_text(METRIC_EDITION, reference, area, period, code) for code in shown),
        )
        for area in [release.wales, *release.authorities]
    )
    caption = release.words.say(
        "table.breakdown",
        metric=release.label(METRIC_EDITION, reference),
        category=name,
        period=period,
    )
    figures = [
        (label, release.count(METRIC_EDITION, reference, release.wales, period, code))
        for code, label in shown.items()
    ]
    notes = tuple(coverage_notes(release, figures))
    return markdown_of_table(Table(identity, caption, tuple(columns), rows, notes))


def breakdown_label(release: Release, code: str) -> str:
    """Return the words of one category such as sex=male."""
    return str(_breakdown_row(release, code)[f"label_{release.words.language}"])


def _display_order(release: Release, code: str) -> int:
    return int(_breakdown_row(release, code)["display_order"])


def _ordered(release: Release, codes: set[str]) -> list[str]:
    return sorted(codes, key=lambda code: _display_order(release, code))


def category_table(release: Release, reference: str, area: str, period: str, identity: str) -> str:
    """Return a table of one area: categories of one dimension as rows, of another as columns."""
    codes = release.categories_of(METRIC_EDITION, period, reference)[area]
    crossed = [code for code in codes if ";" in code]
    words = release.words
    columns = [Column(words.say("table.category"), width=30)]
    if crossed:
        outer = _ordered(release, {code.split(";")[0] for code in crossed})
        inner = _ordered(release, {code.split(";")[1] for code in crossed})
        columns += [Column(breakdown_label(release, c), numeric=True, width=15) for c in outer]
        lines = {breakdown_label(release, c): [f"{o};{c}" for o in outer] for c in inner}
        if set(outer) <= set(codes):
            lines[words.say("table.all")] = outer
        dimensions = "-".join(part.split("=")[0] for part in crossed[0].split(";"))
    else:
        dimensions = _dimensions_alone(codes)[0]
        alone = _ordered(release, {c for c in codes if c.startswith(f"{dimensions}=")})
        columns.append(Column(words.say("table.value"), numeric=True, width=15))
        lines = {breakdown_label(release, code): [code] for code in alone}
        lines[words.say("table.all")] = [""]
    rows = tuple(
        (
            name,
            *(release.count_text(METRIC_EDITION, reference, area, period, code) for code in line),
        )
        for name, line in lines.items()
    )
    caption = words.say(
        "table.category-of-area",
        metric=release.label(METRIC_EDITION, reference),
        dimensions=words.say(f"dimensions.by.{dimensions}"),
        area=release.name(area),
        period=period,
    )
    return markdown_of_table(Table(identity, caption, tuple(columns), rows))


def _breakdown_row(release: Release, code: str) -> Row:
    dimension, category = code.split("=")
    found = release.breakdowns.get(dimension, category)
    if found is None:
        raise CatalogueError(
            f"breakdowns.csv: category {category!r} of {dimension!r} is not there; add it"
        )
    return found
