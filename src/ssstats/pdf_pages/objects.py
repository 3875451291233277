"""Objects of a PDF as Typst writes and a release packs them (ISO 32000-1, 7.5), without a library.

Streams stand one after another, objects without a stream are packed into some of them, and one
table at the end says where each is. Any other file is refused: nothing in it is passed over.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_HEAD = re.compile(rb"%PDF-1\.\d\n%[\x80-\xff]{4}\n")
_STREAM = re.compile(rb"(\d+) 0 obj\n(<<[^\n]*>>)\n?stream\n")
_LENGTH = re.compile(rb"/Length (\d+)\b")
_AFTER = b"\nendstream\nendobj\n"
_PACKED = re.compile(rb"<</Type/ObjStm/N (\d+)/First (\d+)/Filter/FlateDecode/Length \d+>>")
_TABLE = re.compile(
    rb"<</Type/XRef/W\[1 4 2\]/Size (\d+)(?:/(?:Root|Info) \d+ 0 R|/ID ?\[[^\]]*\])*"
    rb"/Filter/FlateDecode/Length \d+>>"
)
_ROOT = re.compile(rb"/Root (\d+) 0 R")
_ONE_REFERENCE = rb"/%b[ \[]?(\d+) 0 R"
_PLACE = np.dtype([("kind", "u1"), ("place", ">u4"), ("index", ">u2")])
_IN_FILE, _IN_STREAM = 1, 2
_FREE = (0, 0, 65535)


class DamagedPdfError(ValueError):
    """A file is no PDF, or a damaged one."""


class OtherPdfError(ValueError):
    """A PDF is written in another way than those of a release."""


@dataclass
class PdfObjects:
    """What a PDF holds: packed objects as texts, and settings and packed content of streams.

    `root` is the number of its catalogue; `table` says of each object where it stands: packed into
    which stream, and which one it is there. `starts` has where the objects of such a stream start
    in its text, and after the last one the end.
    """

    root: int = 0
    table: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, _PLACE))
    packed: dict[int, bytes] = field(default_factory=dict)
    starts: dict[int, list[int]] = field(default_factory=dict)
    streams: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)

    def object(self, number: int) -> bytes:
        """Return an object without a stream."""
        _require(number < len(self.table))
        kind, stream, index = self.table[number].tolist()
        _require(kind == _IN_STREAM)
        start, after = self.starts[stream][index : index + 2]
        return self.packed[stream][start : after - 1]

    def stream(self, number: int) -> bytes:
        """Return the content of a stream, unpacked."""
        _require(number in self.streams)
        return unpacked(*self.streams[number])


def read_objects(content: bytes) -> PdfObjects:
    """Return the objects of a PDF file.

    Raises
    ------
    OtherPdfError
        If the file is not written, from first to last byte, as a release writes it.
    """
    objects, table, own = PdfObjects(), b"", -1
    # Of each object its number, and where it stands as the table says it.
    numbers, stands = [0], [_FREE]
    for number, start, settings, inner in _streams(content):
        _require(not table)
        numbers.append(number)
        stands.append((_IN_FILE, start, 0))
        if settings.startswith(b"<</Type/ObjStm"):
            packed = _unpack(number, settings, inner, objects)
            numbers += packed
            stands += [(_IN_STREAM, number, index) for index in range(len(packed))]
        elif settings.startswith(b"<</Type/XRef"):
            _require(_TABLE.fullmatch(settings) is not None)
            objects.root = number_after(_ROOT, settings)
            table, own = unpacked(settings, inner), start
        else:
            objects.streams[number] = (settings, inner)
    _require(content.endswith(b"endobj\nstartxref\n%d\n%%%%EOF\n" % own))
    in_order = np.argsort(numbers)
    _require(np.array_equal(np.array(numbers)[in_order], np.arange(len(numbers))))
    objects.table = np.array(stands, _PLACE)[in_order]
    _require(table == objects.table.tobytes())
    return objects


def unpacked(settings: bytes, content: bytes) -> bytes:
    """Return the content of a stream as its settings say."""
    if b"/Filter" not in settings:
        return content
    _require(b"/Filter/FlateDecode" in settings and b"/DecodeParms" not in settings)
    try:
        return zlib.decompress(content)
    except zlib.error:
        raise OtherPdfError("a stream is damaged") from None


def number_after(named: re.Pattern[bytes], text: bytes) -> int:
    """Return the number that a pattern finds in a text, which must hold it once."""
    found = named.findall(text)
    _require(len(found) == 1)
    return int(found[0])


def reference(key: bytes, text: bytes) -> int:
    """Return the number of the object that an object names under a key."""
    return number_after(re.compile(_ONE_REFERENCE % key), text)


def _streams(content: bytes) -> Iterator[tuple[int, int, bytes, bytes]]:
    """Give number, place, settings and content of each stream; nothing stands between them."""
    head = _HEAD.match(content)
    _require(head is not None)
    at = head.end() if head else 0
    while found := _STREAM.match(content, at):
        end = found.end() + number_after(_LENGTH, found[2])
        _require(content.startswith(_AFTER, end))
        yield int(found[1]), at, found[2], content[found.end() : end]
        at = end + len(_AFTER)
    _require(content.startswith(b"startxref\n", at))


def _unpack(stream: int, settings: bytes, content: bytes, objects: PdfObjects) -> list[int]:
    """Add the objects that a stream holds; return their numbers."""
    said = _PACKED.fullmatch(settings)
    if said is None:
        raise OtherPdfError("a stream of objects says more than their number")
    text, first = unpacked(settings, content), int(said[2])
    index: NDArray[np.int64] = np.array(text[:first].split(), np.int64).reshape(-1, 2)
    numbers, starts = index[:, 0].tolist(), (index[:, 1] + first).tolist()
    _require(len(numbers) == int(said[1]) and starts[:1] == [first])
    objects.packed[stream] = text
    objects.starts[stream] = [*starts, len(text) + 1]
    return numbers


def _require(as_written: bool) -> None:
    if not as_written:
        raise OtherPdfError("written in another way")
