"""Data and metadata pairs by the open data standards of the Department for Education.

One pair a subject: a row an area, year and group of people; a column for each metric, or for each
measure and its limits. A marker stands in the place of the number it replaces. Names of columns and
the values that the standards fix are English in every language; labels, groups and names of areas
are those of the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.errors import listed
from ssstats.formatting import safe_text
from ssstats.matched import PREFIX
from ssstats.outputs.errors import OutputsError
from ssstats.outputs.labels import Labels, own_measures, own_metrics
from ssstats.outputs.plan import Subject
from ssstats.outputs.safe_csv import write_rows
from ssstats.periods import ReportingYear
from ssstats.words import Words

# The pairs of each language; the first is where the standards expect them.
FOLDERS = {"en": "dfe", "cy": "dfe-cy"}
_PLACE = (
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name",
    "old_la_code", "new_la_code", "la_name",
)  # fmt: skip
_META = (
    "col_name", "col_type", "label", "indicator_grouping", "indicator_unit", "indicator_dp",
    "filter_hint", "filter_grouping_column",
)  # fmt: skip
# What a table holds that has no group of people, and an area that has no old code.
_TOTAL, _NONE = "output.pair.total", "z"
_LONGEST_NAME = 35
_DECIMALS = {"percentage": "1", "rate": "1", "mean": "1", "ratio": "2"}


def write_pairs(
    subject: Subject,
    tables: ReleaseTables,
    estimates: pd.DataFrame,
    catalogue: Catalogue,
    words: Words,
    data: Path,
) -> list[Path]:
    """Write the pairs of one subject: metrics, measures, and groups if it has any.

    They stand in the folder of `data` that is the language's of `words`.
    """
    labels, total = Labels(catalogue, words), words.say(_TOTAL)
    counts = _own_counts(subject, tables, catalogue)
    if counts.empty:
        return []
    whole = counts[counts["breakdown"].eq("")].assign(group=total)
    written = _write_pair(
        f"{subject.name}-metrics",
        whole,
        list(_metric_indicators(subject, catalogue, labels)),
        catalogue,
        labels,
        data,
    )
    divided = set(counts.loc[counts["breakdown"].ne(""), "reference"])
    if divided:
        groups = counts[counts["reference"].isin(divided)]
        said = {text: labels.group(text) if text else total for text in groups["breakdown"]}
        written += _write_pair(
            f"{subject.name}-groups",
            groups.assign(group=groups["breakdown"].map(said)),
            [i for i in _metric_indicators(subject, catalogue, labels) if i[0] in divided],
            catalogue,
            labels,
            data,
        )
    own = own_measures(catalogue, subject)
    measured = estimates[estimates["measure"].isin(own["measure"])]
    if not measured.empty:
        written += _write_pair(
            f"{subject.name}-measures",
            _long(measured, total),
            list(_measure_indicators(own, labels)),
            catalogue,
            labels,
            data,
        )
    return written


def column_name(item: str, part: str = "") -> str:
    """Return an indicator's column: AD/001 becomes ad_001, AD-02 with `lower` ad_02_lower."""
    name = re.sub(r"[^a-z0-9]+", "_", f"{item} {part}".strip().lower()).strip("_")
    if len(name) > _LONGEST_NAME:
        raise OutputsError(f"{item}: column name {name} is longer than {_LONGEST_NAME} letters")
    return name


def _own_counts(subject: Subject, tables: ReleaseTables, catalogue: Catalogue) -> pd.DataFrame:
    counts, metrics = tables.counts, own_metrics(catalogue, subject)
    own = counts[
        counts["edition"].eq(subject.edition)
        & counts["reference"].isin(metrics["reference"])
        & ~counts["breakdown"].str.startswith(PREFIX)
    ]
    return own.assign(column=own["reference"].map(_names(own["reference"])))


def _names(items: pd.Series) -> dict[str, str]:
    names = {item: column_name(item) for item in items.unique()}
    if len(set(names.values())) != len(names):
        raise OutputsError(f"columns {listed(names.values())} do not differ; rename a reference")
    return names


