"""Metrics by category: authorities by age within a sex, and one authority's categories."""

from __future__ import annotations

from ssstats.chapters.coverage import coverage_notes
from ssstats.chapters.release import Release
from ssstats.chapters.rows import Row
from ssstats.errors import CatalogueError
from ssstats.matched import PREFIX
from ssstats.tables import Column, Table, markdown_of_table

_EDITION = "2020-proposed"


def breakdown_tables(release: Release, references: list[str], identity: str) -> list[str]:
    """Return one table a metric and outer category: authorities by inner category."""
    period = str(release.period)
    counts = release.counts_of(_EDITION, period)
    own = counts[
        counts["breakdown"].str.contains("=") & ~counts["breakdown"].str.startswith(PREFIX)
    ]
    passages: list[str] = []
    for reference in references:
        codes = sorted(own.loc[own["reference"] == reference, "breakdown"].unique())
        outers = {code.split(";")[0] for code in codes if ";" in code}
        for outer in sorted(outers, key=lambda code: _display_order(release, code)):
            inner = [code for code in codes if code.startswith(outer)]
            passages.append(
                breakdown_table(
                    release, reference, period, outer, inner, f"{identity}-{len(passages)}-detail"
                )
            )
    return passages


def breakdown_table(
    release: Release, reference: str, period: str, outer: str, codes: list[str], identity: str
) -> str:
    """Return a table of authorities by the categories inside one outer category."""
    labels = {code: breakdown_label(release, code.split(";")[-1]) for code in codes if ";" in code}
    ordered = sorted(labels, key=lambda code: _display_order(release, code.split(";")[-1]))
    shown = [*ordered, *(code for code in codes if code == outer)]
    columns = [Column(release.words.say("table.authority"), width=22)]
    columns += [
        Column(labels.get(code, release.words.say("table.all")), numeric=True, width=11)
        for code in shown
    ]
    areas = [release.wales, *release.authorities]
    rows = tuple(
        (
            release.name(area),
            *(release.count_text(_EDITION, reference, area, period, code) for code in shown),
        )
        for area in areas
    )
    caption = release.words.say(
        "table.breakdown",
        metric=release.label(_EDITION, reference),
        category=breakdown_label(release, outer),
        period=period,
    )
    figures = [
        (column.label, release.count(_EDITION, reference, release.wales, period, code))
        for column, code in zip(columns[1:], shown, strict=True)
    ]
    notes = tuple(coverage_notes(release, figures))
    return markdown_of_table(Table(identity, caption, tuple(columns), rows, notes))


def breakdown_label(release: Release, code: str) -> str:
    """Return the words of one category such as sex=male."""
    return str(_breakdown_row(release, code)[f"label_{release.words.language}"])


def _display_order(release: Release, code: str) -> int:
    return int(_breakdown_row(release, code)["display_order"])


def category_table(release: Release, reference: str, area: str, period: str, identity: str) -> str:
    """Return a table of one area: inner categories as rows, outer categories as columns."""
    counts = release.counts_of(_EDITION, period)
    own = counts[(counts["area"] == area) & (counts["reference"] == reference)]
    codes = [code for code in own["breakdown"] if "=" in code and not code.startswith(PREFIX)]
    both = sorted(code for code in codes if ";" in code)
    outer = sorted({code.split(";")[0] for code in both}, key=lambda c: _display_order(release, c))
    inner = sorted({code.split(";")[1] for code in both}, key=lambda c: _display_order(release, c))
    alone = [code for code in codes if ";" not in code]
    rows = [
        (
            breakdown_label(release, row),
            *(release.count_text(_EDITION, reference, area, period, f"{c};{row}") for c in outer),
        )
        for row in inner
    ]
    if set(outer) <= set(alone):
        sums = (release.count_text(_EDITION, reference, area, period, c) for c in outer)
        rows.append((release.words.say("table.all"), *sums))
    columns = [Column(release.words.say("table.category"), width=30)]
    columns += [Column(breakdown_label(release, c), numeric=True, width=15) for c in outer]
    caption = release.words.say(
        "table.category-of-area",
        metric=release.label(_EDITION, reference),
        area=release.name(area),
        period=period,
    )
    return markdown_of_table(Table(identity, caption, tuple(columns), tuple(rows)))


def _breakdown_row(release: Release, code: str) -> Row:
    dimension, category = code.split("=")
    found = release.breakdowns.get(dimension, category)
    if found is None:
        raise CatalogueError(
            f"breakdowns.csv: category {category!r} of {dimension!r} is not there; add it"
        )
    return found
