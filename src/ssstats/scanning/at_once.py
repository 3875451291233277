"""What can be read in a file in as few texts as may be: the same as piece by piece, without places.

What is written in another way than a release writes it is read piece by piece.
"""

from __future__ import annotations

import contextlib
import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator

import pyarrow.parquet as pq

from ssstats.scanning.tables import BYTE_ORDER_MARK, Text, cells_by_row, text_of_column
from ssstats.scanning.texts import (
    AFTER_TAG,
    DAMAGES,
    EMBEDDED,
    LARGEST,
    NAMESPACES,
    PICTURE,
    SHAPES,
    leaves,
    metadata,
    pictures,
    texts_of,
    texts_of_part,
    written,
)
from ssstats.well_formed import require_well_formed

_SHAPES, _NAMESPACES, _AFTER_TAG = (
    re.compile(pattern.pattern.encode()) for pattern in (SHAPES, NAMESPACES, AFTER_TAG)
)
# Nearly all references to letters that pages have.
_APOSTROPHES = (b"&#39;", b"&#x27;")


def texts_at_once(name: str, content: bytes) -> list[Text]:
    """Return what `texts_of` yields, a piece after a line end: no number goes on in the next line.

    Of a table each cell is there once.

    Raises
    ------
    UsageError
        As `texts_of` does.
    """
    read = _READERS.get(name.rsplit(".", 1)[-1].lower())
    if read is not None and len(content) <= LARGEST:
        with contextlib.suppress(*DAMAGES):
            return read(content)
    return [_joined(texts_of(name, content))]


def _joined(pieces: Iterator[tuple[str, str]]) -> Text:
    return _text("\n".join(text for _, text in pieces))


def _text(text: str) -> Text:
    return Text(text.encode(errors="surrogatepass"))


def _page(content: bytes) -> list[Text]:
    content.decode()
    if PICTURE.encode() in content:
        raise ValueError("a picture stands inside")
    text = _SHAPES.sub(b"", content.removeprefix(BYTE_ORDER_MARK))
    return [_unescaped(text)]


def _unescaped(text: bytes) -> Text:
    for apostrophe in _APOSTROPHES if b"&" in text else ():
        text = text.replace(apostrophe, b"'")
    return _text(html.unescape(text.decode())) if b"&" in text else Text(text)


def _json(content: bytes) -> list[Text]:
    said = json.loads(content.decode("utf-8-sig"))
    text = "\n".join(text for _, text in leaves(said, ""))
    return [_joined(pictures(text, 0)), _text(html.unescape(EMBEDDED.sub("", text)))]


def _packed(content: bytes) -> list[Text]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > LARGEST:
            raise ValueError("too large")
        texts = [_text("\n".join(part.filename for part in parts)), Text(archive.comment)]
        for part in parts:
            if part.filename.endswith(".xml"):
                texts += _part(archive.read(part))
            elif not part.is_dir():
                texts.append(_joined(texts_of_part(part.filename, archive.read(part), 0)))
    return texts


def _part(content: bytes) -> list[Text]:
    require_well_formed(content)
    content.decode()
    text = _NAMESPACES.sub(b"", content.removeprefix(BYTE_ORDER_MARK))
    return [_unescaped(text), Text(b"\n".join(_AFTER_TAG.findall(text)))]


def _columns(content: bytes) -> list[Text]:
    table = pq.ParquetFile(io.BytesIO(content)).read()
    own = _text("\n".join(metadata(table)))
    return [own, *(text_of_column(column, written) for column in table.columns)]


_READERS: dict[str, Callable[[bytes], list[Text]]] = {
    "csv": lambda content: [cells_by_row(content)],
    "parquet": _columns,
    **dict.fromkeys(("html", "svg"), _page),
    **dict.fromkeys(("json", "ipynb"), _json),
    **dict.fromkeys(("ods", "xlsx"), _packed),
}
