"""The text of a director's pack in Markdown: one section a quality standard.

Two releases stand behind it: the public one, and the authority's own figures as it returned them,
which are left out where the document is to be published as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.changes import verdict_text
from ssstats.chapters.passages import heading, join, shorthand
from ssstats.chapters.pictures import count_through_years
from ssstats.chapters.release import Release
from ssstats.chapters.rows import Row
from ssstats.charts import Banded, data_uri, dots_with_bands
from ssstats.packs.director_items import Standard
from ssstats.tables import Column, Table, captioned_markdown, escape

_FIGURE = re.compile(
    r'^::: \{#fig-[^}]*\}\n\n!\[\]\((?P<address>[^)]*)\)\{fig-alt="(?P<alternative>.*)"\}\n\n'
    r"(?P<caption>.*)\n\n:::$",
    re.DOTALL,
)


@dataclass(frozen=True)
class Figures:
    """An authority's figures: the public release, and its own as returned where they are given."""

    authority: str
    public: Release
    own: Release | None

    @property
    def name(self) -> str:
        """The authority's name in the language of the document."""
        return self.public.name(self.authority)


def director_text(figures: Figures, standards: list[Standard], *, made: str) -> str:
    """Return the whole document below its title."""
    return join(
        _introduction(figures, made),
        *(_standard(figures, standard) for standard in standards),
    )


def _introduction(figures: Figures, made: str) -> str:
    release, words = figures.public, figures.public.words
    policy = release.tables.facts["policy"]["titles"][words.language]  # type: ignore[index]
    synthetic = release.tables.facts["synthetic"]
    visibility = "director.visibility-own" if figures.own else "director.visibility-published"
    return join(
        f"**{escape(words.say('render.synthetic'))}**" if synthetic else "",
        escape(words.say("director.lead", area=figures.name,
                         year=release.year_words(str(release.period)))),
        heading(2, words.say("director.use.title"), "use"),
        escape(words.say(visibility, area=figures.name, policy=policy)),
        escape(words.say("director.use", made=made)),
        shorthand(release),
    )  # fmt: skip


def _standard(figures: Figures, standard: Standard) -> str:
    words = figures.public.words
    title = words.say(f"standard.{standard.number}")
    period = str(figures.public.period)
    known = [m for m in standard.measures if _holds(figures, m, period)]
    identity = f"standard-{standard.number}"
    if not known:
        return join(
            heading(2, title, identity),
            _outcomes(figures.public, standard.number),
            escape(words.say("section.without-data", title=title)),
            _prompts(figures.public),
        )
    return join(
        heading(2, title, identity),
        _outcomes(figures.public, standard.number),
        heading(3, words.say("director.figures"), f"{identity}-figures"),
        captioned_markdown(_table(figures, known, title, period)),
        _chart(figures, known, title, period),
        *(_series(figures, reference) for reference in standard.series),
        _prompts(figures.public),
    )


def _holds(figures: Figures, measure: str, period: str) -> bool:
    return figures.public.estimate(measure, figures.authority, period) is not None


def _outcomes(release: Release, standard: int) -> str:
    words, table = release.words, release.catalogue.standards_outcomes
    own = table[table["type"].eq("outcome") & table["standard"].eq(standard)]
    lines = [f"- {escape(words.say(f'outcome.{outcome}'))}" for outcome in own["id"]]
    return join(escape(words.say("framework.outcomes")), "\n".join(lines))


def _table(figures: Figures, measures: list[str], title: str, period: str) -> Table:
    """One row a measure: its own value where it is given, what is published, Wales, the change."""
    release, words = figures.public, figures.public.words
    changes = release.changes_of(figures.authority)
    rows = []
    for measure in measures:
        published = release.estimate(measure, figures.authority, period)
        own = figures.own.estimate(measure, figures.authority, period) if figures.own else None
        rows.append(
            (
                f"{release.measure_label(measure)} ({measure})",
                *([release.estimate_text(own)] if figures.own else []),
                *(release.estimate_text(published, part) for part in ("value", "lower", "upper")),
                release.estimate_text(release.estimate(measure, release.wales, period)),
                _change(release, changes, measure),
            )
        )
    columns = (
        Column(words.say("table.measure"), width=32),
        *(
            [Column(words.say("director.column.returned"), numeric=True, width=14)]
            if figures.own
            else []
        ),
        Column(words.say("director.column.published"), numeric=True, width=14),
        Column(words.say("table.lower"), numeric=True, width=10),
        Column(words.say("table.upper"), numeric=True, width=10),
        Column(release.name(release.wales), numeric=True, width=10),
        Column(words.say("director.column.change"), width=20),
    )
    caption = words.say("director.caption", title=title, area=figures.name, period=period)
    return Table(f"director-{title}", caption, columns, tuple(rows))


def _change(release: Release, changes: Mapping[str, Row], measure: str) -> str:
    if measure not in changes:
        return release.words.say("director.no-change")
    return verdict_text(release, changes[measure])


def _chart(figures: Figures, measures: list[str], title: str, period: str) -> str:
    """Return a chart of the published percentages beside Wales, named by their codes."""
    release, words = figures.public, figures.public.words
    shown = [m for m in measures if release.measures_by_id[m]["kind"] == "percentage"]
    rows = [_banded(measure, release, figures.authority, period) for measure in shown]
    if not any(np.isfinite(row.value) for row in rows):
        return ""
    wales = [_banded(measure, release, release.wales, period).value for measure in shown]
    svg = dots_with_bands(
        rows,
        axis_label=words.say("axis.percentage"),
        references=wales,
        reference_label=words.say("chart.authority-and-wales", area=figures.name),
    )
    visible = sum(np.isfinite(row.value) for row in rows)
    alternative = words.say(
        "director.alt", area=figures.name, period=period, shown=visible,
        hidden=len(rows) - visible,
    )  # fmt: skip
    caption = words.say("director.chart", title=title, area=figures.name, period=period)
    return _picture(data_uri(svg), caption, alternative)


def _banded(measure: str, release: Release, area: str, period: str) -> Banded:
    estimate = release.estimate(measure, area, period)
    if estimate is None:
        return Banded(measure, np.nan, np.nan, np.nan, "x")
    value, lower, upper = (
        np.nan if pd.isna(estimate[part]) else float(estimate[part])
        for part in ("value", "lower", "upper")
    )
    return Banded(measure, value, lower, upper, str(estimate["marker"]))


def _series(figures: Figures, reference: str) -> str:
    """Return a published count through the years, as the chapters of the release draw it."""
    if not figures.public.holds(METRIC_EDITION, [reference]):
        return ""
    drawn = count_through_years(
        figures.public, METRIC_EDITION, reference, figures.authority, "series"
    )
    found = _FIGURE.match(drawn)
    if found is None:
        return ""
    # The caption is Markdown already.
    return f'![{found["caption"]}]({found["address"]}){{alt="{found["alternative"]}"}}'


def _picture(address: str, caption: str, alternative: str) -> str:
    quoted = alternative.replace("\\", "\\\\").replace('"', "'")
    return f'![{escape(caption)}]({address}){{alt="{quoted}"}}'


def _prompts(release: Release) -> str:
    """Return what the authority writes itself: evidence, what went well, what is to be done."""
    words = release.words
    return join(
        *(
            passage
            for prompt in ("well", "hard", "next")
            for passage in (
                f"### {escape(words.say(f'director.prompt.{prompt}'))}",
                f"*{escape(words.say('director.prompt.write'))}*",
            )
        )
    )
