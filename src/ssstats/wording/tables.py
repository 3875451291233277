"""Every text of the project that a translator answers for, wherever it stands.

Most stand by key in words*.csv; others beside the English in tables of the catalogue, such as the
reason of a break, or with the descriptions of columns. Here all have a key: that of a table is
made of the table's name, the row's own key and the column.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import pandas as pd

from ssstats.catalogue.schema import read_schema
from ssstats.errors import CatalogueError
from ssstats.file_states import State, states_of
from ssstats.words import word_table

TRANSLATED = "Written by a translator for this release"
COLUMN_WORDS = "column_words.csv"
# Welsh in a table that names no source for it is ours, as that of words of grade C is.
_OURS, _DRAFTED = "C", "Drafted for this release; to be confirmed by a translator"
_SUFFIXES = ("_en", "_cy")
_BLANK = "-"
# Keys of labels: measure.AD-02, metric.2020-proposed.AD/001, point.AD/001.
_LABELS = ("measure", "metric", "point")


def translated_texts(folder: Path) -> pd.DataFrame:
    """Return every text with its Welsh, those of words*.csv first.

    Parameters
    ----------
    folder : Path
        The catalogue folder; the descriptions of columns stand in the folder `outputs` beside it.

    Returns
    -------
    DataFrame
        Columns key, en, cy, source, grade, file (from the folder), row (from zero, under the
        header) and column (of the Welsh).

    Raises
    ------
    CatalogueError
        If a file breaks its schema or a key stands twice.
    """
    own = states_of(folder, _column_words(folder))
    return _texts_once(folder, own).copy(deep=False)


@lru_cache(maxsize=2)
def _texts_once(folder: Path, states: tuple[State, ...]) -> pd.DataFrame:
    words = word_table(folder)
    words = words.assign(row=words.groupby("file").cumcount(), column="cy")
    rows = [*_texts_of_tables(folder), *_texts_of_columns(folder)]
    table = pd.concat([words, pd.DataFrame(rows, columns=words.columns)], ignore_index=True)
    again = sorted(set(table.loc[table["key"].duplicated(), "key"]))
    if again:
        raise CatalogueError(f"texts have the same key: {', '.join(again)}; rename one")
    return table


def labels_of_items(folder: Path) -> dict[str, list[str]]:
    """Return the labels of each metric and measure of a catalogue folder, in both languages."""
    words = word_table(folder)
    labels: dict[str, list[str]] = {}
    for key, *texts in zip(words["key"], words["en"], words["cy"], strict=True):
        kind, _, name = key.partition(".")
        if kind in _LABELS:
            labels.setdefault(name.rpartition(".")[2] or name, []).extend(texts)
    return labels


def write_translated(folder: Path, texts: pd.DataFrame, welsh: Mapping[str, str]) -> None:
    """Write changed Welsh by key into the files where it stands: a text of ours again.

    `texts` are those of `translated_texts`.
    """
    own = texts[texts["key"].isin(list(welsh))]
    for name, rows in own.groupby("file", sort=True):
        path = folder / str(name)
        header, *lines = _lines(path)
        for text in rows.itertuples():
            values = {text.column: welsh[text.key], "source": TRANSLATED, "grade": _OURS}
            # Without a grade, the source of a table's row is that of its facts.
            names = values if "grade" in header else [text.column]
            for column in names:
                lines[text.row][header.index(column)] = values[column]
        replace_csv(path, [header, *lines])


def replace_csv(path: Path, rows: list[list[str]]) -> None:
    """Write a CSV file beside its place and put it there in one step."""
    beside = path.with_suffix(".csv.new")
    with beside.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    beside.replace(path)


def _texts_of_tables(folder: Path) -> Iterator[tuple[object, ...]]:
    """Return the texts of columns such as reason_en and reason_cy, table by table."""
    for path in sorted((folder / "schemas").glob("*.json")):
        schema = read_schema(path)
        stems = [
            name.removesuffix("_en")
            for name in schema.columns
            if name.endswith("_en") and name.removesuffix("_en") + "_cy" in schema.columns
        ]
        if not stems or not (folder / f"{schema.name}.csv").is_file():
            continue
        header, *lines = _lines(folder / f"{schema.name}.csv")
        for number, line in enumerate(lines):
            row = dict(zip(header, line, strict=True))
            own = ".".join(row[name] or _BLANK for name in schema.primary_key)
            for stem in stems:
                english, welsh = (row[stem + suffix] for suffix in _SUFFIXES)
                if english:
                    yield (
                        f"{schema.name}.{own}.{stem}", english, welsh,
                        row["source"] if "grade" in row else _DRAFTED, row.get("grade", _OURS),
                        f"{schema.name}.csv", number, f"{stem}_cy",
                    )  # fmt: skip


def _texts_of_columns(folder: Path) -> Iterator[tuple[object, ...]]:
    """Return the descriptions of the columns of data files, which stand by their English."""
    path = _column_words(folder)
    if not path.is_file():
        return
    header, *lines = _lines(path)
    for number, line in enumerate(lines):
        row = dict(zip(header, line, strict=True))
        yield (
            f"column.{row['en']}", row["en"], row["cy"], row["source"], row["grade"],
            f"../outputs/{COLUMN_WORDS}", number, "cy",
        )  # fmt: skip


def _column_words(folder: Path) -> Path:
    return folder.parent / "outputs" / COLUMN_WORDS


def _lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))
