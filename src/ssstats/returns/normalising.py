"""Names, codes and numbers as people type them, turned into those of the catalogue or refused.

Understands spelling variants of authorities, retired area codes, the letter l typed as I or 1 in
references, years written in full, and numbers with thousands commas. What is not understood is
named, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from ssstats.catalogue import Catalogue

_LONGEST_QUOTED = 60
_SPACE = re.compile(r"\s+")
# What spreadsheets leave in cells without showing it: zero-width blanks, joiners, a stray BOM.
_UNSEEN = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
# AD/021I and AD/0211: a capital i or a one where the letter l belongs.
_MISREAD_L = re.compile(r"([A-Z]{2}/[0-9]{3})[I1]")
_REFERENCE = re.compile(r"([A-Z]{2})\s*/\s*([0-9]{1,3}.*)", re.IGNORECASE)
_LOCAL = re.compile(r"LO/[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_PLAIN_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")
_GROUPED_NUMBER = re.compile(r"[0-9]{1,3}(,[0-9]{3}){1,4}(\.[0-9]{1,15})?")
_PERCENTAGE = re.compile(r"[0-9]{1,7}(\.[0-9]{1,15})?\s?%")
_YEAR = re.compile(r"([0-9]{4})\s?[-/–]\s?([0-9]{2}|[0-9]{4})")

# Marks that people put where there is no number. What they mean differs: a dash may be a zero, an
# asterisk a hidden count. So they are read as not returned, with a note, and never as 0.
_ABSENT = frozenset({"*", "..", ".", ":", "-", "–", "—", "n/a", "na", "#n/a", "x", "[x]"})
_OTHER_MARKS = {"z": "z", "[z]": "z", "c": "c", "[c]": "c"}


def plain(text: str) -> str:
    """Return the text with runs of white space folded to one blank and none at the ends."""
    if text.isalnum() and text.isascii():
        return text
    return _SPACE.sub(" ", _UNSEEN.sub("", text)).strip()


@dataclass(frozen=True)
class AreaNames:
    """Every spelling and code under which an area is known, to its present code."""

    codes: Mapping[str, str]
    # Codes in use and names in both languages: to write one of these is no repair.
    official: frozenset[str]

    @classmethod
    def of(cls, catalogue: Catalogue) -> AreaNames:
        """Return the names of the catalogue: codes, both languages, variants, retired codes."""
        areas, variants, retired = catalogue.areas, catalogue.area_names, catalogue.retired_areas
        official = [
            *zip(areas["area"], areas["area"], strict=True),
            *zip(areas["name_en"], areas["area"], strict=True),
            *zip(areas["name_cy"], areas["area"], strict=True),
        ]
        others = [
            *zip(variants["variant"], variants["area"], strict=True),
            *zip(retired["retired_area"], retired["area"], strict=True),
        ]
        return cls(
            {_folded(name): code for name, code in [*others, *official]},
            frozenset(name for name, _ in official),
        )

    def code(self, text: str) -> str | None:
        """Return the area's code, or None where the text is no known name or code."""
        return self.codes.get(_folded(text))


def _folded(name: str) -> str:
    return plain(name).casefold()


def column_names(catalogue: Catalogue) -> Mapping[str, str]:
    """Return the names that people write over columns, folded, to the columns they mean."""
    table = catalogue.column_names
    return dict(zip(table["name"], table["column"], strict=True))


def column_named(text: str, names: Mapping[str, str]) -> str:
    """Return the column that a heading means, or the heading itself where it is no known name."""
    name = plain(text)
    return names.get(name.rstrip(":").casefold().replace("_", " "), name)


def reference_of(text: str, known: frozenset[str]) -> str | None:
    """Return the catalogue's reference for `text`, or None where there is none."""
    reference = plain(text)
    if reference in known:
        return reference
    mended = _MISREAD_L.sub(r"\1l", reference)
    if mended in known:
        return mended
    found = _REFERENCE.fullmatch(reference)
    if not found:
        return None
    respelt = f"{found[1].upper()}/{found[2]}"
    for candidate in (respelt, f"{found[1].upper()}/{found[2].lower()}"):
        if candidate in known:
            return candidate
    return None


def local_reference_of(text: str) -> str | None:
    """Return the reference of an authority's own metric (LO/...), or None for any other text."""
    reference = plain(text)
    return reference if _LOCAL.fullmatch(reference) else None


def period_of(text: str) -> str | None:
    """Return the reporting year written as 2024-25, 2024/25 or 2024-2025, else None."""
    found = _YEAR.fullmatch(plain(text))
    if not found:
        return None
    start, end = int(found[1]), int(found[2])
    follows = end == start + 1 if len(found[2]) == 4 else end == (start + 1) % 100
    return f"{start}-{(start + 1) % 100:02d}" if follows else None


class TypedNumber(NamedTuple):
    """What a cell for a number holds: `kind` is blank for a plain number.

    A number is missing where the cell holds a marker or is not understood (kind `text`).
    """

    number: float | None
    marker: str
    kind: str


def typed_number(text: str) -> TypedNumber:
    """Return what stands in a cell for a number.

    Kinds: blank, mark, percentage, thousands comma, decimals (12.0), leading zeros, below zero,
    text. A percentage is never read as a number: a return asks for counts.
    """
    typed = plain(text)
    if _PLAIN_NUMBER.fullmatch(typed):
        return TypedNumber(float(typed), "", _form_of(typed))
    if typed == "":
        return TypedNumber(None, "x", "blank")
    if typed.casefold() in _ABSENT:
        return TypedNumber(None, "x", "mark")
    if typed.casefold() in _OTHER_MARKS:
        return TypedNumber(None, _OTHER_MARKS[typed.casefold()], "mark")
    if _GROUPED_NUMBER.fullmatch(typed):
        return TypedNumber(float(typed.replace(",", "")), "", "thousands comma")
    if _PERCENTAGE.fullmatch(typed):
        return TypedNumber(None, "x", "percentage")
    if typed.startswith("-") and number_of(typed[1:]) is not None:
        return TypedNumber(None, "", "below zero")
    return TypedNumber(None, "", "text")


def _form_of(typed: str) -> str:
    if typed.startswith("0") and len(typed) > 1 and typed[1] != ".":
        return "leading zeros"
    return "decimals" if "." in typed and float(typed).is_integer() else ""


def number_of(text: str) -> float | None:
    """Return the number typed as `text` (thousands commas allowed), or None for anything else."""
    typed = plain(text)
    if _PLAIN_NUMBER.fullmatch(typed) or _GROUPED_NUMBER.fullmatch(typed):
        return float(typed.replace(",", ""))
    return None


def quoted(text: str) -> str:
    """Return a text for a message: shortened, and a number only named as one.

    Where columns have shifted, the count of a return may stand in any of them.
    """
    if any(part.isdigit() for part in plain(text).replace(",", ".").split(".")):
        return "(a number)"
    return repr(text if len(text) <= _LONGEST_QUOTED else f"{text[:_LONGEST_QUOTED]}...")


def blank_strings(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with missing strings as blanks and white space folded."""
    texts = frame.fillna("")
    return pd.DataFrame(
        {
            column: texts[column].map({t: plain(t) for t in texts[column].unique()})
            for column in texts
        },
        index=frame.index,
        dtype="str",
    )
