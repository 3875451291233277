"""What Typst leaves undone in a tagged PDF: heads of table rows, and the file's size.

Typst tags the first row of a table as heads. Here the first cell of every other row becomes a
head too, with its scope, as on the site; PDF/UA-1 (ISO 14289-1, 7.5) asks for heads with a scope.
The file is read as Typst writes it (ISO 32000-1, 7.5): objects in plain text, one table of their
places at the end; anything else is refused.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, count, pairwise, starmap

from ssstats.errors import RenderError

_END = re.compile(rb"xref\n0 (\d+)\n(.*)trailer\n<<(.*)>>\nstartxref\n(\d+)\n%%EOF\s*$", re.DOTALL)
_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*)\nendobj\s*$", re.DOTALL)
_ROW = b"<</Type/StructElem/S/TR"
_CELLS = (b"<</Type/StructElem/S/TD", b"<</Type/StructElem/S/TH")
_FIRST_CELL = re.compile(rb"/K\[?(\d+) 0 R")
_HEADERS = re.compile(rb"/Headers\[[^\]]*\]")
_TABLE_ATTRIBUTES = re.compile(rb"<</O/Table[^<>]*>>")
_ROW_HEAD = b"<</O/Table/Scope/Row>>"
# Objects that one compressed stream holds: a reader unpacks all of them to get one.
_PACKED = 200
# The usual level takes twice as long for a fiftieth of the file.
_LEVEL = 4
# What an object is, where it stands and which one it is there (ISO 32000-1, 7.5.8).
_PLACE = struct.Struct(">BIH")


def with_row_heads(pdf: bytes) -> bytes:
    """Return the PDF with the first cell of every table row tagged as the row's head.

    Objects are packed into compressed streams, which takes the tags of long tables to a fifth of
    their size. The same bytes in give the same bytes out.

    Raises
    ------
    RenderError
        If the PDF is not written as Typst writes it.
    """
    end = _END.search(pdf, pdf.rfind(b"\nxref\n"))
    if end is None:
        raise RenderError("the PDF ends otherwise than Typst writes it; install the locked Typst")
    objects = dict(_objects(pdf, end[2], end.start()))
    firsts = {
        int(found[1])
        for content in objects.values()
        if content.startswith(_ROW) and (found := _FIRST_CELL.search(content))
    }
    tagged = {
        number: _tagged(content, number in firsts) if content.startswith(_CELLS) else content
        for number, content in objects.items()
    }
    return _packed(pdf[: pdf.index(b"\n\n") + 1], tagged, re.sub(rb"/Size \d+", b"", end[3]))


def _objects(pdf: bytes, table: bytes, end: int) -> Iterator[tuple[int, bytes]]:
    """Give number and content of each object, from the table of their places."""
    places = sorted(int(line[:10]) for line in table.split(b"\r\n") if line[17:18] == b"n")
    for start, stop in pairwise([*places, end]):
        found = _OBJECT.match(pdf, start, stop)
        if found is None:
            raise RenderError(
                f"the PDF holds no object at its place {start}; install the locked Typst"
            )
        yield int(found[1]), found[2]


def _tagged(cell: bytes, first: bool) -> bytes:
    """Return a cell without its list of heads, which would silence the scope of the row's head."""
    cell = _HEADERS.sub(b"", cell)
    if not first or not cell.startswith(_CELLS[0]):
        return cell
    head, found = _TABLE_ATTRIBUTES.subn(_ROW_HEAD, cell.replace(*_CELLS, 1), count=1)
    if not found:
        raise RenderError("a cell of the PDF has no table attributes; install the locked Typst")
    return head


def _packed(header: bytes, objects: Mapping[int, bytes], trailer: bytes) -> bytes:
    """Return a PDF of objects: streams as they are, the others packed into streams."""
    pieces, size = [header], len(header)
    places = {0: (0, 0, 65535)}
    free_numbers = count(max(objects) + 1)

    def add(number: int, content: bytes) -> None:
        nonlocal size
        places[number] = (1, size, 0)
        pieces.append(b"%d 0 obj\n%b\nendobj\n" % (number, content))
        size += len(pieces[-1])

    plain = []
    for number, content in objects.items():
        if content.endswith(b"endstream"):
            add(number, content)
        else:
            plain.append(number)
    for first in range(0, len(plain), _PACKED):
        own, holder = plain[first : first + _PACKED], next(free_numbers)
        add(holder, _stream_of_objects(own, objects))
        places |= {number: (2, holder, place) for place, number in enumerate(own)}
    number, start = next(free_numbers), size
    places[number] = (1, start, 0)
    table = b"".join(starmap(_PLACE.pack, map(places.__getitem__, range(number + 1))))
    settings = b"/Type/XRef/W[1 4 2]/Size %d%b" % (number + 1, trailer)
    add(number, _stream(settings, table))
    return b"".join([*pieces, b"startxref\n%d\n%%%%EOF\n" % start])


def _stream_of_objects(numbers: Sequence[int], objects: Mapping[int, bytes]) -> bytes:
    contents = [objects[number] for number in numbers]
    places = accumulate((len(content) + 1 for content in contents), initial=0)
    head = b" ".join([b"%d %d" % own for own in zip(numbers, places, strict=False)]) + b"\n"
    settings = b"/Type/ObjStm/N %d/First %d" % (len(numbers), len(head))
    return _stream(settings, head + b"\n".join(contents))


def _stream(settings: bytes, content: bytes) -> bytes:
    packed = zlib.compress(content, _LEVEL)
    return b"<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (
        settings, len(packed), packed,
    )  # fmt: skip
