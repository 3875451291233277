"""Cross-references inside the catalogue: expressions name metrics, letters follow each other."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.errors import CatalogueError
from ssstats.expressions import parse_condition, parse_expression

_TEMPLATE = "cross-authority"  # holds for every count at once: it names no metric


def check_references(tables: dict[str, pd.DataFrame]) -> list[str]:
    """Return one sentence for every expression or letter that does not fit the metrics.

    Parents may name stems; all other expressions need metrics that authorities return.
    """
    metrics = tables["metrics"]
    every = set(zip(metrics["edition"], metrics["reference"], strict=True))
    returned = metrics[metrics["collected"].eq("yes")]
    collected = set(zip(returned["edition"], returned["reference"], strict=True))
    return [
        *_unknown("metrics", metrics, ("parent_reference",), every),
        *_unknown("measures", tables["measures"], ("numerator", "denominator"), collected),
        *_unknown("crosswalk", _crosswalk(tables), ("numerator", "denominator"), collected),
        *_unknown("identities", _sides(tables["identities"]), ("left", "right"), collected),
        *_unknown("stock_flows", tables["stock_flows"], ("stock", "entered", "left"), collected),
        *_unknown("process_steps", tables["process_steps"], ("reference",), collected),
        *_bases(tables["measures"]),
        *_items(tables),
        *_gaps(metrics),
    ]


def _crosswalk(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return tables["crosswalk"].assign(edition=METRIC_EDITION)


def _sides(identities: pd.DataFrame) -> pd.DataFrame:
    """Return the identities whose sides name metrics."""
    return identities[identities["scope"].ne(_TEMPLATE)]


def _unknown(
    name: str, table: pd.DataFrame, columns: tuple[str, ...], known: set[tuple[str, str]]
) -> Iterator[str]:
    for column in columns:
        for row, edition, text in zip(
            table.index, table["edition"].tolist(), table[column].tolist(), strict=True
        ):
            if text and (wrong := _offence(text, edition, known)):
                yield f"{name}.csv, line {row + 2}, {column}: {wrong}"


def _offence(text: str, edition: str, known: set[tuple[str, str]]) -> str:
    try:
        expression = (
            parse_condition(text).expression if set(text) & set("=<>") else parse_expression(text)
        )
    except CatalogueError as unreadable:
        return str(unreadable)
    missing = [name for name in expression.references if (edition, name) not in known]
    if not missing:
        return ""
    return (
        f"{text!r} names {', '.join(missing)}, which metrics.csv does not hold as a metric of "
        f"{edition} that can stand here; correct the reference or add the metric"
    )


def _bases(measures: pd.DataFrame) -> Iterator[str]:
    """A measure has one base: a denominator or a population."""
    both = measures["denominator"].ne("") == measures["population"].ne("")
    for row, measure in zip(measures.index[both], measures.loc[both, "measure"], strict=True):
        yield (
            f"measures.csv, line {row + 2}, denominator: measure {measure} needs either a "
            "denominator or a population, not both and not neither; fill one of the two columns"
        )


def _items(tables: dict[str, pd.DataFrame]) -> Iterator[str]:
    """A featured item is a metric or a measure."""
    known = {*tables["metrics"]["reference"], *tables["measures"]["measure"]}
    for row, item in enumerate(tables["featured"]["item"]):
        if item not in known:
            yield (
                f"featured.csv, line {row + 2}, item: {item!r} is neither a reference of "
                "metrics.csv nor a measure of measures.csv; correct it"
            )


def _gaps(metrics: pd.DataFrame) -> Iterator[str]:
    """Letters of a number run from a without a gap; a number with letters has its stem."""
    lettered = metrics[metrics["letter"].ne("")]
    of_stems = metrics[metrics["item_type"].eq("stem")]
    stems = set(zip(of_stems["edition"], of_stems["reference"], strict=True))
    numbers = lettered.groupby(["edition", "number"], sort=False)["letter"]
    for (edition, number), rows in numbers:
        letters = "".join(rows)
        wanted = "".join(chr(ord("a") + place) for place in range(len(letters)))
        if letters != wanted:
            yield (
                f"metrics.csv, line {rows.index[0] + 2}, letter: {number} of {edition} has the "
                f"letters {', '.join(letters)}; they must run {', '.join(wanted)} without a gap"
            )
        if (edition, number) not in stems:
            yield (
                f"metrics.csv, line {rows.index[0] + 2}, number: {number} of {edition} has letters "
                "but no row of its own; add the row with item_type stem"
            )
