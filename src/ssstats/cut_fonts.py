"""The family cut to the characters that a release uses: for the web, and for paper.

The same font files give the same bytes. Cutting takes some seconds, so what comes out is kept: in
the theme for the web, in this package for paper. Tests hold it against the locked fonts.
"""

from __future__ import annotations

import io
from pathlib import Path

from fontTools import subset
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
