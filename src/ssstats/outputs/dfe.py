"""Data and metadata pairs by the open data standards of the Department for Education.

One pair a subject: a row an area, year and group of people; a column for each metric, or for each
measure and its limits. A marker stands in the place of the number it replaces. Names of columns and
the values that the standards fix are English in every language; labels, groups and names of areas
are those of the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import listed
from ssstats.formatting import safe_text
from ssstats.outputs.errors import OutputsError
from ssstats.outputs.figures import bare_texts
from ssstats.outputs.labels import Labels
from ssstats.outputs.matrices import Figures, Matrix, complete_matrix
from ssstats.outputs.safe_csv import write_rows
from ssstats.outputs.subject_figures import SubjectFigures
from ssstats.periods import ReportingYear

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
_PARTS = ("value", "lower", "upper")
_DECIMALS = {"percentage": "1", "rate": "1", "mean": "1", "ratio": "2"}


def write_pairs(
    figures: SubjectFigures, labels_by_language: Sequence[Labels], data: Path
) -> list[Path]:
    """Write the pairs of one subject: metrics, measures, and groups if it has any.

    They stand in a folder of `data` for each language.
    """
    subject, catalogue = figures.subject, figures.catalogue
    if figures.counts.empty:
        return []
    matrices = _matrices(figures)
    written = []
    for labels in labels_by_language:
        metrics = list(_metric_indicators(figures, labels))
        indicators = {
            "metrics": metrics,
            "groups": metrics,
            "measures": list(_measure_indicators(figures.measures, labels)),
        }
        for kind, matrix in matrices.items():
            name = f"{subject.name}-{kind}"
            written += _write_pair(name, matrix, indicators[kind], catalogue, labels, data)
    return written


def _matrices(figures: SubjectFigures) -> dict[str, Matrix]:
    """Return what each pair shows, in every language the same."""
    counts, areas = figures.counts, figures.areas
    names = _names(counts["reference"])
    whole = counts[counts["breakdown"].eq("")]
    matrices = {"metrics": complete_matrix(_metric_figures(whole, names), areas)}
    divided = set(counts.loc[counts["breakdown"].ne(""), "reference"])
    if divided:
        groups = counts[counts["reference"].isin(divided)]
        matrices["groups"] = complete_matrix(_metric_figures(groups, names), areas)
    measured = figures.own_estimates
    if not measured.empty:
        matrices["measures"] = complete_matrix(_measure_figures(measured), areas)
    return matrices


def column_name(item: str, part: str = "") -> str:
    """Return an indicator's column: AD/001 becomes ad_001, AD-02 with `lower` ad_02_lower."""
    name = re.sub(r"[^a-z0-9]+", "_", f"{item} {part}".strip().lower()).strip("_")
    if len(name) > _LONGEST_NAME:
        raise OutputsError(f"{item}: column name {name} is longer than {_LONGEST_NAME} letters")
    return name


def _metric_figures(counts: pd.DataFrame, names: Mapping[str, str]) -> Figures:
    return Figures(
        periods=counts["period"].to_list(),
        areas=counts["area"].to_list(),
        groups=counts["breakdown"].to_list(),
        columns=[names[reference] for reference in counts["reference"].to_list()],
        texts=_texts(counts["value"], counts["marker"]),
    )


def _names(items: pd.Series) -> dict[str, str]:
    names = {item: column_name(item) for item in items.unique()}
    if len(set(names.values())) != len(names):
        raise OutputsError(f"columns {listed(names.values())} do not differ; rename a reference")
    return names


def _measure_figures(measured: pd.DataFrame) -> Figures:
    """Return values, then limits; a shown value without limits has z for them."""
    columns: list[str] = []
    texts: list[str] = []
    measures = measured["measure"].to_list()
    for part in _PARTS:
        suffix = "" if part == "value" else part
        names = {measure: column_name(measure, suffix) for measure in set(measures)}
        columns += [names[measure] for measure in measures]
        missing = measured[part].isna() & measured["marker"].eq("")
        texts += _texts(measured[part], measured["marker"].mask(missing, _NONE))
    return Figures(
        periods=measured["period"].to_list() * len(_PARTS),
        areas=measured["area"].to_list() * len(_PARTS),
        groups=[""] * len(columns),
        columns=columns,
        texts=texts,
    )


def _metric_indicators(
    figures: SubjectFigures, labels: Labels
) -> Iterator[tuple[str, str, str, str, str, str]]:
    edition = figures.subject.edition
    for metric in figures.metrics.itertuples():
        yield (
            metric.reference, column_name(metric.reference),
            f"{labels.metric(edition, metric.reference)} ({metric.reference})",
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
    matrix: Matrix,
    indicators: Sequence[tuple[str, str, str, str, str, str]],
    catalogue: Catalogue,
    labels: Labels,
    data: Path,
) -> list[Path]:
    """Write one pair: a complete matrix of years, areas and groups, and its metadata."""
    words = labels.words
    total, folder = words.say(_TOTAL), data / FOLDERS[words.language]
    said = {code: labels.group(code) if code else total for code in matrix.groups}
    groups = sorted(said, key=lambda code: (code != "", said[code]))
    indicators = [indicator for indicator in indicators if indicator[1] in matrix.columns]
    columns = [indicator[1] for indicator in indicators]
    heads = [
        (*place, said[group])
        for period in matrix.periods
        for place in _places(period, catalogue, words.language)
        for group in groups
    ]
    cells = matrix.cells(groups, columns)
    meta = [
        ("group", "Filter",
         words.say("output.pair.groups" if len(groups) > 1 else "output.pair.group"),
         "", "", "", "", ""),
        *(
            (column, "Indicator", safe_text(label), section, unit, decimals, "", "")
            for _, column, label, section, unit, decimals in indicators
        ),
    ]  # fmt: skip
    rows = [(*head, *own) for head, own in zip(heads, cells, strict=True)]
    return [
        write_rows(folder / f"{name}.csv", (*_PLACE, "group", *columns), rows),
        write_rows(folder / f"{name}.meta.csv", _META, meta),
    ]


def _places(period: str, catalogue: Catalogue, language: str) -> list[tuple[str, ...]]:
    """Return where and when the rows of a year are, in the order of geography."""
    areas = catalogue.areas.sort_values("display_order")
    places = list(zip(areas["area"], areas["level"], areas[f"name_{language}"], strict=True))
    country = places[areas["level"].tolist().index("wales")]
    return [_place(period, *place, country=(country[0], country[2])) for place in places]


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


def _texts(values: pd.Series, markers: pd.Series) -> list[str]:
    """Return markers, and numbers where there is none."""
    return [
        marker or number
        for number, marker in zip(bare_texts(values), markers.to_list(), strict=True)
    ]
