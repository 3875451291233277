"""The data dictionary: what every table, column and item means.

Made from the catalogue alone, once as a page for people and once as a table for a release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from ssstats.catalogue.names import CODE_EDITION, METRIC_EDITION
from ssstats.catalogue.reading import Catalogue
from ssstats.catalogue.schema import Field, Schema

_DOMAINS = {
    "adults": "Adults",
    "children": "Children",
    "carers_adult": "Adult carers",
    "carers_young": "Young carers",
    "workforce": "Workforce",
}
_COLUMNS = [
    "edition",
    "reference",
    "item",
    "label_printed",
    "label",
    "domain",
    "section",
    "unit",
    "quantity",
    "stock_or_flow",
    "protected",
    "relation",
    "parent_reference",
    "derived_from",
    "reference_status",
    "note",
]
_OPENING = """# Data dictionary

Made from the tables under `data/catalogue` and their schemas; `make dictionary` writes it anew.

- The first part explains every table of the catalogue and its columns.
- The second lists the {metrics} values that the 2020 guidance collects.
- The third lists the {measures} measures of the 2016 code and the figures behind them.

Printed wording is kept as it stands in the source, with its slips. The label beside it is what
tables print. References have a meaning only together with their edition. What was decided about
each oddity of the printed texts stands in `data/catalogue/anomalies.csv`.
"""


def dictionary_frame(catalogue: Catalogue) -> pd.DataFrame:
    """Return one row for every item that a return or a release may name.

    Columns as `data/data-dictionary.csv` publishes them: `item` is `metric` for a collected value
    of the 2020 guidance, `measure` for a line of the 2016 code, and `numerator` or `denominator`
    for the figures behind one. `label_printed` holds the printed stem and letter together.
    """
    metrics = catalogue.metrics[catalogue.metrics["collected"].eq("yes")]
    kinds = {"n": "numerator", "d": "denominator"}
    items = metrics.assign(
        item=metrics["reference"].str.rpartition(".")[2].map(kinds).fillna("metric"),
        label_printed=metrics["label_full_printed"],
    )
    of_2016 = items["edition"].eq(CODE_EDITION)
    parts = [items[~of_2016], _measures_2016(catalogue), items[of_2016]]
    return pd.concat([part[_COLUMNS] for part in parts], ignore_index=True)


def write_dictionary(catalogue: Catalogue) -> str:
    """Return the data dictionary as a page of Markdown."""
    items = dictionary_frame(catalogue)
    metrics = items[items["edition"].eq(METRIC_EDITION)]
    measures = items[items["item"].eq("measure")]
    figures = items[items["item"].isin(["numerator", "denominator"])]
    numbers = measures["reference"].str.extract(r"(\d+)")[0].nunique()
    blocks = [
        _OPENING.format(metrics=len(metrics), measures=numbers),
        "## Tables\n",
        *(_describe_table(schema) for schema in catalogue.schemas.values()),
        "## Metrics of the 2020 guidance\n",
        *_describe_metrics(metrics),
        "## Measures of the 2016 code\n",
        _item_rows(measures),
        "## Figures behind the measures of the 2016 code\n",
        _item_rows(figures),
    ]
    return "\n".join(blocks)


def _measures_2016(catalogue: Catalogue) -> pd.DataFrame:
    """Return the lines of the 2016 code in the columns of the dictionary."""
    printed = catalogue.measures_2016
    ours = catalogue.measures[catalogue.measures["edition"].eq(CODE_EDITION)]
    number = ours["numerator"].str.extract(r"PM/(\d+[ab]?)")[0]
    labels = ours.groupby(number)["label"].agg("; ".join)
    sections = ours.groupby(number)["section"].first()
    return pd.DataFrame(
        {
            "edition": CODE_EDITION,
            "reference": "PM/" + printed["number"],
            "item": "measure",
            "label_printed": printed["text_full"],
            "label": printed["number"].map(labels).fillna(printed["text_full"]),
            "domain": "framework",
            "section": printed["number"].map(sections).fillna(""),
            "unit": printed["unit"],
            "quantity": "",
            "stock_or_flow": "",
            "protected": "",
            "relation": "none",
            "parent_reference": "",
            "derived_from": "",
            "reference_status": "printed",
            "note": printed["note"],
        }
    )


def _describe_table(schema: Schema) -> str:
    rows = ((f"`{field.name}`", _values(field), field.description) for field in schema.fields)
    return (
        f"### {schema.title} (`{schema.name}.csv`)\n\n{schema.description} "
        f"One row for each {_joined(schema.primary_key)}.\n\n"
        + _markdown(("Column", "Values", "Meaning"), rows)
    )


def _values(field: Field) -> str:
    """Return the type of a column, whether it must be filled and what may stand in it."""
    kind = {"string": "text", "integer": "whole number", "number": "number"}.get(field.type, "")
    allowed = ", ".join(f"`{value}`" for value in field.allowed)
    named = allowed or kind
    return named if field.required or field.type == "boolean" else f"{named}; may be blank"


def _joined(columns: tuple[str, ...]) -> str:
    quoted = [f"`{column}`" for column in columns]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _describe_metrics(metrics: pd.DataFrame) -> Iterator[str]:
    for (domain, section), rows in metrics.groupby(["domain", "section"], sort=False):
        yield f"### {_DOMAINS[str(domain)]}: {section}\n"
        yield _item_rows(rows)


def _item_rows(items: pd.DataFrame) -> str:
    columns = ["reference", "label_printed", "label", "unit", "stock_or_flow", "reference_status"]
    return _markdown(
        ("Reference", "Printed wording", "Label", "Unit", "Stock or flow", "Reference is"),
        items[columns].itertuples(index=False, name=None),
    )


def _markdown(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a pipe table that ends in a newline."""
    lines = [header, tuple("---" for _ in header), *rows]
    return "".join(f"| {' | '.join(_cell(text) for text in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    """Return the text so that no sign of it is read as Markdown."""
    return text.replace("|", "\\|").replace("<", "\\<").replace("*", "\\*")
