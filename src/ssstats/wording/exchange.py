"""The way of the words to a translator and back: one CSV file out, the same file in.

A translator changes the Welsh and says which rows he answers for; keys, English and the places in
braces stay as they are, or the file is refused with every offending row named.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ssstats.errors import CatalogueError, UsageError, listed
from ssstats.wording.places import places_of
from ssstats.wording.signoffs import (
    LANGUAGE,
    SIGNOFFS_FILE,
    awaiting_translator,
    read_signoffs,
    signed_keys,
    text_hash,
)
from ssstats.wording.tables import replace_csv, translated_texts, write_translated

COLUMNS = ("key", "English", "Welsh", "grade", "signed")
SIGNED = ("yes", "")


@dataclass(frozen=True)
class Imported:
    """What an import did: keys whose Welsh changed, keys signed, keys whose signature fell."""

    changed: tuple[str, ...]
    signed: tuple[str, ...]
    unsigned: tuple[str, ...]


def export_words(folder: Path, target: Path, *, only_awaiting: bool = False) -> int:
    """Write all texts with their Welsh to a CSV file for a translator; return its rows.

    With `only_awaiting` it holds only the texts that wait for one. The file is UTF-8 with a byte
    order mark, which spreadsheet programs need to show ŵ and ŷ.
    """
    words = awaiting_translator(folder) if only_awaiting else translated_texts(folder)
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
        The catalogue folder; the files whose Welsh changed, and signoffs.csv, are written anew.
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
    texts = translated_texts(folder)
    words = texts.set_index("key", drop=False)
    rows = _read_rows(source)
    if offences := list(_offences(rows, words, source.name)):
        raise UsageError("\n".join(offences))
    given = dict(zip(rows["key"], rows["Welsh"], strict=True))
    changed = tuple(key for key, welsh in given.items() if welsh != words.loc[key, "cy"])
    signed_before = signed_keys(folder)
    wanted = tuple(rows.loc[rows["signed"] == "yes", "key"])
    signed = tuple(key for key in wanted if key in changed or key not in signed_before)
    write_translated(folder, texts, {key: given[key] for key in changed})
    fallen = {key for key in given if key not in wanted} & signed_before
    day = (signed_on or date.today()).isoformat()
    _write_signoffs(folder, signed, fallen, signed_by.strip(), day)
    return Imported(changed=changed, signed=signed, unsigned=tuple(sorted(fallen)))


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


def _write_signoffs(
    folder: Path, signed: tuple[str, ...], fallen: set[str], signed_by: str, day: str
) -> None:
    words = translated_texts(folder).set_index("key")
    kept = read_signoffs(folder)
    kept = kept[~kept["key"].isin({*signed, *fallen})]
    rows = kept.to_numpy().tolist()
    for key in signed:
        fingerprint = text_hash(key, words.loc[key, "en"], words.loc[key, "cy"])
        rows.append([key, LANGUAGE, fingerprint, signed_by, day])
    replace_csv(folder / SIGNOFFS_FILE, [list(kept.columns), *sorted(rows)])
