"""Open data: lookups beside the tidy CSV files, CSV on the Web metadata, and Parquet.

The CSV files of the release tables are there already; this describes them and adds what a re-user
needs to read them without the catalogue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from ssstats.catalogue import Catalogue
from ssstats.disclosure.release_tables import ReleaseTables, write_csv
from ssstats.errors import listed
from ssstats.outputs.errors import OutputsError
from ssstats.outputs.plan import OpenColumn, Plan
from ssstats.words import Words

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
_AREA_ADDRESS = "http://statistics.data.gov.uk/id/statistical-geography/{area}"
_ARROW = {
    "string": pa.string(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "date": pa.string(),
}
_PARQUET = ("counts.csv", "measures.csv")


def write_lookups(catalogue: Catalogue, plan: Plan, data: Path) -> list[Path]:
    """Write areas.csv and measure-definitions.csv and return their paths."""
    frames = {
        "areas.csv": catalogue.areas.sort_values("display_order"),
        "measure-definitions.csv": catalogue.measures,
    }
    for name, frame in frames.items():
        write_csv(frame[[column.name for column in plan.columns[name]]], data / name)
    return [data / name for name in frames]


def write_descriptions(
    plan: Plan, tables: ReleaseTables, words: Mapping[str, Words], data: Path
) -> list[Path]:
    """Write CSV on the Web metadata beside every CSV file, in each language of the release.

    Titles of columns stand in each language of the release; the first is the file's own header.

    Raises
    ------
    OutputsError
        If a file is not described, or has other columns than its description.
    """
    written = []
    for path in sorted(data.glob("*.csv")):
        columns = _described(path, plan)
        target = path.with_name(f"{path.name}-metadata.json")
        said = _description(path.name, columns, tables, words)
        target.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        written.append(target)
    return written


def _described(path: Path, plan: Plan) -> Sequence[OpenColumn]:
    with path.open(encoding="utf-8") as file:
        header = file.readline().rstrip("\n").split(",")
    columns = plan.columns.get(path.name, ())
    names = [column.name for column in columns]
    if header != names:
        raise OutputsError(
            f"data/{path.name}: columns are {listed(header, most=20)}, and "
            f"data/outputs/columns.csv describes {listed(names, most=20) or 'none'}; names of "
            "columns stay the same in every release: describe what is new, restore what is gone"
        )
    return columns


def _description(
    name: str, columns: Sequence[OpenColumn], tables: ReleaseTables, words: Mapping[str, Words]
) -> dict[str, object]:
    facts = tables.facts
    titles, summaries = {}, {}
    for language, own in words.items():
        titles[language] = (
            f"{own.say('release.title')}, {facts['period']}: {name.removesuffix('.csv')}"
        )
        synthetic = f"{own.say('output.upload.synthetic')} " if facts["synthetic"] else ""
        policy = facts["policy"]["titles"][language]  # type: ignore[index]
        summaries[language] = f"{synthetic}{own.say('release.summary')}. {policy}."
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": name,
        "dc:title": _said(titles),
        "dc:description": _said(summaries),
        "dc:license": {"@id": LICENCE},
        "dc:publisher": _said({key: own.say("release.contact") for key, own in words.items()}),
        "dc:bibliographicCitation": _said({k: citation(tables, own) for k, own in words.items()}),
        "dialect": {"encoding": "utf-8", "header": True},
        "tableSchema": {
            "columns": [_column(column, words) for column in columns],
            "primaryKey": [column.name for column in columns if column.key],
        },
    }


def _said(texts: Mapping[str, str]) -> object:
    """Return texts by language as metadata says them: English alone is the language of all."""
    if set(texts) == {"en"}:
        return texts["en"]
    return [{"@value": text, "@language": language} for language, text in texts.items()]


def _column(column: OpenColumn, words: Mapping[str, Words]) -> dict[str, object]:
    titles = {language: own.say(f"output.csv.{column.name}") for language, own in words.items()}
    english = list(dict.fromkeys([column.name, titles.pop("en")]))
    said: dict[str, object] = {
        "name": column.name.replace("-", "_"),
        "titles": {"en": english, **titles},
        "datatype": column.datatype,
        "dc:description": _said(
            {own: text for own, text in column.descriptions.items() if own in words}
        ),
    }
    if column.required:
        said["required"] = True
    elif column.key:
        # A blank is a value of the key, the whole of all groups, and not a missing one.
        said["null"] = []
    if column.name == "area":
        said["valueUrl"] = _AREA_ADDRESS
    return said


def citation(tables: ReleaseTables, words: Words) -> str:
    """Return how to cite the release."""
    return words.say(
        "output.citation",
        title=words.say("release.title"),
        period=tables.facts["period"],
        version=tables.facts["version"],
    )


def write_parquet(plan: Plan, tables: ReleaseTables, words: Words, data: Path) -> list[Path]:
    """Write counts and measures as Parquet: the same columns and values as the CSV files."""
    written = []
    for name in _PARQUET:
        columns = plan.columns[name]
        kinds = {column.name: _ARROW[column.datatype] for column in columns}
        table = arrow_csv.read_csv(
            data / name,
            read_options=arrow_csv.ReadOptions(use_threads=False),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=kinds,
                include_columns=list(kinds),
                null_values=[""],
                strings_can_be_null=False,
            ),
        )
        about = {
            "title": f"{words.say('release.title')}, {tables.facts['period']}",
            "licence": LICENCE,
            "synthetic": "yes" if tables.facts["synthetic"] else "no",
        }
        schema = pa.schema(
            [pa.field(c.name, _ARROW[c.datatype], nullable=not c.required) for c in columns],
            metadata=about,
        )
        target = data / f"{name.removesuffix('.csv')}.parquet"
        pq.write_table(table.combine_chunks().cast(schema), target, compression="zstd")
        written.append(target)
    return written
