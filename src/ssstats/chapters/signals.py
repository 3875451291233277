"""Signals in words: where to look next, never who is first and who is last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.changes import featured_items
from ssstats.chapters.commentary import added, opening, statements
from ssstats.chapters.coverage import coverage_notes
from ssstats.chapters.passages import heading, join
from ssstats.chapters.release import Release
from ssstats.chapters.rows import Row
from ssstats.charts import FunnelCurves, FunnelPoint, data_uri, funnel_plot
from ssstats.formatting import format_number
from ssstats.signals import Funnel, funnel_of_measure
from ssstats.tables import Column, Table, escape, markdown_of_figure, markdown_of_table

_WITHIN = "within"
_PERCENTAGE_CEILING = 100.0


def chapter_signals(release: Release, chapter: str) -> str:
    """Return the signals of the chapter's featured measures, and a funnel of the first of them."""
    words = release.words
    own = {
        measure: said
        for measure, rows in release.signals_by_measure.items()
        if (said := [row for row in rows if row["signal"]])
    }
    measures = [m for m in featured_items(release, chapter) if m in own]
    if not measures:
        return ""
    rows = tuple((release.measure_label(m), *_summary(release, own[m])) for m in measures)
    columns = (
        Column(words.say("table.measure"), width=38),
        Column(words.say("signals.within-column"), numeric=True, width=14),
        Column(words.say("signals.signal-column"), width=48),
    )
    period = next(iter(own.values()))[0]["period"]
    title = words.say(f"chapter.{chapter}.title")
    return join(
        heading(2, words.say("signals.title"), f"{chapter}-signals"),
        opening(release, chapter, "signals", words.say("signals.lead")),
        markdown_of_table(
            Table(
                f"{chapter}-signals",
                words.say("signals.caption", title=title, period=period),
                columns,
                rows,
            )
        ),
        _first_funnel(release, {m: own[m] for m in measures}, period, f"{chapter}-funnel"),
    )


def authority_signals(release: Release, authority: str) -> str:
    """Return an authority's signals, what to look at next, and room for its own words."""
    words = release.words
    slug = release.slugs[authority]
    made = [row for row in release.signals_by_area.get(authority, []) if row["signal"]]
    if not made:
        return ""
    found = [row for row in made if row["signal"] != _WITHIN]
    return join(
        heading(2, words.say("signals.title"), f"{slug}-signals"),
        *statements(release, f"authority-{slug}", "signals"),
        added(release, f"authority-{slug}", "signals"),
        _signal_table(release, found, slug) if found else words.say("signals.none"),
        _next(release, found, slug),
        _context(release, authority, made[0]["period"], slug),
    )


def signal_text(release: Release, signal: str) -> str:
    """Return one of the five signals in words."""
    return release.words.say(f"signal.{signal}")


def _summary(release: Release, rows: Sequence[Row]) -> tuple[str, str]:
    """Return how many authorities are within the range, and the others by name."""
    beyond = [row for row in rows if row["signal"] != _WITHIN]
    text = "; ".join(
        f"{release.name(row['area'])}: {signal_text(release, row['signal'])}" for row in beyond
    )
    within = len(rows) - len(beyond)
    count = release.words.say("coverage.of", answered=within, expected=len(rows))
    return count, text or release.words.say("signals.no-signal")


def _signal_table(release: Release, rows: Sequence[Row], slug: str) -> str:
    words, area, period = release.words, rows[0]["area"], rows[0]["period"]
    lines: list[tuple[str, ...]] = [
        (
            release.measure_label(row["measure"]),
            _value(release, row, row["area"]),
            _value(release, row, release.wales),
            signal_text(release, row["signal"]),
            _quarter(release, row),
            _peers(release, row),
        )
        for row in rows
    ]
    columns = [
        Column(words.say("table.measure"), width=34),
        Column(release.name(area), numeric=True, width=12),
        Column(release.name(release.wales), numeric=True, width=9),
        Column(words.say("signals.signal-column"), width=18),
        Column(words.say("signals.quarter-column"), width=14),
        Column(words.say("signals.peers-column"), numeric=True, width=13),
    ]
    if all(pd.isna(row["peer_lowest"]) for row in rows):
        columns, lines = columns[:-1], [line[:-1] for line in lines]
    caption = words.say("signals.authority-caption", area=release.name(area), period=period)
    measures = [row["measure"] for row in rows]
    figures = [
        (release.measure_label(measure), release.estimate(measure, release.wales, period))
        for measure in measures
    ]
    notes = tuple(coverage_notes(release, figures))
    return markdown_of_table(Table(f"{slug}-signals", caption, tuple(columns), tuple(lines), notes))


def _value(release: Release, row: Row, area: str) -> str:
    return release.estimate_text(release.estimate(row["measure"], area, row["period"]))


def _quarter(release: Release, row: Row) -> str:
    if pd.isna(row["quartile"]):
        return "[z]"
    return release.words.say(f"quarter.{int(row['quartile'])}")


