"""What can be read in a file, kind by kind: each piece of text with the place it stands at."""

from __future__ import annotations

import base64
import binascii
import csv
import gzip
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import zip_longest
from xml.parsers import expat

import pyarrow as pa
import pyarrow.parquet as pq

from ssstats.archive_damages import ARCHIVE_DAMAGES
from ssstats.errors import UsageError
from ssstats.pdf_pages import read_pdf
from ssstats.well_formed import require_well_formed

Texts = Iterator[tuple[str, str]]

LARGEST = 256 * 2**20
PICTURE = "data:image/"
EMBEDDED = re.compile(r"data:image/(svg\+xml|png)(?:;charset=[\w-]+)?;base64,([A-Za-z0-9+/=]+)")
# Coordinates of shapes are no numbers that anybody reads; drawings have a space before each.
SHAPES = re.compile(r' (?:d|points|transform|viewBox|style|clip-path)="[^"]*"')
# Addresses of formats, which have years in them; documents have a space before each.
NAMESPACES = re.compile(r' xmlns(?::[\w.-]+)?="[^"]*"')
AFTER_TAG = re.compile(">([^<]+)")
_PNG_TEXT = {b"tEXt", b"iTXt", b"zTXt"}
_DEEPEST = 3
# What readers raise where a file is not what its name says.
DAMAGES: tuple[type[Exception], ...] = (
    *ARCHIVE_DAMAGES, KeyError, expat.ExpatError, csv.Error,
)  # fmt: skip


def texts_of(name: str, content: bytes, *, depth: int = 0) -> Texts:
    """Yield (place, text) for everything that can be read in a file.

    Parameters
    ----------
    name : str
        The file's name; its ending says the kind.
    content : bytes
        The file.

    Raises
    ------
    UsageError
        If the kind is not known or the file cannot be looked into: nothing is passed over.
    """
    if len(content) > LARGEST or depth > _DEEPEST:
        raise UsageError(f"{name}: too large or too deeply packed to be looked into")
    kind = name.rsplit(".", 1)[-1].lower()
    if kind not in _KINDS:
        raise UsageError(f"{name}: files that end in .{kind} cannot be looked into")
    try:
        yield from _KINDS[kind](name, content, depth)
    except DAMAGES:
        raise UsageError(f"{name}: damaged; it cannot be looked into") from None


def _plain(name: str, content: bytes, depth: int) -> Texts:
    yield "", content.decode("utf-8-sig")


def _marked_up(name: str, content: bytes, depth: int) -> Texts:
    """Pages and drawings: text, comments and attributes, and pictures that stand inside."""
    text = content.decode("utf-8-sig")
    if PICTURE in text:
        yield from pictures(text, depth)
        text = EMBEDDED.sub("", text)
    yield "", html.unescape(SHAPES.sub("", text))


def pictures(text: str, depth: int) -> Texts:
    """Yield (place, text) for everything that can be read in pictures inside a text."""
    for number, found in enumerate(EMBEDDED.finditer(text), 1):
        try:
            picture = base64.b64decode(found[2], validate=True)
        except binascii.Error:
            continue
        ending = "svg" if found[1].startswith("svg") else "png"
        yield from _inside(f"picture {number}", f"picture.{ending}", picture, depth)


def _json(name: str, content: bytes, depth: int) -> Texts:
    for place, text in leaves(json.loads(content.decode("utf-8-sig")), ""):
        yield from ((f"{place} {inner}".strip(), found) for inner, found in pictures(text, depth))
        yield place, html.unescape(EMBEDDED.sub("", text))


def leaves(node: object, place: str) -> Texts:
    """Yield (place, text) for everything in what a JSON file says."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield place, str(key)
            yield from leaves(value, f"{place}/{key}"[:120])
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from leaves(value, f"{place}/{number}")
        # What stands side by side is read side by side.
        yield place, "\n".join(str(value) for value in node if isinstance(value, int | float))
    else:
        yield place, str(node)


def _table(name: str, content: bytes, depth: int) -> Texts:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    for number, row in enumerate(rows, 1):
        yield f"row {number}", "\n".join(row)
    for number, column in enumerate(zip_longest(*rows, fillvalue=""), 1):
        yield f"column {number}", "\n".join(column)


def _packed(name: str, content: bytes, depth: int) -> Texts:
    """Spreadsheets and documents: every part, names and metadata included."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST:
            raise UsageError(f"{name}: too large to be looked into")
        yield "comment", archive.comment.decode("utf-8", "replace")
        for part in archive.infolist():
            yield "name of a part", part.filename
            if not part.is_dir():
                yield from texts_of_part(part.filename, archive.read(part), depth)


