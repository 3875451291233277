"""Charts as files of their own, beside the pages that show them: the drawing, and its data."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from pathlib import Path

from ssstats.errors import RenderError
from ssstats.render.documents import Document, Float
from ssstats.render.tree import Node, link, plain
from ssstats.render.vector import svg_bytes
from ssstats.tables import CSV_ADDRESS

FOLDER = "charts"
_DATA = "data-csv"


def write_charts(documents: Iterable[Document], folder: Path) -> None:
    """Write drawing and data of every chart into the folder of charts of a site."""
    (folder / FOLDER).mkdir()
    for document in documents:
        for found in document.floats.values():
            if found.kind != "fig":
                continue
            path = folder / FOLDER / found.identifier
            where = f"{document.name}: {found.identifier}"
            path.with_suffix(".svg").write_bytes(svg_bytes(found.body["c"][2][0], where))
            if address := _settings(found).get(_DATA):
                path.with_suffix(".csv").write_bytes(_csv_bytes(address, where))


def chart_links(found: Float, words: Mapping[str, str]) -> Node:
    """Return a paragraph of links to the files of a chart."""
    files = [("svg", "render.chart-drawing"), ("csv", "render.chart-data")]
    if _DATA not in _settings(found):
        files.pop()
    links: list[Node] = []
    for kind, key in files:
        inner = link([plain(words[key])], f"{FOLDER}/{found.identifier}.{kind}")
        inner["c"][0][2].extend([["download", ""], *([["data-svg", ""]] if kind == "svg" else [])])
        links += [inner, {"t": "Space"}]
    return {"t": "Plain", "c": links[:-1]}


def _settings(found: Float) -> dict[str, str]:
    return dict(found.body["c"][0][2])


def _csv_bytes(address: str, where: str) -> bytes:
    try:
        return base64.b64decode(address.removeprefix(CSV_ADDRESS), validate=True)
    except binascii.Error as problem:
        raise RenderError(f"{where} has data that cannot be decoded: {problem}") from problem
