"""What the pages of a PDF show, as Typst writes it: run by run, in the order of the page.

Runs that stand one right after the other are one text; any other begins a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from ssstats.pdf_pages.fonts import Fonts
from ssstats.pdf_pages.glyphs import MOVED, glyphs_of
from ssstats.pdf_pages.objects import OtherPdfError, PdfObjects, reference

_PAGES, _PAGE = b"<</Type/Pages/", b"<</Type/Page/"
_REFERENCE = re.compile(rb"(\d+) 0 R")
_KIDS = re.compile(rb"/Kids\[((?:\d+ 0 R ?)*)\]")
_FONTS = re.compile(rb"/Font<<((?:/\w+ \d+ 0 R)*)>>")
_NAMED = re.compile(rb"/(\w+) (\d+) 0 R")
# Streams that show nothing by themselves.
_UNSEEN = re.compile(rb"/(?:FontFile[23]?|CIDSet|ICCBased|Metadata)[ \[]?(\d+) 0 R")
# A run of text: its line's way and corner, its type, what it shows.
_RUN = re.compile(
    rb"q ([-\d. ]+) cm/\w+ cs [-\d. ]+ scn\n"
    rb"BT 0 Tr/(\w+ [-\d.]+ Tf 1 0 0 -1 [-\d.]+) 0 Tm"
    rb"\[?\(([^\n]*)\)\]?T[jJ]\nET\nQ\n(?:EMC/Span<<[^\n]*>>BDC\n)?"
)
# The texts of a run, and what stands before the next one.
_PARTS = 4
# What stands between the size of a type and how far in a run starts.
_AFTER_SIZE = b" Tf 1 0 0 -1 "
# A space at which no line breaks, said beside what stands for it.
_SAID_SPACE = re.compile(
    rb"(?<=\nBT)/Span<</ActualText<FEFF0020(?:20..)*>>>BDC 0 Tr/\w+ [\d.]+ Tf [-\d. ]+ Tm"
    rb"\([^\n]*\)Tj\nEMC"
)
_SAID = b"ActualText"
# What shows a text, or says it, where no run is.
_SHOWS = (b"BT", b"Tj", b"TJ", _SAID)
_PER_SIZE = 1000
# Letters of a word are nearer to each other than this, in sizes of the font; words are not.
_CLOSE = 0.12
# So near, letters moved within the first of two runs decide.
_MAY_BE_CLOSE = 2
_LINE = "\n"


def texts_shown(objects: PdfObjects) -> tuple[str, ...]:
    """Return the text of each page.

    Raises
    ------
    OtherPdfError
        If a page is written in another way than Typst writes it, or the document holds a stream
        that may show more, as a picture or an attached file does.
    """
    runs = _Runs()
    seen = set()
    for number in _pages(objects, reference(b"Pages", objects.object(objects.root))):
        page = objects.object(number)
        seen.add(contents := reference(b"Contents", page))
        named = _fonts(objects.object(reference(b"Resources", page)))
        runs.add_page(objects.stream(contents), named)
    fonts = sorted({font for font, _ in runs.types})
    seen.update(reference(b"ToUnicode", objects.object(font)) for font in fonts)
    for text in objects.packed.values():
        seen.update(map(int, _UNSEEN.findall(text)))
    if not seen.issuperset(objects.streams):
        raise OtherPdfError("a stream of another kind")
    return _texts(runs, Fonts(fonts, objects))


@dataclass
class _Runs:
    """Runs of text of all pages, in order, and after how many of them each page ends.

    A type is a font, and how its size and place are written. Many runs show the same: `texts` has
    each type, by its number, and what is shown in it once; runs name theirs by its number.
    `goes_on` says that nothing stands between a run and the next one.
    """

    lines: list[bytes] = field(default_factory=list)
    types: dict[tuple[int, bytes], int] = field(default_factory=dict)
    texts: dict[tuple[int, bytes], int] = field(default_factory=dict)
    of_text: list[int] = field(default_factory=list)
    goes_on: list[bool] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def add_page(self, contents: bytes, fonts: Mapping[bytes, int]) -> None:
        """Add the runs of a page; all that shows text must be one."""
        if _SAID in contents:
            contents = _SAID_SPACE.sub(b"", contents)
        rest, *parts = _RUN.split(contents)
        lines, written, shown, between = (parts[place::_PARTS] for place in range(_PARTS))
        rests = b"".join([rest, *between])
        if any(shows in rests for shows in _SHOWS):
            raise OtherPdfError("a page shows texts in another way")
        self.lines += lines
        types = {text: self._type(text, fonts) for text in {*written}}
        texts, own = self.texts, [*zip(map(types.__getitem__, written), shown, strict=True)]
        self.of_text += [texts.setdefault(text, len(texts)) for text in own]
        self.goes_on += [not rest for rest in between]
        if between:
            self.goes_on[-1] = False
        self.ends.append(len(self.of_text))

    def _type(self, written: bytes, fonts: Mapping[bytes, int]) -> int:
        name, _, rest = written.partition(b" ")
        if name not in fonts:
            raise OtherPdfError("a page has no such font")
        return self.types.setdefault((fonts[name], rest), len(self.types))


def _texts(runs: _Runs, fonts: Fonts) -> tuple[str, ...]:
    """Return the texts of pages, with the end of a line where runs are not joined."""
    glyphs, size = glyphs_of([shown for _, shown in runs.texts])
    first = np.array([fonts.start_of(font) for font, _ in runs.types], np.intp)
    of_type = np.array([number for number, _ in runs.texts], np.intp)
    places = glyphs + np.repeat(first[of_type], size)
    letters, widths = fonts.letters[places], _up_to(fonts.widths[places])
    if not letters.all():
        raise OtherPdfError("a glyph stands for no text")
    ends = _up_to(size)
    joined = _are_joined(runs, of_type, np.diff(widths[ends])).tolist()
    texts = fonts.text(np.insert(letters, ends[1:], ord(_LINE))).split(_LINE)
    lines = [text + _LINE for text in texts]
    parts = [(texts if on else lines)[text] for text, on in zip(runs.of_text, joined, strict=True)]
    return tuple("".join(parts[start:end]) for start, end in pairwise([0, *runs.ends]))


def _are_joined(
    runs: _Runs, of_type: NDArray[np.intp], widths: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which runs the next one goes on with, letter by letter on one line.

    `of_type` and `widths` are those of different texts.
    """
    of_text = np.array(runs.of_text, np.intp)
    types = [written.replace(_AFTER_SIZE, b" ") for _, written in runs.types]
    sizes, starts = _numbers(types, 2)[:, of_type[of_text]]
    right, rising, _, _, across, up = _numbers(runs.lines, 6)
    # Of complex numbers the real part goes along the page, the other one up.
    along, corner = right + 1j * rising, across + 1j * up
    if not (sizes * along).all():
        raise OtherPdfError("a text has no size")
    start = corner + starts * along
    # From where a run ends to where the next one starts, in sizes of the font along its line.
    ends = start + widths[of_text] / _PER_SIZE * sizes * along
    gaps = (np.roll(start, -1) - ends) / (sizes * along)
    near = runs.goes_on & (abs(gaps) <= _MAY_BE_CLOSE)
    # Of runs that letters may join: how far these are moved within them.
    moved = np.zeros(len(widths))
    shown = [shown for _, shown in runs.texts]
    for text in np.unique(of_text[near]).tolist():
        moved[text] = sum(float(by[1:-1]) for by in MOVED.findall(shown[text])) / _PER_SIZE
    return near & (abs(gaps + moved[of_text]) <= _CLOSE)


