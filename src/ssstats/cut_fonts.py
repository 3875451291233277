"""The family cut to the characters that a release uses: for the web, and for paper.

The same font files give the same bytes. Cutting takes some seconds, so what comes out is kept: in
the theme for the web, in this package for paper. Tests hold it against the locked fonts.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.otlLib import builder
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from ssstats.fonts import PAPER_FAMILY, font_files

_WEB_NAMES = ("plex-sans.woff2", "plex-sans-italic.woff2")
# Weights of the upright and of the italic letters that the template sets.
_PAPER_STYLES = (
    {"Regular": 400, "SemiBold": 600, "Bold": 700},
    {"Italic": 400, "Bold Italic": 700},
)
# Latin with the Welsh letters, and the punctuation, arrows and signs that tables and text use.
_CHARACTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *(0x1E80, 0x1E81, 0x1E82, 0x1E83, 0x1E84, 0x1E85, 0x1EF2, 0x1EF3),
    *(ord(sign) for sign in "–—‘’“”•…€−×≈≠≤≥←↑→↓‑\u2009\u200a\u202f"),
)


def write_web_fonts(folder: Path) -> list[Path]:
    """Write the family as WOFF2, its weight still variable; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for source, name in zip(font_files(), _WEB_NAMES, strict=True):
        with _cut_font(source, hinting=True) as font:
            instancer.instantiateVariableFont(font, {"wdth": 100}, inplace=True)
            font.flavor = "woff2"
            written.append(_written(font, folder / name))
    return written


def write_paper_fonts(folder: Path) -> list[Path]:
    """Write the family as TrueType, a file for each weight on paper; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for source, weights in zip(font_files(), _PAPER_STYLES, strict=True):
        for style, weight in weights.items():
            name = f"{PAPER_FAMILY}-{style}".replace(" ", "")
            with _cut_font(source, hinting=False) as font:
                instancer.instantiateVariableFont(font, {"wdth": 100, "wght": weight}, inplace=True)
                font["OS/2"].usWeightClass = weight
                _kern_by_one_table(font)
                _rename(font, style, name)
                written.append(_written(font, folder / f"{name}.ttf"))
    return written


def _cut_font(source: Path, *, hinting: bool) -> TTFont:
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "tnum", "lnum"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.hinting = hinting
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=_CHARACTERS)
    subsetter.subset(font)
    return font


def _kern_by_one_table(font: TTFont) -> None:
    """Put what kerns two letters into one table of letters that are kerned alike.

    The family has tables of pairs and of classes for each script, and Typst asks most of them for
    each letter that it sets. Latin is kerned by all of them.
    """
    table, glyphs = font["GPOS"].table, font.getGlyphOrder()
    kerning: dict[tuple[str, str], int] = defaultdict(int)
    for lookup in table.LookupList.Lookup:
        for pair, distance in _kerning_of(lookup, glyphs).items():
            kerning[pair] += distance
    kerning = {pair: distance for pair, distance in kerning.items() if distance}
    turned = {(second, first): distance for (first, second), distance in kerning.items()}
    classes = {
        (firsts, seconds): (builder.buildValue({"XAdvance": kerning[firsts[0], seconds[0]]}), None)
        for firsts in _alike(glyphs, kerning)
        for seconds in _alike(glyphs, turned)
        if (firsts[0], seconds[0]) in kerning
    }
    part = builder.buildPairPosClassesSubtable(classes, font.getReverseGlyphMap())
    table.LookupList.Lookup = [builder.buildLookup([part])]
    for feature in table.FeatureList.FeatureRecord:
        feature.Feature.LookupListIndex = [0]


def _kerning_of(lookup: Any, glyphs: Iterable[str]) -> dict[tuple[str, str], int]:
    """Return what a lookup (OpenType, GPOS) says of pairs, its first part that knows one."""
    said: dict[tuple[str, str], int] = {}
    for part in lookup.SubTable:
        for pair, value in _values(getattr(part, "ExtSubTable", part), glyphs):
            said.setdefault(pair, getattr(value, "XAdvance", 0))
    return said


def _values(part: Any, glyphs: Iterable[str]) -> Iterator[tuple[tuple[str, str], Any]]:
    for number, first in enumerate(part.Coverage.glyphs):
        if part.Format == 1:
            for pair in part.PairSet[number].PairValueRecord:
                yield (first, pair.SecondGlyph), pair.Value1
            continue
        classes = part.Class1Record[part.ClassDef1.classDefs.get(first, 0)].Class2Record
        for second in glyphs:
            yield (first, second), classes[part.ClassDef2.classDefs.get(second, 0)].Value1


def _alike(glyphs: Iterable[str], kerning: Mapping[tuple[str, str], int]) -> list[tuple[str, ...]]:
    """Return the glyphs that are kerned, those with the same distances from all others together."""
    rows: dict[str, dict[str, int]] = defaultdict(dict)
    for (own, other), distance in kerning.items():
        rows[own][other] = distance
    groups: dict[frozenset[tuple[str, int]], list[str]] = defaultdict(list)
    for glyph in glyphs:
        if glyph in rows:
            groups[frozenset(rows[glyph].items())].append(glyph)
    return [*map(tuple, groups.values())]


def _rename(font: TTFont, style: str, postscript: str) -> None:
    whole = f"{PAPER_FAMILY} {style}"
    names = {1: PAPER_FAMILY, 2: style, 3: whole, 4: whole, 6: postscript}
    for record in font["name"].names:
        record.string = names.get(record.nameID, record.string)


def _written(font: TTFont, target: Path) -> Path:
    stream = io.BytesIO()
    font.save(stream)
    target.write_bytes(stream.getvalue())
    return target
