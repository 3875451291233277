"""Layouts of returns: which one a header shows, and its texts as one row a value.

Long: a row a value. Wide: a column a metric and a row an authority, or a column an authority and
a row a metric. What a wide table does not say itself (authority, edition, year) may stand above it,
in the name of its sheet or in the name of its file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import ReturnsError, listed
from ssstats.returns.normalising import (
    AreaNames,
    column_named,
    column_names,
    local_reference_of,
    period_of,
    plain,
    quoted,
    reference_of,
)
from ssstats.returns.text_tables import read_text_table
from ssstats.returns.understanding import OPTIONAL, REQUIRED

_PLACE = ("file", "sheet", "row", "encoding")
_YEAR_IN_NAME = re.compile(r"(?<![0-9])([0-9]{4}-[0-9]{2})(?![0-9])")
_UNNAMED = "(a column without a name)"
_DIMENSIONS = ("age", "gender", "sex")


def read_table(path: Path, catalogue: Catalogue) -> pd.DataFrame:
    """Return the texts of one CSV or Parquet file, one row a value.

    Raises
    ------
    ReturnsError
        If the file is no table, or its header is that of no layout.
    """
    table = read_text_table(path)
    frame = table.frame.assign(file=path.name, sheet="", encoding=table.encoding)
    return laid_out(frame, catalogue, path.name, {})


def laid_out(
    frame: pd.DataFrame, catalogue: Catalogue, where: str, said: Mapping[str, str]
) -> pd.DataFrame:
    """Return a table in the long layout.

    Parameters
    ----------
    frame : DataFrame
        Texts under their header, with file, sheet and row.
    where : str
        File, and sheet if any, for messages.
    said : Mapping
        Edition, period and area as far as they stand outside the table.

    Raises
    ------
    ReturnsError
        If the header is that of no layout.
    """
    meant = column_names(catalogue)
    headings = {name: column_named(str(name), meant) for name in frame.columns}
    frame = frame.rename(columns={name: text or _UNNAMED for name, text in headings.items()})
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise ReturnsError(f"{where}: column {listed(twice)} stands twice; keep one")
    frame = _with_breakdown(frame, catalogue)
    if "value" not in frame:
        frame = _melted(frame, catalogue, where)
    for name, text in _context(catalogue, where, said).items():
        if name not in frame:
            frame[name] = text
    names = [str(name) for name in frame.columns if name not in _PLACE]
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in REQUIRED and name not in OPTIONAL]
    if missing or unknown:
        raise ReturnsError(
            f"{where}: "
            + (f"column {listed(missing)} is missing; " if missing else "")
            + (f"column {_named(unknown)} is not known; " if unknown else "")
            + f"use {', '.join(REQUIRED)} and, where needed, {listed(OPTIONAL)}"
        )
    return frame


def _named(columns: list[str]) -> str:
    return listed(quoted(column) for column in columns)


def _with_breakdown(frame: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Draw columns age, gender and sex together into one breakdown, labels as their codes."""
    dimensions = [name for name in _DIMENSIONS if name in frame]
    if not dimensions or "breakdown" in frame:
        return frame
    texts = []
    for name in dimensions:
        codes = _codes_by_label(catalogue, name)
        typed = frame[name].astype("str").map(plain)
        meant = typed.map(lambda text, codes=codes: codes.get(text.casefold(), text))
        texts.append(meant.map(lambda code, name=name: f"{name}={code}" if code else ""))
    joined = [";".join(filter(None, parts)) for parts in zip(*texts, strict=True)]
    return frame.drop(columns=dimensions).assign(breakdown=joined)


def _codes_by_label(catalogue: Catalogue, dimension: str) -> dict[str, str]:
    """Return the code of each label of a dimension in either language, folded."""
    own = catalogue.breakdowns[catalogue.breakdowns["dimension"] == dimension]
    return {
        label.casefold(): code
        for column in ("label_en", "label_cy")
        for label, code in zip(own[column], own["code"], strict=True)
    }


def _melted(frame: pd.DataFrame, catalogue: Catalogue, where: str) -> pd.DataFrame:
    """Return a wide table long: its columns are metrics, or they are authorities."""
    names = AreaNames.of(catalogue)
    collected = frozenset(
        catalogue.metrics.loc[catalogue.metrics["collected"] == "yes", "reference"]
    )
    columns = [c for c in frame.columns if c not in (*_PLACE, *REQUIRED, *OPTIONAL)]
    areas = [c for c in columns if names.code(str(c))]
    metrics = [c for c in columns if reference_of(str(c), collected) or local_reference_of(str(c))]
    if "reference" in frame and areas and len(areas) == len(columns):
        turned, into = areas, "area"
    elif "area" in frame and metrics and len(metrics) == len(columns):
        turned, into = metrics, "reference"
    else:
        strange = [c for c in columns if c not in areas and c not in metrics]
        raise ReturnsError(
            f"{where}: column value is missing, and the columns are neither all authorities nor "
            "all metrics"
            + (f" ({_named(strange)})" if strange else "")
            + f"; use {', '.join(REQUIRED)}, or one column a metric, or one column an authority"
        )
    kept = [c for c in frame.columns if c not in turned]
    texts = frame.astype(dict.fromkeys(turned, "str"))
    return texts.melt(id_vars=kept, value_vars=turned, var_name=into, value_name="value")


def _context(catalogue: Catalogue, where: str, said: Mapping[str, str]) -> dict[str, str]:
    """Return edition, period and area from outside the table."""
    context = {name: text for name, text in said.items() if text}
    if "period" not in context and (found := _YEAR_IN_NAME.findall(where)):
        years = {year for text in found if (year := period_of(text))}
        if len(years) == 1:
            context["period"] = years.pop()
    if "edition" not in context and (period := period_of(context.get("period", ""))):
        editions = catalogue.editions
        in_force = editions[
            (editions["first_period"] <= period)
            & ((editions["last_period"] >= period) | (editions["last_period"] == ""))
        ]
        if len(in_force) == 1:
            context["edition"] = str(in_force["edition"].iloc[0])
    return context
