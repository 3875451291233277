"""The process view: how reports move through adult and child protection, step by step.

Neither a high nor a low share is good or bad by itself; the guidance asks whether too many or too
few people are subject to the process.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssstats.chapters.coverage import coverage_notes
from ssstats.chapters.passages import heading, join
from ssstats.chapters.release import Release
from ssstats.chapters.rows import Row, records
from ssstats.charts import Panel, data_uri, small_multiples
from ssstats.expressions import parse_expression
from ssstats.formatting import format_number, quotient_half_up
from ssstats.tables import Column, Table, markdown_of_figure, markdown_of_table

_PER = 100


def process_view(release: Release, process: str) -> str:
    """Return the steps of one process for Wales, and for every authority on one scale.

    Parameters
    ----------
    process : str
        adults or children.
    """
    words = release.words
    steps = release.catalogue.process_steps
    steps = steps[steps["process"] == process].sort_values("step_order", ignore_index=True)
    references = [str(parse_expression(text)) for text in steps["reference"]]
    steps = steps.assign(metric=references)
    edition = str(steps["edition"].iloc[0])
    if not release.holds(edition, references[:1]):
        return ""
    period = release.periods_of(edition)[-1]
    return join(
        heading(2, words.say(f"process.{process}.title"), f"process-{process}"),
        words.say("process.lead"),
        _steps_table(release, steps, process, period),
        _by_authority(release, steps[steps["chain"] == "yes"], process, period),
    )


def _steps_table(release: Release, steps: pd.DataFrame, process: str, period: str) -> str:
    words = release.words
    rows, of_wales = [], []
    for row in records(steps):
        shown = row["measure"] != ""
        measure = release.estimate(row["measure"], release.wales, period) if shown else None
        cells = [
            release.estimate_text(measure, part) if shown else "[z]"
            for part in ("value", "lower", "upper")
        ]
        base = release.text_of(row, "of") if shown else "[z]"
        count = release.count_text(row["edition"], row["metric"], release.wales, period)
        found = release.count(row["edition"], row["metric"], release.wales, period)
        of_wales.append((release.text_of(row, "label"), found))
        rows.append((release.text_of(row, "label"), count, *cells, base))
    columns = (
        Column(words.say("process.step"), width=36),
        Column(words.say("axis.number"), numeric=True, width=11),
        Column(words.say("axis.percentage"), numeric=True, width=11),
        Column(words.say("table.lower"), numeric=True, width=9),
        Column(words.say("table.upper"), numeric=True, width=9),
        Column(words.say("process.of"), width=24),
    )
    caption = words.say(
        "process.caption", title=words.say(f"process.{process}.title"),
        area=release.name(release.wales), period=period,
    )  # fmt: skip
    notes = tuple(coverage_notes(release, of_wales))
    return markdown_of_table(Table(f"process-{process}", caption, columns, tuple(rows), notes))


def _by_authority(release: Release, steps: pd.DataFrame, process: str, period: str) -> str:
    """Return small multiples of the steps per 100 at the first, and the same as a table."""
    words = release.words
    edition = str(steps["edition"].iloc[0])
    references = list(steps["metric"])
    areas = [release.wales, *release.authorities]
    shares = {area: _per_hundred(release, edition, references, area, period) for area in areas}
    if not any(np.isfinite(values[1:]).any() for values in shares.values()):
        return ""
    labels = [release.text_of(row, "label") for row in records(steps)]
    svg = small_multiples(
        [Panel(release.name(area), list(shares[area])) for area in release.authorities],
        places=[words.say("process.first"), *([""] * (len(labels) - 2)), words.say("process.last")],
        value_label=words.say(f"process.{process}.axis"),
        reference=list(shares[release.wales]),
    )
    last = np.array([shares[area][-1] for area in release.authorities])
    known = last[np.isfinite(last)]
    alternative = words.say(
        "alt.process", title=words.say(f"process.{process}.title"), period=period,
        step=labels[-1], shown=len(known), lowest=_text(known.min() if len(known) else np.nan),
        highest=_text(known.max() if len(known) else np.nan),
        wales=_text(shares[release.wales][-1]),
    )  # fmt: skip
    title = words.say("process.figure", title=words.say(f"process.{process}.title"), period=period)
    figure = markdown_of_figure(
        f"process-{process}-authorities", data_uri(svg), title, alternative,
        data=[
            [words.say("table.authority"), *labels],
            *([release.name(area), *map(float, shares[area])] for area in areas),
        ],
    )  # fmt: skip
    columns = (
        Column(words.say("table.authority"), width=24),
        *(Column(label, numeric=True, width=19) for label in labels),
    )
    rows = tuple((release.name(area), *(_text(value) for value in shares[area])) for area in areas)
    caption = words.say(f"process.{process}.per-hundred", period=period)
    return join(
        figure,
        markdown_of_table(Table(f"process-{process}-authorities", caption, columns, rows)),
    )


def _per_hundred(
    release: Release, edition: str, references: list[str], area: str, period: str
) -> np.ndarray:
    """Return the published count of each step per 100 at the first; NaN where one is not shown."""
    found = [release.count(edition, reference, area, period) for reference in references]
    counts = [np.nan if c is None or c["marker"] else float(c["value"]) for c in found]
    if area == release.wales and len({_answered(c) for c in found}) > 1:
        # Steps that other authorities answered cannot be set against each other.
        return np.full(len(counts), np.nan)
    return quotient_half_up(counts, counts[0], multiplier=_PER, decimals=0)


def _answered(count: Row | None) -> int:
    return 0 if count is None or pd.isna(count["answered"]) else int(count["answered"])


def _text(value: float) -> str:
    return format_number(value) if np.isfinite(value) else "[x]"