def texts_of_part(name: str, content: bytes, depth: int) -> Texts:
    """Yield (place, text) for everything that can be read in a part of a packed file."""
    if name.endswith((".xml", ".rels", ".rdf")):
        # Well formed or damaged; a tree of millions of cells would take ten times as long.
        require_well_formed(content)
        text = NAMESPACES.sub("", content.decode("utf-8-sig"))
        yield name, html.unescape(text)
        # Cells side by side, without what names them.
        yield name, "\n".join(AFTER_TAG.findall(text))
    elif name == "mimetype":
        yield name, content.decode("ascii")
    else:
        yield from _inside(name, name, content, depth)


def _pdf(name: str, content: bytes, depth: int) -> Texts:
    """Pages as text, and every string of the document: titles, alternative texts, metadata."""
    document = read_pdf(content)
    for number, words in enumerate(document.pages, 1):
        yield f"page {number}", words
    for text in document.strings:
        yield "properties and alternative texts", text
    for attached, file in document.attached:
        yield from _inside(f"attached {attached}", attached, file, depth)


def _columns(name: str, content: bytes, depth: int) -> Texts:
    table = pq.ParquetFile(io.BytesIO(content)).read()
    for text in metadata(table):
        yield "metadata", text
    for column in table.column_names:
        yield f"column {column}", "\n".join(map(written, table[column].to_pylist()))


def metadata(table: pa.Table) -> Iterator[str]:
    """Yield what a Parquet file says of itself."""
    for key, value in (table.schema.metadata or {}).items():
        yield f"{key.decode()} {value.decode('utf-8', 'replace')}"


def written(value: object) -> str:
    """Return a value of a Parquet file as text."""
    return f"{value:.10f}" if isinstance(value, float) else str(value)


def _png(name: str, content: bytes, depth: int) -> Texts:
    position = 8
    while position + 8 <= len(content):
        length = int.from_bytes(content[position : position + 4], "big")
        kind, body = content[position + 4 : position + 8], content[position + 8 :][:length]
        if kind in _PNG_TEXT:
            key, _, text = body.partition(b"\0")
            if kind == b"zTXt":
                text = zlib.decompress(text[1:])
            yield "picture's texts", f"{key.decode('latin-1')} {text.decode('utf-8', 'replace')}"
        position += 12 + length


def _gzip(name: str, content: bytes, depth: int) -> Texts:
    inner = name.rsplit(".", 1)[0]
    with gzip.open(io.BytesIO(content)) as file:
        yield from _inside(inner, inner, file.read(LARGEST + 1), depth)


def _inside(place: str, name: str, content: bytes, depth: int) -> Texts:
    for inner, text in texts_of(name, content, depth=depth + 1):
        yield f"{place} {inner}".strip(), text


def _nothing_to_read(name: str, content: bytes, depth: int) -> Texts:
    yield from ()


_KINDS: dict[str, Callable[[str, bytes, int], Texts]] = {
    **dict.fromkeys(("html", "svg", "xml", "xhtml"), _marked_up),
    **dict.fromkeys(
        (
            "css",
            "scss",
            "js",
            "txt",
            "md",
            "qmd",
            "yml",
            "yaml",
            "typ",
            "lua",
            "log",
            "toml",
            "tex",
        ),
        _plain,
    ),
    **dict.fromkeys(("json", "ipynb", "webmanifest"), _json),
    **dict.fromkeys(("csv", "tsv"), _table),
    **dict.fromkeys(("ods", "xlsx", "docx", "zip", "odt"), _packed),
    "pdf": _pdf,
    "parquet": _columns,
    "png": _png,
    "gz": _gzip,
    # Shapes of letters: the same in every release.
    **dict.fromkeys(("woff2", "ttf", "otf"), _nothing_to_read),
}
