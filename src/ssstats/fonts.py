"""The release's one family of type: for pages, PDF and charts alike.

The files come from a package in the lock, so every machine sets the same letters; nothing is
fetched when a page is read. The family is IBM Plex Sans (SIL Open Font Licence): it has the
Welsh letters, and all its figures are equally wide, so that numbers stand under each other.

Letters whose weight varies take a seventh of the time of a PDF, so paper has the same letters in
few weights, beside this module (`cut_fonts`). Their family has its own name, as the licence asks.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from ssstats.errors import RenderError

FAMILY = "IBM Plex Sans"
PAPER_FAMILY = "Release Sans"

_PACKAGE = "fontpkg_ibm_plex_sans"
_FILES = ("IBMPlexSans[wdth,wght].ttf", "IBMPlexSans-Italic[wdth,wght].ttf")


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
    return [folder / name for name in _FILES]


def font_folder() -> Path:
    """Return the folder of `font_files`, for programs that take folders of fonts."""
    return font_files()[0].parent


def paper_fonts() -> list[Path]:
    """Return the folders of fonts for PDFs: the letters for paper, and the whole family.

    What the first lack, a sign of another script, is set from the second.
    """
    return [Path(__file__).with_name("paper_fonts"), font_folder()]
