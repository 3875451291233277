"""The release's one family of type: for pages, PDF and charts alike.

The files come from a package in the lock, so every machine sets the same letters; nothing is
fetched when a page is read. The family is IBM Plex Sans (SIL Open Font Licence): it has the
Welsh letters, and all its figures are equally wide, so that numbers stand under each other.
"""

from __future__ import annotations

import io
from importlib.util import find_spec
from pathlib import Path

from ssstats.errors import RenderError

FAMILY = "IBM Plex Sans"

_PACKAGE = "fontpkg_ibm_plex_sans"
_WEB_NAMES = {
    "IBMPlexSans[wdth,wght].ttf": "plex-sans.woff2",
    "IBMPlexSans-Italic[wdth,wght].ttf": "plex-sans-italic.woff2",
}

# Latin with the Welsh letters, and the punctuation, arrows and signs that tables and text use.
_CHARACTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *(0x1E80, 0x1E81, 0x1E82, 0x1E83, 0x1E84, 0x1E85, 0x1EF2, 0x1EF3),
    *(ord(sign) for sign in "–—‘’“”•…€−×≈≠≤≥←↑→↓‑\u2009\u200a\u202f"),
)


def font_files() -> list[Path]:
    """Return the family's TrueType files (variable weight): upright, then italic.

    Raises
    ------
    RenderError
        If the package that holds them is not installed.
    """
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise RenderError(
            f"the fonts of the release were not found: package {_PACKAGE} is not installed; "
            "install the locked requirements anew"
        )
    folder = Path(spec.origin).parent / "files"
    return [folder / name for name in _WEB_NAMES]


def font_folder() -> Path:
    """Return the folder of `font_files`, for programs that take folders of fonts."""
    return font_files()[0].parent


def write_web_fonts(folder: Path) -> list[Path]:
    """Write the family as WOFF2, cut to the characters that a release uses; return the files.

    The same font files give the same bytes. This takes some seconds: the theme keeps the result.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for source in font_files():
        target = folder / _WEB_NAMES[source.name]
        target.write_bytes(_web_font(source))
        written.append(target)
    return written


def _web_font(source: Path) -> bytes:
    # Here, not at the top: whoever needs the family's name only need not wait for them.
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "tnum", "lnum"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    with TTFont(source, recalcTimestamp=False) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=_CHARACTERS)
        subsetter.subset(font)
        instancer.instantiateVariableFont(font, {"wdth": 100}, inplace=True)
        font.flavor = "woff2"
        stream = io.BytesIO()
        font.save(stream)
    return stream.getvalue()
