"""Reads CSV files by column: texts, few of which recur in many rows. Knows no figures.

Reads the files by itself, so that a mistake of the writers cannot hide in a reader they share.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import compress, product, starmap
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from ssstats.outputs.errors import OutputsError

_WORDS = pa.dictionary(pa.int32(), pa.string())


class Columns:
    """The columns of one CSV file, a blank as an empty text.

    Raises
    ------
    OutputsError
        If the file is missing.
    ValueError, LookupError
        If it is no CSV file, or a column that is asked for is not in it.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise OutputsError(
                f"{path.parent.parent.name}/{path.parent.name}/{path.name} is missing; "
                "give the folder of a release"
            )
        with path.open(encoding="utf-8-sig", newline="") as file:
            self.names = tuple(next(csv.reader(file), ()))
        self._table = arrow_csv.read_csv(
            path,
            # Threads cost more than they save on hundreds of small files; one block of rows has
            # each text once.
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=path.stat().st_size + 1
            ),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(self.names, _WORDS), strings_can_be_null=False
            ),
        )

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._table.num_rows

    def __contains__(self, name: str) -> bool:
        """Return whether the file has a column."""
        return name in self.names

    def __getitem__(self, name: str) -> list[str]:
        """Return the texts of a column."""
        return self.each(str, name).tolist()

    def rows(self, *names: str) -> Iterator[tuple[str, ...]]:
        """Return the texts of some columns, row by row."""
        return zip(*map(self.__getitem__, names), strict=True)

    def rows_by(self, *names: str) -> Iterator[tuple[tuple[str, ...], NDArray[np.intp]]]:
        """Give the texts that recur together in some columns, and the rows that have them."""
        codes, words = self._codes(names)
        order = np.argsort(codes, kind="stable")
        ends = np.flatnonzero(np.diff(codes[order], append=-1)) + 1
        for rows in np.split(order, ends)[:-1]:
            places = np.unravel_index(codes[rows[0]], [len(own) for own in words])
            yield tuple(own[place] for own, place in zip(words, places, strict=True)), rows

    def each(self, function: Callable[..., object], *names: str) -> NDArray[np.object_]:
        """Return for every row what a function of its texts in some columns gives.

        It is asked once about texts that recur together.
        """
        codes, words = self._codes(names)
        recurring = np.zeros(np.prod([len(own) for own in words], dtype=np.intp), dtype=np.bool_)
        recurring[codes] = True
        texts = compress(product(*words), recurring.tolist())
        values = np.fromiter(starmap(function, texts), dtype=object)
        return values[(recurring.cumsum() - 1)[codes]]

    def words(self, name: str) -> pa.DictionaryArray:
        """Return a column as each of its texts once, and which of them stands in which row."""
        return self._table.column(name).combine_chunks()

    def _codes(self, names: Sequence[str]) -> tuple[NDArray[np.intp], list[list[str]]]:
        """Return a number for texts that stand together in a row, in the order of their product."""
        columns = [*map(self.words, names)]
        words = [column.dictionary.to_pylist() for column in columns]
        codes = np.zeros(len(self), dtype=np.intp)
        for column, own in zip(columns, words, strict=True):
            codes = codes * len(own) + column.indices.to_numpy()
        return codes, words


def columns_by(path: Path, name: str = "") -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the columns of a small CSV file apart for each text of one of them.

    Of files of a hundred rows, columns as `Columns` holds them cost more than they save.

    Parameters
    ----------
    name : str
        The column by whose texts the rows are parted; blank for the first.

    Raises
    ------
    ValueError, LookupError, csv.Error
        If it is no CSV file, or has no such column.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    place = header.index(name) if name else 0
    parted: dict[str, list[list[str]]] = {}
    for row in rows:
        parted.setdefault(row[place], []).append(row)
    return {
        text: dict(zip(header, zip(*own, strict=True), strict=True)) for text, own in parted.items()
    }