def _peers(release: Release, row: Row) -> str:
    """Return lowest and highest value of the peer group, blank where there are too few peers."""
    if pd.isna(row["peer_lowest"]):
        return "[z]"
    kind = release.measures_by_id[row["measure"]]["kind"]
    low, high = float(row["peer_lowest"]), float(row["peer_highest"])
    decimals = 0 if low.is_integer() and high.is_integer() else 2 if kind == "ratio" else 1
    return release.words.say(
        "signals.range", lower=format_number(low, decimals), upper=format_number(high, decimals)
    )


def _next(release: Release, found: Sequence[Row], slug: str) -> str:
    """Return questions that the signals raise: those for all, then those of their sections."""
    if not found:
        return ""
    words = release.words
    sections = _sections(release, [row["measure"] for row in found])
    lines = []
    titles = _titles(release, sections)
    for row in release.follow_ups:
        order = row["section_order"]
        key = (row["domain"], None if pd.isna(order) else int(order))
        if key == ("", None):
            lines.append(f"- {escape(release.text_of(row, 'question'))}")
        elif key in sections:
            title = titles[key]
            lines.append(f"- {escape(title)}: {escape(release.text_of(row, 'question'))}")
    return join(
        heading(3, words.say("signals.next"), f"{slug}-next"),
        words.say("signals.next-lead"),
        "\n".join(lines),
    )


def _titles(
    release: Release, sections: set[tuple[str, int | None]]
) -> dict[tuple[str, int | None], str]:
    """Return titles of sections; those that two domains share say whose they are."""
    words = release.words
    own = {key: words.say(f"section.{key[0]}.{key[1]}") for key in sections if key[1] is not None}
    shared = {title for title, count in Counter(own.values()).items() if count > 1}
    return {
        key: f"{words.say(f'domain.{key[0]}')}: {title}" if title in shared else title
        for key, title in own.items()
    }


def _sections(release: Release, measures: list[str]) -> set[tuple[str, int | None]]:
    """Return domain and order of the sections of measures."""
    facts = [release.measures_by_id[measure] for measure in measures]
    return {
        (row["domain"], release.section_orders.get((row["domain"], row["section"])))
        for row in facts
    }


def _context(release: Release, authority: str, period: str, slug: str) -> str:
    """Return what the authority says of its own figures, or that it has said nothing."""
    words = release.words
    lines = [
        f"- {row['item'] + ': ' if row['item'] else ''}{escape(release.text_of(row, 'text'))}"
        for row in release.rows_of("context_notes", METRIC_EDITION, period, authority)
    ]
    own_words = added(release, f"authority-{slug}", "context")
    return join(
        heading(3, words.say("signals.context"), f"{slug}-context"),
        "\n".join(lines),
        own_words
        if lines or own_words
        else words.say("signals.context-none", area=release.name(authority)),
    )


def _first_funnel(
    release: Release, signals: Mapping[str, Sequence[Row]], period: str, identity: str
) -> str:
    for measure, own in signals.items():
        multiplier = float(release.measures_by_id[measure]["multiplier"])
        funnel = funnel_of_measure(
            release.estimates, measure, period, release.wales, multiplier=multiplier
        )
        if funnel is not None:
            return _funnel_figure(release, measure, period, funnel, own, identity)
    return ""


def _funnel_figure(
    release: Release,
    measure: str,
    period: str,
    funnel: Funnel,
    signals: Sequence[Row],
    identity: str,
) -> str:
    words = release.words
    beyond = {row["area"]: row["signal"] != _WITHIN for row in signals}
    percentage = release.measures_by_id[measure]["kind"] == "percentage"
    points = [
        FunnelPoint(release.name(area), size, value, beyond.get(area, False))
        for area, size, value in zip(funnel.areas, funnel.size, funnel.value, strict=True)
    ]
    inner, outer = (limits for _, limits in funnel.limits)
    svg = funnel_plot(
        points,
        FunnelCurves(funnel.sizes, funnel.baseline, (inner, outer), funnel.adjusted),
        size_label=words.say("axis.cases" if percentage else "axis.population"),
        value_label=words.say("axis.percentage" if percentage else "axis.rate"),
        ceiling=_PERCENTAGE_CEILING if percentage else None,
    )
    label = release.measure_label(measure)
    named = [point.label for point in points if point.named]
    alternative = words.say(
        "alt.funnel", measure=label, period=period, number=len(points),
        named=", ".join(named) or words.say("signals.no-signal"),
    )  # fmt: skip
    caption = words.say("figure.funnel", measure=label, period=period)
    names = [words.say(f"table.{part}") for part in ("authority", "denominator", "value")]
    figure = markdown_of_figure(
        identity, data_uri(svg), caption, alternative,
        data=[names, *([point.label, float(point.size), float(point.value)] for point in points)],
    )  # fmt: skip
    spread = words.say(
        "signals.spread",
        phi=format_number(funnel.spread.phi, 1),
        tau=f"{funnel.spread.tau2:.4f}",
    )
    return join(figure, spread)
