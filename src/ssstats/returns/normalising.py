"""Names and codes as people type them, turned into those of the catalogue or refused.

Understands spelling variants of authorities, retired area codes and the letter l typed as I or 1
in references. Numbers are read strictly: what is not a plain number is named, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ssstats.catalogue import Catalogue

_SPACE = re.compile(r"\s+")
# AD/021I and AD/0211: a capital i or a one where the letter l belongs.
_MISREAD_L = re.compile(r"([A-Z]{2}/\d{3})[I1]")
_NUMBER = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")


def plain(text: str) -> str:
    """Return the text with runs of white space folded to one blank and none at the ends."""
    return _SPACE.sub(" ", text.replace("\N{NO-BREAK SPACE}", " ")).strip()


@dataclass(frozen=True)
class AreaNames:
    """Every spelling and code under which an area is known, to its present code."""

    codes: Mapping[str, str]

    @classmethod
    def of(cls, catalogue: Catalogue) -> AreaNames:
        """Return the names of the catalogue: codes, both languages, variants, retired codes."""
        areas, variants, retired = catalogue.areas, catalogue.area_names, catalogue.retired_areas
        pairs = [
            *zip(areas["area"], areas["area"], strict=True),
            *zip(areas["name_en"], areas["area"], strict=True),
            *zip(areas["name_cy"], areas["area"], strict=True),
            *zip(variants["variant"], variants["area"], strict=True),
            *zip(retired["retired_area"], retired["area"], strict=True),
        ]
        return cls({_folded(name): code for name, code in pairs})

    def code(self, text: str) -> str | None:
        """Return the area's code, or None where the text is no known name or code."""
        return self.codes.get(_folded(text))


def _folded(name: str) -> str:
    return plain(name).casefold()


def reference_of(text: str, known: frozenset[str]) -> str | None:
    """Return the catalogue's reference for `text`, or None where there is none."""
    reference = plain(text)
    if reference in known:
        return reference
    mended = _MISREAD_L.sub(r"\1l", reference)
    return mended if mended in known else None


def number_of(text: str) -> float | None:
    """Return the number typed as `text` (thousands commas allowed), or None for anything else."""
    typed = plain(text)
    return float(typed.replace(",", "")) if _NUMBER.fullmatch(typed) else None


def blank_strings(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with missing strings as blanks and white space folded."""
    return frame.fillna("").map(plain)
