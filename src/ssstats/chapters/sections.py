"""National chapters: each section of the guidance with its counts, measures and charts."""

from __future__ import annotations

from ssstats.chapters.passages import (
    counts_table,
    heading,
    join,
    measures_table,
    recent_periods,
    shorthand,
)
from ssstats.chapters.pictures import count_through_years, measure_by_authority
from ssstats.chapters.release import Release
from ssstats.tables import Column, Table, markdown_of_table

_EDITION = "2020-proposed"


def chapter_introduction(release: Release, chapter: str) -> str:
    """Return what the chapter is about and what the shorthand in its tables means."""
    words = release.words
    return join(
        words.say(f"chapter.{chapter}.lead", year=release.year_words(str(release.period))),
        shorthand(release),
    )


def section(release: Release, domain: str, order: int) -> str:
    """Return one section: counts of Wales by year, measures with limits, featured charts.

    A section without any data in the release says so in one sentence.
    """
    metrics = release.catalogue.metrics
    chosen = metrics[
        (metrics["edition"] == _EDITION)
        & (metrics["domain"] == domain)
        & (metrics["section_order"] == order)
        & (metrics["collected"] == "yes")
    ]
    identity = f"{domain.replace('_', '-')}-{order}"
    title = release.words.say(f"section.{domain}.{order}")
    known = [r for r in chosen["reference"] if release.holds(_EDITION, [r])]
    if not known:
        return join(
            heading(2, title, identity), release.words.say("section.without-data", title=title)
        )
    counts = counts_table(
        release,
        identity=f"{identity}-counts",
        caption=release.words.say("table.counts-of-wales", title=title),
        edition=_EDITION,
        references=known,
        area=release.wales,
    )
    return join(
        heading(2, title, identity),
        release.words.say("section.coverage-lead", title=title),
        counts,
        *_breakdowns(release, known, identity),
        _section_measures(release, domain, str(chosen["section"].iloc[0]), identity, title),
        *_featured(release, domain, order, identity),
    )


def _section_measures(
    release: Release, domain: str, section_name: str, identity: str, title: str
) -> str:
    period = recent_periods(release, _EDITION)[-1]
    measures = release.catalogue.measures
    chosen = measures[
        (measures["edition"] == _EDITION)
        & (measures["domain"] == domain)
        & (measures["section"] == section_name)
        & (measures["tier"] == "core")
    ]
    known = [m for m in chosen["measure"] if release.estimate(m, release.wales, period) is not None]
    if not known:
        return ""
    return measures_table(
        release,
        identity=f"{identity}-measures",
        caption=release.words.say("table.measures-of-wales", title=title, period=period),
        measures=known,
        area=release.wales,
        period=period,
    )


def _featured(release: Release, domain: str, order: int, identity: str) -> list[str]:
    featured = release.catalogue.featured
    chosen = featured[
        (featured["place"] == f"{domain}.{order}") & featured["kind"].isin(["series", "authorities"])
    ]
    period = recent_periods(release, _EDITION)[-1]
    passages = []
    for number, row in enumerate(chosen.itertuples(), start=1):
        name = f"{identity}-{number}"
        if row.kind == "series" and release.holds(_EDITION, [row.item]):
            passages.append(count_through_years(release, _EDITION, row.item, release.wales, name))
        if row.kind == "authorities" and release.estimate(row.item, release.wales, period) is not None:
            passages.append(measure_by_authority(release, row.item, period, name))
    return passages


def _breakdowns(release: Release, references: list[str], identity: str) -> list[str]:
    """Return one table a metric and outer category: authorities by inner category."""
    counts = release.tables.counts
    period = str(release.period)
    own = counts[
        (counts["edition"] == _EDITION)
        & (counts["period"] == period)
        & counts["breakdown"].str.contains("=")
        & ~counts["breakdown"].str.startswith("answered=")
    ]
    passages = []
    for reference in references:
        codes = sorted(own.loc[own["reference"] == reference, "breakdown"].unique())
        for outer in sorted({code.split(";")[0] for code in codes if ";" in code}):
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
    labels = {
        code: breakdown_label(release, code.split(";")[-1]) for code in codes if ";" in code
    }
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
            *(
                release.count_text(_EDITION, reference, area, period, code)
                for code in shown
            ),
        )
        for area in areas
    )
    caption = release.words.say(
        "table.breakdown",
        metric=release.label(_EDITION, reference),
        category=breakdown_label(release, outer),
        period=period,
    )
    return markdown_of_table(Table(identity, caption, tuple(columns), rows))


def breakdown_label(release: Release, code: str) -> str:
    """Return the words of one category such as sex=male."""
    return str(_breakdown_row(release, code)[f"label_{release.words.language}"])


def _display_order(release: Release, code: str) -> int:
    return int(_breakdown_row(release, code)["display_order"])


def _breakdown_row(release: Release, code: str):  # type: ignore[no-untyped-def]
    dimension, category = code.split("=")
    table = release.catalogue.breakdowns
    return table[(table["dimension"] == dimension) & (table["code"] == category)].iloc[0]
