"""The way of the words to a translator and back: one CSV file out, the same file in.

A translator changes the Welsh and says which rows he answers for; keys, English and the places in
braces stay as they are, or the file is refused with every offending row named.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Formatter

import pandas as pd

from ssstats.errors import CatalogueError, UsageError, listed
from ssstats.wording.signoffs import (
    LANGUAGE,
    SIGNOFFS_FILE,
    awaiting_translator,
    read_signoffs,
    signed_keys,
    text_hash,
)
from ssstats.words import word_table

COLUMNS = ("key", "English", "Welsh", "grade", "signed")
SIGNED = ("yes", "")
TRANSLATED = "Written by a translator for this release"
_WORD_COLUMNS = ["key", "en", "cy", "source", "grade"]


@dataclass(frozen=True)
class Imported:
    """What an import did: keys whose Welsh changed, keys signed, keys whose signature fell."""

    changed: tuple[str, ...]
    signed: tuple[str, ...]
    unsigned: tuple[str, ...]


def export_words(folder: Path, target: Path, *, only_awaiting: bool = False) -> int:
    """Write the words of a catalogue folder to a CSV file for a translator; return its rows.

    With `only_awaiting` it holds only the texts that wait for one. The file is UTF-8 with a byte
    order mark, which spreadsheet programs need to show ŵ and ŷ.
    """
    words = awaiting_translator(folder) if only_awaiting else word_table(folder)
    signed = signed_keys(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in words.itertuples():
            state = "yes" if row.key in signed else ""
            writer.writerow([row.key, row.en, row.cy, row.grade, state])
    return len(words)


def import_words(
    source: Path, folder: Path, *, signed_by: str, signed_on: date | None = None
) -> Imported:
    """Take a translator's file into the catalogue, or refuse it and change nothing.

    Parameters
    ----------
    source : Path
        A file that `export_words` wrote, with changed Welsh; it may hold fewer rows.
    folder : Path
        The catalogue folder; its words*.csv and signoffs.csv are written anew.
    signed_by : str
        The translator's name, for the rows whose column `signed` says yes.
    signed_on : date, optional
        Today where it is not given.

    Raises
    ------
    UsageError
        If the file has other columns, changed keys or English, lost or added places, a blank where
        Welsh stood, or a row that stands twice. The message names every row.
    """
    if not signed_by.strip():
        raise UsageError("who signs is not given; name the translator")
    words = word_table(folder).set_index("key", drop=False)
    rows = _read_rows(source)
    if offences := list(_offences(rows, words, source.name)):
        raise UsageError("\n".join(offences))
    given = dict(zip(rows["key"], rows["Welsh"], strict=True))
    changed = tuple(key for key, welsh in given.items() if welsh != words.loc[key, "cy"])
    signed_before = signed_keys(folder)
    wanted = tuple(rows.loc[rows["signed"] == "yes", "key"])
    signed = tuple(key for key in wanted if key in changed or key not in signed_before)
    _write_words(folder, words, {key: given[key] for key in changed})
    fallen = {key for key in given if key not in wanted} & signed_before
    day = (signed_on or date.today()).isoformat()
    _write_signoffs(folder, signed, fallen, signed_by.strip(), day)
    return Imported(changed=changed, signed=signed, unsigned=tuple(sorted(fallen)))


def places_of(text: str) -> frozenset[str]:
    """Return the names of the places in braces of a text.

    Raises
    ------
    CatalogueError
        If a brace is opened and not closed, or a place has no name.
    """
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError as wrong:
        raise CatalogueError(f"{wrong}; write each place as in the English") from None
    if "" in names:
        raise CatalogueError("a pair of braces is empty; write each place as in the English")
    return frozenset(names)


def _read_rows(source: Path) -> pd.DataFrame:
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            header, *lines = list(csv.reader(file, strict=True))
    except FileNotFoundError:
        raise UsageError(f"{source.name} is not there; give the translator's file") from None
    except (UnicodeDecodeError, csv.Error, ValueError):
        raise UsageError(f"{source.name} is not CSV in UTF-8; save it so and try again") from None
    if tuple(header) != COLUMNS:
        raise UsageError(
            f"{source.name}, line 1: columns are {', '.join(header)}; they must be "
            f"{', '.join(COLUMNS)}: keep them as they were exported"
        )
    short = [number for number, line in enumerate(lines, start=2) if len(line) != len(COLUMNS)]
    if short:
        raise UsageError(
            f"{source.name}, lines {listed(short)}: not {len(COLUMNS)} values; put a text that "
            "holds commas between quotation marks"
        )
    return pd.DataFrame(lines, columns=list(COLUMNS), dtype="str")


def _offences(rows: pd.DataFrame, words: pd.DataFrame, name: str) -> Iterator[str]:
    seen: set[str] = set()
    for number, row in enumerate(rows.itertuples(), start=2):
        place = f"{name}, line {number}, {row.key}:"
        if row.key not in words.index:
            yield f"{place} this key is not known; keys must stay as they were exported"
        elif row.key in seen:
            yield f"{place} this key stands twice; keep one row"
        else:
            yield from (f"{place} {wrong}" for wrong in _wrongs(row, words.loc[row.key]))
        seen.add(row.key)


def _wrongs(row, known: pd.Series) -> Iterator[str]:  # type: ignore[no-untyped-def]
    if row.English != known["en"]:
        yield "the English is not that of the catalogue; export the words anew"
    if row.signed not in SIGNED:
        yield f"signed is {row.signed!r}; write yes, or leave it blank"
    if not row.Welsh:
        if known["cy"]:
            yield "the Welsh is blank where a text stood; write one"
        if row.signed:
            yield "a blank text cannot be signed; write one"
        return
    if row.Welsh != row.Welsh.strip():
        yield "the Welsh has blanks around it; remove them"
    try:
        found, wanted = places_of(row.Welsh), places_of(known["en"])
    except CatalogueError as wrong:
        yield str(wrong)
        return
    if missing := wanted - found:
        yield f"places missing from the Welsh: {_braced(missing)}; put them back"
    if extra := found - wanted:
        yield f"places that the English does not have: {_braced(extra)}; remove them"


def _braced(names: frozenset[str]) -> str:
    return listed(f"{{{name}}}" for name in names)


def _write_words(folder: Path, words: pd.DataFrame, changed: Mapping[str, str]) -> None:
    """Write anew each file that holds a changed text: a text of ours again, not one seen."""
    if not changed:
        return
    after = words.copy()
    for key, welsh in changed.items():
        after.loc[key, ["cy", "source", "grade"]] = [welsh, TRANSLATED, "C"]
    for name in sorted(set(words.loc[list(changed), "file"])):
        own = after.loc[after["file"] == name, _WORD_COLUMNS]
        _replace(folder / name, [_WORD_COLUMNS, *own.to_numpy().tolist()])


def _write_signoffs(
    folder: Path, signed: tuple[str, ...], fallen: set[str], signed_by: str, day: str
) -> None:
    words = word_table(folder).set_index("key")
    kept = read_signoffs(folder)
    kept = kept[~kept["key"].isin({*signed, *fallen})]
    rows = kept.to_numpy().tolist()
    for key in signed:
        fingerprint = text_hash(key, words.loc[key, "en"], words.loc[key, "cy"])
        rows.append([key, LANGUAGE, fingerprint, signed_by, day])
    _replace(folder / SIGNOFFS_FILE, [list(kept.columns), *sorted(rows)])


def _replace(path: Path, rows: list[list[str]]) -> None:
    """Write a CSV file beside its place and put it there in one step."""
    beside = path.with_suffix(".csv.new")
    with beside.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    beside.replace(path)
