"""What can be read in a file, kind by kind: each piece of text with the place it stands at."""

from __future__ import annotations

import base64
import binascii
import contextlib
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

from ssstats.errors import UsageError
from ssstats.pdf_pages import read_pdf
from ssstats.scanning.tables import Text, cells_by_row, text_of_column
from ssstats.well_formed import require_well_formed

Texts = Iterator[tuple[str, str]]

_LARGEST = 256 * 2**20
_PICTURE = "data:image/"
_EMBEDDED = re.compile(r"data:image/(svg\+xml|png)(?:;charset=[\w-]+)?;base64,([A-Za-z0-9+/=]+)")
# Coordinates of shapes are no numbers that anybody reads; drawings have a space before each.
_SHAPES = re.compile(r' (?:d|points|transform|viewBox|style|clip-path)="[^"]*"')
# Addresses of formats, which have years in them; documents have a space before each.
_NAMESPACES = re.compile(r' xmlns(?::[\w.-]+)?="[^"]*"')
_AFTER_TAG = re.compile(">([^<]+)")
_PNG_TEXT = {b"tEXt", b"iTXt", b"zTXt"}
_DEEPEST = 3


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
    if len(content) > _LARGEST or depth > _DEEPEST:
        raise UsageError(f"{name}: too large or too deeply packed to be looked into")
    kind = name.rsplit(".", 1)[-1].lower()
    if kind not in _KINDS:
        raise UsageError(f"{name}: files that end in .{kind} cannot be looked into")
    try:
        yield from _KINDS[kind](name, content, depth)
    except (
        ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error,
        expat.ExpatError, csv.Error,
        RecursionError,
    ):  # fmt: skip
        raise UsageError(f"{name}: damaged; it cannot be looked into") from None


def texts_at_once(name: str, content: bytes) -> list[Text]:
    """Return what `texts_of` yields in as few texts as may be: no number goes on in the next line.

    Of a table each cell is there once.

    Raises
    ------
    UsageError
        As `texts_of` does.
    """
    at_once = _AT_ONCE.get(name.rsplit(".", 1)[-1].lower())
    if at_once is not None and len(content) <= _LARGEST:
        # What is written in another way is read piece by piece, or found damaged.
        with contextlib.suppress(ValueError, OSError):
            return at_once(content)
    text = "\n".join(text for _, text in texts_of(name, content))
    return [Text(text.encode(errors="surrogatepass"))]


def _plain(name: str, content: bytes, depth: int) -> Texts:
    yield "", content.decode("utf-8-sig")


def _marked_up(name: str, content: bytes, depth: int) -> Texts:
    """Pages and drawings: text, comments and attributes, and pictures that stand inside."""
    text = content.decode("utf-8-sig")
    if _PICTURE in text:
        yield from _pictures(text, depth)
        text = _EMBEDDED.sub("", text)
    yield "", html.unescape(_SHAPES.sub("", text))


def _pictures(text: str, depth: int) -> Texts:
    for number, found in enumerate(_EMBEDDED.finditer(text), 1):
        try:
            picture = base64.b64decode(found[2], validate=True)
        except binascii.Error:
            continue
        ending = "svg" if found[1].startswith("svg") else "png"
        yield from _inside(f"picture {number}", f"picture.{ending}", picture, depth)


def _json(name: str, content: bytes, depth: int) -> Texts:
    for place, text in _leaves(json.loads(content.decode("utf-8-sig")), ""):
        yield from ((f"{place} {inner}".strip(), found) for inner, found in _pictures(text, depth))
        yield place, html.unescape(_EMBEDDED.sub("", text))


def _leaves(node: object, place: str) -> Texts:
    if isinstance(node, dict):
        for key, value in node.items():
            yield place, str(key)
            yield from _leaves(value, f"{place}/{key}"[:120])
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _leaves(value, f"{place}/{number}")
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
        if sum(part.file_size for part in archive.infolist()) > _LARGEST:
            raise UsageError(f"{name}: too large to be looked into")
        yield "comment", archive.comment.decode("utf-8", "replace")
        for part in archive.infolist():
            yield "name of a part", part.filename
            if not part.is_dir():
                yield from _part(part.filename, archive.read(part), depth)


def _part(name: str, content: bytes, depth: int) -> Texts:
    if name.endswith((".xml", ".rels", ".rdf")):
        # Well formed or damaged; a tree of millions of cells would take ten times as long.
        require_well_formed(content)
        text = _NAMESPACES.sub("", content.decode("utf-8-sig"))
        yield name, html.unescape(text)
        # Cells side by side, without what names them.
        yield name, "\n".join(_AFTER_TAG.findall(text))
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
    for text in _metadata(table):
        yield "metadata", text
    for column in table.column_names:
        yield f"column {column}", "\n".join(map(_written, table[column].to_pylist()))


def _columns_at_once(content: bytes) -> list[Text]:
    table = pq.ParquetFile(io.BytesIO(content)).read()
    metadata = Text("\n".join(_metadata(table)).encode())
    return [metadata, *(text_of_column(column, _written) for column in table.columns)]


def _metadata(table: pa.Table) -> Iterator[str]:
    for key, value in (table.schema.metadata or {}).items():
        yield f"{key.decode()} {value.decode('utf-8', 'replace')}"


def _written(value: object) -> str:
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
        yield from _inside(inner, inner, file.read(_LARGEST + 1), depth)


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
# What holds many cells is read all at once.
_AT_ONCE: dict[str, Callable[[bytes], list[Text]]] = {
    "csv": lambda content: [cells_by_row(content)],
    "parquet": _columns_at_once,
}