def _numbers(lines: Sequence[bytes], columns: int) -> NDArray[np.float64]:
    """Return the numbers of lines, so many of each, shape (columns, lines)."""
    if not lines:
        return np.zeros((columns, 0))
    names = [str(column) for column in range(columns)]
    try:
        table = csv.read_csv(
            pa.BufferReader(b"\n".join(lines)),
            csv.ReadOptions(use_threads=False, column_names=names),
            csv.ParseOptions(delimiter=" ", quote_char=False),
            csv.ConvertOptions(column_types=dict.fromkeys(names, pa.float64()), null_values=[]),
        )
    except pa.ArrowInvalid:
        raise OtherPdfError("a number is written in another way") from None
    return np.array(table.columns)


def _up_to(amounts: NDArray) -> NDArray:
    """Return the sums of amounts up to each place, from none of them to all."""
    return np.concatenate([amounts[:0], [0], amounts]).cumsum()


def _pages(objects: PdfObjects, number: int) -> Iterator[int]:
    """Give the numbers of the pages of a part of the document, in order."""
    part = objects.object(number)
    if part.startswith(_PAGE):
        yield number
        return
    kids = _KIDS.search(part)
    if not part.startswith(_PAGES) or kids is None:
        raise OtherPdfError("pages are counted in another way")
    for kid in _REFERENCE.findall(kids[1]):
        yield from _pages(objects, int(kid))


def _fonts(resources: bytes) -> Mapping[bytes, int]:
    """Return the fonts of a page by their names; a page without text may have none."""
    named = _FONTS.search(resources)
    return {name: int(number) for name, number in _NAMED.findall(named[1])} if named else {}