def _long(measured: pd.DataFrame, total: str) -> pd.DataFrame:
    """Return one row a value or limit; a shown value without limits has z for them."""
    parts = []
    for part in ("value", "lower", "upper"):
        suffix = "" if part == "value" else part
        names = {m: column_name(m, suffix) for m in measured["measure"].unique()}
        marker = measured["marker"].mask(measured[part].isna() & measured["marker"].eq(""), _NONE)
        parts.append(
            measured[["area", "period"]].assign(
                group=total,
                column=measured["measure"].map(names),
                value=measured[part],
                marker=marker,
            )
        )
    return pd.concat(parts, ignore_index=True)


def _metric_indicators(
    subject: Subject, catalogue: Catalogue, labels: Labels
) -> Iterator[tuple[str, str, str, str, str, str]]:
    for metric in own_metrics(catalogue, subject).itertuples():
        yield (
            metric.reference, column_name(metric.reference),
            f"{labels.metric(subject.edition, metric.reference)} ({metric.reference})",
            labels.section(metric.domain, metric.section), "",
            "1" if metric.quantity == "wte" else "0",
        )  # fmt: skip


def _measure_indicators(
    measures: pd.DataFrame, labels: Labels
) -> Iterator[tuple[str, str, str, str, str, str]]:
    limits = {
        "": "",
        "lower": f": {labels.words.say('table.lower').lower()}",
        "upper": f": {labels.words.say('table.upper').lower()}",
    }
    for measure in measures.itertuples():
        for part, said in limits.items():
            yield (
                measure.measure, column_name(measure.measure, part),
                f"{labels.measure(measure.measure)} ({measure.measure}){said}",
                labels.section(measure.domain, measure.section),
                "%" if measure.kind == "percentage" else "", _DECIMALS[measure.kind],
            )  # fmt: skip


def _write_pair(
    name: str,
    figures: pd.DataFrame,
    indicators: Sequence[tuple[str, str, str, str, str, str]],
    catalogue: Catalogue,
    labels: Labels,
    data: Path,
) -> list[Path]:
    """Write one pair: a complete matrix of years, areas and groups, and its metadata."""
    shown = dict(
        zip(
            zip(
                *(figures[c].to_list() for c in ("period", "area", "group", "column")), strict=True
            ),
            _texts(figures),
            strict=True,
        )
    )
    held = set(figures["column"])
    indicators = [indicator for indicator in indicators if indicator[1] in held]
    columns = [indicator[1] for indicator in indicators]
    areas = catalogue.areas.sort_values("display_order")
    words = labels.words
    total, language = words.say(_TOTAL), words.language
    groups = sorted(set(figures["group"]), key=lambda group: (group != total, group))
    places = list(zip(areas["area"], areas["level"], areas[f"name_{language}"], strict=True))
    country = places[areas["level"].tolist().index("wales")]
    rows = [
        (
            *_place(period, *place, country=(country[0], country[2])),
            group,
            *(shown.get((period, place[0], group, column), "x") for column in columns),
        )
        for period in sorted(figures["period"].unique())
        for place in places
        for group in groups
    ]
    folder = data / FOLDERS[language]
    meta = [
        ("group", "Filter",
         words.say("output.pair.groups" if len(groups) > 1 else "output.pair.group"),
         "", "", "", "", ""),
        *(
            (column, "Indicator", safe_text(label), section, unit, decimals, "", "")
            for _, column, label, section, unit, decimals in indicators
        ),
    ]  # fmt: skip
    return [
        write_rows(folder / f"{name}.csv", (*_PLACE, "group", *columns), rows),
        write_rows(folder / f"{name}.meta.csv", _META, meta),
    ]


def _place(
    period: str, area: str, level: str, name: str, *, country: tuple[str, str]
) -> tuple[str, ...]:
    local = level != "wales"
    return (
        ReportingYear.parse(period).code,
        "Financial year",
        "Local authority" if local else "National",
        *country,
        *((_NONE, area, name) if local else ("", "", "")),
    )


def _texts(figures: pd.DataFrame) -> list[str]:
    numbers = figures["value"].to_numpy(dtype=float, na_value=np.nan).tolist()
    return [
        marker or (str(int(number)) if number.is_integer() else repr(number))
        for number, marker in zip(numbers, figures["marker"].to_list(), strict=True)
    ]
