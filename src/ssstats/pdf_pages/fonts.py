"""Fonts of a PDF as Typst writes them: which text each glyph stands for, and how wide it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ssstats.pdf_pages.objects import OtherPdfError, PdfObjects, reference

# As many as one byte names.
GLYPHS = 256
_SPACE = 32
_TYPE = b"<</Type/Font/Subtype/Type0/"
_TWO_BYTES = b"/Encoding/Identity-H/"
_MAP = re.compile(rb"begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n(.*)endcmap", re.DOTALL)
_BLOCKS = re.compile(rb"(?:\d+ beginbfchar\n(?:<00[0-9A-F]{2}> <(?:[0-9A-F]{4})+>\n)*endbfchar\n)*")
_PAIR = re.compile(rb"<([0-9A-F]+)> <([0-9A-F]+)>")
# Of a range of glyphs its first, its last and how wide each is.
_WIDTHS = re.compile(rb"/DW 0/CIDToGIDMap/Identity/W\[([\d. ]*)\]")
# Where no text comes from: glyphs that stand for several letters are written with these first.
_PRIVATE = range(0xE000, 0xF900)


class Fonts:
    """Tables of all fonts of a document, one after another: `GLYPHS` places each."""

    def __init__(self, numbers: Sequence[int], objects: PdfObjects) -> None:
        """Read fonts by the numbers of their objects.

        Raises
        ------
        OtherPdfError
            If a font is written in another way than Typst writes it.
        """
        self._place = {number: place for place, number in enumerate(numbers)}
        self.letters = np.zeros(max(len(numbers), 1) * GLYPHS, "<u4")
        self.widths = np.zeros(len(self.letters))
        self._several: dict[str, str] = {}
        for number, place in self._place.items():
            own = slice(place * GLYPHS, (place + 1) * GLYPHS)
            font = objects.object(number)
            if not font.startswith(_TYPE) or _TWO_BYTES not in font:
                raise OtherPdfError("a font is of another kind")
            self._read_letters(objects.stream(reference(b"ToUnicode", font)), self.letters[own])
            widths = objects.object(reference(b"DescendantFonts", font))
            _read_widths(widths, self.widths[own])

    def start_of(self, number: int) -> int:
        """Return where the tables of a font begin, by the number of its object."""
        return self._place[number] * GLYPHS

    def text(self, letters: NDArray[np.uint32]) -> str:
        """Return the text of letters as the tables have them."""
        text = letters.astype("<u4", copy=False).tobytes().decode("utf-32-le")
        for one, several in self._several.items():
            text = text.replace(one, several)
        return text

    def _read_letters(self, said: bytes, letters: NDArray[np.uint32]) -> None:
        mapped = _MAP.search(said)
        if mapped is None or _BLOCKS.fullmatch(mapped[1]) is None:
            raise OtherPdfError("the letters of a font are written in another way")
        for glyph, coded in _PAIR.findall(mapped[1]):
            text = bytes.fromhex(coded.decode()).decode("utf-16-be", "replace")
            if any(ord(sign) < _SPACE or ord(sign) in _PRIVATE for sign in text):
                raise OtherPdfError("a glyph stands for no text")
            letters[int(glyph, 16)] = ord(text if len(text) == 1 else self._one_for(text))

    def _one_for(self, text: str) -> str:
        for one, several in self._several.items():
            if several == text:
                return one
        one = chr(_PRIVATE[len(self._several)])
        self._several[one] = text
        return one


def _read_widths(font: bytes, widths: NDArray[np.float64]) -> None:
    said = _WIDTHS.search(font)
    numbers = said[1].split() if said else [b""]
    if len(numbers) % 3:
        raise OtherPdfError("the widths of a font are written in another way")
    for first, last, width in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
        widths[int(first) : int(last) + 1] = float(width)
